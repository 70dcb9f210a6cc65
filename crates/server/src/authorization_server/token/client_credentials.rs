//! `grant_type=client_credentials` (RFC 6749, section 4.4): partner tokens, and with an `auth_code` third-party business
//! tokens.

use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::{Scope, ScopeSet, TokenType};

use super::mint::{self, Machine};
use super::{TokenError, TokenResponse, audience};
use crate::authorization_server::client_authentication::Client;
use crate::state::State;

/// Issues a token to the application itself, or for a business that consented. There is never a refresh token.
pub(super) async fn issue(state: &State, client: &Client, body: &Parameters) -> Result<TokenResponse, TokenError> {
    if !client.authenticated {
        return Err(TokenError::SecretNeeded);
    }
    let audience = audience(state, body)?.ok_or(TokenError::Audience)?;
    match body.get("auth_code") {
        Some(auth_code) => for_business(state, client, body, audience, auth_code).await,
        None => for_partner(state, client, body, audience),
    }
}

fn for_partner(state: &State, client: &Client, body: &Parameters, audience: &str) -> Result<TokenResponse, TokenError> {
    let application = &client.application;
    // `openid` is allowed on every partner token, whether or not the application was given it.
    let mut held = application.scopes.for_token(TokenType::Partner);
    if body.get("scope").is_some() {
        held.insert(Scope::OPENID);
    }
    let scopes = choose(body, &held)?;
    mint::for_machine(state, application, Machine::Partner, &application.machine_grant_id, &scopes, audience)
}

async fn for_business(
    state: &State,
    client: &Client,
    body: &Parameters,
    audience: &str,
    auth_code: &str,
) -> Result<TokenResponse, TokenError> {
    let refuse = |why| Err(TokenError::AuthCode(why));
    let Some(consent) = state.store.business_consent(&state.hash(auth_code)).await? else {
        return refuse("it is unknown");
    };
    if consent.client_id != client.application.client_id {
        return refuse("it belongs to another application");
    }
    if consent.revoked_at.is_some() {
        return refuse("the business revoked it");
    }
    match state.store.grant(&consent.grant_id).await? {
        Some(grant) if grant.revoked_at.is_none() => {}
        _ => return refuse("its grant is ended"),
    }
    match state.store.account(&consent.business_account_id).await? {
        Some(business) if business.disabled_at.is_none() => {}
        _ => return refuse("the business's account is disabled"),
    }
    let held = client.application.scopes.for_token(TokenType::ThirdPartyBusiness);
    let scopes = choose(body, &held.intersection(&consent.scopes))?;
    let machine = Machine::Business { account_id: &consent.business_account_id };
    mint::for_machine(state, &client.application, machine, &consent.grant_id, &scopes, audience)
}

/// What was asked for, if it is held; everything that is held when nothing was asked for.
fn choose(body: &Parameters, held: &ScopeSet) -> Result<ScopeSet, TokenError> {
    let Some(text) = body.get("scope") else { return Ok(held.clone()) };
    let asked: ScopeSet =
        text.parse().map_err(|error: fleetgate_protocol::InvalidScope| TokenError::Scope(error.to_string()))?;
    // `offline_access` opens nothing for a machine, and clients that ask for it beside others exist.
    let asked = asked.filter(|scope| *scope != Scope::OFFLINE_ACCESS);
    if let Some(refused) = asked.iter().find(|scope| !held.contains(scope)) {
        return Err(TokenError::Scope(format!("the application does not hold `{refused}`")));
    }
    if asked.is_empty() {
        return Err(TokenError::Scope("a token of this type is never refreshed".to_owned()));
    }
    Ok(asked)
}
