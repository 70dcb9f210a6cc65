//! What a server stands on, and what outlives a world that is replaced: its database, its master key and its log.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, RwLock};

use fleetgate_gate::{Dialect as GateDialect, Gate, GateConfig, KeyRing, Keys as GateKeys, RevocationView};
use fleetgate_protocol::Region;
use fleetgate_protocol::clock::Clock;
use fleetgate_store::{MasterKey, RequestLog, Store};
use tokio::sync::Notify;

use crate::addresses::Addresses;
use crate::config::{Config, DialectName, Mode};
use crate::data_dir::{self, MASTER_KEY};
use crate::directory::Directory;
use crate::entropy::Entropy;
use crate::fleet_api::read_devices::ReadDevices;
use crate::fleet_api::reports::Reports;
use crate::keys::{KeyRoom, Keys};
use crate::outbound::Outbound;
use crate::passwords::Passwords;
use crate::sandbox::clock::SandboxClock;
use crate::sandbox::conditions::Conditions;
use crate::sandbox::world::{self, PLANTING};
use crate::start::StartError;
use crate::state::{Shared, State};
use crate::{micros, mode, revocations};

/// The setting with the base URLs that regions were given, so that commands beside the sandbox know them, too.
pub(crate) const REGION_URLS: &str = "region_urls";

/// What a server stands on.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    pub(crate) config: Config,
    /// The public URL, without a trailing slash.
    pub(crate) base_url: String,
    pub(crate) store: Store,
    pub(crate) master: Arc<MasterKey>,
    pub(crate) request_log: Option<RequestLog>,
    /// The machine's clock, over which the sandbox's own runs.
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// The secret that `/sandbox/*` demands when the sandbox is exposed.
    pub(crate) secret: Option<String>,
}

/// What the authorization servers over one store share.
struct Common {
    config: Config,
    clock: Arc<dyn Clock>,
    sandbox_clock: Option<Arc<SandboxClock>>,
    directory: Arc<Directory>,
    revocations: Arc<RevocationView>,
    passwords: Passwords,
    conditions: Option<Arc<Conditions>>,
    planting: Option<String>,
}

impl Ground {
    /// Opens the database, the master key and the log; makes those that are missing.
    ///
    /// # Errors
    /// What cannot be opened.
    pub(crate) async fn open(
        config: Config,
        base_url: &str,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        data_dir::make(&config.data_dir)?;
        let store = Store::open(&config.database).await?;
        mode::claim(&store, &config.data_dir, config.mode).await?;
        let request_log = match config.request_log {
            true => Some(RequestLog::open(&config.data_dir.join("requests.db"))?),
            false => None,
        };
        Ok(Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            store,
            master: Arc::new(MasterKey::load_or_create(&config.data_dir.join(MASTER_KEY))?),
            request_log,
            clock,
            secret: config.expose.then(|| entropy.hex::<32>()),
            entropy,
            config,
        })
    }

    /// Reads what is in the store into the state of a server; makes its keys if there are none.
    ///
    /// # Errors
    /// What cannot be read.
    pub(crate) async fn state(&self) -> Result<Shared, StartError> {
        let store = &self.store;
        store.set_access_token_lifetime(longest_access(store, &self.config).await?);
        store.put_setting("base_url", &self.base_url).await?;
        let mut common = Common {
            config: self.config.clone(),
            clock: Arc::clone(&self.clock),
            sandbox_clock: None,
            directory: Arc::default(),
            revocations: Arc::default(),
            passwords: Passwords::default(),
            conditions: None,
            planting: None,
        };
        if self.config.mode == Mode::Sandbox {
            // First: another world that is planted while this one is read is then noticed.
            common.planting = store.setting(PLANTING).await?;
            store.put_setting("dialect", self.config.dialect.errors.as_str()).await?;
            let urls = self.config.regions.iter().filter_map(|region| Some((region.region, region.base_url.clone()?)));
            let urls = serde_json::to_string(&urls.collect::<BTreeMap<Region, String>>());
            store.put_setting(REGION_URLS, &urls.unwrap_or_default()).await?;
            let clock = Arc::new(SandboxClock::open(store, Arc::clone(&self.clock)).await?);
            let conditions = Conditions::open(store, self.config.rate_limits, clock.now()).await?;
            common.conditions = Some(Arc::new(conditions));
            (common.clock, common.sandbox_clock) = (clock.clone(), Some(clock));
            common.config.own_scopes = world::planted_scopes(store, &self.master).await?;
        }
        common.directory.reload(store).await?;
        revocations::apply(&common.revocations, &store.revocations_since(0).await?);
        let mut own_issuers = Vec::new();
        for region in self.config.regions.iter().filter(|region| region.own_issuer) {
            own_issuers.push(self.authorization_server(&common, Some(region.region), Vec::new()).await?);
        }
        self.authorization_server(&common, None, own_issuers).await
    }

    async fn authorization_server(
        &self,
        common: &Common,
        realm: Option<Region>,
        own_issuers: Vec<Shared>,
    ) -> Result<Shared, StartError> {
        let config = common.config.clone();
        let room = KeyRoom {
            store: &self.store,
            master: &self.master,
            clock: &*common.clock,
            entropy: &*self.entropy,
            algorithm: config.tokens.algorithm,
            realm,
        };
        let keys = Keys::load(room).await?;
        let addresses = Addresses::new(&config, &self.base_url, realm);
        let ring = Arc::new(KeyRing::new(GateKeys::from_jwk_set(&keys.set())));
        let serving = Arc::clone(addresses.serving(None));
        let registry = match &common.conditions {
            Some(conditions) => conditions.registry(common.directory.clone(), common.clock.clone()),
            None => common.directory.clone(),
        };
        let gate = Gate::new(gate_config(&config, &addresses), serving, ring.clone(), common.clock.clone())
            .with_registry(registry)
            .with_revocations(common.revocations.clone());
        Ok(Arc::new(State {
            addresses,
            store: self.store.clone(),
            master: Arc::clone(&self.master),
            realm,
            own_issuers,
            planting: common.planting.clone(),
            replanted: Notify::new(),
            worlds: OnceLock::new(),
            keys,
            directory: Arc::clone(&common.directory),
            revocations: Arc::clone(&common.revocations),
            gate: Arc::new(gate),
            gate_keys: ring,
            passwords: common.passwords.clone(),
            request_log: self.request_log.clone(),
            outbound: Outbound::default(),
            metadata: RwLock::default(),
            demo_account: OnceLock::new(),
            sandbox_secret: self.secret.clone(),
            clock: Arc::clone(&common.clock),
            sandbox_clock: common.sandbox_clock.clone(),
            conditions: common.conditions.clone(),
            reports: Reports::default(),
            read_vehicles: ReadDevices::default(),
            read_energy_sites: ReadDevices::default(),
            entropy: Arc::clone(&self.entropy),
            config,
        }))
    }
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
