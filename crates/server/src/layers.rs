//! What every request passes, outermost first: an id, the log entry, the security headers, panics, the time limit,
//! the limited body, the number of requests at once; then the routes.
//!
//! The body is read before anything may answer: an early answer to a `POST` over HTTP/2 breaks common clients.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use fleetgate_gate::{BufferedBody, Decision, REASON_HEADER};
use fleetgate_protocol::Region;
use fleetgate_store::Entry;
use futures_util::FutureExt as _;
use http::header::{HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use tower::ServiceExt as _;

use crate::error::PageError;
use crate::http::{empty, host, json};
use crate::micros;
use crate::pages;
use crate::request_id::RequestId;
use crate::state::{Shared, State};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How many bytes of a path the request log keeps.
const LOGGED_PATH: usize = 512;

/// How many bodies of the largest size can be in memory at once.
const LARGE_BODIES: usize = 256;

/// Up to how many times the largest size a body is read to its end before it is refused: a common client that is still
/// sending reads no answer, over HTTP/2 least of all.
const DISCARDED: usize = 16;

/// The whole server for one connection after another.
#[derive(Debug)]
pub(crate) struct Layers {
    state: Shared,
    routes: Router,
    turns: Semaphore,
    /// Bytes that bodies may take, all together.
    room: Semaphore,
    count: AtomicU64,
    /// So that ids of different runs differ.
    run: u32,
}

/// What the request log tells of a request beside what every request has; put into the response's extensions. For a call
/// of the Fleet API the gate's [`Decision`] says it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Logged {
    /// The endpoint.
    pub(crate) operation: Option<&'static str>,
    /// The application that the request names.
    pub(crate) application: Option<String>,
    /// For whom it is.
    pub(crate) subject: Option<String>,
    /// The checks in the order in which they were made, each with its outcome.
    pub(crate) checks: Vec<&'static str>,
    /// Why it was refused.
    pub(crate) reason: Option<String>,
}

impl Logged {
    /// What a response tells the log.
    pub(crate) fn of(response: &mut Response) -> &mut Self {
        response.extensions_mut().get_or_insert_default()
    }
}

/// Which part of a server a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The region of its Host name.
    ByHost,
    /// This region, whatever the Host name is.
    Region(Region),
    /// None: its Host name is that of a world that there is not.
    None,
}

/// What becomes of an answer on its way, where a fault of the sandbox says so; put into the response's extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OnTheWay {
    /// It leaves so much later.
    Late(Duration),
    /// It never arrives.
    Lost,
}

/// An answer never arrives: its connection is cut, or its stream over HTTP/2.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the answer is lost, as a fault of the sandbox wants it")]
pub(crate) struct Lost;

/// Why a request has no answer of its own.
#[derive(Clone, Copy)]
enum Refusal {
    UnknownWorld,
    TooLarge,
    TooSlow,
    Broken,
    Busy,
    Replaced,
    TimedOut,
    Panicked,
}

impl Layers {
    pub(crate) fn new(state: Shared, routes: Router) -> Self {
        Self {
            turns: Semaphore::new(state.config.limits.requests),
            room: Semaphore::new(LARGE_BODIES * state.config.limits.body_bytes),
            count: AtomicU64::new(0),
            run: u32::from_be_bytes(state.entropy.bytes()),
            state,
            routes,
        }
    }

    /// The state behind the routes.
    pub(crate) const fn state(&self) -> &Shared {
        &self.state
    }

    /// Answers one request, by its Host name or as that of a region.
    ///
    /// What this and [`Layers::guarded`] return is carried through the connection's state more than once, so neither is an
    /// `async fn`, whose future would hold the request twice.
    pub(crate) fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        part: Part,
    ) -> impl Future<Output = Result<Response, Lost>> + Send {
        let id = RequestId { run: self.run, number: self.count.fetch_add(1, Ordering::Relaxed) };
        // How long it takes is real time, whatever becomes of the server's clock meanwhile.
        let begun = Instant::now();
        // Style sheets and pictures tell nobody anything.
        let logged = self.state.request_log.is_some() && !request.uri().path().starts_with(pages::ASSETS_PATH);
        let entry = logged.then(|| Entry {
            id: String::new(),
            at: self.state.now(),
            method: method(&request),
            path: shortened(request.uri().path()).to_owned(),
            operation: None,
            application: None,
            subject: None,
            status: 0,
            checks: Vec::new(),
            reason: None,
            duration: 0,
        });
        let oauth = request.uri().path().starts_with("/oauth2/");
        async move {
            let mut response = id.scope(self.guarded(request, part)).await;
            if response.status() == StatusCode::INTERNAL_SERVER_ERROR && Box::pin(self.state.is_replaced()).await {
                response = Refusal::Replaced.response(oauth);
            }
            let id = id.to_string();
            if let Some(error) = response.extensions_mut().remove::<Arc<PageError>>() {
                let logged = std::mem::take(Logged::of(&mut response));
                response = error.page(&self.state, &id);
                *Logged::of(&mut response) = Logged { reason: Some(error.to_string()), ..logged };
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
            let on_the_way = response.extensions_mut().remove::<OnTheWay>();
            if let Some(OnTheWay::Late(time)) = on_the_way {
                tokio::time::sleep(time).await;
            }
            let lost = matches!(on_the_way, Some(OnTheWay::Lost));
            if let Some(entry) = entry {
                let status = if lost { 0 } else { response.status().as_u16() };
                self.log(Entry { id, status, ..entry }, &mut response, begun);
            }
            if lost { Err(Lost) } else { Ok(response) }
        }
    }

    /// Panics, time limit, load.
    fn guarded<'s>(&'s self, mut request: Request<Incoming>, part: Part) -> impl Future<Output = Response> + Send + 's {
        merge_slashes(request.uri_mut());
        let oauth = request.uri().path().starts_with("/oauth2/");
        let limit = self.state.config.limits.request_time;
        let work = AssertUnwindSafe(tokio::time::timeout(limit, self.admitted(request, part))).catch_unwind();
        work.map(move |done| match done {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(refusal))) => refusal.response(oauth),
            Ok(Err(_)) => Refusal::TimedOut.response(oauth),
            Err(_) => {
                tracing::error!("a request panicked");
                Refusal::Panicked.response(oauth)
            }
        })
    }

    async fn admitted(&self, request: Request<Incoming>, part: Part) -> Result<Response, Refusal> {
        let (parts, body) = request.into_parts();
        let (body, _room) = self.read(body).await?;
        // A turn is taken with the body read, so that peers who send theirs slowly keep nobody waiting.
        let _turn = self.turns.try_acquire().map_err(|_| Refusal::Busy)?;
        let mut request = Request::from_parts(parts, Body::from(body.clone()));
        if !body.is_empty() {
            request.extensions_mut().insert(BufferedBody(body));
        }
        let addresses = &self.state.addresses;
        let serving = match part {
            Part::ByHost => addresses.serving(host(request.uri(), request.headers())),
            Part::Region(region) => addresses.serving_region(region),
            Part::None => return Err(Refusal::UnknownWorld),
        };
        let serving = Arc::clone(serving);
        request.extensions_mut().insert(serving);
        match self.routes.clone().oneshot(request).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }

    /// Reads a body within its limits of size and time, and within the room that all bodies share.
    async fn read(&self, mut body: Incoming) -> Result<(Bytes, Option<SemaphorePermit<'_>>), Refusal> {
        use hyper::body::Body as _;
        let limits = &self.state.config.limits;
        if body.is_end_stream() {
            return Ok((Bytes::new(), None));
        }
        let (mut bytes, mut room, mut seen) = (BytesMut::new(), None::<SemaphorePermit<'_>>, 0);
        let mut refused = None;
        let reading = async {
            while let Some(frame) = body.frame().await {
                let Ok(data) = frame.map_err(|_| Refusal::Broken)?.into_data() else { continue };
                seen += data.len();
                if refused.is_none() {
                    refused = self.keep(&data, seen, &mut room).err();
                }
                match refused {
                    None => bytes.extend_from_slice(&data),
                    Some(_) if seen > DISCARDED * limits.body_bytes => break,
                    Some(_) => (bytes, room) = (BytesMut::new(), None),
                }
            }
            Ok(())
        };
        let read = tokio::time::timeout(limits.body_time, reading).await.unwrap_or(Err(Refusal::TooSlow));
        match refused {
            Some(refusal) => Err(refusal),
            None => read.map(|()| (bytes.freeze(), room)),
        }
    }

    /// Takes room for more of a body, of which `seen` bytes have come altogether.
    fn keep<'r>(&'r self, data: &Bytes, seen: usize, room: &mut Option<SemaphorePermit<'r>>) -> Result<(), Refusal> {
        if seen > self.state.config.limits.body_bytes {
            return Err(Refusal::TooLarge);
        }
        let size = u32::try_from(data.len()).map_err(|_| Refusal::TooLarge)?;
        let more = self.room.try_acquire_many(size).map_err(|_| Refusal::Busy)?;
        match room {
            Some(room) => room.merge(more),
            None => *room = Some(more),
        }
        Ok(())
    }

    fn log(&self, mut entry: Entry, response: &mut Response, begun: Instant) {
        let Some(log) = &self.state.request_log else { return };
        entry.duration = micros(begun.elapsed());
        if let Some(decision) = response.extensions().get::<Decision>() {
            entry.operation = Some(decision.operation.clone());
            entry.application = decision.client_id().map(str::to_owned);
            entry.subject = decision.subject().map(str::to_owned);
            entry.checks = decision.checks.iter().map(|check| Cow::Borrowed(check.describe())).collect();
            entry.reason.clone_from(&decision.reason);
        }
        if let Some(logged) = response.extensions_mut().remove::<Logged>() {
            entry.operation = logged.operation.map(Cow::Borrowed);
            entry.application = logged.application;
            entry.subject = logged.subject;
            entry.checks = logged.checks.into_iter().map(Cow::Borrowed).collect();
            entry.reason = logged.reason;
        }
        log.record(entry);
    }
}

/// The method of a request; nobody allocates for a usual one.
fn method(request: &Request<Incoming>) -> Cow<'static, str> {
    match *request.method() {
        Method::GET => Cow::Borrowed("GET"),
        Method::POST => Cow::Borrowed("POST"),
        ref other => Cow::Owned(other.as_str().to_owned()),
    }
}

/// What the request log keeps of a path.
fn shortened(path: &str) -> &str {
    &path[..path.floor_char_boundary(LOGGED_PATH)]
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

impl Refusal {
    /// Programs read it, people hardly see it: an error object below `/oauth2/` (RFC 6749, section 5.2), the Fleet API's
    /// envelope elsewhere.
    fn response(self, oauth: bool) -> Response {
        let (status, error, description) = match self {
            Self::UnknownWorld => {
                let description = "there is no world of this name here; `GET /sandbox/worlds` lists them";
                (StatusCode::MISDIRECTED_REQUEST, "unknown_world", description)
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "the request's body is too large"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "invalid_request", "the request's body took too long"),
            Self::Broken => (StatusCode::BAD_REQUEST, "invalid_request", "the request's body broke off"),
            Self::Busy => {
                let description = "the server is too busy; try again";
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", description)
            }
            Self::Replaced => {
                let description = "the world is being replaced by another; try again";
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", description)
            }
            Self::TimedOut => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "request timed out"),
            Self::Panicked => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "internal server error"),
        };
        let mut response = if oauth {
            json(status, &serde_json::json!({"error": error, "error_description": description}))
        } else {
            json(status, &serde_json::json!({"response": null, "error": description, "error_description": ""}))
        };
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
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
