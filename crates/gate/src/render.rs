use bytes::Bytes;
use fleetgate_protocol::Scope;
use fleetgate_protocol::fleet_error::{FleetError, alt_svc};
use http::header::{ALT_SVC, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::{InvalidToken, Rejection};

/// The header that tells the whole reason of a refusal, where the gate is configured to reveal it.
pub const REASON_HEADER: HeaderName = HeaderName::from_static("x-fleetgate-reason");

/// How refusals look on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// The Fleet API's statuses and bodies.
    #[default]
    FleetApi,
    /// RFC 6750, section 3.1; the Fleet API's statuses where the RFC has none.
    Rfc,
}

/// The answer to a refused request. It is always JSON: clients read every answer as JSON.
pub(crate) fn response(rejection: &Rejection, dialect: Dialect, reveal_reasons: bool) -> Response<Bytes> {
    let error = fleet_error(rejection);
    let body = match dialect {
        Dialect::FleetApi => error.body(),
        Dialect::Rfc => rfc_body(rejection, &error),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let mut insert = |name: HeaderName, value: Option<String>| {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    };
    insert(WWW_AUTHENTICATE, challenge(rejection));
    if let Rejection::OutOfRegion { base_url, .. } = rejection {
        insert(ALT_SVC, alt_svc(base_url));
    }
    insert(REASON_HEADER, reveal_reasons.then(|| rejection.reason()));
    response
}

/// The Fleet API's answer.
fn fleet_error(rejection: &Rejection) -> FleetError {
    match rejection {
        Rejection::NoToken { .. } | Rejection::OtherScheme { .. } => FleetError::unauthorized(),
        Rejection::InvalidRequest(_) => FleetError::invalid_request(),
        Rejection::InvalidToken(_) => FleetError::invalid_bearer_token(),
        Rejection::Expired { .. } => FleetError::token_expired(),
        Rejection::ConsentRevoked => FleetError::consent_revoked(),
        Rejection::NotRegistered { client_id, base_url, documentation_url } => {
            FleetError::not_registered(client_id, base_url, documentation_url)
        }
        Rejection::Disabled(why) => FleetError::account_disabled(why),
        Rejection::TokenType { answer, .. } => FleetError::wrong_token_type(answer.clone()),
        Rejection::OutOfRegion { base_url, documentation_url, .. } => {
            FleetError::out_of_region(base_url, documentation_url)
        }
        Rejection::MissingScope { .. } => FleetError::missing_scopes(),
        Rejection::MissingScopeForPart { part, .. } => FleetError::missing_scope_for(&part.scope, part.purpose),
        Rejection::UnknownUser => FleetError::unknown_user(),
    }
}

/// The error code of RFC 6750, section 3.1, and a description that tells no more than the Fleet API does.
const fn rfc_error(rejection: &Rejection) -> Option<(&'static str, &'static str)> {
    Some(match rejection {
        Rejection::InvalidRequest(_) => ("invalid_request", "The access token was not sent as it must be"),
        Rejection::InvalidToken(InvalidToken::Revoked(_)) | Rejection::ConsentRevoked => {
            ("invalid_token", "The access token was revoked")
        }
        Rejection::InvalidToken(_) | Rejection::UnknownUser => ("invalid_token", "The access token is invalid"),
        Rejection::Expired { .. } => ("invalid_token", "The access token expired"),
        Rejection::TokenType { .. } => ("insufficient_scope", "A token of another type is needed"),
        Rejection::MissingScope { .. } | Rejection::MissingScopeForPart { .. } => {
            ("insufficient_scope", "The access token lacks a scope")
        }
        // A request without a token learns nothing but the scheme; the others are outside the RFC.
        Rejection::NoToken { .. }
        | Rejection::OtherScheme { .. }
        | Rejection::NotRegistered { .. }
        | Rejection::Disabled(_)
        | Rejection::OutOfRegion { .. } => return None,
    })
}

/// `WWW-Authenticate` (RFC 6750, section 3), where another token could help.
fn challenge(rejection: &Rejection) -> Option<String> {
    if matches!(rejection, Rejection::NoToken { .. } | Rejection::OtherScheme { .. }) {
        return Some("Bearer".to_owned());
    }
    let (error, description) = rfc_error(rejection)?;
    let mut challenge = format!(r#"Bearer error="{error}", error_description="{description}""#);
    let needed: Vec<&str> = match rejection {
        Rejection::MissingScope { needed, .. } => needed.iter().map(Scope::as_str).collect(),
        Rejection::MissingScopeForPart { part, .. } => vec![part.scope.as_str()],
        _ => Vec::new(),
    };
    if !needed.is_empty() {
        // A scope has neither `"` nor `\` (RFC 6749, section 3.3), so it needs no quoting.
        challenge.push_str(&format!(r#", scope="{}""#, needed.join(" ")));
    }
    Some(challenge)
}

fn rfc_body(rejection: &Rejection, error: &FleetError) -> Vec<u8> {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'a str,
        error_description: &'a str,
    }
    let (code, description) = match rejection {
        Rejection::NoToken { .. } | Rejection::OtherScheme { .. } => return b"{}".to_vec(),
        Rejection::NotRegistered { .. } => ("unauthorized_client", error.error.as_str()),
        Rejection::Disabled(_) => ("access_denied", error.error.as_str()),
        Rejection::OutOfRegion { .. } => ("out_of_region", error.error.as_str()),
        _ => rfc_error(rejection).unwrap_or(("access_denied", "")),
    };
    let body = Body { error: code, error_description: description };
    serde_json::to_vec(&body).unwrap_or_else(|_| error.body())
}

#[cfg(test)]
mod tests;
