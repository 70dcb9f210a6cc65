//! Falling asleep and waking up.

use serde::{Deserialize, Serialize};

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
