//! Cabin and climate system.

use super::command;
use crate::operations::{Kind, Parameter, body, operations, optional};

const ON: Parameter = body("on", Kind::Boolean, "Whether to switch it on.", "true");
const MANUAL_OVERRIDE: Parameter = body("manual_override", Kind::Boolean, "Whether it was switched by hand.", "false");

operations! {
    /// Commands to the climate system.
    ClimateCommandOperation {
        AutoConditioningStart => command!("auto_conditioning_start", "Starts climate preconditioning."),
        AutoConditioningStop => command!("auto_conditioning_stop", "Stops climate preconditioning."),
        SetTemps => command!(
            "set_temps",
            "Sets the temperatures of the cabin.",
            body: [
                body("driver_temp", Kind::Number, "The driver's side, in degrees Celsius, 15 to 28.", "21.5"),
                body("passenger_temp", Kind::Number, "The passenger's side, in degrees Celsius, 15 to 28.", "21.5"),
            ],
        ),
        SetPreconditioningMax => command!(
            "set_preconditioning_max",
            "Switches the strongest defrosting.",
            body: [ON, MANUAL_OVERRIDE],
        ),
        SetClimateKeeperMode => command!(
            "set_climate_keeper_mode",
            "Keeps the climate system on in a parked vehicle.",
            body: [
                body("climate_keeper_mode", Kind::Integer, "0 off, 1 keep, 2 dog, 3 camp.", "1"),
                optional("manual_override", Kind::Boolean, "Whether it was switched by hand.", "false"),
            ],
        ),
        SetBioweaponMode => command!(
            "set_bioweapon_mode",
            "Switches the fine air filter.",
            body: [ON, MANUAL_OVERRIDE],
        ),
        SetCabinOverheatProtection => command!(
            "set_cabin_overheat_protection",
            "Switches the protection of the cabin from the sun.",
            body: [ON, optional("fan_only", Kind::Boolean, "Whether fans alone do it.", "false")],
        ),
        SetCopTemp => command!(
            "set_cop_temp",
            "Sets from which temperature on the cabin is protected; it is not switched on by that.",
            body: [body("cop_temp", Kind::Integer, "0 for 30, 1 for 35, 2 for 40 degrees Celsius.", "1")],
        ),
        RemoteSeatHeaterRequest => command!(
            "remote_seat_heater_request",
            "Sets a seat heater while the climate system runs.",
            body: [
                body(
                    "seat_position",
                    Kind::Integer,
                    "0 front left, 1 front right, 2 rear left, 3 its backrest, 4 rear middle, 5 rear right, 6 its \
                     backrest, 7 third row left, 8 third row right.",
                    "0",
                ),
                body("level", Kind::Integer, "0 to 3.", "2"),
            ],
        ),
        RemoteSeatCoolerRequest => command!(
            "remote_seat_cooler_request",
            "Sets a seat fan while the climate system runs.",
            body: [
                body("seat_position", Kind::Integer, "1 front left, 2 front right.", "1"),
                body("seat_cooler_level", Kind::Integer, "0 to 3.", "2"),
            ],
        ),
        RemoteAutoSeatClimateRequest => command!(
            "remote_auto_seat_climate_request",
            "Lets a front seat heat by itself.",
            body: [
                body("auto_seat_position", Kind::Integer, "1 front left, 2 front right.", "1"),
                body("auto_climate_on", Kind::Boolean, "Whether it heats by itself.", "true"),
            ],
        ),
        RemoteSteeringWheelHeaterRequest => command!(
            "remote_steering_wheel_heater_request",
            "Switches the steering wheel's heater while the climate system runs.",
            body: [ON],
        ),
        RemoteSteeringWheelHeatLevelRequest => command!(
            "remote_steering_wheel_heat_level_request",
            "Sets the steering wheel's heater while the climate system runs.",
            body: [body("level", Kind::Integer, "0 off, 1 low, 3 high.", "1")],
        ),
        RemoteAutoSteeringWheelHeatClimateRequest => command!(
            "remote_auto_steering_wheel_heat_climate_request",
            "Lets the steering wheel heat by itself.",
            body: [ON],
        ),
    }
}
