//! Locks, trunks, windows and roofs.

use fleetgate_protocol::operations::ClosuresCommandOperation as Operation;

use super::{CommandOutcome, NOT_ALLOWED, NOT_SUPPORTED, ParameterError, Parameters, done, refused};
use crate::sky::Coordinates;
use crate::vehicle::closures::SUNROOF_VENT;
use crate::vehicle::{Model, Vehicle};

/// Who closes windows must be this near, miles.
const NEAR: f64 = 0.2;

/// A command to locks and closures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClosuresCommand {
    /// `door_lock`.
    DoorLock,
    /// `door_unlock`.
    DoorUnlock,
    /// `actuate_trunk`.
    ActuateTrunk {
        /// Whether it is the front trunk.
        front: bool,
    },
    /// `window_control` with `vent`.
    VentWindows,
    /// `window_control` with `close`.
    CloseWindows {
        /// Where the one is who closes them.
        from: Option<Coordinates>,
    },
    /// `sun_roof_control`.
    SunRoof(Motor),
    /// `open_tonneau`, `close_tonneau` and `stop_tonneau`.
    Tonneau(Motor),
}

/// What a motor is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motor {
    /// To open, or to vent.
    Open,
    /// To close.
    Close,
    /// To stop.
    Stop,
}

impl ClosuresCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::DoorLock => Self::DoorLock,
            Operation::DoorUnlock => Self::DoorUnlock,
            Operation::ActuateTrunk => {
                Self::ActuateTrunk { front: parameters.choice("which_trunk", &[("front", true), ("rear", false)])? }
            }
            Operation::WindowControl => {
                let from = parameters.optional_place("lat", "lon")?;
                match parameters.choice("command", &[("vent", true), ("close", false)])? {
                    true => Self::VentWindows,
                    false => Self::CloseWindows { from },
                }
            }
            Operation::SunRoofControl => Self::SunRoof(
                parameters.choice("state", &[("vent", Motor::Open), ("close", Motor::Close), ("stop", Motor::Stop)])?,
            ),
            Operation::OpenTonneau => Self::Tonneau(Motor::Open),
            Operation::CloseTonneau => Self::Tonneau(Motor::Close),
            Operation::StopTonneau => Self::Tonneau(Motor::Stop),
        })
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        let now = car.updated_at;
        match self {
            Self::DoorLock => car.locked = true,
            Self::DoorUnlock => car.locked = false,
            Self::ActuateTrunk { front } => return actuate_trunk(car, front),
            Self::VentWindows => car.closures.windows = true,
            Self::CloseWindows { from } => return close_windows(car, from),
            Self::SunRoof(_) if !car.profile.options.sunroof => return refused(NOT_SUPPORTED),
            Self::SunRoof(Motor::Open) => car.closures.sunroof.send(SUNROOF_VENT, now),
            Self::SunRoof(Motor::Close) => car.closures.sunroof.send(0.0, now),
            Self::SunRoof(Motor::Stop) => car.closures.sunroof.stop(now),
            Self::Tonneau(_) if car.profile.model != Model::Cybertruck => return refused(NOT_SUPPORTED),
            Self::Tonneau(Motor::Open) => car.closures.tonneau.send(100.0, now),
            Self::Tonneau(Motor::Close) => car.closures.tonneau.send(0.0, now),
            Self::Tonneau(Motor::Stop) => car.closures.tonneau.stop(now),
        }
        done()
    }
}

/// Opens a trunk. An open one closes if it has a motor for that; otherwise only hands can close it. Trunks of a car
/// in motion stay closed, as does the front trunk of one that a valet has.
fn actuate_trunk(car: &mut Vehicle, front: bool) -> CommandOutcome {
    let options = car.profile.options;
    if car.is_driving() || front && car.security.valet.active {
        return refused(NOT_ALLOWED);
    }
    let (open, powered) = match front {
        true => (&mut car.closures.front_trunk, options.powered_front_trunk),
        false => (&mut car.closures.rear_trunk, options.powered_rear_trunk),
    };
    if *open && !powered {
        return refused(NOT_SUPPORTED);
    }
    *open = !*open;
    done()
}

/// Closes the windows. A Model S or X closes them for somebody only who is near.
fn close_windows(car: &mut Vehicle, from: Option<Coordinates>) -> CommandOutcome {
    let wants_place = matches!(car.profile.model, Model::ModelS | Model::ModelX);
    if wants_place && !from.is_some_and(|place| place.miles_to(car.stand()) <= NEAR) {
        return refused(NOT_ALLOWED);
    }
    car.closures.windows = false;
    done()
}
