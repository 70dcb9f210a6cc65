//! The cabin: its temperature and its climate system.

mod comfort;
mod overheat;

use serde::{Deserialize, Serialize};

pub use comfort::{Comfort, Seat};
pub use overheat::{OverheatLevel, OverheatMode, OverheatProtection};

use crate::sky::Coordinates;
use crate::time::{DAY, HOUR, MINUTE, hours, middle_of_cell, next_cell};

/// The climate system acts in steps of this length, aligned to the epoch, until it has run for a while …
const CLIMATE_CELL: i64 = MINUTE;
/// … and in steps of this length from then on, and while somebody drives.
const STEADY_CELL: i64 = 10 * MINUTE;
const SETTLING_TIME: i64 = 30 * MINUTE;
/// A cabin left alone follows the weather in steps of this length, aligned to the epoch.
const WEATHER_CELL: i64 = 30 * MINUTE;
/// A cabin left alone has forgotten what was before this.
const MEMORY: i64 = DAY;
/// Remote conditioning ends by itself.
pub(crate) const CONDITIONING_TIME: i64 = 2 * HOUR;

/// What can be set, degrees Celsius.
pub(crate) const COLDEST: f64 = 15.0;
pub(crate) const WARMEST: f64 = 28.0;

/// Time in which a difference falls to 37 %: with the climate system, and without.
const DRIVEN_HOURS: f64 = 0.1;
const PASSIVE_HOURS: f64 = 0.7;
/// What the full sun adds to the cabin's temperature in the end, degrees Celsius.
const GREENHOUSE: f64 = 22.0;
/// Power of fans and pumps, kW; to hold a difference to the outside, kW per degree; to change the cabin, kW per degree.
const FAN_KW: f64 = 0.25;
const HOLDING_KW: f64 = 0.05;
const CHANGING_KW: f64 = 0.12;
/// Power of all defrosters, and of the fan behind the fine filter, kW.
const DEFROST_KW: f64 = 1.5;
const BIOWEAPON_KW: f64 = 0.4;

/// What keeps the climate system on in a parked car.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeper {
    /// Nothing.
    #[default]
    Off,
    /// The driver will be back.
    Keep,
    /// A dog waits, and a screen says so.
    Dog,
    /// Somebody sleeps in the car.
    Camp,
}

impl Keeper {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Keep => "keep",
            Self::Dog => "dog",
            Self::Camp => "camp",
        }
    }
}

/// Temperature and climate system of a car.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cabin {
    /// Temperature inside, degrees Celsius.
    pub inside: f64,
    /// Wanted temperature on the driver's side, degrees Celsius.
    pub target: f64,
    /// Wanted temperature on the passenger's side, degrees Celsius.
    pub passenger_target: f64,
    /// When the climate system switches itself off; `None` when nobody switched it on for a time.
    pub on_until: Option<i64>,
    /// Since when the climate system runs.
    pub on_since: Option<i64>,
    /// Whether somebody drives, with the climate system on.
    pub driven: bool,
    /// What keeps the climate system on.
    pub keeper: Keeper,
    /// Whether all defrosters run, at the highest temperature.
    pub defrosting: bool,
    /// Whether the air goes through the fine filter.
    pub bioweapon: bool,
    /// Protection of a parked car's cabin from the sun.
    pub overheat: OverheatProtection,
    /// Seats and steering wheel.
    pub comfort: Comfort,
}

impl Default for Cabin {
    fn default() -> Self {
        Self {
            inside: 20.0,
            target: 21.0,
            passenger_target: 21.0,
            on_until: None,
            on_since: None,
            driven: false,
            keeper: Keeper::Off,
            defrosting: false,
            bioweapon: false,
            overheat: OverheatProtection::default(),
            comfort: Comfort::default(),
        }
    }
}

impl Cabin {
    /// Whether the climate system runs.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on_until.is_some() || self.driven || self.keeper != Keeper::Off
    }

    /// Whether the climate system runs, if only against the sun.
    pub(crate) fn runs(&self) -> bool {
        self.is_on() || self.overheat.cooling
    }

    /// Switches the climate system on until a moment, or for longer if it is on for longer. While somebody drives it is on.
    pub(crate) fn switch_on(&mut self, now: i64, until: i64) {
        if !self.driven {
            self.begin(now);
            self.on_until = Some(self.on_until.map_or(until, |before| before.max(until)));
        }
    }

    /// Switches a keeper; without one the climate system is off.
    pub(crate) fn keep(&mut self, keeper: Keeper, now: i64) {
        self.begin(now);
        self.keeper = keeper;
        self.on_until = None;
        if keeper == Keeper::Off {
            self.switch_off();
        }
    }

    /// Switches everything off that a parked car does for comfort.
    pub(crate) fn switch_off(&mut self) {
        (self.on_until, self.on_since, self.keeper) = (None, None, Keeper::Off);
        (self.defrosting, self.bioweapon) = (false, false);
        self.comfort.switch_off();
    }

    /// Somebody gets in and drives.
    pub(crate) fn get_in(&mut self) {
        self.switch_off();
        self.overheat.disarm();
        self.driven = true;
    }

    /// The driver gets out.
    pub(crate) fn get_out(&mut self, now: i64) {
        self.driven = false;
        self.switch_off();
        self.overheat.arm(now);
    }

    fn begin(&mut self, now: i64) {
        if !self.is_on() {
            self.on_since = Some(now);
        }
        self.overheat.cooling = false;
    }

    /// The temperature that the climate system works for, degrees Celsius.
    fn goal(&self, outside: f64) -> f64 {
        match () {
            () if self.defrosting => WARMEST,
            () if self.is_on() => f64::midpoint(self.target, self.passenger_target),
            () => self.overheat.goal(outside),
        }
    }

    /// Length of the steps in which the climate system acts at a moment.
    fn cell(&self, now: i64) -> i64 {
        let settled = self.on_since.map(|since| next_cell(since + SETTLING_TIME, STEADY_CELL));
        if settled.is_some_and(|settled| now < settled) { CLIMATE_CELL } else { STEADY_CELL }
    }

    /// When the climate system next has to be looked at, while it runs or waits for the sun.
    pub(crate) fn next_step(&self, now: i64) -> Option<i64> {
        let steps = self.runs() || self.overheat.is_armed(now);
        let step = steps.then(|| next_cell(now, self.cell(now)));
        step.map(|step| self.on_until.map_or(step, |off| step.min(off)))
    }

    /// Whether the climate system is looked at at this very moment.
    pub(crate) fn is_step(&self, now: i64) -> bool {
        now % self.cell(now) == 0
    }

    /// Lets a cabin without climate system follow weather and sun.
    pub(crate) fn drift(&mut self, place: Coordinates, from: i64, to: i64) {
        let mut at = from.max(to - MEMORY);
        while at < to {
            let end = next_cell(at, WEATHER_CELL).min(to);
            let resting = resting(place, at);
            self.inside = resting + (self.inside - resting) * (-hours(end - at) / PASSIVE_HOURS).exp();
            at = end;
        }
    }

    /// Whether the cabin would stay above a temperature by itself.
    pub(crate) fn stays_above(place: Coordinates, celsius: f64, now: i64) -> bool {
        resting(place, now) > celsius
    }

    /// Runs the climate system within one step: the cabin nears its goal. Returns the energy used, kWh.
    pub(crate) fn condition(&mut self, place: Coordinates, from: i64, to: i64) -> f64 {
        let time = hours(to - from);
        let outside = place.temperature(middle_of_cell(from, self.cell(from)));
        let goal = self.goal(outside);
        let gap = self.inside - goal;
        // The part of the gap that is left, and the gap summed over the time.
        let decay = (-time / DRIVEN_HOURS).exp();
        let gap_hours = gap.abs() * DRIVEN_HOURS * (1.0 - decay);
        self.inside = goal + gap * decay;
        let (steady, changing) = self.loads(goal, outside);
        steady * time + changing * gap_hours
    }

    /// Power of the climate system at this moment, kW.
    pub(crate) fn power(&self, place: Coordinates, now: i64) -> f64 {
        if !self.runs() {
            return 0.0;
        }
        let outside = place.temperature(middle_of_cell(now, self.cell(now)));
        let goal = self.goal(outside);
        let (steady, changing) = self.loads(goal, outside);
        steady + changing * (self.inside - goal).abs()
    }

    /// Power to hold a temperature, kW, and to near it, kW per degree.
    fn loads(&self, goal: f64, outside: f64) -> (f64, f64) {
        if !self.is_on() && self.overheat.mode == OverheatMode::FanOnly {
            return (FAN_KW, 0.0);
        }
        let extra = if self.defrosting { DEFROST_KW } else { 0.0 } + if self.bioweapon { BIOWEAPON_KW } else { 0.0 };
        (FAN_KW + HOLDING_KW * (goal - outside).abs() + extra + self.comfort.kilowatts(), CHANGING_KW)
    }
}

/// The temperature that a cabin left alone nears at this time, degrees Celsius.
fn resting(place: Coordinates, now: i64) -> f64 {
    let middle = middle_of_cell(now, WEATHER_CELL);
    place.temperature(middle) + GREENHOUSE * place.sun_height(middle).max(0.0)
}
