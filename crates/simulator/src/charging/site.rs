//! Sites with fast chargers and their tariffs.

use fleetgate_protocol::Region;

use crate::seed::Seed;
use crate::sky::Coordinates;
use crate::vehicle::VehicleProfile;

/// What is nearer to a site than this is at it, miles: a car's way leads past places that no list has.
const NEAR_MILES: f64 = 30.0;

/// A place with fast chargers. Prices include tax and are hundredths of the currency.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) place: &'static str,
    /// Where it is.
    pub(super) location: Coordinates,
    pub(super) country: &'static str,
    pub(super) country_code: &'static str,
    pub(super) time_zone: &'static str,
    pub(super) currency: &'static str,
    pub(super) vat_percent: i64,
    /// Price of a kWh.
    pub(super) energy_cents: i64,
    /// Price of a minute beyond the end of charging.
    pub(super) parking_cents: i64,
    /// How many vehicles can charge at once.
    pub(super) stalls: i64,
    /// What there is for people, separated by commas.
    pub(super) amenities: &'static str,
}

const fn dutch(
    place: &'static str,
    (latitude, longitude): (f64, f64),
    energy_cents: i64,
    stalls: i64,
    amenities: &'static str,
) -> Site {
    Site {
        place,
        location: Coordinates { latitude, longitude },
        country: "Netherlands",
        country_code: "NL",
        time_zone: "Europe/Amsterdam",
        currency: "EUR",
        vat_percent: 21,
        energy_cents,
        parking_cents: 50,
        stalls,
        amenities,
    }
}

const fn german(
    place: &'static str,
    location: (f64, f64),
    energy_cents: i64,
    stalls: i64,
    amenities: &'static str,
) -> Site {
    Site {
        country: "Germany",
        country_code: "DE",
        time_zone: "Europe/Berlin",
        vat_percent: 19,
        ..dutch(place, location, energy_cents, stalls, amenities)
    }
}

const fn american(
    place: &'static str,
    (latitude, longitude): (f64, f64),
    time_zone: &'static str,
    energy_cents: i64,
    stalls: i64,
    amenities: &'static str,
) -> Site {
    Site {
        place,
        location: Coordinates { latitude, longitude },
        country: "United States",
        country_code: "US",
        time_zone,
        currency: "USD",
        vat_percent: 0,
        energy_cents,
        parking_cents: 50,
        stalls,
        amenities,
    }
}

const fn chinese(
    place: &'static str,
    location: (f64, f64),
    energy_cents: i64,
    stalls: i64,
    amenities: &'static str,
) -> Site {
    Site {
        country: "China",
        country_code: "CN",
        time_zone: "Asia/Shanghai",
        currency: "CNY",
        vat_percent: 13,
        parking_cents: 320,
        ..dutch(place, location, energy_cents, stalls, amenities)
    }
}

/// Along European motorways.
static EUROPE: [Site; 6] = [
    dutch("Houten", (52.0268, 5.1689), 41, 16, "restrooms,cafe"),
    dutch("Apeldoorn", (52.1938, 5.9452), 38, 20, "restrooms,restaurant,wifi"),
    dutch("Breukelen", (52.1716, 4.9906), 43, 22, "restrooms,restaurant"),
    dutch("Duiven", (51.9527, 6.0231), 39, 16, "restrooms,shopping"),
    german("Moers", (51.4316, 6.5967), 52, 24, "restrooms,cafe,wifi"),
    german("Emsbüren", (52.3933, 7.2536), 49, 12, "restrooms,restaurant"),
];

/// Along American highways.
static AMERICA: [Site; 6] = [
    american("Gilroy, CA", (37.0264, -121.5659), "America/Los_Angeles", 44, 24, "restrooms,shopping,restaurant"),
    american("Kettleman City, CA", (35.9889, -119.9612), "America/Los_Angeles", 39, 40, "restrooms,cafe,lounge"),
    american("Truckee, CA", (39.3271, -120.2087), "America/Los_Angeles", 47, 20, "restrooms,cafe"),
    american("Barstow, CA", (34.8497, -117.0853), "America/Los_Angeles", 42, 40, "restrooms,restaurant"),
    american("Reno, NV", (39.5257, -119.7849), "America/Los_Angeles", 36, 12, "restrooms,shopping"),
    american("Flagstaff, AZ", (35.1742, -111.6636), "America/Phoenix", 40, 16, "restrooms,lodging"),
];

/// In towns.
static TOWNS: [Site; 6] = [
    american("Mountain View, CA", (37.4136, -122.0790), "America/Los_Angeles", 45, 20, "restrooms,cafe,wifi"),
    american("Fremont, CA", (37.4937, -121.9446), "America/Los_Angeles", 43, 28, "restrooms,cafe"),
    american("San Mateo, CA", (37.5434, -122.2877), "America/Los_Angeles", 46, 12, "shopping"),
    american("Burlingame, CA", (37.5936, -122.3650), "America/Los_Angeles", 48, 8, "restaurant"),
    dutch("Utrecht", (52.0650, 5.1120), 45, 8, "shopping,cafe"),
    dutch("Amsterdam Noord", (52.4009, 4.9330), 46, 12, "restrooms,cafe"),
];

/// In and around Shanghai.
static CHINA: [Site; 6] = [
    chinese("Suzhou", (31.3163, 120.6708), 172, 20, "restrooms,shopping"),
    chinese("Wuxi", (31.4912, 120.3119), 165, 12, "restrooms,restaurant"),
    chinese("Hangzhou", (30.2592, 120.2194), 178, 24, "restrooms,cafe"),
    chinese("Nanjing", (32.0042, 118.7342), 169, 16, "shopping"),
    chinese("Shanghai Pudong", (31.2214, 121.5447), 196, 28, "restrooms,shopping,cafe"),
    chinese("Shanghai Hongqiao", (31.1940, 121.3200), 189, 18, "restrooms,restaurant"),
];

impl Site {
    /// Every site. The number of one is its place here, from 1.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        AMERICA.iter().chain(&EUROPE).chain(&TOWNS).chain(&CHINA)
    }

    /// The place with its country or state.
    pub(super) fn name(&self) -> String {
        match self.country_code {
            "US" => self.place.to_owned(),
            country => format!("{}, {country}", self.place),
        }
    }

    /// The sites along the roads of a car's part of the world.
    fn on_long_ways(profile: &VehicleProfile) -> &'static [Self; 6] {
        match profile.region() {
            Region::Na => &AMERICA,
            Region::Eu => &EUROPE,
            Region::Cn => &CHINA,
        }
    }

    /// One of the places at which a car from this part of the world charges on long ways.
    pub(super) fn near(profile: &VehicleProfile, seed: Seed) -> &'static Self {
        let sites = Self::on_long_ways(profile);
        &sites[seed.below(sites.len() as i64) as usize]
    }

    /// One with the prices of a car's part of the world.
    pub(super) fn usual(profile: &VehicleProfile) -> &'static Self {
        &Self::on_long_ways(profile)[0]
    }

    /// The site at a place, if one is near.
    pub(super) fn at(place: Coordinates) -> Option<&'static Self> {
        let distance = |site: &&Self| place.miles_to(site.location);
        let nearest = Self::all().min_by(|one, other| distance(one).total_cmp(&distance(other)));
        nearest.filter(|site| distance(site) < NEAR_MILES)
    }
}

/// Where the fast charger of a number is, and what the place is called.
pub(super) fn numbered(number: i64) -> Option<(&'static str, Coordinates)> {
    let index = usize::try_from(number.checked_sub(1)?).ok()?;
    Site::all().nth(index).map(|site| (site.place, site.location))
}
