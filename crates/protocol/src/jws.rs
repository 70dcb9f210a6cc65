//! Signed tokens: a thin JSON Web Signature (RFC 7515) over three algorithms (RFC 7518, RFC 8037).
//!
//! Only what access tokens and id_tokens need is here, so that nothing else can be asked for: the compact form, one
//! signature, and a key that says which algorithm it is for (RFC 8725, section 3.1). Keys are parsed once, when they
//! are loaded; never for each token.

mod compact;
mod jwk;
mod signing;
mod verifying;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

pub(crate) use self::compact::RawJws;
pub use self::compact::{CompactJws, InvalidJws, MAX_LENGTH};
pub use self::jwk::{Jwk, JwkSet};
pub use self::signing::{SigningFailed, SigningKey};
pub use self::verifying::{BadSignature, VerifyingKey};

/// A signature algorithm (RFC 7518, section 3.1; RFC 8037, section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what the Fleet API signs with.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// The media type of a token, in its header's `typ` (RFC 7515, section 4.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Typ {
    /// `JWT`: an id_token, or an access token as the Fleet API issues it.
    Jwt,
    /// `at+jwt`: an access token by RFC 9068, section 2.1.
    AtJwt,
}

impl Typ {
    /// Every type.
    pub const ALL: [Self; 2] = [Self::Jwt, Self::AtJwt];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jwt => "JWT",
            Self::AtJwt => "at+jwt",
        }
    }
}

crate::names::named!(Algorithm);
crate::names::named!(Typ);

/// A key that cannot be used. It tells nothing of the key itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// The private key is not PKCS#8, or not of the algorithm that was named.
    #[error("the private key is no PKCS#8 document of this algorithm")]
    Pkcs8,
    /// A member of the JWK is missing or not canonical base64url.
    #[error("the JWK has no usable member `{0}`")]
    Member(&'static str),
    /// The key type, curve or algorithm is none of ours, or they contradict each other.
    #[error("the JWK is for no algorithm that is supported here")]
    Unsupported,
    /// The JWK is not for signatures.
    #[error("the JWK's `use` is not `sig`")]
    Use,
    /// RFC 7518, section 3.3: an RSA key has at least 2048 bits.
    #[error("the RSA key has fewer than 2048 or more than 8192 bits")]
    RsaSize,
    /// The numbers are no key, for example a point that is not on the curve.
    #[error("the JWK's numbers are no public key")]
    Numbers,
    /// The library could not make a key.
    #[error("no key could be generated")]
    Generation,
}

/// `kid` and `x5t` of a certificate: its SHA-1 in base64url (RFC 7517, section 4.8). It names the certificate and
/// protects nothing.
#[must_use]
pub fn certificate_thumbprint(certificate_der: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, certificate_der);
    URL_SAFE_NO_PAD.encode(digest)
}

#[cfg(test)]
mod tests;
