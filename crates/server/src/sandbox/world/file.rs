//! The seed file: a whole world in TOML, of which everything but names can be left out.
//!
//! A value that is wrong by itself is refused while it is read, so that the complaint has its line. What two places
//! must agree on is checked by [`super::resolve`].

mod devices;
mod values;

use fleetgate_protocol::jws::Algorithm;
use fleetgate_protocol::{ApplicationKind, GrantType, Region, ScopeSet};
use fleetgate_simulator::Model;
use fleetgate_store::AccountKind;
use serde::Deserialize;
use toml::Spanned;

pub(super) use self::devices::{CommuteSeed, EnergySiteSeed, MOST_DEVICES, VehicleSeed};
pub(super) use self::values::{Kilometers, Location, SpellBegin, WorldSpell};
use super::kept::Kept;
use super::text::{ClientId, Domain, Email, Origin, Password, PrivateKey, RedirectUri, Text, Uuid, Vin};
use crate::config::file::scopes::ScopeSettings;
use crate::sandbox::clock::{Moment, Rate, Span};

/// A world as its author wrote it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedFile {
    /// The world's name, from which everything is computed that is not given.
    pub(super) name: String,
    /// What the world's clock shows when it is planted; the machine's time unless given.
    pub(super) clock: Option<Spanned<Moment>>,
    /// How fast the clock runs from then on.
    pub(super) clock_rate: Option<Rate>,
    /// Scopes beside the Fleet API's.
    #[serde(default)]
    pub(super) scopes: Vec<ScopeSettings>,
    /// People and businesses; the first person is the demo account.
    #[serde(default)]
    pub(super) accounts: Vec<AccountSeed>,
    /// Applications.
    #[serde(default)]
    pub(super) applications: Vec<ApplicationSeed>,
    /// Vehicles.
    #[serde(default)]
    pub(super) vehicles: Vec<VehicleSeed>,
    /// Energy sites.
    #[serde(default)]
    pub(super) energy_sites: Vec<EnergySiteSeed>,
    /// Charging of the past, as an export has it.
    #[serde(default)]
    pub(super) charging_sessions: Vec<ChargingSessionSeed>,
    /// Consents that were given already.
    #[serde(default)]
    pub(super) consents: Vec<ConsentSeed>,
    /// What the world keeps beside, as an export has it.
    #[serde(default)]
    pub(super) kept: Vec<Spanned<Kept>>,
    /// Keys that sign tokens; without any, the sandbox makes one.
    #[serde(default)]
    pub(super) signing_keys: Vec<SigningKeySeed>,
}

/// A person or a business.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountSeed {
    /// The e-mail address, by which the file names the account elsewhere.
    pub(super) email: Spanned<Email>,
    /// For people; made from the e-mail address unless given.
    pub(super) full_name: Option<Text>,
    /// Computed unless given.
    pub(super) password: Option<Password>,
    /// The account's id, a UUID; computed unless given.
    pub(super) id: Option<Spanned<Uuid>>,
    /// `person` or `business`.
    #[serde(default)]
    pub(super) kind: Kind,
    /// The home region.
    #[serde(default = "na")]
    pub(super) region: Region,
    /// What the claim `ou_code` says instead of the home region.
    pub(super) ou_code: Option<Region>,
    /// Language and country.
    #[serde(default = "american")]
    pub(super) locale: Text,
    /// Where the picture is; on the domain of examples unless given.
    pub(super) profile_image_url: Option<Text>,
    /// A UUID that stays with the account; computed unless given.
    pub(super) vault_uuid: Option<Uuid>,
    /// Vehicles on order.
    #[serde(default)]
    pub(super) orders: Vec<OrderSeed>,
}

/// Whether an account is a person's or a business's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// A person, who can sign in and consent.
    #[default]
    Person,
    /// A business, which owns devices.
    Business,
}

impl From<Kind> for AccountKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Person => Self::Person,
            Kind::Business => Self::Business,
        }
    }
}

/// A vehicle on order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderSeed {
    /// The model.
    pub(super) model: Model,
    /// The reference that the buyer sees; computed unless given.
    pub(super) reference_number: Option<Spanned<Text>>,
    /// The number of the vehicle in the order system; computed unless given.
    pub(super) vehicle_map_id: Option<i64>,
    /// The VIN, once one is assigned.
    pub(super) vin: Option<Vin>,
    /// The state.
    #[serde(default = "booked")]
    pub(super) status: Text,
    /// A finer state.
    #[serde(default = "none")]
    pub(super) substatus: Text,
    /// ISO 3166-1 alpha-2; that of the account's locale unless given.
    pub(super) country_code: Option<Text>,
    /// Option codes, separated by commas.
    pub(super) options: Option<Text>,
}

/// An application.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationSeed {
    /// The name, by which the file names the application elsewhere.
    pub(super) name: Spanned<Text>,
    /// What it says of itself.
    pub(super) description: Option<Text>,
    /// `third_party`, `partner` or `open_source`.
    pub(super) kind: ApplicationKind,
    /// What the kind may use, unless given.
    pub(super) grant_types: Option<Spanned<Vec<GrantType>>>,
    /// Computed unless given.
    pub(super) client_id: Option<Spanned<ClientId>>,
    /// Computed unless given; open-source applications have none.
    pub(super) client_secret: Option<Spanned<Password>>,
    /// Where codes may go.
    #[serde(default)]
    pub(super) redirect_uris: Vec<RedirectUri>,
    /// Where people may go after signing out.
    #[serde(default)]
    pub(super) post_logout_redirect_uris: Vec<RedirectUri>,
    /// Origins of its pages.
    #[serde(default)]
    pub(super) allowed_origins: Vec<Origin>,
    /// The domain under which it registers.
    pub(super) domain: Option<Spanned<Domain>>,
    /// A private key on P-256 in PEM; computed for an application that has a domain, unless given.
    pub(super) private_key_pem: Option<Spanned<PrivateKey>>,
    /// What the kind may hold, unless given.
    pub(super) scopes: Option<Spanned<ScopeSet>>,
    /// Where it is registered already.
    #[serde(default)]
    pub(super) registered_regions: Option<Spanned<Vec<Region>>>,
    /// The business that owns it, by e-mail address.
    pub(super) business: Option<Spanned<String>>,
}

/// A consent that was given already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentSeed {
    /// Who gave it, by e-mail address.
    pub(super) account: Spanned<String>,
    /// To which application, by name.
    pub(super) application: Spanned<String>,
    /// For what.
    pub(super) scopes: Spanned<ScopeSet>,
    /// How long before the planting it was given.
    pub(super) granted_ago: Option<Spanned<Span>>,
}

/// A charging session of the past.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChargingSessionSeed {
    /// Who paid, by e-mail address.
    pub(super) owner: Spanned<String>,
    /// The session, as an export has it.
    pub(super) document: Spanned<String>,
}

/// A key that signs tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SigningKeySeed {
    /// `RS256`, `ES256` or `EdDSA`.
    pub(super) algorithm: Algorithm,
    /// The region whose own authorization server signs with it: `cn`.
    pub(super) region: Option<Spanned<Region>>,
    /// The private key, PKCS#8 in PEM.
    pub(super) private_key_pem: Spanned<String>,
}

fn na() -> Region {
    Region::Na
}

fn american() -> Text {
    Text("en-US".to_owned())
}

fn booked() -> Text {
    Text("BOOKED".to_owned())
}

fn none() -> Text {
    Text("_Z".to_owned())
}
