//! What a parked car starts by itself, on the clock at home: charging and preconditioning.

#[cfg(test)]
mod tests;

use fleetgate_protocol::vehicle_data::{ChargeSchedule, PreconditionSchedule};
use serde::{Deserialize, Serialize};

use super::battery::ChargingStatus;
use super::{SAME_KWH, Vehicle};
use crate::calendar::{Days, MINUTES, next_after};
use crate::sky::Coordinates;
use crate::time::{DAY, HOUR, MINUTE, span};

/// A schedule applies where the car is not further from its place than this, miles.
pub(crate) const NEAR_MILES: f64 = 0.2;
/// How many schedules of a kind a car keeps.
pub(crate) const MOST: usize = 50;
/// A car that is plugged in so long after the time at which it should begin begins at once.
const LATE: i64 = 6 * HOUR;
/// Charging for a departure is to be done so long before, minutes.
pub(crate) const BUFFER_MINUTES: i64 = 15;
/// Preconditioning begins so long before a departure, and waits so long for a driver who is late.
const LEAD: i64 = 20 * MINUTE;
const PATIENCE: i64 = 15 * MINUTE;
/// Preconditioning by schedule needs so much in a battery that no charger feeds, as a part of the full battery.
const PRECONDITIONING_NEEDS: f64 = 0.2;
/// A car with less missing than this part of the full battery does not begin.
const WORTH_CHARGING: f64 = 0.005;

/// The older way to schedule: one time for every day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScheduledChargingMode {
    /// None.
    #[default]
    Off,
    /// Charging begins at a time.
    StartAt,
    /// Charging is done by a time.
    DepartBy,
}

impl ScheduledChargingMode {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::StartAt => "StartAt",
            Self::DepartBy => "DepartBy",
        }
    }
}

/// Scheduled charging and scheduled departure. Times are minutes after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScheduledCharging {
    /// Which of the two is on.
    pub mode: ScheduledChargingMode,
    /// When charging begins.
    pub start: i64,
    /// When the car leaves.
    pub departure: i64,
    /// Whether charging ends with the off-peak hours.
    pub off_peak: bool,
    /// Whether it does so from Monday to Friday only.
    pub off_peak_weekdays: bool,
    /// When the off-peak hours end.
    pub off_peak_end: i64,
    /// Whether the cabin is ready at the departure.
    pub preconditioning: bool,
    /// Whether it is so from Monday to Friday only.
    pub preconditioning_weekdays: bool,
}

impl Default for ScheduledCharging {
    fn default() -> Self {
        Self {
            mode: ScheduledChargingMode::Off,
            start: 0,
            departure: 8 * 60,
            off_peak: false,
            off_peak_weekdays: false,
            off_peak_end: 6 * 60,
            preconditioning: false,
            preconditioning_weekdays: false,
        }
    }
}

impl ScheduledCharging {
    /// Days and minutes by which charging is to be done.
    fn goals(&self) -> Vec<(Days, i64)> {
        match (self.off_peak, self.off_peak_weekdays) {
            (false, _) => vec![(Days::ALL, self.departure)],
            (true, false) => vec![(Days::ALL, self.off_peak_end)],
            (true, true) => vec![(Days::WEEKDAYS, self.off_peak_end), (Days::WEEKEND, self.departure)],
        }
    }
}

/// Charging that the operator of chargers manages, for cars that charge at their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ManagedCharging {
    /// Where; everywhere unless given.
    pub place: Option<Coordinates>,
    /// The current that is allowed, A.
    pub amps: Option<i64>,
    /// When charging begins, minutes after midnight.
    pub start: Option<i64>,
    /// Whether somebody at the car went on without it.
    pub user_canceled: bool,
}

/// Everything that is scheduled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedules {
    /// When and where it charges.
    pub charge: Vec<ChargeSchedule>,
    /// When and where it is warm or cool at a time.
    pub precondition: Vec<PreconditionSchedule>,
    /// The older way.
    pub scheduled: ScheduledCharging,
    /// What the operator of chargers set; `None` when nobody ever did.
    pub managed: Option<ManagedCharging>,
    /// The schedule that is in force: charging began by it or within it.
    pub window: Option<ChargeSchedule>,
    /// Whether somebody began this session although a schedule wanted it later.
    pub overridden: bool,
}

/// The next moments at which something begins or ends by itself, microseconds since the epoch. They follow from the rest
/// of the state, and are kept so that the calendar need not be asked at every step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Agenda {
    /// Charging begins.
    pub charge_start: Option<i64>,
    /// Charging ends, full or not.
    pub charge_stop: Option<i64>,
    /// Preconditioning begins.
    pub precondition: Option<i64>,
    /// The owner drives.
    pub drive: Option<i64>,
}

impl Agenda {
    /// The first of all.
    pub(super) fn next(&self) -> Option<i64> {
        [self.charge_start, self.charge_stop, self.precondition, self.drive].into_iter().flatten().min()
    }
}

impl Vehicle {
    /// Draws up the agenda anew, after anything on which it depends has changed.
    pub(super) fn plan(&mut self) {
        self.agenda.precondition = self.next_preconditioning();
        self.agenda.charge_start = if self.battery.is_charging() { None } else { self.next_charge_start() };
        self.agenda.charge_stop = if self.battery.is_charging() { self.next_charge_stop() } else { None };
        self.battery.managed_amps = self.managed_here().and_then(|managed| managed.amps);
    }

    /// Begins to charge, unless the battery is full or a schedule wants it later.
    pub(super) fn charge_or_wait(&mut self) {
        (self.schedules.overridden, self.schedules.window) = (false, None);
        if self.battery.energy_kwh >= self.goal_kwh() - SAME_KWH {
            self.battery.status = ChargingStatus::Complete;
        } else if self.battery.is_fast() || !self.is_scheduled() || self.is_time_to_charge() {
            self.begin_charging();
            self.schedules.window = self.open_window();
        } else {
            self.battery.status = ChargingStatus::Stopped;
        }
        self.plan();
    }

    /// Whether charging waits for a time.
    pub(super) fn waits_to_charge(&self) -> bool {
        self.battery.status == ChargingStatus::Stopped && self.agenda.charge_start.is_some()
    }

    /// Makes the changes of the agenda that are due; that of the drive is the journey's.
    pub(super) fn settle_agenda(&mut self) {
        let now = self.updated_at;
        let due = |at: Option<i64>| at.is_some_and(|at| at <= now);
        if due(self.agenda.charge_stop) {
            self.agenda.charge_stop = None;
            if let Some(over) = self.schedules.window.take().filter(|window| window.one_time) {
                let schedule = self.schedules.charge.iter_mut().find(|schedule| schedule.id == over.id);
                schedule.into_iter().for_each(|schedule| schedule.enabled = false);
            }
            if self.battery.is_charging() {
                self.battery.status = ChargingStatus::Stopped;
                self.use_now();
            }
            self.plan();
        }
        if due(self.agenda.charge_start) {
            self.start_by_schedule();
        }
        if due(self.agenda.precondition) {
            self.precondition();
        }
    }

    fn start_by_schedule(&mut self) {
        let missing = self.goal_kwh() - self.battery.energy_kwh;
        let waits = matches!(self.battery.status, ChargingStatus::Stopped | ChargingStatus::Complete);
        if waits && self.is_time_to_charge() && missing > WORTH_CHARGING * self.profile.battery_kwh {
            self.battery.added_kwh = 0.0;
            self.begin_charging();
            self.schedules.window = self.open_window();
            self.use_now();
        }
        let (zone, now, place) = (self.profile.time_zone.clone(), self.updated_at, self.stand());
        for schedule in &mut self.schedules.charge {
            let begins = applies(schedule, place) && schedule.start_enabled && schedule.one_time;
            if begins && is_due(&zone, schedule.days_of_week, schedule.start_time, now) {
                schedule.enabled = false;
            }
        }
        self.plan();
    }

    fn precondition(&mut self) {
        let now = self.updated_at;
        let enough = self.battery.energy_kwh > PRECONDITIONING_NEEDS * self.profile.battery_kwh;
        if (enough || self.battery.has_shore_power()) && !self.is_driving() {
            self.cabin.switch_on(now, now + LEAD + PATIENCE);
            self.use_now();
        }
        let (zone, place) = (self.profile.time_zone.clone(), self.stand());
        for schedule in &mut self.schedules.precondition {
            let here = schedule.enabled && near(place, schedule.latitude, schedule.longitude);
            let due = is_due(&zone, schedule.days_of_week, schedule.precondition_time, now + LEAD);
            if here && schedule.one_time && due {
                schedule.enabled = false;
            }
        }
        self.plan();
    }

    /// The charge schedules that apply where the car stands.
    pub(super) fn charge_schedules_here(&self) -> impl Iterator<Item = &ChargeSchedule> {
        let place = self.stand();
        self.schedules.charge.iter().filter(move |schedule| applies(schedule, place))
    }

    /// The preconditioning schedules that apply where the car stands.
    pub(super) fn precondition_schedules_here(&self) -> impl Iterator<Item = &PreconditionSchedule> {
        self.precondition_schedules_near().filter(|schedule| schedule.enabled)
    }

    /// The same with those that are switched off.
    fn precondition_schedules_near(&self) -> impl Iterator<Item = &PreconditionSchedule> {
        let place = self.stand();
        let near = move |schedule: &&PreconditionSchedule| near(place, schedule.latitude, schedule.longitude);
        self.schedules.precondition.iter().filter(near)
    }

    /// The preconditioning schedule for whose departure the cabin is being prepared.
    pub(super) fn preconditioning_window(&self, now: i64) -> Option<&PreconditionSchedule> {
        let (until, zone) = (self.cabin.on_until?, &self.profile.time_zone);
        // One that applies once is switched off as it begins.
        let begun = self.precondition_schedules_near().filter(|schedule| schedule.one_time && !schedule.enabled);
        self.precondition_schedules_here().chain(begun).find(|schedule| {
            let days = Days::from_mask(schedule.days_of_week);
            let departure = days.and_then(|days| next_after(zone, days, schedule.precondition_time, now - PATIENCE));
            departure.is_some_and(|departure| departure - LEAD <= now && departure + PATIENCE == until)
        })
    }

    /// Finds out anew which schedule is in force, after they have changed. One that applied once is switched off already.
    pub(super) fn renew_window(&mut self) {
        let in_force = |window: &ChargeSchedule| {
            let same = |schedule: &&ChargeSchedule| schedule.id == window.id;
            self.schedules.charge.iter().find(same).is_some_and(|schedule| {
                schedule == window || ChargeSchedule { enabled: true, ..schedule.clone() } == *window && window.one_time
            })
        };
        if self.battery.is_charging() && !self.schedules.window.as_ref().is_some_and(in_force) {
            self.schedules.window = self.open_window();
        }
    }

    /// What the operator of the charger at which the car stands wants, unless somebody at the car did not.
    pub(super) fn managed_here(&self) -> Option<ManagedCharging> {
        let here = |managed: &ManagedCharging| {
            managed.place.is_none_or(|place| place.miles_to(self.stand()) <= NEAR_MILES) && !managed.user_canceled
        };
        let plugged = self.battery.charger.is_some_and(|charger| !charger.fast);
        self.schedules.managed.filter(|managed| plugged && here(managed))
    }

    fn managed_start(&self) -> Option<i64> {
        self.managed_here().and_then(|managed| managed.start)
    }

    /// Whether anything says when to charge here.
    fn is_scheduled(&self) -> bool {
        self.schedules.scheduled.mode != ScheduledChargingMode::Off
            || self.managed_start().is_some()
            || self.charge_schedules_here().next().is_some()
    }

    /// Whether a car that is plugged in now begins at once.
    fn is_time_to_charge(&self) -> bool {
        let began_within = |days, minute, time| self.beginning_within(days, minute, time).is_some();
        let scheduled = &self.schedules.scheduled;
        let by_mode = match scheduled.mode {
            ScheduledChargingMode::Off => false,
            ScheduledChargingMode::StartAt => began_within(Days::ALL, scheduled.start, LATE),
            ScheduledChargingMode::DepartBy => {
                let takes = self.time_to_charge();
                let next =
                    scheduled.goals().into_iter().filter_map(|(days, at)| self.next_time(days, at, self.updated_at));
                next.min().is_some_and(|done_by| done_by - takes <= self.updated_at)
            }
        };
        by_mode
            || self.managed_start().is_some_and(|start| began_within(Days::ALL, start, LATE))
            || self.charge_schedules_here().any(|schedule| self.is_within(schedule))
    }

    /// Whether charging is wanted by a schedule at this moment.
    fn is_within(&self, schedule: &ChargeSchedule) -> bool {
        let Some(days) = Days::from_mask(schedule.days_of_week) else { return false };
        if !schedule.start_enabled {
            return schedule.end_enabled;
        }
        let length = match (schedule.end_time - schedule.start_time).rem_euclid(MINUTES) {
            _ if !schedule.end_enabled => LATE,
            0 => DAY,
            minutes => minutes * MINUTE,
        };
        let Some(begun) = self.beginning_within(days, schedule.start_time, length) else { return false };
        // Where the clock leaps over its beginning, a window may end as it begins.
        let ends = schedule.end_enabled && schedule.end_time != schedule.start_time;
        let end = ends.then(|| self.next_time(Days::ALL, schedule.end_time, begun - 1)).flatten();
        end.is_none_or(|end| end > self.updated_at)
    }

    /// When the clock showed this minute within so long a time before now, if it did.
    fn beginning_within(&self, days: Days, minute: i64, time: i64) -> Option<i64> {
        self.next_time(days, minute, self.updated_at - time).filter(|at| *at <= self.updated_at)
    }

    /// When charging next begins by itself.
    fn next_charge_start(&self) -> Option<i64> {
        let plugged = self.battery.charger.is_some_and(|charger| !charger.fast);
        if !plugged || self.battery.status == ChargingStatus::NoPower {
            return None;
        }
        let now = self.updated_at;
        let scheduled = &self.schedules.scheduled;
        let by_mode = match scheduled.mode {
            ScheduledChargingMode::Off => None,
            ScheduledChargingMode::StartAt => self.next_time(Days::ALL, scheduled.start, now),
            ScheduledChargingMode::DepartBy => {
                let takes = self.time_to_charge();
                let next = |(days, at)| self.next_time(days, at, now + takes).map(|done_by| done_by - takes);
                scheduled.goals().into_iter().filter_map(next).min()
            }
        };
        let managed = self.managed_start().and_then(|start| self.next_time(Days::ALL, start, now));
        let by_schedule = self.charge_schedules_here().filter(|schedule| schedule.start_enabled);
        let by_schedule = by_schedule
            .filter_map(|schedule| self.next_time(Days::from_mask(schedule.days_of_week)?, schedule.start_time, now));
        by_schedule.chain(by_mode).chain(managed).min()
    }

    /// When charging that goes on ends by itself before the battery is full.
    fn next_charge_stop(&self) -> Option<i64> {
        let window = self.schedules.window.as_ref().filter(|window| window.end_enabled)?;
        self.next_time(Days::ALL, window.end_time, self.updated_at)
    }

    /// The schedule that wants the car to charge now, if one does and it is no fast charger.
    fn open_window(&self) -> Option<ChargeSchedule> {
        let mut open = self.charge_schedules_here().filter(|schedule| self.is_within(schedule));
        if self.battery.is_fast() { None } else { open.next().cloned() }
    }

    fn next_preconditioning(&self) -> Option<i64> {
        if self.journey.is_some() {
            return None;
        }
        let scheduled = &self.schedules.scheduled;
        let older = scheduled.mode == ScheduledChargingMode::DepartBy && scheduled.preconditioning;
        let days = if scheduled.preconditioning_weekdays { Days::WEEKDAYS } else { Days::ALL };
        let older = older.then_some((days, scheduled.departure));
        let newer = self.precondition_schedules_here();
        let newer =
            newer.filter_map(|schedule| Some((Days::from_mask(schedule.days_of_week)?, schedule.precondition_time)));
        let departures = newer.chain(older).filter_map(|(days, at)| self.next_time(days, at, self.updated_at + LEAD));
        departures.min().map(|departure| departure - LEAD)
    }

    /// How long before it is to be done charging has to begin.
    fn time_to_charge(&self) -> i64 {
        let power = self.battery.offered_kw() * self.battery.efficiency() - self.standby_kw();
        let (_, hours) = self.curve().charge(self.battery.energy_kwh, self.limit_kwh(), power, f64::INFINITY);
        // A car that would take days begins at once.
        span(hours).min(2 * DAY) + BUFFER_MINUTES * MINUTE
    }

    fn next_time(&self, days: Days, minute: i64, after: i64) -> Option<i64> {
        next_after(&self.profile.time_zone, days, minute, after)
    }
}

fn near(place: Coordinates, latitude: Option<f64>, longitude: Option<f64>) -> bool {
    let there = latitude.zip(longitude).map(|(latitude, longitude)| Coordinates { latitude, longitude });
    there.is_some_and(|there| place.miles_to(there) <= NEAR_MILES)
}

fn applies(schedule: &ChargeSchedule, place: Coordinates) -> bool {
    schedule.enabled && near(place, schedule.latitude, schedule.longitude)
}

/// Whether the clock shows this minute of one of these days right now.
fn is_due(time_zone: &str, days: i64, minute: i64, now: i64) -> bool {
    Days::from_mask(days).and_then(|days| next_after(time_zone, days, minute, now - 1)) == Some(now)
}
