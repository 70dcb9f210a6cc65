use fleetgate_protocol::Region;
use fleetgate_protocol::vehicle_data::{ChargeState, Connectivity};

use super::{millis, rounded};
use crate::calendar::{Days, next_after};
use crate::time::SECOND;
use crate::vehicle::battery::{LIMIT_MAX, LIMIT_MIN, LIMIT_STD};
use crate::vehicle::power::Supply;
use crate::vehicle::{ChargingStatus, Vehicle};

const INVALID: &str = "<invalid>";

/// What flows through the charge port at this moment.
#[derive(Debug, Default)]
struct Flow {
    volts: i64,
    amps: i64,
    /// Power from the charger, kW.
    wall_kw: f64,
    /// Power into the battery, kW; negative when it discharges.
    battery_kw: f64,
}

impl Vehicle {
    fn supply_at(&self, now: i64) -> Supply {
        self.supply(self.cabin.power(self.stand(), now) + self.heater_kw())
    }

    /// Power into the battery, kW; negative when it discharges.
    pub(super) fn battery_input_kw(&self, now: i64) -> f64 {
        let supply = self.supply_at(now);
        supply.input.min(self.curve().accepts(self.battery.energy_kwh)) - supply.from_battery
    }

    fn flow(&self, now: i64) -> Flow {
        let supply = self.supply_at(now);
        let battery_kw = self.battery_input_kw(now);
        let wall_kw = supply.from_wall + (battery_kw + supply.from_battery) / self.battery.efficiency();
        let Some(charger) = self.battery.charger.filter(|_| wall_kw > 0.0) else {
            return Flow { volts: 2, battery_kw, ..Flow::default() };
        };
        let amps = (wall_kw * 1000.0 / (charger.volts * charger.phases) as f64).round() as i64;
        Flow { volts: charger.volts, amps, wall_kw, battery_kw }
    }

    /// Power from the charger, kW.
    pub(in crate::vehicle) fn wall_kw(&self, now: i64) -> f64 {
        self.flow(now).wall_kw
    }

    /// Hours until charging ends if the car goes on using what it uses now; none when it does not gain.
    fn hours_to_limit(&self, now: i64) -> f64 {
        let supply = self.supply_at(now);
        let (_, hours) = self.curve().charge(
            self.battery.energy_kwh,
            self.goal_kwh(),
            supply.input - supply.from_battery,
            f64::INFINITY,
        );
        if self.battery.is_charging() && hours.is_finite() { hours } else { 0.0 }
    }

    fn percent(&self, energy: f64) -> i64 {
        (energy / self.profile.battery_kwh * 100.0).round() as i64
    }

    /// Percent of the battery that the cold keeps from being used.
    fn frozen_percent(&self, now: i64) -> i64 {
        let cold = 5.0 - self.battery_celsius(now);
        (0.2 * cold.max(0.0)).round() as i64
    }

    pub(super) fn charge_state(&self, now: i64) -> ChargeState {
        let (battery, profile) = (&self.battery, &self.profile);
        let (plugged, charging) = (battery.charger.is_some(), battery.is_charging());
        let flow = self.flow(now);
        let miles = |kwh: f64| rounded(kwh * profile.miles_per_kwh(), 2);
        let level = self.percent(battery.energy_kwh);
        let hours_left = self.hours_to_limit(now);
        let (outside, warmth) = (self.stand().temperature(now), self.battery_celsius(now));
        let slow = battery.charger.filter(|charger| !charger.fast);
        let (fast, scheduled) = (battery.is_fast(), &self.schedules.scheduled);
        let times = |weekdays| if weekdays { "weekdays" } else { "all_week" }.into();
        let managed = self.schedules.managed;
        let seconds = |moment: i64| moment.div_euclid(SECOND);
        ChargeState {
            battery_heater_on: battery.heater,
            battery_level: level,
            battery_range: miles(battery.energy_kwh),
            charge_amps: battery.allowed_amps(),
            charge_current_request: battery.allowed_amps(),
            charge_current_request_max: self.max_amps(),
            charge_enable_request: battery.status != ChargingStatus::Stopped || self.waits_to_charge(),
            charge_energy_added: rounded(battery.added_kwh, 2),
            charge_limit_soc: battery.limit_percent,
            charge_limit_soc_max: LIMIT_MAX,
            charge_limit_soc_min: LIMIT_MIN,
            charge_limit_soc_std: LIMIT_STD,
            charge_miles_added_ideal: miles(battery.added_kwh),
            charge_miles_added_rated: miles(battery.added_kwh),
            charge_port_cold_weather_mode: Some(plugged && outside < 0.0),
            charge_port_color: match (plugged, charging) {
                (false, _) if battery.port_open => "White",
                (false, _) => "Off",
                (true, true) => "FlashingGreen",
                (true, false) => "Green",
            }
            .into(),
            charge_port_door_open: battery.port_open,
            charge_port_latch: if battery.latch_open || battery.port_open && !plugged {
                "Disengaged"
            } else {
                "Engaged"
            }
            .into(),
            charge_rate: rounded(flow.battery_kw.max(0.0) * profile.miles_per_kwh(), 1),
            charger_actual_current: flow.amps,
            charger_phases: slow.map(|charger| if charger.phases == 3 { 2 } else { 1 }),
            charger_pilot_current: slow.map_or(0, |charger| charger.amps),
            charger_power: flow.wall_kw.round() as i64,
            charger_voltage: flow.volts,
            charging_state: battery.status.as_str().into(),
            conn_charge_cable: match (plugged, fast, profile.region()) {
                (false, ..) => INVALID,
                (true, _, Region::Na) => "SAE",
                (true, _, Region::Eu) => "IEC",
                (true, false, Region::Cn) => "GB_AC",
                (true, true, Region::Cn) => "GB_DC",
            }
            .into(),
            energy_remaining: rounded(battery.energy_kwh, 2),
            est_battery_range: rounded(
                battery.energy_kwh * profile.miles_per_kwh() * profile.seed().at("consumption").between(0.8, 0.95),
                2,
            ),
            fast_charger_brand: if fast { "Tesla" } else { INVALID }.into(),
            fast_charger_present: fast,
            fast_charger_type: match (plugged, fast, profile.region()) {
                (_, true, Region::Eu) => "Combo",
                (_, true, Region::Na | Region::Cn) => "Tesla",
                (true, false, Region::Na) => "ACSingleWireCAN",
                _ => INVALID,
            }
            .into(),
            ideal_battery_range: miles(battery.energy_kwh),
            lifetime_energy_used: rounded(self.lifetime_kwh + battery.meter.used_kwh(), 2),
            managed_charging_active: managed.map(|_| self.managed_here().is_some()),
            managed_charging_start_time: managed
                .and_then(|managed| next_after(&profile.time_zone, Days::ALL, managed.start?, now))
                .map(seconds),
            managed_charging_user_canceled: managed.map(|managed| managed.user_canceled),
            max_range_charge_counter: battery.full_charges,
            minutes_to_full_charge: (hours_left * 60.0).ceil() as i64,
            module_temp_max: rounded(warmth + 0.5, 1),
            module_temp_min: rounded(warmth - 0.5, 1),
            not_enough_power_to_heat: plugged.then(|| self.lacks_heating_power()),
            off_peak_charging_enabled: scheduled.off_peak,
            off_peak_charging_times: times(scheduled.off_peak_weekdays),
            off_peak_hours_end_time: scheduled.off_peak_end,
            preconditioning_enabled: scheduled.preconditioning,
            preconditioning_times: times(scheduled.preconditioning_weekdays),
            scheduled_charging_mode: scheduled.mode.as_str().into(),
            scheduled_charging_pending: self.waits_to_charge(),
            scheduled_charging_start_time: self.agenda.charge_start.map(seconds),
            scheduled_charging_start_time_app: scheduled.start,
            scheduled_charging_start_time_minutes: scheduled.start,
            scheduled_departure_time: next_after(&profile.time_zone, Days::ALL, scheduled.departure, now)
                .map_or(0, seconds),
            scheduled_departure_time_minutes: scheduled.departure,
            supercharger_session_trip_planner: self.stop().is_some(),
            charging_schedule_override: self.schedules.overridden,
            time_to_full_charge: rounded(hours_left, 2),
            timestamp: millis(now),
            trip_charging: self.stop().is_some_and(|stop| stop.goal_kwh > self.limit_kwh()),
            usable_battery_level: if self.connectivity() == Connectivity::Online {
                (level - self.frozen_percent(now)).max(0)
            } else {
                level
            },
            user_charge_enable_request: None,
        }
    }
}
