//! Sun and household of each cell.

use jiff::tz::TimeZone;

use super::CELL;
use super::household::Habits;
use super::profile::EnergySiteProfile;
use crate::seed::Seed;
use crate::sky::SunOfDay;
use crate::time::{DAY, HOUR, MINUTE, middle_of_cell, offset};

/// What the light of a storm's sky is, as a part of any other's.
const STORM_LIGHT: f64 = 0.3;

/// No wall clock changes between two quarters of an hour.
const QUARTER: i64 = 15 * MINUTE;

/// Sun and household of one cell, W.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) sun: f64,
    pub(super) household: f64,
}

/// The weather at a site. It keeps what holds for longer than a cell, so that walking through a year is quick.
#[derive(Debug)]
pub(super) struct Weather<'a> {
    profile: &'a EnergySiteProfile,
    zone: &'a TimeZone,
    habits: Habits,
    clouds_of_days: Seed,
    clouds_of_hours: Seed,
    mood: Seed,
    switches: Seed,
    /// A day since the epoch, its sun, and what its temperature makes of the use.
    day: (i64, SunOfDay, f64),
    /// A quarter of an hour since the epoch, and the offset of the wall clock in it.
    quarter: (i64, i64),
}

impl<'a> Weather<'a> {
    pub(super) fn new(profile: &'a EnergySiteProfile, zone: &'a TimeZone, now: i64) -> Self {
        let (place, own) = (profile.place.seed(), profile.seed());
        Self {
            habits: Habits::of(profile.household),
            clouds_of_days: place.at("day"),
            clouds_of_hours: place.at("hour"),
            mood: own.at("mood"),
            switches: own.at("switch"),
            day: day(profile, now.div_euclid(DAY)),
            quarter: (now.div_euclid(QUARTER), offset(zone, now)),
            profile,
            zone,
        }
    }

    /// Sun and household in the cell that holds a moment.
    pub(super) fn cell(&mut self, now: i64, storm: bool) -> Cell {
        let middle = middle_of_cell(now, CELL);
        if self.day.0 != middle.div_euclid(DAY) {
            self.day = day(self.profile, middle.div_euclid(DAY));
        }
        Cell { sun: self.sun(middle) * if storm { STORM_LIGHT } else { 1.0 }, household: self.household(middle) }
    }

    /// The wall clock at a moment, as if it were UTC.
    pub(super) fn wall_clock(&mut self, now: i64) -> i64 {
        let quarter = now.div_euclid(QUARTER);
        if self.quarter.0 != quarter {
            self.quarter = (quarter, offset(self.zone, now));
        }
        now + self.quarter.1
    }

    /// Power of the panels, W: they lose a fifth on the way, a low sun's light passes more air, and clouds take a part.
    fn sun(&self, now: i64) -> f64 {
        let height = self.day.1.height(now);
        if height <= 0.0 || self.profile.solar_kw == 0.0 {
            return 0.0;
        }
        self.profile.solar_kw * 1000.0 * 0.8 * height.powf(1.15) * self.clearness(now)
    }

    /// The part of the light that clouds let through: good and bad days, and clouds that pass within hours.
    fn clearness(&self, now: i64) -> f64 {
        let day = smooth(self.clouds_of_days, now, DAY);
        let hour = smooth(self.clouds_of_hours, now, HOUR);
        (0.3 + 0.7 * day) * (0.75 + 0.25 * hour)
    }

    /// Power of the household, W: by habit, by the temperature, and by what is switched on and off.
    fn household(&mut self, now: i64) -> f64 {
        let local = self.wall_clock(now);
        let mood = 0.6 + 0.8 * smooth(self.mood, now, HOUR);
        let switch = 0.9 + 0.2 * self.switches.nth(now.div_euclid(CELL)).unit();
        self.profile.household_kwh / 24.0 * 1000.0 * self.habits.at(local) * mood * switch * self.day.2
    }
}

fn day(profile: &EnergySiteProfile, index: i64) -> (i64, SunOfDay, f64) {
    let noon = index * DAY + DAY / 2;
    let temperature = profile.place.temperature(noon);
    let use_of_it = 0.93 + 0.015 * (16.0 - temperature).max(0.0) + 0.02 * (temperature - 24.0).max(0.0);
    (index, profile.place.sun_of_day(noon), use_of_it)
}

/// A value from 0 to 1 that wanders from one drawn value to the next over each period.
fn smooth(seed: Seed, now: i64, period: i64) -> f64 {
    let index = now.div_euclid(period);
    let part = now.rem_euclid(period) as f64 / period as f64;
    let (from, to) = (seed.nth(index).unit(), seed.nth(index + 1).unit());
    from + (to - from) * part * part * (3.0 - 2.0 * part)
}
