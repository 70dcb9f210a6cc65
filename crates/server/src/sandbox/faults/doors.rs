//! `/sandbox/faults`.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::{Fault, FaultError, FaultOrder, Faults};
use crate::http::{Received, json as answer};
use crate::sandbox::kept::KeptError;
use crate::sandbox::mint::body;
use crate::sandbox::refusal::Refused;
use crate::state::{Shared, State};

const SHAPE: &str = "{\"kind\": …, \"operation\": …, \"application\": …, \"account\": …, \"vin\": …, \
                     \"energy_site_id\": …, \"nth\": …, \"percent\": …, \"times\": …, \"for\": …, \"seconds\": …}";

/// `GET /sandbox/faults`.
pub(in crate::sandbox) async fn list(Extract(state): Extract<Shared>, _: Received) -> Result<Response, Refused> {
    Ok(listed(&state, &faults(&state)?.all()))
}

/// `GET /sandbox/faults/{id}`.
pub(in crate::sandbox) async fn show(
    Extract(state): Extract<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let all = faults(&state)?.all();
    let found = number(&id).and_then(|id| all.iter().find(|fault| fault.id == id));
    described(&state, found.ok_or_else(|| unknown(&id))?)
}

/// `POST /sandbox/faults`: adds one, and answers it with its number.
pub(in crate::sandbox) async fn add(Extract(state): Extract<Shared>, received: Received) -> Result<Response, Refused> {
    let order: FaultOrder = body(&received, SHAPE)?;
    let added = faults(&state)?.add(&state, order).await?;
    described(&state, &added)
}

/// `DELETE /sandbox/faults/{id}`: removes one, and answers it with its last counts.
pub(in crate::sandbox) async fn remove(
    Extract(state): Extract<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let number = number(&id).ok_or_else(|| unknown(&id))?;
    let removed = faults(&state)?.remove(&state.store, Some(number)).await?;
    described(&state, removed.first().ok_or_else(|| unknown(&id))?)
}

/// `DELETE /sandbox/faults`: removes all, and answers them with their last counts.
pub(in crate::sandbox) async fn clear(Extract(state): Extract<Shared>, _: Received) -> Result<Response, Refused> {
    Ok(listed(&state, &faults(&state)?.remove(&state.store, None).await?))
}

fn number(id: &str) -> Option<u64> {
    id.parse().ok()
}

fn listed(state: &State, all: &[Fault]) -> Response {
    let now = state.now();
    let all: Vec<_> = all.iter().map(|fault| fault.describe(now)).collect();
    answer(StatusCode::OK, &json!({ "faults": all }))
}

fn described(state: &State, fault: &Fault) -> Result<Response, Refused> {
    Ok(answer(StatusCode::OK, &fault.describe(state.now())))
}

fn faults(state: &State) -> Result<&Faults, Refused> {
    let missing = || Refused::new(StatusCode::NOT_FOUND, "not_found", "This server has no faults of its own.");
    state.conditions.as_deref().map(super::super::conditions::Conditions::faults).ok_or_else(missing)
}

fn unknown(id: &str) -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "not_found", format!("There is no fault `{id}`."))
}

impl From<KeptError> for Refused {
    fn from(error: KeptError) -> Self {
        match error {
            KeptError::Store(error) => error.into(),
            KeptError::Damaged { .. } => Self::failed(&error),
        }
    }
}

impl From<FaultError> for Refused {
    fn from(error: FaultError) -> Self {
        match error {
            FaultError::UnknownApplication(_)
            | FaultError::UnknownAccount(_)
            | FaultError::UnknownDevice { .. }
            | FaultError::UnknownOperation { .. } => Self::new(StatusCode::NOT_FOUND, "not_found", error.to_string()),
            FaultError::Kept(error) => error.into(),
            _ => Self::invalid(error.to_string()),
        }
    }
}
