//! Horn, lights and what else a vehicle can be heard or seen by.

use super::command;
use crate::operations::operations;

operations! {
    /// Commands to horn and lights.
    SignalsCommandOperation {
        HonkHorn => command!("honk_horn", "Honks the horn twice."),
        FlashLights => command!("flash_lights", "Flashes the headlights briefly."),
    }
}
