//! Making tokens out of grants.

use fleetgate_protocol::claims::{
    AccessTokenClaims, AccountType, IdTokenClaims, MachineGrant, TokenId, at_hash, to_wire_json,
};
use fleetgate_protocol::jws::Typ;
use fleetgate_protocol::refresh_token::RefreshToken;
use fleetgate_protocol::{ApplicationKind, Scope, ScopeSet};
use fleetgate_store::{Account, Application, Grant};

use super::{TokenError, TokenResponse};
use crate::entropy::uuid_bytes;
use crate::keys::KeyError;
use crate::micros;
use crate::state::State;

/// What a person's tokens are made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct ForPerson<'a> {
    pub(super) application: &'a Application,
    pub(super) account: &'a Account,
    pub(super) grant: &'a Grant,
    /// What this access token is good for.
    pub(super) scopes: &'a ScopeSet,
    pub(super) audience: Option<&'a str>,
    /// From the authorization request; a refreshed id_token has none.
    pub(super) nonce: Option<&'a str>,
    pub(super) echo: Option<&'a str>,
}

/// The tokens of a grant of a person.
pub(super) fn for_person(state: &State, person: ForPerson<'_>) -> Result<TokenResponse, TokenError> {
    let ForPerson { application, account, grant, scopes, .. } = person;
    let now = state.now();
    let claims = AccessTokenClaims {
        sub: account.id.clone(),
        amr: Some(grant.amr.clone()),
        ou_code: Some(state.directory.wrong_ou_code(&account.id).unwrap_or(account.region).ou_code().to_owned()),
        locale: Some(grant.locale.as_ref().unwrap_or(&account.locale).clone()),
        account_type: Some(AccountType::Person),
        open_source: application.kind == ApplicationKind::OpenSource,
        account_id: Some(account.id.clone()),
        auth_time: grant.auth_time.map(seconds),
        nonce: person.nonce.map(str::to_owned),
        ..claims(state, application, &grant.id, grant.generation, scopes, person.audience)?
    };
    let access_token = sign(state, &claims)?;
    let id_token = scopes.contains(&Scope::OPENID).then(|| id_token(state, person, &access_token, now)).transpose()?;
    Ok(TokenResponse {
        refresh_token: if grant.refreshable { Some(refresh_token(state, account, grant)?) } else { None },
        id_token,
        state: person.echo.map(str::to_owned),
        ..response(state, access_token, claims)
    })
}

/// For whom a machine's token is: the application itself, or a business that consented.
#[derive(Debug, Clone, Copy)]
pub(super) enum Machine<'a> {
    Partner,
    Business { account_id: &'a str },
}

/// The token of an application that acts for nobody, or for a business.
pub(super) fn for_machine(
    state: &State,
    application: &Application,
    machine: Machine<'_>,
    grant_id: &str,
    scopes: &ScopeSet,
    audience: &str,
) -> Result<TokenResponse, TokenError> {
    let base = claims(state, application, grant_id, 0, scopes, Some(audience))?;
    let claims = match machine {
        Machine::Partner => AccessTokenClaims {
            sub: application.client_id.clone(),
            account_id: application.business_account_id.clone(),
            gty: Some(MachineGrant::ClientCredentials),
            ..base
        },
        Machine::Business { account_id } => AccessTokenClaims {
            sub: account_id.to_owned(),
            account_id: Some(account_id.to_owned()),
            account_type: Some(AccountType::Business),
            gty: Some(MachineGrant::Business),
            ..base
        },
    };
    let access_token = sign(state, &claims)?;
    Ok(response(state, access_token, claims))
}

fn claims(
    state: &State,
    application: &Application,
    grant_id: &str,
    generation: i64,
    scopes: &ScopeSet,
    audience: Option<&str>,
) -> Result<AccessTokenClaims, TokenError> {
    let iat = seconds(state.now());
    let lifetime = i64::try_from(state.config.tokens.access_lifetime.as_secs()).unwrap_or(i64::MAX);
    let dialect = state.config.dialect;
    let jti = TokenId::new(grant_id, generation, &state.entropy.bytes::<12>()).map_err(|_| KeyError::Unknown)?;
    Ok(AccessTokenClaims {
        iss: state.addresses.token_issuer.clone(),
        azp: application.client_id.clone(),
        sub: String::new(),
        aud: state.addresses.token_audiences(dialect.every_audience, audience),
        scp: scopes.clone(),
        amr: None,
        exp: iat.saturating_add(lifetime),
        iat,
        ou_code: None,
        locale: None,
        account_type: None,
        open_source: false,
        account_id: None,
        auth_time: None,
        nonce: None,
        gty: None,
        jti,
        client_id: dialect.at_jwt.then(|| application.client_id.clone()),
        scope: dialect.at_jwt.then(|| scopes.to_string()),
    })
}

fn sign(state: &State, claims: &AccessTokenClaims) -> Result<String, TokenError> {
    let typ = if state.config.dialect.at_jwt { Typ::AtJwt } else { Typ::Jwt };
    Ok(state.keys.sign(typ, &wire(claims)?, state.now())?)
}

fn wire(claims: &impl serde::Serialize) -> Result<Vec<u8>, TokenError> {
    Ok(to_wire_json(claims).map_err(KeyError::Claims)?)
}

/// OpenID Connect Core, section 2. It never holds the e-mail address.
fn id_token(state: &State, person: ForPerson<'_>, access_token: &str, now: i64) -> Result<String, TokenError> {
    let key = state.keys.active(now)?;
    let iat = seconds(now);
    let claims = IdTokenClaims {
        iss: state.addresses.token_issuer.clone(),
        sub: person.account.id.clone(),
        aud: person.application.client_id.clone(),
        azp: person.application.client_id.clone(),
        exp: iat.saturating_add(i64::try_from(state.config.tokens.access_lifetime.as_secs()).unwrap_or(i64::MAX)),
        iat,
        auth_time: person.grant.auth_time.map(seconds),
        nonce: person.nonce.map(str::to_owned),
        at_hash: Some(at_hash(key.algorithm(), access_token)),
        amr: Some(person.grant.amr.clone()),
        sid: None,
    };
    Ok(key.sign(Typ::Jwt, &wire(&claims)?).map_err(KeyError::Sign)?)
}

/// The newest refresh token of a family: computed, never stored.
fn refresh_token(state: &State, account: &Account, grant: &Grant) -> Result<String, TokenError> {
    let number = u16::try_from(grant.mac_key_id).map_err(|_| KeyError::Unknown)?;
    let key = state.keys.mac(number).ok_or(KeyError::Unknown)?;
    let token = RefreshToken {
        region: account.region,
        family: uuid_bytes(&grant.id).ok_or(KeyError::Unknown)?,
        generation: u32::try_from(grant.generation).map_err(|_| KeyError::Unknown)?,
    };
    Ok(token.seal(number, &key))
}

fn response(state: &State, access_token: String, claims: AccessTokenClaims) -> TokenResponse {
    TokenResponse {
        access_token,
        refresh_token: None,
        id_token: None,
        expires_in: state.config.tokens.access_lifetime.as_secs(),
        token_type: "Bearer",
        scope: Some(claims.scp.to_string()),
        state: None,
        client_id: claims.azp,
        subject: claims.sub,
    }
}

/// A new grant's expiry: of its first generation, and of the whole family.
pub(super) fn expiries(state: &State, now: i64, refreshable: bool) -> (Option<i64>, Option<i64>) {
    let tokens = &state.config.tokens;
    let generation = refreshable.then(|| now + micros(tokens.refresh_lifetime));
    let absolute = tokens.refresh_absolute_lifetime.filter(|_| refreshable).map(|lifetime| now + micros(lifetime));
    (generation, absolute)
}

const fn seconds(micros: i64) -> i64 {
    micros.div_euclid(1_000_000)
}
