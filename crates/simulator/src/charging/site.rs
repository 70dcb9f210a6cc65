//! A few fast chargers and their tariffs.

use crate::seed::Seed;
use crate::sky::Coordinates;
use crate::vehicle::VehicleProfile;

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
}

const fn dutch(place: &'static str, (latitude, longitude): (f64, f64), energy_cents: i64) -> Site {
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
    }
}

const fn german(place: &'static str, location: (f64, f64), energy_cents: i64) -> Site {
    Site {
        country: "Germany",
        country_code: "DE",
        time_zone: "Europe/Berlin",
        vat_percent: 19,
        ..dutch(place, location, energy_cents)
    }
}

const fn american(
    place: &'static str,
    (latitude, longitude): (f64, f64),
    time_zone: &'static str,
    energy_cents: i64,
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
    }
}

static EUROPE: [Site; 6] = [
    dutch("Houten", (52.0268, 5.1689), 41),
    dutch("Apeldoorn", (52.1938, 5.9452), 38),
    dutch("Breukelen", (52.1716, 4.9906), 43),
    dutch("Duiven", (51.9527, 6.0231), 39),
    german("Moers", (51.4316, 6.5967), 52),
    german("Emsbüren", (52.3933, 7.2536), 49),
];

static AMERICA: [Site; 6] = [
    american("Gilroy, CA", (37.0264, -121.5659), "America/Los_Angeles", 44),
    american("Kettleman City, CA", (35.9889, -119.9612), "America/Los_Angeles", 39),
    american("Truckee, CA", (39.3271, -120.2087), "America/Los_Angeles", 47),
    american("Barstow, CA", (34.8497, -117.0853), "America/Los_Angeles", 42),
    american("Reno, NV", (39.5257, -119.7849), "America/Los_Angeles", 36),
    american("Flagstaff, AZ", (35.1742, -111.6636), "America/Phoenix", 40),
];

impl Site {
    /// One of the places in a car's part of the world.
    pub(super) fn near(profile: &VehicleProfile, seed: Seed) -> &'static Self {
        let sites = if profile.eu { &EUROPE } else { &AMERICA };
        &sites[seed.below(sites.len() as i64) as usize]
    }

    /// The site nearest to a place.
    pub(super) fn nearest(place: Coordinates) -> &'static Self {
        let all = EUROPE.iter().chain(&AMERICA);
        all.fold(&EUROPE[0], |best, site| {
            let closer = place.miles_to(site.location) < place.miles_to(best.location);
            if closer { site } else { best }
        })
    }
}

/// Where the fast charger of a number is, and what the place is called.
pub(super) fn numbered(number: i64) -> Option<(&'static str, Coordinates)> {
    let index = usize::try_from(number.checked_sub(1)?).ok()?;
    AMERICA.iter().chain(&EUROPE).nth(index).map(|site| (site.place, site.location))
}
