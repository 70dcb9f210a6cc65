//! The household's cars at the wall connectors, as far as the connectors know of them.

use serde::{Deserialize, Serialize};

use super::household::LONGEST_SESSION;
use super::{CELL, Spell};
use crate::time::{MINUTE, hours};

/// A car that takes nothing for longer than this has ended its session.
pub(crate) const PAUSE_IN_SESSION: i64 = 15 * MINUTE;

/// What a car took at one power; on disk `[from, until, watts]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "(i64, i64, f64)", into = "(i64, i64, f64)")]
pub struct Draw {
    /// When it began, microseconds since the epoch.
    pub from: i64,
    /// When it ended.
    pub until: i64,
    /// Power, W.
    pub watts: f64,
}

impl From<(i64, i64, f64)> for Draw {
    fn from((from, until, watts): (i64, i64, f64)) -> Self {
        Self { from, until, watts }
    }
}

impl From<Draw> for (i64, i64, f64) {
    fn from(Draw { from, until, watts }: Draw) -> Self {
        (from, until, watts)
    }
}

impl Draw {
    /// Energy, Wh.
    pub(crate) fn energy_wh(&self) -> f64 {
        self.watts * hours(self.until.saturating_sub(self.from))
    }

    /// Goes on as another did, at the average power of both.
    pub(crate) fn extend(&mut self, next: &Self) {
        let energy = self.energy_wh() + next.energy_wh();
        self.until = next.until;
        self.watts = energy / hours(self.until - self.from);
    }
}

/// A car of the household at its wall connector.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectedCar {
    /// Its vehicle identification number.
    pub vin: String,
    /// From when on it is known what it took.
    pub since: i64,
    /// The moment up to which it is.
    pub seen_at: i64,
    /// Whether it is plugged in at that moment.
    pub plugged_in: bool,
    /// What it takes at that moment, W.
    pub watts: f64,
    /// What it took before, in order.
    pub draws: Vec<Draw>,
}

impl ConnectedCar {
    /// What it took, and what it takes now, as if that went on for a while.
    fn known(&self) -> impl Iterator<Item = Draw> {
        let now = Draw { from: self.seen_at, until: self.seen_at + CELL, watts: self.watts };
        self.draws.iter().copied().chain((self.watts > 0.0).then_some(now))
    }

    /// The same within a time, in pieces, none of which is longer than a session by habit can be.
    pub(super) fn pieces(&self, from: i64, until: i64) -> impl Iterator<Item = Draw> {
        let met = self.known().filter(move |draw| draw.from < until && from < draw.until);
        met.flat_map(move |draw| {
            let (from, until) = (draw.from.max(from), draw.until.min(until));
            let begins = std::iter::successors(Some(from), |begin| Some(begin + LONGEST_SESSION));
            let begins = begins.take_while(move |begin| *begin < until);
            begins.map(move |from| Draw { from, until: until.min(from + LONGEST_SESSION), ..draw })
        })
    }

    /// When it charged, and how much it took, Wh. A session that goes on, or may after a pause, ends in the future.
    pub(super) fn sessions(&self) -> Vec<(Spell, f64)> {
        let mut sessions: Vec<(Spell, f64)> = Vec::new();
        for draw in self.known() {
            match sessions.last_mut().filter(|(spell, _)| draw.from - spell.until <= PAUSE_IN_SESSION) {
                Some((spell, energy)) => {
                    spell.until = draw.until;
                    *energy += draw.energy_wh();
                }
                None => sessions.push((Spell { from: draw.from, until: draw.until }, draw.energy_wh())),
            }
        }
        if let Some((last, _)) = sessions.last_mut().filter(|(last, _)| self.seen_at - last.until <= PAUSE_IN_SESSION) {
            last.until = last.until.max(self.seen_at + CELL);
        }
        sessions
    }
}
