//! Past sessions at fast chargers.

mod invoice;
mod nearby;
mod render;
mod site;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use nearby::{NearbyQuery, nearby};

use crate::seed::Seed;
use crate::sky::Coordinates;
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use crate::vehicle::VehicleProfile;
use site::Site;

/// How many sessions an invented past has, and over how many days.
const SESSIONS: i64 = 12;
const PERIOD: i64 = 180 * DAY;
/// A car that is done may stay so long without paying for it.
const GRACE: i64 = 5 * MINUTE;
/// Power of a fast charger over a whole session, kW.
const MEAN_POWER: f64 = 78.0;

/// A session at a fast charger, from the plug to the bill. Amounts are whole numbers of small units, so that sums are
/// exact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChargingSession {
    /// Identifier of the session.
    pub session_id: i64,
    /// The car that charged.
    pub vin: String,
    /// Name of the model, such as `Model 3`.
    pub model: String,
    /// Name of the place, such as `Houten`.
    pub place: String,
    /// Name of the country, such as `Netherlands`.
    pub country: String,
    /// Country, ISO 3166.
    pub country_code: String,
    /// IANA name of the time zone at the site.
    pub time_zone: String,
    /// Begin, microseconds since the epoch.
    pub started_at: i64,
    /// End, microseconds since the epoch.
    pub stopped_at: i64,
    /// When the plug was released, microseconds since the epoch.
    pub unlatched_at: i64,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Part of a price that is tax: percent on top of the net price.
    pub vat_percent: i64,
    /// What was charged for.
    pub fees: Vec<SessionFee>,
    /// Name of the invoice's file.
    pub invoice_file: String,
    /// Identifier of the invoice's content, a UUID.
    pub invoice_id: String,
}

/// A fee of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFee {
    /// Identifier of the fee.
    pub fee_id: i64,
    /// What it is for.
    pub kind: FeeKind,
    /// Hundredths of a unit: of a kWh or of a minute.
    pub usage_hundredths: i64,
    /// Price of a unit, tax included, hundredths of the currency.
    pub rate_cents: i64,
}

/// What a fee is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// Energy, by the kWh.
    Charging,
    /// A car that stays when it is full, by the minute.
    Parking,
}

impl SessionFee {
    /// Usage times rate, rounded to the hundredth of the currency.
    #[must_use]
    pub const fn total_cents(&self) -> i64 {
        (self.usage_hundredths * self.rate_cents + 50).div_euclid(100)
    }
}

impl ChargingSession {
    /// The bill of a session that began, stopped and was unplugged at `times`, at the tariff of the site at `place`; `None`
    /// when no energy flowed. The same car and begin always give the same identifiers.
    pub(crate) fn billed(
        profile: &VehicleProfile,
        place: Coordinates,
        times: (i64, i64, i64),
        kwh: f64,
    ) -> Option<Self> {
        let (started_at, stopped_at, unlatched_at) = times;
        let energy_hundredths = (kwh * 100.0).round() as i64;
        let seed = profile.seed().at("session").nth(started_at);
        // Many cars charge often, so these numbers are longer than those of the invented past.
        let number = seed.at("id").below(800_000_000_000_000) + 100_000_000_000_000;
        let overstay = (unlatched_at - stopped_at).div_euclid(MINUTE);
        let parked = if unlatched_at - stopped_at > GRACE { overstay } else { 0 };
        let bill = Bill { number, seed, times, energy_hundredths, parked };
        (energy_hundredths > 0).then(|| match Site::at(place) {
            Some(site) => bill.session(profile, site),
            // No map knows the site: it has the usual prices, and the car tells the time.
            None => Self {
                place: format!("{:.3}, {:.3}", place.latitude, place.longitude),
                time_zone: profile.time_zone.clone(),
                ..bill.session(profile, Site::usual(profile))
            },
        })
    }

    /// The whole bill, tax included, hundredths of the currency.
    #[must_use]
    pub fn total_cents(&self) -> i64 {
        self.fees.iter().map(SessionFee::total_cents).sum()
    }
}

/// The name and the place of the fast charger that has a number, from 1; cars know them by it.
pub(crate) fn supercharger(number: i64) -> Option<(&'static str, Coordinates)> {
    site::numbered(number)
}

/// Invents the past half year of a car: a dozen sessions that ended before `now`, oldest first, at chargers of its
/// part of the world. The same car, `seed` and `now` give the same sessions.
#[must_use]
pub fn history(profile: &VehicleProfile, seed: u64, now: i64) -> Vec<ChargingSession> {
    let seed = profile.seed().at("charging").nth(seed.cast_signed());
    (0..SESSIONS).map(|index| session(profile, seed.nth(index), now - PERIOD + index * (PERIOD / SESSIONS))).collect()
}

/// A session within the two weeks from the day of `from`, at daytime.
fn session(profile: &VehicleProfile, seed: Seed, from: i64) -> ChargingSession {
    let site = Site::near(profile, seed.at("site"));
    let share = seed.at("energy").between(0.25, 0.7);
    let energy_hundredths = (share * profile.battery_kwh * 100.0) as i64;
    let day = from.div_euclid(DAY) * DAY + DAY * seed.at("day").below(13);
    let daytime = (seed.at("hour").between(8.0, 20.0) * HOUR as f64) as i64;
    let local = day + daytime;
    let started_at = (local - crate::time::utc_offset(site.time_zone, local) * SECOND).div_euclid(SECOND) * SECOND;
    let charging_time = energy_hundredths as f64 / 100.0 / MEAN_POWER * HOUR as f64;
    let stopped_at = started_at + (charging_time as i64).div_euclid(SECOND) * SECOND;
    let overstay = if seed.at("overstay").below(6) == 0 { seed.at("minutes").below(15) + 6 } else { 0 };
    let unlatched_at = stopped_at + overstay * MINUTE + (seed.at("unlatch").below(200) + 20) * SECOND;
    let number = seed.at("id").below(90_000_000) + 10_000_000;
    let times = (started_at, stopped_at, unlatched_at);
    Bill { number, seed, times, energy_hundredths, parked: overstay }.session(profile, site)
}

/// What differs between two sessions of a car at a site.
struct Bill {
    number: i64,
    /// From which the identifiers of the invoice are drawn.
    seed: Seed,
    /// Begin, end, and when the plug was released.
    times: (i64, i64, i64),
    energy_hundredths: i64,
    /// Minutes that have to be paid for.
    parked: i64,
}

impl Bill {
    fn session(self, profile: &VehicleProfile, site: &Site) -> ChargingSession {
        let Self { number, seed, times: (started_at, stopped_at, unlatched_at), energy_hundredths, parked } = self;
        let fee = |kind, usage_hundredths, rate_cents| SessionFee {
            fee_id: number * 10 + i64::from(kind == FeeKind::Parking),
            kind,
            usage_hundredths,
            rate_cents,
        };
        let mut fees = vec![fee(FeeKind::Charging, energy_hundredths, site.energy_cents)];
        if parked > 0 {
            fees.push(fee(FeeKind::Parking, parked * 100, site.parking_cents));
        }
        ChargingSession {
            session_id: number,
            vin: profile.vin.clone(),
            model: profile.model.name().to_owned(),
            place: site.place.to_owned(),
            country: site.country.to_owned(),
            country_code: site.country_code.to_owned(),
            time_zone: site.time_zone.to_owned(),
            started_at,
            stopped_at,
            unlatched_at,
            currency: site.currency.to_owned(),
            vat_percent: site.vat_percent,
            fees,
            invoice_file: format!("TSLA-{}-{number}.pdf", site.country_code),
            invoice_id: seed.at("invoice").uuid(),
        }
    }
}
