//! What every handler can reach. Time, randomness and the network are read through it and nowhere else.

use std::sync::{Arc, OnceLock, RwLock, Weak};

use bytes::Bytes;
use fleetgate_gate::{Gate, KeyRing, RevocationView};
use fleetgate_protocol::Region;
use fleetgate_protocol::clock::Clock;
use fleetgate_protocol::jws::Algorithm;
use fleetgate_simulator::{EnergySite, Vehicle};
use fleetgate_store::{MasterKey, RequestLog, Store};
use tokio::sync::Notify;

use crate::addresses::Addresses;
use crate::config::{Config, Mode};
use crate::directory::Directory;
use crate::entropy::{self, Entropy};
use crate::fleet_api::read_devices::ReadDevices;
use crate::fleet_api::reports::Reports;
use crate::keys::{KeyRoom, Keys};
use crate::outbound::Outbound;
use crate::passwords::Passwords;
use crate::sandbox::clock::SandboxClock;
use crate::sandbox::conditions::Conditions;
use crate::sandbox::world::PLANTING;
use crate::worlds::Worlds;

/// The server's state, shared by all requests.
pub type Shared = Arc<State>;

/// What every handler can reach.
#[derive(Debug)]
pub struct State {
    /// What the server was told.
    pub config: Config,
    /// The names under which it is known.
    pub addresses: Addresses,
    /// Where state is kept.
    pub store: Store,
    /// Under which secrets are sealed.
    pub master: Arc<MasterKey>,
    /// The region whose own authorization server this is; `None` for the one of all other regions.
    pub realm: Option<Region>,
    /// The authorization servers that regions have of their own, beside this one.
    pub own_issuers: Vec<Shared>,
    /// The number of the planting that this is the world of.
    pub planting: Option<String>,
    /// Is told when there is another world in the database than this.
    pub replanted: Notify,
    /// The worlds beside this one, where this is the sandbox's own.
    pub(crate) worlds: OnceLock<Weak<Worlds>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The same clock, where it is the sandbox's and can be changed.
    pub sandbox_clock: Option<Arc<SandboxClock>>,
    /// Faults, rate limits and the meter of costs, in the sandbox.
    pub conditions: Option<Arc<Conditions>>,
    /// What vehicles reported last.
    pub reports: Reports,
    /// Vehicles as they were read last.
    pub read_vehicles: ReadDevices<Vehicle>,
    /// Energy sites as they were read last.
    pub read_energy_sites: ReadDevices<EnergySite>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Keys that sign and seal.
    pub keys: Keys,
    /// Applications and registrations.
    pub directory: Arc<Directory>,
    /// Grants and tokens that are ended.
    pub revocations: Arc<RevocationView>,
    /// Checks bearer tokens.
    pub gate: Arc<Gate>,
    /// The keys that the gate verifies with.
    pub gate_keys: Arc<KeyRing>,
    /// Passwords.
    pub passwords: Passwords,
    /// What was asked, if that is kept.
    pub request_log: Option<RequestLog>,
    /// The one HTTP client; it refuses private addresses.
    pub outbound: Outbound,
    /// The metadata document, as it was written for the keys of the moment.
    pub metadata: RwLock<(Arc<[Algorithm]>, Bytes)>,
    /// E-mail address and password of the account that the sandbox's sign-in page offers.
    pub demo_account: OnceLock<(String, String)>,
    /// The secret that `/sandbox/*` demands when the sandbox is exposed.
    pub sandbox_secret: Option<String>,
}

impl State {
    /// The time: microseconds since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Whether another world than this is in the store already: one that has not been taken up yet.
    pub(crate) async fn is_replaced(&self) -> bool {
        match &self.planting {
            Some(planting) => matches!(self.store.setting(PLANTING).await, Ok(Some(now)) if now != *planting),
            None => false,
        }
    }

    /// Whether this is the sandbox.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.config.mode == Mode::Sandbox
    }

    /// What keys are made and read with.
    #[must_use]
    pub fn key_room(&self) -> KeyRoom<'_> {
        KeyRoom {
            store: &self.store,
            master: &self.master,
            clock: &*self.clock,
            entropy: &*self.entropy,
            algorithm: self.config.tokens.algorithm,
            realm: self.realm,
        }
    }

    /// Whether people of a region sign in here.
    #[must_use]
    pub fn is_home(&self, region: Region) -> bool {
        self.config.realm_of(region) == self.realm
    }

    /// The authorization server of the people of a region: this one, or one that stands beside it.
    #[must_use]
    pub fn home_of(&self, region: Region) -> Option<&Self> {
        let own = self.own_issuers.iter().map(|state| &**state);
        std::iter::once(self).chain(own).find(|state| state.is_home(region))
    }

    /// How a random secret is known to the store: to that of another authorization server over the same store it is not.
    #[must_use]
    pub fn hash(&self, secret: &str) -> [u8; 32] {
        match self.realm {
            None => entropy::hash(secret),
            Some(region) => entropy::hash(&format!("{region}\0{secret}")),
        }
    }
}
