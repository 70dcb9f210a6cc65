//! The wall connector at home, where an energy site wants to know what the car takes.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Vehicle;
use super::battery::ChargingStatus;
use crate::energy_site::{ConnectedCar, Draw, PAUSE_IN_SESSION, Spell};
use crate::time::hours;

/// How many draws are kept. Beyond them the oldest sessions are told at their average power, and then, which is after as many
/// sessions, forgotten.
const MOST_DRAWS: usize = 256;
/// Powers closer than this are equal, W.
const SAME_W: f64 = 0.5;
const WATTS_IN_KW: f64 = 1000.0;

/// A wall connector, which feeds only this car.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WallConnector {
    /// From when on it is known what the car took there.
    pub since: i64,
    /// When the grid is away, and the connector has no power.
    pub outages: Vec<Spell>,
    /// What the car took, in order.
    draws: VecDeque<Draw>,
}

impl WallConnector {
    /// Notes that the car took the same power for a time. The parts of one draw are one, wherever an advance stopped.
    fn note(&mut self, draw: Draw) {
        match self.draws.back_mut() {
            Some(last) if last.until == draw.from && (last.watts - draw.watts).abs() < SAME_W => {
                last.extend(&draw);
            }
            _ => self.draws.push_back(draw),
        }
        while self.draws.len() > MOST_DRAWS {
            if !self.merge_oldest() {
                self.since = self.draws.pop_front().map_or(self.since, |forgotten| forgotten.until);
            }
        }
    }

    /// Makes one of the two oldest draws of a session, at their average power, if there are any.
    fn merge_oldest(&mut self) -> bool {
        let one_session = |first: &Draw, next: &Draw| {
            let between = |outage: &Spell| outage.from < next.from && first.until < outage.until;
            next.from - first.until <= PAUSE_IN_SESSION && !self.outages.iter().any(between)
        };
        let mut pairs = self.draws.iter().zip(self.draws.iter().skip(1));
        let Some(index) = pairs.position(|(first, next)| one_session(first, next)) else { return false };
        if let (Some(next), Some(first)) = (self.draws.remove(index + 1), self.draws.get_mut(index)) {
            first.extend(&next);
        }
        true
    }
}

impl Vehicle {
    /// The same car with a wall connector at home, whose site has these outages.
    #[must_use]
    pub fn with_wall_connector(mut self, outages: Vec<Spell>) -> Self {
        let outages = outages.into_iter().filter(|outage| outage.until > self.updated_at).collect();
        self.wall_connector = Some(WallConnector { since: self.updated_at, outages, draws: VecDeque::new() });
        self
    }

    /// What its wall connector knows of it, as of the last advance; `None` when it has none.
    #[must_use]
    pub fn connected_car(&self) -> Option<ConnectedCar> {
        let connector = self.wall_connector.as_ref()?;
        let plugged_in = self.connector_in_use().is_some();
        Some(ConnectedCar {
            vin: self.profile.vin.clone(),
            since: connector.since,
            plugged_in,
            seen_at: self.updated_at,
            watts: if plugged_in { self.wall_kw(self.updated_at) * WATTS_IN_KW } else { 0.0 },
            draws: connector.draws.iter().copied().collect(),
        })
    }

    /// The wall connector, while the car is plugged in there.
    fn connector_in_use(&self) -> Option<&WallConnector> {
        let plugged = self.battery.charger.is_some_and(|charger| !charger.fast);
        self.wall_connector.as_ref().filter(|_| plugged && self.is_at_home())
    }

    /// Notes what went through the charge port in a time, kWh, if that was at the wall connector.
    pub(super) fn note_draw(&mut self, from: i64, until: i64, kwh: f64) {
        if kwh > 0.0 && self.connector_in_use().is_some() {
            let draw = Draw { from, until, watts: kwh * WATTS_IN_KW / hours(until - from) };
            self.wall_connector.iter_mut().for_each(|connector| connector.note(draw));
        }
    }

    /// Whether it is plugged in where there is no power now.
    pub(super) fn is_in_the_dark(&self) -> bool {
        let now = self.updated_at;
        self.connector_in_use().is_some_and(|connector| connector.outages.iter().any(|outage| outage.holds(now)))
    }

    /// When the power next goes or comes back where it is plugged in.
    pub(super) fn next_outage(&self) -> Option<i64> {
        let outages = self.connector_in_use()?.outages.iter();
        let edges = outages.flat_map(|outage| [outage.from, outage.until]);
        edges.filter(|edge| *edge > self.updated_at).min()
    }

    /// Lets the power go or come back. Once it is back, the car does what it would do if it were plugged in then.
    pub(super) fn settle_outage(&mut self) {
        let (plugged, without) = (self.connector_in_use().is_some(), self.battery.status == ChargingStatus::NoPower);
        match (plugged, self.is_in_the_dark()) {
            (true, true) if !without => {
                self.battery.status = ChargingStatus::NoPower;
                self.schedules.window = None;
                self.use_now();
                self.plan();
            }
            (true, false) if without => {
                self.use_now();
                self.charge_or_wait();
            }
            _ => {}
        }
    }
}
