//! Refresh tokens: what they say, and the seal over it.
//!
//! A refresh token is its region's prefix and, in lower-case hexadecimal, the number of the MAC key, the id of the
//! family, the generation, and an HMAC-SHA-256 over all of it, prefix included. Successors are computed, never stored,
//! and a forged, truncated or re-cased token is refused without a look at the database.

use std::borrow::Borrow;

use aws_lc_rs::hmac;

use crate::Region;

/// What a refresh token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// The home region of the person, as a prefix for clients that route by it.
    pub region: Region,
    /// The family: a UUID, the id of the grant.
    pub family: [u8; 16],
    /// Which token of the family this is, from 1.
    pub generation: u32,
}

/// A text that is no refresh token of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the refresh token is not one of this server's")]
pub struct NotOurs;

const BODY: usize = 2 + 16 + 4;
const MAC: usize = 32;

impl RefreshToken {
    /// Writes the token under the MAC key of the given number.
    #[must_use]
    pub fn seal(&self, number: u16, key: &hmac::Key) -> String {
        let mut bytes = [0; BODY + MAC];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        bytes[2..18].copy_from_slice(&self.family);
        bytes[18..BODY].copy_from_slice(&self.generation.to_be_bytes());
        let tag = hmac::sign(key, &self.sealed_part(&bytes[..BODY]));
        bytes[BODY..].copy_from_slice(tag.as_ref());
        format!("{}_{}", self.region.ou_code(), hex::encode(bytes))
    }

    /// Reads a token and checks its MAC in constant time. `key` finds a MAC key by its number.
    ///
    /// # Errors
    /// Any other text, including another spelling of a good token.
    pub fn open<K: Borrow<hmac::Key>>(text: &str, key: impl FnOnce(u16) -> Option<K>) -> Result<Self, NotOurs> {
        let (prefix, digits) = text.split_once('_').ok_or(NotOurs)?;
        let region = Region::ALL.into_iter().find(|region| region.ou_code() == prefix).ok_or(NotOurs)?;
        if digits.len() != 2 * (BODY + MAC) || digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NotOurs);
        }
        let mut bytes = [0; BODY + MAC];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| NotOurs)?;
        let (body, tag) = bytes.split_at(BODY);
        let token = Self {
            region,
            family: body[2..18].try_into().map_err(|_| NotOurs)?,
            generation: u32::from_be_bytes(body[18..].try_into().map_err(|_| NotOurs)?),
        };
        let key = key(u16::from_be_bytes([body[0], body[1]])).ok_or(NotOurs)?;
        hmac::verify(key.borrow(), &token.sealed_part(body), tag).map_err(|_| NotOurs)?;
        Ok(token)
    }

    fn sealed_part(&self, body: &[u8]) -> Vec<u8> {
        [b"fleetgate refresh token ".as_slice(), self.region.ou_code().as_bytes(), body].concat()
    }
}

#[cfg(test)]
mod tests;
