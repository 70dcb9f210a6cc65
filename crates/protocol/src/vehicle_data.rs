//! The bodies of the vehicle endpoints: lists, `vehicle_data` and its blocks, products.
//!
//! Distances are miles, speeds mph, temperatures degrees Celsius, pressures bar, whatever the car's screen shows.
//! Values that a car may extend at any time (names of colours, states, modes) are [`Text`], not enums.
//! All types also read what they write, with defaults for keys that are missing.

mod block_set;
mod charge_state;
mod climate_state;
mod closures_state;
mod drive_state;
mod gui_settings;
mod schedules;
mod summary;
mod vehicle_config;
mod vehicle_state;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use block_set::{Block, BlockSet};
pub use charge_state::ChargeState;
pub use climate_state::ClimateState;
pub use closures_state::ClosuresState;
pub use drive_state::{DriveState, Location};
pub use gui_settings::GuiSettings;
pub use schedules::{ChargeSchedule, ChargeScheduleData, PreconditionSchedule, PreconditioningScheduleData};
pub use summary::{GranularAccess, VehicleEnvelope, VehicleProduct, VehicleSummary};
pub use vehicle_config::VehicleConfig;
pub use vehicle_state::{MediaInfo, MediaState, SoftwareUpdate, SpeedLimitMode, VehicleState};

/// A short text that is usually a constant.
pub type Text = Cow<'static, str>;

/// The answer of `vehicle_data`: the envelope and the blocks that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VehicleData {
    /// The common fields, with `user_id`.
    #[serde(flatten)]
    pub envelope: VehicleEnvelope,
    /// Battery and charger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charge_state: Option<ChargeState>,
    /// Cabin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub climate_state: Option<ClimateState>,
    /// Doors, windows and locks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closures_state: Option<ClosuresState>,
    /// Motion and place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drive_state: Option<DriveState>,
    /// Units of the screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gui_settings: Option<GuiSettings>,
    /// How the car was built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vehicle_config: Option<VehicleConfig>,
    /// Everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vehicle_state: Option<VehicleState>,
    /// Charge schedules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charge_schedule_data: Option<ChargeScheduleData>,
    /// Preconditioning schedules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preconditioning_schedule_data: Option<PreconditioningScheduleData>,
}

impl VehicleData {
    /// Keeps places from a driver, as `granular_access.hide_private` says: those that schedules name, too.
    pub fn hide_places(&mut self) {
        self.envelope.granular_access.hide_private = true;
        self.charge_schedule_data.iter_mut().for_each(ChargeScheduleData::hide_places);
        self.preconditioning_schedule_data.iter_mut().for_each(PreconditioningScheduleData::hide_places);
    }
}

/// Whether a car can be reached: the field `state`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Connectivity {
    /// Awake and connected.
    Online,
    /// Sleeping; `wake_up` brings it online.
    Asleep,
    /// Without a connection; nothing can be done from afar.
    #[default]
    Offline,
}

impl Connectivity {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Asleep => "asleep",
            Self::Offline => "offline",
        }
    }
}

/// How a person came to a car: the field `access_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccessType {
    /// Owns it.
    #[default]
    Owner,
    /// Was allowed to drive it.
    Driver,
}

/// Whether a car wants its commands signed: the field `command_signing`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CommandSigning {
    /// The car knows no signatures.
    Off,
    /// Both kinds of command are accepted.
    #[default]
    Allowed,
    /// Only signed commands are accepted.
    Required,
}
