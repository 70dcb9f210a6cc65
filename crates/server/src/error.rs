//! Errors that people see as pages.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;

use crate::http::{empty, set_header};
use crate::pages::{self, ErrorDetail, ErrorPage};
use crate::passwords::PasswordError;
use crate::state::State;

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// The request itself is wrong.
    #[error("{0}")]
    BadRequest(String),
    /// No such client.
    #[error("We don't recognize this client_id.")]
    UnknownClient,
    /// The client is switched off.
    #[error("This application is disabled.")]
    DisabledClient,
    /// The redirect URI is not registered.
    #[error("We don't recognize this redirect_uri.")]
    UnknownRedirectUri {
        /// What was asked for.
        asked: String,
        /// What is registered.
        registered: Vec<String>,
    },
    /// The stored request is over: used up, expired, or never there.
    #[error("This sign-in has ended, or was finished before.")]
    Gone,
    /// The request was begun in another browser.
    #[error("This sign-in was begun in another browser.")]
    OtherBrowser,
    /// A body that is no form.
    #[error("The request is not a form (application/x-www-form-urlencoded).")]
    MediaType,
    /// A form from a browser that sent no cookie.
    #[error("This form came without the cookie of this server.")]
    NoCookies,
    /// A form that no page of this browser held, or one from before its cookie changed.
    #[error("This form did not come from a page that this browser was shown last.")]
    ForeignForm,
    /// Too many passwords wait to be checked.
    #[error("Too many people are signing in.")]
    Busy,
    /// There is no such page.
    #[error("There is nothing here.")]
    NotFound,
    /// A stored request cannot be read.
    #[error("read a stored authorization request")]
    Pending(#[source] serde_json::Error),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] fleetgate_store::Error),
    /// A password could not be checked.
    #[error("check a password")]
    Password(#[source] PasswordError),
}

impl From<PasswordError> for PageError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            other => Self::Password(other),
        }
    }
}

impl PageError {
    /// A parameter is missing.
    #[must_use]
    pub(crate) fn missing(name: &str) -> Self {
        Self::BadRequest(format!("The parameter '{name}' is required."))
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) | Self::UnknownClient | Self::UnknownRedirectUri { .. } | Self::Gone => {
                StatusCode::BAD_REQUEST
            }
            Self::DisabledClient | Self::OtherBrowser | Self::NoCookies | Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Busy | Self::Store(fleetgate_store::Error::Busy) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Pending(_) | Self::Store(_) | Self::Password(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a developer needs to see; in production, whoever came here may be anyone.
    fn details(&self) -> Vec<ErrorDetail> {
        let detail = |name: &str, value: &str| ErrorDetail { name: name.to_owned(), value: value.to_owned() };
        match self {
            Self::UnknownRedirectUri { asked, registered } => {
                let registered = registered.iter().map(|uri| detail("Registered", uri));
                std::iter::once(detail("Asked for", asked)).chain(registered).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What to do next.
    const fn advice(&self) -> &'static str {
        match self {
            Self::BadRequest(_) | Self::MediaType => {
                "The application sent a request that cannot be understood. Its developer can correct it."
            }
            Self::UnknownClient | Self::UnknownRedirectUri { .. } => {
                "You were not sent back, because it is not certain who asked. The application's developer can compare \
                 what it sends with what is registered, character by character."
            }
            Self::DisabledClient => "Ask the operator of this server.",
            Self::Gone => "Go back to the application and start again.",
            Self::OtherBrowser => "Start again from the application, in the browser that you want to use.",
            Self::NoCookies => "Allow cookies for this server, go back, and try again.",
            Self::ForeignForm => {
                "It may have been open in another tab for a while. Start again from where you came from, in one tab."
            }
            Self::NotFound => "Check the address.",
            Self::Busy | Self::Pending(_) | Self::Store(_) | Self::Password(_) => "Try again in a moment.",
        }
    }
}

impl IntoResponse for PageError {
    /// The outermost layer draws the page, since it knows the request's id: see [`PageError::page`].
    fn into_response(self) -> Response {
        let mut response = empty(self.status());
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl PageError {
    /// The page that a person sees.
    #[must_use]
    pub(crate) fn page(&self, state: &State, request_id: &str) -> Response {
        let status = self.status();
        let failed = matches!(self, Self::Pending(_) | Self::Store(_) | Self::Password(_));
        let title = if failed {
            tracing::error!(request_id, error = self as &dyn std::error::Error, "a page failed");
            "Something went wrong.".to_owned()
        } else {
            self.to_string()
        };
        let view = ErrorPage {
            sandbox: state.is_sandbox(),
            status: status.as_u16(),
            title,
            message: self.advice().to_owned(),
            details: if state.is_sandbox() { self.details() } else { Vec::new() },
            request_id: request_id.to_owned(),
        };
        let mut response = pages::page(&view, status);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            set_header(&mut response, RETRY_AFTER, "1");
        }
        response
    }
}
