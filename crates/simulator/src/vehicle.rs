//! Vehicles: sleep, driving, battery, cabin, schedules, locks, and what they answer.
//!
//! Between two events (a command, waking, falling asleep, charging done, a drive's end, a time of a schedule, …) everything
//! a car does is known in closed form, or in short steps aligned to the epoch while the climate system runs or the battery
//! takes what its temperature allows. So [`Vehicle::advance`] leaps from
//! event to event, and where it stops on the way does not matter: stopping in between changes energies by less than
//! 1 Wh and temperatures by less than 0.001 degrees. Only charging a nearly full battery with the climate system on
//! may differ by 20 Wh, and so end some seconds sooner or later.

mod battery;
mod cabin;
mod closures;
mod command;
mod journey;
mod media;
mod model;
mod motion;
mod navigation;
mod offers;
mod options;
mod plug;
mod power;
mod profile;
mod render;
mod schedules;
mod security;
mod service;
mod settings;
mod sleep;
mod software;
mod telemetry;
#[cfg(test)]
mod tests;
mod wall_connector;
mod whereabouts;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use battery::{Battery, Charger, ChargingStatus, Meter};
pub use cabin::{Cabin, Comfort, Keeper, OverheatLevel, OverheatMode, OverheatProtection, Seat};
pub use closures::{Closures, Cover};
pub use command::{
    ChargingCommand, ClimateCommand, ClosuresCommand, CommandOutcome, Departure, LimitsCommand, MediaCommand, Motor,
    NavigationCommand, ParameterError, Places, SchedulesCommand, SecurityCommand, SettingsCommand, SignalsCommand,
    SoftwareCommand, VehicleCommand,
};
pub use fleetgate_protocol::vehicle_data::{AccessType, BlockSet, CommandSigning, Connectivity};
pub use journey::{Commute, Drive, Journey, Stage, Stop, Trip, TripError};
pub use media::{Media, Playback};
pub use model::Model;
pub use navigation::{Navigation, StopOrder, Waypoint};
pub use offers::pricing;
pub use options::{Hardware, OptionChanges, Options};
pub use plug::OpenSession;
pub use profile::VehicleProfile;
pub use schedules::{Agenda, ManagedCharging, ScheduledCharging, ScheduledChargingMode, Schedules};
pub use security::{Guarded, ParentalSetting, Pin, Security};
pub use service::ServiceVisit;
pub use settings::Settings;
pub use sleep::Wakefulness;
pub use software::{Software, Stage as UpdateStage, Update};
pub use telemetry::CannotStream;
pub use wall_connector::WallConnector;

use crate::charging::ChargingSession;
use crate::sky::Coordinates;
use crate::time::{HOUR, SECOND, span};
use battery::TOP_UP_BELOW;
use power::{HEATER_KW, SENTRY_NEEDS};

/// Climate system, keepers and heater of the battery give up at these states of charge, parts of the full battery.
const CLIMATE_NEEDS: f64 = 0.05;
const KEEPER_NEEDS: f64 = 0.2;
/// The battery's heater runs below the first temperature and until the second is reached, degrees Celsius.
const HEATS_BELOW: f64 = 8.0;
const HEATS_UNTIL: f64 = 18.0;
/// Energies closer than this are equal, kWh.
const SAME_KWH: f64 = 1e-9;

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
    /// When it was last seen to be online, before the moment of this state.
    pub online_at: i64,
    /// Whether its owner allows remote access to it.
    pub mobile_access: bool,
    /// A visit to the service, which may be over.
    pub service: Option<ServiceVisit>,
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
    /// Where it stands or began to drive; at home unless given.
    pub position: Option<Coordinates>,
    /// Where its nose points, degrees from north, once it has been driven.
    pub heading: Option<i64>,
    /// The trip under way.
    pub journey: Option<Journey>,
    /// Ways that its owner drives every week.
    pub commutes: Vec<Commute>,
    /// What it starts by itself.
    pub schedules: Schedules,
    /// When it next does.
    pub agenda: Agenda,
    /// The wall connector at home, if an energy site has one for this car.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall_connector: Option<WallConnector>,
    /// The session at a fast charger, while it is plugged in there.
    pub session: Option<OpenSession>,
    /// Sessions that ended and were not taken: see [`Vehicle::take_sessions`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unbilled: Vec<ChargingSession>,
}

impl Default for Vehicle {
    /// Whatever a stored car does not say. Each is read over a copy of it, so it is made once.
    fn default() -> Self {
        static BLANK: LazyLock<Vehicle> =
            LazyLock::new(|| Vehicle::new(VehicleProfile::default(), Connectivity::Offline, 0));
        BLANK.clone()
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
            online_at: 0,
            mobile_access: true,
            service: None,
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
            position: None,
            heading: None,
            journey: None,
            commutes: Vec::new(),
            schedules: Schedules::default(),
            agenda: Agenda::default(),
            wall_connector: None,
            session: None,
            unbilled: Vec::new(),
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
            self.leap(now);
        }
    }

    /// Goes to the next event, or to `now` if that is earlier.
    fn leap(&mut self, now: i64) {
        let next = self.next_event().clamp(self.updated_at + 1, now);
        self.pass(next);
        self.settle();
    }

    fn is_empty(&self) -> bool {
        self.battery.energy_kwh <= SAME_KWH && !self.battery.is_charging()
    }

    /// Whether the car has something to do that keeps it awake.
    fn is_busy(&self) -> bool {
        self.battery.is_charging() || self.cabin.runs() || self.is_kept_awake()
    }

    /// When something next changes by itself. Any later moment than the true one would be wrong, an earlier one only slow.
    fn next_event(&self) -> i64 {
        let by_sleep = match self.wakefulness {
            Wakefulness::Asleep => None,
            Wakefulness::Waking { until } => Some(until),
            Wakefulness::Awake { used_at } => (!self.is_busy()).then_some(used_at + sleep::QUIET_TIME),
        };
        let steps = [
            by_sleep,
            self.cabin.next_step(self.updated_at),
            self.next_temperature(),
            self.journey_event(),
            self.agenda.next(),
            self.software_event(),
            self.next_outage(),
        ];
        steps.into_iter().flatten().fold(self.updated_at + self.next_level(), i64::min)
    }

    /// How long until the battery reaches the next energy that changes something. On a drive, none does.
    fn next_level(&self) -> i64 {
        let energy = self.battery.energy_kwh;
        let hours = if self.battery.is_fed() {
            let power = self.battery.offered_kw() * self.battery.efficiency();
            self.curve().charge(energy, self.goal_kwh(), power, f64::INFINITY).1
        } else if energy > 0.0 && !self.is_driving() {
            (energy - self.next_threshold()) / self.standby_kw()
        } else {
            f64::INFINITY
        };
        span(hours)
    }

    /// Makes the changes that are due at this moment.
    fn settle(&mut self) {
        let now = self.updated_at;
        if let Wakefulness::Waking { until } = self.wakefulness
            && until <= now
        {
            self.wakefulness = Wakefulness::Awake { used_at: until };
        }
        self.settle_battery();
        self.settle_journey();
        self.settle_outage();
        self.settle_agenda();
        self.settle_charging();
        self.settle_climate();
        self.settle_watch();
        self.settle_software();
        if let Wakefulness::Awake { used_at } = self.wakefulness
            && (self.is_empty() && !self.is_driving() || !self.is_busy() && used_at + sleep::QUIET_TIME <= now)
        {
            self.fall_asleep();
        }
    }

    /// Ends charging where it is to end, and begins it again when the battery has lost enough.
    fn settle_battery(&mut self) {
        if self.battery.is_charging() && self.battery.energy_kwh >= self.goal_kwh() - SAME_KWH {
            self.battery.status = ChargingStatus::Complete;
            self.battery.count_full_charge();
            self.schedules.window = None;
            self.use_now();
            self.plan();
        }
        let top_up = self.limit_kwh() - TOP_UP_BELOW * self.profile.battery_kwh;
        if self.tops_up() && self.battery.energy_kwh <= top_up + SAME_KWH {
            self.battery.added_kwh = 0.0;
            self.begin_charging();
            self.use_now();
        }
    }

    /// Ends the climate system after its time or on a low battery, and looks after the sun and the battery's heater.
    fn settle_climate(&mut self) {
        let now = self.updated_at;
        if self.cabin.is_on() && !self.cabin.driven && self.climate_is_over(now) {
            self.cabin.switch_off();
            self.use_now();
        }
        if self.cabin.overheat.until.is_some_and(|until| until <= now) {
            self.cabin.overheat.disarm();
        }
        if !self.cabin.is_step(now) {
            self.battery.heater &= self.may_heat();
            return;
        }
        let protection = &self.cabin.overheat;
        let hot = protection.level.celsius();
        let enough =
            self.battery.energy_kwh > KEEPER_NEEDS * self.profile.battery_kwh || self.battery.has_shore_power();
        let watching = protection.is_armed(now) && !self.cabin.is_on() && enough;
        let was = protection.cooling;
        let cooling = watching && (was || self.cabin.inside >= hot) && Cabin::stays_above(self.stand(), hot, now);
        if cooling != was {
            self.cabin.overheat.cooling = cooling;
            self.use_now();
        }
        self.battery.heater = self.wants_heater(now, enough);
    }

    /// Whether the battery is heated: it is cold, and somebody will want to drive or charge it fast.
    fn wants_heater(&self, now: i64, enough: bool) -> bool {
        let until = if self.battery.heater { HEATS_UNTIL } else { HEATS_BELOW };
        self.may_heat() && enough && !self.lacks_heating_power() && self.battery_celsius(now) < until
    }

    fn may_heat(&self) -> bool {
        self.cabin.on_until.is_some() || self.is_driving()
    }

    /// Whether the charger is too weak for the battery's heater.
    fn lacks_heating_power(&self) -> bool {
        self.battery.has_shore_power() && self.battery.offered_kw() < HEATER_KW
    }

    /// Conditioning ends after its time, or on a low battery that has to feed it. The battery is looked at on whole
    /// steps only, so that it does not matter where an advance stops.
    fn climate_is_over(&self, now: i64) -> bool {
        let needs = if self.cabin.keeper == Keeper::Off { CLIMATE_NEEDS } else { KEEPER_NEEDS };
        let low = self.battery.energy_kwh <= needs * self.profile.battery_kwh;
        let fed = self.battery.has_shore_power() && self.battery.offered_kw() >= self.cabin.power(self.stand(), now);
        let low = low && !fed && self.cabin.is_step(now);
        low || self.cabin.on_until.is_some_and(|off| off <= now)
    }
}
