//! What access tokens and id_tokens say.

mod token_id;
mod wire_json;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

pub use self::token_id::{InvalidTokenId, TokenId};
pub use self::wire_json::to_wire_json;
use crate::jws::Algorithm;
use crate::{ScopeSet, TokenType};

/// The claims of an access token, in the order of the Fleet API's own (RFC 9068, section 2.2, names most of them).
///
/// Reading them refuses what is not an access token: an id_token has no `scp` and a plain `aud`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The client for which it was issued.
    pub azp: String,
    /// The person or business for whom it acts; the client itself in a partner token.
    pub sub: String,
    /// Where it may be used. Always a list: clients rely on that.
    pub aud: Vec<String>,
    /// What it may be used for. Always a list: clients rely on that.
    pub scp: ScopeSet,
    /// How the person signed in (RFC 8176).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amr: Option<Vec<String>>,
    /// When it ends, in seconds since the Unix epoch; at that second it is over.
    pub exp: i64,
    /// When it was issued, in seconds since the Unix epoch.
    pub iat: i64,
    /// The home region of the account: `NA`, `EU` or `CN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ou_code: Option<String>,
    /// The language and country of the account, for example `en-US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The kind of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_type: Option<AccountType>,
    /// Whether the client is an open-source application.
    pub open_source: bool,
    /// The account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// When the person signed in, in seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The `nonce` of the authorization request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How a token without a person was granted; absent in a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gty: Option<MachineGrant>,
    /// The grant, its generation, and a random part.
    pub jti: TokenId,
    /// The client again, as RFC 9068 wants it; only under the dialect `rfc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The scopes again, as RFC 9068 wants them; only under the dialect `rfc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl AccessTokenClaims {
    /// Which type of token this is.
    #[must_use]
    pub const fn token_type(&self) -> TokenType {
        match (self.gty, self.open_source) {
            (Some(MachineGrant::ClientCredentials), _) => TokenType::Partner,
            (Some(MachineGrant::Business), _) => TokenType::ThirdPartyBusiness,
            (None, true) => TokenType::OpenSource,
            (None, false) => TokenType::ThirdParty,
        }
    }
}

/// The claim `account_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountType {
    /// A person.
    Person,
    /// A business.
    Business,
}

/// The claim `gty`: how a token without a person was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MachineGrant {
    /// To the application itself.
    ClientCredentials,
    /// By a business's consent.
    Business,
}

/// The claims of an id_token (OpenID Connect Core, section 2). It never holds the e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The person.
    pub sub: String,
    /// The client; a plain text, which no access token has.
    pub aud: String,
    /// The client.
    pub azp: String,
    /// When it ends, in seconds since the Unix epoch.
    pub exp: i64,
    /// When it was issued, in seconds since the Unix epoch.
    pub iat: i64,
    /// When the person signed in, in seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The `nonce` of the authorization request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Ties it to the access token beside it; see [`at_hash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// How the person signed in (RFC 8176).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amr: Option<Vec<String>>,
    /// The session in the browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
}

/// The claim `at_hash` of an access token (OpenID Connect Core, section 3.1.3.6): the left half of its hash, with the
/// hash of the id_token's algorithm (SHA-512 for Ed25519).
#[must_use]
pub fn at_hash(algorithm: Algorithm, access_token: &str) -> String {
    let hash = match algorithm {
        Algorithm::Rs256 | Algorithm::Es256 => &SHA256,
        Algorithm::EdDsa => &SHA512,
    };
    let hash = digest(hash, access_token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}

#[cfg(test)]
mod tests;
