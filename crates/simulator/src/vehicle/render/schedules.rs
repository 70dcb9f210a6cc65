use fleetgate_protocol::vehicle_data::{ChargeScheduleData, PreconditioningScheduleData};

use super::millis;
use crate::vehicle::Vehicle;
use crate::vehicle::schedules::{BUFFER_MINUTES, MOST};

impl Vehicle {
    pub(super) fn charge_schedule_data(&self, now: i64) -> ChargeScheduleData {
        ChargeScheduleData {
            charge_buffer: BUFFER_MINUTES,
            charge_schedule_window: self.schedules.window.clone(),
            charge_schedules: self.schedules.charge.clone(),
            max_num_charge_schedules: MOST as i64,
            next_schedule: self.charge_schedules_here().any(|schedule| schedule.start_enabled),
            show_schedule_complete_state: self.schedules.window.is_some(),
            timestamp: millis(now),
        }
    }

    pub(super) fn preconditioning_schedule_data(&self, now: i64) -> PreconditioningScheduleData {
        PreconditioningScheduleData {
            max_num_precondition_schedules: MOST as i64,
            next_schedule: self.precondition_schedules_here().next().is_some(),
            precondition_schedules: self.schedules.precondition.clone(),
            preconditioning_schedule_window: self.preconditioning_window(now).cloned(),
            timestamp: millis(now),
        }
    }
}
