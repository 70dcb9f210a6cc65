//! Numbers, times and places of devices, each checked when it is read.

use fleetgate_simulator::Days;
use fleetgate_simulator::vehicle::Battery;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Days of the week.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::sandbox::world) struct DayNames(pub(in crate::sandbox::world) Days);

impl TryFrom<String> for DayNames {
    type Error = &'static str;

    fn try_from(names: String) -> Result<Self, Self::Error> {
        Days::parse(&names).map(Self).ok_or("days are `all`, `weekdays` or names such as `monday,tuesday`")
    }
}

/// A time of day: minutes after midnight.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::sandbox::world) struct ClockTime(pub(in crate::sandbox::world) i64);

impl TryFrom<String> for ClockTime {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let read = |(hour, minute): (&str, &str)| {
            let (hour, minute) = (hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?);
            (hour < 24 && minute < 60).then(|| i64::from(hour) * 60 + i64::from(minute))
        };
        text.split_once(':').and_then(read).map(Self).ok_or("a time of day is written as `08:15`")
    }
}

/// A place on Earth: degrees north and east.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "Degrees")]
pub(in crate::sandbox::world) struct Location(pub(in crate::sandbox::world) f64, pub(in crate::sandbox::world) f64);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Degrees {
    latitude: f64,
    longitude: f64,
}

impl TryFrom<Degrees> for Location {
    type Error = &'static str;

    fn try_from(Degrees { latitude, longitude }: Degrees) -> Result<Self, Self::Error> {
        match (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            true => Ok(Self(latitude, longitude)),
            false => Err("a latitude is -90 to 90 degrees, a longitude -180 to 180"),
        }
    }
}

/// 0 to 100.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub(in crate::sandbox::world) struct Percent(pub(in crate::sandbox::world) i64);

impl TryFrom<i64> for Percent {
    type Error = &'static str;

    fn try_from(percent: i64) -> Result<Self, Self::Error> {
        if (0..=100).contains(&percent) { Ok(Self(percent)) } else { Err("a percentage is 0 to 100") }
    }
}

/// A charge limit that a car can have, percent.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub(in crate::sandbox::world) struct ChargeLimit(pub(in crate::sandbox::world) i64);

impl TryFrom<i64> for ChargeLimit {
    type Error = &'static str;

    fn try_from(percent: i64) -> Result<Self, Self::Error> {
        if Battery::LIMITS.contains(&percent) { Ok(Self(percent)) } else { Err("a charge limit is 50 to 100") }
    }
}

/// A power that is not negative.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "f64")]
pub(in crate::sandbox::world) struct Kilowatts(pub(in crate::sandbox::world) f64);

impl TryFrom<f64> for Kilowatts {
    type Error = &'static str;

    fn try_from(power: f64) -> Result<Self, Self::Error> {
        if (0.0..=10_000.0).contains(&power) { Ok(Self(power)) } else { Err("the panels have 0 to 10000 kW") }
    }
}

/// What a household uses on an average day.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "f64")]
pub(in crate::sandbox::world) struct DailyUse(pub(in crate::sandbox::world) f64);

impl TryFrom<f64> for DailyUse {
    type Error = &'static str;

    fn try_from(energy: f64) -> Result<Self, Self::Error> {
        if (0.1..=1_000.0).contains(&energy) { Ok(Self(energy)) } else { Err("a household uses 0.1 to 1000 kWh a day") }
    }
}

/// A number of wall connectors.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub(in crate::sandbox::world) struct Connectors(pub(in crate::sandbox::world) i64);

impl TryFrom<i64> for Connectors {
    type Error = &'static str;

    fn try_from(count: i64) -> Result<Self, Self::Error> {
        if (0..=16).contains(&count) { Ok(Self(count)) } else { Err("a site has 0 to 16 wall connectors") }
    }
}

/// A time without the grid, or with a storm: it begins at a moment, or some hours after the world is planted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "SpellSeed")]
pub(in crate::sandbox::world) struct WorldSpell {
    /// Where it begins.
    pub(in crate::sandbox::world) from: SpellBegin,
    /// How long it is, microseconds.
    pub(in crate::sandbox::world) lasts: i64,
}

/// Where a spell begins; microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(in crate::sandbox::world) enum SpellBegin {
    /// Since the epoch.
    At(i64),
    /// Since the planting; negative before it.
    After(i64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpellSeed {
    from: Option<String>,
    in_hours: Option<f64>,
    hours: f64,
}

impl TryFrom<SpellSeed> for WorldSpell {
    type Error = &'static str;

    fn try_from(seed: SpellSeed) -> Result<Self, Self::Error> {
        const DECADE: f64 = 10.0 * 366.0 * 24.0;
        let micros = |hours: f64| (hours * 3_600_000_000.0) as i64;
        if !(seed.hours > 0.0 && seed.hours <= DECADE) {
            return Err("`hours` is how long it lasts, more than 0 and at most ten years");
        }
        let from = match (&seed.from, seed.in_hours) {
            (Some(from), None) => {
                let moment =
                    from.parse::<Timestamp>().map_err(|_| "`from` is a moment such as `2026-11-23T18:00:00Z`")?;
                SpellBegin::At(moment.as_microsecond())
            }
            (None, Some(hours)) if hours.abs() <= DECADE => SpellBegin::After(micros(hours)),
            (None, Some(_)) => return Err("`in_hours` is within ten years of the planting"),
            _ => return Err("it begins with either `from`, a moment, or `in_hours`, counted from the planting"),
        };
        Ok(Self { from, lasts: micros(seed.hours).max(1) })
    }
}

/// A distance that is not negative.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "f64")]
pub(in crate::sandbox::world) struct Kilometers(pub(in crate::sandbox::world) f64);

impl TryFrom<f64> for Kilometers {
    type Error = &'static str;

    fn try_from(distance: f64) -> Result<Self, Self::Error> {
        if (0.0..=500.0).contains(&distance) { Ok(Self(distance)) } else { Err("devices are spread over 0 to 500 km") }
    }
}

/// The IANA name of a time zone, as the database writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::sandbox::world) struct ZoneName(pub(in crate::sandbox::world) String);

impl TryFrom<String> for ZoneName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let zone = TimeZone::get(&name).ok();
        let known = zone.as_ref().and_then(TimeZone::iana_name).filter(|_| name != "Etc/Unknown");
        known.map(|name| Self(name.to_owned())).ok_or("a time zone has an IANA name, such as `Europe/Amsterdam`")
    }
}
