//! Where a sandbox is, and how to open one that may be running.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use fleetgate_server::config::{Config, DialectName};
use fleetgate_server::state::Shared;
use fleetgate_store::Store;

use crate::arguments::Place;

/// The setting in which a sandbox remembers its dialect, beside its `base_url`.
pub(crate) const DIALECT: &str = "dialect";
/// The setting in which a sandbox remembers where it listens, which its `base_url` need not say.
pub(crate) const LISTENER: &str = "listener";

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
    if let Some(dialect) = store.setting(DIALECT).await? {
        config.dialect = dialect.parse::<DialectName>()?.into();
    }
    drop(store);
    // A running server keeps the log.
    config.request_log = false;
    fleetgate_server::open_existing(config, &base_url)
        .await
        .with_context(|| format!("The sandbox in `{directory}` cannot be opened."))
}
