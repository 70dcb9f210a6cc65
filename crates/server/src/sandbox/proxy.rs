//! A proxy for programs whose addresses cannot be configured: it brings the host names of the real service to a sandbox
//! and refuses every other one.
//!
//! It speaks HTTP as proxies do (RFC 9110, sections 3.7 and 9.3.6). A `CONNECT` is answered by ending TLS here, under a
//! certificate authority made for this run, and passing on every byte to the sandbox as it is: the `Host` stays the
//! real one, so that the sandbox knows which region is meant, and HTTP/2 works as HTTP/1.1 does. A request for an absolute
//! URL, as some clients send instead, is passed on alone.

mod certificates;
mod tunnel;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use fleetgate_protocol::Region;
use http::header::{CONNECTION, HOST, PROXY_AUTHORIZATION};
use http::uri::{Authority, Scheme};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub use self::certificates::CertificateError;
use self::tunnel::Tunnel;

/// How many connections are served at once; others wait in the kernel's queue.
const CONNECTIONS: usize = 1024;
/// How long a program may take for the headers of a request, and for a handshake.
const PATIENCE: Duration = Duration::from_secs(10);
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");

/// Why there is no proxy.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// There is no port for it.
    #[error("The proxy cannot listen on loopback.")]
    Listen(#[source] io::Error),
    /// The certificates cannot be made.
    #[error("The certificates of the proxy cannot be made.")]
    Certificates(#[from] CertificateError),
}

/// A proxy that listens on loopback.
pub struct Proxy {
    listener: TcpListener,
    address: SocketAddr,
    authority: String,
    service: Arc<Service>,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proxy({})", self.address)
    }
}

/// The host names for which the sandbox stands in: the Fleet API's and the authorization server's of every region.
#[must_use]
pub fn hosts() -> Vec<&'static str> {
    let of = |region: Region| {
        let api = region.public_base_url().trim_start_matches("https://");
        [&[api], region.public_authorization_servers()].concat()
    };
    Region::ALL.into_iter().flat_map(of).collect()
}

impl Proxy {
    /// Listens on a free port of loopback, in front of the sandbox that listens at `sandbox`. The certificates are good
    /// for a month from `now` (microseconds since the Unix epoch).
    ///
    /// # Errors
    /// [`ProxyError`].
    pub async fn bind(sandbox: SocketAddr, now: i64) -> Result<Self, ProxyError> {
        let hosts = hosts();
        let certificates = certificates::issue(&hosts, now)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(ProxyError::Listen)?;
        let address = listener.local_addr().map_err(ProxyError::Listen)?;
        let acceptor = TlsAcceptor::from(Arc::new(certificates.server));
        let service = Arc::new(Service { hosts, acceptor, sandbox });
        Ok(Self { listener, address, authority: certificates.authority, service })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate that a program must trust, in PEM. Its key is in this process alone.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Serves until it is dropped, which ends every connection.
    pub async fn run(self) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if connections.len() < CONNECTIONS => match accepted {
                    Ok((stream, _)) => {
                        let service = Arc::clone(&self.service);
                        connections.spawn(async move { service.connection(stream).await });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection to the proxy could not be accepted");
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

type Answer = Response<Either<Incoming, Full<Bytes>>>;

/// What every connection is served with.
struct Service {
    hosts: Vec<&'static str>,
    acceptor: TlsAcceptor,
    sandbox: SocketAddr,
}

/// Where a request to the proxy wants to go.
enum Destination {
    /// To a host for which the sandbox stands in.
    Sandbox(Authority),
    /// To another host, or to another port of one.
    Elsewhere(Authority),
    /// Nowhere: it was meant for a server, and this is none.
    Here,
}

impl Service {
    /// Serves the requests of a connection; after a `CONNECT`, the tunnel.
    async fn connection(&self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let tunnel = Mutex::new(None);
        let place = &tunnel;
        let service = service_fn(move |request| async move { Ok::<_, Infallible>(self.answer(request, place).await) });
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
            .await;
        if let Err(error) = served {
            tracing::debug!(%error, "a connection to the proxy ended early");
        }
        let tunnel = tunnel.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(tunnel) = tunnel {
            tunnel.run(&self.acceptor).await;
        }
    }

    async fn answer(&self, mut request: Request<Incoming>, tunnel: &Mutex<Option<Tunnel>>) -> Answer {
        let connect = request.method() == Method::CONNECT;
        let authority = match self.destination(request.uri(), connect) {
            Destination::Sandbox(authority) => authority,
            Destination::Elsewhere(authority) => return elsewhere(&authority),
            Destination::Here => {
                let text = "This is the proxy of `fleetgate run`. It serves the command that it was started with.\n";
                return refusal(StatusCode::BAD_REQUEST, text.to_owned());
            }
        };
        let Ok(sandbox) = TcpStream::connect(self.sandbox).await else { return gone() };
        let _ = sandbox.set_nodelay(true);
        if connect {
            let upgrade = hyper::upgrade::on(&mut request);
            let host = authority.host().to_owned();
            *tunnel.lock().unwrap_or_else(PoisonError::into_inner) = Some(Tunnel { upgrade, sandbox, host });
            return Response::new(Either::Right(Full::default()));
        }
        match forward(request, &authority, sandbox).await {
            Ok(response) => response.map(Either::Left),
            Err(error) => {
                tracing::debug!(%error, "the sandbox did not answer");
                gone()
            }
        }
    }

    fn destination(&self, uri: &Uri, connect: bool) -> Destination {
        let Some(authority) = uri.authority().cloned() else { return Destination::Here };
        let usual = match uri.scheme() {
            None if connect => 443,
            Some(scheme) if *scheme == Scheme::HTTPS && !connect => 443,
            Some(scheme) if *scheme == Scheme::HTTP && !connect => 80,
            _ => return Destination::Here,
        };
        let known = self.hosts.iter().any(|host| host.eq_ignore_ascii_case(authority.host()));
        match known && authority.port_u16().unwrap_or(usual) == usual {
            true => Destination::Sandbox(authority),
            false => Destination::Elsewhere(authority),
        }
    }
}

/// Sends a request for an absolute URL to the sandbox, as its server would have got it (RFC 9112, section 3.2.2).
async fn forward(
    mut request: Request<Incoming>,
    authority: &Authority,
    sandbox: TcpStream,
) -> Result<Response<Incoming>, hyper::Error> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).parse();
    *request.uri_mut() = path.unwrap_or_default();
    let headers = request.headers_mut();
    for name in [CONNECTION, PROXY_CONNECTION, PROXY_AUTHORIZATION] {
        headers.remove(name);
    }
    if let Ok(host) = HeaderValue::from_str(authority.as_str()) {
        headers.insert(HOST, host);
    }
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(sandbox)).await?;
    tokio::spawn(connection);
    let mut response = sender.send_request(request).await?;
    response.headers_mut().remove(CONNECTION);
    Ok(response)
}

/// 403: the sandbox stands in for no such host.
fn elsewhere(authority: &Authority) -> Answer {
    // Without a user's name and password, which may stand in an absolute URL.
    let place = match authority.port() {
        Some(port) => format!("{}:{port}", authority.host()),
        None => authority.host().to_owned(),
    };
    tracing::warn!("`{place}` was refused: `fleetgate run` lets a command reach nothing but the sandbox");
    let known = hosts().join(", ");
    let text = format!(
        "`{place}` is refused: `fleetgate run` lets a command reach nothing but the sandbox, which stands in for {known}.\n"
    );
    refusal(StatusCode::FORBIDDEN, text)
}

/// 502: the sandbox does not answer.
fn gone() -> Answer {
    refusal(StatusCode::BAD_GATEWAY, "The sandbox does not answer; it may have ended.\n".to_owned())
}

fn refusal(status: StatusCode, text: String) -> Answer {
    let mut response = Response::new(Either::Right(Full::from(text)));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, plain);
    response
}
