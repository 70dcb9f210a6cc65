//! `/sandbox/clock`.

use axum::extract::State as Extract;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::{Change, ClockError, Moment, Rate, SandboxClock, Span};
use crate::http::{Received, json};
use crate::sandbox::mint::body;
use crate::sandbox::refusal::Refused;
use crate::state::{Shared, State};

const SHAPE: &str = "{\"set\": …}`, `{\"advance\": …}`, `{\"freeze\": …}` or `{\"rate\": …}";

/// The body of `POST /sandbox/clock`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockOrder {
    set: Option<Moment>,
    advance: Option<Span>,
    freeze: Option<bool>,
    rate: Option<Rate>,
}

/// `GET /sandbox/clock`.
pub(in crate::sandbox) async fn show(Extract(state): Extract<Shared>, _: Received) -> Result<Response, Refused> {
    Ok(json(StatusCode::OK, &clock(&state)?.reading()))
}

/// `POST /sandbox/clock`: answers as `GET`, after the change.
pub(in crate::sandbox) async fn change(
    Extract(state): Extract<Shared>,
    received: Received,
) -> Result<Response, Refused> {
    let ClockOrder { set, advance, freeze, rate } = body(&received, SHAPE)?;
    let change = match (set, advance, freeze, rate) {
        (Some(moment), None, None, None) => Change::Set(moment),
        (None, Some(span), None, None) => Change::Advance(span),
        (None, None, Some(freeze), None) => Change::Freeze(freeze),
        (None, None, None, Some(rate)) => Change::Rate(rate),
        _ => return Err(Refused::invalid(format!("Send exactly one change: `{SHAPE}`."))),
    };
    Ok(json(StatusCode::OK, &clock(&state)?.change(&state.store, change).await?))
}

fn clock(state: &State) -> Result<&SandboxClock, Refused> {
    let missing = || Refused::new(StatusCode::NOT_FOUND, "not_found", "This server has no clock of its own.");
    state.sandbox_clock.as_deref().ok_or_else(missing)
}

impl From<ClockError> for Refused {
    fn from(error: ClockError) -> Self {
        match error {
            ClockError::Backwards { .. } | ClockError::TooFar => Self::invalid(error.to_string()),
            ClockError::Store(error) => error.into(),
            ClockError::Damaged(_) => Self::failed(&error),
        }
    }
}
