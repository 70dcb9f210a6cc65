//! What a seed file leaves open is computed from the world's name: the same file always gives the same world.
//!
//! Nothing here is a secret to somebody who has the seed file; that is the point of a seed.

use aws_lc_rs::hmac;

use super::ec_key::EcKey;

/// 64 symbols that need no quoting in a URL, a form or a shell.
const SECRET_SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// 32 symbols that nobody mistakes for one another.
const PASSWORD_SYMBOLS: &[u8; 32] = b"abcdefghjkmnopqrstuvwxyz23456789";

/// Values by label, from the world's name (HMAC-SHA-256, in counter mode).
#[derive(Debug)]
pub(crate) struct Derivation(hmac::Key);

impl Derivation {
    /// The values of the world of this name.
    pub(crate) fn of(name: &str) -> Self {
        let key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"fleetgate world 1"), name.as_bytes());
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()))
    }

    /// `N` bytes.
    pub(crate) fn bytes<const N: usize>(&self, label: &str) -> [u8; N] {
        let mut bytes = [0; N];
        for (counter, block) in bytes.chunks_mut(32).enumerate() {
            let tag = hmac::sign(&self.0, format!("{label}\0{counter}").as_bytes());
            block.copy_from_slice(&tag.as_ref()[..block.len()]);
        }
        bytes
    }

    /// A UUID (version 4 by its form).
    pub(crate) fn uuid(&self, label: &str) -> String {
        uuid::Builder::from_random_bytes(self.bytes(label)).into_uuid().to_string()
    }

    /// A number from `low` to below `high`.
    pub(crate) fn number(&self, label: &str, low: i64, high: i64) -> i64 {
        let draw = u64::from_be_bytes(self.bytes(label));
        low + i64::try_from(draw % (high - low).unsigned_abs()).unwrap_or_default()
    }

    /// A client secret of the form that the real service hands out: 96 bits after a prefix.
    pub(crate) fn client_secret(&self, label: &str) -> String {
        let symbols = self.bytes::<16>(label).map(|byte| char::from(SECRET_SYMBOLS[usize::from(byte % 64)]));
        format!("ta-secret.{}", String::from_iter(symbols))
    }

    /// A password that can be typed, such as `k7wd-9mfe-2xqa`.
    pub(crate) fn password(&self, label: &str) -> String {
        let symbols = self.bytes::<12>(label).map(|byte| char::from(PASSWORD_SYMBOLS[usize::from(byte % 32)]));
        let text = String::from_iter(symbols);
        format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..])
    }

    /// A key pair on P-256.
    pub(crate) fn ec_key(&self, label: &str) -> EcKey {
        // All but one in 2^32 draws are scalars of the curve.
        let mut attempt = 0;
        loop {
            if let Some(key) = EcKey::from_scalar(&self.bytes(&format!("{label}/{attempt}"))) {
                return key;
            }
            attempt += 1;
        }
    }
}

#[cfg(test)]
mod tests;
