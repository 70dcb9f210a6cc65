//! What people do at a vehicle, and what befalls it: nothing of it goes through the Fleet API.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use fleetgate_simulator::{ChargingStatus, Connectivity, Coordinates, Trip, TripError, Vehicle};
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};

use super::super::mint::body;
use super::super::refusal::Refused;
use super::{UnknownVehicle, vehicle};
use crate::fleet_api::devices;
use crate::http::{Received, json};
use crate::state::{Shared, State};

/// How long the name of a place is at most, characters.
const LONGEST_NAME: usize = 100;
/// How near to the poles the roads lead, degrees.
const NORTHERNMOST: f64 = 85.0;

const SHAPE: &str = "{\"event\": \"drive\", \"to\": {\"latitude\": …, \"longitude\": …}, \"name\": …, \"plug_in\": …}` or \
     `{\"event\": …}` with `plug_in`, `unplug`, `get_in`, `get_out`, `lose_network`, `find_network`, `offer_update` or \
     `bring_to_service";

/// What happens: the body of `POST /sandbox/vehicles/{vin}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// Somebody drives off at once.
    Drive {
        /// Where to.
        #[serde(deserialize_with = "exact_place")]
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
        /// Into what.
        #[serde(default)]
        charger: ChargerKind,
    },
    /// Somebody takes it out.
    Unplug {},
    /// Somebody sits down in it.
    GetIn {},
    /// Nobody sits in it any more.
    GetOut {},
    /// The vehicle leaves the mobile network.
    LoseNetwork {},
    /// It is back in the mobile network.
    FindNetwork {},
    /// The next version of the software is downloaded and can be installed.
    OfferUpdate {},
    /// It is brought to the service for two days.
    BringToService {},
}

/// A place and nothing else.
fn exact_place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Coordinates, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Place {
        latitude: f64,
        longitude: f64,
    }
    let Place { latitude, longitude } = Place::deserialize(deserializer)?;
    Ok(Coordinates { latitude, longitude })
}

/// Into what a vehicle is plugged.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargerKind {
    /// Alternating current, as at home.
    #[default]
    Home,
    /// Direct current of 250 kW, which is billed.
    Fast,
}

/// Why an event cannot come about.
#[derive(Debug, thiserror::Error)]
pub enum Impossible {
    /// Nobody drives there.
    #[error(transparent)]
    Trip(#[from] TripError),
    /// A plug is nothing for a car that drives.
    #[error("The car is on its way, and plugged in by nobody but its driver.")]
    OnItsWay,
    /// Who drives sits in the car.
    #[error("The car is on its way, and its driver stays in it.")]
    Driver,
    /// It cannot be plugged in twice.
    #[error("The car is plugged in already; take the plug out first.")]
    PluggedIn,
    /// There is no plug to take out.
    #[error("The car is not plugged in.")]
    Unplugged,
    /// One update comes after the other.
    #[error("The car has an update already.")]
    Updating,
}

/// Why a vehicle cannot be looked at, or nothing happens at it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// There is no such vehicle.
    #[error(transparent)]
    Unknown(#[from] UnknownVehicle),
    /// It makes no sense at any vehicle.
    #[error("{0}")]
    Invalid(&'static str),
    /// It cannot happen at this one now.
    #[error(transparent)]
    Impossible(#[from] Impossible),
    /// The vehicle cannot be read.
    #[error("the vehicle cannot be read")]
    Document(#[from] serde_json::Error),
    /// The database fails.
    #[error(transparent)]
    Store(#[from] fleetgate_store::Error),
}

/// A vehicle as it is, whoever may see it. A look neither wakes it nor keeps it awake.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    /// Its VIN.
    pub vin: String,
    /// Whether it can be reached.
    pub state: Connectivity,
    /// Where it is, degrees.
    pub latitude: f64,
    /// Where it is, degrees.
    pub longitude: f64,
    /// The name of the place to which it drives; `null` when it is parked.
    pub driving_to: Option<String>,
    /// Whether somebody sits in it.
    pub occupied: bool,
    /// What the battery does.
    pub charging_state: ChargingStatus,
    /// Whether it is with the service.
    pub in_service: bool,
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
    fn check(&self) -> Result<(), EventError> {
        let Self::Drive { to, name, .. } = self else { return Ok(()) };
        // A number that is none is on no side of a bound.
        let on_the_road = to.latitude.abs() <= NORTHERNMOST && to.longitude.abs() <= 180.0;
        if !on_the_road {
            return Err(EventError::Invalid("The latitude is -85 to 85, and the longitude -180 to 180."));
        }
        if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(EventError::Invalid("The name of a place has at most 100 characters, none of them a control."));
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
            Self::GetOut {} if car.journey.is_some() => return Err(Impossible::Driver),
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

/// Looks at a vehicle.
///
/// # Errors
/// When there is none of this VIN, or the database fails.
pub async fn look(state: &State, vin: &str) -> Result<Truth, EventError> {
    let device = vehicle(state, vin).await?;
    let mut vehicle: Vehicle = serde_json::from_str(&device.document)?;
    let now = state.now();
    vehicle.advance(now);
    Ok(Truth::of(&vehicle, now))
}

/// Lets something happen at a vehicle, and looks at it then.
///
/// # Errors
/// Why it does not happen; then nothing has changed.
pub async fn happen(state: &Shared, vin: &str, event: Event) -> Result<Truth, EventError> {
    event.check()?;
    let device = vehicle(state, vin).await?;
    let changed = devices::change_at(state, &device, move |vehicle: &mut Vehicle, now| {
        event.befall(vehicle, now).map(|()| Truth::of(vehicle, now))
    });
    Ok(changed.await?.ok_or_else(|| UnknownVehicle(vin.to_owned()))??)
}

/// `GET /sandbox/vehicles/{vin}`.
pub(in crate::sandbox) async fn shown(
    Extract(state): Extract<Shared>,
    Path(vin): Path<String>,
    _: Received,
) -> Result<Response, Refused> {
    Ok(json(StatusCode::OK, &look(&state, &vin).await?))
}

/// `POST /sandbox/vehicles/{vin}`: lets something happen, and answers as `GET` does then.
pub(in crate::sandbox) async fn happened(
    Extract(state): Extract<Shared>,
    Path(vin): Path<String>,
    received: Received,
) -> Result<Response, Refused> {
    let event = body(&received, SHAPE)?;
    Ok(json(StatusCode::OK, &happen(&state, &vin, event).await?))
}

impl From<EventError> for Refused {
    fn from(error: EventError) -> Self {
        match error {
            EventError::Unknown(unknown) => Self::new(StatusCode::NOT_FOUND, "not_found", unknown.to_string()),
            EventError::Invalid(description) => Self::invalid(description),
            EventError::Impossible(impossible) => Self::new(StatusCode::CONFLICT, "impossible", impossible.to_string()),
            EventError::Document(error) => Self::failed(&error),
            EventError::Store(error) => error.into(),
        }
    }
}
