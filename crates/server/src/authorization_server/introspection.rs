//! Token introspection (RFC 7662).

use std::sync::Arc;

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_gate::{Principal, Requirement};
use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::refresh_token::RefreshToken;
use fleetgate_protocol::{Scope, ScopeSet};
use fleetgate_store::{Application, Grant};
use http::StatusCode;
use serde::Serialize;

use super::authorization_request::grantable;
use super::client_authentication::ClientError;
use super::token::TokenError;
use super::{answer_client, client_authentication, own_request};
use crate::config::DialectName;
use crate::entropy::uuid_text;
use crate::http::{Received, json};
use crate::state::{Shared, State};

/// RFC 7662, section 2.2. An inactive token has no other member, so that nothing is told about it.
#[derive(Debug, Default, Serialize)]
struct Introspection {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

/// `POST /oauth2/v3/introspect`. A client learns about its own tokens only.
pub(super) async fn introspect(Extract(state): Extract<Shared>, received: Received) -> Response {
    answer_client(&state, &received, "introspect", DialectName::Rfc, async |body| {
        let found = look(&state, &received, body).await?;
        Ok(json(StatusCode::OK, &found))
    })
    .await
}

async fn look(state: &State, received: &Received, body: &Parameters) -> Result<Introspection, TokenError> {
    // RFC 7662, section 2.3: without credentials the answer is that of failed client authentication.
    let client = match client_authentication::authenticate(state, &received.parts.headers, body) {
        Err(ClientError::Missing) => return Err(TokenError::SecretNeeded),
        proven => proven?,
    };
    if !client.authenticated {
        return Err(TokenError::SecretNeeded);
    }
    let token = body.get("token").ok_or(TokenError::Missing("token"))?;
    let own = client.application.client_id.as_str();
    if let Ok(refresh) = RefreshToken::open(token, |number| state.keys.mac(number)) {
        return refresh_token(state, &client.application, &refresh).await;
    }
    let Some(principal) = access_token(state, token).filter(|principal| principal.client_id == own) else {
        return Ok(Introspection::default());
    };
    Ok(Introspection {
        active: true,
        scope: Some(principal.scopes.to_string()),
        client_id: Some(principal.client_id.clone()),
        token_type: Some("Bearer"),
        exp: Some(principal.expires_at.div_euclid(1_000_000)),
        iat: Some(principal.issued_at.div_euclid(1_000_000)),
        sub: Some(principal.subject.clone()),
        iss: Some(state.addresses.token_issuer.clone()),
        jti: Some(principal.jti.as_str().to_owned()),
    })
}

/// A refresh token is active while a refresh with it would be answered with a new generation.
async fn refresh_token(
    state: &State,
    application: &Application,
    token: &RefreshToken,
) -> Result<Introspection, TokenError> {
    let now = state.now();
    let grant = state.store.grant(&uuid_text(token.family)).await?;
    let live = grant.filter(|grant| {
        let in_time = |end: Option<i64>| end.is_none_or(|end| end > now);
        grant.client_id == application.client_id
            && grant.revoked_at.is_none()
            && grant.generation == i64::from(token.generation)
            && in_time(grant.generation_expires_at)
            && in_time(grant.absolute_expires_at)
    });
    let Some((grant, scopes)) = (match live {
        Some(grant) => granted_now(state, application, &grant).await?.map(|scopes| (grant, scopes)),
        None => None,
    }) else {
        return Ok(Introspection::default());
    };
    Ok(Introspection {
        active: true,
        scope: Some(scopes.to_string()),
        client_id: Some(grant.client_id),
        exp: grant.generation_expires_at.map(|end| end.div_euclid(1_000_000)),
        iat: Some(grant.rotated_at.unwrap_or(grant.created_at).div_euclid(1_000_000)),
        sub: grant.account_id,
        iss: Some(state.addresses.token_issuer.clone()),
        ..Introspection::default()
    })
}

/// What a refresh would be granted now, if it would be granted anything.
async fn granted_now(
    state: &State,
    application: &Application,
    grant: &Grant,
) -> Result<Option<ScopeSet>, fleetgate_store::Error> {
    let Some(account_id) = &grant.account_id else { return Ok(None) };
    let account = state.store.account(account_id).await?.filter(|account| account.disabled_at.is_none());
    let consent = state.store.consent(account_id, &grant.client_id).await?.filter(|_| account.is_some());
    let consent = consent.filter(|consent| consent.scopes.contains(&Scope::OFFLINE_ACCESS));
    let scopes =
        consent.map(|consent| grant.scopes.intersection(&consent.scopes).intersection(&grantable(&application.scopes)));
    Ok(scopes.filter(|scopes| !scopes.is_empty()))
}

/// Whose an access token is, if it is good now.
pub(super) fn access_token(state: &State, token: &str) -> Option<Arc<Principal>> {
    let parts = own_request(state, token)?;
    let requirement = Requirement { home_region: false, ..Requirement::any_of("introspect", []) };
    let (outcome, decision) = state.gate.check(&parts, &requirement);
    outcome.ok().flatten().and(decision.principal)
}
