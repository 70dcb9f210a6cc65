//! The master key, under which private keys and secrets that must be shown again are sealed.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

use crate::files;

const KEY_LENGTH: usize = 32;
/// In front of everything that is sealed, so that another way to seal could be told from this one.
const FORMAT: u8 = 1;

/// Seals and opens with AES-256-GCM under one key. `Debug` says nothing of it.
pub struct MasterKey {
    key: RandomizedNonceKey,
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

/// What can go wrong with the master key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MasterKeyError {
    /// The file cannot be read or made.
    #[error("the master key `{path}` cannot be read or made")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others may read the file.
    #[error("the master key `{path}` may be read by others; run `chmod 600` on it")]
    Permissions {
        /// The file.
        path: PathBuf,
    },
    /// The file is not 32 bytes long.
    #[error("the master key `{path}` is not 32 bytes long")]
    Length {
        /// The file.
        path: PathBuf,
    },
    /// There is no randomness.
    #[error("the system gave no random bytes")]
    Random,
    /// It was sealed under another key or in another context, or changed since.
    #[error("what was sealed as {context} does not open with this master key")]
    Open {
        /// The context that was expected.
        context: String,
    },
}

impl MasterKey {
    /// The key of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; KEY_LENGTH]) -> Self {
        let key = RandomizedNonceKey::new(&AES_256_GCM, bytes);
        Self { key: key.expect("AES-256 takes every key of 32 bytes") }
    }

    /// Reads the key from a file of 32 bytes, or makes such a file, for its owner only, with a new random key.
    ///
    /// # Errors
    /// When the file cannot be read or made, is of another length, or may be read by anyone but its owner.
    pub fn load_or_create(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File { path: path.to_owned(), source };
        match std::fs::File::open(path) {
            Ok(file) => Self::load(file, path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path, failed),
            Err(error) => Err(failed(error)),
        }
    }

    fn load(mut file: std::fs::File, path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File { path: path.to_owned(), source };
        let metadata = file.metadata().map_err(failed)?;
        if open_to_others(&metadata) {
            return Err(MasterKeyError::Permissions { path: path.to_owned() });
        }
        if metadata.len() != KEY_LENGTH as u64 {
            return Err(MasterKeyError::Length { path: path.to_owned() });
        }
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        file.read_exact(&mut *bytes).map_err(failed)?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The whole key appears under its name at once, or not at all: a half-written one would lose what it seals.
    fn create(path: &Path, failed: impl Fn(io::Error) -> MasterKeyError) -> Result<Self, MasterKeyError> {
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        #[expect(clippy::disallowed_methods, reason = "the sandbox's reproducible randomness must never make a key")]
        let filled = aws_lc_rs::rand::fill(&mut *bytes);
        filled.map_err(|_| MasterKeyError::Random)?;
        let fresh = path.with_extension(format!("new-{}", std::process::id()));
        let written = (|| {
            let mut file = files::private().create_new(true).open(&fresh)?;
            file.write_all(&*bytes)?;
            file.sync_all()?;
            std::fs::hard_link(&fresh, path)?;
            files::sync_directory_of(path)
        })();
        drop(std::fs::remove_file(&fresh));
        match written {
            // Another process was quicker: its key is the key.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.exists() => {
                Self::load(std::fs::File::open(path).map_err(failed)?, path)
            }
            Err(error) => Err(failed(error)),
            Ok(()) => Ok(Self::from_bytes(&bytes)),
        }
    }

    /// Seals `plain` so that it opens only in the same context, such as `client_secret:CLIENT_ID`.
    ///
    /// The answer is a format byte, a random nonce, and the ciphertext with its tag.
    ///
    /// # Panics
    /// When the system gives no random bytes.
    #[must_use]
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let mut text = plain.to_vec();
        let nonce = self.key.seal_in_place_append_tag(Aad::from(context.as_bytes()), &mut text);
        let nonce = nonce.expect("the system gives random bytes, and the text is short enough for AES-GCM");
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + text.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut text);
        sealed
    }

    /// Opens what [`MasterKey::seal`] sealed in the same context.
    ///
    /// # Errors
    /// When it was sealed under another key or in another context, or when one bit of it has changed.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, MasterKeyError> {
        let failed = || MasterKeyError::Open { context: context.to_owned() };
        let (format, rest) = sealed.split_first().ok_or_else(failed)?;
        let (nonce, text) = rest.split_at_checked(NONCE_LEN).ok_or_else(failed)?;
        if *format != FORMAT {
            return Err(failed());
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| failed())?;
        let mut text = Zeroizing::new(text.to_vec());
        let length =
            self.key.open_in_place(nonce, Aad::from(context.as_bytes()), &mut text).map_err(|_| failed())?.len();
        text.truncate(length);
        Ok(text)
    }
}

#[cfg(unix)]
fn open_to_others(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o077 != 0
}

#[cfg(not(unix))]
fn open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests;
