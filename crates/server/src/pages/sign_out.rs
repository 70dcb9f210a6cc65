//! The question before signing out.

use askama::Template;

use super::CsrfToken;

/// Asks whether to sign out, when an application sends a person here without saying who is meant (OpenID Connect
/// RP-Initiated Logout 1.0, section 2).
#[derive(Clone, Debug, Template)]
#[template(path = "sign_out.html")]
pub struct SignOut {
    /// Whether this is the sandbox.
    pub sandbox: bool,
    /// Where the form goes.
    pub action: String,
    /// The parameters of the request, kept for when the person says yes.
    pub fields: Vec<(String, String)>,
    /// Against cross-site request forgery.
    pub csrf: CsrfToken,
}
