//! The answer of `live_status`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The power flows of a site at this moment; `solar + battery + grid + generator = load`. A site without batteries
/// tells nothing of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LiveStatus {
    /// Power from the panels, W.
    pub solar_power: i64,
    /// Energy in the batteries, Wh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy_left: Option<f64>,
    /// Energy in the batteries when full, Wh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_pack_energy: Option<i64>,
    /// State of charge, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentage_charged: Option<f64>,
    /// Whether the site can run without the grid.
    pub backup_capable: bool,
    /// Power from the batteries, W; negative while charging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub battery_power: Option<i64>,
    /// Power used by the house, W.
    pub load_power: i64,
    /// `Active`, `Inactive` or `Unknown`.
    pub grid_status: String,
    /// Whether the grid operator uses the batteries.
    pub grid_services_active: bool,
    /// Power from the grid, W; negative while exporting.
    pub grid_power: i64,
    /// Power lent to the grid operator, W.
    pub grid_services_power: i64,
    /// Power from a generator, W.
    pub generator_power: i64,
    /// `on_grid`, `off_grid`, `off_grid_intentional`, `off_grid_unintentional` or `island_status_unknown`.
    pub island_status: String,
    /// Whether the batteries are kept full for a storm.
    pub storm_mode_active: bool,
    /// Time of the reading in the site's own time zone, RFC 3339.
    pub timestamp: String,
    /// The wall connectors.
    pub wall_connectors: Vec<WallConnectorStatus>,
}

/// A wall connector at this moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct WallConnectorStatus {
    /// Device number.
    pub din: String,
    /// The car that is connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vin: Option<String>,
    /// 1 charging, 2 no car connected, 4 a car that waits.
    pub wall_connector_state: i64,
    /// 2 when there is no fault.
    pub wall_connector_fault_state: i64,
    /// Power to the car, W.
    pub wall_connector_power: i64,
    /// State towards a charging network; 0 without one.
    pub ocpp_status: i64,
}
