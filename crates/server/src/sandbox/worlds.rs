//! `/sandbox/worlds`: the worlds beside the sandbox's own.

use std::sync::{Arc, Weak};

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::mint::body;
use super::refusal::Refused;
use super::replacing::ordered;
use crate::http::{Received, empty, json as json_answer};
use crate::state::{Shared, State};
use crate::worlds::{WorldName, Worlds, WorldsError};

const SHAPE: &str = "{\"name\": …, \"seed\": …, \"toml\": …, \"listen\": …}";

/// The body of `POST /sandbox/worlds`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorld {
    /// Made up unless given.
    name: Option<WorldName>,
    /// A world that comes with Fleetgate, by its name.
    seed: Option<String>,
    /// What stands in a seed file.
    toml: Option<String>,
    /// Whether it has an address of its own, or which port.
    #[serde(default)]
    listen: Listen,
}

/// Whether a world has an address of its own, and the port of it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`listen` is `true`, `false` or a port")]
enum Listen {
    Wanted(bool),
    Port(u16),
}

impl Default for Listen {
    fn default() -> Self {
        Self::Wanted(false)
    }
}

impl Listen {
    /// The port; 0 is any.
    const fn port(&self) -> Option<u16> {
        match self {
            Self::Wanted(false) => None,
            Self::Wanted(true) => Some(0),
            Self::Port(port) => Some(*port),
        }
    }
}

/// `GET /sandbox/worlds`.
pub(super) async fn list(Extract(state): Extract<Shared>, _: Received) -> Result<Response, Refused> {
    Ok(json_answer(StatusCode::OK, &json!({ "worlds": worlds(&state)?.list() })))
}

/// `POST /sandbox/worlds`: answers when the world is served.
pub(super) async fn create(Extract(state): Extract<Shared>, received: Received) -> Result<Response, Refused> {
    let NewWorld { name, seed, toml, listen } = body(&received, SHAPE)?;
    let worlds = worlds(&state)?;
    let world = ordered(seed.as_deref(), toml.as_deref())?;
    let name = match name {
        Some(name) => name,
        None => format!("w{}", state.entropy.hex::<4>()).parse().map_err(|error| Refused::failed(&error))?,
    };
    let made = whole(async move { worlds.create(name, world, listen.port()).await }).await?;
    Ok(json_answer(StatusCode::CREATED, &made))
}

/// `DELETE /sandbox/worlds/{name}`.
pub(super) async fn remove(
    Extract(state): Extract<Shared>,
    Path(name): Path<String>,
    _: Received,
) -> Result<Response, Refused> {
    let worlds = worlds(&state)?;
    let name: WorldName = name.parse().map_err(|error| Refused::invalid(format!("{error}.")))?;
    whole(async move { worlds.remove(&name).await }).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Does something to its end, also when nobody waits for the answer any more.
async fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T, WorldsError>> + Send + 'static,
) -> Result<T, Refused> {
    match tokio::spawn(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(Refused::failed(&error)),
    }
}

/// The worlds of this process, if the request came to the sandbox's own.
fn worlds(state: &State) -> Result<Arc<Worlds>, Refused> {
    state.worlds.get().and_then(Weak::upgrade).ok_or_else(|| {
        let description = "This is a world beside the sandbox's own; ask the sandbox itself, at its base URL.";
        Refused::new(StatusCode::NOT_FOUND, "not_found", description)
    })
}

impl From<WorldsError> for Refused {
    fn from(error: WorldsError) -> Self {
        match error {
            WorldsError::Taken(_) => Self::new(StatusCode::CONFLICT, "conflict", error.to_string()),
            WorldsError::Unknown(_) => Self::new(StatusCode::NOT_FOUND, "not_found", error.to_string()),
            WorldsError::TooMany => Self::invalid(error.to_string()),
            WorldsError::Listen(_) => Self::new(StatusCode::CONFLICT, "conflict", crate::spelling::sentence(&error)),
            WorldsError::Plant(error) => error.into(),
            other => Self::failed(&other),
        }
    }
}
