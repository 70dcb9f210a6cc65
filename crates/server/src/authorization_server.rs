//! The authorization server: OAuth 2.0 and OpenID Connect, at the Fleet API's paths.

mod account;
pub mod authorization_request;
pub mod authorization_response;
mod authorize;
pub mod browser;
pub(crate) mod client_authentication;
mod consent;
mod discovery;
mod forms;
mod introspection;
mod jwks;
mod logout;
mod revocation;
mod sign_in;
pub mod token;
mod userinfo;

use std::borrow::Cow;

use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use fleetgate_protocol::parameters::Parameters;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use self::token::TokenError;
use crate::config::DialectName;
use crate::http::Received;
use crate::layers::Logged;
use crate::state::{Shared, State};

/// Answers a client's request to the token, revocation or introspection endpoint, or refuses in the dialect.
async fn answer_client(
    state: &State,
    received: &Received,
    operation: &'static str,
    dialect: DialectName,
    answer: impl AsyncFnOnce(&Parameters) -> Result<Response, TokenError>,
) -> Response {
    let (answered, body) = match token::read(received) {
        Ok(body) => (answer(&body).await, Some(body)),
        Err(error) => (Err(error), None),
    };
    let mut response = answered.unwrap_or_else(|error| {
        let mut response = error.response(dialect);
        let logged = Logged::of(&mut response);
        (logged.reason, logged.checks) = (Some(error.to_string()), error.checks());
        response
    });
    let logged = Logged::of(&mut response);
    logged.operation = Some(operation);
    if let (None, Some(body)) = (&logged.application, &body) {
        logged.application = client_authentication::named(state, &received.parts.headers, body);
    }
    response
}

/// A description as the standards allow it in an answer: printable ASCII without `"` and `\` (RFC 6749, sections 4.1.2.1
/// and 5.2).
fn error_text(text: &str) -> Cow<'_, str> {
    let allowed = |character: char| matches!(character, ' '..='~') && !matches!(character, '"' | '\\');
    if text.chars().all(allowed) {
        return Cow::Borrowed(text);
    }
    let replace = |character| match character {
        '"' | '`' => '\'',
        _ if allowed(character) => character,
        _ => '?',
    };
    Cow::Owned(text.chars().map(replace).collect())
}

/// Every path of the authorization server.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/oauth2/v3/authorize", page("authorize", get(authorize::authorize).post(authorize::authorize)))
        .route("/{locale}/oauth2/v3/authorize", page("authorize", get(authorize::authorize).post(authorize::authorize)))
        .route("/oauth2/v3/authorize/continue", page("authorize", get(authorize::resume)))
        .route("/oauth2/v3/authorize/sign-in", page("sign_in", post(sign_in::for_request)))
        .route("/oauth2/v3/authorize/consent", page("consent", post(consent::answer)))
        .route("/oauth2/v3/token", post(token::token))
        .route("/oauth2/v3/token/", post(token::token))
        .route("/oauth2/v3/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
        .route("/oauth2/v3/logout", page("logout", get(logout::logout).post(logout::logout)))
        .route("/oauth2/v3/revoke", post(revocation::revoke))
        .route("/oauth2/v3/introspect", post(introspection::introspect))
        .route("/oauth2/v3/thirdparty/.well-known/openid-configuration", get(discovery::metadata))
        // RFC 8414, section 3.1: the well-known part goes between host and path of the issuer.
        .route("/.well-known/oauth-authorization-server/oauth2/v3/thirdparty", get(discovery::metadata))
        .route("/oauth2/v3/discovery/thirdparty/keys", get(jwks::keys))
        .route("/user/revoke/consent", page("revoke_consent", get(account::manage).post(account::change)))
        .route("/account", page("account", get(account::overview)))
        .route("/sign-in", page("sign_in", post(sign_in::for_account)))
        .route("/sign-out", page("sign_out", post(account::sign_out)))
}

/// Names what pages belong to for the request log, whatever they answer.
fn page(operation: &'static str, methods: MethodRouter<Shared>) -> MethodRouter<Shared> {
    methods.layer(map_response(move |mut response: Response| async move {
        Logged::of(&mut response).operation = Some(operation);
        response
    }))
}

/// The head of a request that carries `token` and is meant for this server as a whole, not for a region: so that the
/// gate checks tokens that come to the authorization server's own endpoints.
fn own_request(state: &State, token: &str) -> Option<http::request::Parts> {
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}")).ok()?);
    parts.extensions.insert(std::sync::Arc::clone(&state.addresses.whole));
    Some(parts)
}
