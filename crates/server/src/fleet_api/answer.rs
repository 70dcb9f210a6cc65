//! What a handler answers: a body in the envelope of its kind, or a refusal.

use std::borrow::Cow;

use axum::response::Response;
use bytes::Bytes;
use fleetgate_gate::{CheckName, Decision, REASON_HEADER, Rejection};
use fleetgate_protocol::fleet_error::FleetError;
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, RETRY_AFTER};
use serde::Serialize;

use crate::http::{json_bytes, set_header};
use crate::state::State;

/// The body of a `200`.
#[derive(Debug)]
pub(super) enum Answer {
    /// JSON.
    Json(Bytes),
    /// A file in PDF, and its name.
    Pdf(Bytes, String),
}

impl Answer {
    /// `{"response": …}`.
    pub(super) fn one(response: &impl Serialize) -> Result<Self, Refusal> {
        #[derive(Serialize)]
        struct One<'a, T> {
            response: &'a T,
        }
        Self::write(&One { response })
    }

    /// `{"response": […], "count": n}`.
    pub(super) fn list<T: Serialize>(response: &[T]) -> Result<Self, Refusal> {
        #[derive(Serialize)]
        struct List<'a, T> {
            response: &'a [T],
            count: usize,
        }
        Self::write(&List { response, count: response.len() })
    }

    /// `{"response": […], "pagination": …, "count": n}`; `count` is that of the page, and `pagination.count` of all.
    pub(super) fn page<T: Serialize>(response: &[T], pagination: Pagination) -> Result<Self, Refusal> {
        #[derive(Serialize)]
        struct Page<'a, T> {
            response: &'a [T],
            pagination: Pagination,
            count: usize,
        }
        Self::write(&Page { response, pagination, count: response.len() })
    }

    /// A value without an envelope.
    pub(super) fn bare(body: &impl Serialize) -> Result<Self, Refusal> {
        Self::write(body)
    }

    fn write(body: &impl Serialize) -> Result<Self, Refusal> {
        Ok(Self::Json(serde_json::to_vec(body)?.into()))
    }
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Json(body) => json_bytes(StatusCode::OK, body),
            Answer::Pdf(body, name) => {
                let mut response = json_bytes(StatusCode::OK, body);
                set_header(&mut response, CONTENT_TYPE, "application/pdf");
                set_header(&mut response, CONTENT_DISPOSITION, &format!("inline; filename=\"{name}\""));
                response
            }
        }
    }
}

/// Where a page stands in the whole list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Pagination {
    previous: Option<i64>,
    next: Option<i64>,
    current: i64,
    per_page: i64,
    count: i64,
    pages: i64,
}

impl Pagination {
    /// The page `current`, from 1, of a list of `count`. An empty list has one page.
    pub(super) fn new(current: i64, per_page: i64, count: i64) -> Self {
        let pages = (count + per_page - 1).div_euclid(per_page).max(1);
        Self {
            previous: (current > 1).then(|| (current - 1).min(pages)),
            next: (current < pages).then(|| current + 1),
            current,
            per_page,
            count,
            pages,
        }
    }
}

/// Why a call is refused after the gate let it pass.
#[derive(Debug)]
pub(super) enum Refusal {
    /// For what the token is, which the gate answers in the dialect (decision 0008).
    Token(Box<Rejection>),
    /// By the operation itself.
    Operation {
        /// What is answered.
        error: FleetError,
        /// The whole reason in one sentence, for the request log and the sandbox.
        reason: Option<Cow<'static, str>>,
        /// The check that refused, if it was one.
        check: Option<CheckName>,
    },
}

impl Refusal {
    /// With the whole reason in one sentence, for the request log and the sandbox.
    pub(super) fn because(error: FleetError, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Operation { error, reason: Some(reason.into()), check: None }
    }

    /// The device is not there, or not for the token's account.
    pub(super) fn not_owned(error: FleetError, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Operation { error, reason: Some(reason.into()), check: Some(CheckName::Ownership) }
    }

    /// There were too many calls of late.
    pub(super) fn too_often(error: FleetError) -> Self {
        let reason = "The sandbox keeps to the real service's rate limits; `fleetgate dev --limits off` does not.";
        Self::Operation { error, reason: Some(reason.into()), check: Some(CheckName::Rate) }
    }

    /// What the request log shows of it.
    pub(super) fn note(&self, decision: &mut Decision) {
        match self {
            Self::Token(rejection) => {
                if matches!(**rejection, Rejection::MissingScopeForPart { .. }) {
                    decision.note(CheckName::Scope, false);
                }
                decision.reason = Some(rejection.reason());
            }
            Self::Operation { error, reason, check } => {
                if *check == Some(CheckName::Awake) {
                    decision.note(CheckName::Ownership, true);
                }
                if let Some(check) = check {
                    decision.note(*check, false);
                }
                decision.reason = Some(match reason {
                    Some(reason) => reason.clone().into_owned(),
                    None => format!("{} {}", error.error, error.error_description).trim_end().to_owned(),
                });
            }
        }
    }

    /// The answer; in the sandbox with the reason where there is one.
    pub(super) fn response(&self, state: &State) -> Response {
        match self {
            Self::Token(rejection) => state.gate.respond(rejection).map(Into::into),
            Self::Operation { error: answer, reason, .. } => {
                let mut response = error(answer);
                if let Some(reason) = reason.as_deref().filter(|_| state.is_sandbox()) {
                    set_header(&mut response, REASON_HEADER, reason);
                }
                response
            }
        }
    }
}

impl From<FleetError> for Refusal {
    fn from(error: FleetError) -> Self {
        // Nothing but a vehicle that sleeps is answered with 408.
        let check = (error.status == StatusCode::REQUEST_TIMEOUT).then_some(CheckName::Awake);
        Self::Operation { error, reason: None, check }
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Token(Box::new(rejection))
    }
}

impl From<fleetgate_store::Error> for Refusal {
    fn from(error: fleetgate_store::Error) -> Self {
        match error {
            fleetgate_store::Error::Busy => FleetError::unavailable().into(),
            error => internal(&error),
        }
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        internal(&error)
    }
}

impl From<tokio::task::JoinError> for Refusal {
    fn from(error: tokio::task::JoinError) -> Self {
        internal(&error)
    }
}

/// 500, with its cause in the log only.
fn internal(cause: &(dyn std::error::Error + 'static)) -> Refusal {
    tracing::error!(error = cause, "an operation failed");
    FleetError::internal().into()
}

/// An error as an answer.
pub(crate) fn error(error: &FleetError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json_bytes(status, error.body());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        set_header(&mut response, RETRY_AFTER, "1");
    }
    response
}

#[cfg(test)]
mod tests {
    use super::Pagination;

    fn page(current: i64, count: i64) -> (Option<i64>, Option<i64>, i64) {
        let page = Pagination::new(current, 10, count);
        (page.previous, page.next, page.pages)
    }

    #[test]
    fn pages_know_their_neighbours() {
        assert_eq!(page(1, 0), (None, None, 1));
        assert_eq!(page(1, 10), (None, None, 1));
        assert_eq!(page(1, 11), (None, Some(2), 2));
        assert_eq!(page(2, 11), (Some(1), None, 2));
        assert_eq!(page(7, 11), (Some(2), None, 2));
    }
}
