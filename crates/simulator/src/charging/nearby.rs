//! Charging sites around a place, and how busy they are.

use std::f64::consts::TAU;

use fleetgate_protocol::vehicle::{DestinationCharger, NearbyChargingSites, Place, Supercharger};

use super::site::Site;
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

/// A place with slow chargers.
struct Destination {
    name: &'static str,
    location: Coordinates,
    amenities: &'static str,
}

const fn destination(name: &'static str, (latitude, longitude): (f64, f64), amenities: &'static str) -> Destination {
    Destination { name, location: Coordinates { latitude, longitude }, amenities }
}

/// Chargers at hotels and the like.
static DESTINATIONS: [Destination; 10] = [
    destination("Hotel De Kade", (52.1015, 5.0872), "restrooms,wifi,lodging"),
    destination("Landgoed Zonheuvel", (52.0436, 5.3293), "restaurant,lodging"),
    destination("Museumpark", (52.0890, 5.1260), "restrooms,cafe"),
    destination("Bayside Inn", (37.4520, -122.1200), "wifi,lodging"),
    destination("Redwood Lodge", (37.3670, -122.2130), "restaurant,lodging"),
    destination("Vineyard Terrace", (37.2570, -122.0330), "restaurant"),
    destination("Harbor House", (37.5020, -122.4730), "restrooms,restaurant"),
    destination("Summit Resort", (39.1960, -120.2350), "wifi,lodging,restaurant"),
    destination("Lakeside Garden Hotel", (31.2260, 121.4450), "wifi,lodging"),
    destination("Riverside Plaza", (31.2390, 121.4990), "restrooms,shopping"),
];

impl Site {
    /// How many stalls are free: few in the late afternoon, many at night.
    fn free_stalls(&self, counted_at: i64) -> i64 {
        // The sun tells the time of day near enough.
        let local = counted_at + (self.location.longitude / 15.0 * HOUR as f64) as i64;
        let hour = local.rem_euclid(24 * HOUR) as f64 / HOUR as f64;
        let busy = 0.45 + 0.35 * ((hour - 17.0) / 24.0 * TAU).cos();
        let chance = Seed::of(self.place).at("stalls").nth(counted_at / COUNTED_EVERY).between(-0.15, 0.15);
        let taken = (self.stalls as f64 * (busy + chance).clamp(0.0, 1.0)).round() as i64;
        self.stalls - taken
    }
}

/// The answer of `nearby_charging_sites` for a car at `place`.
#[must_use]
pub fn nearby(place: Coordinates, query: NearbyQuery, now: i64) -> NearbyChargingSites {
    let counted_at = now.div_euclid(COUNTED_EVERY) * COUNTED_EVERY;
    let detail = |text: &str| query.detail.then(|| text.to_owned());
    let superchargers = around(Site::all(), |site| site.location, place, query).map(|(miles, site)| Supercharger {
        location: on_map(site.location),
        name: site.name(),
        kind: "supercharger".to_owned(),
        distance_miles: miles,
        available_stalls: site.free_stalls(counted_at),
        total_stalls: site.stalls,
        site_closed: false,
        amenities: detail(site.amenities),
        billing_info: detail(""),
    });
    let destinations = around(DESTINATIONS.iter(), |destination| destination.location, place, query);
    let destination_charging = destinations.map(|(miles, destination)| DestinationCharger {
        location: on_map(destination.location),
        name: destination.name.to_owned(),
        kind: "destination".to_owned(),
        distance_miles: miles,
        amenities: detail(destination.amenities),
    });
    NearbyChargingSites {
        congestion_sync_time_utc_secs: counted_at / SECOND,
        destination_charging: destination_charging.collect(),
        superchargers: superchargers.collect(),
        timestamp: now.div_euclid(1000),
    }
}

const fn on_map(Coordinates { latitude, longitude }: Coordinates) -> Place {
    Place { lat: latitude, long: longitude }
}

/// What is within the radius, nearest first, with the distances in miles and hundredths.
fn around<T: Copy>(
    everywhere: impl Iterator<Item = T>,
    location: impl Fn(T) -> Coordinates,
    place: Coordinates,
    query: NearbyQuery,
) -> impl Iterator<Item = (f64, T)> {
    let mut found: Vec<_> = everywhere
        .map(|site| ((location(site).miles_to(place) * 100.0).round() / 100.0, site))
        .filter(|(miles, _)| *miles <= query.radius_miles)
        .collect();
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    found.into_iter().take(query.count)
}

#[cfg(test)]
mod tests;
