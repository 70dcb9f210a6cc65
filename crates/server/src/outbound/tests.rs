use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

fn address(text: &str) -> IpAddr {
    text.parse().expect(text)
}

#[test]
fn only_the_public_internet_is_public() {
    for public in [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "192.167.1.1",
        "198.20.0.1",
        "223.255.255.254",
        "2606:4700:4700::1111",
        "2a00:1450:4001::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ] {
        assert!(is_public(address(public)), "{public}");
    }
    for special in [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!is_public(address(special)), "{special}");
    }
}

/// A server that answers every request with the same bytes, and counts connections.
async fn server(answer: String) -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (connected, connections) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = connected.send(());
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, connections)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

#[tokio::test]
async fn private_addresses_are_never_connected_to() {
    let (address, mut connections) = server(answer("200 OK", "", "secret")).await;
    let outbound = Outbound::default();
    let port = address.port();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433", "127.1"] {
        let url = format!("http://{host}:{port}/");
        outbound.fetch(&url, 1024).await.expect_err(host);
    }
    assert!(connections.try_recv().is_err(), "somebody connected");
}

/// The same client with other addresses allowed, so that there is something to connect to.
async fn fetch_locally(host: &str, address: SocketAddr, limit: usize) -> Result<Vec<u8>, FetchError> {
    Outbound::to(|_| true).fetch(&format!("http://{host}:{}/", address.port()), limit).await
}

#[tokio::test]
async fn a_small_file_is_fetched_by_name_and_by_address() {
    let (address, _connections) = server(answer("200 OK", "", "a key")).await;
    for host in ["localhost", "127.0.0.1"] {
        assert_eq!(fetch_locally(host, address, 5).await.expect(host), b"a key");
    }
}

#[tokio::test]
async fn large_bodies_and_other_statuses_are_refused() {
    let (address, _connections) = server(answer("200 OK", "", "a key!")).await;
    assert!(matches!(fetch_locally("127.0.0.1", address, 5).await, Err(FetchError::TooLarge)));
    let (address, _connections) = server(answer("404 Not Found", "", "")).await;
    assert!(matches!(fetch_locally("127.0.0.1", address, 5).await, Err(FetchError::Status(404))));
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_not_followed() {
    let (target, mut connections) = server(answer("200 OK", "", "a key")).await;
    let (address, _connections) = server(answer("302 Found", &format!("Location: http://{target}/\r\n"), "")).await;
    assert!(matches!(fetch_locally("127.0.0.1", address, 5).await, Err(FetchError::Status(302))));
    assert!(connections.try_recv().is_err(), "somebody followed");
}

#[tokio::test]
async fn redirects_without_end_end() {
    let (address, mut connections) = server(answer("302 Found", "Location: /again\r\n", "")).await;
    assert!(matches!(fetch_locally("127.0.0.1", address, 5).await, Err(FetchError::Status(302))));
    let mut count = 0;
    while connections.try_recv().is_ok() {
        count += 1;
    }
    assert_eq!(count, REDIRECTS + 1);
}
