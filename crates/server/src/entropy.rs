//! Randomness, read in one place, and what becomes of secrets made of it.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use uuid::Uuid;

/// Where random bytes come from.
pub trait Entropy: Send + Sync + 'static + fmt::Debug {
    /// Fills `bytes` with randomness fit for secrets.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads it")]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system provides randomness");
    }
}

impl dyn Entropy {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// `N` random bytes in lower-case hexadecimal.
    pub fn hex<const N: usize>(&self) -> String {
        hex::encode(self.bytes::<N>())
    }

    /// A random UUID (version 4), lower-case with hyphens.
    pub fn uuid(&self) -> String {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid().to_string()
    }
}

/// SHA-256, as secrets of 256 bits are stored.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
    bytes
}

/// The 16 bytes of a UUID's text, as grants have for ids.
#[must_use]
pub fn uuid_bytes(text: &str) -> Option<[u8; 16]> {
    Uuid::try_parse(text).ok().map(Uuid::into_bytes)
}

/// The text of a UUID's 16 bytes.
#[must_use]
pub fn uuid_text(bytes: [u8; 16]) -> String {
    Uuid::from_bytes(bytes).to_string()
}

/// The number by which the Fleet API knows an account, below 2^40.
#[must_use]
pub fn account_number(account_id: &str) -> i64 {
    hash(account_id)[..5].iter().fold(0, |number, byte| number << 8 | i64::from(*byte))
}
