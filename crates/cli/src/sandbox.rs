//! Where a sandbox is, and how to open one that may be running.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use fleetgate_protocol::Region;
use fleetgate_server::config::{Config, DialectName};
use fleetgate_server::sandbox::world::{BUILT_IN, World};
use fleetgate_server::state::Shared;
use fleetgate_store::Store;

use crate::arguments::Place;

/// The setting in which a sandbox remembers where it listens, which its `base_url` need not say.
pub(crate) const LISTENER: &str = "listen";

/// The configuration of a sandbox at this place.
pub(crate) fn config(place: &Place, listen: SocketAddr, dialect: DialectName) -> anyhow::Result<Config> {
    let data_dir = match &place.data_dir {
        Some(directory) => directory.clone(),
        None => default_data_dir()?,
    };
    let mut config = Config::sandbox(listen, data_dir, dialect);
    if let Some(database) = &place.database {
        config.database = database.clone();
    }
    Ok(config)
}

/// `$XDG_DATA_HOME/fleetgate/sandbox`, or the same below `~/.local/share`.
fn default_data_dir() -> anyhow::Result<PathBuf> {
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")));
    let base = base.context("Neither `XDG_DATA_HOME` nor `HOME` is set; name a directory with `--data-dir`.")?;
    Ok(base.join("fleetgate/sandbox"))
}

/// A world by its seed file, or one of those that come with Fleetgate by its name.
pub(crate) fn seed(seed: &Path) -> anyhow::Result<World> {
    let file = seed.display().to_string();
    match std::fs::read_to_string(seed) {
        Ok(text) => Ok(World::read(&file, &text)?),
        Err(error) if error.kind() == ErrorKind::NotFound => match World::built_in(&file)? {
            Some(world) => Ok(world),
            None => {
                let names = BUILT_IN.map(|(name, _)| format!("`{name}`")).join(", ");
                Err(error).with_context(|| {
                    format!("There is no seed file `{file}`, and no world of this name comes with Fleetgate: {names}.")
                })
            }
        },
        Err(error) => Err(error).with_context(|| format!("The seed file `{file}` cannot be read.")),
    }
}

/// Opens the sandbox at this place as it was last started, whether or not it is running.
pub(crate) async fn open(place: &Place) -> anyhow::Result<Shared> {
    let mut config = config(place, SocketAddr::from(([127, 0, 0, 1], 0)), DialectName::default())?;
    let directory = config.data_dir.display().to_string();
    if !Store::is_there(&config.database).await.context("The sandbox's database cannot be opened.")? {
        bail!(
            "There is no sandbox in the database `{}`; start one with `fleetgate dev`, or name the one that it was \
             started with by `--data-dir` and `--database`.",
            config.database
        );
    }
    let store = Store::open(&config.database).await.context("The sandbox's database cannot be opened.")?;
    let Some(base_url) = store.setting("base_url").await? else {
        bail!("The sandbox in the database `{}` was never started; start it with `fleetgate dev`.", config.database);
    };
    if let Some(dialect) = store.setting("dialect").await? {
        config.dialect = dialect.parse::<DialectName>()?.into();
    }
    if let Some(urls) = store.setting("region_urls").await? {
        let mut urls: BTreeMap<Region, String> = serde_json::from_str(&urls)?;
        config.regions.iter_mut().for_each(|region| region.base_url = urls.remove(&region.region));
    }
    drop(store);
    // A running server keeps the log.
    config.request_log = false;
    fleetgate_server::open_existing(config, &base_url)
        .await
        .with_context(|| format!("The sandbox in `{directory}` cannot be opened."))
}
