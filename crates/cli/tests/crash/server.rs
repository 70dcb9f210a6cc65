//! The binary, as a process that can be killed.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::application::{self, Api};

/// Where a sandbox lives, from one process to the next.
#[derive(Debug)]
pub(crate) struct Place {
    folder: TempDir,
    database: String,
    address: SocketAddr,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = format!("sqlite:{}", folder.path().join("fleetgate.db").display());
        Self::new(folder, database)
    }

    /// A database of its own, and what drops it.
    pub(crate) async fn postgres() -> (Self, impl Future<Output = ()>) {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("FLEETGATE_TEST_POSTGRES").expect(
            "FLEETGATE_TEST_POSTGRES holds the URL of a PostgreSQL server whose user may create databases; \
             run with `--skip postgres::` to leave these tests out",
        );
        let (admin, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.expect("a server");
        tokio::spawn(connection);
        let name = format!("fleetgate_crash_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        admin.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
        let mut url = url::Url::parse(&server).expect("a URL");
        url.set_path(&name);
        let drop = async move {
            admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("dropped");
        };
        (Self::new(tempfile::tempdir().expect("a folder"), url.to_string()), drop)
    }

    fn new(folder: TempDir, database: String) -> Self {
        std::fs::write(seed_file(folder.path()), application::world()).expect("a seed file");
        // The base URL is part of what is kept, so that the port must stay the same.
        let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
        Self { folder, database, address }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn seed_file(folder: &Path) -> PathBuf {
    folder.join("crash.toml")
}

/// A running server; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    pub(crate) async fn start(place: &Place) -> Self {
        let process = Command::new(env!("CARGO_BIN_EXE_fleetgate"))
            .args([
                "dev",
                "--limits",
                "off",
                "--listen",
                &place.address.to_string(),
                "--database",
                &place.database,
                "--data-dir",
            ])
            .arg(place.folder())
            .arg("--seed")
            .arg(seed_file(place.folder()))
            .env("FLEETGATE_LOG", "error")
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let server = Self { process, address: place.address };
        let api = server.api();
        for _ in 0..600 {
            if api.is_there().await {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not answer");
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("ended");
    }

    /// A client of its own: connections to a process that was killed are no use.
    pub(crate) fn api(&self) -> Api {
        Api::new(format!("http://{}", self.address))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
