//! The block `closures_state`.

//! No official sample of it is known; it repeats the keys of `vehicle_state` that clients read for doors and windows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SpeedLimitMode, Text};

/// Doors, windows, locks and what guards them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ClosuresState {
    /// 0 off, 2 on, 3 charging screen, 7 sentry, 8 dog mode.
    pub center_display_state: i64,
    /// Driver's front door: 0 closed.
    pub df: i64,
    /// Driver's rear door: 0 closed.
    pub dr: i64,
    /// Driver's front window: 0 closed.
    pub fd_window: i64,
    /// Passenger's front window: 0 closed.
    pub fp_window: i64,
    /// Front trunk: 0 closed.
    pub ft: i64,
    /// Whether somebody sits in the car.
    pub is_user_present: bool,
    /// Whether the car is locked.
    pub locked: bool,
    /// Passenger's front door: 0 closed.
    pub pf: i64,
    /// Passenger's rear door: 0 closed.
    pub pr: i64,
    /// Driver's rear window: 0 closed.
    pub rd_window: i64,
    /// Whether the car was started remotely.
    pub remote_start: bool,
    /// Passenger's rear window: 0 closed.
    pub rp_window: i64,
    /// Rear trunk: 0 closed.
    pub rt: i64,
    /// Whether sentry mode is on.
    pub sentry_mode: bool,
    /// Whether sentry mode can be switched on.
    pub sentry_mode_available: bool,
    /// The speed limit set by the owner.
    pub speed_limit_mode: SpeedLimitMode,
    /// Opening of the sunroof, percent; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sun_roof_percent_open: Option<i64>,
    /// State of the sunroof; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sun_roof_state: Option<Text>,
    /// Time of the reading, milliseconds since the epoch.
    pub timestamp: i64,
    /// Whether the tonneau moves; pick-up only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tonneau_in_motion: Option<bool>,
    /// Opening of the tonneau, percent; pick-up only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tonneau_percent_open: Option<i64>,
    /// State of the tonneau; pick-up only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tonneau_state: Option<Text>,
    /// Whether valet mode is on.
    pub valet_mode: bool,
    /// Whether leaving valet mode needs a PIN that has yet to be set.
    pub valet_pin_needed: bool,
}
