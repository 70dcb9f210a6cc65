use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;

use super::{Algorithm, Typ};

/// The longest token that is looked at, in octets. Ours have around 1,100.
pub const MAX_LENGTH: usize = 8 * 1024;

/// Headers by which a token could bring its own key (RFC 8725, section 3.5).
const KEY_HEADERS: [&str; 4] = ["jku", "x5u", "jwk", "x5c"];
/// Headers that change how a token is to be read (RFC 7515, section 4.1.11; RFC 7797; RFC 8725, section 3.6).
const PROCESSING_HEADERS: [&str; 3] = ["crit", "b64", "zip"];

/// A token in its compact form, read but **not verified**.
#[derive(Debug)]
pub struct CompactJws<'a> {
    signing_input: &'a str,
    algorithm: Algorithm,
    typ: Typ,
    kid: Option<String>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// A text that is no token of ours. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJws {
    /// Longer than [`MAX_LENGTH`], or than the reader of another kind of token takes.
    #[error("it is too long")]
    TooLong,
    /// Not three parts with a dot between.
    #[error("it does not have three parts")]
    Parts,
    /// A part is not canonical base64url without padding (RFC 7515, section 2).
    #[error("a part of it is not canonical base64url")]
    Encoding,
    /// The header is no JSON object, or has a member twice (RFC 7515, section 4).
    #[error("its header is no JSON object with unique members")]
    Header,
    /// The header has a member that is refused.
    #[error("its header has `{0}`, which is refused")]
    Refused(&'static str),
    /// `alg` is none of ours; `none` and the symmetric ones are not (RFC 8725, section 3.1).
    #[error("its `alg` is none of `RS256`, `ES256`, `EdDSA`")]
    Algorithm,
    /// `typ` is missing or none of ours (RFC 8725, section 3.11).
    #[error("its `typ` is neither `JWT` nor `at+jwt`")]
    Type,
}

impl<'a> CompactJws<'a> {
    /// Reads a token without checking its signature.
    ///
    /// # Errors
    /// Says what is wrong, without repeating any of the text.
    pub fn parse(text: &'a str) -> Result<Self, InvalidJws> {
        let jws = RawJws::parse(text, MAX_LENGTH)?;
        let algorithm = jws.text("alg").and_then(|alg| alg.parse().ok()).ok_or(InvalidJws::Algorithm)?;
        let typ = jws.text("typ").and_then(|typ| typ.parse().ok()).ok_or(InvalidJws::Type)?;
        let kid = match jws.header.0.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err(InvalidJws::Header),
        };
        let RawJws { signing_input, payload, signature, .. } = jws;
        Ok(Self { signing_input, algorithm, typ, kid, payload, signature })
    }

    /// What was signed: header, dot, payload.
    #[must_use]
    pub const fn signing_input(&self) -> &str {
        self.signing_input
    }

    /// The algorithm that the token names; the key decides.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The media type that the token names.
    #[must_use]
    pub const fn typ(&self) -> Typ {
        self.typ
    }

    /// The name of the key that the token names.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// What the token says, which may be a lie; [`VerifyingKey::verify`](super::VerifyingKey::verify) hands out what
    /// is true.
    #[must_use]
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

/// The three parts of a token, whatever its algorithm and type: what every reader has in common.
pub(crate) struct RawJws<'a> {
    /// What was signed: header, dot, payload.
    pub(crate) signing_input: &'a str,
    header: Header,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl<'a> RawJws<'a> {
    /// Takes a token of at most `max_length` octets apart.
    pub(crate) fn parse(text: &'a str, max_length: usize) -> Result<Self, InvalidJws> {
        if text.len() > max_length {
            return Err(InvalidJws::TooLong);
        }
        // At most three dots are looked for, however many there are.
        let mut parts = text.splitn(4, '.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidJws::Parts);
        };
        let signing_input = &text[..header.len() + 1 + payload.len()];
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| InvalidJws::Header)?;
        if let Some(refused) =
            KEY_HEADERS.into_iter().chain(PROCESSING_HEADERS).find(|name| header.0.contains_key(*name))
        {
            return Err(InvalidJws::Refused(refused));
        }
        Ok(Self { signing_input, header, payload: decode(payload)?, signature: decode(signature)? })
    }

    /// A text of the header.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.header.0.get(name).and_then(Value::as_str)
    }
}

fn decode(part: &str) -> Result<Vec<u8>, InvalidJws> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidJws::Encoding)
}

/// A JSON object whose members are unique.
struct Header(BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Header;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with unique members")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((name, value)) = map.next_entry()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member stands twice"));
                    }
                }
                Ok(Header(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
