//! What of a car opens: trunks, windows, roofs.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::time::SECOND;

/// How fast a motor moves a cover, percent of its way each second.
const COVER_SPEED: f64 = 5.0;
/// How far a vented sunroof is open, percent.
pub(crate) const SUNROOF_VENT: f64 = 15.0;

/// What of a car is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Closures {
    /// Whether the front trunk is open.
    pub front_trunk: bool,
    /// Whether the rear trunk is open.
    pub rear_trunk: bool,
    /// Whether the windows are open a little.
    pub windows: bool,
    /// The sunroof, on cars that have one.
    pub sunroof: Cover,
    /// The cover over the bed of a pick-up.
    pub tonneau: Cover,
}

impl Closures {
    /// Whether something is open that keeps a car awake.
    pub(super) const fn keep_awake(&self) -> bool {
        self.front_trunk || self.rear_trunk
    }

    /// Somebody closes the trunks by hand, as before a drive.
    pub(super) const fn close_trunks(&mut self) {
        self.front_trunk = false;
        self.rear_trunk = false;
    }
}

/// A cover that a motor moves. Where it is follows from where it was sent and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cover {
    /// How far open it was when it began to move, percent.
    from: f64,
    /// How far open it is in the end, percent.
    to: f64,
    /// When it began to move.
    since: i64,
}

impl Cover {
    /// How far open it is, percent.
    pub(super) fn percent_open(&self, now: i64) -> f64 {
        let moved = (now - self.since).max(0) as f64 / SECOND as f64 * COVER_SPEED;
        if moved >= (self.to - self.from).abs() { self.to } else { self.from + moved * (self.to - self.from).signum() }
    }

    pub(super) fn is_moving(&self, now: i64) -> bool {
        self.percent_open(now) != self.to
    }

    /// Moves it.
    pub(super) fn send(&mut self, to: f64, now: i64) {
        *self = Self { from: self.percent_open(now), to, since: now };
    }

    /// Stops it where it is.
    pub(super) fn stop(&mut self, now: i64) {
        self.send(self.percent_open(now), now);
    }

    /// `closed`, `open`, `vent`, or how it moves.
    pub(super) fn state(&self, now: i64) -> &'static str {
        match (self.is_moving(now), self.to - self.from, self.percent_open(now)) {
            (true, way, _) if way > 0.0 => "opening",
            (true, ..) => "closing",
            (false, _, percent) if percent <= 0.0 => "closed",
            (false, _, percent) if percent <= SUNROOF_VENT => "vent",
            (false, ..) => "open",
        }
    }
}
