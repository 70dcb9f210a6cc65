//! Who may knock at the sandbox's doors. No web page of somebody else may, whatever browser it runs in.
//!
//! - A name under which this server is not known (DNS rebinding) gets nothing.
//! - A request that a page of another origin made gets nothing from `/sandbox/*`: browsers say so in `Origin` or in
//!   `Sec-Fetch-Site`. There is never a CORS header.
//! - `POST` takes `application/json` only, which no form can send and no page can without asking first.
//! - A sandbox that other machines can reach wants its secret.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Request, State as Extract};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, Method, StatusCode};

use super::refusal::Refused;
use crate::http::{empty, set_header};
use crate::state::{Shared, State};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// In front of `/sandbox/*`.
pub(super) async fn programs(Extract(state): Extract<Shared>, request: Request, next: Next) -> Response {
    match check_program(&state, &request) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

/// In front of the pages that show the world. A link from elsewhere may lead there; nobody else can read them.
pub(super) async fn people(Extract(state): Extract<Shared>, request: Request, next: Next) -> Response {
    if let Err(refused) = known_host(&state, &request) {
        return refused.into_response();
    }
    match &state.sandbox_secret {
        Some(secret) if !shows(secret, request.headers()) => {
            let mut response = empty(StatusCode::UNAUTHORIZED);
            // A browser asks for a name and a password; the password is the secret, the name is anything.
            set_header(&mut response, WWW_AUTHENTICATE, "Basic realm=\"Fleetgate sandbox\", charset=\"UTF-8\"");
            response
        }
        _ => next.run(request).await,
    }
}

fn check_program(state: &State, request: &Request) -> Result<(), Refused> {
    let host = known_host(state, request)?;
    let headers = request.headers();
    if headers.get_all(ORIGIN).iter().any(|origin| !is_own_origin(state, host, origin.as_bytes())) {
        return Err(Refused::forbidden(
            "Pages of other origins cannot use the sandbox; ask from your own server or command line.",
        ));
    }
    let foreign = |site: &http::HeaderValue| !matches!(site.as_bytes(), b"same-origin" | b"none");
    if headers.get_all(SEC_FETCH_SITE).iter().any(foreign) {
        return Err(Refused::forbidden(
            "Pages of other sites cannot use the sandbox; ask from your own server or command line.",
        ));
    }
    if let Some(secret) = &state.sandbox_secret
        && !bearer(headers).is_some_and(|shown| same(shown, secret))
    {
        let description = "This sandbox is exposed to other machines: send the secret that it printed when it started, as `Authorization: Bearer …`.";
        return Err(Refused::new(StatusCode::UNAUTHORIZED, "unauthorized", description));
    }
    if request.method() == Method::POST && !is_json(headers) {
        let description = "Send the parameters as a JSON object, with `Content-Type: application/json`.";
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", description));
    }
    Ok(())
}

/// The `Host` of a request (the authority over HTTP/2), if this server is known under it.
fn known_host<'r>(state: &State, request: &'r Request) -> Result<&'r str, Refused> {
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    let mut headers = request.headers().get_all(HOST).iter();
    let header = headers.next().map(|host| host.to_str().unwrap_or_default());
    let host = authority.or(header).filter(|_| headers.next().is_none());
    host.filter(|host| state.addresses.is_known_host(host)).ok_or_else(|| {
        Refused::new(
            StatusCode::MISDIRECTED_REQUEST,
            "unknown_host",
            "The sandbox is not known under this name; use the address that it printed when it started.",
        )
    })
}

/// The public URL's origin, or the one under which this very request came.
fn is_own_origin(state: &State, host: &str, origin: &[u8]) -> bool {
    let own = url::Url::parse(&state.addresses.base_url).map(|url| url.origin().ascii_serialization());
    let Ok(origin) = std::str::from_utf8(origin) else { return false };
    let scheme = if state.config.tls.is_some() { "https" } else { "http" };
    own.is_ok_and(|own| own == origin)
        || origin.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://")) == Some(host)
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether a browser or a program shows the secret.
fn shows(secret: &str, headers: &HeaderMap) -> bool {
    let basic = || {
        let (scheme, rest) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        let decoded = STANDARD.decode(rest).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let (_, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some(same(password, secret))
    };
    bearer(headers).is_some_and(|shown| same(shown, secret)) || basic() == Some(true)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, rest) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(rest)
}

fn same(shown: &str, secret: &str) -> bool {
    verify_slices_are_equal(shown.as_bytes(), secret.as_bytes()).is_ok()
}
