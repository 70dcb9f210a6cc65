//! The account page.

use askama::Template;

use super::CsrfToken;

/// Shows a signed-in person which applications have access.
#[derive(Clone, Debug, Template)]
#[template(path = "account.html")]
pub struct Account {
    /// Whether this is the sandbox.
    pub sandbox: bool,
    /// The person's e-mail.
    pub email: String,
    /// The applications that the person allowed.
    pub applications: Vec<AccountApplication>,
    /// Where "Sign out" posts to.
    pub sign_out_action: String,
    /// Against cross-site request forgery.
    pub csrf: CsrfToken,
}

/// An application that a person allowed.
#[derive(Clone, Debug)]
pub struct AccountApplication {
    /// Its name.
    pub name: String,
    /// The titles of what it may use.
    pub scopes: Vec<String>,
    /// The day of the consent, for people.
    pub since: String,
    /// The page where the consent can be changed.
    pub manage_url: String,
}
