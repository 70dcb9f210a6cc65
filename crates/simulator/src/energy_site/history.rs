//! Histories: what has been, in rows of the calendar.

use std::str::FromStr;

use fleetgate_protocol::energy::{
    BackupEvent, BackupHistory, CalendarHistory, ChargeHistory, ChargeHistoryEntry, EnergyHistory, EnergyRow,
    PowerHistory, PowerRow, Seconds, SelfConsumptionHistory, SelfConsumptionRow, SoeHistory, SoeRow,
};
use jiff::tz::TimeZone;

use super::calendar::{HistoryPeriod, Rows};
use super::household::ChargeSession;
use super::{Energies, EnergySite, Spell};
use crate::time::{SECOND, hours, local_in};

/// What a history tells: `kind` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryKind {
    /// Where energy came from and went.
    Energy,
    /// Average powers.
    Power,
    /// How full the batteries were.
    Soe,
    /// Times without the grid.
    Backup,
    /// How much of the use the site covered.
    SelfConsumption,
}

impl FromStr for HistoryKind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        match name {
            "energy" => Ok(Self::Energy),
            "power" => Ok(Self::Power),
            "soe" => Ok(Self::Soe),
            "backup" => Ok(Self::Backup),
            "self_consumption" => Ok(Self::SelfConsumption),
            _ => Err(()),
        }
    }
}

/// A row before it is written: when it begins and ends, the charge at its beginning, how much of it is told, and what
/// was moved in that.
#[derive(Clone, Copy, Debug)]
struct Row {
    from: i64,
    until: i64,
    energy_wh: f64,
    told: i64,
    sum: Energies,
}

/// Three digits after the point, and no negative zero.
fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0 + 0.0
}

fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole * 1000.0).round() / 10.0 } else { 0.0 }
}

impl EnergySite {
    /// A history of the rows that meet a time, on the wall clock of a zone. Nothing is told of what was before the
    /// installation, or will be after the moment of this state; the last row may be unfinished.
    #[must_use]
    pub fn calendar_history(
        &self,
        kind: HistoryKind,
        period: HistoryPeriod,
        zone: &TimeZone,
        from: i64,
        until: i64,
    ) -> CalendarHistory {
        let stamp = |row: &Row| local_in(zone, row.from);
        let installation_time_zone = self.profile.time_zone.clone();
        let serial_number = self.gateway_din();
        match kind {
            HistoryKind::Energy => CalendarHistory::Energy(EnergyHistory {
                period: period.as_str().to_owned(),
                installation_time_zone,
                time_series: self.rows(period.rows(), zone, from, until, |row| energy_row(stamp(row), &row.sum)),
            }),
            HistoryKind::Power => CalendarHistory::Power(PowerHistory {
                serial_number,
                installation_time_zone,
                time_series: self.rows(period.rows(), zone, from, until, |row| power_row(stamp(row), row)),
            }),
            HistoryKind::Soe => CalendarHistory::Soe(SoeHistory {
                serial_number,
                installation_time_zone,
                time_series: if self.profile.has_batteries() {
                    let capacity = self.profile.capacity_wh();
                    let soe = |row: &Row| SoeRow { timestamp: stamp(row), soe: percent(row.energy_wh, capacity) };
                    self.rows(period.rows(), zone, from, until, soe)
                } else {
                    Vec::new()
                },
            }),
            HistoryKind::Backup => CalendarHistory::Backup(self.backup_history(zone, from, until)),
            HistoryKind::SelfConsumption => {
                let rows = if period == HistoryPeriod::Day { Rows::Days } else { period.rows() };
                let row = |row: &Row| SelfConsumptionRow {
                    timestamp: stamp(row),
                    solar: percent(row.sum.solar_to_load, row.sum.load()),
                    battery: percent(row.sum.battery_to_load, row.sum.load()),
                };
                CalendarHistory::SelfConsumption(SelfConsumptionHistory {
                    period: period.as_str().to_owned(),
                    timezone: zone.iana_name().unwrap_or("UTC").to_owned(),
                    time_series: self.rows(rows, zone, from, until, row),
                })
            }
        }
    }

    /// The rows that meet a time.
    fn rows<T>(&self, rows: Rows, zone: &TimeZone, from: i64, until: i64, write: impl Fn(&Row) -> T) -> Vec<T> {
        let (from, until) = (from.max(self.begun_at()), until.min(self.updated_at));
        if from >= until {
            return Vec::new();
        }
        let (first, _) = rows.around(zone, from);
        let (last, end) = rows.around(zone, until - 1);
        let mut written = Vec::new();
        let mut open: Option<Row> = None;
        self.replay(first, end.max(last), |step| {
            if let Some(row) = open.filter(|row| step.from >= row.until) {
                written.push(write(&row));
                open = None;
            }
            let row = open.get_or_insert_with(|| {
                let (from, until) = rows.around(zone, step.from);
                Row { from, until, energy_wh: step.energy, told: 0, sum: Energies::default() }
            });
            row.told += step.until - step.from;
            row.sum += step.energies();
        });
        written.extend(open.map(|row| write(&row)));
        written
    }

    /// The outages that began within a time and are over.
    fn backup_history(&self, zone: &TimeZone, from: i64, until: i64) -> BackupHistory {
        let mut outages = self.backups(from, until);
        outages.sort_by_key(|outage| std::cmp::Reverse(outage.from));
        let event = |outage: &Spell| BackupEvent {
            timestamp: local_in(zone, outage.from),
            duration: (outage.until - outage.from) / SECOND,
        };
        let events: Vec<_> = outages.iter().map(event).collect();
        BackupHistory { total_events: events.len() as i64, events }
    }

    /// The outages that batteries bridged.
    pub(super) fn backups(&self, from: i64, until: i64) -> Vec<Spell> {
        let told = |outage: &&Spell| {
            self.profile.has_batteries()
                && outage.from >= from.max(self.begun_at())
                && outage.from < until
                && outage.until <= self.updated_at
        };
        self.profile.outages.iter().filter(told).copied().collect()
    }

    /// The sessions at the wall connectors that began within a time and are over. A car that had to wait during an
    /// outage got less.
    #[must_use]
    pub fn charge_history(&self, from: i64, until: i64) -> ChargeHistory {
        let zone = self.zone();
        let (from, until) = (from.max(self.begun_at()), until.min(self.updated_at));
        if from >= until {
            return ChargeHistory { charge_history: Vec::new() };
        }
        let by_habit = self.habitual_sessions(&zone, from, until).into_iter();
        let by_habit = by_habit.map(|session| (session.spell, self.charged(&zone, &session)));
        let by_cars = self.cars_by_connector().flat_map(|(_, car)| car.sessions());
        let mut sessions: Vec<_> = by_habit.chain(by_cars).collect();
        sessions.retain(|(spell, _)| (from..until).contains(&spell.from) && spell.until <= self.updated_at);
        sessions.sort_by_key(|(spell, _)| spell.from);
        let told = sessions.into_iter().map(|(spell, energy)| ChargeHistoryEntry {
            charge_start_time: Seconds { seconds: spell.from.div_euclid(SECOND) },
            charge_duration: Seconds { seconds: (spell.until - spell.from) / SECOND },
            energy_added_wh: energy.round() as i64,
        });
        ChargeHistory { charge_history: told.collect() }
    }

    /// What a car that charges by habit got in its session, Wh. Cars that charge at once share what there is.
    fn charged(&self, zone: &TimeZone, session: &ChargeSession) -> f64 {
        let ChargeSession { spell, watts, .. } = *session;
        if !self.profile.outages.iter().any(|outage| outage.meets(spell.from, spell.until)) {
            return watts * hours(spell.until - spell.from);
        }
        let sessions = self.charge_sessions(zone, spell.from, spell.until);
        let mut sum = 0.0;
        self.replay(spell.from, spell.until, |step| {
            let sharing = sessions.iter().filter(|session| session.spell.holds(step.from));
            let wanted: f64 = sharing.map(|session| session.watts).sum();
            sum += step.energies().to_vehicles * watts / wanted.max(watts);
        });
        sum
    }
}

fn energy_row(timestamp: String, sum: &Energies) -> EnergyRow {
    EnergyRow {
        timestamp,
        solar_energy_exported: thousandths(sum.solar()),
        grid_energy_imported: thousandths(sum.grid_import()),
        grid_energy_exported_from_solar: thousandths(sum.solar_to_grid),
        grid_energy_exported_from_battery: thousandths(sum.battery_to_grid),
        battery_energy_exported: thousandths(sum.discharge()),
        battery_energy_imported_from_grid: thousandths(sum.grid_to_battery),
        battery_energy_imported_from_solar: thousandths(sum.solar_to_battery),
        consumer_energy_imported_from_grid: thousandths(sum.grid_to_load),
        consumer_energy_imported_from_solar: thousandths(sum.solar_to_load),
        consumer_energy_imported_from_battery: thousandths(sum.battery_to_load),
        total_home_usage: thousandths(sum.load()),
        total_battery_charge: thousandths(sum.charge()),
        total_battery_discharge: thousandths(sum.discharge()),
        total_solar_generation: thousandths(sum.solar()),
        total_grid_energy_exported: thousandths(sum.grid_export()),
        ..EnergyRow::default()
    }
}

fn power_row(timestamp: String, row: &Row) -> PowerRow {
    let average = |energy: f64| thousandths(energy / hours(row.told));
    let sum = &row.sum;
    PowerRow {
        timestamp,
        solar_power: average(sum.solar()),
        battery_power: average(sum.discharge() - sum.charge()),
        grid_power: average(sum.grid_import() - sum.grid_export()),
        grid_services_power: 0.0,
        generator_power: 0.0,
    }
}
