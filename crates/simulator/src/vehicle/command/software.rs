//! Updates of the car's software.

use fleetgate_protocol::operations::SoftwareCommandOperation as Operation;

use super::{CommandOutcome, ParameterError, Parameters, done, refused};
use crate::time::SECOND;
use crate::vehicle::Vehicle;
use crate::vehicle::software::Stage;

/// The latest that an installation can be put off to, seconds: a year.
const LATEST: i64 = 366 * 24 * 3600;

/// A command about software updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoftwareCommand {
    /// `schedule_software_update`.
    ScheduleSoftwareUpdate {
        /// Seconds from now.
        offset: i64,
    },
    /// `cancel_software_update`.
    CancelSoftwareUpdate,
}

impl SoftwareCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::ScheduleSoftwareUpdate => {
                Self::ScheduleSoftwareUpdate { offset: parameters.integer_in("offset_sec", 0..=LATEST)? }
            }
            Operation::CancelSoftwareUpdate => Self::CancelSoftwareUpdate,
        })
    }

    /// Only a version that is downloaded can be installed, and only an installation that has not begun is cancelled.
    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        let now = car.updated_at;
        let Some(update) = &mut car.software.update else { return refused("no_update_available") };
        match (self, update.stage) {
            (Self::ScheduleSoftwareUpdate { offset }, Stage::Available | Stage::Scheduled { .. }) => {
                update.stage = Stage::Scheduled { at: now + offset * SECOND };
                done()
            }
            (Self::CancelSoftwareUpdate, Stage::Scheduled { .. }) => {
                update.stage = Stage::Available;
                done()
            }
            (_, Stage::Installing { .. }) => refused("installing"),
            (Self::ScheduleSoftwareUpdate { .. }, _) => refused("not_downloaded"),
            (Self::CancelSoftwareUpdate, _) => refused("not_scheduled"),
        }
    }
}
