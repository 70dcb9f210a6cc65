//! Cabin and climate system.

use fleetgate_protocol::operations::ClimateCommandOperation as Operation;

use super::{CommandOutcome, ParameterError, Parameters, done};
use crate::vehicle::{Vehicle, cabin};

/// A command to the climate system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClimateCommand {
    /// `auto_conditioning_start`.
    AutoConditioningStart,
    /// `auto_conditioning_stop`.
    AutoConditioningStop,
}

impl ClimateCommand {
    pub(super) fn parse(operation: Operation, _: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::AutoConditioningStart => Self::AutoConditioningStart,
            Operation::AutoConditioningStop => Self::AutoConditioningStop,
        })
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        car.cabin.on_until = match self {
            Self::AutoConditioningStart => Some(car.updated_at + cabin::CONDITIONING_TIME),
            Self::AutoConditioningStop => None,
        };
        done()
    }
}
