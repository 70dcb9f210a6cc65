//! Answers about an application's own account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /api/1/partner_accounts`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PartnerAccount {
    /// The client id.
    pub client_id: String,
    /// The application's name.
    pub name: String,
    /// What the application says of itself.
    pub description: String,
    /// The registered domain.
    pub domain: String,
    /// A certificate authority for telemetry, if one was handed in.
    pub ca: Option<String>,
    /// RFC 3339, UTC, milliseconds.
    pub created_at: String,
    /// RFC 3339, UTC, milliseconds.
    pub updated_at: String,
    /// The tier, such as `free`.
    pub enterprise_tier: String,
    /// The account that owns the application.
    pub account_id: String,
    /// The issuer of a client certificate, if there is one.
    pub issuer: Option<String>,
    /// A certificate signing request, if one was handed in.
    pub csr: Option<String>,
    /// When it was handed in.
    pub csr_updated_at: Option<String>,
    /// The uncompressed point of the public key, 65 bytes in hexadecimal.
    pub public_key: String,
    /// The first bytes of the SHA-256 of the public key, in hexadecimal.
    pub public_key_hash: String,
}

/// `GET /api/1/partner_accounts/public_key`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PublicKey {
    /// The uncompressed point of the public key, 65 bytes in hexadecimal.
    pub public_key: String,
}
