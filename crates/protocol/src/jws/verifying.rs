use std::fmt;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Algorithm, CompactJws, InvalidKey, Jwk};

/// A public key that checks tokens. It is parsed once, and is for one algorithm, whatever a token says.
pub struct VerifyingKey {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

/// The token was not signed by this key, or names another algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

impl VerifyingKey {
    /// Parses a public key. The algorithm follows from its type and curve; a contradicting `alg` is refused.
    ///
    /// # Errors
    /// Says which part of the key cannot be used.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, InvalidKey> {
        if jwk.public_key_use.as_deref().is_some_and(|public_key_use| public_key_use != "sig") {
            return Err(InvalidKey::Use);
        }
        let algorithm = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", None) => Algorithm::Rs256,
            ("EC", Some("P-256")) => Algorithm::Es256,
            ("OKP", Some("Ed25519")) => Algorithm::EdDsa,
            _ => return Err(InvalidKey::Unsupported),
        };
        if jwk.alg.as_deref().is_some_and(|alg| alg != algorithm.as_str()) {
            return Err(InvalidKey::Unsupported);
        }
        let key = match algorithm {
            Algorithm::Rs256 => rsa(&member("n", jwk.n.as_deref())?, &member("e", jwk.e.as_deref())?)?,
            Algorithm::Es256 => {
                let (x, y) = (member("x", jwk.x.as_deref())?, member("y", jwk.y.as_deref())?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(InvalidKey::Numbers);
                }
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| InvalidKey::Numbers)?
            }
            Algorithm::EdDsa => {
                let x = member("x", jwk.x.as_deref())?;
                if x.len() != 32 {
                    return Err(InvalidKey::Numbers);
                }
                ParsedPublicKey::new(&ED25519, x).map_err(|_| InvalidKey::Numbers)?
            }
        };
        Ok(Self { algorithm, key })
    }

    /// The only algorithm that this key is for.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Checks the signature and hands out the payload.
    ///
    /// # Errors
    /// [`BadSignature`] when the token names another algorithm (RFC 8725, section 3.1) or was not signed by this key.
    pub fn verify<'jws>(&self, jws: &'jws CompactJws<'_>) -> Result<&'jws [u8], BadSignature> {
        if jws.algorithm() != self.algorithm {
            return Err(BadSignature);
        }
        self.key.verify_sig(jws.signing_input().as_bytes(), jws.signature()).map_err(|_| BadSignature)?;
        Ok(jws.unverified_payload())
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

fn member(name: &'static str, value: Option<&str>) -> Result<Vec<u8>, InvalidKey> {
    value
        .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .filter(|bytes| !bytes.is_empty())
        .ok_or(InvalidKey::Member(name))
}

fn rsa(n: &[u8], e: &[u8]) -> Result<ParsedPublicKey, InvalidKey> {
    let stripped = |number: &[u8]| number.iter().take_while(|octet| **octet == 0).count();
    let (n, e) = (&n[stripped(n)..], &e[stripped(e)..]);
    let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    if !(2048..=8192).contains(&bits) {
        return Err(InvalidKey::RsaSize);
    }
    // With an exponent of one every message is its own signature.
    if e == [1] || e.last().is_none_or(|last| last % 2 == 0) {
        return Err(InvalidKey::Numbers);
    }
    let components = PublicKeyComponents { n, e };
    components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).map_err(|_| InvalidKey::Numbers)
}
