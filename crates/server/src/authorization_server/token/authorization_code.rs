//! `grant_type=authorization_code` (RFC 6749, section 4.1.3; PKCE: RFC 7636, section 4.5).

use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::pkce::CodeChallenge;
use fleetgate_protocol::{ApplicationKind, Scope};
use fleetgate_store::{Code, GrantKind, NewGrant, Redemption};

use super::mint::{self, ForPerson};
use super::{TokenError, TokenResponse, audience, bound_audience};
use crate::authorization_server::authorization_request::grantable;
use crate::authorization_server::client_authentication::Client;
use crate::revocations;
use crate::state::State;

/// Exchanges a code for tokens. What is bound to the code is checked first, and a wrong client, redirect URI or verifier
/// spends nothing; then one statement spends it.
pub(super) async fn exchange(state: &State, client: &Client, body: &Parameters) -> Result<TokenResponse, TokenError> {
    let text = body.get("code").ok_or(TokenError::Missing("code"))?;
    let application = &client.application;
    if !client.authenticated && application.kind != ApplicationKind::OpenSource {
        return Err(TokenError::SecretNeeded);
    }
    let asked_audience = audience(state, body)?;
    let code_hash = state.hash(text);
    let code = state.store.code(&code_hash).await?.ok_or(TokenError::Code("it is unknown"))?;
    check(&code, client, body)?;
    let audience = bound_audience(state, asked_audience).or_else(|| code.audience.clone());
    if code.audience.is_some() && code.audience != audience {
        return Err(TokenError::Audience);
    }

    let (now, new) = (state.now(), &code);
    let account = state.store.account(&new.account_id).await?.ok_or(TokenError::Code("its account is gone"))?;
    // What was narrowed since the code was made is not granted any more.
    let consent = state.store.consent(&new.account_id, &new.client_id).await?;
    let consent = consent.ok_or(TokenError::Code("the consent was revoked"))?;
    let scopes = new.scopes.intersection(&consent.scopes).intersection(&grantable(&application.scopes));
    // A code that was spent before is a replay all the same.
    if scopes.is_empty() && new.consumed_at.is_none() {
        return Err(TokenError::Code("nothing of what it stands for is granted any more"));
    }
    let refreshable = scopes.contains(&Scope::OFFLINE_ACCESS);
    let (generation_expires_at, absolute_expires_at) = mint::expiries(state, now, refreshable);
    let (mac_key_id, _) = state.keys.newest_mac()?;
    let grant = NewGrant {
        id: state.entropy.uuid(),
        kind: GrantKind::AuthorizationCode,
        client_id: new.client_id.clone(),
        account_id: Some(new.account_id.clone()),
        region: account.region,
        scopes,
        refreshable,
        mac_key_id: mac_key_id.into(),
        auth_time: Some(new.auth_time),
        amr: new.amr.clone(),
        locale: new.locale.clone(),
        audience,
        created_at: now,
        generation_expires_at,
        absolute_expires_at,
        end_older: state.config.tokens.grant_ends_older,
    };
    let grant = match state.store.redeem_code(&code_hash, &grant, now).await? {
        Redemption::Granted(grant) => grant,
        Redemption::Replayed(ended) => {
            revocations::apply(&state.revocations, ended.iter());
            return Err(TokenError::Code("it was spent before; its grant is ended"));
        }
        Redemption::Expired => return Err(TokenError::Code("it is expired")),
        Redemption::Unknown => return Err(TokenError::Code("it is unknown")),
        Redemption::ConsentRevoked => return Err(TokenError::Code("the consent was revoked")),
        Redemption::AccountDisabled => return Err(TokenError::Code("the account is disabled")),
        Redemption::ApplicationDisabled => return Err(TokenError::Code("the application is disabled")),
    };
    mint::for_person(
        state,
        ForPerson {
            application,
            account: &account,
            grant: &grant,
            scopes: &grant.scopes,
            audience: grant.audience.as_deref().or(asked_audience),
            nonce: new.nonce.as_deref(),
            echo: new.state.as_deref(),
        },
    )
}

/// What the code is bound to: client, redirect URI, challenge.
fn check(code: &Code, client: &Client, body: &Parameters) -> Result<(), TokenError> {
    let new = code;
    if new.client_id != client.application.client_id {
        return Err(TokenError::Code("it belongs to another application"));
    }
    match body.get("redirect_uri") {
        Some(shown) if shown == new.redirect_uri => {}
        Some(_) => return Err(TokenError::RedirectUri),
        None => return Err(TokenError::Missing("redirect_uri")),
    }
    match (&new.code_challenge, body.get("code_verifier")) {
        (Some(challenge), Some(verifier)) => {
            let fits = CodeChallenge::parse(challenge).is_ok_and(|challenge| challenge.is_met_by(verifier));
            if fits { Ok(()) } else { Err(TokenError::Verifier("it does not fit the challenge")) }
        }
        (Some(_), None) => Err(TokenError::Verifier("it is missing")),
        // RFC 9700, section 4.8.2: a verifier without a challenge is a downgrade.
        (None, Some(_)) => Err(TokenError::Verifier("the authorization request had no code_challenge")),
        (None, None) if client.application.kind == ApplicationKind::OpenSource => {
            Err(TokenError::Verifier("the authorization request had no code_challenge"))
        }
        (None, None) => Ok(()),
    }
}
