//! Speed limit and parental controls.

use super::command;
use crate::operations::{Kind, Parameter, body, operations};

const PIN: Parameter = body("pin", Kind::String, "The PIN, four digits.", "\"1234\"");
const LIMIT: Parameter = body("limit_mph", Kind::Number, "The limit, 50 to 120 mph.", "65");

operations! {
    /// Commands to speed limit and parental controls.
    LimitsCommandOperation {
        SpeedLimitSetLimit => command!("speed_limit_set_limit", "Sets the speed limit.", body: [LIMIT]),
        SpeedLimitActivate => command!(
            "speed_limit_activate",
            "Puts the speed limit in force; the first PIN stays.",
            body: [PIN],
        ),
        SpeedLimitDeactivate => command!("speed_limit_deactivate", "Ends the speed limit.", body: [PIN]),
        SpeedLimitClearPin => command!(
            "speed_limit_clear_pin",
            "Forgets the PIN of the speed limit, which must not be in force.",
            body: [PIN],
        ),
        SpeedLimitClearPinAdmin => command!(
            "speed_limit_clear_pin_admin",
            "Ends the speed limit and forgets its PIN. For the owner.",
        ),
        ParentalControlsActivate => command!(
            "parental_controls_activate",
            "Puts the parental controls in force; the first PIN stays.",
            body: [PIN],
        ),
        ParentalControlsDeactivate => command!(
            "parental_controls_deactivate",
            "Ends the parental controls.",
            body: [PIN],
        ),
        ParentalControlsEnableSetting => command!(
            "parental_controls_enable_setting",
            "Switches one of the parental controls.",
            body: [
                body(
                    "setting",
                    Kind::String,
                    "`SpeedLimit`, `Acceleration`, `SafetyFeatures`, `Curfew`, `BrowserBlocked`, `TheaterBlocked` or \
                     `ArcadeBlocked`.",
                    "\"Curfew\"",
                ),
                body("enable", Kind::Boolean, "Whether it is on.", "true"),
            ],
        ),
        ParentalControlsSetSpeedLimit => command!(
            "parental_controls_set_speed_limit",
            "Sets the speed limit of the parental controls.",
            body: [LIMIT],
        ),
        ParentalControlsClearPinAdmin => command!(
            "parental_controls_clear_pin_admin",
            "Ends the parental controls and forgets their PIN. For the owner.",
        ),
    }
}
