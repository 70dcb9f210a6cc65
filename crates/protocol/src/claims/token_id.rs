use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The claim `jti`: `{grant}.{generation}.{random}`, so that a token, a grant, or everything of a grant that is older
/// than its newest generation can be ended without a look at the database.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenId {
    text: String,
    grant: usize,
    generation: i64,
}

/// A text that is no token id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token id is a grant, a generation and a random part with a dot between")]
pub struct InvalidTokenId;

impl TokenId {
    /// The id of a new token. `random` makes it unique; 16 octets are plenty.
    ///
    /// # Errors
    /// [`InvalidTokenId`] when `grant_id` has other characters than hexadecimal digits and `-`, or `generation` is
    /// negative.
    pub fn new(grant_id: &str, generation: i64, random: &[u8]) -> Result<Self, InvalidTokenId> {
        format!("{grant_id}.{generation}.{}", hex::encode(random)).parse()
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The grant.
    #[must_use]
    pub fn grant_id(&self) -> &str {
        &self.text[..self.grant]
    }

    /// How often the grant had been refreshed when the token was issued, counted as the store does.
    #[must_use]
    pub const fn generation(&self) -> i64 {
        self.generation
    }
}

impl FromStr for TokenId {
    type Err = InvalidTokenId;

    /// There is one spelling of each id: lower-case digits, no leading zero.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let mut parts = text.splitn(3, '.');
        let (Some(grant), Some(number), Some(random)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(InvalidTokenId);
        };
        let generation = number.parse().map_err(|_| InvalidTokenId)?;
        let canonical = generation >= 0 && number == i64::to_string(&generation);
        if text.len() > 128 || !canonical || !grant.split('-').all(digits) || !digits(random) {
            return Err(InvalidTokenId);
        }
        Ok(Self { text: text.to_owned(), grant: grant.len(), generation })
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for TokenId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for TokenId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
