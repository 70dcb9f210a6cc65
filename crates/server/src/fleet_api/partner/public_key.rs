//! The public key of a domain.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject as _;

/// What stands before the uncompressed point in the `SubjectPublicKeyInfo` of a P-256 key (RFC 5480, section 2): DER
/// leaves no choice.
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The uncompressed point of a P-256 key in PEM (RFC 7468, section 13), in 130 hexadecimal digits. `None` when it is
/// another kind of key, or the point is not on the curve.
pub fn point(pem: &[u8]) -> Option<String> {
    let key = SubjectPublicKeyInfoDer::from_pem_slice(pem).ok()?;
    let point = key.strip_prefix(&P256_PREFIX)?;
    if point.len() != 65 || point[0] != 4 {
        return None;
    }
    ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).ok()?;
    Some(hex::encode(point))
}

/// Whether a text is the uncompressed point of a P-256 key, in 130 hexadecimal digits.
pub(in crate::fleet_api) fn is_point(text: &str) -> bool {
    let point = hex::decode(text).unwrap_or_default();
    point.len() == 65 && point[0] == 4 && ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &point).is_ok()
}

/// The first five bytes of the SHA-256 of the point, in hexadecimal.
pub(super) fn hash(point: &str) -> String {
    let bytes = hex::decode(point).unwrap_or_default();
    hex::encode(&digest(&SHA256, &bytes).as_ref()[..5])
}

#[cfg(test)]
mod tests;
