use fleetgate_protocol::vehicle_data::{ChargeState, Connectivity};

use super::{millis, rounded};
use crate::time::{DAY, HOUR, SECOND, utc_offset};
use crate::vehicle::battery::{CHARGING_EFFICIENCY, LIMIT_MAX, LIMIT_MIN, LIMIT_STD};
use crate::vehicle::{ChargingStatus, Supply, Vehicle};

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
        self.supply(self.cabin.power(self.profile.home, now))
    }

    /// Power into the battery, kW; negative when it discharges.
    pub(super) fn battery_input_kw(&self, now: i64) -> f64 {
        let supply = self.supply_at(now);
        supply.input.min(self.curve().accepts(self.battery.energy_kwh)) - supply.from_battery
    }

    fn flow(&self, now: i64) -> Flow {
        let supply = self.supply_at(now);
        let battery_kw = self.battery_input_kw(now);
        let wall_kw = supply.from_wall + (battery_kw + supply.from_battery) / CHARGING_EFFICIENCY;
        let Some(charger) = self.battery.charger.filter(|_| wall_kw > 0.0) else {
            return Flow { volts: 2, battery_kw, ..Flow::default() };
        };
        let amps = (wall_kw * 1000.0 / (charger.volts * charger.phases) as f64).round() as i64;
        Flow { volts: charger.volts, amps, wall_kw, battery_kw }
    }

    /// Hours until charging ends if the car goes on using what it uses now; none when it does not gain.
    fn hours_to_limit(&self, now: i64) -> f64 {
        let supply = self.supply_at(now);
        let (_, hours) = self.curve().charge(
            self.battery.energy_kwh,
            self.limit_kwh(),
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
        let cold = 5.0 - self.profile.home.temperature(now);
        (0.2 * cold.max(0.0)).round() as i64
    }

    pub(super) fn charge_state(&self, now: i64) -> ChargeState {
        let (battery, profile) = (&self.battery, &self.profile);
        let (plugged, charging) = (battery.charger.is_some(), battery.is_charging());
        let flow = self.flow(now);
        let miles = |kwh: f64| rounded(kwh * profile.miles_per_kwh(), 2);
        let level = self.percent(battery.energy_kwh);
        let hours_left = self.hours_to_limit(now);
        let outside = profile.home.temperature(now);
        ChargeState {
            battery_heater_on: false,
            battery_level: level,
            battery_range: miles(battery.energy_kwh),
            charge_amps: battery.amps,
            charge_current_request: battery.amps,
            charge_current_request_max: self.max_amps(),
            charge_enable_request: charging || battery.status != ChargingStatus::Stopped,
            charge_energy_added: rounded(battery.added_kwh, 2),
            charge_limit_soc: battery.limit_percent,
            charge_limit_soc_max: LIMIT_MAX,
            charge_limit_soc_min: LIMIT_MIN,
            charge_limit_soc_std: LIMIT_STD,
            charge_miles_added_ideal: miles(battery.added_kwh),
            charge_miles_added_rated: miles(battery.added_kwh),
            charge_port_cold_weather_mode: Some(plugged && outside < 0.0),
            charge_port_color: match (plugged, charging) {
                (false, _) => "Off",
                (true, true) => "FlashingGreen",
                (true, false) => "Green",
            }
            .into(),
            charge_port_door_open: plugged,
            charge_port_latch: "Engaged".into(),
            charge_rate: rounded(flow.battery_kw.max(0.0) * profile.miles_per_kwh(), 1),
            charger_actual_current: flow.amps,
            charger_phases: battery.charger.map(|charger| if charger.phases == 3 { 2 } else { 1 }),
            charger_pilot_current: battery.charger.map_or(0, |charger| charger.amps),
            charger_power: flow.wall_kw.round() as i64,
            charger_voltage: flow.volts,
            charging_state: battery.status.as_str().into(),
            conn_charge_cable: match (plugged, profile.eu) {
                (false, _) => INVALID,
                (true, true) => "IEC",
                (true, false) => "SAE",
            }
            .into(),
            energy_remaining: rounded(battery.energy_kwh, 2),
            est_battery_range: rounded(
                battery.energy_kwh * profile.miles_per_kwh() * profile.seed().at("consumption").between(0.8, 0.95),
                2,
            ),
            fast_charger_brand: INVALID.into(),
            fast_charger_present: false,
            fast_charger_type: if plugged && !profile.eu { "ACSingleWireCAN" } else { INVALID }.into(),
            ideal_battery_range: miles(battery.energy_kwh),
            lifetime_energy_used: rounded(self.lifetime_kwh + battery.meter.climate_kwh + battery.meter.standby_kwh, 2),
            managed_charging_active: None,
            managed_charging_start_time: None,
            managed_charging_user_canceled: None,
            max_range_charge_counter: 0,
            minutes_to_full_charge: (hours_left * 60.0).ceil() as i64,
            module_temp_max: rounded(outside.max(0.0) + if charging { 9.0 } else { 4.0 }, 1),
            module_temp_min: rounded(outside.max(0.0) + if charging { 7.5 } else { 3.0 }, 1),
            not_enough_power_to_heat: None,
            off_peak_charging_enabled: false,
            off_peak_charging_times: "all_week".into(),
            off_peak_hours_end_time: 360,
            preconditioning_enabled: false,
            preconditioning_times: "all_week".into(),
            scheduled_charging_mode: "Off".into(),
            scheduled_charging_pending: false,
            scheduled_charging_start_time: None,
            scheduled_charging_start_time_app: 0,
            scheduled_charging_start_time_minutes: 0,
            scheduled_departure_time: eight_o_clock(&profile.time_zone, now),
            scheduled_departure_time_minutes: 8 * 60,
            supercharger_session_trip_planner: false,
            charging_schedule_override: false,
            time_to_full_charge: rounded(hours_left, 2),
            timestamp: millis(now),
            trip_charging: false,
            usable_battery_level: if self.connectivity() == Connectivity::Online {
                (level - self.frozen_percent(now)).max(0)
            } else {
                level
            },
            user_charge_enable_request: None,
        }
    }
}

/// Eight in the morning of this day where the car lives, seconds since the epoch.
fn eight_o_clock(time_zone: &str, now: i64) -> i64 {
    let offset = utc_offset(time_zone, now) * SECOND;
    ((now + offset).div_euclid(DAY) * DAY + 8 * HOUR - offset).div_euclid(SECOND)
}
