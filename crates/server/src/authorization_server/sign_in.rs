//! Signing in, on the way to consent or to the account's pages.

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::parameters::Parameters;
use fleetgate_store::{Account, AccountKind, SignInTurn};
use http::StatusCode;
use http::header::RETRY_AFTER;

use super::authorization_request::{AuthorizationRequest, Pending, RequestError};
use super::authorization_response::redirect_error;
use super::browser::{self, Browser};
use super::forms::form;
use crate::error::PageError;
use crate::http::{Received, redirect, set_header};
use crate::layers::Logged;
use crate::micros;
use crate::pages::{self, CsrfToken, DemoAccount, FormAction, SignIn};
use crate::state::{Shared, State};

/// What is said when name or password is wrong; it tells neither which.
const WRONG: &str = "That e-mail address and password don't match an account here.";

/// The page for a stored authorization request.
pub(super) fn page_for_request(
    state: &State,
    browser: &Browser,
    id: &str,
    request: &AuthorizationRequest,
    error: Option<String>,
    status: StatusCode,
) -> Response {
    let application = state.directory.application(&request.client_id).map(|application| application.name.clone());
    let view = SignIn {
        application,
        request: Some(id.to_owned()),
        email: request.login_hint.clone().unwrap_or_default(),
        ..view(state, browser, "/oauth2/v3/authorize/sign-in".to_owned(), error)
    };
    pages::page_leading_to(&view, status, FormAction::Anywhere)
}

/// The page on the way to one of the account's own pages; `next` is a path of this server.
pub(super) fn page_for_account(
    state: &State,
    browser: &Browser,
    next: &str,
    error: Option<String>,
    status: StatusCode,
) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    pages::page(&view(state, browser, format!("/sign-in?{query}"), error), status)
}

fn view(state: &State, browser: &Browser, action: String, error: Option<String>) -> SignIn {
    SignIn {
        sandbox: state.is_sandbox(),
        action,
        application: None,
        request: None,
        email: String::new(),
        error,
        csrf: CsrfToken::new(browser.csrf()),
        demo: state
            .demo_account
            .get()
            .filter(|_| browser.known_host)
            .cloned()
            .map(|(email, password)| DemoAccount { email, password }),
    }
}

/// `POST /oauth2/v3/authorize/sign-in`.
pub(super) async fn for_request(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let form = form(&browser, &received)?;
    let (id, pending) = Pending::of(&state, &browser, form.get("request")).await?;
    let mut response = sign_in_for(&state, &received, &browser, &form, &id, &pending.request).await?;
    Logged::of(&mut response).application = Some(pending.request.client_id);
    Ok(response)
}

async fn sign_in_for(
    state: &State,
    received: &Received,
    browser: &Browser,
    form: &Parameters,
    id: &str,
    request: &AuthorizationRequest,
) -> Result<Response, PageError> {
    if form.get("decision") == Some("deny") {
        state.store.delete_pending(&state.hash(id)).await?;
        let refusal = RequestError::new("access_denied", "The person did not sign in.");
        let (target, echo) = (&request.redirect_uri, request.state.as_deref());
        return Ok(redirect_error(state, StatusCode::SEE_OTHER, target, echo, &refusal));
    }
    match check(state, form.get("email"), form.get("password")).await? {
        Ok(account) => {
            let mut response = redirect(StatusCode::SEE_OTHER, &format!("/oauth2/v3/authorize/continue?request={id}"));
            browser::sign_in(state, received, &account.id, &mut response).await?;
            Ok(signed_in(response, account))
        }
        Err(refused) => {
            let again = AuthorizationRequest { login_hint: form.get("email").map(str::to_owned), ..request.clone() };
            Ok(refused.answer(|message, status| page_for_request(state, browser, id, &again, Some(message), status)))
        }
    }
}

/// Lets the request log know who signed in.
fn signed_in(mut response: Response, account: Account) -> Response {
    let logged = Logged::of(&mut response);
    (logged.subject, logged.checks) = (Some(account.id), vec!["password: passed"]);
    response
}

/// `POST /sign-in?next=…`.
pub(super) async fn for_account(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let form = form(&browser, &received)?;
    let query =
        Parameters::from_form(received.query().as_bytes()).map_err(|error| PageError::BadRequest(error.to_string()))?;
    let next = query.get("next").filter(|next| is_own_page(next)).unwrap_or("/account");
    match check(&state, form.get("email"), form.get("password")).await? {
        Ok(account) => {
            let mut response = redirect(StatusCode::SEE_OTHER, next);
            browser::sign_in(&state, &received, &account.id, &mut response).await?;
            Ok(signed_in(response, account))
        }
        Err(refused) => {
            Ok(refused.answer(|message, status| page_for_account(&state, &browser, next, Some(message), status)))
        }
    }
}

/// Only the account's own pages follow a sign-in: no open redirector (RFC 9700, section 4.11).
fn is_own_page(next: &str) -> bool {
    let path = next.split('?').next().unwrap_or_default();
    matches!(path, "/account" | "/user/revoke/consent")
}

/// Why a sign-in is refused.
enum Refused {
    Wrong,
    Locked { minutes: i64 },
}

impl Refused {
    fn answer(&self, page: impl FnOnce(String, StatusCode) -> Response) -> Response {
        let (mut response, reason) = match self {
            Self::Wrong => {
                (page(WRONG.to_owned(), StatusCode::UNAUTHORIZED), "e-mail address and password do not match")
            }
            Self::Locked { minutes } => {
                let message = format!("Too many attempts for this account. Try again in {minutes} min.");
                let mut response = page(message, StatusCode::TOO_MANY_REQUESTS);
                set_header(&mut response, RETRY_AFTER, &(minutes * 60).to_string());
                (response, "too many attempts for this account")
            }
        };
        let logged = Logged::of(&mut response);
        (logged.reason, logged.checks) = (Some(reason.to_owned()), vec!["password: refused"]);
        response
    }
}

/// Checks name and password. The attempt is counted before the password is looked at, under the account's canonical
/// name, so that neither other spellings nor parallel guesses get round the throttle; an unknown name takes as long.
async fn check(
    state: &State,
    email: Option<&str>,
    password: Option<&str>,
) -> Result<Result<Account, Refused>, PageError> {
    let (Some(email), Some(password)) = (email, password) else { return Ok(Err(Refused::Wrong)) };
    // RFC 5321, section 4.5.3.1.3: no address is longer, and what is longer is not counted, since counting keeps it.
    if email.len() > 254 {
        return Ok(Err(Refused::Wrong));
    }
    let name = email.trim().to_lowercase();
    let now = state.now();
    let limits = &state.config.limits;
    let turn = state.store.begin_sign_in(&name, now, limits.sign_ins, micros(limits.sign_in_window)).await?;
    if let SignInTurn::Locked { until } = turn {
        let minutes = (until - now).max(0) / 60_000_000 + 1;
        return Ok(Err(Refused::Locked { minutes }));
    }
    let account = state.store.account_by_email(&name).await?;
    // Somebody whose region has an authorization server of its own has no account at this one.
    let account = account.filter(|account| state.is_home(account.region));
    let hash = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let right = state.passwords.verify(password, hash).await?;
    match account {
        Some(account) if right && account.disabled_at.is_none() && account.kind == AccountKind::Person => {
            state.store.sign_in_succeeded(&name).await?;
            Ok(Ok(account))
        }
        _ => Ok(Err(Refused::Wrong)),
    }
}
