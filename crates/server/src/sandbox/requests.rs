//! What was asked of the sandbox, newest first.

use std::borrow::Cow;

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::parameters::Parameters;
use fleetgate_store::{Entry, Filter};
use http::StatusCode;
use serde::Serialize;

use super::refusal::Refused;
use crate::http::{Received, json};
use crate::state::{Shared, State};

/// How many requests are listed unless more or fewer are wanted, and at most.
const USUAL: u32 = 100;
const MOST: u32 = 1000;

/// One request as it is listed.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    pub(super) id: String,
    /// RFC 3339, UTC.
    pub(super) time: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) operation: Option<String>,
    pub(super) application: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) status: u16,
    pub(super) checks: Vec<String>,
    pub(super) reason: Option<String>,
}

impl From<Entry> for Listed {
    fn from(entry: Entry) -> Self {
        let time = jiff::Timestamp::from_microsecond(entry.at).unwrap_or_default();
        Self {
            time: format!("{time:.3}"),
            id: entry.id,
            method: entry.method.into_owned(),
            path: entry.path,
            operation: entry.operation.map(Cow::into_owned),
            application: entry.application,
            subject: entry.subject,
            status: entry.status,
            checks: entry.checks.into_iter().map(Cow::into_owned).collect(),
            reason: entry.reason,
        }
    }
}

/// `GET /sandbox/requests?limit=`.
pub(super) async fn list(Extract(state): Extract<Shared>, received: Received) -> Result<Response, Refused> {
    let query =
        Parameters::from_form(received.query().as_bytes()).map_err(|error| Refused::invalid(error.to_string()))?;
    let limit = match query.get("limit").map(str::parse) {
        None => USUAL,
        Some(Ok(limit @ 1..=MOST)) => limit,
        Some(_) => return Err(Refused::invalid(format!("The parameter `limit` is a number from 1 to {MOST}."))),
    };
    Ok(json(StatusCode::OK, &newest(&state, limit).await?))
}

pub(super) async fn newest(state: &State, limit: u32) -> Result<Vec<Listed>, Refused> {
    let Some(log) = &state.request_log else { return Ok(Vec::new()) };
    let entries = log.newest(&Filter::default(), limit).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the request log cannot be read");
        Refused::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "The request log cannot be read; the log says why.",
        )
    })?;
    Ok(entries.into_iter().map(Listed::from).collect())
}
