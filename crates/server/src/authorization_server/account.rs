//! A person's own pages: which applications have a consent, narrowing one, taking it back.

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_store::{Account, Application};
use http::StatusCode;
use url::Url;

use super::browser::{Browser, session};
use super::consent::scope_rows;
use super::forms::{form, form_with_scopes, parameters};
use super::sign_in;
use crate::error::PageError;
use crate::http::{Received, redirect};
use crate::layers::Logged;
use crate::pages::{self, AccountApplication, CsrfToken, ManageConsent, SignedOut};
use crate::revocations;
use crate::state::{Shared, State};

/// `GET /account`.
pub(super) async fn overview(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let Some(account) = signed_in(&state, &received).await? else {
        let page = sign_in::page_for_account(&state, &browser, "/account", None, StatusCode::OK);
        return Ok(browser.remember(&state, page));
    };
    let mut applications = Vec::new();
    for consent in state.store.consents_of(&account.id).await? {
        let Some(application) = state.directory.application(&consent.client_id) else { continue };
        applications.push(AccountApplication {
            name: application.name.clone(),
            scopes: consent
                .scopes
                .iter()
                .map(|scope| scope.description().map_or(scope.as_str(), |d| d.title).to_owned())
                .collect(),
            since: day(consent.granted_at),
            manage_url: manage_url(&application.client_id, None),
        });
    }
    let view = pages::Account {
        sandbox: state.is_sandbox(),
        email: account.email,
        applications,
        sign_out_action: "/sign-out".to_owned(),
        csrf: CsrfToken::new(browser.csrf()),
    };
    Ok(browser.remember(&state, pages::page(&view, StatusCode::OK)))
}

/// `GET /user/revoke/consent?revoke_client_id=…&back_url=…`.
pub(super) async fn manage(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let parameters = parameters(&received)?;
    let client_id = parameters.get("revoke_client_id").ok_or_else(|| PageError::missing("revoke_client_id"))?;
    let application = state.directory.application(client_id).ok_or(PageError::UnknownClient)?;
    let back_url = parameters.get("back_url").filter(|url| leads_home(&application, url));
    let Some(account) = signed_in(&state, &received).await? else {
        let next = manage_url(client_id, back_url);
        let page = sign_in::page_for_account(&state, &browser, &next, None, StatusCode::OK);
        return Ok(browser.remember(&state, page));
    };
    let page = consent_page(&state, &browser, &application, &account, back_url, None).await?;
    Ok(browser.remember(&state, page))
}

/// `POST /user/revoke/consent`: narrows the consent, which acts on the next access token, or takes it back, which acts
/// at once and everywhere.
pub(super) async fn change(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let (form, ticked) = form_with_scopes(&browser, &received)?;
    let client_id = form.get("revoke_client_id").ok_or_else(|| PageError::missing("revoke_client_id"))?;
    let application = state.directory.application(client_id).ok_or(PageError::UnknownClient)?;
    let back_url = form.get("back_url").filter(|url| leads_home(&application, url));
    let Some(account) = signed_in(&state, &received).await? else {
        return Ok(redirect(StatusCode::SEE_OTHER, &manage_url(client_id, back_url)));
    };
    let now = state.now();
    let narrowed = match form.get("decision") {
        Some("save") => state.store.narrow_consent(&account.id, client_id, &ticked, now).await?,
        Some("revoke") => false,
        _ => return Err(PageError::missing("decision")),
    };
    let notice = if narrowed {
        "Saved. It holds from the application's next access token on."
    } else {
        let ended = state.store.revoke_consent(&account.id, client_id, revocations::CONSENT, now).await?;
        revocations::apply(&state.revocations, ended.iter().flatten());
        "Access removed. The application can do nothing more on your behalf."
    };
    let notice = Some(notice.to_owned());
    let mut response = consent_page(&state, &browser, &application, &account, back_url, notice).await?;
    let logged = Logged::of(&mut response);
    (logged.application, logged.subject) = (Some(application.client_id.clone()), Some(account.id));
    Ok(response)
}

/// `POST /sign-out`.
pub(super) async fn sign_out(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    form(&browser, &received)?;
    let mut response = pages::page(&SignedOut { sandbox: state.is_sandbox(), return_url: None }, StatusCode::OK);
    super::browser::sign_out(&state, &received, &mut response).await?;
    Ok(response)
}

async fn consent_page(
    state: &State,
    browser: &Browser,
    application: &Application,
    account: &Account,
    back_url: Option<&str>,
    notice: Option<String>,
) -> Result<Response, PageError> {
    let consent = state.store.consent(&account.id, &application.client_id).await?;
    let granted = consent.map(|consent| consent.scopes).unwrap_or_default();
    let view = ManageConsent {
        sandbox: state.is_sandbox(),
        action: "/user/revoke/consent".to_owned(),
        application: application.name.clone(),
        client_id: application.client_id.clone(),
        email: account.email.clone(),
        scopes: scope_rows(state, &granted, Some(&granted)),
        notice,
        back_url: back_url.map(str::to_owned),
        csrf: CsrfToken::new(browser.csrf()),
    };
    Ok(pages::page(&view, StatusCode::OK))
}

async fn signed_in(state: &State, received: &Received) -> Result<Option<Account>, PageError> {
    match session(state, received).await? {
        Some(session) => Ok(state.store.account(&session.account_id).await?),
        None => Ok(None),
    }
}

/// A link back is shown only to an origin of the application itself (RFC 9700, section 4.11).
fn leads_home(application: &Application, url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let known = application.allowed_origins.iter().chain(&application.redirect_uris);
    matches!(url.scheme(), "https" | "http")
        && known.filter_map(|known| Url::parse(known).ok()).any(|known| known.origin() == url.origin())
}

fn manage_url(client_id: &str, back_url: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("revoke_client_id", client_id);
    query.extend_pairs(back_url.map(|url| ("back_url", url)));
    format!("/user/revoke/consent?{}", query.finish())
}

fn day(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| String::new(), |at| at.strftime("%-d %B %Y").to_string())
}
