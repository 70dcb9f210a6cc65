//! The sun and the weather at a place.

#[cfg(test)]
mod tests;

use std::f64::consts::TAU;

use fleetgate_protocol::Region;
use serde::{Deserialize, Serialize};

use crate::seed::Seed;
use crate::time::{DAY, HOUR};

const DAYS_IN_A_YEAR: f64 = 365.2425;
/// Days of the year (from 0) of the northern winter solstice and of the coldest weather.
const SOLSTICE: f64 = 355.0;
const COLDEST: f64 = 20.0;

/// A place on the earth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coordinates {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl Default for Coordinates {
    /// Palo Alto.
    fn default() -> Self {
        Self { latitude: 37.4419, longitude: -122.143 }
    }
}

impl Coordinates {
    /// A place from degrees north and east, if there is one.
    #[must_use]
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let exists = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        exists.then_some(Self { latitude, longitude })
    }

    /// Distance as the crow flies, miles.
    pub(crate) fn miles_to(self, other: Self) -> f64 {
        let north = (other.latitude - self.latitude).to_radians();
        let east = (other.longitude - self.longitude).to_radians();
        let across = self.latitude.to_radians().cos() * other.latitude.to_radians().cos();
        let half = (north / 2.0).sin().powi(2) + across * (east / 2.0).sin().powi(2);
        2.0 * 3958.8 * half.sqrt().min(1.0).asin()
    }

    /// Whether two places are of the same home: less than 0.1 miles apart.
    #[must_use]
    pub fn is_beside(self, other: Self) -> bool {
        // Most places differ in latitude alone, which is quickly seen: 0.1 miles are 0.0015 degrees.
        (self.latitude - other.latitude).abs() < 0.002 && self.miles_to(other) < 0.1
    }

    /// A town in Europe.
    pub(crate) const UTRECHT: Self = Self { latitude: 52.0907, longitude: 5.1214 };
    /// A city in China.
    pub(crate) const SHANGHAI: Self = Self { latitude: 31.23, longitude: 121.47 };

    /// Where devices of a region are, unless they are said to be elsewhere.
    #[must_use]
    pub fn of_region(region: Region) -> Self {
        match region {
            Region::Na => Self::default(),
            Region::Eu => Self::UTRECHT,
            Region::Cn => Self::SHANGHAI,
        }
    }

    /// Sine of the sun's height above the horizon; negative at night.
    pub(crate) fn sun_height(self, now: i64) -> f64 {
        self.sun_of_day(now).height(now)
    }

    /// The sun's way on the day of a moment.
    pub(crate) fn sun_of_day(self, now: i64) -> SunOfDay {
        let declination = -23.44_f64.to_radians() * (TAU * (day_of_year(now) - SOLSTICE) / DAYS_IN_A_YEAR).cos();
        let latitude = self.latitude.to_radians();
        SunOfDay { place: self, mean: latitude.sin() * declination.sin(), swing: latitude.cos() * declination.cos() }
    }

    /// Outside temperature, degrees Celsius: the climate of the latitude, the season, the hour and passing weather.
    pub(crate) fn temperature(self, now: i64) -> f64 {
        let mean = 28.0 - 0.0065 * self.latitude.powi(2);
        // Signed, so that the seasons are reversed in the south.
        let season = -0.16 * self.latitude * (TAU * (day_of_year(now) - COLDEST) / DAYS_IN_A_YEAR).cos();
        let hour = 4.0 * (TAU * (self.solar_hour(now) - 15.0) / 24.0).cos();
        mean + season + hour + self.weather(now)
    }

    /// What the weather of these days adds to the temperature, degrees Celsius.
    fn weather(self, now: i64) -> f64 {
        let seed = self.seed();
        let days = now as f64 / DAY as f64;
        let wave = |name, period: f64| (TAU * (days / period + seed.at(name).unit())).sin();
        2.5 * wave("front", 5.3) + 1.2 * wave("shower", 2.1)
    }

    /// A seed shared by all that is within the same degree: neighbours have the same weather.
    pub(crate) fn seed(self) -> Seed {
        Seed::of("place").nth(self.latitude.floor() as i64).nth(self.longitude.floor() as i64)
    }

    /// Hour of the day by the sun, 0 to 24.
    fn solar_hour(self, now: i64) -> f64 {
        (now.rem_euclid(DAY) as f64 / HOUR as f64 + self.longitude / 15.0).rem_euclid(24.0)
    }
}

/// The sun's way on a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SunOfDay {
    place: Coordinates,
    mean: f64,
    swing: f64,
}

impl SunOfDay {
    /// Sine of the sun's height above the horizon; negative at night.
    pub(crate) fn height(&self, now: i64) -> f64 {
        let hour_angle = TAU * (self.place.solar_hour(now) - 12.0) / 24.0;
        self.mean + self.swing * hour_angle.cos()
    }
}

fn day_of_year(now: i64) -> f64 {
    (now as f64 / DAY as f64).rem_euclid(DAYS_IN_A_YEAR)
}
