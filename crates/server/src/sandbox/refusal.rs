//! What `/sandbox/*` answers when it refuses: a code and a whole sentence, as JSON.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;

use super::world::DescribeError;
use crate::http::{json, set_header};
use crate::layers::Logged;

/// A refusal of the sandbox.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refused {
    pub(super) fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }

    pub(super) fn invalid(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(super) fn forbidden(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", description)
    }

    /// The cause goes to the log, not to the caller.
    pub(super) fn failed(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "the sandbox failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "The sandbox failed; its log says why.")
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = serde_json::json!({"error": self.error, "error_description": self.description});
        let mut response = json(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            set_header(&mut response, WWW_AUTHENTICATE, "Bearer");
        }
        response.extensions_mut().insert(Logged { reason: Some(self.description), ..Logged::default() });
        response
    }
}

impl From<fleetgate_store::Error> for Refused {
    fn from(error: fleetgate_store::Error) -> Self {
        match error {
            fleetgate_store::Error::Busy => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "The database is too busy; try again.",
            ),
            other => Self::failed(&other),
        }
    }
}

impl From<DescribeError> for Refused {
    fn from(error: DescribeError) -> Self {
        match error {
            DescribeError::NoWorld | DescribeError::MasterKey => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", error.to_string())
            }
            other => Self::failed(&other),
        }
    }
}
