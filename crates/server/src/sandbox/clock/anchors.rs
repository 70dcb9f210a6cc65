//! The arithmetic of the sandbox's clock: a straight line through a moment of the machine's clock.

use serde::{Deserialize, Serialize};

use super::change::{Change, ClockError, Rate};

/// The last moment that the clock shows, microseconds since the Unix epoch: 2100-01-01T00:00:00Z. There it stands.
pub(super) const LAST: i64 = 4_102_444_800_000_000;

/// How the sandbox's time follows from the machine's, as it is kept in the database. Times are microseconds since the
/// Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Anchors {
    /// Counts the changes.
    pub(super) version: u64,
    /// The newest version that the running sandbox goes by.
    pub(super) followed: u64,
    /// What the sandbox's clock showed …
    pub(super) simulated: i64,
    /// … when the machine's showed this.
    pub(super) real: i64,
    /// How fast it runs since.
    pub(super) rate: Rate,
}

impl Default for Anchors {
    /// The machine's clock itself.
    fn default() -> Self {
        Self { version: 0, followed: 0, simulated: 0, real: 0, rate: Rate::REAL }
    }
}

impl Anchors {
    /// What the sandbox's clock shows when the machine's shows `real`. A machine's clock that was put back before the
    /// anchor makes it stand.
    pub(super) fn at(&self, real: i64) -> i64 {
        let elapsed = self.rate.of(real.saturating_sub(self.real).max(0));
        self.simulated.saturating_add(elapsed).min(LAST)
    }

    /// The clock after a change that is made at `real`, when it shows `now` or already more.
    ///
    /// # Errors
    /// [`ClockError::Backwards`] and [`ClockError::TooFar`].
    pub(super) fn changed(&self, change: Change, real: i64, now: i64) -> Result<Self, ClockError> {
        let now = now.max(self.at(real));
        let (simulated, rate) = match change {
            Change::Set(moment) if moment.0 < now => return Err(ClockError::Backwards { now }),
            Change::Set(moment) => (moment.0, self.rate),
            Change::Advance(span) => (now.saturating_add(span.0), self.rate),
            Change::Freeze(true) => (now, Rate::FROZEN),
            Change::Freeze(false) if self.rate == Rate::FROZEN => (now, Rate::REAL),
            Change::Freeze(false) => (now, self.rate),
            Change::Rate(rate) => (now, rate),
        };
        if simulated > LAST {
            return Err(ClockError::TooFar);
        }
        Ok(Self { version: self.version + 1, simulated, real, rate, ..*self })
    }

    /// The same clock as the running sandbox goes by it from `real` on: it never shows less than it has shown.
    pub(super) fn followed(&self, real: i64, now: i64) -> Self {
        Self { followed: self.version, simulated: now.max(self.at(real)), real, ..*self }
    }
}
