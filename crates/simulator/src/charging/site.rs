//! A few fast chargers and their tariffs.

use crate::seed::Seed;
use crate::vehicle::VehicleProfile;

/// A place with fast chargers. Prices include tax and are hundredths of the currency.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) place: &'static str,
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

const fn dutch(place: &'static str, energy_cents: i64) -> Site {
    Site {
        place,
        country: "Netherlands",
        country_code: "NL",
        time_zone: "Europe/Amsterdam",
        currency: "EUR",
        vat_percent: 21,
        energy_cents,
        parking_cents: 50,
    }
}

const fn german(place: &'static str, energy_cents: i64) -> Site {
    Site {
        country: "Germany",
        country_code: "DE",
        time_zone: "Europe/Berlin",
        vat_percent: 19,
        ..dutch(place, energy_cents)
    }
}

const fn american(place: &'static str, time_zone: &'static str, energy_cents: i64) -> Site {
    Site {
        place,
        country: "United States",
        country_code: "US",
        time_zone,
        currency: "USD",
        vat_percent: 0,
        energy_cents,
        parking_cents: 50,
    }
}

const EUROPE: [Site; 6] = [
    dutch("Houten", 41),
    dutch("Apeldoorn", 38),
    dutch("Breukelen", 43),
    dutch("Duiven", 39),
    german("Moers", 52),
    german("Emsbüren", 49),
];

const AMERICA: [Site; 6] = [
    american("Gilroy, CA", "America/Los_Angeles", 44),
    american("Kettleman City, CA", "America/Los_Angeles", 39),
    american("Truckee, CA", "America/Los_Angeles", 47),
    american("Barstow, CA", "America/Los_Angeles", 42),
    american("Reno, NV", "America/Los_Angeles", 36),
    american("Flagstaff, AZ", "America/Phoenix", 40),
];

impl Site {
    /// One of the places in a car's part of the world.
    pub(super) fn near(profile: &VehicleProfile, seed: Seed) -> &'static Self {
        let sites = if profile.eu { &EUROPE } else { &AMERICA };
        &sites[seed.below(sites.len() as i64) as usize]
    }
}
