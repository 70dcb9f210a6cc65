//! The accept loop: a bounded number of connections, a time limit on headers, TLS, and a drain at the end.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use crate::config::{Limits, Tls};
use crate::layers::Layers;

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

/// Listens at an address.
///
/// # Errors
/// When the address cannot be had.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| ListenError::Bind { address, source })
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
    layers: Layers,
    limits: &Limits,
    stop: impl Future<Output = ()>,
) {
    let connections = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let builder = Arc::new(builder(limits));
    let mut stop = std::pin::pin!(stop);
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
        let (layers, builder, acceptor, watcher) =
            (layers.clone(), Arc::clone(&builder), acceptor.clone(), graceful.watcher());
        let header_time = limits.header_time;
        tokio::spawn(async move {
            let _place = place;
            let _ = stream.set_nodelay(true);
            match acceptor {
                None => connection(stream, &builder, layers, watcher, header_time).await,
                Some(acceptor) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(header_time, handshake(acceptor, stream)).await {
                        connection(stream, &builder, layers, watcher, header_time).await;
                    }
                }
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain_time, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

async fn handshake(acceptor: TlsAcceptor, stream: TcpStream) -> io::Result<impl AsyncRead + AsyncWrite + Unpin> {
    acceptor.accept(stream).await
}

fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(64 * 1024)
        .keep_alive(true)
        .pipeline_flush(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(128)
        .max_header_list_size(64 * 1024)
        .keep_alive_interval(limits.header_time)
        .keep_alive_timeout(limits.header_time);
    builder
}

async fn connection<I: AsyncRead + AsyncWrite + Unpin + 'static>(
    stream: I,
    builder: &auto::Builder<TokioExecutor>,
    layers: Layers,
    watcher: Watcher,
    header_time: Duration,
) {
    let begun = AtomicBool::new(false);
    let service = service_fn(|request| {
        begun.store(true, Ordering::Relaxed);
        layers.clone().answer(request)
    });
    let connection = watcher.watch(builder.serve_connection(TokioIo::new(stream), service));
    // The builder waits for as long as it takes to learn which version of HTTP a peer speaks; this is the only bound on
    // one that says nothing, or too little to tell.
    let silent = async {
        tokio::time::sleep(header_time).await;
        if begun.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = connection => if let Err(error) = ended {
            tracing::debug!(error = error.to_string(), "a connection ended early");
        },
        () = silent => tracing::debug!("a connection brought no request in time"),
    }
}
