//! Protection of a parked car's cabin from the sun.

use serde::{Deserialize, Serialize};

use crate::time::HOUR;

/// It watches for so long after the car was left.
const WATCHING_TIME: i64 = 12 * HOUR;
/// Fans alone leave the cabin so much warmer than the outside, degrees Celsius.
const ABOVE_OUTSIDE: f64 = 3.0;

/// How the cabin is kept from heating up: `cabin_overheat_protection` on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OverheatMode {
    /// It is not.
    #[default]
    Off,
    /// The climate system cools.
    On,
    /// Fans blow.
    FanOnly,
}

impl OverheatMode {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::On => "On",
            Self::FanOnly => "FanOnly",
        }
    }
}

/// From which temperature on: `cop_activation_temperature` on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OverheatLevel {
    /// 30 degrees Celsius.
    Low,
    /// 35 degrees Celsius.
    Medium,
    /// 40 degrees Celsius.
    #[default]
    High,
}

impl OverheatLevel {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }

    /// The temperature, degrees Celsius.
    #[must_use]
    pub const fn celsius(self) -> f64 {
        match self {
            Self::Low => 30.0,
            Self::Medium => 35.0,
            Self::High => 40.0,
        }
    }
}

/// The protection and what it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OverheatProtection {
    /// How.
    pub mode: OverheatMode,
    /// From which temperature on.
    pub level: OverheatLevel,
    /// Until when it watches.
    pub until: Option<i64>,
    /// Whether it cools now.
    pub cooling: bool,
}

impl OverheatProtection {
    /// The car was left: from now on it watches, if it is switched on.
    pub(crate) fn arm(&mut self, now: i64) {
        self.until = (self.mode != OverheatMode::Off).then_some(now + WATCHING_TIME);
    }

    pub(crate) fn disarm(&mut self) {
        (self.until, self.cooling) = (None, false);
    }

    pub(crate) fn is_armed(&self, now: i64) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// The temperature that it works for, degrees Celsius.
    pub(super) fn goal(&self, outside: f64) -> f64 {
        match self.mode {
            OverheatMode::FanOnly => self.level.celsius().max(outside + ABOVE_OUTSIDE),
            OverheatMode::Off | OverheatMode::On => self.level.celsius(),
        }
    }
}
