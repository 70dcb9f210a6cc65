//! The household's cars at the wall connectors.

use super::*;
use crate::vehicle::{ChargingCommand, Connectivity, Model, Trip, Vehicle, VehicleProfile};

const MAGPIE: &str = "7SAYGDEE8PA702214";

/// A European car at the site, with half a battery.
fn car(outages: &[Spell]) -> Vehicle {
    let profile = VehicleProfile::new(MAGPIE, 1, 2, Model::ModelY).european();
    Vehicle::new(profile, Connectivity::Online, NOW).with_charge(50.0).with_wall_connector(outages.to_vec())
}

/// A site with one wall connector, which is the car's.
fn home(profile: EnergySiteProfile) -> EnergySite {
    let profile = EnergySiteProfile { wall_connectors: 1, cars: vec![MAGPIE.to_owned()], ..profile };
    EnergySite::new(profile, NOW).begun_with(Settings::default(), 60.0)
}

/// Brings both to a moment.
fn bring(site: &mut EnergySite, car: &mut Vehicle, now: i64) {
    car.advance(now);
    site.know_cars(car.connected_car().into_iter().collect());
    site.advance(now);
}

/// VIN, state and power of the first wall connector.
fn connector(site: &EnergySite) -> (Option<String>, i64, i64) {
    let status = site.live_status().wall_connectors.swap_remove(0);
    (status.vin, status.wall_connector_state, status.wall_connector_power)
}

#[test]
fn a_car_that_charges_is_a_load_of_the_house_as_soon_as_it_does() {
    let (mut site, mut car) = (home(profile()), car(&[]));
    bring(&mut site, &mut car, NOW + HOUR);
    assert_eq!(connector(&site), (None, 2, 0));
    let idle = site.live_status().load_power;
    car.plug_in(car.profile.home_charger(), NOW + HOUR);
    bring(&mut site, &mut car, NOW + HOUR);
    assert_eq!(connector(&site), (Some(MAGPIE.to_owned()), 1, 11_088));
    assert_eq!(site.live_status().load_power, idle + 11_088);

    car.command(ChargingCommand::SetChargingAmps { charging_amps: 6 }, NOW + HOUR);
    bring(&mut site, &mut car, NOW + HOUR);
    assert_eq!((connector(&site).2, site.live_status().load_power), (4_158, idle + 4_158));
    car.command(ChargingCommand::ChargeStop, NOW + HOUR);
    bring(&mut site, &mut car, NOW + HOUR);
    assert_eq!(connector(&site), (Some(MAGPIE.to_owned()), 4, 0));
    assert_eq!(site.live_status().load_power, idle);

    let there = Coordinates { latitude: car.profile.home.latitude + 0.1, ..car.profile.home };
    car.drive(Trip { to: there, name: "There".to_owned(), plug_in: true }, NOW + HOUR).unwrap();
    bring(&mut site, &mut car, NOW + 3 * HOUR);
    assert!(car.battery.is_charging(), "elsewhere");
    assert_eq!(connector(&site), (None, 2, 0));
}

#[test]
fn the_house_gave_what_the_car_took() {
    let (mut site, mut car) = (home(profile()), car(&[]));
    car.plug_in(car.profile.home_charger(), NOW + 6 * HOUR);
    bring(&mut site, &mut car, NOW + 30 * DAY);
    let took = car.battery.meter.wall_kwh * 1000.0;
    assert!(took > 20_000.0, "{took}");
    let to_vehicles = site.energies(NOW, NOW + 30 * DAY).to_vehicles;
    assert!((to_vehicles - took).abs() < 1.0, "{to_vehicles} {took}");
    let told = site.charge_history(NOW, NOW + 30 * DAY).charge_history;
    let first = told.iter().find(|entry| entry.charge_start_time.seconds == (NOW + 6 * HOUR) / 1_000_000).unwrap();
    let hours = first.charge_duration.seconds as f64 / 3600.0;
    assert!((first.energy_added_wh as f64 / hours - 11_088.0).abs() < 10.0, "{first:?}");
    let told: i64 = told.iter().map(|entry| entry.energy_added_wh).sum();
    assert!((told as f64 - to_vehicles).abs() < 60.0, "{told} {to_vehicles}");
}

#[test]
fn where_the_site_is_looked_at_does_not_matter() {
    let (mut direct, mut stopping, mut car) = (home(profile()), home(profile()), car(&[]));
    car.plug_in(car.profile.home_charger(), NOW + 17 * HOUR);
    for hours in (3..240).step_by(7) {
        bring(&mut stopping, &mut car, NOW + hours * HOUR);
    }
    bring(&mut stopping, &mut car, NOW + 10 * DAY);
    bring(&mut direct, &mut car, NOW + 10 * DAY);
    assert!((direct.energy_wh - stopping.energy_wh).abs() < 0.5, "{} {}", direct.energy_wh, stopping.energy_wh);
}

#[test]
fn what_goes_on_is_not_told_as_over() {
    let (mut site, mut car) = (home(profile()), car(&[]));
    car.plug_in(car.profile.home_charger(), NOW + HOUR);
    bring(&mut site, &mut car, NOW + 2 * HOUR);
    let begins = |site: &EnergySite| -> Vec<i64> {
        let told = site.charge_history(NOW, NOW + DAY).charge_history;
        told.iter().map(|entry| entry.charge_start_time.seconds * 1_000_000).collect()
    };
    assert!(!begins(&site).contains(&(NOW + HOUR)));
    car.unplug(NOW + 2 * HOUR);
    bring(&mut site, &mut car, NOW + 3 * HOUR);
    assert!(begins(&site).contains(&(NOW + HOUR)));
}

#[test]
fn what_was_told_as_over_is_not_taken_back() {
    let (mut site, mut car) = (home(profile()), car(&[]));
    car.plug_in(car.profile.home_charger(), NOW);
    assert!(car.command(ChargingCommand::ChargeStop, NOW + 30 * MINUTE).result);
    let told = |site: &EnergySite| -> Vec<i64> {
        let history = site.charge_history(NOW, NOW + DAY).charge_history;
        history.iter().map(|entry| entry.charge_duration.seconds).collect()
    };
    bring(&mut site, &mut car, NOW + 38 * MINUTE);
    assert!(told(&site).is_empty(), "it may go on after a pause");
    assert!(car.command(ChargingCommand::ChargeStart, NOW + 38 * MINUTE).result);
    assert!(car.command(ChargingCommand::ChargeStop, NOW + 60 * MINUTE).result);
    bring(&mut site, &mut car, NOW + 75 * MINUTE);
    assert!(told(&site).is_empty());
    bring(&mut site, &mut car, NOW + 75 * MINUTE + 1);
    assert_eq!(told(&site), [3_600]);
    car.unplug(NOW + 80 * MINUTE);
    car.plug_in(car.profile.home_charger(), NOW + 80 * MINUTE);
    bring(&mut site, &mut car, NOW + 90 * MINUTE);
    assert_eq!(told(&site), [3_600]);
}

#[test]
fn before_anything_is_known_of_it_a_car_charges_by_habit() {
    let mut site = home(profile());
    let zone = site.zone();
    let before = site.habitual_sessions(&zone, NOW - 60 * DAY, NOW);
    let car = car(&[]);
    site.know_cars(car.connected_car().into_iter().collect());
    assert_eq!(site.habitual_sessions(&zone, NOW - 60 * DAY, NOW), before);
    assert!(!before.is_empty());
    assert_eq!(site.habitual_sessions(&zone, NOW, NOW + 60 * DAY), []);
    // Of a connector without a car of the household nothing is known.
    site.profile.wall_connectors = 2;
    let others = site.habitual_sessions(&zone, NOW, NOW + 60 * DAY);
    assert!(!others.is_empty() && others.iter().all(|session| session.connector == 1));
}

#[test]
fn in_an_outage_neither_gives_nor_takes() {
    let outages = vec![Spell { from: NOW + 2 * HOUR, until: NOW + 5 * HOUR }];
    let (mut site, mut car) = (home(EnergySiteProfile { outages: outages.clone(), ..profile() }), car(&outages));
    car.plug_in(car.profile.home_charger(), NOW + HOUR);
    bring(&mut site, &mut car, NOW + 3 * HOUR);
    assert_eq!(connector(&site), (Some(MAGPIE.to_owned()), 4, 0));
    let level = car.battery.energy_kwh;
    bring(&mut site, &mut car, NOW + 5 * HOUR - 1);
    assert!(car.battery.energy_kwh <= level);
    bring(&mut site, &mut car, NOW + 6 * HOUR);
    assert_eq!(connector(&site), (Some(MAGPIE.to_owned()), 1, 11_088));
    let took = car.battery.meter.wall_kwh * 1000.0;
    assert!((site.energies(NOW, NOW + 6 * HOUR).to_vehicles - took).abs() < 1.0);
}
