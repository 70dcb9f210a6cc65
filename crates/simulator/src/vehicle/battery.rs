//! The battery and its charging.

mod temperature;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

pub(crate) use temperature::{Warming, acceptance};

/// A car that stays plugged in tops up when it has fallen so far below its limit, as a part of the full battery.
pub(crate) const TOP_UP_BELOW: f64 = 0.03;

pub(crate) const LIMIT_MIN: i64 = 50;
pub(crate) const LIMIT_MAX: i64 = 100;
pub(crate) const LIMIT_STD: i64 = 90;

/// State of charge, and the part of the peak power that the battery takes at it. Between two points it is linear.
const CURVE: [(f64, f64); 6] = [(0.0, 1.0), (0.4, 0.9), (0.8, 0.35), (0.9, 0.2), (0.95, 0.06), (1.0, 0.01)];

/// What a car is plugged into: alternating current at home, direct current from a fast charger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Charger {
    /// Voltage between phase and neutral, V.
    pub volts: i64,
    /// The most that it offers on each phase, A.
    pub amps: i64,
    /// Phases: 1 or 3.
    pub phases: i64,
    /// Whether it gives direct current, of which the car takes what it can.
    pub fast: bool,
}

impl Charger {
    /// 11 kW, as in European homes.
    pub const THREE_PHASE_16_A: Self = Self { volts: 231, amps: 16, phases: 3, fast: false };
    /// 11.5 kW, as in American homes.
    pub const SINGLE_PHASE_48_A: Self = Self { volts: 240, amps: 48, phases: 1, fast: false };
    /// 7 kW, as in Chinese homes.
    pub const SINGLE_PHASE_32_A: Self = Self { volts: 220, amps: 32, phases: 1, fast: false };
    /// 250 kW of direct current.
    pub const FAST_250_KW: Self = Self { volts: 400, amps: 625, phases: 1, fast: true };

    /// The part of its power that reaches the battery: the car's own converter of alternating current loses more.
    #[must_use]
    pub const fn efficiency(self) -> f64 {
        if self.fast { 0.97 } else { 0.92 }
    }

    /// Power at a current, kW.
    #[must_use]
    pub fn kilowatts(self, amps: i64) -> f64 {
        (self.volts * amps.clamp(0, self.amps) * self.phases) as f64 / 1000.0
    }
}

/// Where charging stands: `charging_state` on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChargingStatus {
    /// Nothing is plugged in.
    #[default]
    Disconnected,
    /// Plugged in, and stopped by somebody.
    Stopped,
    /// Energy flows.
    Charging,
    /// The limit was reached.
    Complete,
    /// Plugged in, but the charger has no power.
    NoPower,
}

impl ChargingStatus {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "Disconnected",
            Self::Stopped => "Stopped",
            Self::Charging => "Charging",
            Self::Complete => "Complete",
            Self::NoPower => "NoPower",
        }
    }
}

/// The battery of a car and the session that fills it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Battery {
    /// Energy in it, kWh.
    pub energy_kwh: f64,
    /// Charge limit, percent.
    pub limit_percent: i64,
    /// Current asked for, A. Direct current is not asked for.
    pub amps: i64,
    /// The most that whoever manages the charger allows, A.
    pub managed_amps: Option<i64>,
    /// Where charging stands.
    pub status: ChargingStatus,
    /// What the car is plugged into.
    pub charger: Option<Charger>,
    /// Energy that the last session brought, kWh.
    pub added_kwh: f64,
    /// What it has above the temperature outside, degrees Celsius.
    pub excess: f64,
    /// Whether it is being heated.
    pub heater: bool,
    /// The part of its power that it takes at its temperature. Looked at when charging begins, and at times while it goes
    /// on.
    pub acceptance: f64,
    /// Whether the door of the charge port is open.
    pub port_open: bool,
    /// Whether a plugged cable was released.
    pub latch_open: bool,
    /// How often in a row it was charged to full.
    pub full_charges: i64,
    /// What came and went since this state began.
    pub meter: Meter,
}

/// Sums in kWh. At any time: change of the battery's energy = wall - charging loss - climate - standby
/// - drive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meter {
    /// Taken from the charger.
    pub wall_kwh: f64,
    /// Lost between charger and battery.
    pub charging_loss_kwh: f64,
    /// Used by the climate system and the battery's heater.
    pub climate_kwh: f64,
    /// Used by computers, sentry mode and sleep.
    pub standby_kwh: f64,
    /// Used by the motor. The only sum that also falls: braking brings energy back.
    pub drive_kwh: f64,
}

impl Meter {
    /// Used by everything, kWh.
    pub(crate) fn used_kwh(&self) -> f64 {
        self.climate_kwh + self.standby_kwh + self.drive_kwh
    }
}

impl Default for Battery {
    fn default() -> Self {
        Self {
            energy_kwh: 0.0,
            limit_percent: 80,
            amps: 16,
            managed_amps: None,
            status: ChargingStatus::Disconnected,
            charger: None,
            added_kwh: 0.0,
            excess: 0.0,
            heater: false,
            acceptance: 1.0,
            port_open: false,
            latch_open: false,
            full_charges: 0,
            meter: Meter::default(),
        }
    }
}

impl Battery {
    /// The charge limits that can be set, percent.
    pub const LIMITS: RangeInclusive<i64> = LIMIT_MIN..=LIMIT_MAX;

    /// Whether energy flows from the charger.
    #[must_use]
    pub fn is_charging(&self) -> bool {
        self.status == ChargingStatus::Charging
    }

    /// Whether a charger gives power, so that the climate system need not use the battery alone.
    pub(crate) fn has_shore_power(&self) -> bool {
        self.offered_kw() > 0.0 && !matches!(self.status, ChargingStatus::Disconnected | ChargingStatus::NoPower)
    }

    /// Whether it charges, and with some current: it can be set to none.
    pub(crate) fn is_fed(&self) -> bool {
        self.is_charging() && self.has_shore_power()
    }

    /// Charging is complete: counts charges to full in a row.
    pub(crate) fn count_full_charge(&mut self) {
        self.full_charges = if self.limit_percent == LIMIT_MAX { self.full_charges + 1 } else { 0 };
    }

    /// Whether it is at a fast charger.
    pub(crate) fn is_fast(&self) -> bool {
        self.charger.is_some_and(|charger| charger.fast)
    }

    /// The current that it may take, A.
    pub(crate) fn allowed_amps(&self) -> i64 {
        self.managed_amps.map_or(self.amps, |most| most.min(self.amps))
    }

    /// What the charger gives at the current set, kW. A fast charger gives all that it has.
    pub(crate) fn offered_kw(&self) -> f64 {
        self.charger
            .map_or(0.0, |charger| charger.kilowatts(if charger.fast { charger.amps } else { self.allowed_amps() }))
    }

    /// The part of the charger's power that reaches the battery.
    pub(crate) fn efficiency(&self) -> f64 {
        self.charger.unwrap_or(Charger::SINGLE_PHASE_48_A).efficiency()
    }
}

/// How fast a battery of a given size takes energy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChargeCurve {
    /// Energy of the full battery, kWh.
    pub(crate) capacity_kwh: f64,
    /// The most that it ever takes, kW.
    pub(crate) peak_kw: f64,
}

impl ChargeCurve {
    /// What the battery takes at an energy, kW.
    pub(crate) fn accepts(&self, energy: f64) -> f64 {
        let (slope, _) = self.segment(energy);
        slope.at(energy)
    }

    /// Charges with `input` kW for `hours` (possibly infinite) or until `limit` kWh: the energy then, and the hours it took.
    ///
    /// Solved piece by piece in closed form, so that two short runs give what one long run gives.
    pub(crate) fn charge(&self, mut energy: f64, limit: f64, input: f64, hours: f64) -> (f64, f64) {
        if input <= 0.0 {
            return (energy, hours);
        }
        let mut used = 0.0;
        while used < hours && energy < limit {
            let (line, end) = self.segment(energy);
            let mut end = end.min(limit);
            let tapering = line.at(energy) <= input * (1.0 + 1e-9);
            if !tapering && line.at(end) < input {
                // The piece begins with all of the input and tapers from here on.
                end = (line.start + (input - line.kw) / line.slope).clamp(energy, end);
            }
            let left = hours - used;
            let (needed, reached) =
                if tapering { line.taper(energy, end, left) } else { steady(energy, end, input, left) };
            if needed >= left {
                return (reached, hours);
            }
            used += needed;
            energy = end;
        }
        (energy, used)
    }

    /// The piece of the curve at an energy, and the energy where it ends.
    fn segment(&self, energy: f64) -> (Line, f64) {
        let share = energy / self.capacity_kwh;
        let last = CURVE.len() - 2;
        let index = (0..last).find(|index| share < CURVE[index + 1].0 * (1.0 - 1e-12)).unwrap_or(last);
        let ((from, high), (to, low)) = (CURVE[index], CURVE[index + 1]);
        let slope = (low - high) * self.peak_kw / ((to - from) * self.capacity_kwh);
        let line = Line { start: from * self.capacity_kwh, kw: high * self.peak_kw, slope };
        (line, to * self.capacity_kwh)
    }
}

/// A straight, falling piece of the curve.
#[derive(Clone, Copy, Debug)]
struct Line {
    start: f64,
    kw: f64,
    slope: f64,
}

impl Line {
    fn at(self, energy: f64) -> f64 {
        self.kw + self.slope * (energy - self.start)
    }

    /// Hours from one energy to another along the line, and the energy after `hours`.
    fn taper(self, energy: f64, end: f64, hours: f64) -> (f64, f64) {
        let needed = (self.at(end) / self.at(energy)).ln() / self.slope;
        let reached = energy + self.at(energy) / self.slope * (self.slope * hours).exp_m1();
        (needed, reached.min(end))
    }
}

/// Hours from one energy to another at constant power, and the energy after `hours`.
fn steady(energy: f64, end: f64, input: f64, hours: f64) -> (f64, f64) {
    ((end - energy) / input, (energy + input * hours).min(end))
}
