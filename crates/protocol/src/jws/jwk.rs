use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// A public key as JSON (RFC 7517, section 4). A private one has no place in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// The key type: `RSA`, `EC` or `OKP`.
    pub kty: String,
    /// RSA: the modulus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// RSA: the exponent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// EC and OKP: the curve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// EC: the first coordinate; OKP: the public key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// EC: the second coordinate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The name of the key in the headers of tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The SHA-1 of the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x5t: Option<String>,
    /// The certificate, as DER in padded base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x5c: Option<Vec<String>>,
    /// What the key is for: `sig`.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub public_key_use: Option<String>,
    /// The algorithm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
}

impl Jwk {
    /// The SHA-256 of the members that are the key itself (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let members = [("crv", &self.crv), ("e", &self.e), ("n", &self.n), ("x", &self.x), ("y", &self.y)];
        let mut required: BTreeMap<_, _> =
            members.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))).collect();
        required.insert("kty", &self.kty);
        let json = serde_json::json!(required).to_string();
        URL_SAFE_NO_PAD.encode(digest(&SHA256, json.as_bytes()))
    }
}

/// A set of public keys (RFC 7517, section 5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}
