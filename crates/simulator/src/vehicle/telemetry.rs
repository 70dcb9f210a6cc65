//! What a car can stream, and when it learns what it should.

use super::{Vehicle, VehicleProfile};
use crate::time::SECOND;
use crate::vehicle::{Connectivity, Model};

/// An online car asks for its configuration this often.
const TAKES_CHANGES_AFTER: i64 = 5 * SECOND;
/// The oldest Model S and X that stream, by model year, and the first with today's computer.
const OLDEST_LUXURY: i64 = 2018;
const NEW_COMPUTER: i64 = 2021;
/// The oldest software that streams: on today's computers, and on those of older Model S and X.
const FIRST_FIRMWARE: Firmware = Firmware(2024, 26, 0);
const FIRST_FIRMWARE_OF_OLD_COMPUTERS: Firmware = Firmware(2025, 20, 0);
/// The telemetry clients and the software that each came with, newest first.
const CLIENTS: [(Firmware, &str); 2] = [(Firmware(2026, 26, 6), "1.3.0"), (Firmware(2025, 2, 6), "1.0.0")];

/// Why a car cannot stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotStream {
    /// It is too old.
    Hardware,
    /// Its software is.
    Firmware,
}

/// A version of the software: year, week, and a number within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Firmware(i64, i64, i64);

impl Firmware {
    fn read(version: &str) -> Self {
        let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        Self(next(), next(), next())
    }
}

impl VehicleProfile {
    /// The model year that the VIN tells with its tenth character.
    #[must_use]
    pub fn model_year(&self) -> i64 {
        const YEARS: &str = "ABCDEFGHJKLMNPRSTVWXY";
        let letter = self.vin.chars().nth(9).and_then(|letter| YEARS.find(letter));
        letter.map_or(2023, |place| 2010 + place as i64)
    }

    /// Whether it is a Model S or X from before today's computer.
    #[must_use]
    pub fn has_old_computer(&self) -> bool {
        matches!(self.model, Model::ModelS | Model::ModelX) && self.model_year() < NEW_COMPUTER
    }
}

impl Vehicle {
    /// The version of the software, without its build.
    #[must_use]
    pub fn firmware(&self) -> &str {
        self.car_version().split(' ').next().unwrap_or_default()
    }

    /// Whether the car can stream.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn can_stream(&self) -> Result<(), CannotStream> {
        if self.profile.has_old_computer() && self.profile.model_year() < OLDEST_LUXURY {
            return Err(CannotStream::Hardware);
        }
        let first = if self.profile.has_old_computer() { FIRST_FIRMWARE_OF_OLD_COMPUTERS } else { FIRST_FIRMWARE };
        if Firmware::read(self.firmware()) < first { Err(CannotStream::Firmware) } else { Ok(()) }
    }

    /// Whether the car can send other fields along with a field.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn can_include_fields(&self) -> Result<(), CannotStream> {
        self.can_stream()?;
        if Firmware::read(self.firmware()) < CLIENTS[0].0 { Err(CannotStream::Firmware) } else { Ok(()) }
    }

    /// The version of the car's telemetry client; `None` when it has none whose version is known.
    #[must_use]
    pub fn telemetry_client(&self) -> Option<&'static str> {
        self.can_stream().ok()?;
        let firmware = Firmware::read(self.firmware());
        CLIENTS.iter().find(|(first, _)| firmware >= *first).map(|(_, version)| *version)
    }

    /// Whether the car knows of a change that was made for it at `changed_at`: it was online some seconds later, or
    /// after.
    #[must_use]
    pub fn knows_of(&self, changed_at: i64) -> bool {
        let last_online = if self.connectivity() == Connectivity::Online { self.updated_at } else { self.online_at };
        last_online >= changed_at + TAKES_CHANGES_AFTER
    }

    /// How many keys the car knows beside virtual ones: two cards and some phones.
    #[must_use]
    pub fn own_keys(&self) -> i64 {
        2 + self.profile.seed().at("phones").below(3)
    }
}

#[cfg(test)]
mod tests;
