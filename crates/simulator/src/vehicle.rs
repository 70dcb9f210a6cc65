//! Vehicles: sleep, battery, cabin, locks, and what they answer.
//!
//! Between two events (a command, waking, falling asleep, charging done, …) everything a car does is known in closed
//! form, or in short steps aligned to the epoch while the climate system runs. So [`Vehicle::advance`] leaps from
//! event to event, and where it stops on the way does not matter: stopping in between changes energies by less than
//! 1 Wh and temperatures by less than 0.001 degrees. Only charging a nearly full battery with the climate system on
//! may differ by 20 Wh, and so end some seconds sooner or later.

mod battery;
mod cabin;
mod closures;
mod command;
mod media;
mod model;
mod navigation;
mod options;
mod profile;
mod render;
mod security;
mod settings;
mod sleep;
mod software;
#[cfg(test)]
mod tests;
mod whereabouts;

use serde::{Deserialize, Serialize};

pub use battery::{Battery, Charger, ChargingStatus, Meter};
pub use cabin::Cabin;
pub use closures::{Closures, Cover};
pub use command::{
    ChargingCommand, ClimateCommand, ClosuresCommand, CommandOutcome, LimitsCommand, MediaCommand, Motor,
    NavigationCommand, ParameterError, SecurityCommand, SettingsCommand, SignalsCommand, SoftwareCommand,
    VehicleCommand,
};
pub use fleetgate_protocol::vehicle_data::{AccessType, BlockSet, CommandSigning, Connectivity};
pub use media::{Media, Playback};
pub use model::Model;
pub use navigation::{Navigation, StopOrder, Waypoint};
pub use options::{Hardware, OptionChanges, Options};
pub use profile::VehicleProfile;
pub use security::{Guarded, ParentalSetting, Pin, Security};
pub use settings::Settings;
pub use sleep::Wakefulness;
pub use software::{Software, Stage as UpdateStage, Update};

use crate::time::{HOUR, SECOND, hours, next_cell, span};
use battery::{CHARGING_EFFICIENCY, ChargeCurve, TOP_UP_BELOW};

/// Power of a parked car's computers, kW: asleep, awake, and awake on guard.
const ASLEEP_KW: f64 = 0.012;
const AWAKE_KW: f64 = 0.2;
const SENTRY_KW: f64 = 0.25;
/// Sentry mode and climate system give up at these states of charge, parts of the full battery.
const SENTRY_NEEDS: f64 = 0.2;
const CLIMATE_NEEDS: f64 = 0.05;
/// Energies closer than this are equal, kWh.
const SAME_KWH: f64 = 1e-9;

/// Where power comes from, kW.
#[derive(Clone, Copy, Debug)]
struct Supply {
    /// From the charger to computers and climate system.
    from_wall: f64,
    /// From the battery to them.
    from_battery: f64,
    /// What is left of the charger's power for the battery, if it takes it.
    input: f64,
}

/// A car.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Vehicle {
    /// What it is.
    pub profile: VehicleProfile,
    /// The moment that this state is of.
    pub updated_at: i64,
    /// Whether its computers run.
    pub wakefulness: Wakefulness,
    /// Whether it has a mobile network where it stands.
    pub reachable: bool,
    /// Its battery.
    pub battery: Battery,
    /// Its cabin.
    pub cabin: Cabin,
    /// Whether it is locked.
    pub locked: bool,
    /// Whether sentry mode is on, which keeps it awake.
    pub sentry: bool,
    /// Whether somebody sits in it.
    pub occupied: bool,
    /// What is open.
    pub closures: Closures,
    /// Who may drive it, and how fast.
    pub security: Security,
    /// What plays.
    pub media: Media,
    /// Where it is to go.
    pub navigation: Navigation,
    /// What is set on its screen.
    pub settings: Settings,
    /// Its software.
    pub software: Software,
    /// Distance driven, miles.
    pub odometer_miles: f64,
    /// Energy used since it was built, kWh, as of the beginning of this state.
    pub lifetime_kwh: f64,
}

impl Default for Vehicle {
    fn default() -> Self {
        Self::new(VehicleProfile::default(), Connectivity::Offline, 0)
    }
}

impl Vehicle {
    /// A locked, unplugged car at home with a history that its VIN determines.
    #[must_use]
    pub fn new(profile: VehicleProfile, initial: Connectivity, now: i64) -> Self {
        let seed = profile.seed();
        let odometer_miles = seed.at("odometer").between(2_000.0, 60_000.0);
        let battery = Battery {
            energy_kwh: profile.battery_kwh * seed.at("charge").between(0.45, 0.75),
            amps: profile.home_charger().amps,
            ..Battery::default()
        };
        let mut cabin = Cabin::default();
        cabin.drift(profile.home, now - 2 * 24 * HOUR, now);
        Self {
            updated_at: now,
            wakefulness: match initial {
                Connectivity::Online => Wakefulness::Awake { used_at: now },
                Connectivity::Asleep | Connectivity::Offline => Wakefulness::Asleep,
            },
            reachable: initial != Connectivity::Offline,
            battery,
            cabin,
            locked: true,
            sentry: false,
            occupied: false,
            closures: Closures::default(),
            security: Security::default(),
            media: Media::default(),
            navigation: Navigation::default(),
            settings: Settings::default(),
            software: Software::since(seed, now),
            odometer_miles,
            lifetime_kwh: odometer_miles / profile.miles_per_kwh(),
            profile,
        }
    }

    /// The same car with another state of charge, percent.
    #[must_use]
    pub fn with_charge(mut self, percent: f64) -> Self {
        self.battery.energy_kwh = self.profile.battery_kwh * percent.clamp(0.0, 100.0) / 100.0;
        self
    }

    /// Whether the car can be reached. An empty battery means it cannot.
    #[must_use]
    pub fn connectivity(&self) -> Connectivity {
        match self.wakefulness {
            _ if !self.reachable || self.is_empty() => Connectivity::Offline,
            Wakefulness::Awake { .. } => Connectivity::Online,
            Wakefulness::Asleep | Wakefulness::Waking { .. } => Connectivity::Asleep,
        }
    }

    /// Wakes the car, which takes 10 to 20 seconds; a car that is offline does not hear it.
    pub fn wake_up(&mut self, now: i64) {
        self.advance(now);
        match self.connectivity() {
            Connectivity::Online => self.use_now(),
            Connectivity::Asleep if self.wakefulness == Wakefulness::Asleep => {
                let takes = self.profile.seed().at("wake_up").between(10.0, 20.0);
                self.wakefulness = Wakefulness::Waking { until: now + (takes * SECOND as f64) as i64 };
            }
            Connectivity::Asleep | Connectivity::Offline => {}
        }
    }

    /// Somebody fetched live data: an awake car stays awake a while longer, a sleeping one sleeps on.
    pub fn touch(&mut self, now: i64) {
        self.advance(now);
        if self.connectivity() == Connectivity::Online {
            self.use_now();
        }
    }

    /// Plugs in a charger. A car below its limit begins to charge.
    pub fn plug_in(&mut self, charger: Charger, now: i64) {
        self.advance(now);
        self.use_now();
        self.battery.charger = Some(charger);
        self.battery.amps = charger.amps;
        self.battery.added_kwh = 0.0;
        self.battery.status = ChargingStatus::Charging;
        self.settle();
    }

    /// Takes the plug out.
    pub fn unplug(&mut self, now: i64) {
        self.advance(now);
        self.use_now();
        self.battery.charger = None;
        self.battery.status = ChargingStatus::Disconnected;
    }

    /// Switches sentry mode, which keeps a car awake until its battery is low. Switching it on wakes the car.
    pub fn set_sentry(&mut self, on: bool, now: i64) {
        self.advance(now);
        self.use_now();
        self.sentry = on;
        self.settle();
    }

    /// Takes the car out of its mobile network, or brings it back.
    pub fn set_reachable(&mut self, reachable: bool, now: i64) {
        self.advance(now);
        self.reachable = reachable;
    }

    /// Brings the state to `now`; does nothing when it is there already or beyond.
    pub fn advance(&mut self, now: i64) {
        while self.updated_at < now {
            let next = self.next_event().clamp(self.updated_at + 1, now);
            self.pass(next);
            self.settle();
        }
    }

    fn use_now(&mut self) {
        self.wakefulness = Wakefulness::Awake { used_at: self.updated_at };
    }

    fn is_empty(&self) -> bool {
        self.battery.energy_kwh <= SAME_KWH && !self.battery.is_charging()
    }

    /// Whether the car has something to do that keeps it awake.
    fn is_busy(&self) -> bool {
        self.battery.is_charging() || self.cabin.is_on() || self.is_kept_awake()
    }

    fn curve(&self) -> ChargeCurve {
        ChargeCurve { capacity_kwh: self.profile.battery_kwh, peak_kw: self.profile.model.build().peak_charge_kw }
    }

    fn limit_kwh(&self) -> f64 {
        self.profile.battery_kwh * self.battery.limit_percent as f64 / 100.0
    }

    /// Power of the computers, kW.
    fn standby_kw(&self) -> f64 {
        match self.wakefulness {
            _ if self.sentry => SENTRY_KW,
            Wakefulness::Asleep => ASLEEP_KW,
            Wakefulness::Waking { .. } | Wakefulness::Awake { .. } => AWAKE_KW,
        }
    }

    /// The energy at which a slowly draining car next does something, kWh.
    fn next_threshold(&self) -> f64 {
        let capacity = self.profile.battery_kwh;
        let top_up = self.limit_kwh() - TOP_UP_BELOW * capacity;
        let thresholds = [
            (self.battery.status == ChargingStatus::Complete).then_some(top_up),
            (self.sentry || self.settings.accessory_power).then_some(SENTRY_NEEDS * capacity),
            Some(0.0),
        ];
        thresholds.into_iter().flatten().filter(|kwh| *kwh < self.battery.energy_kwh).fold(0.0, f64::max)
    }

    /// Where the power goes while the climate system takes `climate` kW: now, or on average over a step.
    ///
    /// Computers and climate system have their part of the charger's power first, and what a weak charger cannot feed
    /// comes out of the battery. A car that does not charge feeds its climate system alone from the charger.
    fn supply(&self, climate: f64) -> Supply {
        let offered = if self.battery.has_shore_power() { self.battery.offered_kw() } else { 0.0 };
        let (standby, charging) = (self.standby_kw(), self.battery.is_charging());
        let from_wall = (if charging { standby + climate } else { climate }).min(offered);
        let spare = if charging { offered - from_wall } else { 0.0 };
        Supply { from_wall, from_battery: standby + climate - from_wall, input: spare * CHARGING_EFFICIENCY }
    }

    /// When something next changes by itself. Any later moment than the true one would be wrong, an earlier one only slow.
    fn next_event(&self) -> i64 {
        let energy = self.battery.energy_kwh;
        let fed = self.battery.is_fed();
        let by_power = if fed {
            let power = self.battery.offered_kw() * CHARGING_EFFICIENCY;
            self.curve().charge(energy, self.limit_kwh(), power, f64::INFINITY).1
        } else {
            (energy - self.next_threshold()) / self.standby_kw()
        };
        let by_power = if energy > 0.0 || fed { span(by_power) } else { span(f64::INFINITY) };
        let by_climate = self.cabin.on_until.map(|off| off.min(next_cell(self.updated_at, cabin::CLIMATE_CELL)));
        let by_sleep = match self.wakefulness {
            Wakefulness::Asleep => None,
            Wakefulness::Waking { until } => Some(until),
            Wakefulness::Awake { used_at } => (!self.is_busy()).then_some(used_at + sleep::QUIET_TIME),
        };
        [by_climate, by_sleep, self.software_event()].into_iter().flatten().fold(self.updated_at + by_power, i64::min)
    }

    /// Lets time pass in which nothing changes but energy and temperature.
    fn pass(&mut self, to: i64) {
        let (from, home) = (self.updated_at, self.profile.home);
        let time = hours(to - from);
        let climate = if self.cabin.is_on() {
            self.cabin.condition(home, from, to)
        } else {
            self.cabin.drift(home, from, to);
            0.0
        };
        self.feed(time, climate);
        self.updated_at = to;
    }

    /// Feeds computers, the climate system with its `climate` kWh, and the battery.
    fn feed(&mut self, time: f64, climate: f64) {
        let supply = self.supply(climate / time);
        let before = self.battery.energy_kwh - supply.from_battery * time;
        let (after, _) = self.curve().charge(before, self.limit_kwh(), supply.input, time);
        let added = after - before;
        let standby = self.standby_kw() * time;
        let battery = &mut self.battery;
        battery.energy_kwh = after;
        battery.added_kwh += added;
        battery.meter.wall_kwh += supply.from_wall * time + added / CHARGING_EFFICIENCY;
        battery.meter.charging_loss_kwh += added / CHARGING_EFFICIENCY - added;
        battery.meter.standby_kwh += standby;
        battery.meter.climate_kwh += climate;
        self.forgive_overdraft();
    }

    /// A battery does not go below empty: what it could not give was not used.
    fn forgive_overdraft(&mut self) {
        if self.battery.energy_kwh < 0.0 {
            self.battery.meter.standby_kwh += self.battery.energy_kwh;
            self.battery.energy_kwh = 0.0;
        }
    }

    /// Makes the changes that are due at this moment.
    fn settle(&mut self) {
        let now = self.updated_at;
        let capacity = self.profile.battery_kwh;
        let (energy, limit) = (self.battery.energy_kwh, self.limit_kwh());
        if let Wakefulness::Waking { until } = self.wakefulness
            && until <= now
        {
            self.wakefulness = Wakefulness::Awake { used_at: until };
        }
        if self.battery.is_charging() && energy >= limit - SAME_KWH {
            self.battery.status = ChargingStatus::Complete;
            self.use_now();
        }
        if self.battery.status == ChargingStatus::Complete && energy <= limit - TOP_UP_BELOW * capacity + SAME_KWH {
            self.battery.status = ChargingStatus::Charging;
            self.battery.added_kwh = 0.0;
            self.use_now();
        }
        if self.climate_is_over(now) {
            self.cabin.on_until = None;
            self.use_now();
        }
        self.settle_watch();
        self.settle_software();
        if let Wakefulness::Awake { used_at } = self.wakefulness
            && (self.is_empty() || !self.is_busy() && used_at + sleep::QUIET_TIME <= now)
        {
            self.fall_asleep();
        }
    }

    /// Conditioning ends after its time, or on a low battery that has to feed it. The battery is looked at on whole
    /// cells only, so that it does not matter where an advance stops.
    fn climate_is_over(&self, now: i64) -> bool {
        let low = self.battery.energy_kwh <= CLIMATE_NEEDS * self.profile.battery_kwh;
        let fed =
            self.battery.has_shore_power() && self.battery.offered_kw() >= self.cabin.power(self.profile.home, now);
        let low = low && !fed && now % cabin::CLIMATE_CELL == 0;
        self.cabin.on_until.is_some_and(|off| off <= now || low)
    }
}
