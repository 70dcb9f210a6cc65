//! The course of things: from outside, piece by piece, and through the batteries.

use jiff::tz::TimeZone;

use super::flow::{Energies, Flow, Outside, Rules};
use super::household::{ChargeSession, LONGEST_SESSION};
use super::profile::{EnergySiteProfile, Spell};
use super::settings::{OperationMode, Settings};
use super::tariff::{Price, Rates};
use super::weather::Weather;
use super::{CELL, EnergySite, Tariff};
use crate::time::{hours, next_cell, span};

/// What comes from outside, as pieces in which it does not change.
#[derive(Debug)]
pub(super) struct Course<'a> {
    profile: &'a EnergySiteProfile,
    settings: Settings,
    rates: Option<Rates>,
    weather: Weather<'a>,
    sessions: Vec<ChargeSession>,
    /// The moments within cells at which something begins or ends, in order.
    edges: Vec<i64>,
    next_edge: usize,
    /// What holds until the next edge.
    grid: bool,
    storm: bool,
    fill: bool,
    /// What the cars take, W.
    vehicles: f64,
}

impl<'a> Course<'a> {
    /// The course from a moment to another.
    pub(super) fn new(
        site: &'a EnergySite,
        zone: &'a TimeZone,
        (settings, tariff): (Settings, Option<&Tariff>),
        from: i64,
        until: i64,
    ) -> Self {
        let profile = &site.profile;
        let sessions = site.charge_sessions(zone, from, until);
        let spells = profile.outages.iter().chain(&profile.storms).chain(&settings.manual_backup).copied();
        let spells = spells.chain(sessions.iter().map(|session| session.spell));
        let mut edges: Vec<i64> = spells.flat_map(|Spell { from, until }| [from, until]).collect();
        edges.retain(|edge| (from..until).contains(edge));
        edges.sort_unstable();
        edges.dedup();
        let autonomous = settings.mode == OperationMode::Autonomous;
        let mut course = Self {
            rates: autonomous.then(|| tariff.map_or_else(Rates::standard, Tariff::rates)),
            weather: Weather::new(profile, zone, from),
            profile,
            settings,
            sessions,
            edges,
            next_edge: 0,
            grid: true,
            storm: false,
            fill: false,
            vehicles: 0.0,
        };
        course.look(from);
        course
    }

    /// Finds what holds from a moment on.
    fn look(&mut self, now: i64) {
        let holds = |spells: &[Spell]| spells.iter().any(|spell| spell.holds(now));
        self.grid = !holds(&self.profile.outages);
        self.storm = holds(&self.profile.storms);
        let manual = self.settings.manual_backup.is_some_and(|spell| spell.holds(now));
        self.fill = manual || (self.storm && self.settings.storm_mode);
        let begun = self.sessions.partition_point(|session| session.spell.from <= now);
        let recent = self.sessions[..begun].iter().rev().take_while(|it| it.spell.from > now - LONGEST_SESSION);
        self.vehicles = recent.filter(|session| session.spell.holds(now)).map(|session| session.watts).sum();
    }

    /// What holds at a moment, which must not be before the last, and the end of the piece that holds it.
    pub(super) fn piece(&mut self, now: i64, until: i64) -> (Outside, i64) {
        while let Some(edge) = self.edges.get(self.next_edge).filter(|edge| **edge <= now) {
            let edge = *edge;
            self.next_edge += 1;
            self.look(edge);
        }
        let cell = self.weather.cell(now, self.storm);
        let wall_clock = self.rates.as_ref().map(|_| self.weather.wall_clock(now));
        let price = self.rates.as_ref().zip(wall_clock).map_or(Price::Flat, |(rates, now)| rates.at(now));
        let outside = Outside {
            sun: cell.sun,
            household: cell.household,
            vehicles: self.vehicles,
            grid: self.grid,
            fill: self.fill,
            price,
        };
        let edge = self.edges.get(self.next_edge).copied().unwrap_or(until);
        (outside, next_cell(now, CELL).min(edge).min(until))
    }
}

/// A piece of the course in which the flow did not change.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) from: i64,
    pub(super) until: i64,
    /// In the batteries at its beginning, Wh.
    pub(super) energy: f64,
    pub(super) flow: Flow,
}

impl Step {
    pub(super) fn energies(&self) -> Energies {
        self.flow.energies(hours(self.until - self.from))
    }
}

/// Goes through a piece and answers the energy at its end. Batteries that become full, or arrive at a reserve, change
/// the flow within it.
pub(super) fn follow(
    rules: &Rules,
    outside: &Outside,
    mut energy: f64,
    from: i64,
    until: i64,
    mut seen: impl FnMut(&Step),
) -> f64 {
    let mut now = from;
    while now < until {
        let flow = rules.flow(outside, energy);
        let arrival = flow.arrival(energy).map(|(takes, energy)| (now + span(takes).max(1), energy));
        let (end, then) = match arrival {
            Some((arrival, energy)) if arrival <= until => (arrival, energy),
            _ => (until, flow.after(energy, hours(until - now))),
        };
        seen(&Step { from: now, until: end, energy, flow });
        (now, energy) = (end, then);
    }
    energy
}

/// How far back the first look for a forgotten beginning goes; each further one goes four times as far.
const FIRST_LOOK: i64 = 4 * crate::time::DAY;

impl EnergySite {
    /// Follows the batteries under the settings of a chapter from a moment to another.
    pub(super) fn walk(
        &self,
        choices: (Settings, Option<&Tariff>),
        zone: &TimeZone,
        energy: f64,
        from: i64,
        until: i64,
        mut seen: impl FnMut(&Step),
    ) -> f64 {
        let rules = Rules::of(&self.profile, &choices.0);
        let mut course = Course::new(self, zone, choices, from, until);
        let (mut now, mut energy) = (from, energy);
        while now < until {
            let (outside, end) = course.piece(now, until);
            energy = follow(&rules, &outside, energy, now, end, &mut seen);
            now = end;
        }
        energy
    }

    /// The energy in the batteries at a moment, from a known one before it.
    ///
    /// Batteries forget: what is full, empty or at its reserve does not depend on what was before. So two sites are
    /// followed, one that was full a few days ago, and one that was empty. Once they hold the same, so does every
    /// other, and a year is passed in the time of a few days. If they do not meet, one looks farther back, in the end
    /// to what is known.
    pub(super) fn energy_after(
        &self,
        choices: (Settings, Option<&Tariff>),
        zone: &TimeZone,
        (known_at, known): (i64, f64),
        now: i64,
    ) -> f64 {
        let rules = Rules::of(&self.profile, &choices.0);
        let mut back = FIRST_LOOK;
        while now - known_at > 2 * back {
            let from = (now - back).div_euclid(CELL) * CELL;
            let mut course = Course::new(self, zone, choices, from, now);
            let (mut at, mut low, mut high) = (from, 0.0, self.profile.capacity_wh());
            while at < now {
                let (outside, end) = course.piece(at, now);
                let same = low == high;
                low = follow(&rules, &outside, low, at, end, |_| ());
                high = if same { low } else { follow(&rules, &outside, high, at, end, |_| ()) };
                at = end;
            }
            if low == high {
                return low;
            }
            back *= 4;
        }
        self.walk(choices, zone, known, known_at, now, |_| ())
    }
}
