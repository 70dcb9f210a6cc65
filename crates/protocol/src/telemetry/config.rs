//! A configuration, as an application writes it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::parameters::whole_number;

/// The names of the fields that vehicles stream, as in the enum `Field` of Fleet Telemetry, by number.
pub static FIELDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("fields.txt").lines().collect());

/// The fields that tell where a vehicle is or goes, which need the scope `vehicle_location`.
pub const LOCATION_FIELDS: [&str; 7] =
    ["Location", "OriginLocation", "DestinationLocation", "DestinationName", "RouteLine", "GpsState", "GpsHeading"];

/// The longest interval that makes sense, a year in seconds.
const LONGEST: i64 = 366 * 24 * 60 * 60;
/// A chain of certificates and a host name are not longer than this.
const LONGEST_CHAIN: usize = 32 * 1024;

/// What a vehicle streams, and to whom.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TelemetryConfig {
    /// The host name of the Fleet Telemetry server.
    pub hostname: String,
    /// Its port; 443 unless told.
    pub port: i64,
    /// The certificates that the vehicle verifies the server with, in PEM.
    pub ca: String,
    /// What is streamed, by the name of the field.
    pub fields: BTreeMap<String, FieldConfig>,
    /// Kinds of alerts to stream: `service`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_types: Option<Vec<String>>,
    /// When the configuration lapses, in seconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// Whether values have types; texts otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefer_typed: Option<bool>,
    /// `latest`: what was not acknowledged is sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_policy: Option<String>,
}

/// When a field is streamed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldConfig {
    /// At most this often, in seconds, when the value has changed.
    pub interval_seconds: i64,
    /// This often, in seconds, although it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resend_interval_seconds: Option<i64>,
    /// Changes below this do not count; metres for places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_delta: Option<f64>,
    /// Fields that are sent along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_fields: Option<Vec<String>>,
}

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A member that is needed is not there.
    #[error("missing {0} param")]
    Missing(String),
    /// A member cannot have its value.
    #[error("invalid {0} param")]
    Invalid(String),
    /// No vehicle streams a field of this name.
    #[error("Unknown field {0}")]
    UnknownField(String),
}

impl TelemetryConfig {
    /// Reads the members of `config`, or the claims of a signed one. Members of other names are passed over. Whether `ca`
    /// holds certificates is for the caller to see, and whether `exp` is past.
    ///
    /// # Errors
    /// The first member that is missing or wrong.
    pub fn read(members: &Map<String, Value>) -> Result<Self, ConfigError> {
        let hostname = text(members, "hostname")?.ok_or_else(|| missing("hostname"))?;
        if !is_host_name(hostname) {
            return Err(invalid("hostname"));
        }
        let ca = text(members, "ca")?.ok_or_else(|| missing("ca"))?;
        if ca.is_empty() || ca.len() > LONGEST_CHAIN {
            return Err(invalid("ca"));
        }
        let fields = match present(members, "fields") {
            None => return Err(missing("fields")),
            Some(Value::Object(fields)) if !fields.is_empty() => fields,
            Some(_) => return Err(invalid("fields")),
        };
        let delivery_policy = text(members, "delivery_policy")?;
        if delivery_policy.is_some_and(|policy| policy != "latest") {
            return Err(invalid("delivery_policy"));
        }
        Ok(Self {
            hostname: hostname.to_ascii_lowercase(),
            port: number(members, "port", "config.", 1..=65_535)?.unwrap_or(443),
            ca: ca.to_owned(),
            fields: fields.iter().map(|(name, value)| field(name, value)).collect::<Result<_, _>>()?,
            alert_types: texts(members, "alert_types", "config.")?,
            exp: number(members, "exp", "config.", 1..=i64::MAX)?,
            prefer_typed: match present(members, "prefer_typed") {
                None => None,
                Some(Value::Bool(typed)) => Some(*typed),
                Some(_) => return Err(invalid("prefer_typed")),
            },
            delivery_policy: delivery_policy.map(str::to_owned),
        })
    }

    /// Whether it streams where the vehicle is or goes.
    #[must_use]
    pub fn tells_places(&self) -> bool {
        let along = self.fields.values().filter_map(|field| field.include_fields.as_ref()).flatten();
        self.fields.keys().chain(along).any(|name| LOCATION_FIELDS.contains(&name.as_str()))
    }

    /// Whether a field brings others along, which only newer vehicles can do.
    #[must_use]
    pub fn includes_fields(&self) -> bool {
        self.fields.values().any(|field| field.include_fields.is_some())
    }
}

fn field(name: &str, value: &Value) -> Result<(String, FieldConfig), ConfigError> {
    known(name)?;
    let within = format!("config.fields.{name}.");
    let members = value.as_object().ok_or_else(|| invalid(&format!("fields.{name}")))?;
    let interval_seconds = number(members, "interval_seconds", &within, 1..=LONGEST)?
        .ok_or_else(|| ConfigError::Missing(format!("{within}interval_seconds")))?;
    let include_fields = texts(members, "include_fields", &within)?;
    include_fields.iter().flatten().try_for_each(|name| known(name))?;
    let minimum_delta = match present(members, "minimum_delta") {
        None => None,
        Some(value) => {
            let delta = value.as_f64().filter(|delta| delta.is_finite() && *delta >= 0.0);
            Some(delta.ok_or_else(|| ConfigError::Invalid(format!("{within}minimum_delta")))?)
        }
    };
    let resend_interval_seconds = number(members, "resend_interval_seconds", &within, 1..=LONGEST)?;
    Ok((name.to_owned(), FieldConfig { interval_seconds, resend_interval_seconds, minimum_delta, include_fields }))
}

fn known(name: &str) -> Result<(), ConfigError> {
    if FIELDS.contains(&name) { Ok(()) } else { Err(ConfigError::UnknownField(name.chars().take(64).collect())) }
}

/// A member; `null` counts as left out.
fn present<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    members.get(name).filter(|value| !value.is_null())
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Result<Option<&'m str>, ConfigError> {
    present(members, name).map(|value| value.as_str().ok_or_else(|| invalid(name))).transpose()
}

fn texts(members: &Map<String, Value>, name: &str, within: &str) -> Result<Option<Vec<String>>, ConfigError> {
    let item = |item: &Value| item.as_str().map(str::to_owned);
    let read = |value: &Value| value.as_array()?.iter().map(item).collect::<Option<Vec<String>>>();
    let wrong = || ConfigError::Invalid(format!("{within}{name}"));
    present(members, name).map(|value| read(value).ok_or_else(wrong)).transpose()
}

fn number(
    members: &Map<String, Value>,
    name: &str,
    within: &str,
    range: std::ops::RangeInclusive<i64>,
) -> Result<Option<i64>, ConfigError> {
    let read = |value: &Value| whole_number(value).filter(|number| range.contains(number));
    let wrong = || ConfigError::Invalid(format!("{within}{name}"));
    present(members, name).map(|value| read(value).ok_or_else(wrong)).transpose()
}

fn missing(name: &str) -> ConfigError {
    ConfigError::Missing(format!("config.{name}"))
}

fn invalid(name: &str) -> ConfigError {
    ConfigError::Invalid(format!("config.{name}"))
}

/// RFC 1123, section 2.1: labels of letters, digits and inner hyphens.
fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label)
}
