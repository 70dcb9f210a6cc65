use super::*;
use crate::vehicle::{
    AccessType, BlockSet, Charger, ChargingCommand, Connectivity, Departure, Model, SchedulesCommand, VehicleProfile,
};

/// Monday 2026-03-02, 00:00 in Los Angeles.
const MONDAY: i64 = 1_772_438_400_000_000;

fn car(percent: f64) -> Vehicle {
    let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, Model::Model3);
    Vehicle::new(profile, Connectivity::Online, MONDAY).with_charge(percent)
}

fn night(start_time: i64, end_time: Option<i64>) -> ChargeSchedule {
    let Coordinates { latitude, longitude } = Coordinates::default();
    ChargeSchedule {
        days_of_week: 127,
        start_enabled: true,
        start_time,
        end_enabled: end_time.is_some(),
        end_time: end_time.unwrap_or(0),
        enabled: true,
        latitude: Some(latitude),
        longitude: Some(longitude),
        ..ChargeSchedule::default()
    }
}

fn add(car: &mut Vehicle, schedule: ChargeSchedule, now: i64) {
    car.wake_up(now);
    assert!(car.command(SchedulesCommand::AddChargeSchedule(schedule), now).result);
}

fn shown(car: &Vehicle, pointer: &str) -> serde_json::Value {
    let data = car.data(BlockSet::COMBO, true, AccessType::Owner, car.updated_at);
    serde_json::to_value(data).unwrap().pointer(pointer).cloned().unwrap_or_default()
}

fn status(car: &Vehicle) -> String {
    shown(car, "/charge_state/charging_state").as_str().unwrap().to_owned()
}

#[test]
fn a_plugged_car_waits_for_its_schedule_and_stops_with_it() {
    let mut car = car(30.0);
    add(&mut car, night(23 * 60, Some(60)), MONDAY);
    car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY + 18 * HOUR);
    assert_eq!(status(&car), "Stopped");
    assert_eq!(shown(&car, "/charge_state/scheduled_charging_pending"), true);
    assert_eq!(shown(&car, "/charge_state/scheduled_charging_start_time"), (MONDAY + 23 * HOUR) / 1_000_000);
    car.advance(MONDAY + 23 * HOUR - 1);
    assert_eq!((status(&car).as_str(), car.connectivity()), ("Stopped", Connectivity::Asleep));
    car.advance(MONDAY + 23 * HOUR + MINUTE);
    assert_eq!((status(&car).as_str(), car.connectivity()), ("Charging", Connectivity::Online));
    assert_eq!(shown(&car, "/charge_schedule_data/charge_schedule_window/start_time"), 23 * 60);
    car.advance(MONDAY + 25 * HOUR);
    assert_eq!(status(&car), "Stopped");
    let two_hours = 2.0 * Charger::SINGLE_PHASE_48_A.kilowatts(48) * 0.92;
    assert!((car.battery.added_kwh - two_hours).abs() < 0.6, "{}", car.battery.added_kwh);
    // Plugged in within the window, it begins at once.
    car.unplug(MONDAY + 26 * HOUR);
    car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY + 47 * HOUR + 30 * MINUTE);
    assert_eq!(status(&car), "Charging");
}

#[test]
fn somebody_who_cannot_wait_starts_it() {
    let mut car = car(30.0);
    add(&mut car, night(23 * 60, Some(60)), MONDAY);
    car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY + 12 * HOUR);
    assert!(car.command(ChargingCommand::ChargeStart, MONDAY + 12 * HOUR).result);
    assert_eq!(shown(&car, "/charge_state/charging_schedule_override"), true);
    car.advance(MONDAY + 16 * HOUR);
    assert_eq!(status(&car), "Complete");
}

#[test]
fn a_schedule_of_another_place_or_one_that_is_off_does_not_count() {
    for schedule in [
        ChargeSchedule { latitude: Some(40.0), ..night(60, None) },
        ChargeSchedule { enabled: false, ..night(60, None) },
    ] {
        let mut car = car(30.0);
        add(&mut car, schedule, MONDAY);
        car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY + 12 * HOUR);
        assert_eq!(status(&car), "Charging");
    }
}

#[test]
fn what_applies_once_is_off_afterwards() {
    let mut car = car(30.0);
    add(&mut car, ChargeSchedule { one_time: true, ..night(23 * 60, None) }, MONDAY);
    car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY + 12 * HOUR);
    car.advance(MONDAY + 2 * DAY);
    assert_eq!((status(&car).as_str(), car.schedules.charge[0].enabled), ("Complete", false));
}

#[test]
fn a_departure_finds_the_car_full_and_warm() {
    let mut car = car(50.0);
    let departure = Departure {
        enable: true,
        departure_time: 7 * 60,
        end_off_peak_time: None,
        off_peak_charging_enabled: None,
        off_peak_charging_weekdays_only: None,
        preconditioning_enabled: Some(true),
        preconditioning_weekdays_only: Some(true),
    };
    assert!(car.command(SchedulesCommand::SetScheduledDeparture(departure), MONDAY).result);
    car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY + HOUR);
    assert_eq!(status(&car), "Stopped");
    car.advance(MONDAY + 7 * HOUR - 5 * MINUTE);
    assert_eq!(status(&car), "Complete");
    assert!((car.cabin.inside - 21.0).abs() < 1.5, "{}", car.cabin.inside);
    assert_eq!(shown(&car, "/climate_state/is_preconditioning"), true);
    car.advance(MONDAY + 8 * HOUR);
    assert_eq!(shown(&car, "/climate_state/is_preconditioning"), false);
    // Not on a Saturday.
    car.advance(MONDAY + 5 * DAY + 7 * HOUR - 5 * MINUTE);
    assert_eq!(shown(&car, "/climate_state/is_preconditioning"), false);
}

#[test]
fn clocks_that_change_do_not_move_a_schedule() {
    // In Los Angeles the clocks change on 2026-03-08 at two in the morning.
    let mut car = car(30.0);
    add(&mut car, night(5 * 60, None), MONDAY);
    car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY + 5 * DAY + 12 * HOUR);
    assert_eq!(car.agenda.charge_start, Some(MONDAY + 6 * DAY + 4 * HOUR));
}
