//! The Fleet API: every row of the table of operations, behind the gate.
//!
//! Methods and paths, token types and scopes come from the rows; here stands only what an operation answers. Each
//! group of operations has a file, in which a `match` gives every row its handler.

mod answer;
pub(crate) mod body;
mod call;
mod charging;
mod command;
pub mod devices;
mod energy;
pub(crate) mod partner;
pub mod read_devices;
pub mod reports;
mod service;
pub(crate) mod sharing;
mod simulated;
pub(crate) mod subscription;
mod telemetry;
mod user;
mod vehicle;
mod vehicle_management;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, any, get, on};
use fleetgate_gate::{CheckName, Decision, Permit, Rejection, Requirement};
use fleetgate_protocol::OperationId;
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::{ClosuresCommandOperation, Device, Method};

pub(crate) use self::answer::error;
use self::answer::{Answer, Refusal};
use self::call::Call;
use crate::http::Received;
use crate::sandbox::conditions::{Asked, Conditions};
use crate::state::Shared;

/// Every operation of the table, the answers to what is not in it, and the public keys of the sandbox's domains.
pub fn router() -> Router<Shared> {
    OperationId::all()
        .fold(Router::new(), |router, operation| router.route(operation.row().path, route(operation)))
        .route(&unknown_command_path(), on(MethodFilter::POST, unknown("unknown_command", FleetError::invalid_command)))
        .route("/api", any(unknown("unknown", FleetError::not_found)))
        .route("/api/", any(unknown("unknown", FleetError::not_found)))
        .route("/api/{*rest}", any(unknown("unknown", FleetError::not_found)))
        .route(partner::PUBLIC_KEY_PATH, get(partner::well_known_public_key))
        .method_not_allowed_fallback(unknown("unknown_method", FleetError::invalid_method))
}

/// What is not in the table: whoever asks for it shows a token all the same, and is then told.
fn unknown(
    operation: &'static str,
    error: fn() -> FleetError,
) -> impl Fn(State<Shared>, Received) -> std::future::Ready<Response> + Clone {
    move |State(state), received| {
        let anyone = Requirement { home_region: false, ..Requirement::any_of(operation, []) };
        let (outcome, mut decision) = state.gate.check(&received.parts, &anyone);
        let mut response = match outcome {
            Err(rejection) => state.gate.respond(&rejection).map(Into::into),
            Ok(_) => {
                let refusal = Refusal::because(error(), "There is no such operation; `/reference` has them all.");
                refusal.note(&mut decision);
                refusal.response(&state)
            }
        };
        response.extensions_mut().insert(decision);
        std::future::ready(response)
    }
}

/// The route of an operation, behind the gate unless the operation is public.
fn route(operation: OperationId) -> MethodRouter<Shared> {
    match operation {
        OperationId::Service(public) => on(method(operation), move || async move { service::answer(public) }),
        guarded => behind_the_gate(guarded),
    }
}

/// What answers an operation.
async fn handle(operation: OperationId, call: Call) -> Result<Answer, Refusal> {
    match operation {
        // Public operations have no call, and none of them is behind the gate.
        OperationId::Service(_) => Err(FleetError::internal().into()),
        OperationId::User(user) => user::answer(user, call).await,
        OperationId::Partner(partner) => partner::answer(partner, call).await,
        OperationId::Vehicle(vehicle) => vehicle::answer(vehicle, call).await,
        OperationId::Telemetry(telemetry) => telemetry::answer(telemetry, call).await,
        OperationId::Sharing(sharing) => sharing::answer(sharing, call).await,
        OperationId::VehicleManagement(management) => vehicle_management::answer(management, call).await,
        OperationId::Subscription(subscription) => subscription::answer(subscription, call).await,
        OperationId::Command(command) => command::answer(command, call).await,
        OperationId::Energy(energy) => energy::answer(energy, call).await,
        OperationId::Charging(charging) => charging::answer(charging, call).await,
    }
}

fn method(operation: OperationId) -> MethodFilter {
    match operation.row().method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Delete => MethodFilter::DELETE,
    }
}

/// Puts the gate before an operation, which then gets a [`Call`] with the permit in it.
fn behind_the_gate(operation: OperationId) -> MethodRouter<Shared> {
    let requirement = Arc::new(Requirement::from(operation.row()));
    on(method(operation), move |State(state): State<Shared>, received: Received| {
        let requirement = Arc::clone(&requirement);
        async move { serve(state, received, &requirement, operation).await }
    })
}

async fn serve(state: Shared, mut received: Received, requirement: &Requirement, operation: OperationId) -> Response {
    let (outcome, mut decision) = state.gate.check(&received.parts, requirement);
    let mut response = match &state.conditions {
        None => answer(&state, received, outcome, &mut decision, operation).await,
        Some(conditions) => {
            let asked = conditions.asked(&state, &mut received, operation.row(), &decision).await;
            let strike = conditions.strike(&state, &asked).await;
            let mut response = match strike.as_ref().and_then(|strike| strike.answer(&state, &asked)) {
                Some(response) => response,
                None => limited(&state, conditions, &asked, received, outcome, &mut decision, operation).await,
            };
            if let Some(strike) = &strike {
                strike.mark(&mut response, &mut decision);
            }
            conditions.count(&asked, &response, &decision, state.now());
            response
        }
    };
    response.extensions_mut().insert(decision);
    response
}

/// Answers within the sandbox's rate limits.
async fn limited(
    state: &Shared,
    conditions: &Conditions,
    asked: &Asked,
    received: Received,
    outcome: Result<Option<Permit>, Rejection>,
    decision: &mut Decision,
    operation: OperationId,
) -> Response {
    let taken = if outcome.is_ok() { conditions.take(asked, state.now()) } else { None };
    let (mut response, allowance) = match taken {
        Some(Err(too_many)) => {
            let refusal = Refusal::too_often(too_many.error());
            refusal.note(decision);
            (refusal.response(state), Some(too_many.0))
        }
        Some(Ok(allowance)) => {
            decision.note(CheckName::Rate, true);
            (answer(state, received, outcome, decision, operation).await, Some(allowance))
        }
        None => (answer(state, received, outcome, decision, operation).await, None),
    };
    if let Some(allowance) = allowance {
        allowance.tell(&mut response);
    }
    response
}

/// Answers what the gate has checked.
async fn answer(
    state: &Shared,
    received: Received,
    outcome: Result<Option<Permit>, Rejection>,
    decision: &mut Decision,
    operation: OperationId,
) -> Response {
    let permit = match outcome {
        Err(rejection) => return state.gate.respond(&rejection).map(Into::into),
        // The gate makes no permit for a public operation, and no public operation is guarded.
        Ok(None) => return error(&FleetError::internal()),
        Ok(Some(permit)) => permit,
    };
    let outcome = match Call::read(Arc::clone(state), permit, received).await {
        // On the heap, since the answer of some operations takes a lot of room on its way.
        Ok(call) => Box::pin(handle(operation, call)).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(answer) => {
            let made: &[CheckName] = match operation.row().device {
                None => &[],
                Some(Device::Vehicle | Device::EnergySite) => &[CheckName::Ownership],
                Some(Device::OnlineVehicle) => &[CheckName::Ownership, CheckName::Awake],
            };
            made.iter().for_each(|check| decision.note(*check, true));
            answer.into()
        }
        Err(refusal) => {
            refusal.note(decision);
            refusal.response(state)
        }
    }
}

/// The path of every command, with its name as a parameter: what no row has is an unknown command.
fn unknown_command_path() -> String {
    let row = ClosuresCommandOperation::DoorLock.row();
    format!("{}{{command}}", row.path.trim_end_matches(row.name))
}

#[cfg(test)]
mod tests;
