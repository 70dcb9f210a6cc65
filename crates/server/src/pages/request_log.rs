//! The sandbox's request log.

use askama::Template;

/// Shows the newest requests and what became of them.
#[derive(Clone, Debug, Template)]
#[template(path = "request_log.html")]
pub struct RequestLog {
    /// Whether this is the sandbox: it is.
    pub sandbox: bool,
    /// The requests, newest first.
    pub requests: Vec<LoggedRequest>,
    /// The page with older ones, if there are any.
    pub older_url: Option<String>,
}

/// One request.
#[derive(Clone, Debug)]
pub struct LoggedRequest {
    /// Its id.
    pub id: String,
    /// When it came (RFC 3339).
    pub time: String,
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The operation, if one was found.
    pub operation: Option<String>,
    /// The application, if it was recognized.
    pub application: Option<String>,
    /// Whom the token was for, if for someone.
    pub subject: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// The checks in order.
    pub checks: Vec<LoggedCheck>,
    /// Why it was refused, in whole sentences; backticks mark code.
    pub reason: Option<String>,
}

/// One check that a request went through.
#[derive(Clone, Debug)]
pub struct LoggedCheck {
    /// What was checked.
    pub name: String,
    /// Whether it passed.
    pub passed: bool,
}

impl LoggedRequest {
    const fn is_refusal(&self) -> bool {
        self.status >= 400
    }

    const fn status_class(&self) -> &'static str {
        match self.status {
            1..300 => "good",
            300..400 => "plain",
            400..500 => "warning",
            // 0 stands for an answer that was lost.
            0 | 500.. => "bad",
        }
    }
}
