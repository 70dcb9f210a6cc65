//! The page after signing out.

use askama::Template;

/// Tells a person that the session has ended (OpenID Connect RP-Initiated Logout 1.0, section 2).
#[derive(Clone, Debug, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut {
    /// Whether this is the sandbox.
    pub sandbox: bool,
    /// Where the application wants the person next; only an address that the application may name.
    pub return_url: Option<String>,
}
