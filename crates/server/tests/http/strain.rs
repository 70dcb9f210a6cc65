//! Peers that are slow, large, many, or gone.

use std::time::Duration;

use fleetgate_server::config::{Config, DialectName};
use http::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Place, Sandbox, on_both};

on_both!(
    slow_headers_are_cut_off_and_others_are_served,
    a_half_sent_body_is_given_up_and_others_are_served,
    more_half_sent_bodies_than_requests_at_once_stop_nobody,
    a_body_beyond_the_limit_is_refused_whether_announced_or_not,
    a_thousand_idle_connections_leave_room,
    connections_beyond_the_limit_wait_and_are_served_when_one_ends,
    header_bombs_are_refused,
    a_stop_drains_a_request_that_has_begun,
    a_stop_waits_no_longer_than_it_may,
    requests_one_after_the_other_on_one_connection,
);

/// How long a test waits for a connection to be closed that never would be; no test that passes depends on it.
const PATIENCE: Duration = Duration::from_secs(60);

const KEYS: &[u8] = b"GET /oauth2/v3/discovery/thirdparty/keys HTTP/1.1\r\nHost: localhost\r\n\r\n";

async fn start(place: Place, change: impl FnOnce(&mut Config)) -> Sandbox {
    Sandbox::start_with(place, DialectName::FleetApi, change).await
}

async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(sandbox.address).await.expect("a connection")
}

/// Everything that comes until the server closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset ends what was sent as well as a close does.
    let read = stream.read_to_end(&mut bytes);
    let _ = tokio::time::timeout(PATIENCE, read).await.expect("the server closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The next answer of a connection that stays open, up to the end of its head.
async fn head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => bytes.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn is_served(sandbox: &Sandbox) -> bool {
    sandbox.get("/status").await.status == StatusCode::OK
}

/// A form that announces more than it sends.
fn half_a_form() -> Vec<u8> {
    let head = "POST /oauth2/v3/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";
    format!("{head}grant_type=refresh_token").into_bytes()
}

async fn slow_headers_are_cut_off_and_others_are_served(place: Place) {
    let sandbox = start(place, |config| config.limits.header_time = Duration::from_millis(300)).await;
    let mut slow = connect(&sandbox).await;
    slow.write_all(b"GET /status HTTP/1.1\r\nHost: loc").await.expect("sent");
    assert!(is_served(&sandbox).await);
    let answer = rest(&mut slow).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    // One that says nothing at all is closed, too, and so is one that never says which version it speaks.
    let mut silent = connect(&sandbox).await;
    assert_eq!(rest(&mut silent).await, "");
    let mut undecided = connect(&sandbox).await;
    undecided.write_all(b"PRI * HT").await.expect("sent");
    assert_eq!(rest(&mut undecided).await, "");
    // Between two requests the time is the same.
    let mut idle = connect(&sandbox).await;
    idle.write_all(KEYS).await.expect("sent");
    assert!(rest(&mut idle).await.starts_with("HTTP/1.1 200 OK"));
    assert!(is_served(&sandbox).await);
}

async fn a_half_sent_body_is_given_up_and_others_are_served(place: Place) {
    let sandbox = start(place, |config| config.limits.body_time = Duration::from_millis(300)).await;
    let mut half = connect(&sandbox).await;
    half.write_all(&half_a_form()).await.expect("sent");
    assert!(is_served(&sandbox).await);
    let answer = rest(&mut half).await;
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert!(answer.contains(r#""error_description":"the request's body took too long""#), "{answer}");
    // A client that goes away in the middle leaves nothing behind.
    let mut gone = connect(&sandbox).await;
    gone.write_all(&half_a_form()).await.expect("sent");
    drop(gone);
    assert!(is_served(&sandbox).await);
}

async fn more_half_sent_bodies_than_requests_at_once_stop_nobody(place: Place) {
    let sandbox = start(place, |config| config.limits.requests = 4).await;
    let mut half_sent = Vec::new();
    for _ in 0..16 {
        let mut stream = connect(&sandbox).await;
        stream.write_all(&half_a_form()).await.expect("sent");
        half_sent.push(stream);
    }
    for _ in 0..4 {
        assert!(is_served(&sandbox).await);
    }
}

async fn a_body_beyond_the_limit_is_refused_whether_announced_or_not(place: Place) {
    let sandbox = start(place, |config| config.limits.body_bytes = 4096).await;
    let url = sandbox.url("/oauth2/v3/token");
    let announced = sandbox.send(|http| http.post(&url).body("a".repeat(4097))).await;
    assert_eq!(announced.status, StatusCode::PAYLOAD_TOO_LARGE);
    let exact = sandbox.send(|http| http.post(&url).body("a".repeat(4096))).await;
    assert_eq!(exact.status, StatusCode::BAD_REQUEST);
    let mut chunked = connect(&sandbox).await;
    chunked
        .write_all(b"POST /oauth2/v3/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await
        .expect("sent");
    let chunk = format!("400\r\n{}\r\n", "a".repeat(0x400));
    // It is read to its end up to 16 times the limit.
    for _ in 0..65 {
        chunked.write_all(chunk.as_bytes()).await.expect("sent");
    }
    assert!(head(&mut chunked).await.starts_with("HTTP/1.1 413"));
    assert!(is_served(&sandbox).await);
}

async fn a_thousand_idle_connections_leave_room(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let mut idle = Vec::new();
    for _ in 0..1000 {
        idle.push(connect(&sandbox).await);
    }
    assert!(is_served(&sandbox).await);
    assert_eq!(sandbox.partner_token(&sandbox.partner()).await.status, StatusCode::OK);
    // And each of them is still served.
    let last = idle.last_mut().expect("one of a thousand");
    last.write_all(KEYS).await.expect("sent");
    assert!(head(last).await.starts_with("HTTP/1.1 200 OK"));
}

async fn connections_beyond_the_limit_wait_and_are_served_when_one_ends(place: Place) {
    let sandbox = start(place, |config| config.limits.connections = 4).await;
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(&sandbox).await;
        stream.write_all(KEYS).await.expect("sent");
        assert!(head(&mut stream).await.starts_with("HTTP/1.1 200"));
        open.push(stream);
    }
    let mut waiting = connect(&sandbox).await;
    waiting.write_all(KEYS).await.expect("sent");
    drop(open.pop());
    assert!(head(&mut waiting).await.starts_with("HTTP/1.1 200"));
}

async fn header_bombs_are_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let long = format!("GET /status HTTP/1.1\r\nHost: x\r\nX-Bomb: {}\r\n\r\n", "a".repeat(1 << 20));
    let many = format!("GET /status HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-Bomb: 1\r\n".repeat(20_000));
    let path = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1 << 20));
    for bomb in [long, many, path] {
        let mut stream = connect(&sandbox).await;
        // The server may close before all is sent.
        let _ = stream.write_all(bomb.as_bytes()).await;
        let answer = head(&mut stream).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431") || answer.starts_with("HTTP/1.1 414"),
            "{answer}"
        );
    }
    for nonsense in [
        "\0\0\0\0\r\n\r\n",
        "GET\r\n\r\n",
        "GET /status HTTP/1.1\r\nHost : x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    ] {
        let mut stream = connect(&sandbox).await;
        stream.write_all(nonsense.as_bytes()).await.expect("sent");
        let answer = rest(&mut stream).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{nonsense:?} {answer}");
    }
    assert!(is_served(&sandbox).await);
}

async fn a_stop_drains_a_request_that_has_begun(place: Place) {
    let mut sandbox = Sandbox::start(place).await;
    let form = b"grant_type=client_credentials";
    let mut begun = connect(&sandbox).await;
    let length = form.len();
    let head_text = format!(
        "POST /oauth2/v3/token HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    );
    begun.write_all(head_text.as_bytes()).await.expect("sent");
    // The server says so when it begins to read the body.
    let mut go_on = [0; 25];
    begun.read_exact(&mut go_on).await.expect("an answer");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    begun.write_all(&form[..5]).await.expect("sent");
    let address = sandbox.address;
    let finish = async {
        // The port is closed at once, to new connections.
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        begun.write_all(&form[5..]).await.expect("sent");
        rest(&mut begun).await
    };
    let ((), answer) = tokio::join!(sandbox.stop(), finish);
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(answer.contains("The parameter 'client_id' is required."), "{answer}");
}

async fn a_stop_waits_no_longer_than_it_may(place: Place) {
    let mut sandbox = start(place, |config| config.limits.drain_time = Duration::from_millis(200)).await;
    let mut half = connect(&sandbox).await;
    half.write_all(&half_a_form()).await.expect("sent");
    let mut idle = connect(&sandbox).await;
    assert!(is_served(&sandbox).await);
    sandbox.stop().await;
    assert_eq!(rest(&mut idle).await, "");
}

async fn requests_one_after_the_other_on_one_connection(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let mut stream = connect(&sandbox).await;
    stream.write_all(&KEYS.repeat(3)).await.expect("sent");
    let last = b"GET /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(last).await.expect("sent");
    let answers = rest(&mut stream).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 4, "{answers}");
}
