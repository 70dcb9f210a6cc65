//! From a configuration to a running server.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, RwLock};

use axum::Router;
use axum::extract::State as Extract;
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use fleetgate_gate::{
    Dialect as GateDialect, Gate, GateConfig, KeyRing, Keys as GateKeys, RevocationView, SystemClock,
};
use fleetgate_protocol::clock::Clock;
use fleetgate_store::{DatabaseUrl, MasterKey, MasterKeyError, RequestLog, RequestLogError, Store};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::addresses::Addresses;
use crate::config::{Config, DialectName, Mode};
use crate::data_dir::{self, DataDirError, MASTER_KEY};
use crate::directory::Directory;
use crate::entropy::{Entropy, SystemEntropy};
use crate::jobs::Jobs;
use crate::keys::{KeyError, KeyRoom, Keys};
use crate::layers::{Layers, method_not_allowed, not_found};
use crate::listener::{self, ListenError};
use crate::micros;
use crate::mode::{self, ClaimError};
use crate::outbound::Outbound;
use crate::passwords::Passwords;
use crate::sandbox::KeptError;
use crate::sandbox::clock::{ClockError, SandboxClock};
use crate::sandbox::conditions::Conditions;
use crate::state::{Shared, State};
use crate::{authorization_server, fleet_api, pages, revocations, sandbox};

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
    data_dir::make(&config.data_dir)?;
    let store = Store::open(&config.database).await?;
    mode::claim(&store, &config.data_dir, config.mode).await?;
    store.set_access_token_lifetime(longest_access(&store, &config).await?);
    store.put_setting("base_url", base_url).await?;
    let master = MasterKey::load_or_create(&config.data_dir.join(MASTER_KEY))?;
    let (clock, sandbox_clock): (Arc<dyn Clock>, _) = match config.mode {
        Mode::Sandbox => {
            let clock = Arc::new(SandboxClock::open(&store, clock).await?);
            (clock.clone(), Some(clock))
        }
        Mode::Production => (clock, None),
    };
    let algorithm = config.tokens.algorithm;
    let room = KeyRoom { store: &store, master: &master, clock: &*clock, entropy: &*entropy, algorithm };
    let keys = Keys::load(room).await?;
    let directory = Arc::new(Directory::default());
    directory.reload(&store).await?;
    let ended = Arc::new(RevocationView::default());
    revocations::apply(&ended, &store.revocations_since(0).await?);
    let request_log = match config.request_log {
        true => Some(RequestLog::open(&config.data_dir.join("requests.db"))?),
        false => None,
    };
    let addresses = Addresses::new(&config, base_url);
    let ring = Arc::new(KeyRing::new(GateKeys::from_jwk_set(&keys.set())));
    let conditions = match config.mode {
        Mode::Sandbox => Some(Conditions::open(&store, config.rate_limits, clock.now()).await?),
        Mode::Production => None,
    };
    let registry = conditions.as_ref().map(|conditions| conditions.registry(directory.clone(), clock.clone()));
    let gate =
        Gate::new(gate_config(&config, &addresses), Arc::clone(addresses.serving(None)), ring.clone(), clock.clone())
            .with_registry(registry.unwrap_or_else(|| directory.clone()))
            .with_revocations(ended.clone());
    Ok(Arc::new(State {
        addresses,
        store,
        master,
        keys,
        directory,
        revocations: ended,
        gate: Arc::new(gate),
        gate_keys: ring,
        passwords: Passwords::default(),
        request_log,
        outbound: Outbound::default(),
        metadata: RwLock::default(),
        demo_account: OnceLock::new(),
        sandbox_secret: config.expose.then(|| entropy.hex::<32>()),
        clock,
        sandbox_clock,
        conditions,
        entropy,
        config,
    }))
}

/// How long an access token of this store may live, whatever the configuration has been: a revocation must be remembered
/// until the last token that it ended has expired, also after the lifetime was lowered.
async fn longest_access(store: &Store, config: &Config) -> Result<i64, fleetgate_store::Error> {
    const SETTING: &str = "longest_access_lifetime";
    let configured = micros(config.tokens.access_lifetime) + micros(config.tokens.leeway);
    let before = store.setting(SETTING).await?.and_then(|text| text.parse().ok()).unwrap_or(0);
    let longest = configured.max(before);
    if longest != before {
        store.put_setting(SETTING, &longest.to_string()).await?;
    }
    Ok(longest)
}

fn gate_config(config: &Config, addresses: &Addresses) -> GateConfig {
    GateConfig {
        dialect: match config.dialect.errors {
            DialectName::FleetApi => GateDialect::FleetApi,
            DialectName::Rfc => GateDialect::Rfc,
        },
        accept_plain_jwt: !config.dialect.at_jwt,
        reveal_reasons: config.mode == Mode::Sandbox,
        leeway: micros(config.tokens.leeway),
        ..GateConfig::new(addresses.token_issuer.clone())
    }
}

/// A server that listens.
pub struct Server {
    state: Shared,
    listener: TcpListener,
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
        config: Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        // Before anything is made: a server without its certificate is none.
        let acceptor = config.tls.as_ref().map(listener::tls).transpose()?;
        let listener = listener::bind(config.listen).await?;
        let address = listener.local_addr().map_err(|source| ListenError::Bind { address: config.listen, source })?;
        let base_url = match (&config.base_url, config.mode) {
            (Some(base_url), _) => base_url.trim_end_matches('/').to_owned(),
            (None, Mode::Sandbox) => format!("http://{address}"),
            (None, Mode::Production) => return Err(StartError::BaseUrl),
        };
        let state = open_with(config, &base_url, clock, entropy).await?;
        Ok(Self { state, listener, acceptor, address })
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
        let _jobs = Jobs::start(&self.state);
        let layers = Layers::new(Arc::clone(&self.state), routes(&self.state));
        listener::serve(self.listener, self.acceptor, layers, &self.state.config.limits, stop).await;
        if let Some(conditions) = &self.state.conditions
            && let Err(error) = conditions.flush(&self.state.store).await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the last costs cannot be written");
        }
    }
}

/// Every route. The sandbox's exist in the sandbox only.
fn routes(state: &Shared) -> Router {
    let mut authorization_server = authorization_server::router().method_not_allowed_fallback(method_not_allowed);
    if state.conditions.is_some() {
        authorization_server =
            authorization_server.layer(middleware::from_fn_with_state(Arc::clone(state), sandbox::faults::around));
    }
    let mut routes = Router::new()
        .merge(authorization_server)
        .merge(fleet_api::router())
        .merge(pages::asset_routes())
        .fallback(not_found);
    routes = match state.config.mode {
        Mode::Sandbox => routes.merge(sandbox::router(state)),
        Mode::Production => routes.route("/", get(home)),
    };
    routes.with_state(Arc::clone(state))
}

/// `GET /` in production: what this address is for, and nothing else.
async fn home(Extract(state): Extract<Shared>) -> Response {
    let metadata_url = format!("{}/.well-known/openid-configuration", state.addresses.issuer);
    let view = pages::Home { sandbox: false, name: "Fleetgate".to_owned(), metadata_url };
    pages::page(&view, ::http::StatusCode::OK)
}
