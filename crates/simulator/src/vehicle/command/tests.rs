mod closures;
mod driving;
mod limits;
mod media;
mod navigation;
mod security;
mod settings;
mod signals;
mod wire;

use serde_json::json;
pub(in crate::vehicle) use wire::example;

use super::*;
use crate::time::{HOUR, MINUTE, SECOND};
use crate::vehicle::{
    AccessType, BlockSet, ChargingStatus, Guarded, Hardware, Model, Options, ParentalSetting, Pin, VehicleProfile,
    cabin,
};

const NOW: i64 = 1_767_000_000_000_000;

/// Reads a command by its name on the wire.
fn parse(name: &str, parameters: Value) -> Result<VehicleCommand, ParameterError> {
    let Value::Object(parameters) = parameters else { panic!("an object, please") };
    let operation = CommandOperation::all().find(|operation| operation.row().name == name).expect(name);
    VehicleCommand::parse(operation, &parameters)
}

/// Gives a car a command as it stands on the wire; the reason of its refusal, or nothing.
fn tell(car: &mut Vehicle, name: &str, parameters: Value) -> String {
    let command = parse(name, parameters).unwrap_or_else(|error| panic!("{name}: {error}"));
    let outcome = car.command(command, car.updated_at);
    assert_eq!(outcome.result, outcome.reason.is_empty(), "{name}: {outcome:?}");
    outcome.reason
}

/// A car of a model and a generation, awake.
fn car_of(model: Model, hardware: Hardware) -> Vehicle {
    let mut profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1_492_931_337_201, 700_412, model);
    profile.hardware = hardware;
    profile.options = Options::of(model, hardware);
    Vehicle::new(profile, Connectivity::Online, NOW).with_charge(60.0)
}

fn awake() -> Vehicle {
    let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1_492_931_337_201, 700_412, Model::Model3).european();
    Vehicle::new(profile, Connectivity::Online, NOW).with_charge(60.0)
}

/// Awake, plugged in, and not charging.
fn stopped() -> Vehicle {
    let mut car = awake();
    car.plug_in(car.profile.home_charger(), NOW);
    assert_eq!(car.command(ChargingCommand::ChargeStop, NOW), done());
    car
}

/// A value of `vehicle_data`, by block and key.
fn shown(car: &Vehicle, pointer: &str) -> Value {
    let data = car.data(BlockSet::COMBO, true, AccessType::Owner, car.updated_at);
    serde_json::to_value(data).unwrap().pointer(pointer).cloned().unwrap_or_else(|| panic!("no {pointer}"))
}

#[test]
fn parameters_that_a_command_does_not_know_are_ignored() {
    assert_eq!(parse("door_lock", json!({"which": "ignored"})), Ok(ClosuresCommand::DoorLock.into()));
    let limit = ChargingCommand::SetChargeLimit { percent: 80 };
    assert_eq!(parse("set_charge_limit", json!({"percent": 80, "limit": 70})), Ok(limit.into()));
}

#[test]
fn bad_parameters_have_the_documented_texts() {
    let text = |name, parameters| parse(name, parameters).unwrap_err().to_string();
    assert_eq!(text("set_charge_limit", json!({})), "missing percent param");
    assert_eq!(text("set_charging_amps", json!({"amps": 8})), "missing charging_amps param");
    for bad in [json!("80"), json!(80.5), json!(null), json!([80]), json!(true), json!(1e300)] {
        assert_eq!(text("set_charge_limit", json!({"percent": bad})), "invalid percent param");
    }
}

#[test]
fn doors_lock_and_unlock_as_often_as_one_likes() {
    let mut car = awake();
    for _ in 0..2 {
        assert_eq!(car.command(ClosuresCommand::DoorUnlock, NOW), done());
        assert_eq!(shown(&car, "/vehicle_state/locked"), false);
        assert_eq!(shown(&car, "/closures_state/locked"), false);
    }
    for _ in 0..2 {
        assert_eq!(car.command(ClosuresCommand::DoorLock, NOW), done());
        assert_eq!(shown(&car, "/vehicle_state/locked"), true);
    }
}

#[test]
fn charging_starts_once_and_stops_once() {
    let mut car = stopped();
    assert_eq!(shown(&car, "/charge_state/charging_state"), "Stopped");
    assert_eq!(car.command(ChargingCommand::ChargeStop, NOW), refused("not_charging"));
    assert_eq!(car.command(ChargingCommand::ChargeStart, NOW), done());
    assert_eq!(shown(&car, "/charge_state/charging_state"), "Charging");
    assert_eq!(shown(&car, "/charge_state/charger_power"), 11);
    assert_eq!(shown(&car, "/charge_state/charger_actual_current"), 16);
    assert_eq!(shown(&car, "/charge_state/charger_phases"), 2);
    assert_eq!(car.command(ChargingCommand::ChargeStart, NOW), refused("is_charging"));
}

#[test]
fn an_unplugged_car_does_not_charge() {
    let mut car = awake();
    assert_eq!(car.command(ChargingCommand::ChargeStart, NOW), refused("disconnected"));
    assert_eq!(car.command(ChargingCommand::ChargeStop, NOW), refused("not_charging"));
    assert_eq!(shown(&car, "/charge_state/charger_voltage"), 2);
    assert_eq!(shown(&car, "/charge_state/conn_charge_cable"), "<invalid>");
}

#[test]
fn a_charger_without_power_is_refused() {
    let mut car = stopped();
    car.battery.status = ChargingStatus::NoPower;
    assert_eq!(car.command(ChargingCommand::ChargeStart, NOW), refused("no_power"));
}

#[test]
fn a_full_car_is_complete_until_its_limit_is_raised() {
    let mut car = stopped().with_charge(80.0);
    assert_eq!(car.command(ChargingCommand::ChargeStart, NOW), refused("complete"));
    car.command(ChargingCommand::SetChargeLimit { percent: 90 }, NOW);
    assert_eq!(car.command(ChargingCommand::ChargeStart, NOW), done());
    car.advance(NOW + 2 * HOUR);
    assert_eq!(shown(&car, "/charge_state/charging_state"), "Complete");
    assert_eq!(shown(&car, "/charge_state/battery_level"), 90);
    car.wake_up(NOW + 2 * HOUR);
    car.advance(NOW + 2 * HOUR + MINUTE);
    assert_eq!(car.command(ChargingCommand::ChargeStart, NOW), refused("complete"));
    assert_eq!(car.command(ChargingCommand::SetChargeLimit { percent: 95 }, NOW), done());
    assert_eq!(shown(&car, "/charge_state/charging_state"), "Charging");
    assert_eq!(car.command(ChargingCommand::SetChargeLimit { percent: 70 }, NOW), done());
    assert_eq!(shown(&car, "/charge_state/charging_state"), "Complete");
}

#[test]
fn a_charge_limit_out_of_range_succeeds_and_is_corrected() {
    let mut car = awake();
    for (percent, kept) in [(90, 90), (30, 50), (-1, 50), (i64::MAX, 100)] {
        assert_eq!(car.command(ChargingCommand::SetChargeLimit { percent }, NOW), done());
        assert_eq!(shown(&car, "/charge_state/charge_limit_soc"), kept);
    }
    assert_eq!(car.command(ChargingCommand::SetChargeLimit { percent: 100 }, NOW), refused("already_set"));
}

#[test]
fn the_current_stays_within_what_was_set_and_what_the_charger_offers() {
    for eu in [false, true] {
        let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, Model::Model3);
        let profile = if eu { profile.european() } else { profile };
        let most = profile.home_charger().amps;
        for climate in [false, true] {
            let mut car = Vehicle::new(profile.clone(), Connectivity::Online, NOW).with_charge(50.0);
            car.plug_in(profile.home_charger(), NOW);
            if climate {
                car.command(ClimateCommand::AutoConditioningStart, NOW);
            }
            for (charging_amps, kept) in [(8, 8), (5, 5), (1, 1), (0, 0), (99, most), (-5, 0)] {
                assert_eq!(car.command(ChargingCommand::SetChargingAmps { charging_amps }, NOW), done());
                let current = ["charge_amps", "charge_current_request", "charger_actual_current"]
                    .map(|name| shown(&car, &format!("/charge_state/{name}")));
                assert_eq!(current, [kept; 3].map(serde_json::Value::from), "{charging_amps} A, climate {climate}");
            }
        }
    }
}

#[test]
fn what_is_shown_at_a_low_current_is_what_happens_next() {
    let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, Model::Model3);
    for (charging_amps, climate) in [(0, false), (0, true), (1, false), (1, true), (3, true), (5, true), (48, true)] {
        let mut car = Vehicle::new(profile.clone(), Connectivity::Online, NOW).with_charge(50.0);
        car.plug_in(profile.home_charger(), NOW);
        if climate {
            car.command(ClimateCommand::AutoConditioningStart, NOW);
        }
        car.command(ChargingCommand::SetChargingAmps { charging_amps }, NOW);
        let (power, rate) = (shown(&car, "/drive_state/power"), shown(&car, "/charge_state/charge_rate"));
        let minutes = shown(&car, "/charge_state/minutes_to_full_charge").as_i64().unwrap();
        let before = car.battery.energy_kwh;
        car.advance(NOW + SECOND);
        let gained = (car.battery.energy_kwh - before) * 3600.0;
        let what = format!("{charging_amps} A, climate {climate}: gains {gained} kW");
        assert_eq!(power, -gained.round() as i64, "{what}");
        let miles = (gained.max(0.0) * profile.miles_per_kwh() * 10.0).round() / 10.0;
        assert!((rate.as_f64().unwrap() - miles).abs() <= 0.11, "{what}: {rate} mph");
        // Below 80 % this battery takes all that there is.
        let expected = if gained > 0.0 { ((car.limit_kwh() - before) / gained * 60.0).ceil() as i64 } else { 0 };
        assert!((minutes - expected).abs() <= 1 + expected / 500, "{what}: {minutes} min instead of {expected}");
    }
}

#[test]
fn a_parked_car_takes_no_more_from_the_charger_than_was_set() {
    let mut car = stopped();
    car.command(ClimateCommand::AutoConditioningStart, NOW);
    car.command(ChargingCommand::SetChargingAmps { charging_amps: 1 }, NOW);
    assert_eq!(shown(&car, "/charge_state/charger_actual_current"), 1);
    let (before, offered) = (car.battery.meter.wall_kwh, car.battery.offered_kw());
    car.advance(NOW + MINUTE);
    let taken = (car.battery.meter.wall_kwh - before) * 60.0;
    assert!((taken - offered).abs() < 1e-6, "{taken} kW of {offered} kW");
}

#[test]
fn conditioning_nears_the_wanted_temperature_and_ends() {
    let mut car = awake();
    let before = car.cabin.inside;
    assert!(before < 15.0, "a December night in Utrecht: {before}");
    assert_eq!(car.command(ClimateCommand::AutoConditioningStart, NOW), done());
    assert_eq!(shown(&car, "/climate_state/is_climate_on"), true);
    car.advance(NOW + 20 * MINUTE);
    assert!((car.cabin.inside - 21.0).abs() < 1.0);
    assert_eq!(car.command(ClimateCommand::AutoConditioningStop, car.updated_at), done());
    assert_eq!(shown(&car, "/climate_state/is_climate_on"), false);
    assert_eq!(car.command(ClimateCommand::AutoConditioningStart, car.updated_at), done());
    car.advance(car.updated_at + cabin::CONDITIONING_TIME);
    assert_eq!(shown(&car, "/climate_state/is_climate_on"), false);
}

#[test]
fn horn_and_lights_refuse_nothing_and_change_nothing_but_the_time_of_use() {
    let mut car = awake();
    let before = car.clone();
    assert_eq!(car.command(SignalsCommand::HonkHorn, NOW), done());
    assert_eq!(car.command(SignalsCommand::FlashLights, NOW), done());
    assert_eq!(car, before);
}

#[test]
fn a_sleeping_car_refuses_and_does_not_change() {
    let mut car = Vehicle::new(awake().profile, Connectivity::Asleep, NOW);
    let before = car.clone();
    assert_eq!(car.command(ClosuresCommand::DoorUnlock, NOW), refused("vehicle_unavailable"));
    assert_eq!(car, before);
}

#[test]
fn a_raised_limit_waits_for_the_schedule_as_a_plug_does() {
    let mut car = awake().with_charge(80.0);
    car.plug_in(car.profile.home_charger(), NOW);
    assert_eq!(shown(&car, "/charge_state/charging_state"), "Complete");
    let minute = |minutes: i64| SchedulesCommand::SetScheduledCharging { enable: true, time: minutes };
    // In eight hours on the clock at home.
    let local = (NOW / 60_000_000 + crate::time::utc_offset(&car.profile.time_zone, NOW) / 60).rem_euclid(1440);
    assert_eq!(car.command(minute((local + 480) % 1440), NOW), done());
    assert_eq!(car.command(ChargingCommand::SetChargeLimit { percent: 95 }, NOW), done());
    assert_eq!(shown(&car, "/charge_state/charging_state"), "Stopped");
    assert_eq!(shown(&car, "/charge_state/scheduled_charging_pending"), true);
    car.advance(NOW + 9 * HOUR);
    assert_eq!(car.battery.status, ChargingStatus::Charging);
}

#[test]
fn a_fast_charger_leaves_the_current_that_was_set() {
    let mut car = awake();
    car.command(ChargingCommand::SetChargingAmps { charging_amps: 12 }, NOW);
    for charger in [car.profile.fast_charger(), car.profile.home_charger()] {
        car.plug_in(charger, NOW);
        assert_eq!(shown(&car, "/charge_state/charge_current_request"), 12);
        car.unplug(NOW);
    }
    assert_eq!(shown(&car, "/charge_state/charge_amps"), 12);
}
