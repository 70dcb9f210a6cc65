//! One table for many devices: `count` of a seed file.

use std::f64::consts::TAU;

use toml::Spanned;

use super::derive::Derivation;
use super::file::{EnergySiteSeed, Kilometers, Location, MOST_DEVICES, VehicleSeed};
use super::text::{Text, Vin};
use crate::config::file::human::Count;
use crate::config::file::located::{LocatedError, Source};

/// Kilometres of a degree of latitude.
const DEGREE_KM: f64 = 111.2;

/// How many serial numbers six digits are.
const SERIALS: usize = 1_000_000;

/// Every vehicle with a table of its own.
pub(super) fn vehicles(
    source: Source<'_>,
    of: &Derivation,
    seeds: Vec<VehicleSeed>,
) -> Result<Vec<VehicleSeed>, LocatedError> {
    let mut all = Vec::new();
    for seed in seeds {
        check_spread(source, "vehicles.spread_km", seed.spread_km.as_ref(), seed.location)?;
        let Some(count) = &seed.count else {
            all.push(scattered_vehicle(of, seed));
            continue;
        };
        let (first, number) = (&seed.vin.get_ref().0, count.get_ref().0);
        check_number(source, "vehicles.count", all.len() + number, count)?;
        let Some(start) = serial(first).filter(|start| start + number <= SERIALS) else {
            let problem = "The VIN of the first of several ends in six digits, after which there are enough numbers.";
            return Err(source.complain(&seed.vin.span(), "vehicles.vin", problem));
        };
        for index in 0..number {
            let vin = if index == 0 { first.clone() } else { numbered(first, start + index) };
            all.push(scattered_vehicle(
                of,
                VehicleSeed {
                    vin: Spanned::new(seed.vin.span(), Vin(vin)),
                    id: seed.id.as_ref().map(|id| counted(id, index)),
                    display_name: seed.display_name.as_ref().map(|name| with_number(name, index)),
                    ..seed.clone()
                },
            ));
        }
    }
    Ok(all)
}

/// Every energy site with a table of its own.
pub(super) fn energy_sites(
    source: Source<'_>,
    of: &Derivation,
    seeds: Vec<EnergySiteSeed>,
) -> Result<Vec<EnergySiteSeed>, LocatedError> {
    let mut all: Vec<EnergySiteSeed> = Vec::new();
    for seed in seeds {
        check_spread(source, "energy_sites.spread_km", seed.spread_km.as_ref(), seed.location)?;
        let number = seed.count.as_ref().map_or(1, |count| count.get_ref().0);
        if let Some(count) = &seed.count {
            check_number(source, "energy_sites.count", all.len() + number, count)?;
        }
        for index in 0..number {
            let several = seed.count.is_some();
            let place = seed.location.map(|place| {
                scattered(of, &format!("energy_site/{}/place", all.len()), place, seed.spread_km.as_ref())
            });
            all.push(EnergySiteSeed {
                energy_site_id: seed.energy_site_id.as_ref().map(|id| counted(id, index)),
                name: if several { with_number(&seed.name, index) } else { seed.name.clone() },
                location: place,
                ..seed.clone()
            });
        }
    }
    Ok(all)
}

fn check_number(
    source: Source<'_>,
    key: &str,
    number: usize,
    count: &Spanned<Count<MOST_DEVICES>>,
) -> Result<(), LocatedError> {
    match number > MOST_DEVICES {
        true => {
            Err(source.complain(&count.span(), key, format!("A world has at most {MOST_DEVICES} of them altogether.")))
        }
        false => Ok(()),
    }
}

fn check_spread(
    source: Source<'_>,
    key: &str,
    spread: Option<&Spanned<Kilometers>>,
    location: Option<Location>,
) -> Result<(), LocatedError> {
    match spread.filter(|_| location.is_none()) {
        Some(spread) => Err(source.complain(&spread.span(), key, "It spreads around a `location`, which is missing.")),
        None => Ok(()),
    }
}

fn scattered_vehicle(of: &Derivation, seed: VehicleSeed) -> VehicleSeed {
    let label = format!("vehicle/{}/place", seed.vin.get_ref().0);
    let location = seed.location.map(|place| scattered(of, &label, place, seed.spread_km.as_ref()));
    VehicleSeed { location, ..seed }
}

/// A place of the disc around another, each part of it as likely as the next.
fn scattered(of: &Derivation, label: &str, place: Location, spread: Option<&Spanned<Kilometers>>) -> Location {
    let Some(spread) = spread else { return place };
    let part = |what: &str| of.number(&format!("{label}/{what}"), 0, 1_000_000) as f64 / 1_000_000.0;
    let distance = spread.get_ref().0 / DEGREE_KM * part("distance").sqrt();
    let (north, east) = (part("direction") * TAU).sin_cos();
    // Near a pole a circle of latitude is too short to go round it.
    let latitude = (place.0 + distance * north).clamp(-90.0, 90.0);
    let longitude = place.1 + distance * east / latitude.to_radians().cos().max(0.01);
    Location(latitude, (longitude + 540.0).rem_euclid(360.0) - 180.0)
}

/// The number at the end of a VIN.
fn serial(vin: &str) -> Option<usize> {
    vin.get(11..).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// The VIN with another number at its end. Where the first one has the right check digit (49 CFR 565.15), so has this one.
fn numbered(first: &str, serial: usize) -> String {
    let vin = format!("{}{serial:06}", &first[..11]);
    match check_digit(first) == first.chars().nth(8) {
        true => vin[..8].chars().chain(check_digit(&vin)).chain(vin[9..].chars()).collect(),
        false => vin,
    }
}

fn check_digit(vin: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let values = vin.bytes().map(|byte| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'H' => u32::from(byte - b'A') + 1,
        b'J'..=b'R' => u32::from(byte - b'J') + 1,
        b'S'..=b'Z' => u32::from(byte - b'S') + 2,
        _ => 0,
    });
    let sum: u32 = values.zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    if sum % 11 == 10 { Some('X') } else { char::from_digit(sum % 11, 10) }
}

fn counted(id: &Spanned<i64>, index: usize) -> Spanned<i64> {
    let index = i64::try_from(index).unwrap_or(i64::MAX);
    Spanned::new(id.span(), id.get_ref().saturating_add(index))
}

/// A name in which `{n}` stands for the number of the device, from 1.
fn with_number(name: &Text, index: usize) -> Text {
    Text(name.0.replace("{n}", &(index + 1).to_string()))
}

#[cfg(test)]
mod tests;
