//! The home page of a production server.

use askama::Template;

/// Says, without naming anyone or anything inside, what this address is for.
#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct Home {
    /// Whether this is the sandbox.
    pub sandbox: bool,
    /// The operator's name for this server.
    pub name: String,
    /// The metadata of the authorization server (RFC 8414).
    pub metadata_url: String,
}
