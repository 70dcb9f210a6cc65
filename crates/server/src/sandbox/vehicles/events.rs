//! What people do at a vehicle, and what befalls it: nothing of it goes through the Fleet API.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use fleetgate_simulator::{ChargingStatus, Connectivity, Coordinates, Trip, TripError, Vehicle};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::super::mint::body;
use super::super::refusal::Refused;
use super::vehicle;
use crate::fleet_api::devices;
use crate::http::{Received, json};
use crate::state::Shared;

/// How long the name of a place is at most, characters.
const LONGEST_NAME: usize = 100;
/// How near to the poles the roads lead, degrees.
const NORTHERNMOST: f64 = 85.0;

const SHAPE: &str = "{\"event\": \"drive\", \"to\": {\"latitude\": …, \"longitude\": …}, \"name\": …, \"plug_in\": …}` or \
     `{\"event\": …}` with `plug_in`, `unplug`, `get_in`, `get_out`, `lose_network`, `find_network`, `offer_update` or \
     `bring_to_service";

/// The body of `POST /sandbox/vehicles/{vin}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
enum Event {
    /// Somebody drives off at once.
    Drive {
        to: Coordinates,
        /// What the place is called.
        #[serde(default)]
        name: String,
        /// Whether the car is plugged in there.
        #[serde(default)]
        plug_in: bool,
    },
    /// Somebody puts the plug in.
    PlugIn {
        #[serde(default)]
        charger: ChargerKind,
    },
    /// Somebody takes it out.
    Unplug {},
    GetIn {},
    GetOut {},
    /// The vehicle leaves the mobile network.
    LoseNetwork {},
    FindNetwork {},
    /// The next version of the software is downloaded and can be installed.
    OfferUpdate {},
    /// It is brought to the service for two days.
    BringToService {},
}

/// Into what a vehicle is plugged.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChargerKind {
    /// Alternating current, as at home.
    #[default]
    Home,
    /// Direct current of 250 kW, which is billed.
    Fast,
}

/// Why an event cannot come about.
#[derive(Debug, thiserror::Error)]
enum Impossible {
    #[error(transparent)]
    Trip(#[from] TripError),
    #[error("The car is on its way, and plugged in by nobody but its driver.")]
    OnItsWay,
    #[error("The car is plugged in already; take the plug out first.")]
    PluggedIn,
    #[error("The car is not plugged in.")]
    Unplugged,
    #[error("The car has an update already.")]
    Updating,
}

/// A vehicle as it is, whoever may see it. A look neither wakes it nor keeps it awake.
#[derive(Debug, Serialize)]
struct Truth {
    vin: String,
    state: Connectivity,
    latitude: f64,
    longitude: f64,
    /// The name of the place to which it drives; `null` when it is parked.
    driving_to: Option<String>,
    occupied: bool,
    charging_state: ChargingStatus,
    in_service: bool,
}

impl Truth {
    fn of(vehicle: &Vehicle, now: i64) -> Self {
        let place = vehicle.whereabouts(now);
        Self {
            vin: vehicle.profile.vin.clone(),
            state: vehicle.connectivity(),
            latitude: degrees(place.latitude),
            longitude: degrees(place.longitude),
            driving_to: vehicle.journey.as_ref().map(|journey| journey.trip.name.clone()),
            occupied: vehicle.is_occupied(),
            charging_state: vehicle.battery.status,
            in_service: vehicle.is_in_service(),
        }
    }
}

/// Degrees to the decimetre, as the Fleet API tells them.
fn degrees(exact: f64) -> f64 {
    (exact * 1e6).round() / 1e6
}

impl Event {
    /// What is wrong with it, whatever the vehicle does.
    fn check(&self) -> Result<(), Refused> {
        let Self::Drive { to, name, .. } = self else { return Ok(()) };
        if to.latitude.abs() > NORTHERNMOST || to.longitude.abs() > 180.0 {
            return Err(Refused::invalid("The latitude is -85 to 85, and the longitude -180 to 180."));
        }
        if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(Refused::invalid("The name of a place has at most 100 characters, none of them a control."));
        }
        Ok(())
    }

    fn befall(&self, car: &mut Vehicle, now: i64) -> Result<(), Impossible> {
        match self {
            Self::Drive { to, name, plug_in } => {
                car.drive(Trip { to: *to, name: name.clone(), plug_in: *plug_in }, now)?;
            }
            Self::PlugIn { .. } | Self::Unplug {} if car.journey.is_some() => return Err(Impossible::OnItsWay),
            Self::PlugIn { .. } if car.battery.charger.is_some() => return Err(Impossible::PluggedIn),
            Self::Unplug {} if car.battery.charger.is_none() => return Err(Impossible::Unplugged),
            Self::PlugIn { charger: ChargerKind::Home } => car.plug_in(car.profile.home_charger(), now),
            Self::PlugIn { charger: ChargerKind::Fast } => car.plug_in(car.profile.fast_charger(), now),
            Self::Unplug {} => car.unplug(now),
            Self::GetIn {} => car.set_occupied(true, now),
            Self::GetOut {} => car.set_occupied(false, now),
            Self::LoseNetwork {} => car.set_reachable(false, now),
            Self::FindNetwork {} => car.set_reachable(true, now),
            Self::OfferUpdate {} if car.software.update.is_some() => return Err(Impossible::Updating),
            Self::OfferUpdate {} => car.offer_update(),
            Self::BringToService {} => car.bring_to_service(now),
        }
        Ok(())
    }
}

/// `GET /sandbox/vehicles/{vin}`.
pub(in crate::sandbox) async fn show(
    Extract(state): Extract<Shared>,
    Path(vin): Path<String>,
    _: Received,
) -> Result<Response, Refused> {
    let device = vehicle(&state, &vin).await?;
    let mut vehicle: Vehicle = serde_json::from_str(&device.document).map_err(|error| Refused::failed(&error))?;
    let now = state.now();
    vehicle.advance(now);
    Ok(json(StatusCode::OK, &Truth::of(&vehicle, now)))
}

/// `POST /sandbox/vehicles/{vin}`: lets something happen, and answers as `GET` does then.
pub(in crate::sandbox) async fn happen(
    Extract(state): Extract<Shared>,
    Path(vin): Path<String>,
    received: Received,
) -> Result<Response, Refused> {
    let event: Event = body(&received, SHAPE)?;
    event.check()?;
    let device = vehicle(&state, &vin).await?;
    let changed = devices::change_at(&state, &device, move |vehicle: &mut Vehicle, now| {
        event.befall(vehicle, now).map(|()| Truth::of(vehicle, now))
    });
    match changed.await? {
        Some(Ok(truth)) => Ok(json(StatusCode::OK, &truth)),
        Some(Err(impossible)) => Err(Refused::new(StatusCode::CONFLICT, "impossible", impossible.to_string())),
        None => Err(Refused::new(StatusCode::NOT_FOUND, "not_found", "The vehicle is gone.")),
    }
}
