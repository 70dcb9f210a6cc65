use std::borrow::Cow;

use fleetgate_protocol::fleet_error::WRONG_TOKEN_TYPE;
use fleetgate_protocol::{Operation, Scope, TokenType};

/// What a route needs.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The name of the operation, for the request log.
    pub operation: Cow<'static, str>,
    /// One of these scopes is needed; none is when the list is empty.
    pub scopes_any: Cow<'static, [Scope]>,
    /// The token types that may call; an empty list means that no token is needed.
    pub token_types: Cow<'static, [TokenType]>,
    /// What a token of another type is answered with (403).
    pub wrong_token_type: Cow<'static, str>,
    /// Whether the application must be registered in the serving region.
    pub registration: bool,
    /// Whether only the home region of the person may serve it.
    pub home_region: bool,
}

impl Requirement {
    /// Any token that has one of these scopes (any at all when there are none), registered or not.
    #[must_use]
    pub fn any_of(operation: impl Into<Cow<'static, str>>, scopes: impl IntoIterator<Item = Scope>) -> Self {
        Self {
            operation: operation.into(),
            scopes_any: scopes.into_iter().collect(),
            token_types: Cow::Borrowed(&TokenType::ALL),
            wrong_token_type: Cow::Borrowed(WRONG_TOKEN_TYPE),
            registration: false,
            home_region: true,
        }
    }

    /// Only tokens of these types.
    #[must_use]
    pub fn token_types(mut self, token_types: impl Into<Cow<'static, [TokenType]>>) -> Self {
        self.token_types = token_types.into();
        self
    }
}

impl From<&Operation> for Requirement {
    fn from(operation: &Operation) -> Self {
        Self {
            operation: Cow::Borrowed(operation.name),
            scopes_any: Cow::Borrowed(operation.scopes_any),
            token_types: Cow::Borrowed(operation.token_types),
            wrong_token_type: Cow::Borrowed(operation.wrong_token_type),
            registration: operation.registration,
            home_region: operation.home_region,
        }
    }
}
