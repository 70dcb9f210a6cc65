//! The world as programs read it, from the database as it is now.

use std::collections::HashMap;
use std::hash::Hash;

use fleetgate_protocol::vehicle_data::CommandSigning;
use fleetgate_protocol::{ApplicationKind, GrantType, Region, ScopeSet};
use fleetgate_simulator::{Connectivity, Vehicle};
use fleetgate_store::{Account, AccountKind, Application, Device, DeviceKind, MasterKey, Store};
use serde::{Deserialize, Serialize};

use super::plant::Memory;
use super::rows::{PRIVATE_KEY, SECRET, seal_context};
use crate::config::file::located::LocatedError;

/// How many accounts are read at once.
const PAGE: i64 = 500;

/// The answer of `GET /sandbox/world` and `fleetgate world --json`. It holds secrets.
#[derive(Clone, Serialize, Deserialize)]
pub struct WorldDescription {
    /// Where the sandbox answers.
    pub base_url: String,
    /// The issuer of its tokens.
    pub issuer: String,
    /// People and businesses.
    pub accounts: Vec<DescribedAccount>,
    /// Applications.
    pub applications: Vec<DescribedApplication>,
    /// Vehicles.
    pub vehicles: Vec<DescribedVehicle>,
    /// Energy sites.
    pub energy_sites: Vec<DescribedSite>,
}

impl WorldDescription {
    /// The account that is used when no other is named: the first person's, since a business does not sign in.
    #[must_use]
    pub fn demo_account(&self) -> Option<&DescribedAccount> {
        self.accounts.iter().find(|account| !account.business)
    }
}

impl std::fmt::Debug for WorldDescription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WorldDescription({})", self.base_url)
    }
}

/// An account of the world.
#[derive(Clone, Serialize, Deserialize)]
pub struct DescribedAccount {
    /// The e-mail address.
    pub email: String,
    /// The password; `None` for an account that came later.
    pub password: Option<String>,
    /// The home region.
    pub region: Region,
    /// Whether it is a business's; programs are not told.
    #[serde(skip)]
    pub business: bool,
}

impl std::fmt::Debug for DescribedAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DescribedAccount({})", self.email)
    }
}

/// An application of the world.
#[derive(Clone, Serialize, Deserialize)]
pub struct DescribedApplication {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: ApplicationKind,
    /// The grants that it may use.
    pub grant_types: Vec<GrantType>,
    /// Its id.
    pub client_id: String,
    /// Its secret, if it has one.
    pub client_secret: Option<String>,
    /// Where codes may go.
    pub redirect_uris: Vec<String>,
    /// Origins of its pages.
    pub allowed_origins: Vec<String>,
    /// The domain under which it registers.
    pub domain: Option<String>,
    /// Its private key on P-256, PEM.
    pub private_key_pem: Option<String>,
    /// The public half, PEM.
    pub public_key_pem: Option<String>,
    /// What it may ask for.
    pub scopes: ScopeSet,
    /// Where it is registered.
    pub registered_regions: Vec<Region>,
}

impl std::fmt::Debug for DescribedApplication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DescribedApplication({})", self.name)
    }
}

/// A vehicle of the world.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DescribedVehicle {
    /// The VIN.
    pub vin: String,
    /// The id for the Fleet API.
    pub id: i64,
    /// The owner's e-mail address.
    pub owner: String,
    /// Whether it can be reached now.
    pub state: Connectivity,
    /// Whether it wants its commands signed.
    pub command_signing: CommandSigning,
    /// The applications whose keys are paired with it, by name.
    pub paired_applications: Vec<String>,
}

/// An energy site of the world.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DescribedSite {
    /// Its id.
    pub energy_site_id: i64,
    /// The owner's e-mail address.
    pub owner: String,
}

/// Why a world cannot be described.
#[derive(Debug, thiserror::Error)]
pub enum DescribeError {
    /// There is none.
    #[error("There is no sandbox here yet; start one with `fleetgate dev`.")]
    NoWorld,
    /// It was sealed under another master key.
    #[error("The sandbox's secrets cannot be opened with this master key; start anew with `fleetgate dev --reset`.")]
    MasterKey,
    /// The seed file that is kept is none for this version.
    #[error("The seed file of this world cannot be read any more; start anew with `fleetgate dev --reset`.")]
    Seed(#[from] LocatedError),
    /// The store failed.
    #[error("The database failed.")]
    Store(#[from] fleetgate_store::Error),
    /// A device in the database is not readable.
    #[error("A device in the database cannot be read.")]
    Device(#[from] serde_json::Error),
}

/// Describes the world of a database at `now`, for a sandbox that answers at `base_url`.
///
/// # Errors
/// [`DescribeError`].
pub async fn describe(
    store: &Store,
    master: &MasterKey,
    base_url: &str,
    now: i64,
) -> Result<WorldDescription, DescribeError> {
    let (mut world, memory) = read(store, master, base_url).await?;
    let emails = emails(store).await?;
    let owner = |device: &Device| emails.get(&device.owner_account_id).cloned().unwrap_or_default();
    let mut paired = paired_applications(store).await?;
    for device in in_order(store.all_devices(DeviceKind::Vehicle).await?, &memory.vehicles, |device| device.key.clone())
    {
        let mut vehicle: Vehicle = serde_json::from_str(&device.document)?;
        vehicle.advance(now);
        world.vehicles.push(DescribedVehicle {
            owner: owner(&device),
            id: device.number,
            state: vehicle.connectivity(),
            command_signing: vehicle.profile.command_signing,
            paired_applications: paired.remove(&device.key).unwrap_or_default(),
            vin: device.key,
        });
    }
    let sites = in_order(store.all_devices(DeviceKind::EnergySite).await?, &memory.energy_sites, |site| site.number);
    let described = |site: &Device| DescribedSite { energy_site_id: site.number, owner: owner(site) };
    world.energy_sites = sites.iter().map(described).collect();
    Ok(world)
}

/// The same without the devices, of which there may be many: nothing is done for each of them.
///
/// # Errors
/// [`DescribeError`].
pub async fn describe_people(
    store: &Store,
    master: &MasterKey,
    base_url: &str,
) -> Result<WorldDescription, DescribeError> {
    Ok(read(store, master, base_url).await?.0)
}

async fn read(store: &Store, master: &MasterKey, base_url: &str) -> Result<(WorldDescription, Memory), DescribeError> {
    let memory = Memory::read(store, master).await?;
    let registrations = store.registrations().await?;
    let applications = store.applications().await?;
    let applications = applications.iter().map(|application| {
        let registered = registrations.iter().filter(|known| known.client_id == application.client_id);
        described(application, registered.map(|known| known.region).collect(), master)
    });
    let passwords: HashMap<&str, &str> = memory.accounts.iter().map(|(id, password)| (&**id, &**password)).collect();
    let accounts = all_accounts(store, &memory).await?;
    let accounts = accounts.into_iter().map(|account| DescribedAccount {
        password: passwords.get(account.id.as_str()).map(|password| (*password).to_owned()),
        region: account.region,
        business: account.kind == AccountKind::Business,
        email: account.email,
    });
    let world = WorldDescription {
        base_url: base_url.to_owned(),
        issuer: format!("{base_url}/oauth2/v3/thirdparty"),
        accounts: accounts.collect(),
        applications: applications.collect(),
        vehicles: Vec::new(),
        energy_sites: Vec::new(),
    };
    Ok((world, memory))
}

/// The names of the applications whose keys are paired with each vehicle, by VIN.
pub(super) async fn paired_applications(store: &Store) -> Result<HashMap<String, Vec<String>>, fleetgate_store::Error> {
    let applications = store.applications().await?;
    let names: HashMap<String, String> = applications.into_iter().map(|known| (known.client_id, known.name)).collect();
    let mut paired: HashMap<String, Vec<String>> = HashMap::new();
    for key in store.paired_keys(None).await? {
        let Some(name) = names.get(&key.client_id) else { continue };
        let of_vehicle = paired.entry(key.vin).or_default();
        if !of_vehicle.contains(name) {
            of_vehicle.push(name.clone());
        }
    }
    Ok(paired)
}

/// The e-mail address of each account.
pub(super) async fn emails(store: &Store) -> Result<HashMap<String, String>, fleetgate_store::Error> {
    Ok(each_account(store).await?.into_iter().map(|account| (account.id, account.email)).collect())
}

/// The secret of an application of the world; `None` when it has none, or it was not kept.
#[must_use]
pub fn secret_of(application: &Application, master: &MasterKey) -> Option<String> {
    opened(application, SECRET, application.sealed_secret.as_deref(), master)
}

fn described(application: &Application, registered_regions: Vec<Region>, master: &MasterKey) -> DescribedApplication {
    DescribedApplication {
        name: application.name.clone(),
        kind: application.kind,
        grant_types: application.grant_types.clone(),
        client_id: application.client_id.clone(),
        client_secret: secret_of(application, master),
        redirect_uris: application.redirect_uris.clone(),
        allowed_origins: application.allowed_origins.clone(),
        domain: application.domain.clone(),
        private_key_pem: opened(application, PRIVATE_KEY, application.sealed_private_key.as_deref(), master),
        public_key_pem: application.public_key_pem.clone(),
        scopes: application.scopes.clone(),
        registered_regions,
    }
}

pub(super) fn opened(
    application: &Application,
    what: &str,
    sealed: Option<&[u8]>,
    master: &MasterKey,
) -> Option<String> {
    let text = master.open(&seal_context(&application.client_id, what), sealed?).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

/// Every account: those of the seed file in its order, then later ones.
pub(super) async fn all_accounts(store: &Store, memory: &Memory) -> Result<Vec<Account>, fleetgate_store::Error> {
    let order: Vec<String> = memory.accounts.iter().map(|(id, _)| id.clone()).collect();
    Ok(in_order(each_account(store).await?, &order, |account| account.id.clone()))
}

async fn each_account(store: &Store) -> Result<Vec<Account>, fleetgate_store::Error> {
    let mut all: Vec<Account> = Vec::new();
    loop {
        let page = store.accounts(all.last().map(|account| account.email.as_str()), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// What stands in an order by its name, then the rest.
pub(super) fn in_order<T, K: Hash + Eq>(mut all: Vec<T>, order: &[K], name: impl Fn(&T) -> K) -> Vec<T> {
    let places: HashMap<&K, usize> = order.iter().enumerate().map(|(place, name)| (name, place)).collect();
    all.sort_by_cached_key(|one| places.get(&name(one)).copied().unwrap_or(order.len()));
    all
}
