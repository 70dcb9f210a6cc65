//! `grant_type=refresh_token` (RFC 6749, section 6), with rotation (RFC 9700, section 4.14).

use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::refresh_token::RefreshToken;
use fleetgate_protocol::{ApplicationKind, ScopeSet};
use fleetgate_store::{RefreshedGrant, Rotate, Rotation};

use super::error::RefreshRefusal;
use super::mint::{self, ForPerson};
use super::{TokenError, TokenResponse, audience, bound_audience};
use crate::authorization_server::authorization_request::grantable;
use crate::authorization_server::client_authentication::Client;
use crate::entropy::uuid_text;
use crate::micros;
use crate::revocations;
use crate::state::State;

/// Answers a refresh token with its successor and a fresh access token.
pub(super) async fn refresh(state: &State, client: &Client, body: &Parameters) -> Result<TokenResponse, TokenError> {
    let text = body.get("refresh_token").ok_or(TokenError::Missing("refresh_token"))?;
    let application = &client.application;
    let public = application.kind == ApplicationKind::OpenSource;
    if !client.authenticated && !public && !state.config.dialect.refresh_without_secret {
        return Err(TokenError::SecretNeeded);
    }
    let audience = audience(state, body)?;
    let asked = body.get("scope").map(str::parse::<ScopeSet>).transpose();
    let asked = asked.map_err(|error| TokenError::Scope(error.to_string()))?;
    let token = open(state, text)?;
    // Narrowing the consent, or the application's scopes, acts on the next access token: this one. Nothing is refused
    // after the rotation: the token is spent.
    let RefreshedGrant { grant, account, scopes } = &rotate(state, client, &token, asked, audience).await?;
    let audience = grant.audience.as_deref().or(audience);
    mint::for_person(state, ForPerson { application, account, grant, scopes, audience, nonce: None, echo: None })
}

/// Reads the token; a forged, truncated or re-cased one never reaches the database.
fn open(state: &State, text: &str) -> Result<RefreshToken, TokenError> {
    RefreshToken::open(text, |number| state.keys.mac(number)).map_err(|_| TokenError::Refresh(RefreshRefusal::Invalid))
}

async fn rotate(
    state: &State,
    client: &Client,
    token: &RefreshToken,
    asked: Option<ScopeSet>,
    audience: Option<&str>,
) -> Result<RefreshedGrant, TokenError> {
    let tokens = &state.config.tokens;
    let (mac_key_id, _) = state.keys.newest_mac()?;
    let grant_id = uuid_text(token.family);
    let rotation = state
        .store
        .rotate(Rotate {
            grant_id: grant_id.clone(),
            client_id: client.application.client_id.clone(),
            grantable: grantable(&client.application.scopes),
            asked,
            refuse_wider: !state.config.dialect.ignore_wider_scope,
            audience: bound_audience(state, audience),
            presented: token.generation.into(),
            now: state.now(),
            grace: micros(tokens.refresh_grace),
            generation_lifetime: micros(tokens.refresh_lifetime),
            mac_key_id: mac_key_id.into(),
            end_older_access: tokens.rotation_ends_access,
        })
        .await?;
    let refusal = match rotation {
        Rotation::Rotated(refreshed) => {
            if tokens.rotation_ends_access {
                revocations::end_older(state, &grant_id, refreshed.grant.generation);
            }
            return Ok(refreshed);
        }
        Rotation::Repeated(refreshed) => return Ok(refreshed),
        Rotation::Replayed(ended) => {
            tracing::warn!(grant = grant_id, "a superseded refresh token came again; its family is ended");
            revocations::apply(&state.revocations, [&ended]);
            RefreshRefusal::Invalid
        }
        Rotation::Ahead => {
            tracing::error!(grant = grant_id, "a refresh token of a generation that was never issued came");
            RefreshRefusal::Invalid
        }
        Rotation::Expired => RefreshRefusal::Expired,
        Rotation::Revoked { reason } if reason == revocations::CONSENT => RefreshRefusal::ConsentRevoked,
        Rotation::Unknown | Rotation::WrongClient | Rotation::Revoked { .. } => RefreshRefusal::Invalid,
        Rotation::ConsentRevoked => RefreshRefusal::ConsentRevoked,
        Rotation::AccountDisabled | Rotation::ApplicationDisabled => RefreshRefusal::AccountDisabled,
        Rotation::WiderScope => return Err(TokenError::Scope("it is wider than what was granted".to_owned())),
        Rotation::NothingGranted => {
            return Err(TokenError::Scope("nothing of what is asked for is granted any more".to_owned()));
        }
        Rotation::WrongAudience => return Err(TokenError::Audience),
    };
    Err(TokenError::Refresh(refusal))
}
