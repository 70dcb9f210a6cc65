//! The answers of `site_status`, `programs` and `command`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A site in brief. Without batteries, nothing is told of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SiteStatus {
    /// `battery`, `solar` or `wall_connector`.
    pub resource_type: String,
    /// The site's name.
    pub site_name: String,
    /// Device number of the gateway.
    pub gateway_id: String,
    /// State of charge, percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage_charged: Option<f64>,
    /// `ac_powerwall` or `solar_powerwall`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_type: Option<String>,
    /// Whether the site can run without the grid.
    pub backup_capable: bool,
    /// Power from the batteries, W; negative while charging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_power: Option<i64>,
    /// Whether the batteries may be kept full for a storm.
    pub storm_mode_enabled: Option<bool>,
    /// Whether the first settings were made.
    pub powerwall_onboarding_settings_set: Option<bool>,
    /// Whether a returning grid is announced.
    pub sync_grid_alert_enabled: Option<bool>,
    /// Whether a tripped breaker is announced.
    pub breaker_alert_enabled: Option<bool>,
}

/// In which programs of the grid operator a site takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Programs {
    /// The programs.
    pub programs: Vec<Program>,
}

/// A program of the grid operator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Whether the site takes part.
    pub enrolled: bool,
}

/// What the gateway answered to a command: `{"message": {"Payload": {"Common": {"Message": {…}}}}}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GatewayAnswer {
    /// The message, in the names of the gateway's own protocol.
    pub message: GatewayMessage,
}

/// A message of the gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GatewayMessage {
    /// By category (`Common`, `Teg`, `Authorization`), the message by its name.
    #[serde(rename = "Payload")]
    pub payload: Map<String, Value>,
}
