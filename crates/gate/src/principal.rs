use std::sync::Arc;

use fleetgate_protocol::claims::{AccessTokenClaims, AccountType, TokenId};
use fleetgate_protocol::{Region, Scope, ScopeSet, TokenType, UnknownRegion};

/// Who calls: what a verified access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The type of the token.
    pub token_type: TokenType,
    /// The application.
    pub client_id: String,
    /// For whom it acts: a person, a business, or the application itself.
    pub subject: String,
    /// The account.
    pub account_id: Option<String>,
    /// The kind of the account.
    pub account_type: Option<AccountType>,
    /// What it may do.
    pub scopes: ScopeSet,
    /// The home region of the account.
    pub region: Option<Region>,
    /// The id of the token, with its grant and generation.
    pub jti: TokenId,
    /// When the token was issued, in microseconds since the Unix epoch.
    pub issued_at: i64,
    /// When the token ends, in microseconds since the Unix epoch.
    pub expires_at: i64,
    /// The language and country of the account.
    pub locale: Option<String>,
    /// Whether the application is an open-source one.
    pub open_source: bool,
}

impl Principal {
    /// The grant from which the token came.
    #[must_use]
    pub fn grant_id(&self) -> &str {
        self.jti.grant_id()
    }

    /// The generation of the grant.
    #[must_use]
    pub const fn generation(&self) -> i64 {
        self.jti.generation()
    }

    /// Whether the token acts for a person.
    #[must_use]
    pub const fn is_person(&self) -> bool {
        matches!(self.token_type, TokenType::ThirdParty | TokenType::OpenSource)
    }
}

impl TryFrom<AccessTokenClaims> for Principal {
    type Error = UnknownRegion;

    fn try_from(claims: AccessTokenClaims) -> Result<Self, Self::Error> {
        Ok(Self {
            token_type: claims.token_type(),
            client_id: claims.azp,
            subject: claims.sub,
            account_id: claims.account_id,
            account_type: claims.account_type,
            scopes: claims.scp,
            region: claims.ou_code.map(|ou_code| ou_code.parse()).transpose()?,
            jti: claims.jti,
            issued_at: claims.iat.saturating_mul(1_000_000),
            expires_at: claims.exp.saturating_mul(1_000_000),
            locale: claims.locale,
            open_source: claims.open_source,
        })
    }
}

/// The proof that a request passed the gate. Only the gate makes one; a handler that takes it cannot run unguarded.
///
/// The layer puts it into the extensions of the request.
#[derive(Clone, Debug)]
pub struct Permit(Arc<Principal>);

impl Permit {
    pub(crate) const fn new(principal: Arc<Principal>) -> Self {
        Self(principal)
    }

    /// Who calls.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.0
    }

    /// Whether the token has this scope.
    #[must_use]
    pub fn has(&self, scope: &Scope) -> bool {
        self.0.scopes.contains(scope)
    }
}
