//! Who may drive the vehicle, and what guards it.

use super::command;
use crate::operations::{Kind, body, operations, optional};

operations! {
    /// Commands about who may drive the vehicle, and what guards it.
    SecurityCommandOperation {
        SetSentryMode => command!(
            "set_sentry_mode",
            "Lets the parked vehicle keep watch, or ends that.",
            body: [body("on", Kind::Boolean, "Whether it keeps watch.", "true")],
        ),
        SetValetMode => command!(
            "set_valet_mode",
            "Switches valet mode, which a PIN of its own ends.",
            body: [
                body("on", Kind::Boolean, "Whether valet mode is on.", "true"),
                optional("password", Kind::String, "The PIN, four digits. It is needed to switch it on.", "\"1234\""),
            ],
        ),
        ResetValetPin => command!("reset_valet_pin", "Forgets the PIN of valet mode, which must be off."),
        SetPinToDrive => command!(
            "set_pin_to_drive",
            "Switches PIN to drive. A PIN that is set already is kept.",
            body: [
                body("on", Kind::Boolean, "Whether driving needs the PIN.", "true"),
                body("password", Kind::String, "The PIN, four digits.", "\"1234\""),
            ],
        ),
        ResetPinToDrivePin => command!(
            "reset_pin_to_drive_pin",
            "Forgets the PIN to drive, which must be off. For the owner.",
        ),
        ClearPinToDriveAdmin => command!(
            "clear_pin_to_drive_admin",
            "Switches PIN to drive off and forgets its PIN. For the owner.",
            body: [optional("pin", Kind::String, "Some clients send it; it is not looked at.", "\"1234\"")],
        ),
        RemoteStartDrive => command!(
            "remote_start_drive",
            "Lets somebody without a key drive off within two minutes.",
        ),
        GuestMode => command!(
            "guest_mode",
            "Switches guest mode, which hides the owner's data.",
            body: [body("enable", Kind::Boolean, "Whether guest mode is on.", "true")],
        ),
        EraseUserData => command!(
            "erase_user_data",
            "Erases the owner's data from a parked vehicle in guest mode.",
        ),
    }
}
