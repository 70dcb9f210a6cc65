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

#[test]
fn a_window_that_the_clock_leaps_over_does_not_begin() {
    let mut car = car(30.0);
    car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY + 5 * DAY);
    assert!(car.command(ChargingCommand::ChargeStop, MONDAY + 5 * DAY + MINUTE).result);
    add(&mut car, night(2 * 60, Some(3 * 60)), MONDAY + 5 * DAY + 2 * MINUTE);
    // On Saturday it charges for an hour; on Sunday three o'clock follows two.
    car.advance(MONDAY + 5 * DAY + 2 * HOUR + MINUTE);
    assert_eq!(status(&car), "Charging");
    car.advance(MONDAY + 5 * DAY + 3 * HOUR);
    assert_eq!(status(&car), "Stopped");
    let level = car.battery.energy_kwh;
    car.advance(MONDAY + 6 * DAY + 12 * HOUR);
    assert!(status(&car) == "Stopped" && car.battery.energy_kwh < level, "{}", status(&car));
    car.advance(MONDAY + 7 * DAY + HOUR + MINUTE);
    assert_eq!(status(&car), "Charging", "on Monday it is as ever");
}

#[test]
fn a_schedule_that_is_removed_or_changed_is_so_at_once() {
    let charging = |id: i64| {
        let mut car = car(20.0);
        add(&mut car, ChargeSchedule { id, ..night(60, Some(120)) }, MONDAY);
        car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY);
        car.advance(MONDAY + 70 * MINUTE);
        assert_eq!(shown(&car, "/charge_schedule_data/charge_schedule_window/end_time"), 120);
        car
    };
    let mut removed = charging(7);
    assert!(removed.command(SchedulesCommand::RemoveChargeSchedule { id: 7 }, removed.updated_at).result);
    assert!(shown(&removed, "/charge_schedule_data/charge_schedule_window").is_null());
    removed.advance(MONDAY + 130 * MINUTE);
    assert_eq!(status(&removed), "Charging", "nothing ends it");

    let mut changed = charging(7);
    let now = changed.updated_at;
    add(&mut changed, ChargeSchedule { id: 7, ..night(60, Some(180)) }, now);
    assert_eq!(shown(&changed, "/charge_schedule_data/charge_schedule_window/end_time"), 180);
    changed.advance(MONDAY + 3 * HOUR - 1);
    assert_eq!(status(&changed), "Charging");
    changed.advance(MONDAY + 3 * HOUR);
    assert_eq!(status(&changed), "Stopped");
}

#[test]
fn another_schedule_leaves_one_in_force_that_applies_once() {
    let mut car = car(20.0);
    add(&mut car, ChargeSchedule { id: 7, one_time: true, ..night(60, Some(120)) }, MONDAY);
    car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY);
    car.advance(MONDAY + 70 * MINUTE);
    let now = car.updated_at;
    add(&mut car, ChargeSchedule { id: 8, ..night(600, Some(660)) }, now);
    assert_eq!(shown(&car, "/charge_schedule_data/charge_schedule_window/id"), 7);
    car.advance(MONDAY + 2 * HOUR);
    assert_eq!(status(&car), "Stopped");
}

#[test]
fn an_end_alone_ends_what_goes_on_and_once_if_it_applies_once() {
    let mut car = car(20.0);
    car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY);
    assert_eq!(status(&car), "Charging");
    let end = ChargeSchedule { start_enabled: false, one_time: true, ..night(0, Some(120)) };
    add(&mut car, end, MONDAY + MINUTE);
    car.advance(MONDAY + 2 * HOUR - 1);
    assert_eq!((status(&car).as_str(), car.schedules.charge[0].enabled), ("Charging", true));
    car.advance(MONDAY + 2 * HOUR);
    assert_eq!((status(&car).as_str(), car.schedules.charge[0].enabled), ("Stopped", false));
}

#[test]
fn an_end_that_is_added_later_ends_what_somebody_started_too() {
    let mut car = car(20.0);
    add(&mut car, night(23 * 60, Some(60)), MONDAY);
    car.plug_in(Charger::SINGLE_PHASE_48_A, MONDAY + 12 * HOUR);
    assert!(car.command(ChargingCommand::ChargeStart, MONDAY + 12 * HOUR).result);
    add(&mut car, ChargeSchedule { start_enabled: false, ..night(0, Some(13 * 60)) }, MONDAY + 12 * HOUR);
    car.advance(MONDAY + 13 * HOUR - 1);
    assert_eq!(status(&car), "Charging");
    car.advance(MONDAY + 13 * HOUR);
    assert_eq!(status(&car), "Stopped");
}

#[test]
fn a_preparation_that_applies_once_is_shown_while_it_lasts() {
    for one_time in [false, true] {
        let mut car = car(60.0);
        let Coordinates { latitude, longitude } = Coordinates::default();
        let ready = PreconditionSchedule {
            days_of_week: 127,
            precondition_time: 60,
            one_time,
            enabled: true,
            latitude: Some(latitude),
            longitude: Some(longitude),
            ..PreconditionSchedule::default()
        };
        assert!(car.command(SchedulesCommand::AddPreconditionSchedule(ready), MONDAY).result);
        car.advance(MONDAY + HOUR - 5 * MINUTE);
        assert_eq!(shown(&car, "/climate_state/is_preconditioning"), true);
        let window = shown(&car, "/preconditioning_schedule_data/preconditioning_schedule_window");
        assert_eq!(window["precondition_time"], 60, "{one_time} {window}");
        car.advance(MONDAY + 2 * HOUR);
        assert!(shown(&car, "/preconditioning_schedule_data/preconditioning_schedule_window").is_null());
    }
}
