//! Falling asleep and waking up.

use serde::{Deserialize, Serialize};

use super::{SAME_KWH, SENTRY_NEEDS, Vehicle};
use crate::time::MINUTE;

/// A car that nobody uses falls asleep after this.
pub(crate) const QUIET_TIME: i64 = 15 * MINUTE;

/// Whether the car's computers run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Wakefulness {
    /// They are off.
    Asleep,
    /// They start.
    Waking {
        /// When they are up.
        until: i64,
    },
    /// They run.
    Awake {
        /// When the car last had something to do.
        used_at: i64,
    },
}

impl Default for Wakefulness {
    fn default() -> Self {
        Self::Awake { used_at: 0 }
    }
}

impl Vehicle {
    /// Whether somebody or something beside battery and climate system keeps the car awake: a person in it, an open
    /// trunk, its sockets, or new software. Being unlocked, in valet mode or shared does not.
    pub(super) fn is_kept_awake(&self) -> bool {
        self.sentry
            || self.is_occupied()
            || self.closures.keep_awake()
            || self.settings.accessory_power
            || self.software.keeps_awake()
    }

    /// Whether the car may keep watch or power its sockets, which keeps it awake: parked, not saving power, and with
    /// enough in the battery.
    pub(super) fn may_keep_watch(&self) -> bool {
        !self.is_driving() && !self.settings.low_power && !self.is_low()
    }

    /// Ends what a low battery cannot keep up.
    pub(super) fn settle_watch(&mut self) {
        if (self.sentry || self.settings.accessory_power) && self.is_low() {
            self.sentry = false;
            self.settings.accessory_power = false;
            self.use_now();
        }
    }

    /// Whether the battery is too low to keep a parked car awake for nothing.
    fn is_low(&self) -> bool {
        let low = SENTRY_NEEDS * self.profile.battery_kwh + SAME_KWH;
        self.battery.energy_kwh <= low && !self.battery.has_shore_power() && !self.is_driving()
    }

    /// Switches the computers off; what played stops.
    pub(super) fn fall_asleep(&mut self) {
        self.wakefulness = Wakefulness::Asleep;
        self.media.stop(self.updated_at);
    }
}
