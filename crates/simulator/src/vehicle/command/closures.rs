//! Locks, trunks, windows and roofs.

use fleetgate_protocol::operations::ClosuresCommandOperation as Operation;

use super::{CommandOutcome, ParameterError, Parameters, done};
use crate::vehicle::Vehicle;

/// A command to locks and closures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosuresCommand {
    /// `door_lock`.
    DoorLock,
    /// `door_unlock`.
    DoorUnlock,
}

impl ClosuresCommand {
    pub(super) fn parse(operation: Operation, _: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::DoorLock => Self::DoorLock,
            Operation::DoorUnlock => Self::DoorUnlock,
        })
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        match self {
            Self::DoorLock => car.locked = true,
            Self::DoorUnlock => car.locked = false,
        }
        done()
    }
}
