use fleetgate_protocol::vehicle_data::{ClimateState, Connectivity};

use super::{millis, rounded};
use crate::vehicle::cabin::{COLDEST, WARMEST};
use crate::vehicle::{Seat, Vehicle};

impl Vehicle {
    pub(super) fn climate_state(&self, now: i64) -> ClimateState {
        let (options, cabin) = (&self.profile.options, &self.cabin);
        let on = cabin.is_on();
        let online = self.connectivity() == Connectivity::Online;
        let measured = |celsius: f64| online.then(|| rounded(celsius, 1));
        let blend = if on { 251 } else { -293 };
        let heater = |seat| cabin.comfort.heater(seat, on, cabin.inside);
        let optional = |seat| self.has_heater(seat).then(|| heater(seat));
        let fan = |side: usize| options.seat_cooling.then(|| cabin.comfort.fans[side]);
        let wheel = if options.heated_steering_wheel { cabin.comfort.wheel(on, cabin.inside) } else { 0 };
        ClimateState {
            allow_cabin_overheat_protection: true,
            auto_seat_climate_left: cabin.comfort.auto_seats[0],
            auto_seat_climate_right: cabin.comfort.auto_seats[1],
            auto_steering_wheel_heat: cabin.comfort.auto_wheel,
            battery_heater: self.battery.heater,
            battery_heater_no_power: self.battery.charger.map(|_| self.lacks_heating_power()),
            bioweapon_mode: options.bioweapon_defence.then_some(cabin.bioweapon),
            cabin_overheat_protection: cabin.overheat.mode.as_str().into(),
            cabin_overheat_protection_actively_cooling: Some(cabin.overheat.cooling),
            climate_keeper_mode: cabin.keeper.as_str().into(),
            cop_activation_temperature: cabin.overheat.level.as_str().into(),
            defrost_mode: if cabin.defrosting { 2 } else { 0 },
            driver_temp_setting: rounded(cabin.target, 1),
            fan_status: self.fan(),
            hvac_auto_request: if cabin.defrosting { "Override" } else { "On" }.into(),
            inside_temp: measured(cabin.inside),
            is_auto_conditioning_on: on,
            is_climate_on: on,
            is_front_defroster_on: cabin.defrosting,
            is_preconditioning: cabin.on_until.is_some(),
            is_rear_defroster_on: cabin.defrosting,
            left_temp_direction: blend,
            max_avail_temp: WARMEST,
            min_avail_temp: COLDEST,
            outside_temp: measured(self.stand().temperature(now)),
            passenger_temp_setting: rounded(cabin.passenger_target, 1),
            remote_heater_control_enabled: on,
            right_temp_direction: blend,
            seat_fan_front_left: fan(0),
            seat_fan_front_right: fan(1),
            seat_heater_left: heater(Seat::FrontLeft),
            seat_heater_rear_center: heater(Seat::RearCenter),
            seat_heater_rear_left: heater(Seat::RearLeft),
            seat_heater_rear_left_back: optional(Seat::RearLeftBack),
            seat_heater_rear_right: heater(Seat::RearRight),
            seat_heater_rear_right_back: optional(Seat::RearRightBack),
            seat_heater_right: heater(Seat::FrontRight),
            seat_heater_third_row_left: optional(Seat::ThirdRowLeft),
            seat_heater_third_row_right: optional(Seat::ThirdRowRight),
            side_mirror_heaters: cabin.defrosting,
            steering_wheel_heat_level: wheel,
            steering_wheel_heater: wheel > 0,
            supports_fan_only_cabin_overheat_protection: true,
            timestamp: millis(now),
            wiper_blade_heater: cabin.defrosting,
        }
    }

    /// The fan turns faster the further the cabin is from its target.
    fn fan(&self) -> i64 {
        let gap = (self.cabin.inside - self.cabin.target).abs();
        match () {
            () if self.cabin.defrosting => 11,
            () if self.cabin.is_on() => 3 + gap.min(8.0).round() as i64,
            () if self.cabin.overheat.cooling => 3,
            () => 0,
        }
    }
}
