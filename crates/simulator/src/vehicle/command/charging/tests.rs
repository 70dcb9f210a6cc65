use serde_json::Value;

use super::*;
use crate::vehicle::{AccessType, BlockSet, Charger, Connectivity, Model, VehicleProfile};

const NOW: i64 = 1_767_000_000_000_000;

fn awake() -> Vehicle {
    let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, Model::Model3);
    Vehicle::new(profile, Connectivity::Online, NOW).with_charge(60.0)
}

fn shown(car: &Vehicle, key: &str) -> Value {
    let data = car.data(BlockSet::DEFAULT, false, AccessType::Owner, car.updated_at);
    serde_json::to_value(data.charge_state).unwrap()[key].clone()
}

#[test]
fn the_port_opens_and_closes_once() {
    let mut car = awake();
    assert_eq!(car.command(ChargingCommand::ChargePortDoorClose, NOW), refused("already closed"));
    assert_eq!(car.command(ChargingCommand::ChargePortDoorOpen, NOW), done());
    assert_eq!((shown(&car, "charge_port_door_open"), shown(&car, "charge_port_color")), (true.into(), "White".into()));
    assert_eq!(car.command(ChargingCommand::ChargePortDoorClose, NOW), done());
    assert_eq!(shown(&car, "charge_port_door_open"), false);
}

#[test]
fn a_cable_is_held_while_energy_flows() {
    let mut car = awake();
    car.plug_in(Charger::SINGLE_PHASE_48_A, NOW);
    assert_eq!(car.command(ChargingCommand::ChargePortDoorOpen, NOW), refused("not allowed"));
    assert_eq!(car.command(ChargingCommand::ChargePortDoorClose, NOW), refused("cable connected"));
    assert_eq!(shown(&car, "charge_port_latch"), "Engaged");
    car.command(ChargingCommand::ChargeStop, NOW);
    assert_eq!(car.command(ChargingCommand::ChargePortDoorOpen, NOW), done());
    assert_eq!(shown(&car, "charge_port_latch"), "Disengaged");
    car.command(ChargingCommand::ChargeStart, NOW);
    assert_eq!(shown(&car, "charge_port_latch"), "Engaged");
}

#[test]
fn a_port_without_a_motor_is_closed_by_hand() {
    let mut car = awake();
    car.profile.options.motorized_charge_port = false;
    car.command(ChargingCommand::ChargePortDoorOpen, NOW);
    assert_eq!(car.command(ChargingCommand::ChargePortDoorClose, NOW), refused("non-motorized charge port"));
}

#[test]
fn the_limits_for_every_day_and_for_a_trip() {
    let mut car = awake();
    assert_eq!(car.command(ChargingCommand::ChargeStandard, NOW), done());
    assert_eq!(shown(&car, "charge_limit_soc"), 90);
    assert_eq!(car.command(ChargingCommand::ChargeStandard, NOW), refused("already_started"));
    for _ in 0..2 {
        assert_eq!(car.command(ChargingCommand::ChargeMaxRange, NOW), done());
        assert_eq!(shown(&car, "charge_limit_soc"), 100);
    }
}
