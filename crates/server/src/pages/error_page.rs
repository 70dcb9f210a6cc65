//! The error page.

use askama::Template;

/// Tells a person what went wrong where no redirect is safe.
#[derive(Clone, Debug, Template)]
#[template(path = "error_page.html")]
pub struct ErrorPage {
    /// Whether this is the sandbox.
    pub sandbox: bool,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    /// What happened and what to do next, in whole sentences; backticks mark code.
    pub message: String,
    /// What was given.
    pub details: Vec<ErrorDetail>,
    /// The request, for the log.
    pub request_id: String,
}

/// One thing that was given, such as `redirect_uri`.
#[derive(Clone, Debug)]
pub struct ErrorDetail {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}
