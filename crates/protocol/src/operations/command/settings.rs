//! Name, modes, notes and calendar.

use super::command;
use crate::operations::{Confidence, Kind, Parameter, body, operations};

const ENABLE: Parameter = body("enable", Kind::Boolean, "Whether the mode is on.", "true");
const CALENDAR: Parameter = body("calendar_data", Kind::String, "The entries, as the phone writes them.", "\"{}\"");

operations! {
    /// Commands that set something on the vehicle's screen.
    SettingsCommandOperation {
        SetVehicleName => command!(
            "set_vehicle_name",
            "Names the vehicle. Refused in guest mode.",
            body: [body("vehicle_name", Kind::String, "The name, 1 to 64 characters.", "\"Juniper\"")],
        ),
        KeepAccessoryPowerMode => command!(
            "keep_accessory_power_mode",
            "Keeps the sockets of a parked vehicle powered, and the vehicle awake.",
            body: [ENABLE],
            confidence: Confidence::ClientCode,
            decision: "It is `not_allowed` while driving, in low power mode and on a low battery, at which it also \
                       ends.",
        ),
        SetLowPowerMode => command!(
            "set_low_power_mode",
            "Lets the parked vehicle save power.",
            body: [ENABLE],
            confidence: Confidence::ClientCode,
            decision: "It ends sentry mode and accessory power, which stay refused until it is switched off.",
        ),
        TakeDrivenote => command!(
            "take_drivenote",
            "Keeps a note; what is longer than 80 characters is cut.",
            body: [body("note", Kind::String, "The note.", "\"A rattle at the rear left.\"")],
        ),
        UpcomingCalendarEntries => command!(
            "upcoming_calendar_entries",
            "Sends entries of the calendar.",
            body: [CALENDAR],
        ),
        UpdateCalendarEntries => command!(
            "update_calendar_entries",
            "Sends entries of the calendar, under the older name.",
            body: [CALENDAR],
        ),
    }
}
