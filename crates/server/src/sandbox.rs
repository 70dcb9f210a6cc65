//! The sandbox: its world, its doors for programs (`/sandbox/*`) and its pages for people. None of it exists in
//! production.

mod business_consents;
pub mod clock;
mod commands;
pub mod conditions;
pub mod cost;
pub mod faults;
mod guard;
mod kept;
pub mod limits;
mod mint;
mod pages;
pub mod proxy;
mod refusal;
mod replacing;
mod requests;
pub mod vehicles;
pub mod world;
mod worlds;

use std::sync::Arc;

use axum::Router;
use axum::extract::State as Extract;
use axum::middleware;
use axum::response::Response;
use axum::routing::{delete, get, post};
use http::StatusCode;

pub use self::commands::{Command, commands};
pub use self::kept::KeptError;
pub use self::mint::{MintError, mint};
use self::refusal::Refused;
use self::world::{DescribeError, WorldDescription};
use crate::http::{Received, json};
use crate::state::{Shared, State};

/// Every path of the sandbox, each behind its guard.
pub fn router(state: &Shared) -> Router<Shared> {
    let programs = Router::new()
        .route("/sandbox/world", get(describe).post(replacing::import))
        .route("/sandbox/world/seed", get(replacing::export))
        .route("/sandbox/world/reset", post(replacing::reset))
        .route("/sandbox/worlds", get(worlds::list).post(worlds::create))
        .route("/sandbox/worlds/{name}", delete(worlds::remove))
        .route("/sandbox/tokens", post(mint::tokens))
        .route("/sandbox/business-consents", post(business_consents::create))
        .route("/sandbox/vehicles/{vin}", get(vehicles::shown).post(vehicles::happened))
        .route("/sandbox/keys", post(vehicles::keys))
        .route("/sandbox/telemetry-errors", post(vehicles::telemetry_errors))
        .route("/sandbox/requests", get(requests::list))
        .route("/sandbox/clock", get(clock::show).post(clock::change))
        .route("/sandbox/faults", get(faults::list).post(faults::add).delete(faults::clear))
        .route("/sandbox/faults/{id}", get(faults::show).delete(faults::remove))
        .route("/sandbox/cost", get(cost::show).post(cost::set_budget))
        .layer(middleware::from_fn_with_state(Arc::clone(state), guard::programs));
    let people = Router::new()
        .route("/", get(pages::portal))
        .route("/requests", get(pages::request_log))
        .layer(middleware::from_fn_with_state(Arc::clone(state), guard::people));
    // What the table says is no secret.
    let documents = Router::new()
        .route("/reference", get(pages::reference))
        .route("/docs/reference", get(pages::reference))
        .route("/docs/operations.md", get(pages::operations))
        .route("/docs/openapi.json", get(pages::openapi))
        .route("/docs/fleetgate.postman_collection.json", get(pages::postman));
    programs.merge(people).merge(documents)
}

/// The world of a running sandbox as it is now.
///
/// # Errors
/// [`DescribeError`].
pub async fn describe_world(state: &State) -> Result<WorldDescription, DescribeError> {
    world::describe(&state.store, &state.master, &state.addresses.base_url, state.now()).await
}

/// The same without the devices, of which there may be many.
///
/// # Errors
/// [`DescribeError`].
pub async fn describe_people(state: &State) -> Result<WorldDescription, DescribeError> {
    world::describe_people(&state.store, &state.master, &state.addresses.base_url).await
}

/// Lets the sign-in page offer the demo account. A sandbox that is exposed to other machines
/// does not offer it.
pub fn offer_demo_account(state: &State, world: &WorldDescription) {
    let Some(account) = world.demo_account().filter(|_| !state.config.expose) else { return };
    if let Some(password) = &account.password {
        // A second call changes nothing.
        let _ = state.demo_account.set((account.email.clone(), password.clone()));
    }
}

/// `GET /sandbox/world`.
async fn describe(Extract(state): Extract<Shared>, _: Received) -> Result<Response, Refused> {
    Ok(json(StatusCode::OK, &describe_world(&state).await?))
}
