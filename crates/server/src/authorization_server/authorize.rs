//! The authorization endpoint (RFC 6749, section 4.1; OpenID Connect Core, section 3.1.2).
//!
//! Until client and redirect URI are proven, errors are pages; from then on they are redirects. A request that needs a
//! person is stored and bound to the browser, which carries only its id.

use axum::extract::State as Extract;
use axum::response::{IntoResponse as _, Response};
use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::redirect_uri;
use fleetgate_store::Application;
use http::{Method, StatusCode};

use super::authorization_request::{AuthorizationRequest, LONGEST, Pending, RequestError, Step, decide};
use super::authorization_response::{Decision, grant, redirect_code, redirect_error, status_after};
use super::browser::{Browser, session};
use super::forms::parameters;
use super::{consent, sign_in};
use crate::error::PageError;
use crate::http::{Received, redirect};
use crate::layers::Logged;
use crate::state::{Shared, State};

/// `GET|POST /oauth2/v3/authorize`.
pub(super) async fn authorize(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let parameters = parameters(&received)?;
    let application = match application(&state, &parameters) {
        Ok(application) => application,
        Err(error) => return Ok(checked(error.into_response(), &["client: refused"])),
    };
    let mut response = for_application(&state, &received, &browser, &parameters, &application).await?;
    Logged::of(&mut response).application = Some(application.client_id);
    Ok(response)
}

/// The answer to a request of a known application.
async fn for_application(
    state: &Shared,
    received: &Received,
    browser: &Browser,
    parameters: &Parameters,
    application: &Application,
) -> Result<Response, PageError> {
    let redirect_uri = match proven_redirect_uri(parameters, application) {
        Ok(redirect_uri) => redirect_uri,
        Err(error) => return Ok(checked(error.into_response(), &["client: passed", "redirect_uri: refused"])),
    };
    let request = AuthorizationRequest::read(parameters, application, &redirect_uri, state.config.dialect);
    let request = match request.and_then(|request| known_audience(state, request)) {
        Ok(request) => request,
        Err(error) => {
            let echo = parameters.get("state").filter(|echo| echo.len() <= LONGEST);
            let status = status_after(&received.parts.method);
            let response = redirect_error(state, status, &redirect_uri, echo, &error);
            return Ok(checked(response, &["client: passed", "redirect_uri: passed", "request: refused"]));
        }
    };
    if browser.is_fresh() && received.parts.method == Method::POST {
        // A form that another site sent comes without this server's cookies, though the browser may have them.
        let target = format!("{}?{}", received.parts.uri.path(), parameters.to_query());
        return Ok(redirect(StatusCode::SEE_OTHER, &target));
    }
    let pending = Pending::new(state, browser, request);
    let id = state.entropy.hex::<32>();
    let response = proceed(state, received, browser, Waiting { id: &id, pending: &pending, stored: false }).await?;
    Ok(browser.remember(state, response))
}

/// `GET /oauth2/v3/authorize/continue?request=…`: the next page of a stored request.
pub(super) async fn resume(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let parameters = parameters(&received)?;
    let (id, pending) = Pending::of(&state, &browser, parameters.get("request")).await?;
    let mut response =
        proceed(&state, &received, &browser, Waiting { id: &id, pending: &pending, stored: true }).await?;
    Logged::of(&mut response).application = Some(pending.request.client_id);
    Ok(response)
}

/// Lets the request log know which checks were made.
fn checked(mut response: Response, checks: &[&'static str]) -> Response {
    Logged::of(&mut response).checks = checks.to_vec();
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
        waiting.pending.keep(state, waiting.id).await?;
    }
    let checks = checks(&step);
    let subject = account.as_ref().filter(|_| step != Step::SignIn).map(|account| account.id.clone());
    let mut response = match (step, account, session) {
        (Step::Refuse(error), _, _) => {
            redirect_error(state, status, &request.redirect_uri, request.state.as_deref(), &error)
        }
        (Step::Grant(scopes), Some(account), Some(session)) => {
            let pending = waiting.stored.then(|| state.hash(waiting.id));
            let decision = Decision {
                request,
                account: &account,
                scopes: &scopes,
                asked: false,
                auth_time: session.auth_time,
                amr: &session.amr,
                pending: pending.as_ref(),
            };
            let code = grant(state, decision).await?.ok_or(PageError::Gone)?;
            redirect_code(state, status, request, &code)
        }
        (Step::Consent, Some(account), _) => {
            consent::page(state, browser, waiting.id, request, &account, granted.as_ref()).await?
        }
        (_, _, _) => sign_in::page_for_request(state, browser, waiting.id, request, None, StatusCode::OK),
    };
    let logged = Logged::of(&mut response);
    (logged.subject, logged.checks) = (subject, checks);
    Ok(response)
}

/// The checks of a request that was understood, in order, up to the one that somebody must see to.
fn checks(step: &Step) -> Vec<&'static str> {
    let outcome: &[&str] = match step {
        Step::SignIn => &[],
        Step::Refuse(error) if error.error == "login_required" => &["session: refused"],
        Step::Consent => &["session: passed"],
        Step::Refuse(_) => &["session: passed", "consent: refused"],
        Step::Grant(_) => &["session: passed", "consent: passed"],
    };
    [&["client: passed", "redirect_uri: passed", "request: passed"], outcome].concat()
}

/// The application that asks. An unknown one never gets a redirect (RFC 6749, section 4.1.2.1).
fn application(state: &State, parameters: &Parameters) -> Result<Application, PageError> {
    let client_id = parameters.get("client_id").ok_or_else(|| PageError::missing("client_id"))?;
    let application = state.directory.application(client_id).ok_or(PageError::UnknownClient)?;
    if state.directory.is_disabled(&application) {
        return Err(PageError::DisabledClient);
    }
    Ok(Application::clone(&application))
}

/// RFC 8707, section 2: a resource that is none of this server's is refused.
fn known_audience(state: &State, request: AuthorizationRequest) -> Result<AuthorizationRequest, RequestError> {
    if request.audience.as_ref().is_some_and(|audience| state.addresses.audience(audience).is_none()) {
        return Err(RequestError::new("invalid_target", "The resource is not one of this server's."));
    }
    Ok(request)
}

fn proven_redirect_uri(parameters: &Parameters, application: &Application) -> Result<String, PageError> {
    let asked = parameters.get("redirect_uri").ok_or_else(|| PageError::missing("redirect_uri"))?;
    if !redirect_uri::matches(application.kind, &application.redirect_uris, asked) {
        let registered = application.redirect_uris.clone();
        return Err(PageError::UnknownRedirectUri { asked: asked.to_owned(), registered });
    }
    Ok(asked.to_owned())
}
