//! Where power goes at a moment.

use std::ops::AddAssign;

use super::profile::EnergySiteProfile;
use super::settings::{ExportRule, OperationMode, Settings};
use super::tariff::Price;
use super::{ONE_WAY_EFFICIENCY, SAME_WH};

/// What comes from outside at a moment. Power is W.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outside {
    /// What the panels could give.
    pub(super) sun: f64,
    /// What the household wants.
    pub(super) household: f64,
    /// What cars want.
    pub(super) vehicles: f64,
    /// Whether the grid is there.
    pub(super) grid: bool,
    /// Whether the batteries shall be full, for a storm or because the owner wants it now.
    pub(super) fill: bool,
    /// How dear energy is.
    pub(super) price: Price,
}

/// Power, W.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Flow {
    /// From the panels.
    pub(super) solar: f64,
    /// To the household.
    pub(super) household: f64,
    /// To cars.
    pub(super) vehicles: f64,
    /// From the batteries; negative while charging.
    pub(super) battery: f64,
    /// The energy in the batteries with which the flow becomes another, Wh.
    bound: f64,
}

/// Energy from where to where, Wh.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Energies {
    /// From the panels to household and cars.
    pub solar_to_load: f64,
    /// From the panels to the batteries.
    pub solar_to_battery: f64,
    /// From the panels to the grid.
    pub solar_to_grid: f64,
    /// From the batteries to household and cars.
    pub battery_to_load: f64,
    /// From the batteries to the grid.
    pub battery_to_grid: f64,
    /// From the grid to household and cars.
    pub grid_to_load: f64,
    /// From the grid to the batteries.
    pub grid_to_battery: f64,
    /// To cars, by whatever way.
    pub to_vehicles: f64,
    /// Lost in the batteries.
    pub losses: f64,
}

impl Energies {
    /// From the panels.
    #[must_use]
    pub fn solar(&self) -> f64 {
        self.solar_to_load + self.solar_to_battery + self.solar_to_grid
    }

    /// To household and cars.
    #[must_use]
    pub fn load(&self) -> f64 {
        self.solar_to_load + self.battery_to_load + self.grid_to_load
    }

    /// From the grid.
    #[must_use]
    pub fn grid_import(&self) -> f64 {
        self.grid_to_load + self.grid_to_battery
    }

    /// To the grid.
    #[must_use]
    pub fn grid_export(&self) -> f64 {
        self.solar_to_grid + self.battery_to_grid
    }

    /// To the batteries.
    #[must_use]
    pub fn charge(&self) -> f64 {
        self.solar_to_battery + self.grid_to_battery
    }

    /// From the batteries.
    #[must_use]
    pub fn discharge(&self) -> f64 {
        self.battery_to_load + self.battery_to_grid
    }
}

impl AddAssign for Energies {
    fn add_assign(&mut self, other: Self) {
        self.solar_to_load += other.solar_to_load;
        self.solar_to_battery += other.solar_to_battery;
        self.solar_to_grid += other.solar_to_grid;
        self.battery_to_load += other.battery_to_load;
        self.battery_to_grid += other.battery_to_grid;
        self.grid_to_load += other.grid_to_load;
        self.grid_to_battery += other.grid_to_battery;
        self.to_vehicles += other.to_vehicles;
        self.losses += other.losses;
    }
}

impl Flow {
    pub(super) fn load(&self) -> f64 {
        self.household + self.vehicles
    }

    /// From the grid; negative while exporting.
    pub(super) fn grid(&self) -> f64 {
        self.load() - self.solar - self.battery
    }

    /// How fast the energy in the batteries changes, W.
    fn rate(&self) -> f64 {
        if self.battery > 0.0 { -self.battery / ONE_WAY_EFFICIENCY } else { -self.battery * ONE_WAY_EFFICIENCY }
    }

    /// In how many hours the batteries arrive where the flow becomes another, and with which energy.
    pub(super) fn arrival(&self, energy: f64) -> Option<(f64, f64)> {
        let rate = self.rate();
        (rate != 0.0).then(|| (((self.bound - energy) / rate).max(0.0), self.bound))
    }

    /// The energy in the batteries after some hours.
    pub(super) fn after(&self, energy: f64, hours: f64) -> f64 {
        energy + self.rate() * hours
    }

    /// What went where in some hours. Sun serves the load first, then the batteries; batteries serve the load first.
    pub(super) fn energies(&self, hours: f64) -> Energies {
        let (charge, discharge) = ((-self.battery).max(0.0), self.battery.max(0.0));
        let load = self.load();
        let solar_to_load = self.solar.min(load);
        let solar_to_battery = charge.min(self.solar - solar_to_load);
        let battery_to_load = discharge.min(load - solar_to_load);
        Energies {
            solar_to_load: solar_to_load * hours,
            solar_to_battery: solar_to_battery * hours,
            solar_to_grid: (self.solar - solar_to_load - solar_to_battery) * hours,
            battery_to_load: battery_to_load * hours,
            battery_to_grid: (discharge - battery_to_load) * hours,
            grid_to_load: (load - solar_to_load - battery_to_load) * hours,
            grid_to_battery: (charge - solar_to_battery) * hours,
            to_vehicles: self.vehicles * hours,
            losses: (charge - discharge - self.rate()) * hours,
        }
    }
}

/// What a site does with what comes from outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    capacity: f64,
    power: f64,
    grid_charge: f64,
    reserve: f64,
    vehicle_reserve: f64,
    charges_from_grid: bool,
    mode: OperationMode,
    export: ExportRule,
}

impl Rules {
    pub(super) fn of(profile: &EnergySiteProfile, settings: &Settings) -> Self {
        let capacity = profile.capacity_wh();
        let reserve = match settings.mode {
            OperationMode::Backup => 100,
            _ => settings.backup_reserve_percent,
        };
        Self {
            capacity,
            power: profile.battery_power_w(),
            grid_charge: profile.grid_charge_w(),
            reserve: capacity * reserve as f64 / 100.0,
            vehicle_reserve: capacity * settings.vehicle_reserve_percent as f64 / 100.0,
            charges_from_grid: settings.charges_from_grid(profile),
            mode: settings.mode,
            export: settings.export_rule,
        }
    }

    /// Where power goes while the batteries hold this energy. Whatever the energy is, a site with more in its batteries
    /// never has less later: nothing but the bounds depends on it.
    pub(super) fn flow(&self, outside: &Outside, energy: f64) -> Flow {
        let flow = match outside.grid {
            true => self.on_grid(outside, energy),
            false => self.off_grid(outside, energy),
        };
        let export = -flow.grid();
        if export > 0.0 && (!outside.grid || self.export == ExportRule::Never) {
            return Flow { solar: flow.solar - export, ..flow };
        }
        flow
    }

    fn on_grid(&self, outside: &Outside, energy: f64) -> Flow {
        let Outside { sun, household, vehicles, .. } = *outside;
        let (battery, bound) = self.battery_on_grid(outside, sun - household - vehicles, energy);
        Flow { solar: sun, household, vehicles, battery, bound }
    }

    /// What the batteries give, and until they hold which energy.
    fn battery_on_grid(&self, outside: &Outside, surplus: f64, energy: f64) -> (f64, f64) {
        let reserve = if outside.fill { self.capacity } else { self.reserve };
        let (below, above) = (energy < reserve - SAME_WH, energy > reserve + SAME_WH);
        let autonomous = self.mode == OperationMode::Autonomous;
        if autonomous
            && !below
            && outside.price == (Price::Dear { sells: true })
            && self.export == ExportRule::BatteryOk
        {
            return (if above { self.power } else { 0.0 }, reserve);
        }
        // For a storm the grid may be used even where it otherwise must not.
        let to_reserve = below && (self.charges_from_grid || outside.fill);
        let while_cheap = autonomous && self.charges_from_grid && outside.price == Price::Cheap;
        let from_grid = if to_reserve || while_cheap { self.grid_charge } else { 0.0 };
        let wanted = surplus.max(from_grid);
        if wanted > 0.0 {
            let full = energy >= self.capacity - SAME_WH;
            let bound = if below { reserve } else { self.capacity };
            return (if full { 0.0 } else { -wanted.min(self.power) }, bound);
        }
        let useful = match self.mode {
            OperationMode::SelfConsumption => true,
            OperationMode::Autonomous => matches!(outside.price, Price::Dear { .. } | Price::Flat),
            OperationMode::Backup => false,
        };
        (if useful && above { (-surplus).min(self.power) } else { 0.0 }, reserve)
    }

    /// Without the grid, batteries and sun feed the household for as long as they can, and cars above their reserve.
    /// Without batteries there is no island, and everything is dark.
    fn off_grid(&self, outside: &Outside, energy: f64) -> Flow {
        let Outside { sun, household, vehicles, .. } = *outside;
        if self.capacity == 0.0 {
            return Flow::default();
        }
        let surplus = sun - household;
        let reserve = self.vehicle_reserve;
        let vehicles = if energy > reserve + SAME_WH {
            vehicles.min((self.power + surplus).max(0.0))
        } else if energy >= reserve - SAME_WH {
            // At the reserve, cars get what would otherwise raise it.
            vehicles.min(surplus.max(0.0))
        } else {
            0.0
        };
        let surplus = surplus - vehicles;
        if surplus >= 0.0 {
            let full = energy >= self.capacity - SAME_WH;
            let bound = if energy < reserve - SAME_WH { reserve } else { self.capacity };
            let battery = if full { 0.0 } else { -surplus.min(self.power) };
            return Flow { solar: sun, household, vehicles, battery, bound };
        }
        let empty = energy <= SAME_WH;
        let battery = if empty { 0.0 } else { (-surplus).min(self.power) };
        let bound = if energy > reserve + SAME_WH { reserve } else { 0.0 };
        // What they cannot feed is switched off.
        Flow { solar: sun, household: household.min(sun + battery - vehicles), vehicles, battery, bound }
    }
}
