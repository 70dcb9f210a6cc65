//! The blocks `charge_schedule_data` and `preconditioning_schedule_data`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The charge schedules of a car.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ChargeScheduleData {
    /// Minutes by which charging should be done before departure.
    pub charge_buffer: i64,
    /// The schedule in force now.
    pub charge_schedule_window: Option<ChargeSchedule>,
    /// All schedules.
    pub charge_schedules: Vec<ChargeSchedule>,
    /// How many schedules the car keeps.
    pub max_num_charge_schedules: i64,
    /// Whether a schedule is to come.
    pub next_schedule: bool,
    /// Whether the end of a schedule is shown.
    pub show_schedule_complete_state: bool,
    /// Time of the reading, milliseconds since the epoch.
    pub timestamp: i64,
}

/// When and where a car charges by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ChargeSchedule {
    /// Time of creation, seconds since the epoch; names the schedule.
    pub id: i64,
    /// The person's name for it.
    pub name: String,
    /// Days as a mask: Sunday 1, Monday 2, … Saturday 64.
    pub days_of_week: i64,
    /// Whether charging starts at `start_time`.
    pub start_enabled: bool,
    /// Minutes after midnight.
    pub start_time: i64,
    /// Whether charging ends at `end_time`.
    pub end_enabled: bool,
    /// Minutes after midnight.
    pub end_time: i64,
    /// Whether it applies once.
    pub one_time: bool,
    /// Whether it is on.
    pub enabled: bool,
    /// Place where it applies, degrees north; left out for a driver from whom places are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Place where it applies, degrees east; left out for a driver from whom places are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

/// The preconditioning schedules of a car.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PreconditioningScheduleData {
    /// How many schedules the car keeps.
    pub max_num_precondition_schedules: i64,
    /// Whether a schedule is to come.
    pub next_schedule: bool,
    /// All schedules.
    pub precondition_schedules: Vec<PreconditionSchedule>,
    /// The schedule in force now.
    pub preconditioning_schedule_window: Option<PreconditionSchedule>,
    /// Time of the reading, milliseconds since the epoch.
    pub timestamp: i64,
}

/// When and where a car warms or cools itself before departure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PreconditionSchedule {
    /// Time of creation, seconds since the epoch; names the schedule.
    pub id: i64,
    /// The person's name for it.
    pub name: String,
    /// Days as a mask: Sunday 1, Monday 2, … Saturday 64.
    pub days_of_week: i64,
    /// Time of departure, minutes after midnight.
    pub precondition_time: i64,
    /// Whether it applies once.
    pub one_time: bool,
    /// Whether it is on.
    pub enabled: bool,
    /// Place where it applies, degrees north; left out for a driver from whom places are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Place where it applies, degrees east; left out for a driver from whom places are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

impl ChargeScheduleData {
    /// Takes out where the schedules apply.
    pub(super) fn hide_places(&mut self) {
        for schedule in self.charge_schedules.iter_mut().chain(&mut self.charge_schedule_window) {
            (schedule.latitude, schedule.longitude) = (None, None);
        }
    }
}

impl PreconditioningScheduleData {
    /// Takes out where the schedules apply.
    pub(super) fn hide_places(&mut self) {
        for schedule in self.precondition_schedules.iter_mut().chain(&mut self.preconditioning_schedule_window) {
            (schedule.latitude, schedule.longitude) = (None, None);
        }
    }
}
