//! Battery and charger.

use super::{CHARGING, command};
use crate::operations::{Kind, body, operations};

operations! {
    /// Commands to battery and charger.
    ChargingCommandOperation {
        ChargeStart => command!("charge_start", "Starts charging.", scopes_any: CHARGING),
        ChargeStop => command!("charge_stop", "Stops charging.", scopes_any: CHARGING),
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
