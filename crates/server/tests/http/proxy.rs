//! The proxy of `fleetgate run`, by programs that were told nothing but its address and its certificate.

use std::sync::Arc;

use bytes::Bytes;
use fleetgate_gate::SystemClock;
use fleetgate_protocol::clock::Clock as _;
use fleetgate_server::sandbox::proxy::{Proxy, hosts};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::harness::{Place, Sandbox, on_both};

on_both!(
    every_host_leads_to_the_sandbox_under_its_own_name,
    http2_goes_through_a_tunnel_as_it_is,
    an_absolute_url_is_passed_on_as_its_server_would_have_got_it,
    other_hosts_and_ports_are_refused_by_name,
    the_authority_vouches_for_no_other_host,
    a_sandbox_that_has_ended_is_said_to_have,
);

const NA: &str = "fleet-api.prd.na.vn.cloud.tesla.com";
const EU: &str = "fleet-api.prd.eu.vn.cloud.tesla.com";

/// A proxy in front of a sandbox, while it lasts.
struct Run {
    sandbox: Sandbox,
    proxy: std::net::SocketAddr,
    authority: String,
    running: tokio::task::JoinHandle<()>,
}

impl Drop for Run {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Run {
    async fn start(place: Place) -> Self {
        let sandbox = Sandbox::start(place).await;
        let proxy = Proxy::bind(sandbox.address, SystemClock.now()).await.expect("a proxy");
        let (address, authority) = (proxy.address(), proxy.authority().to_owned());
        Self { sandbox, proxy: address, authority, running: tokio::spawn(proxy.run()) }
    }

    /// A program that trusts the authority and goes through the proxy.
    fn program(&self) -> reqwest::Client {
        let authority = reqwest::Certificate::from_pem(self.authority.as_bytes()).expect("a certificate");
        reqwest::Client::builder()
            .proxy(reqwest::Proxy::all(format!("http://{}", self.proxy)).expect("a proxy"))
            .tls_certs_only([authority])
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client")
    }

    /// What the proxy answers to these bytes; the connection ends after it.
    async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.proxy).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer
    }

    /// A tunnel to a host, TLS and all.
    async fn tunnel(&self, host: &str) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
        let mut stream = TcpStream::connect(self.proxy).await?;
        stream.write_all(format!("CONNECT {NA}:443 HTTP/1.1\r\nHost: {NA}:443\r\n\r\n").as_bytes()).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await?);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"), "{}", String::from_utf8_lossy(&answer));
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.authority.as_bytes()).expect("PEM")).expect("an authority");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from(host.to_owned()).expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    /// A token of the first person, who lives in North America.
    async fn token(&self) -> String {
        let (email, _) = self.sandbox.person(0);
        let order = json!({ "application": self.sandbox.third_party().client_id, "account": email });
        self.sandbox.minted(&order).await.text_of("access_token")
    }
}

async fn every_host_leads_to_the_sandbox_under_its_own_name(place: Place) {
    let run = Run::start(place).await;
    let program = run.program();
    assert!(hosts().contains(&NA) && hosts().contains(&"auth.tesla.cn"), "{:?}", hosts());
    for host in hosts() {
        let answer = program.get(format!("https://{host}/status")).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{host}");
    }
    let token = run.token().await;
    let region = |host| program.get(format!("https://{host}/api/1/users/region")).bearer_auth(&token).send();
    let here: serde_json::Value = region(NA).await.expect("an answer").json().await.expect("JSON");
    assert_eq!(here["response"]["fleet_api_base_url"], format!("https://{NA}"), "{here}");
    let vehicles = program.get(format!("https://{EU}/api/1/vehicles")).bearer_auth(&token).send();
    let there = vehicles.await.expect("an answer");
    assert_eq!(there.status(), StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(there.headers()["alt-svc"], format!("h2=https://{NA}"));
}

async fn http2_goes_through_a_tunnel_as_it_is(place: Place) {
    let run = Run::start(place).await;
    let token = run.token().await;
    let stream = run.tunnel(NA).await.expect("a tunnel");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut requests, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    let request = Request::get(format!("https://{NA}/api/1/users/region"))
        .header("authorization", format!("Bearer {token}"))
        .body(Empty::<Bytes>::new())
        .expect("a request");
    let answer = requests.send_request(request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    assert!(String::from_utf8_lossy(&body).contains(NA), "{body:?}");
    drop(requests);
    connection.await.expect("no panic").expect("a good end");
}

async fn an_absolute_url_is_passed_on_as_its_server_would_have_got_it(place: Place) {
    let run = Run::start(place).await;
    let token = run.token().await;
    for scheme in ["http", "https"] {
        let request = format!(
            "GET {scheme}://{NA}/api/1/users/region HTTP/1.1\r\nHost: {EU}\r\nAuthorization: Bearer {token}\r\n\
             Proxy-Connection: close\r\nConnection: close\r\n\r\n"
        );
        let answer = run.raw(&request).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains(&format!("https://{NA}")), "{answer}");
    }
}

async fn other_hosts_and_ports_are_refused_by_name(place: Place) {
    let run = Run::start(place).await;
    for (target, named) in [
        ("CONNECT example.com:443", "`example.com:443`"),
        ("CONNECT 127.0.0.1:443", "`127.0.0.1:443`"),
        (&format!("CONNECT {NA}:22"), &format!("`{NA}:22`")),
        (&format!("CONNECT {NA}.example.com:443"), &format!("`{NA}.example.com:443`")),
        ("GET http://kim:secret@example.com/", "`example.com`"),
        ("GET https://example.com/", "`example.com`"),
        ("GET http://localhost:8080/sandbox/world", "`localhost:8080`"),
    ] {
        let answer = run.raw(&format!("{target} HTTP/1.1\r\nHost: {NA}\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{target}\n{answer}");
        assert!(answer.contains(&format!("{named} is refused: ")), "{target}\n{answer}");
        assert!(!answer.contains("secret"), "{answer}");
    }
    // As a page of a browser would ask, whatever name it has found for this address.
    for path in ["/", "/sandbox/world", "*"] {
        let answer = run.raw(&format!("GET {path} HTTP/1.1\r\nHost: {NA}\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    }
}

async fn the_authority_vouches_for_no_other_host(place: Place) {
    let mut run = Run::start(place).await;
    run.tunnel(EU).await.expect("one certificate for all that it stands in for");
    let error = run.tunnel("example.com").await.expect_err("not this one");
    assert!(error.to_string().contains("certificate"), "{error}");
    let other = Proxy::bind(run.sandbox.address, SystemClock.now()).await.expect("a proxy");
    assert_ne!(other.authority(), run.authority, "each run has its own");
    run.authority = other.authority().to_owned();
    let error = run.tunnel(NA).await.expect_err("not with the authority of another run");
    assert!(error.to_string().contains("certificate"), "{error}");
}

async fn a_sandbox_that_has_ended_is_said_to_have(place: Place) {
    let mut run = Run::start(place).await;
    run.sandbox.stop().await;
    for target in [format!("CONNECT {NA}:443"), format!("GET http://{NA}/status")] {
        let answer = run.raw(&format!("{target} HTTP/1.1\r\nHost: {NA}\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 502 Bad Gateway\r\n"), "{answer}");
    }
}
