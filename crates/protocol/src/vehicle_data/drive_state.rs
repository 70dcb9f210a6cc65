//! The block `drive_state`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Text;

/// Motion and, where allowed, place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DriveState {
    /// Power drawn, kW; negative while charging or braking.
    pub power: i64,
    /// `P`, `R`, `N` or `D`; null in a car that is switched off.
    pub shift_state: Option<Text>,
    /// Speed, mph; null when parked.
    pub speed: Option<i64>,
    /// Time of the reading, milliseconds since the epoch.
    pub timestamp: i64,

    /// Name of the destination, with a route and location only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_route_destination: Option<Text>,
    /// Expected state of charge at arrival, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_route_energy_at_arrival: Option<i64>,
    /// Miles left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_route_miles_to_arrival: Option<f64>,
    /// Minutes left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_route_minutes_to_arrival: Option<f64>,
    /// Minutes lost to traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_route_traffic_minutes_delay: Option<f64>,
    /// Latitude of the destination, with location only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_route_latitude: Option<f64>,
    /// Longitude of the destination, with location only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_route_longitude: Option<f64>,

    /// Where the car is; flattened, and absent unless location was asked for and may be seen.
    #[serde(flatten)]
    pub location: Option<Location>,
}

/// The place of a car: the keys that `location_data` adds to `drive_state`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Location {
    /// Time of the fix, seconds since the epoch.
    pub gps_as_of: i64,
    /// Heading, degrees from north, 0 to 359.
    pub heading: i64,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Degrees north in the native system.
    pub native_latitude: f64,
    /// 1 where the native system is known.
    pub native_location_supported: i64,
    /// Degrees east in the native system.
    pub native_longitude: f64,
    /// `wgs` or `gcj`.
    pub native_type: Text,
    /// China only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected_latitude: Option<f64>,
    /// China only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected_longitude: Option<f64>,
}
