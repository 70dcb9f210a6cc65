//! Charging and preconditioning at set times.

use super::{CHARGING, command};
use crate::operations::{Confidence, Kind, Parameter, body, operations, optional};

const DAYS: Parameter = body(
    "days_of_week",
    Kind::String,
    "`All`, `Weekdays`, or names of days separated by commas; also a mask, in which Sunday is 1 and Saturday 64.",
    "\"Weekdays\"",
);
const ENABLED: Parameter = body("enabled", Kind::Boolean, "Whether the schedule is on.", "true");
const LATITUDE: Parameter = body("lat", Kind::Number, "Where it applies, in degrees north.", "37.4419");
const LONGITUDE: Parameter = body("lon", Kind::Number, "Where it applies, in degrees east.", "-122.143");
const ID: Parameter = body("id", Kind::Integer, "The `id` of the schedule.", "1767225600");
const OWN_ID: Parameter = optional(
    "id",
    Kind::Integer,
    "The schedule to replace, or the id of a new one; the time unless given.",
    "1767225600",
);
const ONE_TIME: Parameter = optional("one_time", Kind::Boolean, "Whether it applies once.", "false");
const NAME: Parameter = optional("name", Kind::String, "A name for it.", "\"Night\"");
const HOME: Parameter = body("home", Kind::Boolean, "Whether those at home are removed.", "true");
const WORK: Parameter = body("work", Kind::Boolean, "Whether those at work are removed.", "false");
const OTHER: Parameter = body("other", Kind::Boolean, "Whether those at other places are removed.", "false");
const ENABLE: Parameter = body("enable", Kind::Boolean, "Whether to switch it on.", "true");

operations! {
    /// Commands that have to do with set times.
    SchedulesCommandOperation {
        AddChargeSchedule => command!(
            "add_charge_schedule",
            "Adds or replaces a charge schedule.",
            body: [
                DAYS,
                ENABLED,
                LATITUDE,
                LONGITUDE,
                body("start_enabled", Kind::Boolean, "Whether charging begins at `start_time`.", "true"),
                body("end_enabled", Kind::Boolean, "Whether charging ends at `end_time`.", "true"),
                optional("start_time", Kind::Integer, "In minutes after midnight.", "60"),
                optional("end_time", Kind::Integer, "In minutes after midnight.", "360"),
                ONE_TIME,
                OWN_ID,
                NAME,
            ],
            scopes_any: CHARGING,
        ),
        RemoveChargeSchedule => command!(
            "remove_charge_schedule",
            "Removes a charge schedule.",
            body: [ID],
            scopes_any: CHARGING,
        ),
        BatchRemoveChargeSchedules => command!(
            "batch_remove_charge_schedules",
            "Removes the charge schedules of kinds of places.",
            body: [HOME, WORK, OTHER],
            scopes_any: CHARGING,
            confidence: Confidence::ClientCode,
            decision: "A place is home or work within 0.2 miles of it; a place is work where a commute leads. None to \
                       remove is no error.",
        ),
        AddPreconditionSchedule => command!(
            "add_precondition_schedule",
            "Adds or replaces a preconditioning schedule.",
            body: [
                DAYS,
                ENABLED,
                LATITUDE,
                LONGITUDE,
                body(
                    "precondition_time",
                    Kind::Integer,
                    "When the cabin is to be ready, in minutes after midnight.",
                    "480",
                ),
                ONE_TIME,
                OWN_ID,
                NAME,
            ],
            scopes_any: CHARGING,
        ),
        RemovePreconditionSchedule => command!(
            "remove_precondition_schedule",
            "Removes a preconditioning schedule.",
            body: [ID],
            scopes_any: CHARGING,
        ),
        BatchRemovePreconditionSchedules => command!(
            "batch_remove_precondition_schedules",
            "Removes the preconditioning schedules of kinds of places.",
            body: [HOME, WORK, OTHER],
            scopes_any: CHARGING,
            confidence: Confidence::ClientCode,
            decision: "Places are those of `batch_remove_charge_schedules`. None to remove is no error.",
        ),
        SetScheduledCharging => command!(
            "set_scheduled_charging",
            "Lets charging begin at the same time every day.",
            body: [ENABLE, body("time", Kind::Integer, "In minutes after midnight.", "120")],
            scopes_any: CHARGING,
        ),
        SetScheduledDeparture => command!(
            "set_scheduled_departure",
            "Lets charging be done at the same time every day.",
            body: [
                ENABLE,
                body("departure_time", Kind::Integer, "In minutes after midnight.", "480"),
                optional("end_off_peak_time", Kind::Integer, "End of the off-peak hours, in minutes after midnight.", "360"),
                optional("off_peak_charging_enabled", Kind::Boolean, "Whether charging ends with them.", "true"),
                optional("off_peak_charging_weekdays_only", Kind::Boolean, "From Monday to Friday only.", "false"),
                optional("preconditioning_enabled", Kind::Boolean, "Whether the cabin is ready at the departure.", "true"),
                optional("preconditioning_weekdays_only", Kind::Boolean, "From Monday to Friday only.", "false"),
            ],
            scopes_any: CHARGING,
        ),
        SetManagedChargeCurrentRequest => command!(
            "set_managed_charge_current_request",
            "Limits the current of managed charging.",
            body: [optional("amps", Kind::Integer, "In ampere; no limit unless given.", "16")],
            scopes_any: CHARGING,
            confidence: Confidence::Inferred,
            decision: "The body is not published; this one is a guess. The lower of this limit and that of \
                       `set_charging_amps` binds.",
        ),
        SetManagedChargerLocation => command!(
            "set_managed_charger_location",
            "Sets where charging is managed.",
            body: [
                optional("lat", Kind::Number, "In degrees north; everywhere unless given.", "37.4419"),
                optional("lon", Kind::Number, "In degrees east.", "-122.143"),
            ],
            scopes_any: CHARGING,
            confidence: Confidence::Inferred,
            decision: "The body is not published; this one is a guess. Charging is managed within 0.2 miles of the \
                       place.",
        ),
        SetManagedScheduledChargingTime => command!(
            "set_managed_scheduled_charging_time",
            "Sets when managed charging begins.",
            body: [optional("time", Kind::Integer, "In minutes after midnight; at any time unless given.", "120")],
            scopes_any: CHARGING,
            confidence: Confidence::Inferred,
            decision: "The body is not published; this one is a guess. A vehicle that is plugged in where charging is \
                       managed waits until then.",
        ),
    }
}
