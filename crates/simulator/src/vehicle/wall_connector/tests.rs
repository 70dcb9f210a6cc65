use super::super::*;
use super::*;
use crate::time::{DAY, MINUTE};

const NOW: i64 = 1_767_000_000_000_000;

fn car() -> Vehicle {
    let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1_492_931_337_201, 700_412, Model::Model3);
    Vehicle::new(profile, Connectivity::Online, NOW).with_charge(40.0)
}

/// Plugged in at its wall connector.
fn plugged(outages: Vec<Spell>) -> Vehicle {
    let mut car = car().with_wall_connector(outages);
    car.plug_in(car.profile.home_charger(), NOW);
    car
}

fn known(car: &Vehicle) -> ConnectedCar {
    car.connected_car().unwrap()
}

#[test]
fn one_session_at_one_power_is_one_draw() {
    let mut car = plugged(Vec::new());
    for minute in 1..=60 {
        car.advance(NOW + minute * MINUTE);
    }
    let known = known(&car);
    assert_eq!((known.since, known.seen_at, known.plugged_in), (NOW, NOW + HOUR, true));
    assert!((known.watts - 11_520.0).abs() < 1e-6, "{known:?}");
    let [draw] = known.draws[..] else { panic!("{known:?}") };
    assert_eq!((draw.from, draw.until), (NOW, NOW + HOUR));
    assert!((draw.watts - 11_520.0).abs() < 1e-6, "{known:?}");
}

#[test]
fn less_current_is_less_power_from_then_on() {
    let mut car = plugged(Vec::new());
    car.command(ChargingCommand::SetChargingAmps { charging_amps: 10 }, NOW + HOUR);
    assert!((known(&car).watts - 2_400.0).abs() < 1e-6);
    car.advance(NOW + 2 * HOUR);
    let powers: Vec<_> = known(&car).draws.iter().map(|draw| draw.watts.round() as i64).collect();
    assert_eq!(powers, [11_520, 2_400]);
}

#[test]
fn what_is_taken_elsewhere_is_not_the_connectors() {
    assert_eq!(car().connected_car(), None, "it has no connector");
    let mut car = car().with_wall_connector(Vec::new());
    car.plug_in(Charger::FAST_250_KW, NOW);
    car.advance(NOW + MINUTE);
    assert_eq!((known(&car).plugged_in, known(&car).watts), (false, 0.0));
    let there = Coordinates { latitude: car.profile.home.latitude + 0.1, ..car.profile.home };
    car.drive(Trip { to: there, name: "There".to_owned(), plug_in: true }, NOW + MINUTE).unwrap();
    car.advance(NOW + HOUR);
    assert!(car.battery.is_charging() && !known(&car).plugged_in);
    assert!(known(&car).draws.is_empty());
}

#[test]
fn in_an_outage_it_has_no_power_and_afterwards_it_charges_on() {
    let outage = Spell { from: NOW + HOUR, until: NOW + 3 * HOUR };
    let mut car = plugged(vec![Spell { from: NOW - DAY, until: NOW - HOUR }, outage]);
    assert_eq!(car.wall_connector.as_ref().unwrap().outages, [outage], "what is over is forgotten");
    car.advance(outage.from - 1);
    assert_eq!(car.battery.status, ChargingStatus::Charging);
    car.advance(outage.from);
    assert_eq!(car.battery.status, ChargingStatus::NoPower);
    let level = car.battery.energy_kwh;
    let start = car.command(ChargingCommand::ChargeStart, outage.from + MINUTE);
    assert_eq!((start.result, start.reason.as_str()), (false, "no_power"));
    car.advance(outage.until - 1);
    assert!(car.battery.status == ChargingStatus::NoPower && car.battery.energy_kwh < level);
    car.advance(outage.until);
    assert_eq!(car.battery.status, ChargingStatus::Charging);
    car.advance(outage.until + HOUR);
    let known = known(&car);
    let times: Vec<_> = known.draws.iter().map(|draw| (draw.from, draw.until)).collect();
    assert_eq!(times, [(NOW, outage.from), (outage.until, outage.until + HOUR)]);
}

#[test]
fn a_car_that_comes_home_in_an_outage_waits_for_the_power() {
    let outage = Spell { from: NOW, until: NOW + 5 * HOUR };
    let mut car = plugged(vec![outage]);
    assert_eq!(car.battery.status, ChargingStatus::NoPower);
    car.unplug(NOW + HOUR);
    assert_eq!(car.battery.status, ChargingStatus::Disconnected);
    car.advance(NOW + 6 * HOUR);
    assert_eq!(car.battery.status, ChargingStatus::Disconnected);
    assert!(known(&car).draws.is_empty());
}

#[test]
fn the_oldest_draws_are_forgotten() {
    let mut car = plugged(Vec::new());
    let mut now = NOW;
    for round in 0..300 {
        now += MINUTE;
        let charging_amps = if round % 2 == 0 { 5 } else { 6 };
        car.command(ChargingCommand::SetChargingAmps { charging_amps }, now);
    }
    let known = known(&car);
    assert_eq!(known.draws.len(), MOST_DRAWS);
    assert_eq!(known.since, known.draws[0].from);
    assert!(known.since > NOW);
    let stored: Vehicle = serde_json::from_str(&serde_json::to_string(&car).unwrap()).unwrap();
    assert_eq!(stored, car);
}
