//! The authorization server: OAuth 2.0 and OpenID Connect, at the Fleet API's paths.

mod account;
pub mod authorize;
pub mod browser;
pub(crate) mod client_authentication;
mod consent;
mod discovery;
mod introspection;
mod jwks;
mod logout;
mod revocation;
mod sign_in;
pub mod token;
mod userinfo;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use fleetgate_gate::Serving;
use fleetgate_protocol::parameters::Parameters;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use self::token::TokenError;
use crate::http::Received;
use crate::layers::Logged;
use crate::state::{Shared, State};

/// Answers a client's request to the token, revocation or introspection endpoint, or refuses in the dialect.
async fn answer_client(
    state: &State,
    received: &Received,
    operation: &'static str,
    answer: impl AsyncFnOnce(&Parameters) -> Result<Response, TokenError>,
) -> Response {
    let mut logged = Logged { operation: Some(operation), ..Logged::default() };
    let answered = match token::read(received) {
        Ok(body) => {
            logged.application = client_authentication::named(state, &received.parts.headers, &body);
            answer(&body).await
        }
        Err(error) => Err(error),
    };
    let mut response = answered.unwrap_or_else(|error| {
        logged.reason = Some(error.to_string());
        error.response(state.config.dialect.errors)
    });
    response.extensions_mut().insert(logged);
    response
}

/// Every path of the authorization server.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/oauth2/v3/authorize", get(authorize::authorize).post(authorize::authorize))
        .route("/{locale}/oauth2/v3/authorize", get(authorize::authorize).post(authorize::authorize))
        .route("/oauth2/v3/authorize/continue", get(authorize::resume))
        .route("/oauth2/v3/authorize/sign-in", post(sign_in::for_request))
        .route("/oauth2/v3/authorize/consent", post(consent::decide))
        .route("/oauth2/v3/token", post(token::token))
        .route("/oauth2/v3/token/", post(token::token))
        .route("/oauth2/v3/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
        .route("/oauth2/v3/logout", get(logout::logout).post(logout::logout))
        .route("/oauth2/v3/revoke", post(revocation::revoke))
        .route("/oauth2/v3/introspect", post(introspection::introspect))
        .route("/oauth2/v3/thirdparty/.well-known/openid-configuration", get(discovery::metadata))
        // RFC 8414, section 3.1: the well-known part goes between host and path of the issuer.
        .route("/.well-known/oauth-authorization-server/oauth2/v3/thirdparty", get(discovery::metadata))
        .route("/oauth2/v3/discovery/thirdparty/keys", get(jwks::keys))
        .route("/user/revoke/consent", get(account::manage).post(account::change))
        .route("/account", get(account::overview))
        .route("/sign-in", post(sign_in::for_account))
        .route("/sign-out", post(account::sign_out))
}

/// The head of a request that carries `token` and is meant for this server as a whole, not for a region: so that the
/// gate checks tokens that come to the authorization server's own endpoints.
fn own_request(state: &State, token: &str) -> Option<http::request::Parts> {
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}")).ok()?);
    parts.extensions.insert(own_serving(state));
    Some(parts)
}

fn own_serving(state: &State) -> std::sync::Arc<Serving> {
    let mut serving = Serving::without_regions(state.addresses.base_url.clone());
    serving.audiences.extend(state.addresses.token_audiences(true, None));
    std::sync::Arc::new(serving)
}
