//! Where a car's power comes from and goes to, kW, and what becomes of it over time.

use super::battery::{ChargeCurve, ChargingStatus, TOP_UP_BELOW, Warming};
use super::{Connectivity, Vehicle, Wakefulness};
use crate::time::hours;

/// Power of a parked car's computers, kW: asleep, awake, and awake on guard; and on the road.
const ASLEEP_KW: f64 = 0.012;
const AWAKE_KW: f64 = 0.2;
const SENTRY_KW: f64 = 0.25;
const DRIVING_KW: f64 = 0.3;
/// Power of the battery's heater, kW.
pub(super) const HEATER_KW: f64 = 3.0;
/// Sentry mode gives up at this state of charge, a part of the full battery.
pub(super) const SENTRY_NEEDS: f64 = 0.2;

/// Where power comes from, kW.
#[derive(Clone, Copy, Debug)]
pub(super) struct Supply {
    /// From the charger to computers and climate system.
    pub(super) from_wall: f64,
    /// From the battery to them.
    pub(super) from_battery: f64,
    /// What is left of the charger's power for the battery, if it takes it.
    pub(super) input: f64,
}

impl Vehicle {
    /// What the battery takes, and where.
    pub(super) fn curve(&self) -> ChargeCurve {
        let peak_kw = self.profile.model.build().peak_charge_kw * self.battery.acceptance;
        ChargeCurve { capacity_kwh: self.profile.battery_kwh, peak_kw }
    }

    pub(super) fn limit_kwh(&self) -> f64 {
        self.profile.battery_kwh * self.battery.limit_percent as f64 / 100.0
    }

    /// Where charging ends, kWh: at the limit, or with what the driver waits for at a fast charger.
    pub(super) fn goal_kwh(&self) -> f64 {
        self.stop().map_or(self.limit_kwh(), |stop| stop.goal_kwh)
    }

    /// Power of the computers, kW.
    pub(super) fn standby_kw(&self) -> f64 {
        match self.wakefulness {
            _ if self.is_driving() => DRIVING_KW,
            _ if self.sentry => SENTRY_KW,
            Wakefulness::Asleep => ASLEEP_KW,
            Wakefulness::Waking { .. } | Wakefulness::Awake { .. } => AWAKE_KW,
        }
    }

    /// Power of the battery's heater, kW.
    pub(super) fn heater_kw(&self) -> f64 {
        if self.battery.heater { HEATER_KW } else { 0.0 }
    }

    /// The energy at which a slowly draining car next does something, kWh.
    pub(super) fn next_threshold(&self) -> f64 {
        let capacity = self.profile.battery_kwh;
        let top_up = self.limit_kwh() - TOP_UP_BELOW * capacity;
        let thresholds = [
            self.tops_up().then_some(top_up),
            (self.sentry || self.settings.accessory_power).then_some(SENTRY_NEEDS * capacity),
            Some(0.0),
        ];
        thresholds.into_iter().flatten().filter(|kwh| *kwh < self.battery.energy_kwh).fold(0.0, f64::max)
    }

    /// Whether the car charges again when it has lost enough.
    pub(super) fn tops_up(&self) -> bool {
        self.battery.status == ChargingStatus::Complete && self.agenda.charge_start.is_none() && self.journey.is_none()
    }

    /// Where the power goes while climate system and heater take `climate` kW: now, or on average over a step.
    ///
    /// Computers and climate system have their part of the charger's power first, and what a weak charger cannot feed
    /// comes out of the battery. A car that does not charge feeds its climate system alone from the charger.
    pub(super) fn supply(&self, climate: f64) -> Supply {
        let offered = if self.battery.has_shore_power() { self.battery.offered_kw() } else { 0.0 };
        let (standby, charging) = (self.standby_kw(), self.battery.is_charging());
        let from_wall = (if charging { standby + climate } else { climate }).min(offered);
        let spare = if charging { offered - from_wall } else { 0.0 };
        Supply { from_wall, from_battery: standby + climate - from_wall, input: spare * self.battery.efficiency() }
    }

    /// Lets time pass in which nothing changes but energy, temperature and place.
    pub(super) fn pass(&mut self, to: i64) {
        let (from, place) = (self.updated_at, self.stand());
        let time = hours(to - from);
        let online = self.connectivity() == Connectivity::Online;
        let climate = if self.cabin.runs() {
            self.cabin.condition(place, from, to)
        } else {
            self.cabin.drift(place, from, to);
            0.0
        };
        let rolling = self.roll(from, to);
        let warming = self.warming();
        self.battery.warm(warming, time);
        let wall_kwh = self.battery.meter.wall_kwh;
        self.feed(time, climate + self.heater_kw() * time, rolling);
        self.note_draw(from, to, self.battery.meter.wall_kwh - wall_kwh);
        if online {
            self.online_at = to;
        }
        self.updated_at = to;
    }

    /// What warms the battery now.
    fn warming(&self) -> Warming {
        match () {
            () if self.battery.is_fed() && self.battery.is_fast() => Warming::Fast,
            () if self.battery.heater => Warming::Heater,
            () if self.is_driving() => Warming::Drive,
            () if self.battery.is_fed() => Warming::Slow,
            () => Warming::Rest,
        }
    }

    /// Feeds computers, the climate system with its `climate` kWh, the motor with its `rolling` kWh, and the battery.
    fn feed(&mut self, time: f64, climate: f64, rolling: f64) {
        let supply = self.supply(climate / time);
        let before = self.battery.energy_kwh - supply.from_battery * time - rolling;
        let (after, _) = self.curve().charge(before, self.goal_kwh(), supply.input, time);
        let (added, efficiency) = (after - before, self.battery.efficiency());
        let standby = self.standby_kw() * time;
        let battery = &mut self.battery;
        battery.energy_kwh = after;
        battery.added_kwh += added;
        battery.meter.wall_kwh += supply.from_wall * time + added / efficiency;
        battery.meter.charging_loss_kwh += added / efficiency - added;
        battery.meter.standby_kwh += standby;
        battery.meter.climate_kwh += climate;
        battery.meter.drive_kwh += rolling;
        self.forgive_overdraft();
    }

    /// A battery does not go below empty: what it could not give was not used.
    fn forgive_overdraft(&mut self) {
        if self.battery.energy_kwh < 0.0 {
            self.battery.meter.standby_kwh += self.battery.energy_kwh;
            self.battery.energy_kwh = 0.0;
        }
    }
}
