//! An application's key pair: EC on P-256, whose public half its domain serves.

use std::fmt;

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde::Serialize;

/// `PrivateKeyInfo` of a P-256 key up to the 32 bytes of the scalar (RFC 5208, RFC 5915).
const PKCS8_HEAD: &str = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420";
/// Between the scalar and the 65 bytes of the point.
const PKCS8_MIDDLE: &str = "a144034200";
/// `SubjectPublicKeyInfo` of a P-256 key up to the point (RFC 5480).
const SPKI_HEAD: &str = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

/// A key pair on P-256. Its `Debug` says nothing of the private half.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(super) struct EcKey {
    /// The private key, PEM.
    pub(super) private_pem: String,
    /// The public key, PEM (`SubjectPublicKeyInfo`).
    pub(super) public_pem: String,
    /// The uncompressed point, 130 hexadecimal digits.
    pub(super) point: String,
}

/// A text that holds no P-256 private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no private key on P-256 in PEM; `openssl ecparam -name prime256v1 -genkey -noout` makes one")]
pub(super) struct InvalidEcKey;

impl EcKey {
    /// Reads a private key in PEM, PKCS#8 or SEC 1.
    ///
    /// # Errors
    /// Anything else.
    pub(super) fn parse(pem: &str) -> Result<Self, InvalidEcKey> {
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| InvalidEcKey)?;
        let key = PrivateKey::from_private_key_der(&ECDH_P256, der.secret_der()).map_err(|_| InvalidEcKey)?;
        let point = point(&key).ok_or(InvalidEcKey)?;
        Ok(Self { private_pem: pem.to_owned(), public_pem: public_pem(&point), point })
    }

    /// The key pair of a scalar; `None` when it is none of the curve's.
    #[must_use]
    pub(super) fn from_scalar(scalar: &[u8; 32]) -> Option<Self> {
        let point = point(&PrivateKey::from_private_key(&ECDH_P256, scalar).ok()?)?;
        let private = [PKCS8_HEAD, &hex::encode(scalar), PKCS8_MIDDLE, &point].concat();
        Some(Self { private_pem: pem("PRIVATE KEY", &private), public_pem: public_pem(&point), point })
    }
}

impl fmt::Debug for EcKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EcKey({})", self.point)
    }
}

fn point(key: &PrivateKey) -> Option<String> {
    key.compute_public_key().ok().map(hex::encode)
}

fn public_pem(point: &str) -> String {
    pem("PUBLIC KEY", &[SPKI_HEAD, point].concat())
}

/// PEM (RFC 7468) of a DER document that is given in hexadecimal.
fn pem(label: &str, der: &str) -> String {
    let text = STANDARD.encode(hex::decode(der).unwrap_or_default());
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem + &format!("-----END {label}-----\n")
}
