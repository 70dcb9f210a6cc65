//! From a configuration to a running server.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use fleetgate_gate::SystemClock;
use fleetgate_protocol::Region;
use fleetgate_protocol::clock::Clock;
use fleetgate_store::{DatabaseUrl, MasterKeyError, RequestLogError, Store};
use futures_util::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::config::{Config, Mode};
use crate::data_dir::{DataDirError, MASTER_KEY};
use crate::entropy::{Entropy, SystemEntropy};
use crate::ground::Ground;
use crate::keys::KeyError;
use crate::listener::{self, ListenError};
use crate::mode::ClaimError;
use crate::running::Running;
use crate::sandbox::KeptError;
use crate::sandbox::clock::ClockError;
use crate::sandbox::world::DescribeError;
use crate::state::Shared;
use crate::worlds::{Entrance, Worlds};

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be made.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The store cannot be opened or read.
    #[error("cannot use the database")]
    Store(#[from] fleetgate_store::Error),
    /// The data belongs to the other mode.
    #[error(transparent)]
    Mode(#[from] ClaimError),
    /// The master key cannot be read or made.
    #[error("cannot use the master key")]
    MasterKey(#[from] MasterKeyError),
    /// Keys cannot be read or made.
    #[error("cannot use the keys")]
    Keys(#[from] KeyError),
    /// The request log cannot be opened.
    #[error("cannot open the request log")]
    RequestLog(#[from] RequestLogError),
    /// The sandbox's clock cannot be read.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The sandbox's world cannot be read.
    #[error(transparent)]
    World(#[from] DescribeError),
    /// Faults or budgets of the sandbox cannot be read.
    #[error(transparent)]
    Conditions(#[from] KeptError),
    /// The listener cannot listen.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The data directory is no server's.
    #[error("there is no data of Fleetgate in the directory `{directory}`: it has no `master.key`")]
    NoMasterKey {
        /// Which was looked at.
        directory: PathBuf,
    },
    /// The database is no server's.
    #[error("there is no data of Fleetgate in the database `{database}`, which belongs to `{directory}`")]
    NoDatabase {
        /// Which was looked at.
        database: DatabaseUrl,
        /// The data directory that goes with it.
        directory: PathBuf,
    },
    /// Production has no public URL.
    #[error("`base_url` is missing; it is the public URL under which clients reach this server")]
    BaseUrl,
}

/// Opens the state of a server that is reached at `base_url`, without listening.
///
/// # Errors
/// What cannot be opened.
pub async fn open(config: Config, base_url: &str) -> Result<Shared, StartError> {
    open_with(config, base_url, Arc::new(SystemClock), Arc::new(SystemEntropy)).await
}

/// Opens the state of a server that has run before; nothing is made where there is none.
///
/// # Errors
/// [`StartError::NoMasterKey`] or [`StartError::NoDatabase`] when it has not, otherwise as [`open`].
pub async fn open_existing(config: Config, base_url: &str) -> Result<Shared, StartError> {
    let (directory, database) = (&config.data_dir, &config.database);
    if !directory.join(MASTER_KEY).exists() {
        return Err(StartError::NoMasterKey { directory: directory.clone() });
    }
    if !Store::is_there(database).await? {
        return Err(StartError::NoDatabase { database: database.clone(), directory: directory.clone() });
    }
    open(config, base_url).await
}

/// [`open`] with a clock and a randomness of the caller's. The sandbox's own clock runs over that one.
///
/// # Errors
/// What cannot be opened.
pub(crate) async fn open_with(
    config: Config,
    base_url: &str,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<Shared, StartError> {
    Ground::open(config, base_url, clock, entropy).await?.state().await
}

/// A server that listens.
pub struct Server {
    state: Shared,
    world: Running,
    listener: TcpListener,
    /// Listeners of single regions.
    regions: Vec<(Region, TcpListener)>,
    acceptor: Option<TlsAcceptor>,
    address: SocketAddr,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({})", self.address)
    }
}

impl Server {
    /// Listens and opens the state. The sandbox's public URL is the listener's own unless it is configured.
    ///
    /// # Errors
    /// What cannot be opened, or the address that cannot be had.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        Self::bind_with(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).await
    }

    /// [`Server::bind`] with a clock and a randomness of the caller's.
    ///
    /// # Errors
    /// As [`Server::bind`].
    pub async fn bind_with(
        mut config: Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        // Before anything is made: a server without its certificate is none.
        let acceptor = config.tls.as_ref().map(listener::tls).transpose()?;
        let (listener, address) = listener::bind(config.listen).await?;
        let base_url = match (&config.base_url, config.mode) {
            (Some(base_url), _) => base_url.trim_end_matches('/').to_owned(),
            (None, Mode::Sandbox) => format!("http://{address}"),
            (None, Mode::Production) => return Err(StartError::BaseUrl),
        };
        let mut regions = Vec::new();
        for region in &mut config.regions {
            let Some(listen) = region.listen else { continue };
            let (listener, address) = listener::bind(listen).await?;
            region.base_url.get_or_insert_with(|| beside(&base_url, address));
            regions.push((region.region, listener));
        }
        let world = Running::start(Ground::open(config, &base_url, clock, entropy).await?).await?;
        Ok(Self { state: Arc::clone(world.state()), world, listener, regions, acceptor, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its state.
    #[must_use]
    pub const fn state(&self) -> &Shared {
        &self.state
    }

    /// Serves until `stop`, then drains.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { state, world, listener, regions, acceptor, .. } = self;
        let limits = &state.config.limits;
        let (stopping, stopped) = watch::channel(());
        let worlds = Worlds::start(world).await;
        let others = regions.into_iter().map(|(region, listener)| {
            let entrance = Entrance::of_region(Arc::clone(&worlds), region);
            listener::serve(listener, acceptor.clone(), entrance, limits, listener::until(stopped.clone()))
        });
        let main = async {
            let entrance = Entrance::new(Arc::clone(&worlds));
            let stop = async {
                stop.await;
                // Everybody else stops now, too.
                drop(stopping);
            };
            listener::serve(listener, acceptor.clone(), entrance, limits, stop).await;
        };
        tokio::join!(main, join_all(others));
        worlds.stop().await;
    }
}

/// The URL of another listener of a server.
pub(crate) fn beside(base_url: &str, address: SocketAddr) -> String {
    // Nobody can reach an unspecified address; the server's name is known to reach this machine.
    let host = Url::parse(base_url).ok().filter(|_| address.ip().is_unspecified());
    match host.as_ref().and_then(Url::host_str) {
        Some(host) => format!("http://{host}:{}", address.port()),
        None => format!("http://{address}"),
    }
}
