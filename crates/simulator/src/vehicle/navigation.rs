//! Where a car is to go.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::seed::Seed;
use crate::sky::Coordinates;

/// The most stops of a route.
pub(super) const MOST_STOPS: usize = 20;
/// How much longer roads are than the straight line.
const DETOUR: f64 = 1.25;
/// What is driven on average, mph.
const SPEED_MPH: f64 = 38.0;
/// An address that is only a text lies between these from the car, degrees.
const NEAREST_DEGREES: f64 = 0.03;
const FARTHEST_DEGREES: f64 = 0.5;

/// A place to go to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waypoint {
    /// What the screen calls it.
    pub name: String,
    /// Where it is.
    pub place: Coordinates,
}

/// The route to the last of some stops.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Navigation {
    /// The stops in their order; none without a route.
    pub stops: Vec<Waypoint>,
}

/// Where a new stop stands among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopOrder {
    /// Alone.
    Replace,
    /// First.
    First,
    /// Last.
    Last,
}

impl StopOrder {
    /// Reads the number that clients send: 0 and 1 replace, 2 puts first, more puts last.
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            0 | 1 => Some(Self::Replace),
            2 => Some(Self::First),
            3.. => Some(Self::Last),
            _ => None,
        }
    }
}

/// What a route comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RouteLength {
    pub(super) miles: f64,
    pub(super) minutes: f64,
    /// What the traffic costs of the minutes.
    pub(super) delay: f64,
}

impl Navigation {
    /// Adds a stop; a route that is full does not take it.
    pub(super) fn add(&mut self, stop: Waypoint, order: StopOrder) -> bool {
        match order {
            StopOrder::Replace => self.stops = vec![stop],
            _ if self.stops.len() >= MOST_STOPS => return false,
            StopOrder::First => self.stops.insert(0, stop),
            StopOrder::Last => self.stops.push(stop),
        }
        true
    }

    /// The destination.
    pub(super) fn destination(&self) -> Option<&Waypoint> {
        self.stops.last()
    }

    /// The way from a place over all stops.
    pub(super) fn length_from(&self, start: Coordinates) -> RouteLength {
        let legs = self.stops.iter().scan(start, |from, stop| {
            let miles = from.miles_to(stop.place);
            *from = stop.place;
            Some(miles)
        });
        let miles = legs.sum::<f64>() * DETOUR;
        let delay = miles * self.destination().map_or(0.0, |stop| Seed::of(&stop.name).at("traffic").between(0.0, 0.2));
        RouteLength { miles, minutes: miles / SPEED_MPH * 60.0 + delay, delay }
    }
}

impl Waypoint {
    /// The place that a shared text means: the coordinates in it, or somewhere around the car that follows from the
    /// text, since no map is at hand. None for a text that says nothing.
    pub(super) fn from_shared_text(text: &str, car: Coordinates) -> Option<Self> {
        let name = text.lines().map(str::trim).find(|line| !line.is_empty())?;
        let place = coordinates_in(text).unwrap_or_else(|| somewhere(name, car));
        Some(Self { name: shortened(name), place })
    }

    /// A place known by the id that a map gave it.
    pub(super) fn from_place_id(id: &str, car: Coordinates) -> Self {
        Self { name: shortened(id), place: somewhere(id, car) }
    }

    /// A place known by its coordinates alone.
    pub(super) fn from_coordinates(place: Coordinates) -> Self {
        Self { name: format!("{:.5}, {:.5}", place.latitude, place.longitude), place }
    }
}

/// Screens have room for so much.
fn shortened(name: &str) -> String {
    name.chars().take(100).collect()
}

fn somewhere(name: &str, car: Coordinates) -> Coordinates {
    let seed = Seed::of("map").at(name);
    let degrees = seed.at("distance").between(NEAREST_DEGREES, FARTHEST_DEGREES);
    let bearing = seed.at("bearing").between(0.0, std::f64::consts::TAU);
    Coordinates {
        latitude: (car.latitude + degrees * bearing.cos()).clamp(-85.0, 85.0),
        longitude: (car.longitude + degrees * bearing.sin() + 540.0).rem_euclid(360.0) - 180.0,
    }
}

/// The first two numbers with a decimal point that are separated by a comma, as links to maps have them.
fn coordinates_in(text: &str) -> Option<Coordinates> {
    let is_part = |character: char| character.is_ascii_digit() || matches!(character, '.' | '-');
    let text = text.replace("%2C", ",").replace("%2c", ",");
    text.match_indices(',').find_map(|(comma, _)| {
        let (before, after) = (&text[..comma], text[comma + 1..].trim_start());
        let begin = before.trim_end_matches(is_part).len();
        let end = after.find(|character| !is_part(character)).unwrap_or(after.len());
        Coordinates::new(decimal(&before[begin..])?, decimal(&after[..end])?)
    })
}

fn decimal(text: &str) -> Option<f64> {
    text.contains('.').then(|| text.parse().ok())?
}
