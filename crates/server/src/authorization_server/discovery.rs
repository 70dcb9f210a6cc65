//! The metadata document (OpenID Connect Discovery, section 3; RFC 8414, section 2). It never varies by Host.

use std::sync::PoisonError;

use axum::extract::State as Extract;
use axum::response::Response;
use bytes::Bytes;
use fleetgate_protocol::SCOPES;
use fleetgate_protocol::jws::Algorithm;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::{Value, json};

use crate::http::{json_bytes, set_header};
use crate::keys::KEY_SET_LIFETIME;
use crate::state::{Shared, State};

/// `GET /oauth2/v3/thirdparty/.well-known/openid-configuration`.
pub(super) async fn metadata(Extract(state): Extract<Shared>) -> Response {
    let algorithms = state.keys.algorithms();
    let written = {
        let metadata = state.metadata.read().unwrap_or_else(PoisonError::into_inner);
        (metadata.0 == algorithms).then(|| metadata.1.clone())
    };
    let body = written.unwrap_or_else(|| {
        let document = Bytes::from(document(&state, &algorithms).to_string());
        *state.metadata.write().unwrap_or_else(PoisonError::into_inner) = (algorithms, document.clone());
        document
    });
    public(json_bytes(StatusCode::OK, body))
}

/// Lets anyone keep an answer for as long as a key set lives.
pub(super) fn public(mut response: Response) -> Response {
    set_header(&mut response, CACHE_CONTROL, &format!("public, max-age={}", KEY_SET_LIFETIME.as_secs()));
    response.headers_mut().remove(http::header::PRAGMA);
    response
}

/// The document; the keys in use say the algorithms.
fn document(state: &State, algorithms: &[Algorithm]) -> Value {
    let base = &state.addresses.base_url;
    let own = state.config.own_scopes.iter().map(|scope| scope.name.to_string());
    let scopes: Vec<String> = SCOPES.iter().map(|scope| scope.name.to_owned()).chain(own).collect();
    let algorithms: Vec<&str> = algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
    json!({
        "issuer": state.addresses.issuer,
        "authorization_endpoint": format!("{base}/oauth2/v3/authorize"),
        "token_endpoint": format!("{base}/oauth2/v3/token"),
        "jwks_uri": format!("{base}/oauth2/v3/discovery/thirdparty/keys"),
        "userinfo_endpoint": format!("{base}/oauth2/v3/userinfo"),
        "end_session_endpoint": format!("{base}/oauth2/v3/logout"),
        "revocation_endpoint": format!("{base}/oauth2/v3/revoke"),
        "introspection_endpoint": format!("{base}/oauth2/v3/introspect"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent"],
        "subject_types_supported": ["public"],
        "scopes_supported": scopes,
        "id_token_signing_alg_values_supported": algorithms,
        "claims_supported": ["iss", "iat", "exp", "nonce", "sub", "aud", "azp", "auth_time", "amr", "at_hash"],
        "authorization_response_iss_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "claims_parameter_supported": false,
        "access_token_issuer": state.addresses.token_issuer,
    })
}
