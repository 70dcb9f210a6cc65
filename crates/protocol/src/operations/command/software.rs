//! Updates of the vehicle's software.

use super::command;
use crate::operations::{Kind, body, operations};

operations! {
    /// Commands about software updates.
    SoftwareCommandOperation {
        ScheduleSoftwareUpdate => command!(
            "schedule_software_update",
            "Installs an available update after a while.",
            body: [body("offset_sec", Kind::Integer, "Seconds from now, 0 and more.", "7200")],
        ),
        CancelSoftwareUpdate => command!(
            "cancel_software_update",
            "Cancels an installation that has not begun.",
        ),
    }
}
