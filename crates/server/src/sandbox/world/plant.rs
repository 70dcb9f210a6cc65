//! Writes a world into an empty database, once.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetgate_protocol::Region;
use fleetgate_protocol::clock::Clock;
use fleetgate_simulator::{Coordinates, EnergySite, EnergySiteProfile, Vehicle, VehicleProfile, charging};
use fleetgate_store::{
    Account, AccountKind, Application, Device, DeviceKind, MasterKey, NewCode, RegisterOutcome, Registration, Store,
    StoredChargingSession,
};
use serde::{Deserialize, Serialize};

use super::{World, WorldAccount, WorldApplication, WorldConsent, WorldEnergySite, WorldVehicle};
use crate::config::{Config, Mode};
use crate::entropy::Entropy;
use crate::entropy::hash;
use crate::fleet_api::devices::Role;
use crate::keys::{KeyError, KeyRoom, add_signing_key};
use crate::mode::{self, ClaimError};
use crate::passwords;

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
    #[error("The data directory `{directory}` cannot be made.")]
    Directory {
        /// Which.
        directory: String,
        /// Why.
        source: std::io::Error,
    },
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
    /// A signing key of the seed file cannot be kept.
    #[error("A signing key of the seed file cannot be kept.")]
    Key(#[from] KeyError),
    /// A password of the seed file is not acceptable.
    #[error("The password of `{account}` is not acceptable.")]
    Password {
        /// Whose.
        account: String,
        /// Why.
        source: passwords::PasswordError,
    },
    /// Two applications of the seed file have one key.
    #[error("The application `{0}` cannot be registered: its key is another application's; give it one of its own.")]
    KeyTaken(String),
    /// Something cannot be written as JSON.
    #[error("A part of the world cannot be written as JSON.")]
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

/// Plants a world unless there is one; with `reset`, everything that is there goes first.
///
/// A planting that was interrupted is begun anew: the world is remembered last.
///
/// # Errors
/// [`PlantError`]; data of a production server is never touched.
pub async fn plant(
    config: &Config,
    world: &World,
    reset: bool,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Planted, PlantError> {
    make_directory(&config.data_dir)?;
    let store = Store::open(&config.database).await?;
    if store.setting(mode::SETTING).await?.is_none() && !store.accounts(None, 1).await?.is_empty() {
        return Err(PlantError::NotEmpty);
    }
    mode::claim(&store, &config.data_dir, Mode::Sandbox).await?;
    let master = MasterKey::load_or_create(&config.data_dir.join("master.key"))?;
    let memory = Memory::of(world)?;
    if !reset && let Some(text) = store.setting(WORLD).await? {
        let same = Memory::open(&text, &master).is_some_and(|kept| kept.fingerprint == memory.fingerprint);
        return Ok(if same { Planted::Before } else { Planted::AnotherIsThere });
    }
    store.wipe().await?;
    mode::claim(&store, &config.data_dir, Mode::Sandbox).await?;
    let gardener = Gardener { store: &store, master: &master, now: clock.now() };
    gardener.everything(world).await?;
    for (index, key) in world.signing_keys.iter().enumerate() {
        // The newest active key signs: the first of the file.
        let active_from = gardener.now - step(index);
        let algorithm = key.algorithm;
        let room = KeyRoom { store: &store, master: &master, clock, entropy, algorithm, common_name: "fleetgate" };
        add_signing_key(room, algorithm, &key.pkcs8, active_from).await?;
    }
    store.put_setting(WORLD, &memory.seal(&master)?).await?;
    Ok(Planted::Now)
}

fn make_directory(directory: &Path) -> Result<(), PlantError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(directory)
        .map_err(|source| PlantError::Directory { directory: directory.display().to_string(), source })
}

/// Microseconds that keep the order of the seed file.
fn step(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

struct Gardener<'a> {
    store: &'a Store,
    master: &'a MasterKey,
    now: i64,
}

impl Gardener<'_> {
    async fn everything(&self, world: &World) -> Result<(), PlantError> {
        for (index, account) in world.accounts.iter().enumerate() {
            self.account(account, self.now + step(index)).await?;
        }
        for (index, application) in world.applications.iter().enumerate() {
            self.application(application, self.now + step(index)).await?;
        }
        for vehicle in &world.vehicles {
            self.vehicle(vehicle).await?;
        }
        for site in &world.energy_sites {
            self.energy_site(site).await?;
        }
        for consent in &world.consents {
            self.consent(consent).await?;
        }
        Ok(())
    }

    async fn account(&self, account: &WorldAccount, created_at: i64) -> Result<(), PlantError> {
        let password_hash = passwords::hash(&account.password, &account.salt)
            .map_err(|source| PlantError::Password { account: account.email.clone(), source })?;
        let row = Account {
            id: account.id.clone(),
            email: account.email.clone(),
            full_name: account.full_name.clone(),
            password_hash: Some(password_hash),
            kind: if account.business { AccountKind::Business } else { AccountKind::Person },
            region: account.region,
            locale: account.locale.clone(),
            profile_image_url: account.profile_image_url.clone(),
            vault_uuid: account.vault_uuid.clone(),
            created_at,
            disabled_at: None,
        };
        self.store.insert_account(&row).await?;
        for order in &account.orders {
            self.store.insert_order(&account.id, &order.reference_number, &serde_json::to_string(order)?).await?;
        }
        Ok(())
    }

    async fn application(&self, application: &WorldApplication, created_at: i64) -> Result<(), PlantError> {
        let id = &application.client_id;
        let seal = |what, text: &String| self.master.seal(&seal_context(id, what), text.as_bytes());
        let row = Application {
            client_id: id.clone(),
            name: application.name.clone(),
            description: application.description.clone(),
            kind: application.kind,
            grant_types: application.grant_types.clone(),
            secret_hash: application.client_secret.as_deref().map(hash),
            sealed_secret: application.client_secret.as_ref().map(|secret| seal(SECRET, secret)),
            redirect_uris: application.redirect_uris.clone(),
            post_logout_redirect_uris: application.post_logout_redirect_uris.clone(),
            allowed_origins: application.allowed_origins.clone(),
            domain: application.domain.clone(),
            public_key_pem: application.key.as_ref().map(|key| key.public_pem.clone()),
            sealed_private_key: application.key.as_ref().map(|key| seal(PRIVATE_KEY, &key.private_pem)),
            scopes: application.scopes.clone(),
            business_account_id: application.business.clone(),
            machine_grant_id: application.machine_grant_id.clone(),
            created_at,
            updated_at: created_at,
            disabled_at: None,
        };
        self.store.insert_application(&row).await?;
        let (Some(domain), Some(key)) = (&application.domain, &application.key) else { return Ok(()) };
        for region in &application.registered_regions {
            let registration = Registration {
                client_id: id.clone(),
                region: *region,
                domain: domain.clone(),
                public_key: key.point.clone(),
                created_at,
                updated_at: created_at,
            };
            match self.store.register(&registration).await? {
                RegisterOutcome::Registered(_) => {}
                _ => return Err(PlantError::KeyTaken(application.name.clone())),
            }
        }
        Ok(())
    }

    async fn vehicle(&self, seed: &WorldVehicle) -> Result<(), PlantError> {
        let mut profile = VehicleProfile::new(&seed.vin, seed.id, seed.owner_number, seed.model);
        if seed.region == Region::Eu {
            profile = profile.european();
        }
        profile.command_signing = seed.command_signing;
        if let Some(name) = &seed.display_name {
            profile.display_name.clone_from(name);
        }
        if let Some(place) = seed.location {
            profile.home = coordinates(place);
        }
        let history = if seed.charging_history { charging::history(&profile, 0, self.now) } else { Vec::new() };
        let charger = profile.home_charger();
        let mut vehicle = Vehicle::new(profile, seed.state, self.now);
        if let Some(percent) = seed.battery_level {
            vehicle = vehicle.with_charge(percent as f64);
        }
        if let Some(percent) = seed.charge_limit {
            vehicle.battery.limit_percent = percent;
        }
        if seed.plugged_in {
            vehicle.plug_in(charger, self.now);
        }
        if seed.sentry_mode {
            vehicle.set_sentry(true, self.now);
        }
        let row = Device {
            kind: DeviceKind::Vehicle,
            key: seed.vin.clone(),
            number: seed.id,
            owner_account_id: seed.owner_account_id.clone(),
            region: seed.region,
            document: serde_json::to_string(&vehicle)?,
            version: 1,
            updated_at: self.now,
        };
        self.store.insert_device(&row).await?;
        for driver in &seed.drivers {
            let role = if driver.hide_private { Role::DriverWithoutPlaces } else { Role::Driver };
            self.store.share_device(DeviceKind::Vehicle, &seed.vin, &driver.account_id, role.as_str()).await?;
        }
        let sessions = history.iter().map(|session| {
            Ok(StoredChargingSession {
                id: session.session_id,
                vin: session.vin.clone(),
                owner_account_id: seed.owner_account_id.clone(),
                started_at: session.started_at,
                document: serde_json::to_string(session)?,
            })
        });
        let sessions = sessions.collect::<Result<Vec<_>, serde_json::Error>>()?;
        Ok(self.store.insert_charging_sessions(&sessions).await?)
    }

    async fn energy_site(&self, seed: &WorldEnergySite) -> Result<(), PlantError> {
        let mut profile = EnergySiteProfile::new(seed.id, seed.name.clone());
        profile.solar_kw = seed.solar_kw;
        profile.powerwalls = seed.batteries;
        if let Some(place) = seed.location {
            profile.place = coordinates(place);
        }
        let row = Device {
            kind: DeviceKind::EnergySite,
            key: seed.id.to_string(),
            number: seed.id,
            owner_account_id: seed.owner_account_id.clone(),
            region: seed.region,
            document: serde_json::to_string(&EnergySite::new(profile, self.now))?,
            version: 1,
            updated_at: self.now,
        };
        Ok(self.store.insert_device(&row).await?)
    }

    async fn consent(&self, consent: &WorldConsent) -> Result<(), PlantError> {
        let ended = NewCode {
            code_hash: consent.code_hash,
            client_id: consent.client_id.clone(),
            account_id: consent.account_id.clone(),
            redirect_uri: String::new(),
            scopes: consent.scopes.clone(),
            code_challenge: None,
            nonce: None,
            state: None,
            locale: None,
            audience: None,
            auth_time: self.now,
            amr: Vec::new(),
            created_at: self.now,
            expires_at: self.now,
        };
        self.store.approve(None, Some(&consent.scopes), &ended).await?;
        Ok(())
    }
}

fn coordinates((latitude, longitude): (f64, f64)) -> Coordinates {
    Coordinates { latitude, longitude }
}

/// What of an application is sealed.
pub(super) const SECRET: &str = "client_secret";
pub(super) const PRIVATE_KEY: &str = "private_key";

/// Under which words a secret of an application is sealed.
pub(super) fn seal_context(client_id: &str, what: &str) -> String {
    format!("application/{client_id}/{what}")
}
