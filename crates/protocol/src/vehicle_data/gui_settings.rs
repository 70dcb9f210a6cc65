//! The block `gui_settings`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Text;

/// The units that the car's screen shows; data elsewhere does not follow them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct GuiSettings {
    /// Whether the clock shows 24 hours.
    pub gui_24_hour_time: bool,
    /// `kW`, `mi/hr` or `km/hr`.
    pub gui_charge_rate_units: Text,
    /// `mi/hr` or `km/hr`.
    pub gui_distance_units: Text,
    /// `Rated` or `Ideal`.
    pub gui_range_display: Text,
    /// `C` or `F`.
    pub gui_temperature_units: Text,
    /// `Psi` or `Bar`.
    pub gui_tirepressure_units: Text,
    /// Whether units are shown beside the range.
    pub show_range_units: bool,
    /// Time of the reading, milliseconds since the epoch.
    pub timestamp: i64,
}
