//! Replacing the world of a running sandbox by another, and writing it down.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::clock::Clock as _;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Deserialize;

use super::mint::body;
use super::refusal::Refused;
use super::world::{self, ExportError, PlantError, RowError, World};
use crate::http::{Received, json};
use crate::sandbox::clock::SandboxClock;
use crate::state::Shared;

/// How often, and how long, is looked whether the new world is served.
const LOOK: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(30);

const SHAPE: &str = "{\"seed\": …}` with the name of a world that comes along, or `{\"toml\": …}";

/// Which world: one that comes with Fleetgate, by its name, or what stands in a seed file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorldOrder {
    seed: Option<String>,
    toml: Option<String>,
}

/// The body of a `POST` that says it all by its path.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The world of an order, checked whole; the default one when none is named.
pub(super) fn ordered(seed: Option<&str>, toml: Option<&str>) -> Result<World, Refused> {
    let read = match (seed, toml) {
        (Some(_), Some(_)) => return Err(Refused::invalid("Send either `seed` or `toml`.")),
        (None, Some(text)) => World::read("toml", text),
        (name, None) => {
            let name = name.unwrap_or("default");
            match World::built_in(name) {
                Ok(Some(world)) => Ok(world),
                Ok(None) => {
                    let names = world::BUILT_IN.map(|(name, _)| format!("`{name}`")).join(", ");
                    let problem = format!("No world `{name}` comes with Fleetgate; there are {names}.");
                    return Err(Refused::invalid(problem));
                }
                Err(error) => Err(error),
            }
        }
    };
    read.map_err(|error| Refused::invalid(error.to_string()))
}

/// `GET /sandbox/world/seed`: the world as it is now, as a seed file.
pub(super) async fn export(Extract(state): Extract<Shared>, _: Received) -> Result<Response, Refused> {
    let mut response = Response::new(Body::from(world::export(&state).await?));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/toml"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `POST /sandbox/world`: another world instead of this one. It answers as `GET`, when the new one is served.
pub(super) async fn import(Extract(state): Extract<Shared>, received: Received) -> Result<Response, Refused> {
    let order: WorldOrder = body(&received, SHAPE)?;
    if order.seed.is_none() && order.toml.is_none() {
        return Err(Refused::invalid(format!("Say which world: `{SHAPE}`.")));
    }
    let world = ordered(order.seed.as_deref(), order.toml.as_deref())?;
    replace(&state, world).await
}

/// `POST /sandbox/world/reset`: this world as it was planted. It answers as `GET`, when that one is served.
pub(super) async fn reset(Extract(state): Extract<Shared>, received: Received) -> Result<Response, Refused> {
    let Nothing {} = body(&received, "{}")?;
    let world = world::original(&state.store, &state.master).await?;
    replace(&state, world).await
}

async fn replace(state: &Shared, world: World) -> Result<Response, Refused> {
    let clock = state.sandbox_clock.as_ref().ok_or_else(|| Refused::failed(&NoSandbox))?.machine();
    let (store, master, machine) = (state.store.clone(), Arc::clone(&state.master), Arc::clone(&clock));
    let runtime = tokio::runtime::Handle::current();
    // Hashing passwords takes its time, in which others are served.
    let planting =
        tokio::task::spawn_blocking(move || runtime.block_on(world::replace(&store, &master, &world, &*clock)));
    let planting = planting.await.map_err(|_| PlantError::Broken)??;
    state.replanted.notify_one();
    let followed = async {
        while !world::is_followed(&state.store, &planting).await? {
            tokio::time::sleep(LOOK).await;
        }
        Ok::<_, Refused>(())
    };
    match tokio::time::timeout(PATIENCE, followed).await {
        Ok(followed) => followed?,
        Err(_) => return Err(Refused::failed(&NotTakenUp)),
    }
    // The new world has a clock of its own.
    let now = SandboxClock::open(&state.store, machine).await?.now();
    let described = world::describe(&state.store, &state.master, &state.addresses.base_url, now).await?;
    Ok(json(StatusCode::OK, &described))
}

#[derive(Debug, thiserror::Error)]
#[error("this server has no world")]
struct NoSandbox;

#[derive(Debug, thiserror::Error)]
#[error("the new world is in the database, but is not served")]
struct NotTakenUp;

impl From<PlantError> for Refused {
    fn from(error: PlantError) -> Self {
        match error {
            PlantError::Row(RowError::Password { .. }) => Self::invalid(error.to_string()),
            PlantError::Store(fleetgate_store::Error::Conflict { .. }) => {
                Self::invalid("The world cannot be planted: two things in it have one name.")
            }
            PlantError::Store(error) => error.into(),
            other => Self::failed(&other),
        }
    }
}

impl From<ExportError> for Refused {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Describe(error) => error.into(),
            other => Self::failed(&other),
        }
    }
}
