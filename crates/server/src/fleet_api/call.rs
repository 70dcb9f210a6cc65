//! One call of an operation, as its handler sees it.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::sync::Arc;

use axum::extract::{FromRequestParts as _, RawPathParams};
use fleetgate_gate::{Permit, Principal, Serving};
use fleetgate_protocol::Region;
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::parameters::{Parameters, whole_number};
use http::Method;
use serde_json::{Map, Value};

use super::answer::Refusal;
use super::body;
use crate::http::{Received, host};
use crate::state::Shared;

/// A call that passed the gate.
#[derive(Debug)]
pub(super) struct Call {
    /// What every handler can reach.
    pub(super) state: Shared,
    /// The proof that it passed.
    permit: Permit,
    /// As what it is served.
    pub(super) serving: Arc<Serving>,
    path: RawPathParams,
    query: Parameters,
    /// The members of the body; none for a `GET`.
    pub(super) body: Map<String, Value>,
}

impl Call {
    /// Reads a request that has a permit.
    ///
    /// # Errors
    /// 400 for a path or query that is not UTF-8 in percent-encoding, for a repeated parameter, or for a body that is
    /// no JSON object; 406 for a body of another type.
    pub(super) async fn read(state: Shared, permit: Permit, received: Received) -> Result<Self, Refusal> {
        let media_type = received.media_type().map(Cow::into_owned);
        let Received { mut parts, body } = received;
        let Ok(path) = RawPathParams::from_request_parts(&mut parts, &state).await else {
            return Err(invalid_request("The path is not UTF-8 in percent-encoding.").into());
        };
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let query = Parameters::from_form(query).map_err(|error| invalid_request(error.to_string()))?;
        let body = match parts.method {
            Method::POST | Method::DELETE => body::read(media_type.as_deref(), &body)?,
            _ => Map::new(),
        };
        let serving = parts.extensions.remove::<Arc<Serving>>().unwrap_or_else(|| {
            let host = host(&parts.uri, &parts.headers);
            Arc::clone(state.addresses.serving(host))
        });
        Ok(Self { state, permit, serving, path, query, body })
    }

    /// Who calls.
    pub(super) fn principal(&self) -> &Principal {
        self.permit.principal()
    }

    /// The proof that the call passed the gate.
    pub(super) const fn permit(&self) -> &Permit {
        &self.permit
    }

    /// The region that serves the call.
    pub(super) fn region(&self) -> Region {
        self.serving.region.unwrap_or(self.state.config.default_region)
    }

    /// A parameter of the path; empty when the path has none of this name.
    pub(super) fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// A parameter of the query.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name)
    }

    /// A whole number of the query.
    ///
    /// # Errors
    /// 400 when it is none, or out of range.
    pub(super) fn query_integer(&self, name: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, FleetError> {
        let number = |text: &str| text.parse().ok().filter(|number| range.contains(number));
        self.query(name).map(|text| number(text).ok_or_else(|| invalid(name))).transpose()
    }

    /// A truth value of the query.
    ///
    /// # Errors
    /// 400 when it is none.
    pub(super) fn query_flag(&self, name: &str) -> Result<Option<bool>, FleetError> {
        let flag = |text: &str| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        };
        self.query(name).map(|text| flag(text).ok_or_else(|| invalid(name))).transpose()
    }

    /// A text of the body that may be left out; an empty one counts as left out.
    ///
    /// # Errors
    /// 400 when it is no text.
    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&str>, FleetError> {
        let given = self.body.get(name).filter(|value| !value.is_null());
        let text = given.map(|value| value.as_str().ok_or_else(|| invalid(name))).transpose()?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// A text of the body.
    ///
    /// # Errors
    /// 400 when it is missing or no text.
    pub(super) fn text(&self, name: &str) -> Result<&str, FleetError> {
        self.body.get(name).ok_or_else(|| missing(name))?.as_str().ok_or_else(|| invalid(name))
    }

    /// A whole number of the body.
    ///
    /// # Errors
    /// 400 when it is missing or no whole number.
    pub(super) fn integer(&self, name: &str) -> Result<i64, FleetError> {
        let value = self.body.get(name).ok_or_else(|| missing(name))?;
        whole_number(value).ok_or_else(|| invalid(name))
    }

    /// A choice of the body.
    ///
    /// # Errors
    /// 400 when it is missing or neither `true` nor `false`.
    pub(super) fn boolean(&self, name: &str) -> Result<bool, FleetError> {
        self.body.get(name).ok_or_else(|| missing(name))?.as_bool().ok_or_else(|| invalid(name))
    }

    /// An object of the body.
    ///
    /// # Errors
    /// 400 when it is missing or no object.
    pub(super) fn object(&self, name: &str) -> Result<&Map<String, Value>, FleetError> {
        self.body.get(name).ok_or_else(|| missing(name))?.as_object().ok_or_else(|| invalid(name))
    }
}

/// 400: a parameter is missing.
pub(super) fn missing(name: &str) -> FleetError {
    FleetError::invalid_field(format!("missing {name} param"))
}

/// 400: a parameter is not what it must be.
pub(super) fn invalid(name: &str) -> FleetError {
    FleetError::invalid_field(format!("invalid {name} param"))
}

fn invalid_request(description: impl Into<String>) -> FleetError {
    FleetError::invalid_request().with_description(description)
}
