//! Client authentication (RFC 6749, section 2.3): secret in the body or by HTTP Basic, or a public client's id alone.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetgate_protocol::ApplicationKind;
use fleetgate_protocol::parameters::Parameters;
use fleetgate_store::Application;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::state::State;

/// A client that proved who it is, or a public one that named itself.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// The application.
    pub(crate) application: Arc<Application>,
    /// Whether it showed its secret.
    pub(crate) authenticated: bool,
}

/// Why a client is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// No client id anywhere.
    #[error("no client_id was sent")]
    Missing,
    /// The `Authorization` header is no Basic header with form-encoded parts (RFC 6749, section 2.3.1).
    #[error("the Authorization header is not understood")]
    MalformedBasic,
    /// RFC 6749, section 2.3: more than one method in one request.
    #[error("credentials were sent in the header and in the body")]
    TwoCredentials,
    /// No such client, a wrong secret, or none where one is needed.
    #[error("the client is unknown or its secret is wrong")]
    Wrong,
    /// The application, or the business that it belongs to, is switched off.
    #[error("the application or its business is disabled")]
    Disabled,
}

/// The client id of a request, if it is an application's: for the request log, before anything is proven.
pub(crate) fn named(state: &State, headers: &HeaderMap, body: &Parameters) -> Option<String> {
    let presented = presented(state, headers, body).ok()?;
    state.directory.application(&presented.id).map(|application| application.client_id.clone())
}

struct Presented {
    id: String,
    secret: Option<String>,
}

/// Finds and proves the client of a request.
///
/// # Errors
/// [`ClientError`]; an unknown id and a wrong secret are not told apart.
pub(crate) fn authenticate(state: &State, headers: &HeaderMap, body: &Parameters) -> Result<Client, ClientError> {
    let presented = presented(state, headers, body)?;
    let application = state.directory.application(&presented.id).ok_or(ClientError::Wrong)?;
    let authenticated = match (&application.secret_hash, &presented.secret) {
        (Some(hash), Some(secret)) => {
            let shown = digest(&SHA256, secret.as_bytes());
            verify_slices_are_equal(shown.as_ref(), hash).map_err(|_| ClientError::Wrong)?;
            true
        }
        // A public client has no secret; clients that send an empty or made-up one exist and are no safer for it.
        (None, _) if application.kind == ApplicationKind::OpenSource => false,
        (Some(_), None) => false,
        (None, _) => return Err(ClientError::Wrong),
    };
    if state.directory.is_disabled(&application) {
        return Err(ClientError::Disabled);
    }
    Ok(Client { application, authenticated })
}

fn presented(state: &State, headers: &HeaderMap, body: &Parameters) -> Result<Presented, ClientError> {
    let (body_id, body_secret) = (body.get("client_id"), body.get("client_secret"));
    let mut sent = headers.get_all(AUTHORIZATION).iter();
    let Some(header) = sent.next() else {
        let id = body_id.ok_or(ClientError::Missing)?;
        return Ok(Presented { id: id.to_owned(), secret: body_secret.map(str::to_owned) });
    };
    let (id, secret) = basic(header.as_bytes()).filter(|_| sent.next().is_none()).ok_or(ClientError::MalformedBasic)?;
    let shown = secret.as_deref().unwrap_or_default().as_bytes();
    let agree = body_id.is_none_or(|other| other == id)
        && body_secret.is_none_or(|other| verify_slices_are_equal(other.as_bytes(), shown).is_ok());
    if !agree || body_secret.is_some() && !state.config.dialect.two_credentials {
        return Err(ClientError::TwoCredentials);
    }
    Ok(Presented { id, secret })
}

/// RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. A part that does not decode is taken
/// as it stands, since clients that skip the encoding exist.
pub fn basic(header: &[u8]) -> Option<(String, Option<String>)> {
    let text = std::str::from_utf8(header).ok()?;
    let (scheme, rest) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    let decode = |part: &str| {
        let pair = format!("x={part}");
        let read = (!part.contains('&')).then(|| Parameters::from_form(pair.as_bytes()).ok()).flatten();
        read.and_then(|parameters| parameters.get("x").map(str::to_owned)).unwrap_or_else(|| part.to_owned())
    };
    (!id.is_empty()).then(|| (decode(id), (!secret.is_empty()).then(|| decode(secret))))
}
