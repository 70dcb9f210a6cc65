//! One world beside the sandbox's own.

use std::fs;
use std::net::SocketAddr;
use std::path::{self, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use fleetgate_protocol::Region;
use fleetgate_store::DatabaseUrl;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};

use super::{DIRECTORY, Entrance, Leads, WorldEntry, WorldName, Worlds, WorldsError};
use crate::addresses::host_of;
use crate::config::{Config, RegionConfig};
use crate::data_dir::{self, DataDirLock};
use crate::ground::Ground;
use crate::listener;
use crate::running::{Running, Slot};
use crate::sandbox;
use crate::sandbox::world::{PlantError, World, replace};
use crate::start::{StartError, beside};

/// The setting with the address of a world that has one of its own.
pub(crate) const LISTEN: &str = "listen";

/// A world beside the sandbox's own, while it is served.
#[derive(Debug)]
pub(super) struct Named {
    name: WorldName,
    slot: Arc<Slot>,
    follower: AbortHandle,
    /// Its own listener, if it has one.
    own: Mutex<Option<Own>>,
    listen: Option<SocketAddr>,
    directory: PathBuf,
    _lock: DataDirLock,
}

/// A listener that leads to one world alone. When `stopping` is gone, it ends.
#[derive(Debug)]
struct Own {
    stopping: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Named {
    /// Plants a new world in a directory of its own, and begins to serve it.
    ///
    /// # Errors
    /// [`WorldsError`]; what cannot be made whole leaves nothing.
    pub(super) async fn plant(
        main: &Ground,
        name: WorldName,
        world: World,
        port: Option<u16>,
    ) -> Result<Self, WorldsError> {
        let listener = match port {
            Some(port) => Some(listener::bind(SocketAddr::new(main.config.listen.ip(), port)).await?),
            None => None,
        };
        let config = config(main, &name);
        let directory = config.data_dir.clone();
        data_dir::make(&main.config.data_dir.join(DIRECTORY))?;
        let lock = data_dir::lock(&config)?;
        let served = async {
            let ground = ground(main, &name, config, listener.as_ref().map(|(_, address)| *address)).await?;
            // Hashing passwords takes its time, in which others are served.
            let (planting, handle) = (ground.clone(), tokio::runtime::Handle::current());
            let planted = tokio::task::spawn_blocking(move || {
                handle.block_on(replace(&planting.store, &planting.master, &world, &*planting.clock))
            });
            planted.await.map_err(|_| PlantError::Broken)??;
            if let Some((_, address)) = &listener {
                ground.store.put_setting(LISTEN, &address.to_string()).await.map_err(StartError::Store)?;
            }
            Ok::<_, WorldsError>(Running::start(ground).await?)
        };
        match served.await {
            Ok(running) => Self::serve(name, running, listener, lock).await,
            Err(error) => {
                let _ = fs::remove_dir_all(&directory);
                Err(error)
            }
        }
    }

    /// Takes up a world that is on disk; `None` when it was never planted whole, and is removed.
    ///
    /// # Errors
    /// [`WorldsError`].
    pub(super) async fn open(main: &Ground, name: WorldName) -> Result<Option<Self>, WorldsError> {
        let config = config(main, &name);
        let lock = data_dir::lock(&config)?;
        let directory = config.data_dir.clone();
        let store = fleetgate_store::Store::open(&config.database).await.map_err(StartError::Store)?;
        let kept = store.setting(LISTEN).await.map_err(StartError::Store)?;
        let planted = sandbox::world::is_planted(&store).await.map_err(StartError::Store)?;
        drop(store);
        if !planted {
            return match fs::remove_dir_all(&directory) {
                Ok(()) => Ok(None),
                Err(source) => Err(WorldsError::Remove { directory, source }),
            };
        }
        let listener = match kept.and_then(|address| address.parse::<SocketAddr>().ok()) {
            Some(address) => match listener::bind(address).await {
                Ok(bound) => Some(bound),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, %name, "a world has lost its own address, and answers under its name alone");
                    None
                }
            },
            None => None,
        };
        let ground = ground(main, &name, config, listener.as_ref().map(|(_, address)| *address)).await?;
        let running = Running::start(ground).await?;
        Self::serve(name, running, listener, lock).await.map(Some)
    }

    async fn serve(
        name: WorldName,
        running: Running,
        listener: Option<(TcpListener, SocketAddr)>,
        lock: DataDirLock,
    ) -> Result<Self, WorldsError> {
        let people = sandbox::describe_people(running.state()).await.map_err(StartError::World)?;
        sandbox::offer_demo_account(running.state(), &people);
        running.work().await?;
        let (directory, limits) = (running.ground().config.data_dir.clone(), running.ground().config.limits.clone());
        let slot = Arc::new(Slot::new(running));
        let (listener, listen) = listener.unzip();
        let own = listener.map(|listener| {
            let (stopping, stopped) = watch::channel(());
            let entrance = Entrance(Leads::World(Arc::clone(&slot)));
            let task = tokio::spawn(async move {
                listener::serve(listener, None, entrance, &limits, listener::until(stopped)).await;
            });
            Own { stopping, task }
        });
        let follower = tokio::spawn(Arc::clone(&slot).follow(None)).abort_handle();
        Ok(Self { name, slot, follower, own: Mutex::new(own), listen, directory, _lock: lock })
    }

    /// What is being served.
    pub(super) fn current(&self) -> Arc<Running> {
        self.slot.current()
    }

    /// What others are told of it.
    pub(super) fn entry(&self) -> WorldEntry {
        let running = self.current();
        let addresses = &running.state().addresses;
        WorldEntry {
            name: self.name.clone(),
            base_url: addresses.base_url.clone(),
            issuer: addresses.issuer.clone(),
            listen: self.listen,
            // Whoever is told may be somewhere else.
            data_dir: path::absolute(&self.directory).unwrap_or_else(|_| self.directory.clone()),
        }
    }

    /// Ends its listener, once the requests that have begun have ended, and writes what is left to be written.
    pub(super) async fn stop(&self) {
        self.follower.abort();
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Own { stopping, task }) = own {
            drop(stopping);
            // A task that panicked has ended, too.
            let _ = task.await;
        }
        self.slot.current().settle().await;
    }
}

/// Where the data of a world beside the main one are.
pub(super) fn directory(main: &Ground, name: &WorldName) -> PathBuf {
    main.config.data_dir.join(DIRECTORY).join(name.as_str())
}

/// The configuration of a world beside the main one: its own data, and everything else alike.
fn config(main: &Ground, name: &WorldName) -> Config {
    let data_dir = directory(main, name);
    Config {
        database: DatabaseUrl::Sqlite(data_dir.join("fleetgate.db")),
        data_dir,
        base_url: None,
        regions: Region::ALL.map(RegionConfig::public).to_vec(),
        default_region: Region::Na,
        own_scopes: Vec::new(),
        ..main.config.clone()
    }
}

async fn ground(
    main: &Ground,
    name: &WorldName,
    mut config: Config,
    listen: Option<SocketAddr>,
) -> Result<Ground, StartError> {
    let by_name = Worlds::url_of(&main.base_url, name);
    let base_url = match listen {
        Some(address) => {
            // It answers under its name all the same, and with its regions below that.
            if let Some(host) = host_of(&by_name) {
                let default = config.default_region;
                for region in &mut config.regions {
                    let below = format!("{}.{host}", region.region);
                    region.hosts.push(if region.region == default { host.clone() } else { below });
                }
            }
            beside(&main.base_url, address)
        }
        None => by_name,
    };
    let ground = Ground::open(config, &base_url, Arc::clone(&main.clock), Arc::clone(&main.entropy)).await?;
    Ok(Ground { secret: main.secret.clone(), ..ground })
}
