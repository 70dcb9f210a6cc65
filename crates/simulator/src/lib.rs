//! Vehicles, energy sites and charging as pure, deterministic state machines.
//!
//! A device is a serde value that its owner stores as JSON. Nothing ticks: `advance(now)` brings a device to a
//! moment in one go, over days as over seconds, and every other call takes the moment it happens at. Time is
//! `i64` microseconds since the Unix epoch. The same profile, inputs and moments always give the same state;
//! what looks random (weather, small differences between cars) is derived from the device's identity.
//!
//! Every state type fills in defaults for keys it does not find, so that state written by an earlier version can
//! be read.

mod calendar;
pub mod charging;
pub mod energy_site;
mod road;
mod seed;
mod sky;
mod time;
pub mod vehicle;

pub use calendar::Days;
pub use charging::ChargingSession;
pub use energy_site::{EnergySite, EnergySiteProfile, OperationMode, SettingError};
pub use sky::Coordinates;
pub use vehicle::{
    Charger, ChargingStatus, CommandOutcome, Commute, Connectivity, Model, ParameterError, Trip, TripError, Vehicle,
    VehicleCommand, VehicleProfile,
};
