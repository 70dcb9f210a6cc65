//! The authorization response: a code or an error, on its way to the application (RFC 6749, sections 4.1.2 and 4.1.2.1).

use axum::response::Response;
use fleetgate_protocol::ScopeSet;
use fleetgate_store::{Account, NewCode};
use http::{Method, StatusCode};

use super::authorization_request::{AuthorizationRequest, RequestError};
use super::error_text;
use crate::http::redirect;
use crate::layers::Logged;
use crate::micros;
use crate::state::State;

/// What a person, or a remembered consent, has decided.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The request.
    pub request: &'a AuthorizationRequest,
    /// Who decided.
    pub account: &'a Account,
    /// What the code is good for.
    pub scopes: &'a ScopeSet,
    /// Whether the person was asked about the request's scopes just now, so that the answer is kept.
    pub asked: bool,
    /// When the person signed in, in microseconds.
    pub auth_time: i64,
    /// How (RFC 8176).
    pub amr: &'a [String],
    /// The stored request that this decision uses up.
    pub pending: Option<&'a [u8; 32]>,
}

/// Keeps the consent and makes a code, in one transaction. `None`: the stored request was used up before.
///
/// # Errors
/// When the store fails.
pub async fn grant(state: &State, decision: Decision<'_>) -> Result<Option<String>, fleetgate_store::Error> {
    let Decision { request, account, .. } = decision;
    let code = format!("{}_{}", account.region.ou_code(), state.entropy.hex::<30>());
    let now = state.now();
    let new = NewCode {
        code_hash: state.hash(&code),
        client_id: request.client_id.clone(),
        account_id: account.id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        scopes: decision.scopes.clone(),
        code_challenge: request.code_challenge.clone(),
        nonce: request.nonce.clone(),
        state: request.state.clone(),
        locale: request.locale.clone(),
        audience: request.audience.clone(),
        auth_time: decision.auth_time,
        amr: decision.amr.to_vec(),
        created_at: now,
        expires_at: now + micros(state.config.tokens.code_lifetime),
    };
    let asked = decision.asked.then_some(&request.scopes);
    let kept = state.store.approve(decision.pending, asked, &new).await?;
    Ok(kept.then_some(code))
}

/// The code, on its way to the application (RFC 6749, section 4.1.2; `iss`: RFC 9207).
pub(super) fn redirect_code(state: &State, status: StatusCode, request: &AuthorizationRequest, code: &str) -> Response {
    let mut answer = Vec::new();
    if let Some(locale) = &request.locale {
        answer.push(("locale", locale.as_str()));
    }
    answer.push(("code", code));
    redirect_answer(state, status, &request.redirect_uri, answer, request.state.as_deref())
}

/// The error, on its way to the application (RFC 6749, section 4.1.2.1; `iss`: RFC 9207).
pub(super) fn redirect_error(
    state: &State,
    status: StatusCode,
    redirect_uri: &str,
    echo: Option<&str>,
    error: &RequestError,
) -> Response {
    let description = error_text(&error.description);
    let answer = vec![("error", error.error), ("error_description", &*description)];
    let mut response = redirect_answer(state, status, redirect_uri, answer, echo);
    Logged::of(&mut response).reason = Some(format!("{}: {}", error.error, error.description));
    response
}

fn redirect_answer<'a>(
    state: &'a State,
    status: StatusCode,
    redirect_uri: &str,
    mut answer: Vec<(&'a str, &'a str)>,
    echo: Option<&'a str>,
) -> Response {
    answer.extend(echo.map(|echo| ("state", echo)));
    answer.extend([("issuer", state.addresses.issuer.as_str()), ("iss", state.addresses.issuer.as_str())]);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
    let join = if redirect_uri.contains('?') { '&' } else { '?' };
    redirect(status, &format!("{redirect_uri}{join}{query}"))
}

/// 302 after a `GET`; 303 after a `POST`, so that no browser sends the form on (RFC 9700, section 4.12).
pub(super) fn status_after(method: &Method) -> StatusCode {
    if *method == Method::GET { StatusCode::FOUND } else { StatusCode::SEE_OTHER }
}
