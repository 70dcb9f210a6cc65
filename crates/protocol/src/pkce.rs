//! Proof Key for Code Exchange (RFC 7636), method `S256` only.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A code challenge: 32 bytes in base64url without padding, 43 characters (RFC 7636, section 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeChallenge(String);

/// A text that is no `S256` challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A code_challenge is the SHA-256 of the verifier in base64url without padding, 43 characters.")]
pub struct InvalidChallenge;

impl CodeChallenge {
    /// Reads a challenge as it came in a request or from the store.
    ///
    /// # Errors
    /// Anything but 32 bytes in canonical base64url without padding.
    pub fn parse(text: &str) -> Result<Self, InvalidChallenge> {
        match URL_SAFE_NO_PAD.decode(text) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(text.to_owned())),
            _ => Err(InvalidChallenge),
        }
    }

    /// The challenge of a verifier (RFC 7636, section 4.2).
    #[must_use]
    pub fn of(verifier: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())))
    }

    /// The text on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `verifier` has the form of RFC 7636, section 4.1 (43 to 128 unreserved characters), and fits.
    /// Compared in constant time.
    #[must_use]
    pub fn is_met_by(&self, verifier: &str) -> bool {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(unreserved)
            && verify_slices_are_equal(Self::of(verifier).0.as_bytes(), self.0.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests;
