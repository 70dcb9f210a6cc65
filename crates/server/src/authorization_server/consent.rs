//! Consent: the person decides, scope by scope.

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::{ApplicationKind, Scope, ScopeSet};
use fleetgate_store::Account;
use http::StatusCode;
use url::Url;

use super::authorize::{
    self, AuthorizationRequest, Decision, RequestError, Step, grant, logged, redirect_code, redirect_error, stored,
};
use super::browser::{Browser, session};
use super::sign_in::is_own_form;
use crate::entropy::hash;
use crate::error::PageError;
use crate::http::{Received, redirect};
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
pub(super) async fn decide(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let form = ConsentForm::read(&received.body);
    if !is_own_form(&browser, &received, form.csrf.as_deref()) {
        return Err(PageError::ForeignForm);
    }
    let (id, pending) = stored(&state, &browser, form.request.as_deref()).await?;
    let request = &pending.request;
    let echo = request.state.as_deref();
    let refuse = async |error: RequestError| {
        state.store.delete_pending(&hash(&id)).await?;
        let response = redirect_error(&state, StatusCode::SEE_OTHER, &request.redirect_uri, echo, &error);
        Ok(logged(response, "consent", &request.client_id))
    };
    if form.decision.as_deref() != Some("allow") {
        return refuse(RequestError::new("access_denied", "The person refused.")).await;
    }
    // Whoever decides must be the one for whom the page was, signed in as freshly as the request demands.
    let session = session(&state, &received).await?;
    let decider = session.filter(|session| {
        let step = authorize::decide(request, pending.created_at, Some(session.auth_time), None, state.now());
        step != Step::SignIn && form.account.as_deref() == Some(&session.account_id)
    });
    let Some(session) = decider else {
        return Ok(redirect(StatusCode::SEE_OTHER, &format!("/oauth2/v3/authorize/continue?request={id}")));
    };
    let account = state.store.account(&session.account_id).await?.ok_or(PageError::Gone)?;

    let ticked = request.scopes.filter(|scope| form.scopes.iter().any(|ticked| ticked == scope.as_str()));
    if ticked.is_empty() || request.require_requested_scopes && ticked != request.scopes {
        return refuse(RequestError::new("access_denied", "The person did not grant what was required.")).await;
    }
    // What was granted before and not asked about now stays; what was asked about is as ticked.
    let before = state.store.consent(&account.id, &request.client_id).await?.map(|consent| consent.scopes);
    let consent = before.unwrap_or_default().difference(&request.scopes).union(&ticked);
    let code = grant(
        &state,
        Decision {
            request,
            account: &account,
            consent: Some(&consent),
            scopes: &ticked,
            auth_time: session.auth_time,
            amr: &session.amr,
            pending: Some(&hash(&id)),
        },
    )
    .await?
    .ok_or(PageError::Gone)?;
    Ok(logged(redirect_code(&state, StatusCode::SEE_OTHER, request, &code), "consent", &request.client_id))
}

/// The consent form; `scope` comes once for each ticked box.
#[derive(Default)]
pub(super) struct ConsentForm {
    pub(super) csrf: Option<String>,
    pub(super) request: Option<String>,
    pub(super) account: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) decision: Option<String>,
    pub(super) back_url: Option<String>,
    pub(super) scopes: Vec<String>,
}

impl ConsentForm {
    pub(super) fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = Some(value.into_owned());
            match &*name {
                "csrf" => form.csrf = value,
                "request" => form.request = value,
                "account" => form.account = value,
                "revoke_client_id" => form.client_id = value,
                "decision" => form.decision = value,
                "back_url" => form.back_url = value,
                "scope" => form.scopes.extend(value),
                _ => {}
            }
        }
        form
    }
}
