//! Vehicles and energy sites of a seed file.

use fleetgate_protocol::Region;
use fleetgate_protocol::vehicle_data::CommandSigning;
use fleetgate_simulator::energy_site::Household;
use fleetgate_simulator::vehicle::{Hardware, OptionChanges};
use fleetgate_simulator::{Connectivity, Days, Model};
use serde::Deserialize;
use toml::Spanned;

use super::super::text::{Text, Vin};
use super::values::{
    ChargeLimit, ClockTime, Connectors, DailyUse, DayNames, Kilometers, Kilowatts, Location, Percent, WorldSpell,
    ZoneName,
};
use crate::config::file::human::Count;

/// How many devices one table can stand for.
pub(in crate::sandbox::world) const MOST_DEVICES: usize = 100_000;

/// A vehicle, or as many as `count` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox::world) struct VehicleSeed {
    /// The VIN; of several, that of the first.
    pub(in crate::sandbox::world) vin: Spanned<Vin>,
    /// How many there are.
    pub(in crate::sandbox::world) count: Option<Spanned<Count<MOST_DEVICES>>>,
    /// How far from `location` they stand at most, km.
    pub(in crate::sandbox::world) spread_km: Option<Spanned<Kilometers>>,
    /// Its whole state, as an export has it.
    pub(in crate::sandbox::world) document: Option<Spanned<String>>,
    /// The id for the Fleet API, below 2^53; computed unless given.
    pub(in crate::sandbox::world) id: Option<Spanned<i64>>,
    /// The owner, by e-mail address.
    pub(in crate::sandbox::world) owner: Spanned<String>,
    /// Who may drive it.
    #[serde(default)]
    pub(in crate::sandbox::world) drivers: Vec<DriverSeed>,
    /// The name that the owner gave it; the model's unless given.
    pub(in crate::sandbox::world) display_name: Option<Text>,
    /// The model; what the VIN says unless given.
    pub(in crate::sandbox::world) model: Option<Model>,
    /// `old` or `new`; what the VIN says unless given.
    pub(in crate::sandbox::world) hardware: Option<Hardware>,
    /// Options in which it differs from an ordinary car.
    #[serde(default)]
    pub(in crate::sandbox::world) options: OptionChanges,
    /// `online`, `asleep` or `offline`.
    #[serde(default = "online")]
    pub(in crate::sandbox::world) state: Spanned<Connectivity>,
    /// `off`, `allowed` or `required`.
    #[serde(default)]
    pub(in crate::sandbox::world) command_signing: CommandSigning,
    /// The region that serves it; the owner's unless given.
    pub(in crate::sandbox::world) region: Option<Region>,
    /// State of charge, percent; follows from the VIN unless given.
    pub(in crate::sandbox::world) battery_level: Option<Percent>,
    /// Where charging ends, percent.
    pub(in crate::sandbox::world) charge_limit: Option<ChargeLimit>,
    /// Whether it is plugged in at home, and charges if it is below its limit.
    #[serde(default)]
    pub(in crate::sandbox::world) plugged_in: bool,
    /// Whether it keeps watch, which keeps it awake.
    #[serde(default)]
    pub(in crate::sandbox::world) sentry_mode: bool,
    /// Whether somebody sits in it, which keeps it awake.
    #[serde(default)]
    pub(in crate::sandbox::world) user_present: bool,
    /// Whether an update of its software is there to be installed.
    #[serde(default)]
    pub(in crate::sandbox::world) software_update: bool,
    /// Whether there is Wi-Fi at home, for updates.
    #[serde(default = "yes")]
    pub(in crate::sandbox::world) home_wifi: bool,
    /// Whether it may be started from afar.
    #[serde(default = "yes")]
    pub(in crate::sandbox::world) keyless_driving: bool,
    /// Where it stands, in degrees.
    pub(in crate::sandbox::world) location: Option<Location>,
    /// Its clock at home; that of the region unless given.
    pub(in crate::sandbox::world) time_zone: Option<ZoneName>,
    /// Whether it has charged on the road before.
    #[serde(default = "yes")]
    pub(in crate::sandbox::world) charging_history: bool,
    /// Applications whose keys are paired with it, by name.
    #[serde(default)]
    pub(in crate::sandbox::world) paired_applications: Vec<Spanned<String>>,
    /// Whether its owner allows remote access.
    #[serde(default = "yes")]
    pub(in crate::sandbox::world) mobile_access: bool,
    /// Whether it is with the service, for two days from when the world is planted.
    #[serde(default)]
    pub(in crate::sandbox::world) in_service: bool,
    /// Ways that its owner drives every week.
    #[serde(default)]
    pub(in crate::sandbox::world) commutes: Vec<CommuteSeed>,
}

/// A way that the owner of a vehicle drives there and back.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox::world) struct CommuteSeed {
    /// Where it leads, in degrees.
    pub(in crate::sandbox::world) to: Location,
    /// What the place is called.
    #[serde(default = "work")]
    pub(in crate::sandbox::world) name: Text,
    /// The days.
    #[serde(default = "weekdays")]
    pub(in crate::sandbox::world) days: DayNames,
    /// When it leaves home, on the clock there.
    pub(in crate::sandbox::world) leave: ClockTime,
    /// When it goes back, on the same clock.
    pub(in crate::sandbox::world) back: ClockTime,
    /// Whether it is plugged in at home.
    #[serde(default = "yes")]
    pub(in crate::sandbox::world) plug_in: bool,
}

/// Somebody who may drive a vehicle of another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox::world) struct DriverSeed {
    /// By e-mail address.
    pub(in crate::sandbox::world) account: Spanned<String>,
    /// Whether the vehicle's place is kept from this driver's applications.
    #[serde(default)]
    pub(in crate::sandbox::world) hide_private: bool,
}

/// An energy site, or as many as `count` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox::world) struct EnergySiteSeed {
    /// How many there are.
    pub(in crate::sandbox::world) count: Option<Spanned<Count<MOST_DEVICES>>>,
    /// How far from `location` they are at most, km.
    pub(in crate::sandbox::world) spread_km: Option<Spanned<Kilometers>>,
    /// Its whole state, as an export has it.
    pub(in crate::sandbox::world) document: Option<Spanned<String>>,
    /// The owner, by e-mail address.
    pub(in crate::sandbox::world) owner: Spanned<String>,
    /// Below 2^53; computed unless given.
    pub(in crate::sandbox::world) energy_site_id: Option<Spanned<i64>>,
    /// The name that the owner gave it.
    #[serde(default = "home")]
    pub(in crate::sandbox::world) name: Text,
    /// The region that serves it; the owner's unless given.
    pub(in crate::sandbox::world) region: Option<Region>,
    /// Peak power of the panels, kW; 0 without panels.
    #[serde(default = "six")]
    pub(in crate::sandbox::world) solar_kw: Kilowatts,
    /// How many batteries there are.
    #[serde(default = "two")]
    pub(in crate::sandbox::world) batteries: u16,
    /// How many wall connectors there are.
    #[serde(default = "one")]
    pub(in crate::sandbox::world) wall_connectors: Connectors,
    /// When the household is at home.
    #[serde(default)]
    pub(in crate::sandbox::world) household: Household,
    /// What it uses on an average day, kWh; follows from the id unless given.
    pub(in crate::sandbox::world) household_kwh: Option<DailyUse>,
    /// Whether the grid has failed before.
    #[serde(default = "yes")]
    pub(in crate::sandbox::world) outage_history: bool,
    /// When the grid is away.
    #[serde(default)]
    pub(in crate::sandbox::world) outages: Vec<WorldSpell>,
    /// For when a storm is forecast.
    #[serde(default)]
    pub(in crate::sandbox::world) storms: Vec<WorldSpell>,
    /// Programs of the grid operator in which it takes part.
    #[serde(default)]
    pub(in crate::sandbox::world) programs: Vec<Text>,
    /// Where it is, in degrees.
    pub(in crate::sandbox::world) location: Option<Location>,
    /// The zone of its clock; its region's unless given.
    pub(in crate::sandbox::world) time_zone: Option<ZoneName>,
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
