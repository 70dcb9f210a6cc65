//! Documents for people and programs that are generated from the table of operations.
//!
//! Each is a pure function of the table and of the addresses that it is given, so that the reference in the repository
//! and what a running server hands out come from the same rows.

mod compatibility;
mod markdown;
mod openapi;
mod postman;

pub use self::compatibility::compatibility_markdown;
pub use self::markdown::operations_markdown;
pub use self::openapi::openapi;
pub use self::postman::postman;

use crate::{Holder, SCOPES, ScopeDescription, TokenType};

/// Where the authorization server answers, below the base URL.
mod path {
    pub(super) const AUTHORIZE: &str = "/oauth2/v3/authorize";
    pub(super) const TOKEN: &str = "/oauth2/v3/token";
    pub(super) const USERINFO: &str = "/oauth2/v3/userinfo";
    pub(super) const REVOKE: &str = "/oauth2/v3/revoke";
    pub(super) const INTROSPECT: &str = "/oauth2/v3/introspect";
    pub(super) const METADATA: &str = "/oauth2/v3/thirdparty/.well-known/openid-configuration";
    pub(super) const KEYS: &str = "/oauth2/v3/discovery/thirdparty/keys";
}

/// The scopes that a token of this type can hold, in the order of the documentation.
fn scopes_of(token_type: TokenType) -> impl Iterator<Item = &'static ScopeDescription> {
    SCOPES.iter().filter(move |scope| scope.holder.admits(token_type))
}

/// The names of those that an application of any kind may hold, as a `scope` parameter has them.
fn scope_parameter(token_type: TokenType) -> String {
    let common = scopes_of(token_type).filter(|scope| matches!(scope.holder, Holder::Anyone | Holder::Person));
    common.map(|scope| scope.name).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
