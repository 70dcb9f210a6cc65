//! Weeks in the life of a car.

use super::super::*;
use crate::calendar::Days;
use crate::time::{DAY, MINUTE};
use fleetgate_protocol::vehicle_data::{ChargeSchedule, PreconditionSchedule};

/// Monday 2026-03-23, 00:00 in Amsterdam. The clocks change on the Sunday.
const MONDAY: i64 = 1_774_220_400_000_000;
const HOME: Coordinates = Coordinates::UTRECHT;

/// It goes to work from Monday to Friday, charges from one in the night, and is warm at eight.
fn commuter() -> Vehicle {
    let profile = VehicleProfile::new("LRWYHCFS4PC604381", 1, 2, Model::ModelY).european();
    let to = Coordinates { latitude: 52.1561, longitude: 5.3878 };
    let days = Days::WEEKDAYS;
    let way = Commute { to, name: "Work".to_owned(), days, leave: 490, back: 1050, plug_in: true };
    let mut car = Vehicle::new(profile, Connectivity::Online, MONDAY).with_charge(70.0).with_commutes(vec![way]);
    let Coordinates { latitude, longitude } = HOME;
    let night = ChargeSchedule {
        days_of_week: Days::ALL.mask(),
        start_enabled: true,
        start_time: 60,
        enabled: true,
        latitude: Some(latitude),
        longitude: Some(longitude),
        ..ChargeSchedule::default()
    };
    let warm = PreconditionSchedule {
        days_of_week: days.mask(),
        precondition_time: 480,
        enabled: true,
        latitude: Some(latitude),
        longitude: Some(longitude),
        ..PreconditionSchedule::default()
    };
    assert!(car.command(SchedulesCommand::AddChargeSchedule(night), MONDAY).result);
    assert!(car.command(SchedulesCommand::AddPreconditionSchedule(warm), MONDAY).result);
    car
}

/// What it does, at some times of a day on the clock at home.
fn diary(car: &mut Vehicle, midnight: i64) -> String {
    let mut lines = Vec::new();
    for (clock, minute) in [("01:05", 65), ("07:55", 475), ("08:20", 500), ("12:00", 720), ("22:00", 1320)] {
        car.advance(midnight + minute * MINUTE);
        let data = car.data(BlockSet::COMBO, true, AccessType::Owner, car.updated_at);
        let (charge, drive, climate) =
            (data.charge_state.unwrap(), data.drive_state.unwrap(), data.climate_state.unwrap());
        let place = match (car.is_driving(), car.position) {
            (true, _) => "on the road",
            (_, None) => "at home",
            (_, Some(_)) => "at work",
        };
        lines.push(format!(
            "{clock} {:?}, {place}, {} mph, {}, {} %, climate {}",
            car.connectivity(),
            drive.speed.unwrap_or(0),
            charge.charging_state,
            charge.battery_level,
            if climate.is_climate_on { "on" } else { "off" }
        ));
    }
    lines.join("\n")
}

#[test]
fn a_week_with_a_commute_and_charging_at_night() {
    let mut car = commuter();
    let odometer = car.odometer_miles;
    insta::assert_snapshot!(diary(&mut car, MONDAY), @r"
    01:05 Asleep, at home, 0 mph, Disconnected, 70 %, climate off
    07:55 Online, at home, 0 mph, Disconnected, 68 %, climate on
    08:20 Online, on the road, 64 mph, Disconnected, 65 %, climate on
    12:00 Asleep, at work, 0 mph, Disconnected, 63 %, climate off
    22:00 Asleep, at home, 0 mph, Stopped, 58 %, climate off
    ");
    insta::assert_snapshot!(diary(&mut car, MONDAY + DAY), @r"
    01:05 Online, at home, 0 mph, Charging, 59 %, climate off
    07:55 Online, at home, 0 mph, Complete, 80 %, climate on
    08:20 Online, on the road, 66 mph, Disconnected, 76 %, climate on
    12:00 Asleep, at work, 0 mph, Disconnected, 75 %, climate off
    22:00 Asleep, at home, 0 mph, Stopped, 69 %, climate off
    ");
    insta::assert_snapshot!(diary(&mut car, MONDAY + 5 * DAY), @r"
    01:05 Online, at home, 0 mph, Charging, 70 %, climate off
    07:55 Asleep, at home, 0 mph, Complete, 80 %, climate off
    08:20 Asleep, at home, 0 mph, Complete, 80 %, climate off
    12:00 Asleep, at home, 0 mph, Complete, 80 %, climate off
    22:00 Asleep, at home, 0 mph, Complete, 80 %, climate off
    ");
    // From here on the clock at home is an hour ahead.
    insta::assert_snapshot!(diary(&mut car, MONDAY + 7 * DAY - HOUR), @r"
    01:05 Online, at home, 0 mph, Complete, 80 %, climate off
    07:55 Online, at home, 0 mph, Complete, 80 %, climate on
    08:20 Online, on the road, 60 mph, Disconnected, 77 %, climate on
    12:00 Asleep, at work, 0 mph, Disconnected, 75 %, climate off
    22:00 Asleep, at home, 0 mph, Stopped, 70 %, climate off
    ");
    car.advance(MONDAY + 28 * DAY);
    let meter = car.battery.meter;
    insta::assert_snapshot!(
        format!(
            "{:.0} miles, {:.0} kWh from the wall, {:.0} driven, {:.0} for the climate, {:.0} for standing by",
            car.odometer_miles - odometer,
            meter.wall_kwh,
            meter.drive_kwh,
            meter.climate_kwh,
            meter.standby_kwh
        ),
        @"504 miles, 209 kWh from the wall, 131 driven, 37 for the climate, 20 for standing by"
    );
}

#[test]
fn a_commuter_who_cannot_charge_at_home_pays_at_the_road() {
    let mut car = commuter();
    car.commutes[0].plug_in = false;
    let mut sessions = Vec::new();
    for day in 0..28 {
        car.advance(MONDAY + day * DAY);
        sessions.extend(car.take_sessions());
    }
    let billed: Vec<String> = sessions
        .iter()
        .map(|session| format!("{} {} {} ct", session.place, session.currency, session.total_cents()))
        .collect();
    insta::assert_snapshot!(billed.join("\n"), @r"
    Utrecht EUR 2260 ct
    Utrecht EUR 1740 ct
    Utrecht EUR 1814 ct
    Utrecht EUR 2182 ct
    ");
}

#[test]
fn ninety_days_of_a_commuter_take_few_steps() {
    let mut car = commuter();
    let mut steps = 0;
    while car.updated_at < MONDAY + 90 * DAY {
        car.leap(MONDAY + 90 * DAY);
        steps += 1;
    }
    assert!(steps < 90 * 80, "{steps} steps");
}
