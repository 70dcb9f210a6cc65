use fleetgate_protocol::vehicle_data::{ClimateState, Connectivity};

use super::{millis, rounded};
use crate::vehicle::{Model, Vehicle};

impl Vehicle {
    pub(super) fn climate_state(&self, now: i64) -> ClimateState {
        let profile = &self.profile;
        let on = self.cabin.is_on();
        let online = self.connectivity() == Connectivity::Online;
        let measured = |celsius: f64| online.then(|| rounded(celsius, 1));
        let blend = if on { 251 } else { -293 };
        let third_row = (profile.options.third_row && profile.model == Model::ModelX).then_some(0);
        // The fan turns faster the further the cabin is from its target.
        let gap = (self.cabin.inside - self.cabin.target).abs();
        let fan = if on { 3 + gap.min(8.0).round() as i64 } else { 0 };
        ClimateState {
            allow_cabin_overheat_protection: true,
            auto_seat_climate_left: true,
            auto_seat_climate_right: true,
            auto_steering_wheel_heat: false,
            battery_heater: false,
            battery_heater_no_power: None,
            bioweapon_mode: profile.options.bioweapon_defence.then_some(false),
            cabin_overheat_protection: "Off".into(),
            cabin_overheat_protection_actively_cooling: Some(false),
            climate_keeper_mode: "off".into(),
            cop_activation_temperature: "High".into(),
            defrost_mode: 0,
            driver_temp_setting: rounded(self.cabin.target, 1),
            fan_status: fan,
            hvac_auto_request: "On".into(),
            inside_temp: measured(self.cabin.inside),
            is_auto_conditioning_on: on,
            is_climate_on: on,
            is_front_defroster_on: false,
            is_preconditioning: on,
            is_rear_defroster_on: false,
            left_temp_direction: blend,
            max_avail_temp: 28.0,
            min_avail_temp: 15.0,
            outside_temp: measured(profile.home.temperature(now)),
            passenger_temp_setting: rounded(self.cabin.target, 1),
            remote_heater_control_enabled: on,
            right_temp_direction: blend,
            seat_fan_front_left: profile.options.seat_cooling.then_some(0),
            seat_fan_front_right: profile.options.seat_cooling.then_some(0),
            seat_heater_third_row_left: third_row,
            seat_heater_third_row_right: third_row,
            side_mirror_heaters: false,
            steering_wheel_heater: false,
            supports_fan_only_cabin_overheat_protection: true,
            timestamp: millis(now),
            wiper_blade_heater: false,
            ..ClimateState::default()
        }
    }
}
