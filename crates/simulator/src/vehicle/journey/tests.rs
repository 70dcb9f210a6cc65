use super::*;
use crate::time::HOUR;
use crate::vehicle::navigation::{StopOrder, Waypoint};
use crate::vehicle::security::ParentalSetting;
use crate::vehicle::{AccessType, BlockSet, Charger, Connectivity, Model, VehicleProfile};

/// Monday 2026-03-02, 00:00 in Los Angeles.
const MONDAY: i64 = 1_772_438_400_000_000;
const WORK: Coordinates = Coordinates { latitude: 37.7793, longitude: -122.4193 };

fn car(percent: f64) -> Vehicle {
    let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, Model::Model3);
    Vehicle::new(profile, Connectivity::Asleep, MONDAY).with_charge(percent)
}

fn commuter() -> Vehicle {
    let (name, days) = ("Work".to_owned(), Days::WEEKDAYS);
    car(70.0).with_commutes(vec![Commute { to: WORK, name, days, leave: 485, back: 1050, plug_in: true }])
}

fn shown(car: &Vehicle, pointer: &str) -> serde_json::Value {
    let data = car.data(BlockSet::COMBO, true, AccessType::Owner, car.updated_at);
    serde_json::to_value(data).unwrap().pointer(pointer).cloned().unwrap_or_default()
}

#[test]
fn a_commuter_leaves_arrives_and_comes_back() {
    let mut car = commuter();
    let odometer = car.odometer_miles;
    car.advance(MONDAY + 485 * MINUTE - 1);
    assert_eq!((car.connectivity(), car.is_driving()), (Connectivity::Asleep, false));
    car.advance(MONDAY + 500 * MINUTE);
    assert_eq!((car.connectivity(), car.is_driving()), (Connectivity::Online, true));
    assert_eq!(shown(&car, "/drive_state/shift_state"), "D");
    assert_eq!(shown(&car, "/drive_state/active_route_destination"), "Work");
    assert_eq!(shown(&car, "/vehicle_state/is_user_present"), true);
    assert_eq!(shown(&car, "/climate_state/is_climate_on"), true);
    car.advance(MONDAY + 10 * HOUR);
    assert_eq!((car.connectivity(), car.stand()), (Connectivity::Asleep, WORK));
    assert_eq!(shown(&car, "/drive_state/shift_state"), serde_json::Value::Null);
    let there = car.odometer_miles - odometer;
    assert!((27.0..36.0).contains(&there), "{there}");
    car.advance(MONDAY + 23 * HOUR);
    assert_eq!((car.position, car.battery.status), (None, crate::vehicle::ChargingStatus::Complete));
    assert!((car.odometer_miles - odometer - 2.0 * there).abs() < 1e-6);
    car.advance(MONDAY + 7 * DAY);
    assert!((car.odometer_miles - odometer - 10.0 * there).abs() < 1e-6, "not on Saturday and Sunday");
}

#[test]
fn a_speed_limit_binds() {
    let trip = Trip { to: WORK, ..Trip::default() };
    let top = |limit: Option<f64>, parental: Option<f64>| {
        let mut car = car(70.0);
        let security = &mut car.security;
        (security.speed_limit.active, security.speed_limit_mph) = (limit.is_some(), limit.unwrap_or(85.0));
        (security.parental.active, security.parental_mph) = (parental.is_some(), parental.unwrap_or(85.0));
        security.parental_settings.insert(ParentalSetting::SpeedLimit);
        car.drive(trip.clone(), MONDAY).unwrap();
        let mut top: f64 = 0.0;
        while car.is_driving() {
            top = top.max(car.on_the_road(car.updated_at).map_or(0.0, |road| road.mph));
            car.advance(car.updated_at + 10 * SECOND);
        }
        (top, car.updated_at - MONDAY)
    };
    let (free, soon) = top(None, None);
    assert!((55.0..80.0).contains(&free), "{free}");
    let (limited, later) = top(Some(50.0), None);
    assert!((limited - 50.0).abs() < 1e-6 && later > soon, "{limited}");
    assert_eq!(top(None, Some(50.0)), (limited, later));
    assert_eq!(top(Some(50.0), Some(60.0)), (limited, later));
    assert_eq!(top(Some(90.0), None), (free, soon), "a limit that nobody reaches");
}

#[test]
fn a_long_way_is_driven_with_stops_that_are_paid_for() {
    let mut car = car(70.0);
    let angeles = Coordinates { latitude: 34.0522, longitude: -118.2437 };
    car.drive(Trip { to: angeles, name: "Los Angeles".to_owned(), plug_in: false }, MONDAY).unwrap();
    let mut seen = Vec::new();
    let mut now = MONDAY;
    while car.journey.is_some() {
        now += 5 * MINUTE;
        car.advance(now);
        if car.stop().is_some() {
            seen.push(shown(&car, "/charge_state/fast_charger_type"));
            assert_eq!(shown(&car, "/drive_state/shift_state"), "P");
            assert!(shown(&car, "/charge_state/charger_power").as_i64().unwrap() <= 250);
        }
        assert!(now < MONDAY + 12 * HOUR);
    }
    assert_eq!((car.stand(), seen.first().and_then(|name| name.as_str())), (angeles, Some("Tesla")));
    let sessions = car.take_sessions();
    assert!((1..=3).contains(&sessions.len()), "{sessions:?}");
    let length = sessions[0].stopped_at - sessions[0].started_at;
    assert!((8 * MINUTE..50 * MINUTE).contains(&length), "{} min", length / MINUTE);
    assert_eq!((sessions[0].currency.as_str(), car.take_sessions().len()), ("USD", 0));
    assert!(car.battery.energy_kwh > 0.05 * car.profile.battery_kwh);
}

#[test]
fn nobody_sets_off_without_a_chance_to_arrive() {
    let mut car = car(5.0);
    let trip = Trip { to: WORK, name: "Work".to_owned(), plug_in: false };
    let before = car.clone();
    assert_eq!(car.drive(trip.clone(), MONDAY), Err(TripError::EmptyBattery));
    assert_eq!(car.drive(Trip { to: car.profile.home, ..trip.clone() }, MONDAY), Err(TripError::There));
    assert_eq!(car, before);
    let mut car = car.with_charge(70.0);
    assert_eq!(car.drive(trip.clone(), MONDAY), Ok(()));
    assert_eq!(car.drive(trip, MONDAY), Err(TripError::OnTheWay));
}

#[test]
fn a_cold_battery_charges_more_slowly() {
    let fill = |months: i64| {
        let mut car = car(20.0);
        car.profile.home = Coordinates { latitude: 60.0, longitude: 10.0 };
        car.advance(MONDAY + months * 30 * DAY);
        let (mut car, now) = (car.with_charge(20.0), MONDAY + months * 30 * DAY);
        car.plug_in(Charger::FAST_250_KW, now);
        let power = shown(&car, "/charge_state/charger_power").as_i64().unwrap();
        car.advance(now + 20 * MINUTE);
        (power, car.battery.added_kwh)
    };
    let (winter, summer) = (fill(10), fill(4));
    assert!(winter.0 < summer.0 && winter.1 < summer.1, "{winter:?} {summer:?}");
}

#[test]
fn the_route_shown_is_that_to_the_next_stop() {
    let mut car = car(90.0);
    car.navigation.add(Waypoint::from_coordinates(WORK), StopOrder::Replace);
    let las_vegas = Coordinates { latitude: 36.1716, longitude: -115.1391 };
    car.drive(Trip { to: las_vegas, name: "Las Vegas".to_owned(), plug_in: false }, MONDAY).unwrap();
    let route = |car: &Vehicle| {
        let [name, latitude, longitude, miles] = ["destination", "latitude", "longitude", "miles_to_arrival"]
            .map(|what| shown(car, &format!("/drive_state/active_route_{what}")));
        let place = Coordinates { latitude: latitude.as_f64().unwrap(), longitude: longitude.as_f64().unwrap() };
        (name, place, miles.as_f64().unwrap())
    };
    let (name, place, miles) = route(&car);
    assert_eq!(name, "Supercharger");
    assert!(miles >= car.stand().miles_to(place) - 0.1, "{miles}");
    let at_charger = car.journey_event().unwrap();
    car.advance(at_charger - MINUTE);
    assert!(route(&car).2 < 3.0);
    while car.journey.is_some() && shown(&car, "/drive_state/active_route_destination") != "Las Vegas" {
        car.advance(car.updated_at + 10 * MINUTE);
    }
    assert_eq!(route(&car).1, las_vegas);
    car.advance(MONDAY + 2 * DAY);
    assert_eq!(car.stand(), las_vegas);
    assert_eq!(
        shown(&car, "/drive_state/active_route_destination"),
        serde_json::Value::Null,
        "the driver chose another"
    );
}

#[test]
fn nobody_arrives_with_less_than_nothing() {
    let mut car = car(5.0);
    car.navigation
        .add(Waypoint::from_coordinates(Coordinates { latitude: 47.0, longitude: -100.0 }), StopOrder::Replace);
    assert_eq!(shown(&car, "/drive_state/active_route_energy_at_arrival"), 0);
}
