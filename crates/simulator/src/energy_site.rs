//! Energy sites: panels, a household, Powerwalls and the grid.
//!
//! Time is cut into cells of five minutes, aligned to the epoch. Within a cell sun and household are constant, and the
//! batteries follow in closed form up to the moment they are full or at their reserve. So where an advance stops does
//! not matter, to less than 0.1 Wh, and powers and energies come from the same integration.

mod flow;
mod profile;
mod render;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use profile::EnergySiteProfile;

use crate::time::{MINUTE, hours, next_cell, span};
use flow::Flow;

/// Sun and household change in steps of this length.
const CELL: i64 = 5 * MINUTE;
/// Part of the energy that survives the way into a battery, and as much on the way out.
const ONE_WAY_EFFICIENCY: f64 = 0.95;
/// Energies closer than this are equal, Wh.
const SAME_WH: f64 = 1e-6;

/// What the batteries are for: `default_real_mode` on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationMode {
    /// Keep the sun's energy for the evening.
    #[default]
    SelfConsumption,
    /// Keep it for the hours when energy is dear.
    Autonomous,
    /// Keep it all for an outage.
    Backup,
}

impl OperationMode {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SelfConsumption => "self_consumption",
            Self::Autonomous => "autonomous",
            Self::Backup => "backup",
        }
    }
}

impl FromStr for OperationMode {
    type Err = SettingError;

    fn from_str(name: &str) -> Result<Self, SettingError> {
        [Self::SelfConsumption, Self::Autonomous, Self::Backup]
            .into_iter()
            .find(|mode| mode.as_str() == name)
            .ok_or(SettingError::Mode)
    }
}

/// Why a setting was refused; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The reserve is not between 0 and 100.
    #[error("invalid backup_reserve_percent param")]
    Reserve,
    /// There is no mode of this name.
    #[error("invalid default_real_mode param")]
    Mode,
}

/// Sums that never fall, Wh. At any time: solar + import + discharge = load + export + charge, and change of the
/// batteries' energy = charge - discharge - losses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// From the panels.
    pub solar: f64,
    /// Used by the household.
    pub load: f64,
    /// From the grid.
    pub grid_import: f64,
    /// To the grid.
    pub grid_export: f64,
    /// To the batteries.
    pub battery_charge: f64,
    /// From the batteries.
    pub battery_discharge: f64,
    /// Lost in the batteries.
    pub losses: f64,
}

/// A home with panels, batteries, or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnergySite {
    /// What is installed, and where.
    pub profile: EnergySiteProfile,
    /// The moment that this state is of.
    pub updated_at: i64,
    /// Energy in the batteries, Wh.
    pub energy_wh: f64,
    /// Charge kept for an outage, percent.
    pub backup_reserve_percent: i64,
    /// What the batteries are for.
    pub mode: OperationMode,
    /// What came and went since this state began.
    pub totals: Totals,
}

impl Default for EnergySite {
    fn default() -> Self {
        Self::new(EnergySiteProfile::default(), 0)
    }
}

impl EnergySite {
    /// A site with batteries charged as its identity determines, in self-consumption with a reserve of 20 %.
    #[must_use]
    pub fn new(profile: EnergySiteProfile, now: i64) -> Self {
        Self {
            energy_wh: profile.capacity_wh() * profile.seed().at("charge").between(0.4, 0.9),
            profile,
            updated_at: now,
            backup_reserve_percent: 20,
            mode: OperationMode::SelfConsumption,
            totals: Totals::default(),
        }
    }

    /// Brings the state to `now`; does nothing when it is there already or beyond.
    pub fn advance(&mut self, now: i64) {
        while self.updated_at < now {
            let end = next_cell(self.updated_at, CELL).min(now);
            let weather = self.profile.weather(self.updated_at);
            while self.updated_at < end {
                let flow = self.flow(weather);
                let (until, energy) = self.follow(&flow, end);
                self.count(&flow, hours(until - self.updated_at), energy);
                self.updated_at = until;
            }
        }
    }

    /// Sets the charge kept for an outage, percent. Advance to the moment of the change first.
    ///
    /// # Errors
    /// When it is not between 0 and 100.
    pub fn set_backup_reserve(&mut self, percent: i64) -> Result<(), SettingError> {
        if !(0..=100).contains(&percent) {
            return Err(SettingError::Reserve);
        }
        self.backup_reserve_percent = percent;
        Ok(())
    }

    /// Sets what the batteries are for, by its name on the wire. Advance to the moment of the change first.
    ///
    /// # Errors
    /// When there is no such mode.
    pub fn set_operation(&mut self, mode: &str) -> Result<(), SettingError> {
        self.mode = mode.parse()?;
        Ok(())
    }

    /// Energy below which the batteries give nothing, Wh.
    fn reserve_wh(&self) -> f64 {
        let percent = if self.mode == OperationMode::Backup { 100 } else { self.backup_reserve_percent };
        self.profile.capacity_wh() * percent as f64 / 100.0
    }

    /// When the flow ends (with the cell, or because the batteries are full or at their reserve), and the energy then.
    fn follow(&self, flow: &Flow, end: i64) -> (i64, f64) {
        let rate =
            if flow.battery > 0.0 { -flow.battery / ONE_WAY_EFFICIENCY } else { -flow.battery * ONE_WAY_EFFICIENCY };
        if rate == 0.0 {
            return (end, self.energy_wh);
        }
        let (reserve, full) = (self.reserve_wh(), self.profile.capacity_wh());
        let bound = if rate < 0.0 || self.energy_wh < reserve - SAME_WH { reserve } else { full };
        let arrival = self.updated_at + span((bound - self.energy_wh) / rate).max(1);
        if arrival <= end {
            return (arrival, bound);
        }
        (end, self.energy_wh + rate * hours(end - self.updated_at))
    }

    fn count(&mut self, flow: &Flow, time: f64, energy: f64) {
        let (charge, discharge) = ((-flow.battery).max(0.0) * time, flow.battery.max(0.0) * time);
        self.totals.solar += flow.solar * time;
        self.totals.load += flow.load * time;
        self.totals.grid_import += flow.grid().max(0.0) * time;
        self.totals.grid_export += (-flow.grid()).max(0.0) * time;
        self.totals.battery_charge += charge;
        self.totals.battery_discharge += discharge;
        self.totals.losses += charge - discharge - (energy - self.energy_wh);
        self.energy_wh = energy;
    }
}
