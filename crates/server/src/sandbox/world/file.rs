//! The seed file: a whole world in TOML, of which everything but names can be left out.
//!
//! A value that is wrong by itself is refused while it is read, so that the complaint has its line. What two places
//! must agree on is checked by [`super::resolve`].

use fleetgate_protocol::jws::Algorithm;
use fleetgate_protocol::vehicle_data::CommandSigning;
use fleetgate_protocol::{ApplicationKind, GrantType, Region, ScopeSet};
use fleetgate_simulator::energy_site::Household;
use fleetgate_simulator::vehicle::{Hardware, OptionChanges};
use fleetgate_simulator::{Connectivity, Days, Model};
use fleetgate_store::AccountKind;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::text::{ClientId, Domain, Email, Origin, Password, PrivateKey, RedirectUri, Text, Uuid, Vin};
use crate::config::file::human::Count;
use crate::config::file::scopes::ScopeSettings;
use crate::sandbox::clock::{Moment, Rate, Span};

/// How many devices one table can stand for.
pub(super) const MOST_DEVICES: usize = 100_000;

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

/// A vehicle, or as many as `count` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VehicleSeed {
    /// The VIN; of several, that of the first.
    pub(super) vin: Spanned<Vin>,
    /// How many there are.
    pub(super) count: Option<Spanned<Count<MOST_DEVICES>>>,
    /// How far from `location` they stand at most, km.
    pub(super) spread_km: Option<Spanned<Kilometers>>,
    /// Its whole state, as an export has it.
    pub(super) document: Option<Spanned<String>>,
    /// The id for the Fleet API, below 2^53; computed unless given.
    pub(super) id: Option<Spanned<i64>>,
    /// The owner, by e-mail address.
    pub(super) owner: Spanned<String>,
    /// Who may drive it.
    #[serde(default)]
    pub(super) drivers: Vec<DriverSeed>,
    /// The name that the owner gave it; the model's unless given.
    pub(super) display_name: Option<Text>,
    /// The model; what the VIN says unless given.
    pub(super) model: Option<Model>,
    /// `old` or `new`; what the VIN says unless given.
    pub(super) hardware: Option<Hardware>,
    /// Options in which it differs from an ordinary car.
    #[serde(default)]
    pub(super) options: OptionChanges,
    /// `online`, `asleep` or `offline`.
    #[serde(default = "online")]
    pub(super) state: Spanned<Connectivity>,
    /// `off`, `allowed` or `required`.
    #[serde(default)]
    pub(super) command_signing: CommandSigning,
    /// The region that serves it; the owner's unless given.
    pub(super) region: Option<Region>,
    /// State of charge, percent; follows from the VIN unless given.
    pub(super) battery_level: Option<Percent>,
    /// Where charging ends, percent.
    pub(super) charge_limit: Option<Percent>,
    /// Whether it is plugged in at home, and charges if it is below its limit.
    #[serde(default)]
    pub(super) plugged_in: bool,
    /// Whether it keeps watch, which keeps it awake.
    #[serde(default)]
    pub(super) sentry_mode: bool,
    /// Whether somebody sits in it, which keeps it awake.
    #[serde(default)]
    pub(super) user_present: bool,
    /// Whether an update of its software is there to be installed.
    #[serde(default)]
    pub(super) software_update: bool,
    /// Whether there is Wi-Fi at home, for updates.
    #[serde(default = "yes")]
    pub(super) home_wifi: bool,
    /// Whether it may be started from afar.
    #[serde(default = "yes")]
    pub(super) keyless_driving: bool,
    /// Where it stands, in degrees.
    pub(super) location: Option<Location>,
    /// Whether it has charged on the road before.
    #[serde(default = "yes")]
    pub(super) charging_history: bool,
    /// Applications whose keys are paired with it, by name.
    #[serde(default)]
    pub(super) paired_applications: Vec<Spanned<String>>,
    /// Whether its owner allows remote access.
    #[serde(default = "yes")]
    pub(super) mobile_access: bool,
    /// Whether it is with the service, for two days from when the world is planted.
    #[serde(default)]
    pub(super) in_service: bool,
    /// Ways that its owner drives every week.
    #[serde(default)]
    pub(super) commutes: Vec<CommuteSeed>,
}

/// A way that the owner of a vehicle drives there and back.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommuteSeed {
    /// Where it leads, in degrees.
    pub(super) to: Location,
    /// What the place is called.
    #[serde(default = "work")]
    pub(super) name: Text,
    /// The days.
    #[serde(default = "weekdays")]
    pub(super) days: DayNames,
    /// When it leaves home, on the clock there.
    pub(super) leave: ClockTime,
    /// When it goes back, on the same clock.
    pub(super) back: ClockTime,
    /// Whether it is plugged in at home.
    #[serde(default = "yes")]
    pub(super) plug_in: bool,
}

/// Days of the week.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct DayNames(pub(super) Days);

impl TryFrom<String> for DayNames {
    type Error = &'static str;

    fn try_from(names: String) -> Result<Self, Self::Error> {
        Days::parse(&names).map(Self).ok_or("days are `all`, `weekdays` or names such as `monday,tuesday`")
    }
}

/// A time of day: minutes after midnight.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ClockTime(pub(super) i64);

impl TryFrom<String> for ClockTime {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let read = |(hour, minute): (&str, &str)| {
            let (hour, minute) = (hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?);
            (hour < 24 && minute < 60).then(|| i64::from(hour) * 60 + i64::from(minute))
        };
        text.split_once(':').and_then(read).map(Self).ok_or("a time of day is written as `08:15`")
    }
}

/// Somebody who may drive a vehicle of another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DriverSeed {
    /// By e-mail address.
    pub(super) account: Spanned<String>,
    /// Whether the vehicle's place is kept from this driver's applications.
    #[serde(default)]
    pub(super) hide_private: bool,
}

/// A place on Earth: degrees north and east.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "Degrees")]
pub(super) struct Location(pub(super) f64, pub(super) f64);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Degrees {
    latitude: f64,
    longitude: f64,
}

impl TryFrom<Degrees> for Location {
    type Error = &'static str;

    fn try_from(Degrees { latitude, longitude }: Degrees) -> Result<Self, Self::Error> {
        match (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            true => Ok(Self(latitude, longitude)),
            false => Err("a latitude is -90 to 90 degrees, a longitude -180 to 180"),
        }
    }
}

/// 0 to 100.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Percent(pub(super) i64);

impl TryFrom<i64> for Percent {
    type Error = &'static str;

    fn try_from(percent: i64) -> Result<Self, Self::Error> {
        if (0..=100).contains(&percent) { Ok(Self(percent)) } else { Err("a percentage is 0 to 100") }
    }
}

/// A power that is not negative.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct Kilowatts(pub(super) f64);

impl TryFrom<f64> for Kilowatts {
    type Error = &'static str;

    fn try_from(power: f64) -> Result<Self, Self::Error> {
        if (0.0..=10_000.0).contains(&power) { Ok(Self(power)) } else { Err("the panels have 0 to 10000 kW") }
    }
}

/// What a household uses on an average day.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct DailyUse(pub(super) f64);

impl TryFrom<f64> for DailyUse {
    type Error = &'static str;

    fn try_from(energy: f64) -> Result<Self, Self::Error> {
        if (0.1..=1_000.0).contains(&energy) { Ok(Self(energy)) } else { Err("a household uses 0.1 to 1000 kWh a day") }
    }
}

/// A number of wall connectors.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Connectors(pub(super) i64);

impl TryFrom<i64> for Connectors {
    type Error = &'static str;

    fn try_from(count: i64) -> Result<Self, Self::Error> {
        if (0..=16).contains(&count) { Ok(Self(count)) } else { Err("a site has 0 to 16 wall connectors") }
    }
}

/// A time without the grid, or with a storm: it begins at a moment, or some hours after the world is planted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "SpellSeed")]
pub(super) struct WorldSpell {
    /// Where it begins.
    pub(super) from: SpellBegin,
    /// How long it is, microseconds.
    pub(super) lasts: i64,
}

/// Where a spell begins; microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) enum SpellBegin {
    /// Since the epoch.
    At(i64),
    /// Since the planting; negative before it.
    After(i64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpellSeed {
    from: Option<String>,
    in_hours: Option<f64>,
    hours: f64,
}

impl TryFrom<SpellSeed> for WorldSpell {
    type Error = &'static str;

    fn try_from(seed: SpellSeed) -> Result<Self, Self::Error> {
        const DECADE: f64 = 10.0 * 366.0 * 24.0;
        let micros = |hours: f64| (hours * 3_600_000_000.0) as i64;
        if !(seed.hours > 0.0 && seed.hours <= DECADE) {
            return Err("`hours` is how long it lasts, more than 0 and at most ten years");
        }
        let from = match (&seed.from, seed.in_hours) {
            (Some(from), None) => {
                let moment =
                    from.parse::<Timestamp>().map_err(|_| "`from` is a moment such as `2026-11-23T18:00:00Z`")?;
                SpellBegin::At(moment.as_microsecond())
            }
            (None, Some(hours)) if hours.abs() <= DECADE => SpellBegin::After(micros(hours)),
            (None, Some(_)) => return Err("`in_hours` is within ten years of the planting"),
            _ => return Err("it begins with either `from`, a moment, or `in_hours`, counted from the planting"),
        };
        Ok(Self { from, lasts: micros(seed.hours).max(1) })
    }
}

/// A distance that is not negative.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct Kilometers(pub(super) f64);

impl TryFrom<f64> for Kilometers {
    type Error = &'static str;

    fn try_from(distance: f64) -> Result<Self, Self::Error> {
        if (0.0..=500.0).contains(&distance) { Ok(Self(distance)) } else { Err("devices are spread over 0 to 500 km") }
    }
}

/// The IANA name of a time zone, as the database writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ZoneName(pub(super) String);

impl TryFrom<String> for ZoneName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let zone = TimeZone::get(&name).ok();
        let known = zone.as_ref().and_then(TimeZone::iana_name).filter(|_| name != "Etc/Unknown");
        known.map(|name| Self(name.to_owned())).ok_or("a time zone has an IANA name, such as `Europe/Amsterdam`")
    }
}

/// An energy site, or as many as `count` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnergySiteSeed {
    /// How many there are.
    pub(super) count: Option<Spanned<Count<MOST_DEVICES>>>,
    /// How far from `location` they are at most, km.
    pub(super) spread_km: Option<Spanned<Kilometers>>,
    /// Its whole state, as an export has it.
    pub(super) document: Option<Spanned<String>>,
    /// The owner, by e-mail address.
    pub(super) owner: Spanned<String>,
    /// Below 2^53; computed unless given.
    pub(super) energy_site_id: Option<Spanned<i64>>,
    /// The name that the owner gave it.
    #[serde(default = "home")]
    pub(super) name: Text,
    /// The region that serves it; the owner's unless given.
    pub(super) region: Option<Region>,
    /// Peak power of the panels, kW; 0 without panels.
    #[serde(default = "six")]
    pub(super) solar_kw: Kilowatts,
    /// How many batteries there are.
    #[serde(default = "two")]
    pub(super) batteries: u16,
    /// How many wall connectors there are.
    #[serde(default = "one")]
    pub(super) wall_connectors: Connectors,
    /// When the household is at home.
    #[serde(default)]
    pub(super) household: Household,
    /// What it uses on an average day, kWh; follows from the id unless given.
    pub(super) household_kwh: Option<DailyUse>,
    /// Whether the grid has failed before.
    #[serde(default = "yes")]
    pub(super) outage_history: bool,
    /// When the grid is away.
    #[serde(default)]
    pub(super) outages: Vec<WorldSpell>,
    /// For when a storm is forecast.
    #[serde(default)]
    pub(super) storms: Vec<WorldSpell>,
    /// Programs of the grid operator in which it takes part.
    #[serde(default)]
    pub(super) programs: Vec<Text>,
    /// Where it is, in degrees.
    pub(super) location: Option<Location>,
    /// The zone of its clock; its region's unless given.
    pub(super) time_zone: Option<ZoneName>,
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

fn online() -> Spanned<Connectivity> {
    Spanned::new(0..0, Connectivity::Online)
}

fn yes() -> bool {
    true
}

fn work() -> Text {
    Text("Work".to_owned())
}

fn weekdays() -> DayNames {
    DayNames(Days::WEEKDAYS)
}

fn home() -> Text {
    Text("Home".to_owned())
}

fn six() -> Kilowatts {
    Kilowatts(6.0)
}

fn two() -> u16 {
    2
}

fn one() -> Connectors {
    Connectors(1)
}
