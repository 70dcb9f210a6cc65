//! What the household uses, and when its cars charge.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::profile::{EnergySiteProfile, Spell};
use super::{CELL, CELLS_OF_A_DAY, ConnectedCar, Draw, EnergySite};
use crate::time::{DAY, HOUR, SECOND, from_local, offset, span};

/// Power of a wall connector with a car that charges by habit, W.
const CONNECTOR_W: f64 = 7_400.0;
/// What a car needs, Wh, and longer than it takes.
const CAR_NEEDS: (f64, f64) = (4_000.0, 28_000.0);
pub(super) const LONGEST_SESSION: i64 = 4 * HOUR;
/// On how many of a hundred evenings a car charges.
const EVENINGS: f64 = 40.0;

/// When the household is at home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Household {
    /// Somebody is at home on most days.
    #[default]
    Family,
    /// Nobody is, from morning to evening.
    Commuters,
    /// Everybody works at home.
    HomeOffice,
}

impl Household {
    /// Use that never ends, then how much more in the morning, at noon and in the evening.
    const fn weights(self) -> [f64; 4] {
        match self {
            Self::Family => [0.5, 1.3, 0.5, 2.4],
            Self::Commuters => [0.4, 1.6, 0.1, 2.8],
            Self::HomeOffice => [0.7, 0.9, 1.4, 1.7],
        }
    }

    /// Each cell's use on the wall clock, as a part of the average.
    fn day(self) -> Vec<f64> {
        let [base, morning, noon, evening] = self.weights();
        let power = |cell: usize| {
            let hour = (cell as f64 + 0.5) / 12.0;
            let bump = |at: f64, width: f64| (-((hour - at) / width).powi(2)).exp();
            base + morning * bump(7.5, 1.2) + noon * bump(12.5, 1.5) + evening * bump(19.0, 2.2)
        };
        let day: Vec<f64> = (0..CELLS_OF_A_DAY).map(power).collect();
        let average = day.iter().sum::<f64>() / day.len() as f64;
        day.into_iter().map(|power| power / average).collect()
    }
}

/// A household's habits, cell by cell.
#[derive(Debug)]
pub(super) struct Habits {
    working_day: Vec<f64>,
    weekend: Vec<f64>,
}

impl Habits {
    pub(super) fn of(household: Household) -> Self {
        Self { working_day: household.day(), weekend: Household::HomeOffice.day() }
    }

    /// Use at a moment of the wall clock, as a part of the average.
    pub(super) fn at(&self, local: i64) -> f64 {
        // The epoch was a Thursday.
        let weekend = (local.div_euclid(DAY) + 3).rem_euclid(7) >= 5;
        let day = if weekend { &self.weekend } else { &self.working_day };
        let cell = local.rem_euclid(DAY) / CELL;
        usize::try_from(cell).ok().and_then(|cell| day.get(cell)).copied().unwrap_or(1.0)
    }
}

/// A car at a wall connector that takes, or would take, the same power for a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ChargeSession {
    pub(super) connector: i64,
    pub(super) spell: Spell,
    pub(super) watts: f64,
}

impl EnergySite {
    /// The cars that charge within a time, by their beginnings: the household's as they did; others, and the household's
    /// before anything is known of them, by habit.
    pub(super) fn charge_sessions(&self, zone: &TimeZone, from: i64, until: i64) -> Vec<ChargeSession> {
        let mut sessions = self.habitual_sessions(zone, from, until);
        for (connector, car) in self.cars_by_connector() {
            let session =
                |Draw { from, until, watts }| ChargeSession { connector, spell: Spell { from, until }, watts };
            sessions.extend(car.pieces(from, until).map(session));
        }
        sessions.sort_by_key(|session| session.spell.from);
        sessions
    }

    /// The cars that charge by habit within a time.
    pub(super) fn habitual_sessions(&self, zone: &TimeZone, from: i64, until: i64) -> Vec<ChargeSession> {
        let profile = &self.profile;
        if profile.wall_connectors == 0 {
            return Vec::new();
        }
        let day = |now: i64| (now + offset(zone, now)).div_euclid(DAY);
        // A session that began in the evening before may go on.
        let evenings = day(from) - 1..=day(until);
        let all = evenings.flat_map(|day| (0..profile.wall_connectors).map(move |connector| (day, connector)));
        let sessions = all.filter_map(|(day, connector)| profile.charge_session(zone, day, connector));
        let sessions = sessions.filter_map(|session| self.until_known(session));
        sessions
            .filter(|session| session.spell.meets(from, until) && session.spell.from >= profile.installed_at)
            .collect()
    }

    /// The household's cars and the numbers of their wall connectors.
    pub(super) fn cars_by_connector(&self) -> impl Iterator<Item = (i64, &ConnectedCar)> {
        let connector = |car: &ConnectedCar| self.profile.cars.iter().position(|vin| *vin == car.vin);
        let cars = self.cars.iter().filter_map(move |car| Some((i64::try_from(connector(car)?).ok()?, car)));
        cars.filter(|(connector, _)| *connector < self.profile.wall_connectors)
    }

    /// What of a session was before the connector knew its car.
    fn until_known(&self, mut session: ChargeSession) -> Option<ChargeSession> {
        if let Some((_, car)) = self.cars_by_connector().find(|(connector, _)| *connector == session.connector) {
            session.spell.until = session.spell.until.min(car.since);
        }
        (session.spell.from < session.spell.until).then_some(session)
    }
}

impl EnergySiteProfile {
    /// The session at a connector in the evening of a day since the epoch. It is over before the next evening.
    fn charge_session(&self, zone: &TimeZone, day: i64, connector: i64) -> Option<ChargeSession> {
        let seed = self.seed().at("connector").nth(connector).nth(day);
        if seed.at("happens").unit() * 100.0 >= EVENINGS {
            return None;
        }
        let evening = 17 * HOUR + seed.at("from").below(6 * 3600) * SECOND;
        let from = from_local(zone, day * DAY + evening);
        let energy = seed.at("energy").between(CAR_NEEDS.0, CAR_NEEDS.1);
        let takes = span(energy / CONNECTOR_W).div_euclid(SECOND) * SECOND;
        Some(ChargeSession { connector, spell: Spell { from, until: from + takes }, watts: CONNECTOR_W })
    }
}
