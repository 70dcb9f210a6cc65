//! Writes a world into an empty database, once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetgate_protocol::clock::Clock;
use fleetgate_store::{MasterKey, Store};
use serde::{Deserialize, Serialize};

use super::World;
use super::rows::{self, RowError};
use crate::config::{Config, Mode};
use crate::data_dir::{self, DataDirError};
use crate::entropy::hash;
use crate::mode::{self, ClaimError};

/// The setting in which a planted world is remembered, sealed.
pub(super) const WORLD: &str = "world";

/// What became of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// It is in the database now.
    Now,
    /// It was there already, with everything that happened since.
    Before,
    /// Another one is there, and was left alone.
    AnotherIsThere,
}

/// Why a world cannot be planted.
#[derive(Debug, thiserror::Error)]
pub enum PlantError {
    /// The data directory cannot be made.
    #[error(transparent)]
    Directory(#[from] DataDirError),
    /// The data is a production server's.
    #[error(transparent)]
    Mode(#[from] ClaimError),
    /// The database is neither empty nor a sandbox's.
    #[error(
        "The database holds accounts that no sandbox made; give the sandbox a database of its own with `--database`."
    )]
    NotEmpty,
    /// The store failed.
    #[error("The database failed.")]
    Store(#[from] fleetgate_store::Error),
    /// The master key cannot be read or made.
    #[error("The master key cannot be used.")]
    MasterKey(#[from] fleetgate_store::MasterKeyError),
    /// A row cannot be written.
    #[error(transparent)]
    Row(#[from] RowError),
    /// Something cannot be written as JSON.
    #[error("The world cannot be remembered as JSON.")]
    Json(#[from] serde_json::Error),
}

/// What a sandbox remembers of its world beside the rows of the database.
#[derive(Serialize, Deserialize)]
pub(super) struct Memory {
    /// Tells one world from another.
    fingerprint: String,
    /// Accounts in the order of the seed file, with their passwords.
    pub(super) accounts: Vec<(String, String)>,
    pub(super) vehicles: Vec<String>,
    pub(super) energy_sites: Vec<i64>,
}

impl Memory {
    fn of(world: &World) -> Result<Self, serde_json::Error> {
        Ok(Self {
            fingerprint: hex::encode(hash(&serde_json::to_string(world)?)),
            accounts: world.accounts.iter().map(|account| (account.id.clone(), account.password.clone())).collect(),
            vehicles: world.vehicles.iter().map(|vehicle| vehicle.vin.clone()).collect(),
            energy_sites: world.energy_sites.iter().map(|site| site.id).collect(),
        })
    }

    fn seal(&self, master: &MasterKey) -> Result<String, serde_json::Error> {
        Ok(STANDARD.encode(master.seal(WORLD, &serde_json::to_vec(self)?)))
    }

    /// Opens what was kept; `None` when it is damaged or sealed under another key.
    pub(super) fn open(text: &str, master: &MasterKey) -> Option<Self> {
        let opened = master.open(WORLD, &STANDARD.decode(text).ok()?).ok()?;
        serde_json::from_slice(&opened).ok()
    }
}

/// Plants a world unless there is one; with `reset`, everything that is there goes first. What cannot be planted whole
/// leaves what is there as it was.
///
/// # Errors
/// [`PlantError`]; data of a production server is never touched.
pub async fn plant(config: &Config, world: &World, reset: bool, clock: &dyn Clock) -> Result<Planted, PlantError> {
    data_dir::make(&config.data_dir)?;
    let store = Store::open(&config.database).await?;
    if store.setting(mode::SETTING).await?.is_none() && !store.accounts(None, 1).await?.is_empty() {
        return Err(PlantError::NotEmpty);
    }
    mode::claim(&store, &config.data_dir, Mode::Sandbox).await?;
    let master = MasterKey::load_or_create(&config.data_dir.join(data_dir::MASTER_KEY))?;
    let memory = Memory::of(world)?;
    if !reset && let Some(text) = store.setting(WORLD).await? {
        let same = Memory::open(&text, &master).is_some_and(|kept| kept.fingerprint == memory.fingerprint);
        return Ok(if same { Planted::Before } else { Planted::AnotherIsThere });
    }
    let mut contents = rows::of(world, &master, clock.now())?;
    contents.settings = vec![
        (mode::SETTING.to_owned(), mode::owner(Mode::Sandbox).to_owned()),
        (WORLD.to_owned(), memory.seal(&master)?),
    ];
    store.replace_everything(contents).await?;
    Ok(Planted::Now)
}
