//! The pages that people see: signing in, consent, the account, and the sandbox's own.
//!
//! A page is a struct of plain values with a template in `templates/`; askama escapes every value. There is no script,
//! and the policy sent with each page allows none. The pages link to one another by `/`, `/account`, `/reference` and
//! `/requests`; where a form goes is given by the caller.

mod account;
mod assets;
mod consent;
mod error_page;
mod home;
mod manage_consent;
mod portal;
mod reference;
mod request_log;
mod sign_in;
mod signed_out;

use std::fmt;

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use url::{Host, Url};

pub use self::account::{Account, AccountApplication};
pub use self::assets::routes as asset_routes;
pub use self::consent::{Consent, ConsentScope};
pub use self::error_page::{ErrorDetail, ErrorPage};
pub use self::home::Home;
pub use self::manage_consent::ManageConsent;
pub use self::portal::{
    Portal, PortalAccount, PortalApplication, PortalCommand, PortalDocument, PortalSite, PortalVehicle,
};
pub use self::reference::Reference;
pub use self::request_log::{LoggedCheck, LoggedRequest, RequestLog};
pub use self::sign_in::{DemoAccount, SignIn};
pub use self::signed_out::SignedOut;

/// A token that a form carries against cross-site request forgery. Its `Debug` says nothing.
#[derive(Clone)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// A token for one form.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The token, for the form and for comparing.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}

/// Renders a page whose forms end on this server.
pub fn page(view: &impl Template, status: StatusCode) -> Response {
    respond(view, status, &form_action(None))
}

/// Renders a page whose form may end at an application's redirect URI.
///
/// Browsers apply `form-action` to every redirect that follows a form, so that the page must name the application's
/// origin, and, because an application may redirect once more, `https:` as a whole.
pub fn page_leading_to(view: &impl Template, status: StatusCode, redirect_uri: &str) -> Response {
    respond(view, status, &form_action(Some(redirect_uri)))
}

fn respond(view: &impl Template, status: StatusCode, form_action: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action {form_action}; frame-ancestors 'none'; base-uri 'none'"
    );
    let (Ok(policy), Ok(body)) = (HeaderValue::try_from(policy), view.render()) else {
        tracing::error!("a page could not be rendered");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // Not `no-referrer`: with it, browsers send `Origin: null` with the pages' own forms.
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, body).into_response()
}

/// The sources of `form-action` (Content Security Policy, level 3) for a form that may end at `redirect_uri`.
fn form_action(redirect_uri: Option<&str>) -> String {
    let Some(url) = redirect_uri.and_then(|uri| Url::parse(uri).ok()) else {
        return "'self'".to_owned();
    };
    // A source can name neither an IPv6 address nor the application of a private scheme: the scheme stands for them.
    let plain = |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    let source = match (url.scheme(), url.host()) {
        ("https", _) => return "'self' https:".to_owned(),
        ("http", Some(Host::Ipv4(_) | Host::Domain(_))) if url.host_str().is_some_and(plain) => {
            url.origin().ascii_serialization()
        }
        // These name no application.
        ("javascript" | "data" | "blob" | "filesystem" | "about", _) => return "'self'".to_owned(),
        (scheme, _) => format!("{scheme}:"),
    };
    format!("'self' https: {source}")
}

#[cfg(test)]
mod tests;
