use fleetgate_protocol::operations::CommandOperation;
use serde_json::json;

use super::*;
use crate::time::{DAY, HOUR, MINUTE};
use crate::vehicle::{AccessType, BlockSet, Connectivity, Model, VehicleCommand, VehicleProfile};

/// Noon of a July day in California.
const JULY: i64 = 1_783_537_200_000_000;
/// A January night there.
const JANUARY: i64 = 1_768_000_000_000_000;

fn car(model: Model, now: i64) -> Vehicle {
    let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, model);
    Vehicle::new(profile, Connectivity::Online, now).with_charge(80.0)
}

fn shown(car: &Vehicle, key: &str) -> Value {
    let data = car.data(BlockSet::DEFAULT, false, AccessType::Owner, car.updated_at);
    serde_json::to_value(data.climate_state).unwrap()[key].clone()
}

/// Sends a command by its name, as the API does.
fn send(car: &mut Vehicle, name: &str, body: Value) -> Result<CommandOutcome, ParameterError> {
    let operation = CommandOperation::all().find(|operation| operation.row().name == name).expect(name);
    let Value::Object(body) = body else { panic!("an object, please") };
    let now = car.updated_at;
    VehicleCommand::parse(operation, &body).map(|command| car.command(command, now))
}

fn obeys(car: &mut Vehicle, name: &str, body: impl Into<Value>) {
    assert_eq!(send(car, name, body.into()), Ok(done()), "{name}");
}

#[test]
fn what_is_set_is_shown() {
    let mut car = car(Model::ModelX, JANUARY);
    obeys(&mut car, "set_temps", json!({"driver_temp": 23.5, "passenger_temp": 40}));
    assert_eq!((shown(&car, "driver_temp_setting"), shown(&car, "passenger_temp_setting")), (json!(23.5), json!(28.0)));
    obeys(&mut car, "auto_conditioning_start", json!({}));
    for (name, body, key, value) in [
        ("remote_seat_heater_request", json!({"seat_position": 0, "level": 2}), "seat_heater_left", json!(2)),
        ("remote_seat_heater_request", json!({"heater": 5, "level": 3}), "seat_heater_rear_right", json!(3)),
        ("remote_seat_heater_request", json!({"seat_position": 7, "level": 1}), "seat_heater_third_row_left", json!(1)),
        (
            "remote_seat_cooler_request",
            json!({"seat_position": 2, "seat_cooler_level": 3}),
            "seat_fan_front_right",
            json!(3),
        ),
        (
            "remote_auto_seat_climate_request",
            json!({"auto_seat_position": 2, "auto_climate_on": false}),
            "auto_seat_climate_right",
            json!(false),
        ),
        ("remote_steering_wheel_heater_request", json!({"on": true}), "steering_wheel_heat_level", json!(3)),
        ("remote_steering_wheel_heat_level_request", json!({"level": 1}), "steering_wheel_heat_level", json!(1)),
        (
            "remote_auto_steering_wheel_heat_climate_request",
            json!({"on": true}),
            "auto_steering_wheel_heat",
            json!(true),
        ),
        ("set_bioweapon_mode", json!({"on": true, "manual_override": false}), "bioweapon_mode", json!(true)),
        ("set_preconditioning_max", json!({"on": true, "manual_override": false}), "defrost_mode", json!(2)),
        ("set_cop_temp", json!({"cop_temp": 0}), "cop_activation_temperature", json!("Low")),
        (
            "set_cabin_overheat_protection",
            json!({"on": true, "fan_only": true}),
            "cabin_overheat_protection",
            json!("FanOnly"),
        ),
        ("set_climate_keeper_mode", json!({"climate_keeper_mode": 2}), "climate_keeper_mode", json!("dog")),
    ] {
        obeys(&mut car, name, body);
        assert_eq!(shown(&car, key), value, "{name}");
    }
    obeys(&mut car, "auto_conditioning_stop", json!({}));
    for (key, value) in [
        ("seat_heater_left", json!(0)),
        ("bioweapon_mode", json!(false)),
        ("climate_keeper_mode", json!("off")),
        ("is_climate_on", json!(false)),
        ("defrost_mode", json!(0)),
    ] {
        assert_eq!(shown(&car, key), value, "{key}");
    }
}

#[test]
fn bad_parameters_are_refused_and_change_nothing() {
    let mut car = car(Model::ModelX, JANUARY);
    let before = car.clone();
    for (name, body, text) in [
        ("set_temps", json!({"driver_temp": 20}), "missing passenger_temp param"),
        ("set_temps", json!({"driver_temp": "20", "passenger_temp": 20}), "invalid driver_temp param"),
        ("remote_seat_heater_request", json!({"seat_position": 9, "level": 1}), "invalid seat_position param"),
        ("remote_seat_heater_request", json!({"seat_position": 0, "level": 4}), "invalid level param"),
        ("remote_seat_heater_request", json!({"level": 4}), "missing seat_position param"),
        (
            "remote_seat_cooler_request",
            json!({"seat_position": 0, "seat_cooler_level": 1}),
            "invalid seat_position param",
        ),
        ("remote_steering_wheel_heat_level_request", json!({"level": 2}), "invalid level param"),
        ("remote_auto_seat_climate_request", json!({"auto_seat_position": 1}), "missing auto_climate_on param"),
        ("set_climate_keeper_mode", json!({"climate_keeper_mode": 4}), "invalid climate_keeper_mode param"),
        (
            "set_climate_keeper_mode",
            json!({"climate_keeper_mode": 1, "manual_override": 1}),
            "invalid manual_override param",
        ),
        ("set_cop_temp", json!({"cop_temp": 3}), "invalid cop_temp param"),
        ("set_bioweapon_mode", json!({"on": true}), "missing manual_override param"),
        ("set_preconditioning_max", json!({"on": 1, "manual_override": false}), "invalid on param"),
        ("set_cabin_overheat_protection", json!({"fan_only": true}), "missing on param"),
    ] {
        assert_eq!(send(&mut car, name, body).unwrap_err().to_string(), text, "{name}");
    }
    assert_eq!(car, before);
}

#[test]
fn what_a_car_has_not_it_refuses() {
    let mut car = car(Model::Model3, JANUARY);
    car.profile.options.heated_steering_wheel = false;
    car.profile.options.rear_seat_heaters = false;
    obeys(&mut car, "auto_conditioning_start", json!({}));
    let before = car.clone();
    for (name, body) in [
        ("set_bioweapon_mode", json!({"on": true, "manual_override": false})),
        ("remote_seat_cooler_request", json!({"seat_position": 1, "seat_cooler_level": 1})),
        ("remote_steering_wheel_heater_request", json!({"on": true})),
        ("remote_seat_heater_request", json!({"seat_position": 4, "level": 1})),
        ("remote_seat_heater_request", json!({"seat_position": 8, "level": 1})),
    ] {
        assert_eq!(send(&mut car, name, body), Ok(refused("not_supported")), "{name}");
    }
    assert_eq!(car, before);
}

#[test]
fn seats_and_wheel_want_the_climate_system() {
    let mut car = car(Model::ModelX, JANUARY);
    for (name, body) in [
        ("remote_seat_heater_request", json!({"seat_position": 0, "level": 1})),
        ("remote_seat_cooler_request", json!({"seat_position": 1, "seat_cooler_level": 1})),
        ("remote_auto_seat_climate_request", json!({"auto_seat_position": 1, "auto_climate_on": true})),
        ("remote_steering_wheel_heater_request", json!({"on": true})),
        ("remote_auto_steering_wheel_heat_climate_request", json!({"on": true})),
    ] {
        let reason = "cabin comfort remote settings not enabled";
        assert_eq!(send(&mut car, name, body), Ok(refused(reason)), "{name}");
    }
}

#[test]
fn a_dog_stays_cool_until_the_battery_is_low() {
    let mut car = car(Model::ModelY, JULY).with_charge(30.0);
    obeys(&mut car, "set_climate_keeper_mode", json!({"climate_keeper_mode": 2}));
    car.advance(JULY + 5 * HOUR);
    assert!((car.cabin.inside - 21.0).abs() < 0.5, "{}", car.cabin.inside);
    assert_eq!(car.connectivity(), Connectivity::Online);
    car.advance(JULY + 4 * DAY);
    assert_eq!(car.cabin.keeper, Keeper::Off);
    let left = car.battery.energy_kwh / car.profile.battery_kwh;
    assert!((0.15..0.2001).contains(&left), "{left}");
}

#[test]
fn a_parked_car_in_the_sun_is_kept_from_heating_up() {
    let hottest = |mode: Value| {
        let mut car = car(Model::ModelY, JULY - 4 * HOUR);
        obeys(&mut car, "set_cop_temp", json!({"cop_temp": 0}));
        obeys(&mut car, "set_cabin_overheat_protection", mode);
        let (mut hottest, mut cooled) = (0.0_f64, false);
        for step in 0..50 {
            car.advance(JULY - 4 * HOUR + step * 10 * MINUTE);
            hottest = hottest.max(car.cabin.inside);
            cooled |= shown(&car, "cabin_overheat_protection_actively_cooling") == true;
        }
        (hottest, cooled, car.battery.meter.climate_kwh)
    };
    let (alone, protected) = (hottest(json!({"on": false})), hottest(json!({"on": true})));
    assert!(alone.0 > 34.0 && !alone.1 && alone.2 == 0.0, "{alone:?}");
    assert!(protected.0 < 31.5 && protected.1 && protected.2 > 0.5, "{protected:?}");
}

#[test]
fn a_cold_battery_is_heated_with_the_cabin() {
    let mut car = car(Model::ModelY, JANUARY);
    car.profile.home.latitude = 60.0;
    car.advance(JANUARY + DAY);
    car.wake_up(JANUARY + DAY);
    car.advance(JANUARY + DAY + MINUTE);
    obeys(&mut car, "auto_conditioning_start", json!({}));
    car.advance(JANUARY + DAY + 5 * MINUTE);
    assert_eq!((shown(&car, "battery_heater"), car.battery.heater), (json!(true), true));
    car.advance(JANUARY + DAY + 4 * HOUR);
    assert!(!car.battery.heater);
}
