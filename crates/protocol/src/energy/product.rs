//! The items of the list of products.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::vehicle_data::VehicleProduct;

/// An item of the list of products: an energy site if it has an `energy_site_id`, a car otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Product {
    /// An energy site.
    Energy(Box<EnergyProduct>),
    /// A car.
    Vehicle(Box<VehicleProduct>),
}

/// An energy site in the list of products. Without batteries, nothing is told of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnergyProduct {
    /// Identifier of the site.
    pub energy_site_id: i64,
    /// Always `energy`.
    #[serde(default)]
    pub device_type: String,
    /// `battery`, `solar` or `wall_connector`.
    #[serde(default)]
    pub resource_type: String,
    /// The site's name.
    #[serde(default)]
    pub site_name: String,
    /// Serial number of the site.
    #[serde(default)]
    pub id: String,
    /// Device number of the gateway.
    #[serde(default)]
    pub gateway_id: String,
    /// Identifier of the installation, a UUID.
    #[serde(default)]
    pub asset_site_id: String,
    /// Serial number of the site.
    #[serde(default)]
    pub warp_site_number: String,
    /// Energy in the batteries, Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_left: Option<f64>,
    /// Energy in the batteries when full, Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_pack_energy: Option<i64>,
    /// State of charge, percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage_charged: Option<f64>,
    /// `ac_powerwall` or `solar_powerwall`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_type: Option<String>,
    /// Whether the site can run without the grid.
    #[serde(default)]
    pub backup_capable: bool,
    /// Power from the batteries, W; negative while charging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_power: Option<i64>,
    /// Whether the test of off-grid operation is advertised.
    #[serde(default)]
    pub go_off_grid_test_banner_enabled: Option<bool>,
    /// Whether the batteries may be kept full for a storm.
    #[serde(default)]
    pub storm_mode_enabled: Option<bool>,
    /// Whether the first settings were made.
    #[serde(default)]
    pub powerwall_onboarding_settings_set: Option<bool>,
    /// Interest in an electricity contract.
    #[serde(default)]
    pub powerwall_tesla_electric_interested_in: Option<bool>,
    /// Whether the tour of the virtual power plant is shown.
    #[serde(default)]
    pub vpp_tour_enabled: Option<bool>,
    /// Whether a returning grid is announced.
    #[serde(default)]
    pub sync_grid_alert_enabled: Option<bool>,
    /// Whether a tripped breaker is announced.
    #[serde(default)]
    pub breaker_alert_enabled: Option<bool>,
    /// What is installed.
    #[serde(default)]
    pub components: ProductComponents,
    /// What the site may do.
    #[serde(default)]
    pub features: ProductFeatures,
}

/// What is installed at a site, in brief.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProductComponents {
    /// Whether there are batteries.
    pub battery: bool,
    /// `ac_powerwall` or `solar_powerwall`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub battery_type: Option<String>,
    /// Whether there are panels.
    pub solar: bool,
    /// `pv_panel` or `roof`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solar_type: Option<String>,
    /// Whether the site is connected to the grid.
    pub grid: bool,
    /// Whether the load is metered.
    pub load_meter: bool,
    /// `residential`.
    pub market_type: String,
    /// The wall connectors.
    pub wall_connectors: Vec<WallConnectorComponent>,
}

/// A wall connector of a site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct WallConnectorComponent {
    /// Identifier of the device.
    pub device_id: String,
    /// Device number.
    pub din: String,
    /// Part number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_number: Option<String>,
    /// Name of the part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_name: Option<String>,
    /// Whether it is in use.
    pub is_active: bool,
}

/// What a site may do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProductFeatures {
    /// Whether any tariff may be entered.
    pub rate_plan_manager_no_pricing_constraint: bool,
}
