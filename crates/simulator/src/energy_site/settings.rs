//! What the owner has chosen.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::profile::{EnergySiteProfile, Spell};

/// What the batteries are for: `default_real_mode` on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationMode {
    /// Keep the sun's energy for the evening.
    #[default]
    SelfConsumption,
    /// Follow the tariff: fill up while energy is cheap, give while it is dear.
    Autonomous,
    /// Keep it all for an outage.
    Backup,
}

impl OperationMode {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SelfConsumption => "self_consumption",
            Self::Autonomous => "autonomous",
            Self::Backup => "backup",
        }
    }
}

impl FromStr for OperationMode {
    type Err = SettingError;

    fn from_str(name: &str) -> Result<Self, SettingError> {
        [Self::SelfConsumption, Self::Autonomous, Self::Backup]
            .into_iter()
            .find(|mode| mode.as_str() == name)
            .ok_or(SettingError::Mode)
    }
}

/// What may go to the grid: `customer_preferred_export_rule` on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportRule {
    /// The sun's energy and that of the batteries.
    BatteryOk,
    /// The sun's energy alone.
    #[default]
    PvOnly,
    /// Nothing: the panels give no more than is used.
    Never,
}

impl ExportRule {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BatteryOk => "battery_ok",
            Self::PvOnly => "pv_only",
            Self::Never => "never",
        }
    }
}

impl FromStr for ExportRule {
    type Err = SettingError;

    fn from_str(name: &str) -> Result<Self, SettingError> {
        [Self::BatteryOk, Self::PvOnly, Self::Never]
            .into_iter()
            .find(|rule| rule.as_str() == name)
            .ok_or(SettingError::ExportRule)
    }
}

/// Why a setting was refused; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The reserve is not between 0 and 100.
    #[error("invalid backup_reserve_percent param")]
    Reserve,
    /// There is no mode of this name.
    #[error("invalid default_real_mode param")]
    Mode,
    /// There is no export rule of this name.
    #[error("invalid customer_preferred_export_rule param")]
    ExportRule,
    /// The reserve is not between 0 and 100.
    #[error("invalid off_grid_vehicle_charging_reserve_percent param")]
    VehicleReserve,
    /// The site does not have what the setting is for.
    #[error("the site has nothing that this setting is for")]
    Unsupported,
}

/// The choices that decide where energy goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Charge kept for an outage, percent.
    pub backup_reserve_percent: i64,
    /// What the batteries are for.
    pub mode: OperationMode,
    /// Whether the batteries are filled when a storm is forecast.
    pub storm_mode: bool,
    /// Whether the batteries may charge from the grid although there are panels.
    pub grid_charging: bool,
    /// What may go to the grid.
    pub export_rule: ExportRule,
    /// Charge kept from cars during an outage, percent.
    pub vehicle_reserve_percent: i64,
    /// When the owner wants the batteries full, as if a storm came.
    pub manual_backup: Option<Spell>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::FIRST
    }
}

impl Settings {
    /// Those of the installation.
    pub(super) const FIRST: Self = Self {
        backup_reserve_percent: 20,
        mode: OperationMode::SelfConsumption,
        storm_mode: false,
        grid_charging: false,
        export_rule: ExportRule::PvOnly,
        vehicle_reserve_percent: 50,
        manual_backup: None,
    };

    /// Whether the batteries may charge from the grid. Only panels make a question of it.
    pub(super) fn charges_from_grid(&self, profile: &EnergySiteProfile) -> bool {
        self.grid_charging || profile.solar_kw == 0.0
    }
}
