//! Charging sites around a place, and how busy they are.

use std::f64::consts::TAU;

use fleetgate_protocol::vehicle::{DestinationCharger, NearbyChargingSites, Place, Supercharger};

use crate::seed::Seed;
use crate::sky::Coordinates;
use crate::time::{HOUR, MINUTE, SECOND};

/// Stalls are counted this often.
const COUNTED_EVERY: i64 = 5 * MINUTE;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearbyQuery {
    /// How many of each kind.
    pub count: usize,
    /// How far away, miles.
    pub radius_miles: f64,
    /// Whether amenities and billing are told.
    pub detail: bool,
}

/// A place with chargers: name, degrees north and east, stalls, amenities.
struct Station(&'static str, f64, f64, i64, &'static str);

/// Fast chargers. Those at which past sessions were are among them.
const FAST: [Station; 18] = [
    Station("Houten, NL", 52.0443, 5.0711, 16, "restrooms,cafe"),
    Station("Apeldoorn, NL", 52.1904, 5.9699, 20, "restrooms,restaurant,wifi"),
    Station("Breukelen, NL", 52.1713, 4.9893, 22, "restrooms,restaurant"),
    Station("Duiven, NL", 51.9475, 6.0144, 16, "restrooms,shopping"),
    Station("Moers, DE", 51.4474, 6.6397, 24, "restrooms,cafe,wifi"),
    Station("Emsbüren, DE", 52.3931, 7.2932, 12, "restrooms,restaurant"),
    Station("Gilroy, CA", 37.0230, -121.5665, 24, "restrooms,shopping,restaurant"),
    Station("Kettleman City, CA", 35.9902, -119.9613, 40, "restrooms,cafe,lounge"),
    Station("Truckee, CA", 39.3276, -120.2049, 20, "restrooms,cafe"),
    Station("Barstow, CA", 34.8490, -117.0859, 40, "restrooms,restaurant"),
    Station("Reno, NV", 39.5296, -119.8138, 12, "restrooms,shopping"),
    Station("Flagstaff, AZ", 35.1899, -111.6650, 16, "restrooms,lodging"),
    Station("Mountain View, CA", 37.4136, -122.0790, 20, "restrooms,cafe,wifi"),
    Station("Fremont, CA", 37.4937, -121.9446, 28, "restrooms,cafe"),
    Station("San Mateo, CA", 37.5434, -122.2877, 12, "shopping"),
    Station("Burlingame, CA", 37.5936, -122.3650, 8, "restaurant"),
    Station("Utrecht, NL", 52.0650, 5.1120, 8, "shopping,cafe"),
    Station("Amsterdam Noord, NL", 52.4009, 4.9330, 12, "restrooms,cafe"),
];

/// Chargers at hotels and the like.
const SLOW: [Station; 8] = [
    Station("Hotel De Kade", 52.1015, 5.0872, 2, "restrooms,wifi,lodging"),
    Station("Landgoed Zonheuvel", 52.0436, 5.3293, 4, "restaurant,lodging"),
    Station("Museumpark", 52.0890, 5.1260, 2, "restrooms,cafe"),
    Station("Bayside Inn", 37.4520, -122.1200, 2, "wifi,lodging"),
    Station("Redwood Lodge", 37.3670, -122.2130, 4, "restaurant,lodging"),
    Station("Vineyard Terrace", 37.2570, -122.0330, 3, "restaurant"),
    Station("Harbor House", 37.5020, -122.4730, 2, "restrooms,restaurant"),
    Station("Summit Resort", 39.1960, -120.2350, 6, "wifi,lodging,restaurant"),
];

impl Station {
    fn place(&self) -> Place {
        Place { lat: self.1, long: self.2 }
    }

    fn miles_from(&self, from: Coordinates) -> f64 {
        from.miles_to(Coordinates { latitude: self.1, longitude: self.2 })
    }

    /// How many stalls are free: few in the late afternoon, many at night.
    fn free_stalls(&self, counted_at: i64) -> i64 {
        // The sun tells the time of day near enough.
        let local = counted_at + (self.2 / 15.0 * HOUR as f64) as i64;
        let hour = local.rem_euclid(24 * HOUR) as f64 / HOUR as f64;
        let busy = 0.45 + 0.35 * ((hour - 17.0) / 24.0 * TAU).cos();
        let chance = Seed::of(self.0).at("stalls").nth(counted_at / COUNTED_EVERY).between(-0.15, 0.15);
        let taken = (self.3 as f64 * (busy + chance).clamp(0.0, 1.0)).round() as i64;
        self.3 - taken
    }
}

/// The answer of `nearby_charging_sites` for a car at `place`.
#[must_use]
pub fn nearby(place: Coordinates, query: NearbyQuery, now: i64) -> NearbyChargingSites {
    let counted_at = now.div_euclid(COUNTED_EVERY) * COUNTED_EVERY;
    let detail = |text: &str| query.detail.then(|| text.to_owned());
    let superchargers = around(&FAST, place, query).map(|(miles, station)| Supercharger {
        location: station.place(),
        name: station.0.to_owned(),
        kind: "supercharger".to_owned(),
        distance_miles: miles,
        available_stalls: station.free_stalls(counted_at),
        total_stalls: station.3,
        site_closed: false,
        amenities: detail(station.4),
        billing_info: detail(""),
    });
    let destination_charging = around(&SLOW, place, query).map(|(miles, station)| DestinationCharger {
        location: station.place(),
        name: station.0.to_owned(),
        kind: "destination".to_owned(),
        distance_miles: miles,
        amenities: detail(station.4),
    });
    NearbyChargingSites {
        congestion_sync_time_utc_secs: counted_at / SECOND,
        destination_charging: destination_charging.collect(),
        superchargers: superchargers.collect(),
        timestamp: now.div_euclid(1000),
    }
}

/// The stations within the radius, nearest first, with their distances in miles and hundredths.
fn around(
    stations: &'static [Station],
    place: Coordinates,
    query: NearbyQuery,
) -> impl Iterator<Item = (f64, &'static Station)> {
    let mut found: Vec<_> = stations
        .iter()
        .map(|station| ((station.miles_from(place) * 100.0).round() / 100.0, station))
        .filter(|(miles, _)| *miles <= query.radius_miles)
        .collect();
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    found.into_iter().take(query.count)
}

#[cfg(test)]
mod tests;
