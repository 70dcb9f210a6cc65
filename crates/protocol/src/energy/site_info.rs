//! The answer of `site_info`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::WallConnectorComponent;

/// How a site is built and set up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SiteInfo {
    /// Device number of the gateway.
    pub id: String,
    /// The site's name.
    pub site_name: String,
    /// Charge kept for an outage, percent.
    pub backup_reserve_percent: i64,
    /// `self_consumption`, `autonomous` or `backup`.
    pub default_real_mode: String,
    /// Date of installation in the site's own time zone, RFC 3339.
    pub installation_date: String,
    /// Choices of the owner.
    pub user_settings: UserSettings,
    /// What is installed and what it can do.
    pub components: SiteComponents,
    /// Firmware of the gateway.
    pub version: String,
    /// Number of batteries.
    pub battery_count: i64,
    /// When energy is dear.
    pub tou_settings: TouSettings,
    /// Power of the batteries, W.
    pub nameplate_power: i64,
    /// Energy of the batteries, Wh.
    pub nameplate_energy: i64,
    /// IANA name of the site's time zone.
    pub installation_time_zone: String,
    /// Highest power at the meter, W.
    pub max_site_meter_power_ac: i64,
    /// Lowest power at the meter, W.
    pub min_site_meter_power_ac: i64,
    /// Charge kept from a virtual power plant, percent.
    pub vpp_backup_reserve_percent: i64,
    /// Charge kept from cars during an outage, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub off_grid_vehicle_charging_reserve_percent: Option<i64>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Value>,
    /// The tariff that was given last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tariff_content: Option<Value>,
    /// The same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tariff_content_v2: Option<Value>,
}

/// Choices of a site's owner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct UserSettings {
    /// Whether the test of off-grid operation is advertised.
    pub go_off_grid_test_banner_enabled: Option<bool>,
    /// Whether the batteries may be kept full for a storm.
    pub storm_mode_enabled: Option<bool>,
    /// Whether the first settings were made.
    pub powerwall_onboarding_settings_set: Option<bool>,
    /// Interest in an electricity contract.
    pub powerwall_tesla_electric_interested_in: Option<bool>,
    /// Whether the tour of the virtual power plant is shown.
    pub vpp_tour_enabled: Option<bool>,
    /// Whether a returning grid is announced.
    pub sync_grid_alert_enabled: Option<bool>,
    /// Whether a tripped breaker is announced.
    pub breaker_alert_enabled: Option<bool>,
    /// Whether cars may charge during an outage.
    pub off_grid_vehicle_charging_enabled: Option<bool>,
}

/// What is installed at a site, and what it can do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SiteComponents {
    /// Whether there are panels.
    pub solar: bool,
    /// `pv_panel` or `roof`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solar_type: Option<String>,
    /// Whether there are batteries.
    pub battery: bool,
    /// `ac_powerwall` or `solar_powerwall`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub battery_type: Option<String>,
    /// Whether the site is connected to the grid.
    pub grid: bool,
    /// Whether the site can run without the grid.
    pub backup: bool,
    /// Kind of gateway, `teg`.
    pub gateway: String,
    /// Kind of gateway, where it is told twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_type: Option<String>,
    /// Whether the load is metered.
    pub load_meter: bool,
    /// Whether the site can follow a tariff.
    pub tou_capable: bool,
    /// Whether storms are watched.
    pub storm_mode_capable: bool,
    /// Whether the grid operator may ask for energy.
    pub flex_energy_request_capable: bool,
    /// Whether the charging of cars is known.
    pub car_charging_data_supported: bool,
    /// Whether charge can be kept from cars during an outage.
    pub off_grid_vehicle_charging_reserve_supported: bool,
    /// Whether the charging of cars is shown.
    pub vehicle_charging_performance_view_enabled: bool,
    /// Whether the sun's part in it is shown.
    pub vehicle_charging_solar_offset_view_enabled: bool,
    /// Whether the sun's part in the battery is shown.
    pub battery_solar_offset_view_enabled: bool,
    /// Whether the value of solar energy is shown.
    pub solar_value_enabled: bool,
    /// Heading of the value of energy.
    pub energy_value_header: String,
    /// Line below it.
    pub energy_value_subheader: String,
    /// Whether service visits can be booked.
    pub energy_service_self_scheduling_enabled: bool,
    /// Whether imports to the battery are shown.
    pub show_grid_import_battery_source_cards: bool,
    /// Whether the owner may leave the grid.
    pub set_islanding_mode_enabled: bool,
    /// Whether Wi-Fi can be set up.
    pub wifi_commissioning_enabled: bool,
    /// Whether the time left in an outage is shown.
    pub backup_time_remaining_enabled: bool,
    /// Whether the site can be configured.
    pub configurable: bool,
    /// Whether the site serves the grid.
    pub grid_services_enabled: bool,
    /// Whether alerts are shown.
    pub system_alerts_enabled: bool,
    /// Whether the next billing tariff applies.
    pub nbt_supported: bool,
    /// Whether the batteries must not charge from the grid.
    pub disallow_charge_from_grid_with_solar_installed: bool,
    /// `battery_ok`, `pv_only` or `never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_preferred_export_rule: Option<String>,
    /// Kind of net metering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_meter_mode: Option<String>,
    /// The gateways.
    pub gateways: Vec<Gateway>,
    /// The batteries.
    pub batteries: Vec<Battery>,
    /// The wall connectors.
    pub wall_connectors: Vec<WallConnectorComponent>,
}

/// A gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Gateway {
    /// Identifier of the device.
    pub device_id: String,
    /// Device number.
    pub din: String,
    /// Serial number.
    pub serial_number: String,
    /// Part number.
    pub part_number: String,
    /// Kind of part.
    pub part_type: i64,
    /// Name of the part.
    pub part_name: String,
    /// Whether it is in use.
    pub is_active: bool,
    /// Identifier of the installation.
    pub site_id: String,
    /// Firmware.
    pub firmware_version: String,
    /// Last contact, RFC 3339.
    pub updated_datetime: String,
}

/// A battery.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Battery {
    /// Identifier of the device.
    pub device_id: String,
    /// Device number.
    pub din: String,
    /// Serial number.
    pub serial_number: String,
    /// Part number.
    pub part_number: String,
    /// Kind of part.
    pub part_type: i64,
    /// Name of the part.
    pub part_name: String,
    /// Charging power, W.
    pub nameplate_max_charge_power: i64,
    /// Discharging power, W.
    pub nameplate_max_discharge_power: i64,
    /// Energy, Wh.
    pub nameplate_energy: i64,
}

/// When energy is dear, and how the site responds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TouSettings {
    /// `economics` or `balanced`.
    pub optimization_strategy: String,
    /// The periods.
    pub schedule: Vec<TouPeriod>,
}

/// A period of a time-of-use tariff.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TouPeriod {
    /// `peak` or `off_peak`.
    pub target: String,
    /// Days, Sunday 0.
    pub week_days: Vec<i64>,
    /// Seconds after midnight.
    pub start_seconds: i64,
    /// Seconds after midnight.
    pub end_seconds: i64,
}
