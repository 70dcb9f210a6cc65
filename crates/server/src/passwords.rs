//! Passwords: argon2id, off the async threads, a few at a time.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::Semaphore;

use crate::entropy::Entropy;

/// The most bytes that a password may have.
const LONGEST: usize = 512;

/// How many passwords are hashed at a time.
const TURNS: usize = 2;
/// How many may wait for a turn; whoever comes then is told to come again, so that waiting takes a second or two at most.
const WAITING: usize = 62;

/// Hashes and checks passwords with argon2id (19 MiB, two passes), a bounded number at a time.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    room: Arc<Semaphore>,
}

/// Checked when there is no account, so that an unknown name takes as long as a wrong password. It is never right.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$v7u1+XrPQ5qDnDwwS3T9Ew$0lYMEnrnlixgqOFt7WppRDOzl9kZn6quQu9pB9/+Io4";

/// Why a password cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Empty, longer than 512 bytes, or with a NUL in it.
    #[error("a password has 1 to 512 bytes and no NUL")]
    Unacceptable,
    /// Too many wait already.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// The hash could not be made.
    #[error("hash a password")]
    Hash(#[source] argon2::password_hash::Error),
    /// The thread that hashed it is gone.
    #[error("hash a password on a worker thread")]
    Worker(#[source] tokio::task::JoinError),
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(TURNS)), room: Arc::new(Semaphore::new(TURNS + WAITING)) }
    }
}

impl Passwords {
    /// Hashes a new password.
    ///
    /// # Errors
    /// A password that is not acceptable, or too many that wait.
    pub async fn hash(&self, password: &str, entropy: &dyn Entropy) -> Result<String, PasswordError> {
        let (password, salt) = (password.to_owned(), entropy.bytes());
        self.work(move || hash(&password, &salt)).await?
    }

    /// Whether `password` is the one that was hashed; `None` takes as long and is never right.
    ///
    /// # Errors
    /// When too many wait, or the worker thread is gone.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
        let known = stored.is_some() && acceptable(password);
        let (password, stored) = (password.to_owned(), stored.unwrap_or(DECOY).to_owned());
        let right = self
            .work(move || {
                PasswordHash::new(&stored)
                    .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(right && known)
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let _place = self.room.try_acquire().map_err(|_| PasswordError::Busy)?;
        let _turn = self.turns.acquire().await.ok();
        tokio::task::spawn_blocking(work).await.map_err(PasswordError::Worker)
    }
}

/// Hashes on this thread: for command lines and seeds. The salt of a seeded world is computed.
///
/// # Errors
/// A password that is not acceptable.
pub fn hash(password: &str, salt: &[u8; 16]) -> Result<String, PasswordError> {
    if !acceptable(password) {
        return Err(PasswordError::Unacceptable);
    }
    let hash = argon2().hash_password_with_salt(password.as_bytes(), salt).map_err(PasswordError::Hash)?;
    Ok(hash.to_string())
}

fn acceptable(password: &str) -> bool {
    (1..=LONGEST).contains(&password.len()) && !password.contains('\0')
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

#[cfg(test)]
mod tests;
