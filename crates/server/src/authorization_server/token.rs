//! The token endpoint (RFC 6749, section 3.2): one function for each grant.

mod authorization_code;
mod client_credentials;
pub mod error;
mod mint;
mod refresh_token;

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::GrantType;
use fleetgate_protocol::parameters::Parameters;
use http::{HeaderMap, StatusCode};
use serde::Serialize;

pub use self::error::TokenError;
use super::answer_client;
use super::client_authentication::{self, Client};
use crate::http::{Received, json};
use crate::layers::Logged;
use crate::sandbox::conditions::Conditions;
use crate::state::{Shared, State};

/// What the token endpoint answers (RFC 6749, section 5.1).
#[derive(Debug, Clone, Serialize)]
pub struct TokenResponse {
    /// A JWT.
    pub access_token: String,
    /// With `offline_access`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// With `openid`, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// The lifetime of the access token in seconds.
    pub expires_in: u64,
    /// `Bearer`.
    pub token_type: &'static str,
    /// What was granted, when it may differ from what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The `state` of the authorization request, which some clients want here too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// To which application the access token is issued; for the request log.
    #[serde(skip)]
    pub client_id: String,
    /// For whom it is; for the request log.
    #[serde(skip)]
    pub subject: String,
}

/// `POST /oauth2/v3/token`, with and without a trailing slash.
pub(super) async fn token(Extract(state): Extract<Shared>, received: Received) -> Response {
    answer_client(&state, &received, "token", state.config.dialect.errors, async |body| {
        if let Some(limits) = state.conditions.as_deref().and_then(Conditions::limits)
            && let Some(client_id) = client_authentication::named(&state, &received.parts.headers, body)
        {
            limits.take_token(&client_id, state.now()).map_err(|too_many| TokenError::TooMany(too_many.0))?;
        }
        let tokens = answer(&state, &received.parts.headers, body).await?;
        let mut response = json(StatusCode::OK, &tokens);
        let logged = Logged::of(&mut response);
        (logged.application, logged.subject) = (Some(tokens.client_id), Some(tokens.subject));
        logged.checks = TokenError::PASSED.to_vec();
        Ok(response)
    })
    .await
}

/// Reads a form or a JSON body. A body without a type is taken as a form, since clients that leave it out exist.
pub(crate) fn read(received: &Received) -> Result<Parameters, TokenError> {
    match received.media_type().as_deref() {
        None | Some("application/x-www-form-urlencoded" | "text/plain") => Ok(Parameters::from_form(&received.body)?),
        Some("application/json") => Ok(Parameters::from_json(&received.body)?),
        Some(_) => Err(TokenError::MediaType),
    }
}

/// Answers a token request: exactly what the endpoint does.
///
/// # Errors
/// Why not.
pub async fn answer(state: &State, headers: &HeaderMap, body: &Parameters) -> Result<TokenResponse, TokenError> {
    let grant_type = body.get("grant_type").ok_or(TokenError::Missing("grant_type"))?;
    match grant_type {
        "authorization_code" => {
            let client = client(state, headers, body, GrantType::AuthorizationCode)?;
            // On the heap, since it takes a lot of room, which every request for a token would carry along.
            Box::pin(authorization_code::exchange(state, &client, body)).await
        }
        "refresh_token" => {
            let client = client(state, headers, body, GrantType::AuthorizationCode)?;
            refresh_token::refresh(state, &client, body).await
        }
        "client_credentials" => {
            let client = client(state, headers, body, GrantType::ClientCredentials)?;
            client_credentials::issue(state, &client, body).await
        }
        _ => Err(TokenError::UnsupportedGrantType),
    }
}

/// The client, proven, if it may use this grant type.
fn client(state: &State, headers: &HeaderMap, body: &Parameters, grant_type: GrantType) -> Result<Client, TokenError> {
    let client = client_authentication::authenticate(state, headers, body)?;
    let application = &client.application;
    // What its kind cannot do it may not do, whatever its row says.
    let possible = application.kind.grant_types().contains(&grant_type);
    if !possible || !application.grant_types.contains(&grant_type) {
        return Err(TokenError::UnauthorizedGrantType(grant_type.as_str()));
    }
    Ok(client)
}

/// The audience that is asked for, as `audience` or as `resource` (RFC 8707). It must be one of ours, and both must agree.
fn audience<'b>(state: &State, body: &'b Parameters) -> Result<Option<&'b str>, TokenError> {
    let (audience, resource) = (body.get("audience"), body.get("resource"));
    let asked = audience.or(resource);
    let agree = audience.zip(resource).is_none_or(|(audience, resource)| audience == resource);
    let known = asked.is_none_or(|asked| state.addresses.audience(asked).is_some());
    if agree && known { Ok(asked) } else { Err(TokenError::Audience) }
}

/// What a grant is bound to when this audience is asked for (RFC 8707, section 2.2): nothing where every token has every
/// audience.
fn bound_audience(state: &State, audience: Option<&str>) -> Option<String> {
    let audience = audience.filter(|_| !state.config.dialect.every_audience)?;
    Some(audience.trim_end_matches('/').to_owned())
}
