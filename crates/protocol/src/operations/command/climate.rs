//! Cabin and climate system.

use super::command;
use crate::operations::operations;

operations! {
    /// Commands to the climate system.
    ClimateCommandOperation {
        AutoConditioningStart => command!("auto_conditioning_start", "Starts climate preconditioning."),
        AutoConditioningStop => command!("auto_conditioning_stop", "Stops climate preconditioning."),
    }
}
