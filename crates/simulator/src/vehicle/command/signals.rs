//! Horn, lights and what else a car can be heard or seen by.

use fleetgate_protocol::operations::SignalsCommandOperation as Operation;

use super::{CommandOutcome, NOT_ALLOWED, NOT_SUPPORTED, ParameterError, Parameters, done, refused};
use crate::sky::Coordinates;
use crate::vehicle::Vehicle;

/// The sounds of the outside speaker: a random one, and the ping that locates the car.
const SOUNDS: [i64; 2] = [0, 2000];
/// Who opens the garage must be this near to the car, miles.
const NEAR: f64 = 0.2;

/// A command to horn, lights, speaker and garage door.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SignalsCommand {
    /// `honk_horn`.
    HonkHorn,
    /// `flash_lights`.
    FlashLights,
    /// `remote_boombox`.
    RemoteBoombox,
    /// `trigger_homelink`.
    TriggerHomelink {
        /// Where the car stands, as the sender knows it.
        place: Coordinates,
    },
}

impl SignalsCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::HonkHorn => Self::HonkHorn,
            Operation::FlashLights => Self::FlashLights,
            Operation::RemoteBoombox => {
                let sound = parameters.integer("sound")?;
                SOUNDS.contains(&sound).then_some(Self::RemoteBoombox).ok_or(ParameterError::Invalid("sound"))?
            }
            Operation::TriggerHomelink => {
                parameters.optional("token", Parameters::text)?;
                Self::TriggerHomelink { place: parameters.place("lat", "lon")? }
            }
        })
    }

    /// Nobody hears or sees a simulated car; what can be seen is what it refuses.
    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        let knows_no_door = car.homelink_devices().is_none_or(|devices| devices == 0);
        match self {
            Self::RemoteBoombox if !car.profile.options.pedestrian_speaker => refused(NOT_SUPPORTED),
            Self::TriggerHomelink { .. } if knows_no_door => refused(NOT_SUPPORTED),
            Self::TriggerHomelink { place } if !car.is_at_home() || place.miles_to(car.stand()) > NEAR => {
                refused(NOT_ALLOWED)
            }
            Self::HonkHorn | Self::FlashLights | Self::RemoteBoombox if car.is_driving() => refused(NOT_ALLOWED),
            _ => done(),
        }
    }
}
