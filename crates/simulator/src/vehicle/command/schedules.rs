//! Charging and preconditioning at set times.

#[cfg(test)]
mod tests;

use fleetgate_protocol::operations::SchedulesCommandOperation as Operation;
use fleetgate_protocol::parameters::whole_number;
use fleetgate_protocol::vehicle_data::{ChargeSchedule, PreconditionSchedule};
use serde_json::Value;

use super::{CommandOutcome, ParameterError, Parameters, done, refused};
use crate::calendar::{Days, MINUTES};
use crate::sky::Coordinates;
use crate::time::SECOND;
use crate::vehicle::schedules::{MOST, NEAR_MILES};
use crate::vehicle::{ScheduledCharging, ScheduledChargingMode, Vehicle};

/// A command that has to do with set times.
#[derive(Clone, Debug, PartialEq)]
pub enum SchedulesCommand {
    /// `add_charge_schedule`. An id of 0 asks for a new one.
    AddChargeSchedule(ChargeSchedule),
    /// `remove_charge_schedule`.
    RemoveChargeSchedule {
        /// The schedule.
        id: i64,
    },
    /// `batch_remove_charge_schedules`.
    BatchRemoveChargeSchedules(Places),
    /// `add_precondition_schedule`. An id of 0 asks for a new one.
    AddPreconditionSchedule(PreconditionSchedule),
    /// `remove_precondition_schedule`.
    RemovePreconditionSchedule {
        /// The schedule.
        id: i64,
    },
    /// `batch_remove_precondition_schedules`.
    BatchRemovePreconditionSchedules(Places),
    /// `set_scheduled_charging`.
    SetScheduledCharging {
        /// On or off.
        enable: bool,
        /// Minutes after midnight.
        time: i64,
    },
    /// `set_scheduled_departure`.
    SetScheduledDeparture(Departure),
    /// `set_managed_charge_current_request`.
    SetManagedChargeCurrentRequest {
        /// The current that is allowed, A; any unless given.
        amps: Option<i64>,
    },
    /// `set_managed_charger_location`.
    SetManagedChargerLocation {
        /// Where; everywhere unless given.
        place: Option<Coordinates>,
    },
    /// `set_managed_scheduled_charging_time`.
    SetManagedScheduledChargingTime {
        /// Minutes after midnight; at any time unless given.
        time: Option<i64>,
    },
}

/// Kinds of places whose schedules are removed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// At home.
    pub home: bool,
    /// Where a commute leads.
    pub work: bool,
    /// Anywhere else.
    pub other: bool,
}

/// What `set_scheduled_departure` sets. What is left out stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// On or off.
    pub enable: bool,
    /// Minutes after midnight.
    pub departure_time: i64,
    /// Minutes after midnight.
    pub end_off_peak_time: Option<i64>,
    /// Whether charging ends with the off-peak hours.
    pub off_peak_charging_enabled: Option<bool>,
    /// Whether it does so from Monday to Friday only.
    pub off_peak_charging_weekdays_only: Option<bool>,
    /// Whether the cabin is ready at the departure.
    pub preconditioning_enabled: Option<bool>,
    /// Whether it is so from Monday to Friday only.
    pub preconditioning_weekdays_only: Option<bool>,
}

impl SchedulesCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::AddChargeSchedule => Self::AddChargeSchedule(charge_schedule(parameters)?),
            Operation::RemoveChargeSchedule => Self::RemoveChargeSchedule { id: parameters.integer("id")? },
            Operation::BatchRemoveChargeSchedules => Self::BatchRemoveChargeSchedules(places(parameters)?),
            Operation::AddPreconditionSchedule => Self::AddPreconditionSchedule(precondition_schedule(parameters)?),
            Operation::RemovePreconditionSchedule => Self::RemovePreconditionSchedule { id: parameters.integer("id")? },
            Operation::BatchRemovePreconditionSchedules => Self::BatchRemovePreconditionSchedules(places(parameters)?),
            Operation::SetScheduledCharging => {
                Self::SetScheduledCharging { enable: parameters.boolean("enable")?, time: minute(parameters, "time")? }
            }
            Operation::SetScheduledDeparture => Self::SetScheduledDeparture(Departure {
                enable: parameters.boolean("enable")?,
                departure_time: minute(parameters, "departure_time")?,
                end_off_peak_time: parameters.optional("end_off_peak_time", minute)?,
                off_peak_charging_enabled: parameters.optional("off_peak_charging_enabled", Parameters::boolean)?,
                off_peak_charging_weekdays_only: parameters
                    .optional("off_peak_charging_weekdays_only", Parameters::boolean)?,
                preconditioning_enabled: parameters.optional("preconditioning_enabled", Parameters::boolean)?,
                preconditioning_weekdays_only: parameters
                    .optional("preconditioning_weekdays_only", Parameters::boolean)?,
            }),
            Operation::SetManagedChargeCurrentRequest => Self::SetManagedChargeCurrentRequest {
                amps: parameters.optional("amps", |parameters, name| parameters.integer_in(name, 0..=1_000))?,
            },
            Operation::SetManagedChargerLocation => {
                let (lat, lon) = (parameters.optional("lat", latitude)?, parameters.optional("lon", longitude)?);
                let place = match (lat, lon) {
                    (None, None) => None,
                    (Some(latitude), Some(longitude)) => Some(Coordinates { latitude, longitude }),
                    (None, _) => return Err(ParameterError::Missing("lat")),
                    (_, None) => return Err(ParameterError::Missing("lon")),
                };
                Self::SetManagedChargerLocation { place }
            }
            Operation::SetManagedScheduledChargingTime => {
                Self::SetManagedScheduledChargingTime { time: parameters.optional("time", minute)? }
            }
        })
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        let new_id = car.updated_at.div_euclid(SECOND);
        let schedules = &mut car.schedules;
        let changed = match self {
            Self::AddChargeSchedule(schedule) => add(&mut schedules.charge, schedule, new_id),
            Self::RemoveChargeSchedule { id } => remove(&mut schedules.charge, id),
            Self::AddPreconditionSchedule(schedule) => add(&mut schedules.precondition, schedule, new_id),
            Self::RemovePreconditionSchedule { id } => remove(&mut schedules.precondition, id),
            Self::BatchRemoveChargeSchedules(places) => {
                let mut kept = std::mem::take(&mut schedules.charge);
                kept.retain(|schedule| !schedule.place().is_some_and(|place| places.have(car, place)));
                car.schedules.charge = kept;
                Ok(())
            }
            Self::BatchRemovePreconditionSchedules(places) => {
                let mut kept = std::mem::take(&mut schedules.precondition);
                kept.retain(|schedule| !schedule.place().is_some_and(|place| places.have(car, place)));
                car.schedules.precondition = kept;
                Ok(())
            }
            Self::SetScheduledCharging { enable, time } => {
                schedules.scheduled.start = time;
                schedules.scheduled.switch(enable, ScheduledChargingMode::StartAt);
                Ok(())
            }
            Self::SetScheduledDeparture(departure) => {
                departure.set(&mut schedules.scheduled);
                Ok(())
            }
            Self::SetManagedChargeCurrentRequest { amps } => {
                schedules.managed.get_or_insert_default().amps = amps;
                Ok(())
            }
            Self::SetManagedChargerLocation { place } => {
                schedules.managed.get_or_insert_default().place = place;
                Ok(())
            }
            Self::SetManagedScheduledChargingTime { time } => {
                schedules.managed.get_or_insert_default().start = time;
                Ok(())
            }
        };
        car.renew_window();
        car.plan();
        changed.map_or_else(refused, |()| done())
    }
}

impl Places {
    fn have(self, car: &Vehicle, place: Coordinates) -> bool {
        match () {
            () if place.miles_to(car.profile.home) <= NEAR_MILES => self.home,
            () if car.is_work(place) => self.work,
            () => self.other,
        }
    }
}

impl ScheduledCharging {
    /// Switching one way off leaves the other on.
    fn switch(&mut self, enable: bool, mode: ScheduledChargingMode) {
        if enable {
            self.mode = mode;
        } else if self.mode == mode {
            self.mode = ScheduledChargingMode::Off;
        }
    }
}

impl Departure {
    fn set(self, scheduled: &mut ScheduledCharging) {
        let keep = |given: Option<bool>, old: &mut bool| *old = given.unwrap_or(*old);
        scheduled.departure = self.departure_time;
        scheduled.off_peak_end = self.end_off_peak_time.unwrap_or(scheduled.off_peak_end);
        keep(self.off_peak_charging_enabled, &mut scheduled.off_peak);
        keep(self.off_peak_charging_weekdays_only, &mut scheduled.off_peak_weekdays);
        keep(self.preconditioning_enabled, &mut scheduled.preconditioning);
        keep(self.preconditioning_weekdays_only, &mut scheduled.preconditioning_weekdays);
        scheduled.switch(self.enable, ScheduledChargingMode::DepartBy);
    }
}

/// A schedule of either kind.
trait Schedule {
    fn id(&mut self) -> &mut i64;
    fn place(&self) -> Option<Coordinates>;
}

macro_rules! schedule {
    ($($schedule:ty),*) => {
        $(impl Schedule for $schedule {
            fn id(&mut self) -> &mut i64 {
                &mut self.id
            }

            fn place(&self) -> Option<Coordinates> {
                Some(Coordinates { latitude: self.latitude?, longitude: self.longitude? })
            }
        })*
    };
}

schedule!(ChargeSchedule, PreconditionSchedule);

/// Adds a schedule, or puts it in the place of that of the same id.
fn add<S: Schedule>(schedules: &mut Vec<S>, mut schedule: S, new_id: i64) -> Result<(), &'static str> {
    let id = *schedule.id();
    if let Some(old) = schedules.iter_mut().position(|old| *old.id() == id) {
        schedules[old] = schedule;
        return Ok(());
    }
    if schedules.len() >= MOST {
        return Err("too_many_schedules");
    }
    if id == 0 {
        let mut taken = |id| schedules.iter_mut().any(|old| *old.id() == id);
        *schedule.id() = (new_id..).find(|id| !taken(*id)).unwrap_or(new_id);
    }
    schedules.push(schedule);
    Ok(())
}

fn remove<S: Schedule>(schedules: &mut Vec<S>, id: i64) -> Result<(), &'static str> {
    let before = schedules.len();
    schedules.retain_mut(|schedule| *schedule.id() != id);
    if schedules.len() < before { Ok(()) } else { Err("schedule_not_found") }
}

fn charge_schedule(parameters: Parameters<'_>) -> Result<ChargeSchedule, ParameterError> {
    let (start_enabled, end_enabled) = (parameters.boolean("start_enabled")?, parameters.boolean("end_enabled")?);
    if !start_enabled && !end_enabled {
        return Err(ParameterError::Invalid("start_enabled"));
    }
    let time = |enabled, name| match parameters.optional(name, minute)? {
        None if enabled => Err(ParameterError::Missing(name)),
        time => Ok(time.unwrap_or(0)),
    };
    Ok(ChargeSchedule {
        id: id(parameters)?,
        name: name(parameters)?,
        days_of_week: days(parameters)?.mask(),
        start_enabled,
        start_time: time(start_enabled, "start_time")?,
        end_enabled,
        end_time: time(end_enabled, "end_time")?,
        one_time: one_time(parameters)?,
        enabled: parameters.boolean("enabled")?,
        latitude: Some(latitude(parameters, "lat")?),
        longitude: Some(longitude(parameters, "lon")?),
    })
}

fn precondition_schedule(parameters: Parameters<'_>) -> Result<PreconditionSchedule, ParameterError> {
    Ok(PreconditionSchedule {
        id: id(parameters)?,
        name: name(parameters)?,
        days_of_week: days(parameters)?.mask(),
        precondition_time: minute(parameters, "precondition_time")?,
        one_time: one_time(parameters)?,
        enabled: parameters.boolean("enabled")?,
        latitude: Some(latitude(parameters, "lat")?),
        longitude: Some(longitude(parameters, "lon")?),
    })
}

fn places(parameters: Parameters<'_>) -> Result<Places, ParameterError> {
    let boolean = |name| parameters.boolean(name);
    Ok(Places { home: boolean("home")?, work: boolean("work")?, other: boolean("other")? })
}

fn minute(parameters: Parameters<'_>, name: &'static str) -> Result<i64, ParameterError> {
    parameters.integer_in(name, 0..=MINUTES - 1)
}

fn latitude(parameters: Parameters<'_>, name: &'static str) -> Result<f64, ParameterError> {
    parameters.number_in(name, -90.0..=90.0)
}

fn longitude(parameters: Parameters<'_>, name: &'static str) -> Result<f64, ParameterError> {
    parameters.number_in(name, -180.0..=180.0)
}

/// Names of days or, as one client sends them, their mask.
fn days(parameters: Parameters<'_>) -> Result<Days, ParameterError> {
    parameters.read("days_of_week", |value| match value {
        Value::String(text) => Days::parse(text),
        value => whole_number(value).and_then(Days::from_mask),
    })
}

fn id(parameters: Parameters<'_>) -> Result<i64, ParameterError> {
    let id = parameters.optional("id", |parameters, name| parameters.integer_in(name, 0..=i64::MAX))?;
    Ok(id.unwrap_or(0))
}

fn name(parameters: Parameters<'_>) -> Result<String, ParameterError> {
    Ok(parameters.optional("name", Parameters::text)?.unwrap_or_default().to_owned())
}

fn one_time(parameters: Parameters<'_>) -> Result<bool, ParameterError> {
    Ok(parameters.optional("one_time", Parameters::boolean)?.unwrap_or(false))
}
