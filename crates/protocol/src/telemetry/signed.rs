//! A configuration that an application has signed, as the vehicle command proxy hands it in.
//!
//! The proxy signs by Schnorr's scheme over P-256 with SHA-256, in the manner of RFC 8235, under the name `Tesla.SS256`.
//! The signature is the nonce point V (its two coordinates) and the scalar r. With c the SHA-256 of base point, V,
//! public key and signing input, each behind its length in 32 bits, it holds when r·G + c·P = V. ES256 (RFC 7518,
//! section 3.4) is taken too, so that a program without the proxy can sign with any library for JSON Web Tokens.

use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::elliptic_curve::PrimeField as _;
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::sec1::{FromEncodedPoint as _, ToEncodedPoint as _};
use p256::{AffinePoint, EncodedPoint, ProjectivePoint, Scalar, U256};
use serde_json::{Map, Value};

use crate::jws::{InvalidJws, RawJws};

/// `aud` of a signed configuration.
pub const AUDIENCE: &str = "com.tesla.fleet.TelemetryClient";
/// The longest one that is looked at, in octets: a chain of certificates and every field.
const MAX_LENGTH: usize = 64 * 1024;
const SS256: &str = "Tesla.SS256";
const ES256: &str = "ES256";

/// A signed configuration whose signature verifies.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedConfig {
    /// The claims: the configuration's own members, `iss` and `aud`.
    pub claims: Map<String, Value>,
}

/// Why a signed configuration is not taken. It never repeats any of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSignedConfig {
    /// It is no JSON Web Signature in the compact form.
    #[error("The token is no signed configuration: {0}.")]
    Malformed(#[from] InvalidJws),
    /// It is signed by another algorithm.
    #[error("The token's `alg` is neither `Tesla.SS256` nor `ES256`.")]
    Algorithm,
    /// It names another key than the one that the application is registered with.
    #[error("The token's `iss` is not the public key that the application is registered with.")]
    Issuer,
    /// It was not signed by that key.
    #[error("The token's signature does not verify with the key that the application is registered with.")]
    Signature,
    /// It is for somebody else.
    #[error("The token's `aud` is not `com.tesla.fleet.TelemetryClient`.")]
    Audience,
    /// Its payload is no JSON object.
    #[error("The token's payload is no JSON object.")]
    Payload,
}

impl SignedConfig {
    /// Verifies a token against a public key, an uncompressed point of 65 bytes.
    ///
    /// # Errors
    /// [`InvalidSignedConfig`].
    pub fn verify(token: &str, public_key: &[u8]) -> Result<Self, InvalidSignedConfig> {
        let jws = RawJws::parse(token, MAX_LENGTH)?;
        let holds = match jws.text("alg") {
            Some(SS256) => schnorr(public_key, jws.signing_input, &jws.signature),
            Some(ES256) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public_key)
                .verify(jws.signing_input.as_bytes(), &jws.signature)
                .is_ok(),
            _ => return Err(InvalidSignedConfig::Algorithm),
        };
        let claims: Map<String, Value> =
            serde_json::from_slice(&jws.payload).map_err(|_| InvalidSignedConfig::Payload)?;
        let text = |name| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(&STANDARD.encode(public_key)) {
            return Err(InvalidSignedConfig::Issuer);
        }
        if !holds {
            return Err(InvalidSignedConfig::Signature);
        }
        if text("aud") != Some(AUDIENCE) {
            return Err(InvalidSignedConfig::Audience);
        }
        Ok(Self { claims })
    }
}

/// Whether r·G + c·P = V. Everything here is public, so that nothing depends on how long it takes.
fn schnorr(public_key: &[u8], signing_input: &str, signature: &[u8]) -> bool {
    let Some((nonce, r)) = signature.split_at_checked(64).filter(|(_, r)| r.len() == 32) else { return false };
    let nonce_bytes = [&[4], nonce].concat();
    let (Some(nonce), Some(public)) = (point(&nonce_bytes), point(public_key)) else { return false };
    let Some(r) = <[u8; 32]>::try_from(r).ok().and_then(|r| Option::<Scalar>::from(Scalar::from_repr(r.into()))) else {
        return false;
    };
    let base = AffinePoint::GENERATOR.to_encoded_point(false);
    let c = challenge(&[base.as_bytes(), &nonce_bytes, public_key, signing_input.as_bytes()]);
    ProjectivePoint::GENERATOR * r + public * c == nonce
}

/// A point on the curve that is not at infinity.
fn point(bytes: &[u8]) -> Option<ProjectivePoint> {
    let encoded = EncodedPoint::from_bytes(bytes).ok().filter(|point| !point.is_identity())?;
    Option::from(AffinePoint::from_encoded_point(&encoded)).map(|point: AffinePoint| point.into())
}

/// SHA-256 of the items, each behind its length, as a scalar.
pub(super) fn challenge(items: &[&[u8]]) -> Scalar {
    let mut hash = Context::new(&SHA256);
    for item in items {
        let length = u32::try_from(item.len()).unwrap_or(u32::MAX);
        hash.update(&length.to_be_bytes());
        hash.update(item);
    }
    <Scalar as Reduce<U256>>::reduce(U256::from_be_slice(hash.finish().as_ref()))
}
