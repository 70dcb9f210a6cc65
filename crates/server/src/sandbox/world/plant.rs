//! Writes a world into an empty database, once.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetgate_protocol::clock::Clock;
use fleetgate_store::{MasterKey, Store};
use serde::{Deserialize, Serialize};

use super::describe::DescribeError;
use super::rows::{self, RowError};
use super::{World, resolve};
use crate::config::file::located::Source;
use crate::config::{Config, Mode, OwnScope};
use crate::data_dir::{self, DataDirError};
use crate::directory::{MISNAMED, Misnamed};
use crate::entropy::{Entropy, SystemEntropy};
use crate::ground::REGION_URLS;
use crate::mode::{self, ClaimError};
use crate::sandbox::clock;
use crate::worlds::LISTEN;

/// The setting in which a planted world is remembered, sealed.
const WORLD: &str = "world";
/// The setting with a number of its own for each planting, by which a running sandbox notices one.
pub(crate) const PLANTING: &str = "planting";
/// The setting in which a running sandbox says which planting it goes by.
pub(crate) const FOLLOWED_PLANTING: &str = "planting_followed";
/// Settings that are the sandbox's, whatever its world is.
const KEPT: [&str; 4] = ["base_url", "dialect", REGION_URLS, LISTEN];

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
    /// The planting ended before its time.
    #[error("The planting broke off.")]
    Broken,
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
    /// The seed file's name and what stands in it.
    pub(super) seed: (String, String),
    /// The world's name.
    pub(super) name: String,
    /// Accounts in the order of the seed file, with their passwords.
    pub(super) accounts: Vec<(String, String)>,
    pub(super) vehicles: Vec<String>,
    pub(super) energy_sites: Vec<i64>,
}

impl Memory {
    fn of(world: &World) -> Self {
        Self {
            seed: (world.file.clone(), world.seed.clone()),
            name: world.name.clone(),
            accounts: world.accounts.iter().map(|account| (account.id.clone(), account.password.clone())).collect(),
            vehicles: world.vehicles.iter().map(|vehicle| vehicle.vin.clone()).collect(),
            energy_sites: world.energy_sites.iter().map(|site| site.id).collect(),
        }
    }

    /// Whether this is the world of another seed file, too: the same but for its spelling.
    fn is_of(&self, world: &World) -> Result<bool, serde_json::Error> {
        let (file, text) = &self.seed;
        if *text == world.seed {
            return Ok(true);
        }
        match World::read(file, text) {
            Ok(kept) => Ok(serde_json::to_string(&kept)? == serde_json::to_string(world)?),
            Err(_) => Ok(false),
        }
    }

    fn seal(&self, master: &MasterKey) -> Result<String, serde_json::Error> {
        Ok(STANDARD.encode(master.seal(WORLD, &serde_json::to_vec(self)?)))
    }

    /// What is kept in a database.
    ///
    /// # Errors
    /// [`DescribeError`].
    pub(super) async fn read(store: &Store, master: &MasterKey) -> Result<Self, DescribeError> {
        let sealed = store.setting(WORLD).await?.ok_or(DescribeError::NoWorld)?;
        Self::open(&sealed, master).ok_or(DescribeError::MasterKey)
    }

    /// Opens what was kept; `None` when it is damaged or sealed under another key.
    fn open(text: &str, master: &MasterKey) -> Option<Self> {
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
    if !reset && let Some(text) = store.setting(WORLD).await? {
        let same = match Memory::open(&text, &master) {
            Some(kept) => kept.is_of(world)?,
            None => false,
        };
        return Ok(if same { Planted::Before } else { Planted::AnotherIsThere });
    }
    replace(&store, &master, world, clock).await?;
    Ok(Planted::Now)
}

/// Replaces everything in a sandbox's database by a world, and answers the number of the planting: a sandbox that runs
/// there goes by it once [`is_followed`] says so.
///
/// # Errors
/// [`PlantError`]; what cannot be planted whole leaves what is there as it was.
pub async fn replace(
    store: &Store,
    master: &MasterKey,
    world: &World,
    clock: &dyn Clock,
) -> Result<String, PlantError> {
    let (now, clock) = clock::planted(world.clock, world.clock_rate, clock.now())?;
    let mut contents = rows::of(world, master, now)?;
    let misnamed = world.accounts.iter().filter_map(|account| {
        Some((account.id.as_str(), Misnamed { home: account.region, ou_code: account.ou_code? }))
    });
    let misnamed: BTreeMap<&str, Misnamed> = misnamed.collect();
    let planting = (&SystemEntropy as &dyn Entropy).hex::<8>();
    contents.settings = vec![
        (mode::SETTING.to_owned(), mode::owner(Mode::Sandbox).to_owned()),
        (WORLD.to_owned(), Memory::of(world).seal(master)?),
        (PLANTING.to_owned(), planting.clone()),
        (MISNAMED.to_owned(), serde_json::to_string(&misnamed)?),
    ];
    contents.settings.extend(clock);
    for name in KEPT {
        contents.settings.extend(store.setting(name).await?.map(|value| (name.to_owned(), value)));
    }
    store.replace_everything(contents).await?;
    Ok(planting)
}

/// Whether there is a world in a database.
///
/// # Errors
/// When the store fails.
pub(crate) async fn is_planted(store: &Store) -> Result<bool, fleetgate_store::Error> {
    Ok(store.setting(WORLD).await?.is_some())
}

/// Whether the running sandbox goes by the planting of this number.
///
/// # Errors
/// When the store fails.
pub async fn is_followed(store: &Store, planting: &str) -> Result<bool, fleetgate_store::Error> {
    Ok(store.setting(FOLLOWED_PLANTING).await?.as_deref() == Some(planting))
}

/// The world of a database as its seed file has it, to be planted anew.
///
/// # Errors
/// [`DescribeError`].
pub async fn original(store: &Store, master: &MasterKey) -> Result<World, DescribeError> {
    let (file, text) = Memory::read(store, master).await?.seed;
    Ok(World::read(&file, &text)?)
}

/// The scopes beside the Fleet API's that the world of a database has; none where there is no world.
///
/// # Errors
/// [`DescribeError`].
pub(crate) async fn planted_scopes(store: &Store, master: &MasterKey) -> Result<Vec<OwnScope>, DescribeError> {
    match Memory::read(store, master).await {
        Ok(Memory { seed: (file, text), .. }) => Ok(resolve::scopes(Source { file: &file, text: &text })?),
        Err(DescribeError::NoWorld) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
