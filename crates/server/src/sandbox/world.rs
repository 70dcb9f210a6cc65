//! The sandbox's world: people, applications, vehicles, energy sites.
//!
//! It comes from a seed file, and the same file always gives the same world: what the file leaves open is computed from
//! the world's name. `docs/worlds.md` describes the file.

mod derive;
mod describe;
mod ec_key;
mod export;
mod file;
mod generate;
mod households;
mod kept;
mod plant;
mod resolve;
mod rows;
mod text;

use fleetgate_protocol::user::Order;
use fleetgate_protocol::vehicle_data::CommandSigning;
use fleetgate_protocol::{ApplicationKind, GrantType, Region, ScopeSet};
use fleetgate_simulator::energy_site::Household;
use fleetgate_simulator::vehicle::{Hardware, OptionChanges};
use fleetgate_simulator::{Commute, Connectivity, Model};
use serde::Serialize;

pub use self::describe::{
    DescribeError, DescribedAccount, DescribedApplication, DescribedSite, DescribedVehicle, WorldDescription, describe,
    describe_people, secret_of,
};
use self::ec_key::EcKey;
pub use self::export::{ExportError, export};
use self::file::WorldSpell;
use self::kept::Kept;
pub(crate) use self::plant::{FOLLOWED_PLANTING, PLANTING, is_planted, planted_scopes};
pub use self::plant::{PlantError, Planted, is_followed, original, plant, replace};
pub use self::rows::RowError;
use crate::config::OwnScope;
use crate::config::file::located::{LocatedError, Source};
use crate::keys;
use crate::sandbox::clock::{Moment, Rate};

/// The default world, as a seed file.
pub const DEFAULT_WORLD: &str = include_str!("../../../../worlds/default.toml");

/// The seed files that come with Fleetgate, by name. The first one is planted when no other is named.
pub const BUILT_IN: [(&str, &str); 6] = [
    ("default", DEFAULT_WORLD),
    ("hobbyist", include_str!("../../../../worlds/hobbyist.toml")),
    ("household", include_str!("../../../../worlds/household.toml")),
    ("car_sharing", include_str!("../../../../worlds/car_sharing.toml")),
    ("old_consent", include_str!("../../../../worlds/old_consent.toml")),
    ("three_regions", include_str!("../../../../worlds/three_regions.toml")),
];

/// A world with nothing left open. It holds secrets in clear and lives only until it is planted.
#[derive(Serialize)]
pub struct World {
    name: String,
    clock: Option<Moment>,
    clock_rate: Option<Rate>,
    own_scopes: Vec<OwnScope>,
    accounts: Vec<WorldAccount>,
    applications: Vec<WorldApplication>,
    vehicles: Vec<WorldVehicle>,
    energy_sites: Vec<WorldEnergySite>,
    charging_sessions: Vec<WorldChargingSession>,
    consents: Vec<WorldConsent>,
    kept: Vec<Kept>,
    signing_keys: Vec<WorldSigningKey>,
    /// The seed file itself, from which the world can be planted again.
    #[serde(skip)]
    seed: String,
    /// The seed file's name.
    #[serde(skip)]
    file: String,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "World({})", self.name)
    }
}

impl World {
    /// Reads a seed file; `file` is its name, for complaints.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn read(file: &str, text: &str) -> Result<Self, LocatedError> {
        resolve::world(Source { file, text })
    }

    /// The world that is planted when no seed file is given.
    ///
    /// # Errors
    /// Never: a test reads it.
    pub fn default_world() -> Result<Self, LocatedError> {
        Self::read("worlds/default.toml", DEFAULT_WORLD)
    }

    /// One of the worlds that come with Fleetgate, by name; `None` when there is none of that name.
    ///
    /// # Errors
    /// Never: a test reads them all.
    pub fn built_in(name: &str) -> Result<Option<Self>, LocatedError> {
        let found = BUILT_IN.iter().find(|(known, _)| *known == name);
        found.map(|(name, text)| Self::read(&format!("worlds/{name}.toml"), text)).transpose()
    }

    /// The world's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

#[derive(Serialize)]
struct WorldAccount {
    id: String,
    email: String,
    full_name: String,
    password: String,
    /// For the hash of the password, so that it, too, is the same each time.
    salt: [u8; 16],
    /// The number by which vehicles know their owner.
    number: i64,
    business: bool,
    region: Region,
    ou_code: Option<Region>,
    locale: String,
    profile_image_url: String,
    vault_uuid: String,
    orders: Vec<Order>,
}

#[derive(Serialize)]
struct WorldApplication {
    name: String,
    description: String,
    kind: ApplicationKind,
    grant_types: Vec<GrantType>,
    client_id: String,
    client_secret: Option<String>,
    redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
    allowed_origins: Vec<String>,
    domain: Option<String>,
    key: Option<EcKey>,
    scopes: ScopeSet,
    registered_regions: Vec<Region>,
    business: Option<String>,
    machine_grant_id: String,
}

#[derive(Serialize)]
struct WorldVehicle {
    vin: String,
    id: i64,
    owner_account_id: String,
    owner_number: i64,
    drivers: Vec<Share>,
    region: Region,
    model: Model,
    display_name: Option<String>,
    hardware: Option<Hardware>,
    options: OptionChanges,
    state: Connectivity,
    command_signing: CommandSigning,
    battery_level: Option<i64>,
    charge_limit: Option<i64>,
    plugged_in: bool,
    sentry_mode: bool,
    user_present: bool,
    software_update: bool,
    home_wifi: bool,
    keyless_driving: bool,
    /// Degrees north and east.
    location: Option<(f64, f64)>,
    time_zone: Option<String>,
    charging_history: bool,
    /// The whole state, instead of one that is made of the rest.
    document: Option<String>,
    /// Client ids and public keys of applications.
    paired_keys: Vec<(String, String)>,
    mobile_access: bool,
    in_service: bool,
    commutes: Vec<Commute>,
}

#[derive(Serialize)]
struct Share {
    account_id: String,
    hide_private: bool,
}

#[derive(Serialize)]
struct WorldEnergySite {
    id: i64,
    owner_account_id: String,
    region: Region,
    name: String,
    solar_kw: f64,
    batteries: i64,
    wall_connectors: i64,
    household: Household,
    household_kwh: Option<f64>,
    outage_history: bool,
    outages: Vec<WorldSpell>,
    storms: Vec<WorldSpell>,
    programs: Vec<String>,
    /// Degrees north and east.
    location: Option<(f64, f64)>,
    time_zone: Option<String>,
    /// The whole state, instead of one that is made of the rest.
    document: Option<String>,
}

#[derive(Serialize)]
struct WorldChargingSession {
    id: i64,
    vin: String,
    owner_account_id: String,
    started_at: i64,
    document: String,
}

#[derive(Serialize)]
struct WorldSigningKey {
    /// The region whose own authorization server signs with it.
    realm: Option<Region>,
    key: keys::Named,
}

#[derive(Serialize)]
struct WorldConsent {
    account_id: String,
    client_id: String,
    scopes: ScopeSet,
    /// Microseconds before the planting.
    granted_ago: i64,
}

#[cfg(test)]
mod tests;
