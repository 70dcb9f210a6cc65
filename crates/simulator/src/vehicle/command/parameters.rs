//! The body of a command's request.

#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use fleetgate_protocol::parameters::whole_number;
use serde_json::{Map, Value};

use crate::sky::Coordinates;
use crate::vehicle::security::Pin;

/// Why a request is not a command: a `400` whose text is the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// A parameter is not there.
    #[error("missing {0} param")]
    Missing(&'static str),
    /// A parameter is of another type, or has a value that it cannot have.
    #[error("invalid {0} param")]
    Invalid(&'static str),
}

type Read<T> = Result<T, ParameterError>;

/// Parameters by name.
///
/// Types are those of JSON: a text is no number. A whole number may have a fraction of zero, as some clients write it.
/// An optional parameter that is `null` counts as left out, as some clients send what they have no value for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters<'a>(&'a Map<String, Value>);

impl<'a> Parameters<'a> {
    pub(super) const fn new(body: &'a Map<String, Value>) -> Self {
        Self(body)
    }

    /// A parameter of any type.
    pub(super) fn value(self, name: &'static str) -> Read<&'a Value> {
        self.0.get(name).ok_or(ParameterError::Missing(name))
    }

    /// A parameter that is read in a way of its own: `read` gives nothing for a value that cannot be.
    pub(super) fn read<T>(self, name: &'static str, read: impl FnOnce(&'a Value) -> Option<T>) -> Read<T> {
        read(self.value(name)?).ok_or(ParameterError::Invalid(name))
    }

    /// A whole number.
    pub(super) fn integer(self, name: &'static str) -> Read<i64> {
        self.read(name, whole_number)
    }

    /// A whole number in a range.
    pub(super) fn integer_in(self, name: &'static str, range: RangeInclusive<i64>) -> Read<i64> {
        self.read(name, |value| whole_number(value).filter(|number| range.contains(number)))
    }

    /// A number in a range.
    pub(super) fn number_in(self, name: &'static str, range: RangeInclusive<f64>) -> Read<f64> {
        self.read(name, |value| value.as_f64().filter(|number| range.contains(number)))
    }

    /// `true` or `false`.
    pub(super) fn boolean(self, name: &'static str) -> Read<bool> {
        self.read(name, Value::as_bool)
    }

    /// A text.
    pub(super) fn text(self, name: &'static str) -> Read<&'a str> {
        self.read(name, Value::as_str)
    }

    /// A text that is one of these, for which the value beside it stands.
    pub(super) fn choice<T: Copy>(self, name: &'static str, choices: &[(&str, T)]) -> Read<T> {
        self.read(name, |value| {
            let text = value.as_str()?;
            choices.iter().find(|(choice, _)| *choice == text).map(|(_, meaning)| *meaning)
        })
    }

    /// A text of four digits.
    pub(super) fn pin(self, name: &'static str) -> Read<Pin> {
        self.read(name, |value| Pin::new(value.as_str()?))
    }

    /// Degrees north and east.
    pub(super) fn place(self, latitude: &'static str, longitude: &'static str) -> Read<Coordinates> {
        let place = (self.number_in(latitude, -90.0..=90.0)?, self.number_in(longitude, -180.0..=180.0)?);
        Coordinates::new(place.0, place.1).ok_or(ParameterError::Invalid(latitude))
    }

    /// The same, where both may be left out.
    pub(super) fn optional_place(self, latitude: &'static str, longitude: &'static str) -> Read<Option<Coordinates>> {
        let given = |name| self.optional(name, Self::value);
        match (given(latitude)?, given(longitude)?) {
            (None, None) => Ok(None),
            _ => self.place(latitude, longitude).map(Some),
        }
    }

    /// A parameter that may be left out, read by one of the others.
    pub(super) fn optional<T>(
        self,
        name: &'static str,
        read: impl FnOnce(Self, &'static str) -> Read<T>,
    ) -> Read<Option<T>> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => read(self, name).map(Some),
        }
    }
}
