//! What every request passes, outermost first: an id, the log entry, a span, panics, the time limit, the limited body,
//! the number of requests at once, the security headers; then the routes.
//!
//! The body is read before anything may answer: an early answer to a `POST` over HTTP/2 breaks common clients.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use fleetgate_gate::{BufferedBody, Decision, REASON_HEADER};
use fleetgate_store::Entry;
use futures_util::FutureExt as _;
use http::header::{HOST, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::sync::{Semaphore, SemaphorePermit};
use tower::ServiceExt as _;
use tracing::Instrument as _;

use crate::error::PageError;
use crate::http::{empty, json};
use crate::state::{Shared, State};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How many bodies of the largest size can be in memory at once.
const LARGE_BODIES: usize = 256;

/// The whole server for one connection after another.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    state: Shared,
    routes: Router,
    turns: Arc<Semaphore>,
    /// Bytes that bodies may take, all together.
    room: Arc<Semaphore>,
    count: Arc<AtomicU64>,
    /// In front of the running number, so that ids of different runs differ.
    run: Arc<str>,
}

/// What the request log tells of a request beside what every request has; put into the response's extensions. For a call
/// of the Fleet API the gate's [`Decision`] says it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Logged {
    /// The endpoint.
    pub(crate) operation: Option<&'static str>,
    /// The application that the request names.
    pub(crate) application: Option<String>,
    /// Why it was refused.
    pub(crate) reason: Option<String>,
}

/// Why a request's body was not read.
enum Unread {
    TooLarge,
    NoRoom,
    TooSlow,
    Broken,
}

impl Layers {
    pub(crate) fn new(state: Shared, routes: Router) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(state.config.limits.requests)),
            room: Arc::new(Semaphore::new(LARGE_BODIES * state.config.limits.body_bytes)),
            count: Arc::default(),
            run: state.entropy.hex::<4>().into(),
            state,
            routes,
        }
    }

    /// Answers one request.
    pub(crate) async fn answer(self, request: Request<Incoming>) -> Result<Response, Infallible> {
        let id = format!("{}-{:08x}", self.run, self.count.fetch_add(1, Ordering::Relaxed));
        let begun = self.state.now();
        let entry = self.state.request_log.is_some().then(|| Entry {
            id: id.clone(),
            at: begun,
            method: request.method().as_str().to_owned(),
            path: request.uri().path().chars().take(512).collect(),
            operation: None,
            application: None,
            subject: None,
            status: 0,
            checks: Vec::new(),
            reason: None,
            duration: 0,
        });
        // The id leads to everything else in the request log.
        let span = tracing::info_span!("request", id);
        let mut response = self.guarded(request, &id).instrument(span).await;
        if let Some(error) = response.extensions_mut().remove::<Arc<PageError>>() {
            response = error.page(&self.state, &id);
        }
        if self.state.is_sandbox()
            && let Some(Logged { reason: Some(reason), .. }) = response.extensions().get()
            && let Ok(reason) = HeaderValue::from_str(reason)
        {
            response.headers_mut().insert(REASON_HEADER, reason);
        }
        secure(&self.state, &mut response);
        if let Ok(value) = HeaderValue::try_from(&id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        if let Some(entry) = entry {
            self.log(entry, &response, begun);
        }
        Ok(response)
    }

    /// Panics, time limit, load.
    async fn guarded(&self, request: Request<Incoming>, id: &str) -> Response {
        let limit = self.state.config.limits.request_time;
        let work = AssertUnwindSafe(tokio::time::timeout(limit, self.admitted(request))).catch_unwind();
        match work.await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => plain_error(StatusCode::SERVICE_UNAVAILABLE, "request timed out"),
            Err(_) => {
                tracing::error!(id, "a request panicked");
                plain_error(StatusCode::INTERNAL_SERVER_ERROR, "internal server error")
            }
        }
    }

    async fn admitted(&self, request: Request<Incoming>) -> Response {
        let busy = || plain_error(StatusCode::SERVICE_UNAVAILABLE, "the server is too busy; try again");
        let (parts, body) = request.into_parts();
        let (body, _room) = match self.read(body).await {
            Ok(read) => read,
            Err(Unread::NoRoom) => return busy(),
            Err(Unread::TooLarge) => {
                return plain_error(StatusCode::PAYLOAD_TOO_LARGE, "the request's body is too large");
            }
            Err(Unread::TooSlow) => {
                return plain_error(StatusCode::REQUEST_TIMEOUT, "the request's body took too long");
            }
            Err(Unread::Broken) => return plain_error(StatusCode::BAD_REQUEST, "the request's body broke off"),
        };
        // A turn is taken with the body read, so that peers who send theirs slowly keep nobody waiting.
        let Ok(_turn) = self.turns.try_acquire() else { return busy() };
        let mut request = Request::from_parts(parts, Body::from(body.clone()));
        if !body.is_empty() {
            request.extensions_mut().insert(BufferedBody(body));
        }
        let host = request.uri().host().or_else(|| request.headers().get(HOST)?.to_str().ok());
        let serving = Arc::clone(self.state.addresses.serving(host));
        request.extensions_mut().insert(serving);
        merge_slashes(request.uri_mut());
        match self.routes.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Reads a body within its limits of size and time, and within the room that all bodies share.
    async fn read(&self, mut body: Incoming) -> Result<(Bytes, Option<SemaphorePermit<'_>>), Unread> {
        use hyper::body::Body as _;
        let limits = &self.state.config.limits;
        if body.is_end_stream() {
            return Ok((Bytes::new(), None));
        }
        let reading = async {
            let (mut bytes, mut room, mut seen) = (BytesMut::new(), None::<SemaphorePermit<'_>>, 0);
            while let Some(frame) = body.frame().await {
                let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
                seen += data.len();
                // A body that is a little too large is read to its end: many clients read no answer before.
                if seen > limits.body_bytes {
                    (bytes, room) = (BytesMut::new(), None);
                    if seen > 2 * limits.body_bytes { break } else { continue }
                }
                let size = u32::try_from(data.len()).map_err(|_| Unread::TooLarge)?;
                let more = self.room.try_acquire_many(size).map_err(|_| Unread::NoRoom)?;
                match &mut room {
                    Some(room) => room.merge(more),
                    None => room = Some(more),
                }
                bytes.extend_from_slice(&data);
            }
            if seen > limits.body_bytes { Err(Unread::TooLarge) } else { Ok((bytes.freeze(), room)) }
        };
        tokio::time::timeout(limits.body_time, reading).await.unwrap_or(Err(Unread::TooSlow))
    }

    fn log(&self, mut entry: Entry, response: &Response, begun: i64) {
        let Some(log) = &self.state.request_log else { return };
        entry.status = response.status().as_u16();
        entry.duration = self.state.now() - begun;
        if let Some(decision) = response.extensions().get::<Decision>() {
            entry.operation = Some(decision.operation.clone().into_owned());
            entry.application = decision.client_id().map(str::to_owned);
            entry.subject = decision.subject().map(str::to_owned);
            entry.checks = decision.checks.iter().map(|check| check.describe().to_owned()).collect();
            entry.reason.clone_from(&decision.reason);
        }
        if let Some(logged) = response.extensions().get::<Logged>() {
            entry.operation = logged.operation.map(str::to_owned);
            entry.application.clone_from(&logged.application);
            entry.reason.clone_from(&logged.reason);
        }
        log.record(entry);
    }
}

/// Some clients put a second slash in front of a path.
fn merge_slashes(uri: &mut Uri) {
    let Some(rest) = uri.path_and_query().and_then(|path| path.as_str().strip_prefix("//")) else { return };
    let merged = format!("/{}", rest.trim_start_matches('/'));
    if let Ok(merged) = merged.parse() {
        *uri = merged;
    }
}

fn secure(state: &State, response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    if state.config.tls.is_some() {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

/// An error of the server as a whole, in the API's envelope: programs read it, people hardly see it.
fn plain_error(status: StatusCode, error: &str) -> Response {
    let mut response = json(status, &serde_json::json!({"response": null, "error": error, "error_description": ""}));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// There is no such page.
pub(crate) async fn not_found() -> Response {
    use axum::response::IntoResponse as _;
    PageError::NotFound.into_response()
}

/// There is such a page, but not for this method.
pub(crate) async fn method_not_allowed() -> Response {
    empty(StatusCode::METHOD_NOT_ALLOWED)
}
