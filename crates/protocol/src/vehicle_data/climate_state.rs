//! The block `climate_state`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Text;

/// The cabin, its heating and cooling.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ClimateState {
    /// Whether cabin overheat protection may run.
    pub allow_cabin_overheat_protection: bool,
    /// Whether the left seat heats by itself.
    pub auto_seat_climate_left: bool,
    /// Whether the right seat heats by itself.
    pub auto_seat_climate_right: bool,
    /// Whether the steering wheel heats by itself.
    pub auto_steering_wheel_heat: bool,
    /// Whether the battery is being heated.
    pub battery_heater: bool,
    /// Whether there is too little power to heat the battery.
    pub battery_heater_no_power: Option<bool>,
    /// Bioweapon defence; absent on cars without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bioweapon_mode: Option<bool>,
    /// `Off`, `On` or `FanOnly`.
    pub cabin_overheat_protection: Text,
    /// Whether cabin overheat protection is cooling now.
    pub cabin_overheat_protection_actively_cooling: Option<bool>,
    /// `off`, `on`, `keep`, `dog` or `camp`.
    pub climate_keeper_mode: Text,
    /// `Low`, `Medium` or `High`.
    pub cop_activation_temperature: Text,
    /// 0 off, 1 normal, 2 maximum.
    pub defrost_mode: i64,
    /// Wanted temperature on the driver's side, degrees Celsius.
    pub driver_temp_setting: f64,
    /// Fan speed, 0 to 11.
    pub fan_status: i64,
    /// `On` or `Override`.
    pub hvac_auto_request: Text,
    /// Cabin temperature, degrees Celsius; null until the car has measured it.
    pub inside_temp: Option<f64>,
    /// Whether the climate system runs in automatic mode.
    pub is_auto_conditioning_on: bool,
    /// Whether the climate system runs.
    pub is_climate_on: bool,
    /// Whether the windscreen is being defrosted.
    pub is_front_defroster_on: bool,
    /// Whether the car is preconditioning.
    pub is_preconditioning: bool,
    /// Whether the rear window is being defrosted.
    pub is_rear_defroster_on: bool,
    /// Raw position of the left air blend.
    pub left_temp_direction: i64,
    /// Highest temperature that can be set, degrees Celsius.
    pub max_avail_temp: f64,
    /// Lowest temperature that can be set, degrees Celsius.
    pub min_avail_temp: f64,
    /// Outside temperature, degrees Celsius; null until the car has measured it.
    pub outside_temp: Option<f64>,
    /// Wanted temperature on the passenger's side, degrees Celsius.
    pub passenger_temp_setting: f64,
    /// Whether seat heaters may be set remotely while the climate is off.
    pub remote_heater_control_enabled: bool,
    /// Raw position of the right air blend.
    pub right_temp_direction: i64,
    /// Ventilation of the left seat, 0 to 3; absent without ventilated seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_fan_front_left: Option<i64>,
    /// Ventilation of the right seat, 0 to 3; absent without ventilated seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_fan_front_right: Option<i64>,
    /// Heater of the left front seat, 0 to 3.
    pub seat_heater_left: i64,
    /// Heater of the middle rear seat, 0 to 3.
    pub seat_heater_rear_center: i64,
    /// Heater of the left rear seat, 0 to 3.
    pub seat_heater_rear_left: i64,
    /// Heater of a left backrest; older S and X only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_heater_rear_left_back: Option<i64>,
    /// Heater of the right rear seat, 0 to 3.
    pub seat_heater_rear_right: i64,
    /// Heater of a right backrest; older S and X only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_heater_rear_right_back: Option<i64>,
    /// Heater of the right front seat, 0 to 3.
    pub seat_heater_right: i64,
    /// Heater of the left seat in the third row; S and X only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_heater_third_row_left: Option<i64>,
    /// Heater of the right seat in the third row; S and X only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_heater_third_row_right: Option<i64>,
    /// Whether the mirrors are heated.
    pub side_mirror_heaters: bool,
    /// 0, 1 or 3.
    pub steering_wheel_heat_level: i64,
    /// Whether the steering wheel is heated.
    pub steering_wheel_heater: bool,
    /// Whether overheat protection can run with the fan alone.
    pub supports_fan_only_cabin_overheat_protection: bool,
    /// Time of the reading, milliseconds since the epoch.
    pub timestamp: i64,
    /// Whether the wipers' rest is heated.
    pub wiper_blade_heater: bool,
}
