//! One `CONNECT`: TLS ends here, and what is inside goes to the sandbox byte by byte.

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::PATIENCE;

/// A connection that has become a tunnel, and its other end.
pub(super) struct Tunnel {
    pub(super) upgrade: OnUpgrade,
    pub(super) sandbox: TcpStream,
    /// Where the program believes to be.
    pub(super) host: String,
}

impl Tunnel {
    /// Passes bytes on until both ends have said that there are no more.
    pub(super) async fn run(mut self, acceptor: &TlsAcceptor) {
        let Ok(program) = self.upgrade.await else { return };
        let mut program = match tokio::time::timeout(PATIENCE, acceptor.accept(TokioIo::new(program))).await {
            Ok(Ok(program)) => program,
            Ok(Err(error)) => {
                tracing::warn!(
                    %error,
                    "the command did not go on as `{}`: perhaps it does not trust the certificates that \
                     `SSL_CERT_FILE` names",
                    self.host
                );
                return;
            }
            Err(_) => return,
        };
        // An end that breaks off takes the other one with it.
        if let Err(error) = tokio::io::copy_bidirectional(&mut program, &mut self.sandbox).await {
            tracing::debug!(%error, "a tunnel ended early");
        }
    }
}
