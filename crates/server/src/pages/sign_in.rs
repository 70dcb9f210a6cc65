//! The sign-in page.

use askama::Template;

use super::CsrfToken;

/// Asks a person for e-mail and password.
///
/// The form posts `csrf`, `request`, `email` and `password`; the button "Cancel" posts `csrf`, `request` and
/// `decision=deny` instead.
#[derive(Clone, Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// Whether this is the sandbox.
    pub sandbox: bool,
    /// Where the form posts to.
    pub action: String,
    /// The name of the application that asked, if one did.
    pub application: Option<String>,
    /// The stored authorization request; without one there is no "Cancel".
    pub request: Option<String>,
    /// The e-mail to begin with; empty for none.
    pub email: String,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// Against cross-site request forgery.
    pub csrf: CsrfToken,
    /// A demo person, in the sandbox.
    pub demo: Option<DemoAccount>,
}

/// A person of the sandbox whose password is no secret.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// The e-mail.
    pub email: String,
    /// The password.
    pub password: String,
}
