//! The consent page.

use askama::Template;
use fleetgate_protocol::Scope;

use super::CsrfToken;

/// Asks a person what an application may use.
///
/// The form posts `csrf`, `request`, `decision` (`allow` or `deny`) and one `scope` for each scope left ticked.
#[derive(Clone, Debug, Template)]
#[template(path = "consent.html")]
pub struct Consent {
    /// Whether this is the sandbox.
    pub sandbox: bool,
    /// Where the form posts to.
    pub action: String,
    /// The application's name.
    pub application: String,
    /// What kind of application it is, in a sentence.
    pub kind: String,
    /// The e-mail of the person who is signed in.
    pub email: String,
    /// The scopes to decide on.
    pub scopes: Vec<ConsentScope>,
    /// All or nothing: no scope can be unticked (`require_requested_scopes`).
    pub all_required: bool,
    /// The host (or private scheme) that the answer goes to.
    pub redirect_host: String,
    /// Whether to say that a key can be added to the vehicle afterwards (`show_keypair_step`).
    pub show_keypair_step: bool,
    /// The stored authorization request.
    pub request: String,
    /// The id of the account whose consent it is.
    pub account: String,
    /// Against cross-site request forgery.
    pub csrf: CsrfToken,
}

impl Consent {
    /// The first letter of the application's name, for its picture.
    fn initial(&self) -> String {
        let first = self.application.chars().find(|character| character.is_alphanumeric());
        first.map_or_else(|| "?".to_owned(), |character| character.to_uppercase().collect())
    }
}

/// One scope of a consent.
#[derive(Clone, Debug)]
pub struct ConsentScope {
    /// The value on the wire.
    pub name: String,
    /// The name for people.
    pub title: String,
    /// What it opens.
    pub description: String,
    /// Whether the box is ticked to begin with.
    pub checked: bool,
    /// Whether the person allowed it before.
    pub already_granted: bool,
    /// Whether it cannot be unticked.
    pub required: bool,
}

impl ConsentScope {
    /// A ticked box for a scope, with the title and description of the documentation; an operator's own scope shows
    /// its name.
    #[must_use]
    pub fn new(scope: &Scope, already_granted: bool) -> Self {
        let known = scope.description();
        Self {
            name: scope.to_string(),
            title: known.map_or_else(|| scope.to_string(), |known| known.title.to_owned()),
            description: known.map_or_else(String::new, |known| known.description.to_owned()),
            checked: true,
            already_granted,
            required: false,
        }
    }
}
