//! What is installed at a site, who lives there, and what sun they have.

use serde::{Deserialize, Serialize};

use super::CELL;
use crate::seed::Seed;
use crate::sky::Coordinates;
use crate::time::{DAY, HOUR, SECOND, middle_of_cell, utc_offset};

/// A Powerwall's energy, Wh, its power, W, and what it takes from the grid to reach its reserve, W.
pub(super) const POWERWALL_WH: i64 = 13_500;
pub(super) const POWERWALL_W: i64 = 5_000;
const GRID_CHARGE_W: i64 = 1_700;

/// The hours when energy is dear: on weekdays, seconds after local midnight.
pub(super) const PEAK_START: i64 = 16 * 3600;
pub(super) const PEAK_END: i64 = 21 * 3600;

/// A site as it was built.
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
    /// How many wall connectors there are.
    pub wall_connectors: i64,
    /// What the household uses on an average day, kWh.
    pub household_kwh: f64,
    /// Whether the batteries may charge from the grid.
    pub grid_charging: bool,
    /// When it was installed, microseconds since the epoch.
    pub installed_at: i64,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// Where it is.
    pub place: Coordinates,
}

impl Default for EnergySiteProfile {
    fn default() -> Self {
        Self::new(0, "Home")
    }
}

/// What comes from outside in a cell. Power is W.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
    pub(super) solar: f64,
    pub(super) load: f64,
    /// Whether energy is dear.
    pub(super) peak: bool,
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
            household_kwh: seed.at("household").between(9.0, 18.0),
            grid_charging: false,
            // A working day in the first months of 2024, in the morning.
            installed_at: (19_726 + 7 * seed.at("installed").below(16)) * DAY + 17 * HOUR,
            time_zone: "America/Los_Angeles".to_owned(),
            place: Coordinates::default(),
        }
    }

    /// The same site in Utrecht.
    #[must_use]
    pub fn european(self) -> Self {
        Self { time_zone: "Europe/Amsterdam".to_owned(), place: Coordinates::UTRECHT, ..self }
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

    pub(super) fn seed(&self) -> Seed {
        Seed::of(&self.energy_site_id.to_string())
    }

    /// Sun, household and tariff in the cell that holds a moment.
    pub(super) fn weather(&self, now: i64) -> Weather {
        let middle = middle_of_cell(now, CELL);
        Weather { solar: self.solar_power(middle), load: self.load_power(middle), peak: self.is_peak(middle) }
    }

    /// Power of the panels, W: they lose a fifth on the way, a low sun's light passes more air, and clouds take a part.
    fn solar_power(&self, now: i64) -> f64 {
        let height = self.place.sun_height(now);
        if height <= 0.0 {
            return 0.0;
        }
        self.solar_kw * 1000.0 * 0.8 * height.powf(1.15) * self.clearness(now)
    }

    /// The part of the light that clouds let through: good and bad days, and clouds that pass within hours.
    fn clearness(&self, now: i64) -> f64 {
        let seed = self.place.seed();
        let day = smooth(seed.at("day"), now, DAY);
        let hour = smooth(seed.at("hour"), now, HOUR);
        (0.3 + 0.7 * day) * (0.75 + 0.25 * hour)
    }

    /// Power of the household, W: a fridge and computers all day, more in the morning, most in the evening.
    fn load_power(&self, now: i64) -> f64 {
        let offset = self.place.longitude / 360.0 * DAY as f64;
        let hour = (now + offset as i64).rem_euclid(DAY) as f64 / HOUR as f64;
        let bump = |at: f64, width: f64| (-((hour - at) / width).powi(2)).exp();
        let habits = 0.5 + 1.3 * bump(7.5, 1.2) + 0.5 * bump(12.5, 1.5) + 2.4 * bump(19.0, 2.2);
        let seed = self.seed();
        let mood = 0.6 + 0.8 * smooth(seed.at("mood"), now, HOUR);
        let switch = 0.9 + 0.2 * seed.at("switch").nth(now.div_euclid(CELL)).unit();
        // The habits average 1.1 over a day.
        self.household_kwh / 24.0 / 1.1 * 1000.0 * habits * mood * switch
    }

    fn is_peak(&self, now: i64) -> bool {
        let local = now + utc_offset(&self.time_zone, now) * SECOND;
        // The epoch was a Thursday.
        let weekday = (local.div_euclid(DAY) + 4).rem_euclid(7);
        let second = local.rem_euclid(DAY) / SECOND;
        (1..=5).contains(&weekday) && (PEAK_START..PEAK_END).contains(&second)
    }
}

/// A value from 0 to 1 that wanders from one drawn value to the next over each period.
fn smooth(seed: Seed, now: i64, period: i64) -> f64 {
    let index = now.div_euclid(period);
    let part = now.rem_euclid(period) as f64 / period as f64;
    let (from, to) = (seed.nth(index).unit(), seed.nth(index + 1).unit());
    from + (to - from) * part * part * (3.0 - 2.0 * part)
}
