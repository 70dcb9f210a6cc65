//! Token revocation (RFC 7009).

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::ApplicationKind;
use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::refresh_token::RefreshToken;
use http::StatusCode;

use super::introspection::access_token;
use super::token::TokenError;
use super::{answer_client, client_authentication};
use crate::config::DialectName;
use crate::entropy::uuid_text;
use crate::http::{Received, empty};
use crate::micros;
use crate::revocations;
use crate::state::{Shared, State};

/// `POST /oauth2/v3/revoke`.
pub(super) async fn revoke(Extract(state): Extract<Shared>, received: Received) -> Response {
    answer_client(&state, &received, "revoke", DialectName::Rfc, async |body| {
        end(&state, &received, body).await?;
        Ok(empty(StatusCode::OK))
    })
    .await
}

/// A refresh token ends its whole grant, an access token only itself (section 2.1). A token that is unknown, or another
/// client's, is answered as if it had been ended (section 2.2); `token_type_hint` is only a hint, and not needed.
async fn end(state: &State, received: &Received, body: &Parameters) -> Result<(), TokenError> {
    let client = client_authentication::authenticate(state, &received.parts.headers, body)?;
    if !client.authenticated && client.application.kind != ApplicationKind::OpenSource {
        return Err(TokenError::SecretNeeded);
    }
    let token = body.get("token").ok_or(TokenError::Missing("token"))?;
    let now = state.now();
    if let Ok(refresh) = RefreshToken::open(token, |number| state.keys.mac(number)) {
        let grant_id = uuid_text(refresh.family);
        let grant = state.store.grant(&grant_id).await?;
        if grant.is_some_and(|grant| grant.client_id == client.application.client_id) {
            let ended = state.store.revoke_grant(&grant_id, "revoked_by_client", now).await?;
            revocations::apply(&state.revocations, ended.iter());
        }
    } else if let Some(principal) = access_token(state, token)
        && principal.client_id == client.application.client_id
    {
        // The gate takes the token until the leeway for clocks is over, so it is ended for as long.
        let until = principal.expires_at + micros(state.config.tokens.leeway);
        let ended = state.store.revoke_token(principal.jti.as_str(), until, now).await?;
        revocations::apply(&state.revocations, [&ended]);
    }
    Ok(())
}
