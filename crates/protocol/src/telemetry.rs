//! Telemetry configurations: what a vehicle streams to which server, and what is told about it.
//!
//! Fleet API pages: Fleet Telemetry, vehicle endpoints, partner endpoints.

mod config;
mod signed;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::config::{ConfigError, FIELDS, FieldConfig, LOCATION_FIELDS, TelemetryConfig};
pub use self::signed::{AUDIENCE, InvalidSignedConfig, SignedConfig};

/// How many configurations a vehicle holds at most, one of each application.
pub const MOST_CONFIGS: i64 = 5;

/// What became of a configuration, vehicle by vehicle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigOutcome {
    /// How many vehicles will take it.
    pub updated_vehicles: i64,
    /// The others.
    pub skipped_vehicles: SkippedVehicles,
}

/// VINs that a configuration passes over, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SkippedVehicles {
    /// The application's key is not paired with them.
    pub missing_key: Vec<String>,
    /// They are too old to stream.
    pub unsupported_hardware: Vec<String>,
    /// Their software is too old for it.
    pub unsupported_firmware: Vec<String>,
    /// They have as many configurations as they can hold.
    pub max_configs: Vec<String>,
}

/// The answer to a removal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigRemoved {
    /// How many vehicles had a configuration of the application.
    pub updated_vehicles: i64,
}

/// The configuration that an application has given a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigState {
    /// Whether the vehicle has taken it, or has dropped the one that was removed.
    pub synced: bool,
    /// The configuration, if there is one.
    pub config: Option<TelemetryConfig>,
    /// Whether a change waits for the vehicle.
    pub update_available: bool,
    /// Whether the vehicle holds as many configurations as it can.
    pub limit_reached: bool,
    /// Whether the application's key is paired with the vehicle.
    pub key_paired: bool,
}

/// Why a vehicle could not stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TelemetryError {
    /// The client id of the application whose configuration it is.
    pub name: String,
    /// What went wrong.
    pub error: String,
    /// The vehicle.
    pub vin: String,
}

/// The newest errors, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TelemetryErrors {
    /// The errors.
    pub fleet_telemetry_errors: Vec<TelemetryError>,
}

/// The vehicles with errors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TelemetryErrorVins {
    /// Their VINs.
    pub fleet_telemetry_error_vins: Vec<String>,
}

/// `POST /api/1/vehicles/fleet_status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FleetStatus {
    /// With which of the vehicles the application's key is paired.
    pub key_paired_vins: Vec<String>,
    /// With which it is not.
    pub unpaired_vins: Vec<String>,
    /// What each can do, by VIN.
    pub vehicle_info: BTreeMap<String, VehicleInfo>,
}

/// What a vehicle can do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VehicleInfo {
    /// The version of its software.
    pub firmware_version: String,
    /// Whether it takes signed commands only.
    pub vehicle_command_protocol_required: bool,
    /// Whether its data is cheaper, because it cannot stream.
    pub discounted_device_data: bool,
    /// The version of its telemetry client; null when it has none.
    pub fleet_telemetry_version: Option<String>,
    /// How many keys it knows, 20 at most: cards, phones and virtual keys.
    pub total_number_of_keys: i64,
    /// Old Model S and X: whether streaming is allowed on its screen; null on others.
    pub safety_screen_streaming_toggle_enabled: Option<bool>,
}
