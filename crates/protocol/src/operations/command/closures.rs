//! Locks, trunks, windows and roofs.

use super::command;
use crate::operations::operations;

operations! {
    /// Commands to locks and closures.
    ClosuresCommandOperation {
        DoorLock => command!("door_lock", "Locks the vehicle."),
        DoorUnlock => command!("door_unlock", "Unlocks the vehicle."),
    }
}
