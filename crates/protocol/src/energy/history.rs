//! The answers of `calendar_history` and `telemetry_history`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An answer of `calendar_history`; its shape is that of the kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CalendarHistory {
    /// `kind=energy`.
    Energy(EnergyHistory),
    /// `kind=power`.
    Power(PowerHistory),
    /// `kind=soe`.
    Soe(SoeHistory),
    /// `kind=backup`.
    Backup(BackupHistory),
    /// `kind=self_consumption`.
    SelfConsumption(SelfConsumptionHistory),
}

/// Energy by where it came from and where it went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnergyHistory {
    /// `day`, `week`, `month`, `year` or `lifetime`.
    pub period: String,
    /// IANA name of the site's time zone.
    pub installation_time_zone: String,
    /// Rows of five minutes, a day, a month or a year, by the period.
    pub time_series: Vec<EnergyRow>,
}

/// What was moved in the time that begins with `timestamp`, Wh.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EnergyRow {
    /// When the row begins, RFC 3339.
    pub timestamp: String,
    /// From the panels.
    pub solar_energy_exported: f64,
    /// From a generator.
    pub generator_energy_exported: f64,
    /// From the grid.
    pub grid_energy_imported: f64,
    /// From the grid by order of its operator.
    pub grid_services_energy_imported: f64,
    /// To the grid by order of its operator.
    pub grid_services_energy_exported: f64,
    /// From the panels to the grid.
    pub grid_energy_exported_from_solar: f64,
    /// From a generator to the grid.
    pub grid_energy_exported_from_generator: f64,
    /// From the batteries to the grid.
    pub grid_energy_exported_from_battery: f64,
    /// From the batteries.
    pub battery_energy_exported: f64,
    /// From the grid to the batteries.
    pub battery_energy_imported_from_grid: f64,
    /// From the panels to the batteries.
    pub battery_energy_imported_from_solar: f64,
    /// From a generator to the batteries.
    pub battery_energy_imported_from_generator: f64,
    /// From the grid to the house.
    pub consumer_energy_imported_from_grid: f64,
    /// From the panels to the house.
    pub consumer_energy_imported_from_solar: f64,
    /// From the batteries to the house.
    pub consumer_energy_imported_from_battery: f64,
    /// From a generator to the house.
    pub consumer_energy_imported_from_generator: f64,
    /// To the house.
    pub total_home_usage: f64,
    /// To the batteries.
    pub total_battery_charge: f64,
    /// From the batteries.
    pub total_battery_discharge: f64,
    /// From the panels.
    pub total_solar_generation: f64,
    /// To the grid.
    pub total_grid_energy_exported: f64,
}

/// Average powers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PowerHistory {
    /// Device number of the gateway.
    pub serial_number: String,
    /// IANA name of the site's time zone.
    pub installation_time_zone: String,
    /// Rows as those of energy.
    pub time_series: Vec<PowerRow>,
}

/// Average powers in the time that begins with `timestamp`, W.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PowerRow {
    /// When the row begins, RFC 3339.
    pub timestamp: String,
    /// From the panels.
    pub solar_power: f64,
    /// From the batteries; negative while charging.
    pub battery_power: f64,
    /// From the grid; negative while exporting.
    pub grid_power: f64,
    /// Lent to the grid operator.
    pub grid_services_power: f64,
    /// From a generator.
    pub generator_power: f64,
}

/// How full the batteries were.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SoeHistory {
    /// Device number of the gateway.
    pub serial_number: String,
    /// IANA name of the site's time zone.
    pub installation_time_zone: String,
    /// Rows as those of energy.
    pub time_series: Vec<SoeRow>,
}

/// How full the batteries were at `timestamp`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SoeRow {
    /// The moment, RFC 3339.
    pub timestamp: String,
    /// State of charge, percent.
    pub soe: f64,
}

/// The times without the grid.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BackupHistory {
    /// The outages that are over, the newest first.
    pub events: Vec<BackupEvent>,
    /// How many there are.
    pub total_events: i64,
}

/// A time without the grid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupEvent {
    /// When it began, RFC 3339.
    pub timestamp: String,
    /// How long it was, seconds.
    pub duration: i64,
}

/// How much of the use the site covered by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SelfConsumptionHistory {
    /// `day`, `week`, `month`, `year` or `lifetime`.
    pub period: String,
    /// IANA name of the time zone of the rows.
    pub timezone: String,
    /// Rows of a day, a month or a year, by the period.
    pub time_series: Vec<SelfConsumptionRow>,
}

/// Parts of the use in the time that begins with `timestamp`, percent. The rest came from the grid.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SelfConsumptionRow {
    /// When the row begins, RFC 3339.
    pub timestamp: String,
    /// From the panels.
    pub solar: f64,
    /// From the batteries.
    pub battery: f64,
}

/// The answer of `telemetry_history?kind=charge`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChargeHistory {
    /// The sessions at the wall connectors that are over, the oldest first.
    pub charge_history: Vec<ChargeHistoryEntry>,
}

/// A session at a wall connector.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChargeHistoryEntry {
    /// When it began, seconds since the epoch.
    pub charge_start_time: Seconds,
    /// How long it was.
    pub charge_duration: Seconds,
    /// What the car got, Wh.
    pub energy_added_wh: i64,
}

/// A number of seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Seconds {
    /// The number.
    pub seconds: i64,
}
