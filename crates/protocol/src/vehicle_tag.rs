//! How a path names a vehicle.

use std::fmt;
use std::str::FromStr;

/// A vehicle identification number (ISO 3779): 17 digits and capital letters without I, O and Q.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Vin(String);

impl Vin {
    /// The 17 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Vin {
    type Err = InvalidVehicleTag;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed =
            |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'O' | b'Q');
        if text.len() == 17 && text.bytes().all(allowed) { Ok(Self(text.to_owned())) } else { Err(InvalidVehicleTag) }
    }
}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The `{vehicle_tag}` of a path: a VIN, or the `id` of the vehicle list (`id_s` is the same in a string).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VehicleTag {
    /// The VIN; lower-case letters are read as capitals.
    Vin(Vin),
    /// The `id`, below 2^53 so that no client loses digits.
    Id(i64),
}

/// A text that names no vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a vehicle is named by its VIN (17 characters) or its `id`")]
pub struct InvalidVehicleTag;

impl FromStr for VehicleTag {
    type Err = InvalidVehicleTag;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(vin) = text.to_ascii_uppercase().parse() {
            return Ok(Self::Vin(vin));
        }
        let digits = (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(id) if digits && id < 1 << 53 => Ok(Self::Id(id)),
            _ => Err(InvalidVehicleTag),
        }
    }
}

#[cfg(test)]
mod tests;
