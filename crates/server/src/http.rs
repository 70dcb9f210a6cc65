//! What every handler needs of HTTP: the request with its body read, and JSON answers.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, HOST, HeaderName, LOCATION, PRAGMA};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use http_body_util::BodyExt as _;
use serde::Serialize;

/// Room for the JSON of most answers, a token among them, so that it need not grow.
const USUAL_JSON: usize = 1280;

/// How many headers such an answer has when it leaves, for the same reason.
const USUAL_HEADERS: usize = 8;

/// A request whose limited body has been read (the outermost layer has seen to the limits).
#[derive(Debug)]
pub(crate) struct Received {
    /// Method, URI, headers, extensions.
    pub(crate) parts: Parts,
    /// The whole body.
    pub(crate) body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Received {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        match body.collect().await {
            Ok(body) => Ok(Self { parts, body: body.to_bytes() }),
            Err(_) => Err(empty(StatusCode::BAD_REQUEST)),
        }
    }
}

impl Received {
    /// The query, empty when there is none.
    #[must_use]
    pub(crate) fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// The media type of the body in lower case, without its parameters.
    #[must_use]
    pub(crate) fn media_type(&self) -> Option<Cow<'_, str>> {
        let value = self.parts.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let end = value.bytes().position(|byte| byte == b';').unwrap_or(value.len());
        Some(lower_case(value[..end].trim()))
    }

    /// The name under which it came.
    #[must_use]
    pub(crate) fn host(&self) -> Option<&str> {
        host(&self.parts.uri, &self.parts.headers)
    }

    /// The value of a cookie.
    #[must_use]
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        cookie(&self.parts.headers, name)
    }
}

/// A text in lower case, which most are already.
#[must_use]
pub(crate) fn lower_case(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() }
}

/// The name under which a request came: the authority of HTTP/2, or the `Host` header.
#[must_use]
pub(crate) fn host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> Option<&'r str> {
    uri.authority().map(Authority::as_str).or_else(|| headers.get(HOST)?.to_str().ok())
}

/// The value of a cookie; the first one when several have the name.
#[must_use]
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// An answer without a body.
#[must_use]
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A JSON answer. It is not to be stored by anyone (RFC 6749, section 5.1).
#[must_use]
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let mut body = Vec::with_capacity(USUAL_JSON);
    match serde_json::to_writer(&mut body, value) {
        Ok(()) => json_bytes(status, body),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            empty(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// A JSON answer that is written already.
#[must_use]
pub(crate) fn json_bytes(status: StatusCode, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(USUAL_HEADERS);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// A redirect that turns any method into `GET`: 302 after a `GET`, 303 after a `POST`. Never 307 (RFC 9700, section 4.12).
#[must_use]
pub(crate) fn redirect(status: StatusCode, location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else { return empty(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = empty(status);
    response.headers_mut().insert(LOCATION, location);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Adds a header whose value is known to be good.
pub(crate) fn set_header(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
