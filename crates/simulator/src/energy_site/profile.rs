//! What is installed at a site, who lives there, and what happens to it from outside.

use fleetgate_protocol::Region;
use serde::{Deserialize, Serialize};

use super::household::Household;
use crate::seed::Seed;
use crate::sky::Coordinates;
use crate::time::{DAY, HOUR, MINUTE, SECOND};

/// A Powerwall's energy, Wh, its power, W, and what it takes from the grid to reach its reserve, W.
pub(super) const POWERWALL_WH: i64 = 13_500;
pub(super) const POWERWALL_W: i64 = 5_000;
const GRID_CHARGE_W: i64 = 1_700;

/// A time during which something lasts, microseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spell {
    /// Its first moment.
    pub from: i64,
    /// The first moment after it.
    pub until: i64,
}

impl Spell {
    pub(crate) const fn holds(&self, now: i64) -> bool {
        self.from <= now && now < self.until
    }

    pub(super) const fn meets(&self, from: i64, until: i64) -> bool {
        self.from < until && from < self.until
    }
}

/// A site as it was built, and what the world does to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnergySiteProfile {
    /// Identifier; below 2^53.
    pub energy_site_id: i64,
    /// The site's name.
    pub site_name: String,
    /// Peak power of the panels, kW; 0 without panels.
    pub solar_kw: f64,
    /// How many Powerwalls there are.
    pub powerwalls: i64,
    /// How many wall connectors there are; a car charges at each on some evenings.
    pub wall_connectors: i64,
    /// The VINs of the household's cars, each with the first wall connectors for itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cars: Vec<String>,
    /// When the household is at home.
    pub household: Household,
    /// What the household uses on an average day, without its cars, kWh.
    pub household_kwh: f64,
    /// When it was installed, microseconds since the epoch.
    pub installed_at: i64,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// Where it is.
    pub place: Coordinates,
    /// When the grid is away.
    pub outages: Vec<Spell>,
    /// For when a storm is forecast. It darkens the sky, too.
    pub storms: Vec<Spell>,
    /// Programs of the grid operator in which it takes part.
    pub programs: Vec<String>,
}

impl Default for EnergySiteProfile {
    fn default() -> Self {
        Self::new(0, "Home")
    }
}

impl EnergySiteProfile {
    /// A house in California with 6 kW of panels, two Powerwalls and a wall connector.
    pub fn new(energy_site_id: i64, site_name: impl Into<String>) -> Self {
        let seed = Seed::of(&energy_site_id.to_string());
        Self {
            energy_site_id,
            site_name: site_name.into(),
            solar_kw: 6.0,
            powerwalls: 2,
            wall_connectors: 1,
            cars: Vec::new(),
            household: Household::default(),
            household_kwh: seed.at("household").between(9.0, 18.0),
            // A working day in the first months of 2024, in the morning.
            installed_at: (19_726 + 7 * seed.at("installed").below(16)) * DAY + 17 * HOUR,
            time_zone: "America/Los_Angeles".to_owned(),
            place: Coordinates::default(),
            outages: Vec::new(),
            storms: Vec::new(),
            programs: Vec::new(),
        }
    }

    /// The same site in Utrecht.
    #[must_use]
    pub fn european(self) -> Self {
        Self { time_zone: "Europe/Amsterdam".to_owned(), place: Coordinates::UTRECHT, ..self }
    }

    /// The same site in a region.
    #[must_use]
    pub fn of_region(self, region: Region) -> Self {
        match region {
            Region::Na => self,
            Region::Eu => self.european(),
            Region::Cn => Self { time_zone: "Asia/Shanghai".to_owned(), place: Coordinates::SHANGHAI, ..self },
        }
    }

    /// The outages that a grid has had since the installation, a few in a year, as the site's identity determines.
    #[must_use]
    pub fn past_outages(&self, now: i64) -> Vec<Spell> {
        let seed = self.seed().at("outages");
        let months = (now - self.installed_at).div_euclid(30 * DAY).clamp(0, 1200);
        let outage = |month: i64| {
            let seed = seed.nth(month);
            let from = self.installed_at + 30 * DAY * month + seed.at("from").below(30 * 86_400) * SECOND;
            let until = from + seed.at("minutes").below(170) * MINUTE + (1 + seed.at("seconds").below(59)) * SECOND;
            (seed.at("happens").unit() < 0.25).then_some(Spell { from, until })
        };
        (0..months).filter_map(outage).filter(|outage| outage.until < now).collect()
    }

    /// Energy of the full batteries, Wh.
    pub(super) fn capacity_wh(&self) -> f64 {
        (self.powerwalls * POWERWALL_WH) as f64
    }

    /// The most that the batteries give or take, W.
    pub(super) fn battery_power_w(&self) -> f64 {
        (self.powerwalls * POWERWALL_W) as f64
    }

    /// What the batteries take from the grid to reach their reserve, W.
    pub(super) fn grid_charge_w(&self) -> f64 {
        (self.powerwalls * GRID_CHARGE_W) as f64
    }

    pub(super) fn has_panels(&self) -> bool {
        self.solar_kw > 0.0
    }

    pub(super) const fn has_batteries(&self) -> bool {
        self.powerwalls > 0
    }

    pub(super) fn seed(&self) -> Seed {
        Seed::of(&self.energy_site_id.to_string())
    }
}
