//! Commands to vehicles.

use super::{Device, Kind, Method, Operation, Parameter, Price, Response, VEHICLE_TAG, body, operations, schema};
use crate::Scope;
use crate::command::CommandResult;

/// What every command has in common; `command!` adds name and path.
const COMMAND: Operation = Operation {
    method: Method::Post,
    scopes_any: &[Scope::VEHICLE_CMDS],
    device: Some(Device::OnlineVehicle),
    price: Price::Command,
    parameters: &[VEHICLE_TAG],
    response: Response::One(schema::<CommandResult>),
    ..Operation::BASE
};

/// Charging commands can be held by themselves.
const CHARGING: &[Scope] = &[Scope::VEHICLE_CMDS, Scope::VEHICLE_CHARGING_CMDS];

macro_rules! command {
    ($name:literal, $summary:literal $(, $field:ident: $value:expr)* $(,)?) => {
        Operation {
            name: $name,
            summary: $summary,
            path: concat!("/api/1/vehicles/{vehicle_tag}/command/", $name),
            $($field: $value,)*
            ..COMMAND
        }
    };
}

const CHARGE_LIMIT: &[Parameter] =
    &[VEHICLE_TAG, body("percent", Kind::Integer, "Where charging ends, in percent, 50 to 100.", "80")];
const CHARGING_AMPS: &[Parameter] =
    &[VEHICLE_TAG, body("charging_amps", Kind::Integer, "The charging current in ampere.", "16")];

operations! {
    /// Commands to vehicles.
    CommandOperation {
        DoorLock => command!("door_lock", "Locks the vehicle."),
        DoorUnlock => command!("door_unlock", "Unlocks the vehicle."),
        ChargeStart => command!("charge_start", "Starts charging.", scopes_any: CHARGING),
        ChargeStop => command!("charge_stop", "Stops charging.", scopes_any: CHARGING),
        SetChargeLimit => command!(
            "set_charge_limit",
            "Sets where charging ends.",
            scopes_any: CHARGING,
            parameters: CHARGE_LIMIT,
        ),
        SetChargingAmps => command!(
            "set_charging_amps",
            "Sets the charging current.",
            scopes_any: CHARGING,
            parameters: CHARGING_AMPS,
        ),
        AutoConditioningStart => command!("auto_conditioning_start", "Starts climate preconditioning."),
        AutoConditioningStop => command!("auto_conditioning_stop", "Stops climate preconditioning."),
        HonkHorn => command!("honk_horn", "Honks the horn twice."),
        FlashLights => command!("flash_lights", "Flashes the headlights briefly."),
    }
}
