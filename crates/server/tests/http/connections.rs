//! Connections that do nothing give their places up; requests that are refused before their route are answered.

use std::time::Duration;

use bytes::Bytes;
use fleetgate_server::config::{Config, DialectName};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::harness::{Place, Sandbox, on_both};

on_both!(
    quiet_http2_peers_give_their_places_up,
    peers_that_never_read_give_their_places_up,
    a_peer_that_opens_no_window_gives_its_place_up,
    a_request_that_takes_longer_than_the_idle_time_is_answered,
    a_stop_ends_idle_http2_connections,
    the_authority_of_http2_is_the_host,
    a_large_body_is_refused_with_an_answer_over_both_versions,
    a_slow_body_is_refused_in_the_words_of_its_path,
    a_busy_server_says_so_in_the_words_of_the_path,
);

/// How long a test waits for what never comes when the server is wrong; no test that passes depends on it.
const PATIENCE: Duration = Duration::from_secs(60);

const SHORT: Duration = Duration::from_millis(300);

const TOKEN: &str = "/oauth2/v3/token";
const VEHICLES: &str = "/api/1/vehicles";

async fn start(place: Place, change: impl FnOnce(&mut Config)) -> Sandbox {
    Sandbox::start_with(place, DialectName::FleetApi, change).await
}

async fn patiently<F: Future>(what: F) -> F::Output {
    tokio::time::timeout(PATIENCE, what).await.expect("it comes")
}

async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(sandbox.address).await.expect("a connection")
}

async fn is_served(sandbox: &Sandbox) -> bool {
    patiently(sandbox.get("/status")).await.status == StatusCode::OK
}

/// A connection over HTTP/2 with prior knowledge. It answers every `PING`, and sends its own all the time.
struct Http2 {
    requests: http2::SendRequest<Full<Bytes>>,
    connection: JoinHandle<hyper::Result<()>>,
}

impl Http2 {
    async fn connect(sandbox: &Sandbox, window: Option<u32>) -> Self {
        let stream = TokioIo::new(connect(sandbox).await);
        let (requests, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(SHORT / 10)
            .keep_alive_while_idle(true)
            .keep_alive_timeout(PATIENCE)
            .initial_stream_window_size(window)
            .handshake(stream)
            .await
            .expect("HTTP/2");
        Self { requests, connection: tokio::spawn(connection) }
    }

    async fn send(&mut self, method: &str, path: &str, body: impl Into<Bytes>) -> Response<Incoming> {
        self.send_to("localhost", method, path, body).await
    }

    async fn send_to(&mut self, host: &str, method: &str, path: &str, body: impl Into<Bytes>) -> Response<Incoming> {
        let uri = format!("http://{host}{path}");
        let request = Request::builder().method(method).uri(uri).body(Full::new(body.into())).expect("a request");
        patiently(self.requests.send_request(request)).await.expect("an answer")
    }

    /// Waits for the server to close.
    async fn ended(self) -> hyper::Result<()> {
        let ended = patiently(self.connection).await.expect("no panic");
        drop(self.requests);
        ended
    }
}

async fn quiet_http2_peers_give_their_places_up(place: Place) {
    let sandbox = start(place, |config| {
        config.limits.connections = 2;
        config.limits.idle_time = SHORT;
    })
    .await;
    let mut quiet = Vec::new();
    for _ in 0..2 {
        let mut peer = Http2::connect(&sandbox, None).await;
        assert_eq!(peer.send("GET", "/status", "").await.status(), StatusCode::OK);
        quiet.push(peer);
    }
    assert!(is_served(&sandbox).await);
    for peer in quiet {
        peer.ended().await.expect("the server says that it closes");
    }
}

async fn peers_that_never_read_give_their_places_up(place: Place) {
    let sandbox = start(place, |config| {
        config.limits.connections = 2;
        config.limits.body_time = SHORT;
    })
    .await;
    let stylesheet = sandbox.get("/").await.text;
    let stylesheet = stylesheet.split('"').find(|text| text.ends_with(".css")).expect("a stylesheet");
    let requests = format!("GET {stylesheet} HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(100);
    let mut deaf = Vec::new();
    for _ in 0..2 {
        let (mut stream, requests) = (connect(&sandbox).await, requests.clone());
        deaf.push(tokio::spawn(async move { while stream.write_all(requests.as_bytes()).await.is_ok() {} }));
    }
    for peer in deaf {
        patiently(peer).await.expect("no panic");
    }
    assert!(is_served(&sandbox).await);
}

async fn a_peer_that_opens_no_window_gives_its_place_up(place: Place) {
    let sandbox = start(place, |config| {
        config.limits.connections = 1;
        (config.limits.idle_time, config.limits.body_time) = (SHORT, SHORT);
    })
    .await;
    let mut peer = Http2::connect(&sandbox, Some(0)).await;
    let answer = peer.send("GET", "/status", "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(is_served(&sandbox).await);
    assert!(patiently(answer.into_body().collect()).await.is_err(), "the body was never sent");
}

async fn a_request_that_takes_longer_than_the_idle_time_is_answered(place: Place) {
    let sandbox = start(place, |config| config.limits.idle_time = SHORT).await;
    let form = b"grant_type=client_credentials";
    let mut slow = connect(&sandbox).await;
    let head =
        format!("POST {TOKEN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", form.len());
    slow.write_all(head.as_bytes()).await.expect("sent");
    slow.write_all(&form[..5]).await.expect("sent");
    assert!(is_served(&sandbox).await);
    // What came later is idle for long enough to be closed.
    let mut idle = Http2::connect(&sandbox, None).await;
    assert_eq!(idle.send("GET", "/status", "").await.status(), StatusCode::OK);
    idle.ended().await.expect("closed");
    slow.write_all(&form[5..]).await.expect("sent");
    let mut answer = String::new();
    patiently(slow.read_to_string(&mut answer)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(answer.contains("The parameter 'client_id' is required."), "{answer}");
}

async fn a_stop_ends_idle_http2_connections(place: Place) {
    let mut sandbox = start(place, |config| config.limits.drain_time = PATIENCE).await;
    let mut idle = Http2::connect(&sandbox, None).await;
    assert_eq!(idle.send("GET", "/status", "").await.status(), StatusCode::OK);
    let ((), ended) = tokio::join!(sandbox.stop(), idle.ended());
    ended.expect("the server says that it closes");
}

fn oauth(error: &str, description: &str) -> Value {
    json!({"error": error, "error_description": description})
}

fn envelope(error: &str) -> Value {
    json!({"response": null, "error": error, "error_description": ""})
}

async fn a_large_body_is_refused_with_an_answer_over_both_versions(place: Place) {
    let sandbox = start(place, |config| config.limits.body_bytes = 1 << 18).await;
    let body = Bytes::from(vec![b'a'; 3 << 20]);
    let description = "the request's body is too large";
    let mut peer = Http2::connect(&sandbox, None).await;
    for (path, expected) in [(TOKEN, oauth("invalid_request", description)), (VEHICLES, envelope(description))] {
        let answer = sandbox.send(|http| http.post(sandbox.url(path)).body(body.clone())).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::PAYLOAD_TOO_LARGE, expected.clone()));
        let answer = peer.send("POST", path, body.clone()).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let answer = answer.into_body().collect().await.expect("a whole answer").to_bytes();
        assert_eq!(serde_json::from_slice::<Value>(&answer).expect("JSON"), expected);
    }
}

async fn a_slow_body_is_refused_in_the_words_of_its_path(place: Place) {
    let sandbox = start(place, |config| config.limits.body_time = SHORT).await;
    let description = "the request's body took too long";
    for (path, expected) in [(TOKEN, oauth("invalid_request", description)), (VEHICLES, envelope(description))] {
        let mut slow = connect(&sandbox).await;
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na");
        slow.write_all(head.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        // A reset ends what was sent as well as a close does.
        let _ = patiently(slow.read_to_end(&mut answer)).await;
        let answer = String::from_utf8(answer).expect("text");
        assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        assert_eq!(serde_json::from_str::<Value>(body).expect("JSON"), expected);
    }
}

async fn a_busy_server_says_so_in_the_words_of_the_path(place: Place) {
    let sandbox = start(place, |config| config.limits.requests = 0).await;
    let description = "the server is too busy; try again";
    for (path, expected) in [(TOKEN, oauth("temporarily_unavailable", description)), (VEHICLES, envelope(description))]
    {
        // Some clients put a second slash in front of a path.
        for path in [path.to_owned(), format!("/{path}")] {
            let answer = sandbox.get(&path).await;
            assert_eq!((answer.status, answer.json()), (StatusCode::SERVICE_UNAVAILABLE, expected.clone()), "{path}");
            assert_eq!(answer.header("retry-after"), "1");
        }
    }
}

async fn the_authority_of_http2_is_the_host(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let domain = sandbox.world.applications.iter().find_map(|app| app.domain.clone()).expect("a domain");
    let path = "/.well-known/appspecific/com.tesla.3p.public-key.pem";
    let mut peer = Http2::connect(&sandbox, None).await;
    assert_eq!(peer.send_to(&domain, "GET", path, "").await.status(), StatusCode::OK);
    assert_eq!(peer.send("GET", path, "").await.status(), StatusCode::NOT_FOUND);
}
