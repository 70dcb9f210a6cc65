//! Horn, lights and what else a car can be heard or seen by.

use fleetgate_protocol::operations::SignalsCommandOperation as Operation;

use super::{CommandOutcome, ParameterError, Parameters, done};
use crate::vehicle::Vehicle;

/// A command to horn and lights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalsCommand {
    /// `honk_horn`.
    HonkHorn,
    /// `flash_lights`.
    FlashLights,
}

impl SignalsCommand {
    pub(super) fn parse(operation: Operation, _: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::HonkHorn => Self::HonkHorn,
            Operation::FlashLights => Self::FlashLights,
        })
    }

    pub(super) fn apply(self, _: &mut Vehicle) -> CommandOutcome {
        // A simulated car is always parked, and nobody hears it.
        match self {
            Self::HonkHorn | Self::FlashLights => done(),
        }
    }
}
