//! Parameters of operations.

use serde::Serialize;

/// A parameter of an operation.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// Its JSON type.
    pub kind: Kind,
    /// Whether the call fails without it.
    pub required: bool,
    /// What it means, with its unit.
    pub description: &'static str,
    /// A value that works, as JSON.
    pub example: &'static str,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In the JSON body.
    Body,
}

/// The JSON type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An object.
    Object,
    /// An array.
    Array,
}

impl Kind {
    /// The name in JSON Schema.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Object => "object",
            Self::Array => "array",
        }
    }
}

pub(super) const fn path(
    name: &'static str,
    kind: Kind,
    description: &'static str,
    example: &'static str,
) -> Parameter {
    Parameter { name, place: Place::Path, kind, required: true, description, example }
}

pub(super) const fn query(
    name: &'static str,
    kind: Kind,
    description: &'static str,
    example: &'static str,
) -> Parameter {
    Parameter { name, place: Place::Query, kind, required: false, description, example }
}

/// A member of the query without which the call fails.
pub(super) const fn required_query(
    name: &'static str,
    kind: Kind,
    description: &'static str,
    example: &'static str,
) -> Parameter {
    Parameter { required: true, ..query(name, kind, description, example) }
}

pub(super) const fn body(
    name: &'static str,
    kind: Kind,
    description: &'static str,
    example: &'static str,
) -> Parameter {
    Parameter { name, place: Place::Body, kind, required: true, description, example }
}

/// A member of the body that may be left out.
pub(super) const fn optional(
    name: &'static str,
    kind: Kind,
    description: &'static str,
    example: &'static str,
) -> Parameter {
    Parameter { required: false, ..body(name, kind, description, example) }
}

/// `{vehicle_tag}`.
pub(super) const VEHICLE_TAG: Parameter =
    path("vehicle_tag", Kind::String, "The VIN, or the `id` or `id_s` of the vehicle list.", "\"5YJ3E1EA7PF000001\"");
/// `{energy_site_id}`.
pub(super) const ENERGY_SITE_ID: Parameter =
    path("energy_site_id", Kind::Integer, "The `energy_site_id` of the product list.", "2252147638651");
