//! What happens at a vehicle, and not through the API: people drive it, an owner pairs an application's key with it, and
//! it fails to stream.

mod events;

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::VehicleTag;
pub use fleetgate_simulator::Coordinates;
use fleetgate_simulator::Vehicle;
use fleetgate_store::{Application, Device, DeviceKind, PairedKey, StoredTelemetryError};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

pub use self::events::{ChargerKind, Event, EventError, Impossible, Truth, happen, look};
pub(super) use self::events::{happened, shown};
use super::mint::{MintError, body};
use super::refusal::Refused;
use crate::fleet_api::partner::public_key;
use crate::http::{Received, json as json_answer};
use crate::state::{Shared, State};

/// How many keys a vehicle knows at most.
const MOST_KEYS: i64 = 20;
/// How long the text of an error is.
const LONGEST_ERROR: usize = 1024;

/// There is no vehicle of this VIN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no vehicle `{0}`; `fleetgate world` lists them.")]
pub struct UnknownVehicle(pub String);

/// The body of `POST /sandbox/keys`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyOrder {
    application: String,
    vin: String,
    #[serde(default = "yes")]
    paired: bool,
}

/// The body of `POST /sandbox/telemetry-errors`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorOrder {
    application: String,
    vin: String,
    error: String,
}

fn yes() -> bool {
    true
}

/// `POST /sandbox/keys`: pairs an application's key with a vehicle, as its owner does at the vehicle, or takes it out.
pub(super) async fn keys(Extract(state): Extract<Shared>, received: Received) -> Result<Response, Refused> {
    let order: KeyOrder = body(&received, "{\"application\": …, \"vin\": …, \"paired\": …}")?;
    let application = application(&state, order.application).await?;
    let device = vehicle(&state, &order.vin).await?;
    let public_key = key_of(&state, &application, &device).await?;
    let vin = device.key.clone();
    if order.paired {
        pair(&state, &application, &device, &public_key).await?;
    } else {
        state.store.unpair_key(&vin, &public_key).await?;
    }
    Ok(json_answer(StatusCode::OK, &json!({"vin": vin, "public_key": public_key, "paired": order.paired})))
}

async fn pair(state: &State, application: &Application, device: &Device, public_key: &str) -> Result<(), Refused> {
    let paired = state.store.paired_keys(Some(&device.key)).await?;
    let vehicle: Vehicle = serde_json::from_str(&device.document).map_err(|error| Refused::failed(&error))?;
    let known = paired.iter().any(|paired| paired.public_key == public_key);
    if !known && vehicle.own_keys() + paired.len() as i64 >= MOST_KEYS {
        return Err(Refused::invalid("The vehicle knows 20 keys, which is as many as it can: take one out first."));
    }
    let key = PairedKey {
        vin: device.key.clone(),
        public_key: public_key.to_owned(),
        client_id: application.client_id.clone(),
        paired_at: state.now(),
    };
    Ok(state.store.pair_key(&key).await?)
}

/// `POST /sandbox/telemetry-errors`: a vehicle reports why it could not stream to an application.
pub(super) async fn telemetry_errors(Extract(state): Extract<Shared>, received: Received) -> Result<Response, Refused> {
    let order: ErrorOrder = body(&received, "{\"application\": …, \"vin\": …, \"error\": …}")?;
    if order.error.is_empty() || order.error.len() > LONGEST_ERROR {
        return Err(Refused::invalid("The `error` has 1 to 1024 bytes."));
    }
    let application = application(&state, order.application).await?;
    let device = vehicle(&state, &order.vin).await?;
    let error = StoredTelemetryError {
        client_id: application.client_id.clone(),
        vin: device.key,
        occurred_at: state.now(),
        error: order.error,
    };
    state.store.add_telemetry_error(&error).await?;
    Ok(json_answer(StatusCode::OK, &json!({"name": error.client_id, "error": error.error, "vin": error.vin})))
}

async fn application(state: &State, name: String) -> Result<std::sync::Arc<Application>, Refused> {
    state.directory.follow(&state.store).await?;
    let found = state.directory.application_named(&name);
    Ok(found.ok_or(MintError::UnknownApplication(name))?)
}

async fn vehicle(state: &State, vin: &str) -> Result<Device, EventError> {
    let found = match vin.parse() {
        Ok(VehicleTag::Vin(vin)) => state.store.device(DeviceKind::Vehicle, vin.as_str()).await?,
        _ => None,
    };
    Ok(found.ok_or_else(|| UnknownVehicle(vin.to_owned()))?)
}

/// The key with which an application is registered where the vehicle is, or the one that its domain serves.
async fn key_of(state: &State, application: &Application, device: &Device) -> Result<String, Refused> {
    if let Some(registration) = state.store.registration(&application.client_id, device.region).await? {
        return Ok(registration.public_key);
    }
    let own = application.public_key_pem.as_ref().and_then(|pem| public_key::point(pem.as_bytes()));
    own.ok_or_else(|| Refused::invalid(format!("The application `{}` has no key: give it a domain.", application.name)))
}
