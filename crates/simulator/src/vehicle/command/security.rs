//! Who may drive the car, and what guards it.

use fleetgate_protocol::operations::SecurityCommandOperation as Operation;

use super::{CommandOutcome, NOT_ALLOWED, ParameterError, Parameters, answer, done, refused};
use crate::vehicle::Vehicle;
use crate::vehicle::security::{Guarded, Pin, REMOTE_START_TIME};

/// A command about who may drive the car, and what guards it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecurityCommand {
    /// `set_sentry_mode`.
    SetSentryMode {
        /// Whether the car keeps watch.
        on: bool,
    },
    /// `set_valet_mode` on.
    ValetOn(Pin),
    /// `set_valet_mode` off.
    ValetOff(Option<Pin>),
    /// `reset_valet_pin`.
    ResetValetPin,
    /// `set_pin_to_drive`.
    SetPinToDrive {
        /// Whether driving needs the PIN.
        on: bool,
        /// The PIN.
        pin: Pin,
    },
    /// `reset_pin_to_drive_pin`.
    ResetPinToDrivePin,
    /// `clear_pin_to_drive_admin`.
    ClearPinToDriveAdmin,
    /// `remote_start_drive`.
    RemoteStartDrive,
    /// `guest_mode`.
    GuestMode {
        /// Whether guest mode is on.
        on: bool,
    },
    /// `erase_user_data`.
    EraseUserData,
}

impl SecurityCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::SetSentryMode => Self::SetSentryMode { on: parameters.boolean("on")? },
            Operation::SetValetMode => match parameters.boolean("on")? {
                true => Self::ValetOn(parameters.pin("password")?),
                false => Self::ValetOff(parameters.optional("password", Parameters::pin)?),
            },
            Operation::ResetValetPin => Self::ResetValetPin,
            Operation::SetPinToDrive => {
                Self::SetPinToDrive { on: parameters.boolean("on")?, pin: parameters.pin("password")? }
            }
            Operation::ResetPinToDrivePin => Self::ResetPinToDrivePin,
            Operation::ClearPinToDriveAdmin => Self::ClearPinToDriveAdmin,
            Operation::RemoteStartDrive => Self::RemoteStartDrive,
            Operation::GuestMode => Self::GuestMode { on: parameters.boolean("enable")? },
            Operation::EraseUserData => Self::EraseUserData,
        })
    }

    /// Whether only the owner may give it.
    pub(super) const fn is_for_owner(&self) -> bool {
        matches!(self, Self::ResetPinToDrivePin | Self::ClearPinToDriveAdmin)
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        let (parked, may_watch, now) = (!car.is_driving(), car.may_keep_watch(), car.updated_at);
        let security = &mut car.security;
        match self {
            Self::SetSentryMode { on: true } if !may_watch => return refused(NOT_ALLOWED),
            Self::SetSentryMode { on } => car.sentry = on,
            Self::ValetOn(_) | Self::ValetOff(_) if !parked => return refused(NOT_ALLOWED),
            // The PIN that was set first is kept.
            Self::ValetOn(pin) => {
                let pin = security.valet.pin.clone().unwrap_or(pin);
                return answer(security.valet.activate(pin));
            }
            Self::ValetOff(pin) => return answer(security.valet.deactivate(pin.as_ref())),
            Self::ResetValetPin => return answer(security.valet.clear_pin(None)),
            Self::SetPinToDrive { on, pin } => {
                let mode = &mut security.pin_to_drive;
                *mode = Guarded { active: on, pin: mode.pin.take().or(Some(pin)) };
            }
            Self::ResetPinToDrivePin if security.valet.active => return refused(NOT_ALLOWED),
            Self::ResetPinToDrivePin => return answer(security.pin_to_drive.clear_pin(None)),
            Self::ClearPinToDriveAdmin => security.pin_to_drive = Guarded::default(),
            Self::RemoteStartDrive if !security.keyless_driving || !parked || car.software.is_installing() => {
                return refused(NOT_ALLOWED);
            }
            Self::RemoteStartDrive => security.started_until = Some(now + REMOTE_START_TIME),
            Self::GuestMode { on } => security.guest = on,
            Self::EraseUserData if !parked || !security.guest => return refused(NOT_ALLOWED),
            Self::EraseUserData => car.erase_user_data(),
        }
        done()
    }
}
