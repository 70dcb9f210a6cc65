//! The accept loop: a bounded number of connections, time limits on headers and on doing nothing, TLS, and a drain at the end.

mod activity;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

use self::activity::{Activity, Watched, lasting};
use crate::config::{Limits, Tls};
use crate::worlds::Entrance;

/// Why the listener cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}; choose another address")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Certificate or key cannot be read.
    #[error("cannot read {what} from {path}")]
    Tls {
        /// Which of the two.
        what: &'static str,
        /// From where.
        path: String,
        /// Why.
        source: rustls_pki_types::pem::Error,
    },
    /// Certificate and key do not fit.
    #[error("certificate and key cannot be used")]
    Unusable(#[source] rustls::Error),
}

/// Listens at an address, and says at which: a port of 0 is any.
///
/// # Errors
/// When the address cannot be had.
pub(crate) async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ListenError> {
    let failed = |source| ListenError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Returns when the sender of a channel is gone.
pub(crate) async fn until(mut stopped: watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}

/// Checks that certificate and key can be used.
///
/// # Errors
/// As a server would fail to start.
pub fn check_tls(config: &Tls) -> Result<(), ListenError> {
    tls(config).map(drop)
}

/// Reads certificate and key.
///
/// # Errors
/// When a file cannot be read, or they do not fit together.
pub(crate) fn tls(tls: &Tls) -> Result<TlsAcceptor, ListenError> {
    let error = |what, path: &std::path::Path| {
        let path = path.display().to_string();
        move |source| ListenError::Tls { what, path, source }
    };
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(error("the certificate", &tls.certificate))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(error("the private key", &tls.key))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(ListenError::Unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(ListenError::Unusable)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves until `stop`, then lets requests that have begun end, for as long as the limits say.
pub(crate) async fn serve(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    entrance: Entrance,
    limits: &Limits,
    stop: impl Future<Output = ()>,
) {
    let connections = Arc::new(Semaphore::new(limits.connections));
    let service = Arc::new(Service { builder: builder(limits), acceptor, entrance, limits: limits.clone() });
    let (stopping, _) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        // A place is taken before a connection is accepted: beyond the bound, peers wait in the kernel's queue.
        let accepted = async {
            let place = Arc::clone(&connections).acquire_owned().await.ok()?;
            Some((place, listener.accept().await))
        };
        let (place, stream) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => match accepted {
                Some((place, Ok((stream, _)))) => (place, stream),
                Some((_, Err(error))) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
                None => break,
            },
        };
        let (service, stopped) = (Arc::clone(&service), stopping.subscribe());
        tokio::spawn(async move {
            let _place = place;
            service.accepted(stream, stopped).await;
        });
    }
    drop(listener);
    stopping.send_replace(());
    if tokio::time::timeout(limits.drain_time, stopping.closed()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // Without `pipeline_flush`: it would buffer answers without bound for a peer that asks and never reads.
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(64 * 1024)
        .keep_alive(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(128)
        .max_header_list_size(64 * 1024)
        .keep_alive_interval(limits.header_time)
        .keep_alive_timeout(limits.header_time);
    builder
}

/// What every connection is served with.
struct Service {
    builder: auto::Builder<TokioExecutor>,
    acceptor: Option<TlsAcceptor>,
    entrance: Entrance,
    limits: Limits,
}

impl Service {
    /// Serves a connection until it ends; after `stopped`, until its requests have ended.
    async fn accepted(&self, stream: TcpStream, stopped: watch::Receiver<()>) {
        let _ = stream.set_nodelay(true);
        let activity = Arc::<Activity>::default();
        let stream = Watched { stream, activity: Arc::clone(&activity) };
        match &self.acceptor {
            None => self.connection(stream, &activity, stopped).await,
            Some(acceptor) => {
                let handshake = tokio::time::timeout(self.limits.header_time, acceptor.accept(stream));
                if let Ok(Ok(stream)) = handshake.await {
                    self.connection(stream, &activity, stopped).await;
                }
            }
        }
    }

    async fn connection<I: AsyncRead + AsyncWrite + Unpin + 'static>(
        &self,
        stream: I,
        activity: &Arc<Activity>,
        mut stopped: watch::Receiver<()>,
    ) {
        let Limits { header_time, body_time, idle_time, .. } = self.limits;
        let service = service_fn(|request| {
            let in_flight = activity.begin();
            // Without an `async` block, which would hold the answer's future twice.
            self.entrance.answer(request).inspect(move |_| drop(in_flight))
        });
        let mut connection = pin!(self.builder.serve_connection(TokioIo::new(stream), service));
        let mut stuck = pin!(lasting(|| activity.stuck_since(), body_time));
        // The builder waits for as long as it takes to learn which version of HTTP a peer speaks; this is the only bound
        // on one that says nothing, or too little to tell.
        let silent = async {
            tokio::time::sleep(header_time).await;
            if activity.has_begun() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            ended = connection.as_mut() => return log(ended),
            () = silent => return tracing::debug!("a connection brought no request in time"),
            () = stuck.as_mut() => return tracing::debug!("a peer takes no answer"),
            () = lasting(|| activity.idle_since(), idle_time) => tracing::debug!("a connection brings no more requests"),
            _ = stopped.changed() => {}
        }
        // What has begun may end, and its answer may be taken.
        connection.as_mut().graceful_shutdown();
        activity.touch();
        tokio::select! {
            ended = connection => log(ended),
            () = stuck => tracing::debug!("a peer takes no answer"),
            () = lasting(|| activity.idle_since(), body_time) => tracing::debug!("a peer keeps a connection that has ended"),
        }
    }
}

fn log(ended: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = ended {
        tracing::debug!(error = error.to_string(), "a connection ended early");
    }
}
