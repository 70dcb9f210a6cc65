//! The authorization endpoint (RFC 6749, section 4.1; OpenID Connect Core, section 3.1.2).
//!
//! Until client and redirect URI are proven, errors are pages; from then on they are redirects. A request that needs a
//! person is stored and bound to the browser, which carries only its id.

mod decide;
mod request;

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::parameters::{Parameters, ParametersError};
use fleetgate_protocol::{ScopeSet, redirect_uri};
use fleetgate_store::{Account, Application, NewCode, PendingAuthorization};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

pub use self::decide::{Step, decide};
use self::request::LONGEST;
pub use self::request::{AuthorizationRequest, RequestError, grantable};
use super::browser::{Browser, session};
use super::{consent, sign_in};
use crate::entropy::hash;
use crate::error::PageError;
use crate::http::{Received, redirect};
use crate::layers::Logged;
use crate::micros;
use crate::state::{Shared, State};

/// How long a person has to sign in and decide.
const PENDING_LIFETIME: i64 = 30 * 60 * 1_000_000;

/// What is stored of a request that waits for a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) request: AuthorizationRequest,
    /// The browser that began it, and alone may finish it.
    browser: String,
    pub(super) created_at: i64,
}

/// `GET|POST /oauth2/v3/authorize`.
pub(super) async fn authorize(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let parameters = parameters(&received)?;
    let application = application(&state, &parameters)?;
    let redirect_uri = proven_redirect_uri(&parameters, &application)?;
    let status = status_after(&received.parts.method);
    let request = match AuthorizationRequest::read(&parameters, &application, &redirect_uri, state.config.dialect) {
        Ok(request) => request,
        Err(error) => {
            let echo = parameters.get("state").filter(|echo| echo.len() <= LONGEST);
            let response = redirect_error(&state, status, &redirect_uri, echo, &error);
            return Ok(logged(response, "authorize", &application.client_id));
        }
    };
    let pending = Pending { request, browser: browser.binding(), created_at: state.now() };
    let id = state.entropy.hex::<32>();
    let response = proceed(&state, &received, &browser, Waiting { id: &id, pending: &pending, stored: false }).await?;
    Ok(browser.remember(&state, logged(response, "authorize", &application.client_id)))
}

/// `GET /oauth2/v3/authorize/continue?request=…`: the next page of a stored request.
pub(super) async fn resume(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let parameters = parameters(&received)?;
    let (id, pending) = stored(&state, &browser, parameters.get("request")).await?;
    let response = proceed(&state, &received, &browser, Waiting { id: &id, pending: &pending, stored: true }).await?;
    Ok(logged(response, "authorize", &pending.request.client_id))
}

/// Lets the request log know for which application a page or redirect was.
pub(super) fn logged(mut response: Response, operation: &'static str, client_id: &str) -> Response {
    let logged: &mut Logged = response.extensions_mut().get_or_insert_default();
    logged.operation = Some(operation);
    logged.application = Some(client_id.to_owned());
    response
}

/// A request that may wait for a person.
#[derive(Clone, Copy)]
struct Waiting<'a> {
    id: &'a str,
    pending: &'a Pending,
    stored: bool,
}

/// Takes the next step: a page, a redirect with a code, or a redirect with an error.
async fn proceed(
    state: &Shared,
    received: &Received,
    browser: &Browser,
    waiting: Waiting<'_>,
) -> Result<Response, PageError> {
    let Pending { request, created_at, .. } = waiting.pending;
    let session = session(state, received).await?;
    let account = match &session {
        Some(session) => state.store.account(&session.account_id).await?,
        None => None,
    };
    let granted = match &account {
        Some(account) => state.store.consent(&account.id, &request.client_id).await?.map(|consent| consent.scopes),
        None => None,
    };
    let auth_time = session.as_ref().filter(|_| account.is_some()).map(|session| session.auth_time);
    let status = status_after(&received.parts.method);
    let step = decide(request, *created_at, auth_time, granted.as_ref(), state.now());
    if matches!(step, Step::SignIn | Step::Consent) && !waiting.stored {
        store_pending(state, waiting).await?;
    }
    match (step, account, session) {
        (Step::Refuse(error), _, _) => {
            Ok(redirect_error(state, status, &request.redirect_uri, request.state.as_deref(), &error))
        }
        (Step::Grant(scopes), Some(account), Some(session)) => {
            let pending = waiting.stored.then(|| hash(waiting.id));
            let granted = grant(
                state,
                Decision {
                    request,
                    account: &account,
                    consent: None,
                    scopes: &scopes,
                    auth_time: session.auth_time,
                    amr: &session.amr,
                    pending: pending.as_ref(),
                },
            );
            let code = granted.await?.ok_or(PageError::Gone)?;
            Ok(redirect_code(state, status, request, &code))
        }
        (Step::Consent, Some(account), _) => {
            consent::page(state, browser, waiting.id, request, &account, granted.as_ref()).await
        }
        (_, _, _) => Ok(sign_in::page_for_request(state, browser, waiting.id, request, None, StatusCode::OK)),
    }
}

async fn store_pending(state: &State, waiting: Waiting<'_>) -> Result<(), PageError> {
    let stored = PendingAuthorization {
        id_hash: hash(waiting.id),
        client_id: waiting.pending.request.client_id.clone(),
        parameters: serde_json::to_string(waiting.pending).map_err(PageError::Pending)?,
        account_id: None,
        created_at: waiting.pending.created_at,
        expires_at: waiting.pending.created_at + PENDING_LIFETIME,
    };
    Ok(state.store.insert_pending(&stored).await?)
}

/// A stored request, for the browser that began it.
pub(super) async fn stored(state: &State, browser: &Browser, id: Option<&str>) -> Result<(String, Pending), PageError> {
    let id = id.ok_or(PageError::Gone)?;
    let row = state.store.pending(&hash(id), state.now()).await?.ok_or(PageError::Gone)?;
    let pending: Pending = serde_json::from_str(&row.parameters).map_err(PageError::Pending)?;
    if pending.browser != browser.binding() {
        return Err(PageError::OtherBrowser);
    }
    Ok((id.to_owned(), pending))
}

/// What a person, or a remembered consent, has decided.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The request.
    pub request: &'a AuthorizationRequest,
    /// Who decided.
    pub account: &'a Account,
    /// The consent from now on; `None` leaves it as it is.
    pub consent: Option<&'a ScopeSet>,
    /// What the code is good for.
    pub scopes: &'a ScopeSet,
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
        code_hash: hash(&code),
        client_id: request.client_id.clone(),
        account_id: account.id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        scopes: decision.scopes.clone(),
        code_challenge: request.code_challenge.clone(),
        nonce: request.nonce.clone(),
        state: request.state.clone(),
        locale: request.locale.clone(),
        auth_time: decision.auth_time,
        amr: decision.amr.to_vec(),
        created_at: now,
        expires_at: now + micros(state.config.tokens.code_lifetime),
    };
    let kept = state.store.approve(decision.pending, decision.consent, &new).await?;
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
    let answer = vec![("error", error.error), ("error_description", error.description.as_str())];
    let mut response = redirect_answer(state, status, redirect_uri, answer, echo);
    let reason = format!("{}: {}", error.error, error.description);
    response.extensions_mut().insert(Logged { reason: Some(reason), ..Logged::default() });
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

/// The parameters of a page: the query, or the form of a `POST`.
pub(super) fn parameters(received: &Received) -> Result<Parameters, PageError> {
    let text = if received.parts.method == Method::POST { &received.body[..] } else { received.query().as_bytes() };
    Parameters::from_form(text).map_err(|error| match error {
        ParametersError::Repeated(name) => PageError::BadRequest(format!("The parameter '{name}' is sent twice.")),
        other => PageError::BadRequest(other.to_string()),
    })
}

/// The application that asks. An unknown one never gets a redirect (RFC 6749, section 4.1.2.1).
fn application(state: &State, parameters: &Parameters) -> Result<Application, PageError> {
    let client_id = parameters.get("client_id").ok_or_else(|| PageError::missing("client_id"))?;
    let application = state.directory.application(client_id).ok_or(PageError::UnknownClient)?;
    if application.disabled_at.is_some() {
        return Err(PageError::DisabledClient);
    }
    Ok(Application::clone(&application))
}

fn proven_redirect_uri(parameters: &Parameters, application: &Application) -> Result<String, PageError> {
    let asked = parameters.get("redirect_uri").ok_or_else(|| PageError::missing("redirect_uri"))?;
    if !redirect_uri::matches(application.kind, &application.redirect_uris, asked) {
        let registered = application.redirect_uris.clone();
        return Err(PageError::UnknownRedirectUri { asked: asked.to_owned(), registered });
    }
    Ok(asked.to_owned())
}
