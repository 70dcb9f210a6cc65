//! Battery, charger and charge port.

use super::{CHARGING, command};
use crate::operations::{Kind, body, operations};

operations! {
    /// Commands to battery, charger and charge port.
    ChargingCommandOperation {
        ChargeStart => command!("charge_start", "Starts charging.", scopes_any: CHARGING),
        ChargeStop => command!("charge_stop", "Stops charging.", scopes_any: CHARGING),
        ChargeMaxRange => command!("charge_max_range", "Charges to the full battery.", scopes_any: CHARGING),
        ChargeStandard => command!("charge_standard", "Charges to the limit for every day.", scopes_any: CHARGING),
        ChargePortDoorOpen => command!(
            "charge_port_door_open",
            "Opens the charge port, or releases the cable in it.",
            scopes_any: CHARGING,
        ),
        ChargePortDoorClose => command!("charge_port_door_close", "Closes the charge port.", scopes_any: CHARGING),
        SetChargeLimit => command!(
            "set_charge_limit",
            "Sets where charging ends.",
            body: [body("percent", Kind::Integer, "Where charging ends, in percent, 50 to 100.", "80")],
            scopes_any: CHARGING,
        ),
        SetChargingAmps => command!(
            "set_charging_amps",
            "Sets the charging current.",
            body: [body("charging_amps", Kind::Integer, "The charging current in ampere.", "16")],
            scopes_any: CHARGING,
        ),
    }
}
