//! The block `charge_state`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Text;

/// The battery, the charge port and the charger, as `vehicle_data` shows them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ChargeState {
    /// Whether the battery is being heated.
    pub battery_heater_on: bool,
    /// State of charge, percent.
    pub battery_level: i64,
    /// Rated range left, miles.
    pub battery_range: f64,
    /// Current set for the next or present session, amperes.
    pub charge_amps: i64,
    /// Current that the car asks for, amperes.
    pub charge_current_request: i64,
    /// The most that the car and cable allow, amperes.
    pub charge_current_request_max: i64,
    /// Whether charging is wanted.
    pub charge_enable_request: bool,
    /// Energy added in the last session, kWh.
    pub charge_energy_added: f64,
    /// Charge limit, percent.
    pub charge_limit_soc: i64,
    /// Highest charge limit, percent.
    pub charge_limit_soc_max: i64,
    /// Lowest charge limit, percent.
    pub charge_limit_soc_min: i64,
    /// Charge limit advised for every day, percent.
    pub charge_limit_soc_std: i64,
    /// Ideal range added in the last session, miles.
    pub charge_miles_added_ideal: f64,
    /// Rated range added in the last session, miles.
    pub charge_miles_added_rated: f64,
    /// Whether the port is heated against ice.
    pub charge_port_cold_weather_mode: Option<bool>,
    /// Light at the port: `<invalid>`, `Off`, `Green`, `FlashingGreen`, `White`.
    pub charge_port_color: Text,
    /// Whether the port's door is open.
    pub charge_port_door_open: bool,
    /// `Engaged`, `Disengaged`, `Blocking` or `<invalid>`.
    pub charge_port_latch: Text,
    /// Range gained per hour, mph.
    pub charge_rate: f64,
    /// Current flowing, amperes.
    pub charger_actual_current: i64,
    /// Phases in use: 1, or 2 for three-phase; null when nothing is plugged in.
    pub charger_phases: Option<i64>,
    /// Current that the charger offers, amperes.
    pub charger_pilot_current: i64,
    /// Power from the charger, kW.
    pub charger_power: i64,
    /// Voltage at the port; about 2 when idle.
    pub charger_voltage: i64,
    /// `Disconnected`, `Stopped`, `Starting`, `Charging`, `Complete` or `NoPower`.
    pub charging_state: Text,
    /// Cable: `<invalid>`, `SAE`, `IEC`, `GB_AC`, `GB_DC`.
    pub conn_charge_cable: Text,
    /// Energy in the battery, kWh.
    pub energy_remaining: f64,
    /// Range left at the consumption of late, miles.
    pub est_battery_range: f64,
    /// `<invalid>` or `Tesla`.
    pub fast_charger_brand: Text,
    /// Whether a fast charger is connected.
    pub fast_charger_present: bool,
    /// `<invalid>`, `Tesla`, `Combo`, `ACSingleWireCAN`, `MCSingleWireCAN` or `CHAdeMO`.
    pub fast_charger_type: Text,
    /// Ideal range left, miles.
    pub ideal_battery_range: f64,
    /// Energy that the car has used since it was built, kWh.
    pub lifetime_energy_used: f64,
    /// Old samples only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_charging_active: Option<bool>,
    /// Old samples only; seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_charging_start_time: Option<i64>,
    /// Old samples only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_charging_user_canceled: Option<bool>,
    /// Charges to full in a row.
    pub max_range_charge_counter: i64,
    /// Minutes until the charge limit is reached; 0 when not charging.
    pub minutes_to_full_charge: i64,
    /// Warmest battery module, degrees Celsius.
    pub module_temp_max: f64,
    /// Coldest battery module, degrees Celsius.
    pub module_temp_min: f64,
    /// Whether the charger cannot supply the heater.
    pub not_enough_power_to_heat: Option<bool>,
    /// Whether charging waits for off-peak hours.
    pub off_peak_charging_enabled: bool,
    /// `all_week` or `weekdays`.
    pub off_peak_charging_times: Text,
    /// End of the off-peak hours, minutes after midnight.
    pub off_peak_hours_end_time: i64,
    /// Whether the cabin is preconditioned before departure.
    pub preconditioning_enabled: bool,
    /// `all_week` or `weekdays`.
    pub preconditioning_times: Text,
    /// `Off`, `StartAt` or `DepartBy`.
    pub scheduled_charging_mode: Text,
    /// Whether charging waits for its scheduled start.
    pub scheduled_charging_pending: bool,
    /// Scheduled start, seconds since the epoch.
    pub scheduled_charging_start_time: Option<i64>,
    /// Scheduled start, minutes after midnight.
    pub scheduled_charging_start_time_app: i64,
    /// Scheduled start, minutes after midnight.
    pub scheduled_charging_start_time_minutes: i64,
    /// Scheduled departure, seconds since the epoch.
    pub scheduled_departure_time: i64,
    /// Scheduled departure, minutes after midnight.
    pub scheduled_departure_time_minutes: i64,
    /// Whether the trip planner planned this session.
    pub supercharger_session_trip_planner: bool,
    /// Whether the schedule was overridden for this session.
    pub charging_schedule_override: bool,
    /// Hours until the charge limit is reached; 0 when not charging.
    pub time_to_full_charge: f64,
    /// Time of the reading, milliseconds since the epoch.
    pub timestamp: i64,
    /// Whether the limit was raised for a trip.
    pub trip_charging: bool,
    /// State of charge that can be used in this cold, percent.
    pub usable_battery_level: i64,
    /// What the person last asked for, until the car has done it.
    pub user_charge_enable_request: Option<bool>,
}
