//! Parameters of the OAuth endpoints, from a query, a form or a JSON body.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// The most parameters that one request may carry.
const MOST: usize = 64;

/// Parameters by name. A parameter without a value counts as left out and one that comes twice is an error
/// (RFC 6749, sections 3.1 and 3.2). Unknown ones are kept, and nobody asks for them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

/// Why parameters could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// RFC 6749, section 3.1: a parameter must not come more than once.
    #[error("The parameter '{0}' is included more than once.")]
    Repeated(String),
    /// Percent-encoding that is broken, or does not encode UTF-8.
    #[error("The parameters are not UTF-8 in percent-encoding.")]
    NotUtf8,
    /// A control character within a name or a value.
    #[error("A parameter contains a control character.")]
    Control,
    /// More than 64 parameters.
    #[error("There are too many parameters.")]
    TooMany,
    /// A JSON body that is no object of texts.
    #[error("The body is not a JSON object whose values are strings.")]
    NotJson,
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` text: a query or a form. Empty pairs (`a=1&&b=2`) are passed over.
    ///
    /// # Errors
    /// Repeated parameters, broken encoding, control characters, too many parameters.
    pub fn from_form(text: &[u8]) -> Result<Self, ParametersError> {
        Self::from_pairs(pairs(text)?)
    }

    /// Reads a form of a page with a group of check boxes of the name `boxes`, which comes once for each ticked one; the
    /// values of those stand beside the other parameters.
    ///
    /// # Errors
    /// As [`Parameters::from_form`], for the others.
    pub fn from_form_with_boxes(text: &[u8], boxes: &str) -> Result<(Self, Vec<String>), ParametersError> {
        let (ticked, others): (Vec<_>, Vec<_>) = pairs(text)?.into_iter().partition(|(name, _)| name == boxes);
        let ticked: Vec<String> = ticked.into_iter().map(|(_, value)| value).collect();
        if ticked.iter().any(|value| has_control(value)) {
            return Err(ParametersError::Control);
        }
        Ok((Self::from_pairs(others)?, ticked))
    }

    /// Reads a JSON object whose values are strings (whole numbers and booleans are read as their text).
    ///
    /// # Errors
    /// As [`Parameters::from_form`], and a body of another shape.
    pub fn from_json(text: &[u8]) -> Result<Self, ParametersError> {
        let object: Object = serde_json::from_slice(text).map_err(|_| ParametersError::NotJson)?;
        let mut pairs = Vec::new();
        for (name, value) in object.0 {
            let value = match value {
                serde_json::Value::String(text) => text,
                serde_json::Value::Null => String::new(),
                other @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_)) => other.to_string(),
                _ => return Err(ParametersError::NotJson),
            };
            pairs.push((name, value));
        }
        Self::from_pairs(pairs)
    }

    fn from_pairs(pairs: Vec<(String, String)>) -> Result<Self, ParametersError> {
        if pairs.len() > MOST {
            return Err(ParametersError::TooMany);
        }
        for (index, (name, value)) in pairs.iter().enumerate() {
            if has_control(name) || has_control(value) {
                return Err(ParametersError::Control);
            }
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(ParametersError::Repeated(name.chars().take(64).collect()));
            }
        }
        Ok(Self(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()))
    }

    /// The value of a parameter; `None` when it is left out or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The parameters as a query.
    #[must_use]
    pub fn to_query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// Whether a parameter is `true` or `1`.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some("true" | "1"))
    }
}

/// A whole number in JSON: `30` and `30.0` alike, as clients write either.
#[must_use]
pub fn whole_number(value: &serde_json::Value) -> Option<i64> {
    let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 2_f64.powi(53)).then_some(number as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(whole))
}

impl fmt::Debug for Parameters {
    /// The names only: values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// The pairs of a query or a form; empty ones are passed over.
fn pairs(text: &[u8]) -> Result<Vec<(String, String)>, ParametersError> {
    let mut pairs = Vec::new();
    for pair in text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(place) => (&pair[..place], &pair[place + 1..]),
            None => (pair, &[][..]),
        };
        pairs.push((decode(name)?, decode(value)?));
        if pairs.len() > MOST {
            return Err(ParametersError::TooMany);
        }
    }
    Ok(pairs)
}

/// Whether a text has a control character; beyond ASCII there are some as well.
fn has_control(text: &str) -> bool {
    let suspicious = text.bytes().any(|byte| byte.is_ascii_control() || !byte.is_ascii());
    suspicious && text.chars().any(char::is_control)
}

/// Decodes one name or value of a form: `+` is a space, `%XX` a byte; the result must be UTF-8.
fn decode(text: &[u8]) -> Result<String, ParametersError> {
    let plain = text.iter().position(|byte| matches!(byte, b'+' | b'%')).unwrap_or(text.len());
    let (plain, mut rest) = text.split_at(plain);
    let mut bytes = Vec::with_capacity(text.len());
    bytes.extend_from_slice(plain);
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, after) = rest.split_at_checked(2).ok_or(ParametersError::NotUtf8)?;
                let mut byte = [0];
                hex::decode_to_slice(digits, &mut byte).map_err(|_| ParametersError::NotUtf8)?;
                bytes.push(byte[0]);
                rest = after;
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| ParametersError::NotUtf8)
}

/// A JSON object as it was written, with repeated members.
struct Object(Vec<(String, serde_json::Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests;
