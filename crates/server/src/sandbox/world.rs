//! The sandbox's world: people, applications, vehicles, energy sites.
//!
//! It comes from a seed file, and the same file always gives the same world: what the file leaves open is computed from
//! the world's name. `docs/worlds.md` describes the file.

mod derive;
mod describe;
mod ec_key;
mod file;
mod plant;
mod resolve;
mod rows;
mod text;

use fleetgate_protocol::user::Order;
use fleetgate_protocol::vehicle_data::CommandSigning;
use fleetgate_protocol::{ApplicationKind, GrantType, Region, ScopeSet};
use fleetgate_simulator::vehicle::{Hardware, OptionChanges};
use fleetgate_simulator::{Commute, Connectivity, Model};
use serde::Serialize;

pub use self::describe::{
    DescribeError, DescribedAccount, DescribedApplication, DescribedSite, DescribedVehicle, WorldDescription, describe,
    secret_of,
};
use self::ec_key::EcKey;
pub use self::plant::{PlantError, Planted, plant};
pub use self::rows::RowError;
use crate::config::OwnScope;
use crate::config::file::located::{LocatedError, Source};
use crate::keys;

/// The default world, as a seed file.
pub const DEFAULT_WORLD: &str = include_str!("../../../../worlds/default.toml");

/// A world with nothing left open. It holds secrets in clear and lives only until it is planted.
#[derive(Serialize)]
pub struct World {
    name: String,
    own_scopes: Vec<OwnScope>,
    accounts: Vec<WorldAccount>,
    applications: Vec<WorldApplication>,
    vehicles: Vec<WorldVehicle>,
    energy_sites: Vec<WorldEnergySite>,
    consents: Vec<WorldConsent>,
    signing_keys: Vec<keys::Named>,
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

    /// Its scopes beside the Fleet API's.
    #[must_use]
    pub fn own_scopes(&self) -> &[OwnScope] {
        &self.own_scopes
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
    charging_history: bool,
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
    /// Degrees north and east.
    location: Option<(f64, f64)>,
    time_zone: Option<String>,
}

#[derive(Serialize)]
struct WorldConsent {
    account_id: String,
    client_id: String,
    scopes: ScopeSet,
}

#[cfg(test)]
mod tests;
