//! Name, modes, notes and calendar.

use fleetgate_protocol::operations::SettingsCommandOperation as Operation;

use super::{CommandOutcome, NOT_ALLOWED, ParameterError, Parameters, done, refused};
use crate::vehicle::Vehicle;

/// The longest name, characters.
const LONGEST_NAME: usize = 64;
/// The longest calendar, bytes.
const LONGEST_CALENDAR: usize = 64 * 1024;

/// A command that sets something on the car's screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsCommand {
    /// `set_vehicle_name`.
    SetVehicleName(String),
    /// `keep_accessory_power_mode`.
    KeepAccessoryPowerMode {
        /// Whether the sockets stay powered.
        on: bool,
    },
    /// `set_low_power_mode`.
    SetLowPowerMode {
        /// Whether the car saves power.
        on: bool,
    },
    /// `take_drivenote`.
    TakeDrivenote(String),
    /// `upcoming_calendar_entries` and `update_calendar_entries`.
    CalendarEntries(String),
}

impl SettingsCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::SetVehicleName => {
                let name = parameters.text("vehicle_name")?.trim();
                if name.is_empty() || name.chars().count() > LONGEST_NAME {
                    return Err(ParameterError::Invalid("vehicle_name"));
                }
                Self::SetVehicleName(name.to_owned())
            }
            Operation::KeepAccessoryPowerMode => Self::KeepAccessoryPowerMode { on: parameters.boolean("enable")? },
            Operation::SetLowPowerMode => Self::SetLowPowerMode { on: parameters.boolean("enable")? },
            Operation::TakeDrivenote => Self::TakeDrivenote(parameters.text("note")?.to_owned()),
            Operation::UpcomingCalendarEntries | Operation::UpdateCalendarEntries => {
                let entries = parameters.text("calendar_data")?;
                if entries.len() > LONGEST_CALENDAR {
                    return Err(ParameterError::Invalid("calendar_data"));
                }
                Self::CalendarEntries(entries.to_owned())
            }
        })
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        match self {
            Self::SetVehicleName(_) if car.security.guest => return refused(NOT_ALLOWED),
            Self::SetVehicleName(name) => car.settings.name = Some(name),
            Self::KeepAccessoryPowerMode { on: true } if !car.may_keep_watch() => return refused(NOT_ALLOWED),
            Self::KeepAccessoryPowerMode { on } => car.settings.accessory_power = on,
            Self::SetLowPowerMode { on } => car.set_low_power(on),
            Self::TakeDrivenote(note) => car.settings.note(&note),
            Self::CalendarEntries(entries) => car.settings.calendar = Some(entries),
        }
        done()
    }
}
