//! Consent: the person decides, scope by scope.

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::{ApplicationKind, Scope, ScopeSet};
use fleetgate_store::Account;
use http::StatusCode;
use url::Url;

use super::authorization_request::{AuthorizationRequest, Pending, RequestError, Step, decide};
use super::authorization_response::{Decision, grant, redirect_code, redirect_error};
use super::browser::{Browser, session};
use super::forms::form_with_scopes;
use crate::error::PageError;
use crate::http::{Received, redirect};
use crate::layers::Logged;
use crate::pages::{self, Consent, ConsentScope, CsrfToken, FormAction};
use crate::state::{Shared, State};

/// The consent page of a stored request.
pub(super) async fn page(
    state: &State,
    browser: &Browser,
    id: &str,
    request: &AuthorizationRequest,
    account: &Account,
    granted: Option<&ScopeSet>,
) -> Result<Response, PageError> {
    let application = state.directory.application(&request.client_id).ok_or(PageError::UnknownClient)?;
    let kind = match application.kind {
        ApplicationKind::ThirdParty | ApplicationKind::Partner => "Third-party application",
        ApplicationKind::OpenSource => "Open-source application",
    };
    let host = Url::parse(&request.redirect_uri).ok().and_then(|url| url.host_str().map(str::to_owned));
    let view = Consent {
        sandbox: state.is_sandbox(),
        action: "/oauth2/v3/authorize/consent".to_owned(),
        application: application.name.clone(),
        kind: kind.to_owned(),
        email: account.email.clone(),
        scopes: scope_rows(state, &request.scopes, granted),
        all_required: request.require_requested_scopes,
        redirect_host: host.unwrap_or_default(),
        show_keypair_step: request.show_keypair_step,
        request: id.to_owned(),
        account: account.id.clone(),
        csrf: CsrfToken::new(browser.csrf()),
    };
    Ok(pages::page_leading_to(&view, StatusCode::OK, FormAction::Anywhere))
}

/// One row for each scope, with the operator's words for an own one.
pub(super) fn scope_rows(state: &State, scopes: &ScopeSet, granted: Option<&ScopeSet>) -> Vec<ConsentScope> {
    let row = |scope: &Scope| {
        let mut row = ConsentScope::new(scope, granted.is_some_and(|granted| granted.contains(scope)));
        if let Some(own) = state.config.own_scopes.iter().find(|own| own.name == *scope) {
            row.title.clone_from(&own.title);
            row.description.clone_from(&own.description);
        }
        row
    };
    scopes.iter().map(row).collect()
}

/// `POST /oauth2/v3/authorize/consent`.
pub(super) async fn answer(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let (form, ticked) = form_with_scopes(&browser, &received)?;
    let (id, pending) = Pending::of(&state, &browser, form.get("request")).await?;
    let answer = Answer { id: &id, pending: &pending, form: &form, ticked: &ticked };
    let mut response = answer.take(&state, &received).await?;
    Logged::of(&mut response).application = Some(pending.request.client_id);
    Ok(response)
}

/// A consent form that came back.
#[derive(Clone, Copy)]
struct Answer<'a> {
    id: &'a str,
    pending: &'a Pending,
    form: &'a Parameters,
    ticked: &'a ScopeSet,
}

impl Answer<'_> {
    async fn take(self, state: &State, received: &Received) -> Result<Response, PageError> {
        let Self { id, pending, form, ticked } = self;
        let request = &pending.request;
        if form.get("decision") != Some("allow") {
            return self.refuse(state, "The person refused.").await;
        }
        // Whoever decides must be the one for whom the page was, signed in as freshly as the request demands.
        let session = session(state, received).await?;
        let decider = session.filter(|session| {
            let step = decide(request, pending.created_at, Some(session.auth_time), None, state.now());
            step != Step::SignIn && form.get("account") == Some(&session.account_id)
        });
        let Some(session) = decider else {
            return Ok(redirect(StatusCode::SEE_OTHER, &format!("/oauth2/v3/authorize/continue?request={id}")));
        };
        let account = state.store.account(&session.account_id).await?.ok_or(PageError::Gone)?;
        let granted = request.scopes.intersection(ticked);
        if granted.is_empty() || request.require_requested_scopes && granted != request.scopes {
            return self.refuse(state, "The person did not grant what was required.").await;
        }
        let pending_hash = state.hash(id);
        let decision = Decision {
            request,
            account: &account,
            scopes: &granted,
            asked: true,
            auth_time: session.auth_time,
            amr: &session.amr,
            pending: Some(&pending_hash),
        };
        let code = grant(state, decision).await?.ok_or(PageError::Gone)?;
        let mut response = redirect_code(state, StatusCode::SEE_OTHER, request, &code);
        let logged = Logged::of(&mut response);
        (logged.subject, logged.checks) = (Some(account.id), vec!["session: passed", "consent: passed"]);
        Ok(response)
    }

    async fn refuse(self, state: &State, why: &str) -> Result<Response, PageError> {
        let request = &self.pending.request;
        state.store.delete_pending(&state.hash(self.id)).await?;
        let (error, echo) = (RequestError::new("access_denied", why), request.state.as_deref());
        let mut response = redirect_error(state, StatusCode::SEE_OTHER, &request.redirect_uri, echo, &error);
        Logged::of(&mut response).checks = vec!["consent: refused"];
        Ok(response)
    }
}
