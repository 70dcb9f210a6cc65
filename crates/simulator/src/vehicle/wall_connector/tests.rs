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
fn beyond_a_bound_the_oldest_draws_of_a_session_become_one() {
    let mut car = plugged(Vec::new());
    let mut now = NOW;
    for round in 0..300 {
        now += MINUTE;
        let charging_amps = if round % 2 == 0 { 5 } else { 6 };
        car.command(ChargingCommand::SetChargingAmps { charging_amps }, now);
    }
    let known = known(&car);
    assert_eq!((known.draws.len(), known.since, known.draws[0].from), (MOST_DRAWS, NOW, NOW), "nothing is forgotten");
    assert!(
        known.draws[0].until > NOW + 40 * MINUTE
            && known.draws[1..].iter().all(|draw| draw.until - draw.from == MINUTE)
    );
    let (told, gave) = (known.draws.iter().map(Draw::energy_wh).sum::<f64>(), car.battery.meter.wall_kwh * 1000.0);
    assert!((told - gave).abs() < 0.01, "{told} {gave}");
    let stored: Vehicle = serde_json::from_str(&serde_json::to_string(&car).unwrap()).unwrap();
    assert_eq!(stored, car);
}

#[test]
fn the_oldest_sessions_are_forgotten() {
    let mut connector = WallConnector::default();
    let session = |hour: i64| Draw { from: hour * HOUR, until: hour * HOUR + MINUTE, watts: 1_000.0 };
    (0..300).for_each(|hour| connector.note(session(hour)));
    assert_eq!(
        (connector.draws.len(), connector.draws[0], connector.since),
        (MOST_DRAWS, session(44), session(43).until)
    );
    // What an outage parts is not one session.
    let outage = Spell { from: 44 * HOUR + 2 * MINUTE, until: 44 * HOUR + 4 * MINUTE };
    connector.outages.push(outage);
    connector.draws[1] = Draw { from: outage.until, until: outage.until + MINUTE, watts: 1_000.0 };
    connector.note(session(300));
    assert_eq!(connector.since, session(44).until);
}
