//! Where power goes at a moment.

use super::profile::Weather;
use super::{EnergySite, OperationMode, SAME_WH};

/// Power, W.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    /// From the panels.
    pub(super) solar: f64,
    /// To the household.
    pub(super) load: f64,
    /// From the batteries; negative while charging.
    pub(super) battery: f64,
}

impl Flow {
    /// From the grid; negative while exporting.
    pub(super) fn grid(&self) -> f64 {
        self.load - self.solar - self.battery
    }
}

impl EnergySite {
    pub(super) fn flow(&self, weather: Weather) -> Flow {
        let Weather { solar, load, peak } = weather;
        Flow { solar, load, battery: self.battery_power(solar - load, peak) }
    }

    /// What the batteries do with what the household leaves over, or lacks.
    fn battery_power(&self, surplus: f64, peak: bool) -> f64 {
        let limit = self.profile.battery_power_w();
        let below_reserve = self.energy_wh < self.reserve_wh() - SAME_WH;
        let from_grid = if below_reserve && self.profile.grid_charging { self.profile.grid_charge_w() } else { 0.0 };
        let wanted = surplus.max(from_grid);
        if wanted > 0.0 {
            let full = self.energy_wh >= self.profile.capacity_wh() - SAME_WH;
            return if full { 0.0 } else { -wanted.min(limit) };
        }
        let useful = match self.mode {
            OperationMode::SelfConsumption => true,
            OperationMode::Autonomous => peak,
            OperationMode::Backup => false,
        };
        let available = self.energy_wh > self.reserve_wh() + SAME_WH;
        if useful && available { (-surplus).min(limit) } else { 0.0 }
    }
}
