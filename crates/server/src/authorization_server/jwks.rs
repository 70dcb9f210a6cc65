//! The key set (RFC 7517, section 5).

use axum::extract::State as Extract;
use axum::response::Response;
use http::StatusCode;

use super::discovery::public;
use crate::http::json_bytes;
use crate::state::Shared;

/// `GET /oauth2/v3/discovery/thirdparty/keys`.
pub(super) async fn keys(Extract(state): Extract<Shared>) -> Response {
    public(json_bytes(StatusCode::OK, state.keys.published()))
}
