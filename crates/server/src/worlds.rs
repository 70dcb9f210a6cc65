//! The worlds of one process: the sandbox's own, or the operator's server, and those that stand beside a sandbox's, each
//! with a name, a database, keys, people and a clock of its own, so that test runs do not meet.
//!
//! A world beside answers under `NAME.localhost` at the sandbox's address, and at an address of its own if it was asked for.

mod name;
mod named;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use axum::response::Response;
use fleetgate_protocol::Region;
use http::Request;
use hyper::body::Incoming;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use url::Url;

pub use self::name::{InvalidName, WorldName};
pub(crate) use self::named::LISTEN;
use self::named::Named;
use crate::addresses::{host_of, without_port};
use crate::data_dir::DataDirError;
use crate::http::{host, lower_case};
use crate::layers::{Lost, Part};
use crate::listener::ListenError;
use crate::running::{Running, Slot};
use crate::sandbox::world::{PlantError, World};
use crate::start::StartError;

/// How many worlds can stand beside a sandbox.
const MOST: usize = 100;

/// Where in a data directory the worlds beside it are.
const DIRECTORY: &str = "worlds";

/// Why a world cannot be made or removed.
#[derive(Debug, thiserror::Error)]
pub enum WorldsError {
    /// There is one of this name.
    #[error("There is a world `{0}` already; choose another name, or remove it first.")]
    Taken(WorldName),
    /// There is none of this name.
    #[error("There is no world `{0}`; `GET /sandbox/worlds` lists them.")]
    Unknown(WorldName),
    /// There are too many.
    #[error("There are {MOST} worlds already; remove one first.")]
    TooMany,
    /// Its listener cannot listen.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Its data directory cannot be made or locked.
    #[error(transparent)]
    Directory(#[from] DataDirError),
    /// It cannot be planted.
    #[error(transparent)]
    Plant(#[from] PlantError),
    /// It cannot be taken up.
    #[error("The world cannot be taken up.")]
    Start(#[from] StartError),
    /// Its data cannot be removed.
    #[error("The world's data in `{directory}` cannot be removed.")]
    Remove {
        /// Where they are.
        directory: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A world that stands beside a sandbox's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorldEntry {
    /// Its name.
    pub name: WorldName,
    /// Where it answers.
    pub base_url: String,
    /// The issuer of its tokens.
    pub issuer: String,
    /// Its own address, if it has one.
    pub listen: Option<SocketAddr>,
    /// Where its data are, for `--data-dir` of commands.
    pub data_dir: PathBuf,
}

/// All worlds of a process.
#[derive(Debug)]
pub(crate) struct Worlds {
    main: Arc<Slot>,
    follower: AbortHandle,
    named: RwLock<BTreeMap<WorldName, Arc<Named>>>,
    /// Names of worlds are in front of one of these.
    zones: Vec<String>,
    /// One world is made or removed at a time.
    turn: Mutex<()>,
}

impl Worlds {
    /// Begins to serve a world, and those that were beside it when it was served last. What cannot be taken up is left
    /// alone, and the log says why.
    pub(crate) async fn start(main: Running) -> Arc<Self> {
        let sandbox = main.state().is_sandbox();
        let host = host_of(&main.ground().base_url).filter(|host| !is_address(host) && host != "localhost");
        let zones = std::iter::once("localhost".to_owned()).chain(host).filter(|_| sandbox).collect();
        if let Err(error) = main.work().await {
            tracing::error!(error = &error as &dyn std::error::Error, "nobody is told which world is served");
        }
        let (state, main) = (Arc::clone(main.state()), Arc::new(Slot::new(main)));
        let worlds = Arc::new_cyclic(|worlds| {
            // It is new, so that nothing was set.
            let _ = state.worlds.set(worlds.clone());
            let follower = tokio::spawn(Arc::clone(&main).follow(Some(worlds.clone()))).abort_handle();
            Self { main, follower, named: RwLock::default(), zones, turn: Mutex::default() }
        });
        if sandbox {
            worlds.open_all().await;
        }
        worlds
    }

    /// Stops the worlds beside the main one, and writes what is left to be written of all.
    pub(crate) async fn stop(&self) {
        self.main.current().settle().await;
        let named = std::mem::take(&mut *self.named.write().unwrap_or_else(PoisonError::into_inner));
        for world in named.into_values() {
            world.stop().await;
        }
    }

    /// The worlds beside the main one, by name.
    pub(crate) fn list(&self) -> Vec<WorldEntry> {
        self.named.read().unwrap_or_else(PoisonError::into_inner).values().map(|world| world.entry()).collect()
    }

    /// Plants a world beside the main one and serves it; with `port`, at an address of its own, too.
    ///
    /// # Errors
    /// [`WorldsError`]; what cannot be made whole leaves nothing.
    pub(crate) async fn create(
        &self,
        name: WorldName,
        world: World,
        port: Option<u16>,
    ) -> Result<WorldEntry, WorldsError> {
        let _turn = self.turn.lock().await;
        // What is on disk is somebody's, even if it could not be taken up.
        if self.directory(&name).exists() {
            return Err(WorldsError::Taken(name));
        }
        if self.named.read().unwrap_or_else(PoisonError::into_inner).len() >= MOST {
            return Err(WorldsError::TooMany);
        }
        let ground = self.main.current().ground().clone();
        let world = Named::plant(&ground, name.clone(), world, port).await?;
        let entry = world.entry();
        self.named.write().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::new(world));
        Ok(entry)
    }

    /// Stops a world beside the main one and removes everything that is kept of it.
    ///
    /// # Errors
    /// [`WorldsError`].
    pub(crate) async fn remove(&self, name: &WorldName) -> Result<(), WorldsError> {
        let _turn = self.turn.lock().await;
        let found = self.named.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        if let Some(world) = found {
            world.stop().await;
        }
        let directory = self.directory(name);
        fs::remove_dir_all(&directory).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => WorldsError::Unknown(name.clone()),
            _ => WorldsError::Remove { directory, source },
        })
    }

    /// Where the data of a world beside the main one are.
    fn directory(&self, name: &WorldName) -> PathBuf {
        named::directory(self.main.current().ground(), name)
    }

    /// Takes up the worlds that are on disk.
    async fn open_all(&self) {
        let ground = self.main.current().ground().clone();
        let Ok(entries) = fs::read_dir(ground.config.data_dir.join(DIRECTORY)) else { return };
        for entry in entries.flatten() {
            let Some(Ok(name)) = entry.file_name().to_str().map(str::parse::<WorldName>) else { continue };
            match Named::open(&ground, name.clone()).await {
                Ok(Some(world)) => {
                    self.named.write().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::new(world));
                }
                Ok(None) => tracing::warn!(%name, "a world that was never planted whole is removed"),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, %name, "a world beside the sandbox's own cannot be taken up");
                }
            }
        }
    }

    /// The world that is known under a Host name; `None` when it is that of a world that there is not.
    fn of_host(&self, host: Option<&str>) -> Option<Arc<Running>> {
        let main = self.main.current();
        let Some(host) = host.filter(|host| !main.has_host(host)) else { return Some(main) };
        let host = lower_case(without_port(host));
        let within = |zone: &String| host.strip_suffix(zone)?.strip_suffix('.').map(str::to_owned);
        let Some(labels) = self.zones.iter().find_map(within) else { return Some(main) };
        // A region's name can stand in front: `eu.NAME.localhost`.
        let name: WorldName = labels.rsplit('.').next()?.parse().ok()?;
        self.named.read().unwrap_or_else(PoisonError::into_inner).get(&name).map(|world| world.current())
    }

    /// The URL of a world beside the main one, whose URL is given.
    fn url_of(base_url: &str, name: &WorldName) -> String {
        let Ok(url) = Url::parse(base_url) else { return base_url.to_owned() };
        let zone = url.host_str().filter(|host| !is_address(host)).unwrap_or("localhost");
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{name}.{zone}{port}", url.scheme())
    }
}

impl Drop for Worlds {
    fn drop(&mut self) {
        self.follower.abort();
    }
}

fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// What a listener leads to.
#[derive(Debug, Clone)]
pub(crate) struct Entrance(Leads);

#[derive(Debug, Clone)]
enum Leads {
    /// To all worlds, by Host name.
    Everywhere(Arc<Worlds>),
    /// To a region of the main world.
    Region(Arc<Worlds>, Region),
    /// To one world.
    World(Arc<Slot>),
}

impl Entrance {
    /// To all worlds, by Host name.
    pub(crate) const fn new(worlds: Arc<Worlds>) -> Self {
        Self(Leads::Everywhere(worlds))
    }

    /// To a region of the main world, whatever the Host name is.
    pub(crate) const fn of_region(worlds: Arc<Worlds>, region: Region) -> Self {
        Self(Leads::Region(worlds, region))
    }

    /// Answers one request.
    pub(crate) fn answer(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response, Lost>> + Send + use<> {
        let host = host(request.uri(), request.headers());
        let (running, part) = match &self.0 {
            Leads::Region(worlds, region) => (worlds.main.current(), Part::Region(*region)),
            Leads::World(slot) => (slot.current(), Part::ByHost),
            Leads::Everywhere(worlds) => match worlds.of_host(host) {
                Some(running) => (running, Part::ByHost),
                None => (worlds.main.current(), Part::None),
            },
        };
        let region = match part {
            Part::Region(region) => Some(region),
            Part::ByHost | Part::None => None,
        };
        // A request must not keep the jobs of a world alive that was replaced meanwhile: only its routes are held.
        Arc::clone(running.layers(host, region)).answer(request, part)
    }
}

#[cfg(test)]
mod tests;
