//! The body of a `POST`: a JSON object, or nothing.

use std::fmt;

use fleetgate_protocol::fleet_error::FleetError;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Reads a body. An empty one, of whatever type, and `null` are an object without members: some clients send one or the
/// other with a command that has no parameters.
///
/// # Errors
/// 406 for a body of another type than JSON, 400 for one that is no object or repeats a member.
pub fn read(media_type: Option<&str>, body: &[u8]) -> Result<Map<String, Value>, FleetError> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    if media_type != Some("application/json") {
        return Err(FleetError::not_json());
    }
    match serde_json::from_slice::<Option<Members>>(body) {
        Ok(members) => Ok(members.unwrap_or_default().0),
        Err(_) => Err(FleetError::invalid_request()
            .with_description("The body is not a JSON object whose members have different names.")),
    }
}

/// The members of an object, none of which comes twice.
#[derive(Default)]
struct Members(Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Unique;
        impl<'de> Visitor<'de> for Unique {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member comes twice"));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Unique)
    }
}

#[cfg(test)]
mod tests;
