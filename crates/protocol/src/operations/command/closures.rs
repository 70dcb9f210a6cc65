//! Locks, trunks, windows and roofs.

use super::command;
use crate::operations::{Confidence, Kind, body, operations, optional};

operations! {
    /// Commands to locks and closures.
    ClosuresCommandOperation {
        DoorLock => command!("door_lock", "Locks the vehicle."),
        DoorUnlock => command!("door_unlock", "Unlocks the vehicle."),
        ActuateTrunk => command!(
            "actuate_trunk",
            "Opens a trunk, or closes one that has a motor for it.",
            body: [body("which_trunk", Kind::String, "`front` or `rear`.", "\"rear\"")],
        ),
        WindowControl => command!(
            "window_control",
            "Opens all windows a little, or closes them.",
            body: [
                body("command", Kind::String, "`vent` or `close`.", "\"vent\""),
                optional("lat", Kind::Number, "Degrees north of who closes the windows of a Model S or X.", "37.4419"),
                optional("lon", Kind::Number, "Degrees east of who closes the windows of a Model S or X.", "-122.143"),
            ],
        ),
        SunRoofControl => command!(
            "sun_roof_control",
            "Moves the sunroof.",
            body: [body("state", Kind::String, "`vent`, `close` or `stop`.", "\"vent\"")],
        ),
        OpenTonneau => command!(
            "open_tonneau",
            "Opens the tonneau of a Cybertruck.",
            confidence: Confidence::ClientCode,
            decision: "Every other model answers `not_supported`; the tonneau takes its time.",
        ),
        CloseTonneau => command!(
            "close_tonneau",
            "Closes the tonneau of a Cybertruck.",
            confidence: Confidence::ClientCode,
            decision: "Every other model answers `not_supported`; the tonneau takes its time.",
        ),
        StopTonneau => command!(
            "stop_tonneau",
            "Stops the tonneau of a Cybertruck where it is.",
            confidence: Confidence::ClientCode,
            decision: "Every other model answers `not_supported`; a tonneau that stands stays where it is.",
        ),
    }
}
