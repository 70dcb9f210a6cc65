//! The cabin: its temperature and its climate system.

use serde::{Deserialize, Serialize};

use crate::sky::Coordinates;
use crate::time::{DAY, HOUR, MINUTE, hours, middle_of_cell, next_cell};

/// The climate system acts in steps of this length, aligned to the epoch.
pub(crate) const CLIMATE_CELL: i64 = MINUTE;
/// A cabin left alone follows the weather in steps of this length, aligned to the epoch.
const WEATHER_CELL: i64 = 10 * MINUTE;
/// A cabin left alone has forgotten what was before this.
const MEMORY: i64 = DAY;
/// Remote conditioning ends by itself.
pub(crate) const CONDITIONING_TIME: i64 = 2 * HOUR;

/// Time in which a difference falls to 37 %: with the climate system, and without.
const DRIVEN_HOURS: f64 = 0.1;
const PASSIVE_HOURS: f64 = 0.7;
/// What the full sun adds to the cabin's temperature in the end, degrees Celsius.
const GREENHOUSE: f64 = 22.0;
/// Power of fans and pumps, kW; to hold a difference to the outside, kW per degree; to change the cabin, kW per degree.
const FAN_KW: f64 = 0.25;
const HOLDING_KW: f64 = 0.05;
const CHANGING_KW: f64 = 0.12;

/// Temperature and climate system of a car.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cabin {
    /// Temperature inside, degrees Celsius.
    pub inside: f64,
    /// Wanted temperature, degrees Celsius.
    pub target: f64,
    /// When the climate system switches itself off; `None` when it is off.
    pub on_until: Option<i64>,
}

impl Default for Cabin {
    fn default() -> Self {
        Self { inside: 20.0, target: 21.0, on_until: None }
    }
}

impl Cabin {
    /// Whether the climate system runs.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.on_until.is_some()
    }

    /// Lets a cabin without climate system follow weather and sun.
    pub(crate) fn drift(&mut self, place: Coordinates, from: i64, to: i64) {
        let mut at = from.max(to - MEMORY);
        while at < to {
            let end = next_cell(at, WEATHER_CELL).min(to);
            let middle = middle_of_cell(at, WEATHER_CELL);
            let resting = place.temperature(middle) + GREENHOUSE * place.sun_height(middle).max(0.0);
            self.inside = resting + (self.inside - resting) * (-hours(end - at) / PASSIVE_HOURS).exp();
            at = end;
        }
    }

    /// Runs the climate system within one cell: the cabin nears its target. Returns the energy used, kWh.
    pub(crate) fn condition(&mut self, place: Coordinates, from: i64, to: i64) -> f64 {
        let time = hours(to - from);
        let outside = place.temperature(middle_of_cell(from, CLIMATE_CELL));
        let gap = self.inside - self.target;
        // The part of the gap that is left, and the gap summed over the time.
        let decay = (-time / DRIVEN_HOURS).exp();
        let gap_hours = gap.abs() * DRIVEN_HOURS * (1.0 - decay);
        self.inside = self.target + gap * decay;
        (FAN_KW + HOLDING_KW * (self.target - outside).abs()) * time + CHANGING_KW * gap_hours
    }

    /// Power of the climate system at this moment, kW.
    pub(crate) fn power(&self, place: Coordinates, now: i64) -> f64 {
        if !self.is_on() {
            return 0.0;
        }
        let outside = place.temperature(middle_of_cell(now, CLIMATE_CELL));
        FAN_KW + HOLDING_KW * (self.target - outside).abs() + CHANGING_KW * (self.inside - self.target).abs()
    }
}
