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
mod sign_out;
mod signed_out;

use std::fmt;

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use url::Url;

pub use self::account::{Account, AccountApplication};
pub(crate) use self::assets::PATH as ASSETS_PATH;
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
pub use self::sign_out::SignOut;
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

/// Where the forms of a page may end: the policy's `form-action`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormAction<'a> {
    /// On this server.
    Own,
    /// On this server, or by redirect at the origin of this redirect URI; its answer must not redirect elsewhere.
    RedirectUri(&'a str),
    /// Anywhere: the directive is left out.
    ///
    /// Browsers apply it to *every* redirect that follows a form, also to the application's own ones: from its callback
    /// to another origin, or into an app by a private scheme. They stop the person there, when the code is already
    /// spent. So pages that lead to applications of others need this.
    Anywhere,
}

/// Renders a page whose forms end on this server.
pub fn page(view: &impl Template, status: StatusCode) -> Response {
    page_leading_to(view, status, FormAction::Own)
}

/// Renders a page whose forms may end elsewhere.
pub fn page_leading_to(view: &impl Template, status: StatusCode, form_action: FormAction<'_>) -> Response {
    let form_action = form_action.directive();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; {form_action}frame-ancestors 'none'; base-uri 'none'"
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

impl FormAction<'_> {
    /// The directive (Content Security Policy, level 3) with its semicolon.
    fn directive(self) -> String {
        let source = match self {
            Self::Own => None,
            Self::RedirectUri(uri) => Url::parse(uri).ok().and_then(|url| source(&url)),
            Self::Anywhere => return String::new(),
        };
        source.map_or_else(|| "form-action 'self'; ".to_owned(), |source| format!("form-action 'self' {source}; "))
    }
}

/// The source expression for a redirect URI.
fn source(url: &Url) -> Option<String> {
    let plain = |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    match (url.scheme(), url.host_str()) {
        // These name no application.
        ("javascript" | "data" | "blob" | "filesystem" | "about", _) => None,
        ("http" | "https", Some(host)) if plain(host) => Some(url.origin().ascii_serialization()),
        // No source can name an IPv6 address or the application of a private scheme: the scheme stands for them.
        (scheme, _) => Some(format!("{scheme}:")),
    }
}

#[cfg(test)]
mod tests;
