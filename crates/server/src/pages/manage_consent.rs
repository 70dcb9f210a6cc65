//! The page of one application's consent.

use askama::Template;

use super::{ConsentScope, CsrfToken};

/// Lets a person narrow or revoke what an application may use.
///
/// The form posts `csrf`, `revoke_client_id`, `back_url` when there is one, `decision` (`save` or `revoke`) and one
/// `scope` for each scope left ticked.
#[derive(Clone, Debug, Template)]
#[template(path = "manage_consent.html")]
pub struct ManageConsent {
    /// Whether this is the sandbox.
    pub sandbox: bool,
    /// Where the form posts to.
    pub action: String,
    /// The application's name.
    pub application: String,
    /// The application's `client_id`.
    pub client_id: String,
    /// The person's e-mail.
    pub email: String,
    /// What the application may use; empty when it has no access.
    pub scopes: Vec<ConsentScope>,
    /// What the last form did, in a sentence.
    pub notice: Option<String>,
    /// Where the application wants the person back; only an address that the application may name.
    pub back_url: Option<String>,
    /// Against cross-site request forgery.
    pub csrf: CsrfToken,
}
