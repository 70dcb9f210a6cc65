use fleetgate_protocol::operations::CommandOperation;
use serde_json::{Value, json};

use super::*;
use crate::vehicle::{AccessType, BlockSet, Charger, Connectivity, Model, VehicleCommand, VehicleProfile};

const NOW: i64 = 1_767_000_000_000_000;

fn car() -> Vehicle {
    let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, Model::Model3);
    Vehicle::new(profile, Connectivity::Online, NOW).with_charge(50.0)
}

fn send(car: &mut Vehicle, name: &str, body: Value) -> Result<CommandOutcome, ParameterError> {
    let operation = CommandOperation::all().find(|operation| operation.row().name == name).expect(name);
    let Value::Object(body) = body else { panic!("an object, please") };
    let now = car.updated_at;
    VehicleCommand::parse(operation, &body).map(|command| car.command(command, now))
}

fn shown(car: &Vehicle, pointer: &str) -> Value {
    let data = car.data(BlockSet::COMBO, true, AccessType::Owner, car.updated_at);
    serde_json::to_value(data).unwrap().pointer(pointer).cloned().unwrap_or_default()
}

fn night() -> Value {
    json!({"days_of_week": "Monday,Friday", "enabled": true, "lat": 37.4419, "lon": -122.143, "start_enabled": true,
           "start_time": 60, "end_enabled": false})
}

fn with(body: Value, name: &str, value: Value) -> Value {
    let mut body = body;
    body[name] = value;
    body
}

#[test]
fn schedules_are_added_replaced_and_removed() {
    let mut car = car();
    assert_eq!(send(&mut car, "add_charge_schedule", night()), Ok(done()));
    assert_eq!(send(&mut car, "add_charge_schedule", with(night(), "days_of_week", json!(65))), Ok(done()));
    let ids: Vec<i64> = car.schedules.charge.iter().map(|schedule| schedule.id).collect();
    assert_eq!(ids, [NOW / SECOND, NOW / SECOND + 1]);
    assert_eq!(shown(&car, "/charge_schedule_data/charge_schedules/0/days_of_week"), 34);
    assert_eq!(shown(&car, "/charge_schedule_data/next_schedule"), true);
    let changed = with(with(night(), "id", json!(ids[1])), "name", json!("Night"));
    assert_eq!(send(&mut car, "add_charge_schedule", changed), Ok(done()));
    assert_eq!((car.schedules.charge.len(), car.schedules.charge[1].name.as_str()), (2, "Night"));
    assert_eq!(send(&mut car, "remove_charge_schedule", json!({"id": ids[0]})), Ok(done()));
    assert_eq!(send(&mut car, "remove_charge_schedule", json!({"id": ids[0]})), Ok(refused("schedule_not_found")));

    let ready =
        json!({"days_of_week": "All", "enabled": true, "lat": 37.4419, "lon": -122.143, "precondition_time": 480});
    assert_eq!(send(&mut car, "add_precondition_schedule", ready.clone()), Ok(done()));
    let elsewhere = with(ready, "lat", json!(40.0));
    assert_eq!(send(&mut car, "add_precondition_schedule", elsewhere), Ok(done()));
    assert_eq!(shown(&car, "/preconditioning_schedule_data/precondition_schedules/1/latitude"), 40.0);
    let home = json!({"home": true, "work": false, "other": false});
    assert_eq!(send(&mut car, "batch_remove_precondition_schedules", home.clone()), Ok(done()));
    assert_eq!(car.schedules.precondition.len(), 1);
    assert_eq!(send(&mut car, "batch_remove_charge_schedules", home), Ok(done()));
    assert!(car.schedules.charge.is_empty());
    let id = car.schedules.precondition[0].id;
    assert_eq!(send(&mut car, "remove_precondition_schedule", json!({"id": id})), Ok(done()));
}

#[test]
fn a_car_keeps_so_many_schedules_and_no_more() {
    let mut car = car();
    for _ in 0..MOST {
        assert_eq!(send(&mut car, "add_charge_schedule", night()), Ok(done()));
    }
    let before = car.clone();
    assert_eq!(send(&mut car, "add_charge_schedule", night()), Ok(refused("too_many_schedules")));
    assert_eq!(car, before);
}

#[test]
fn bad_parameters_are_refused_and_change_nothing() {
    let mut car = car();
    let before = car.clone();
    for (name, body, text) in [
        ("add_charge_schedule", with(night(), "days_of_week", json!("Someday")), "invalid days_of_week param"),
        ("add_charge_schedule", with(night(), "days_of_week", json!(128)), "invalid days_of_week param"),
        ("add_charge_schedule", with(night(), "lat", json!(91)), "invalid lat param"),
        ("add_charge_schedule", with(night(), "start_time", json!(1440)), "invalid start_time param"),
        ("add_charge_schedule", with(night(), "start_time", json!(null)), "missing start_time param"),
        ("add_charge_schedule", with(night(), "end_enabled", json!(true)), "missing end_time param"),
        ("add_charge_schedule", with(night(), "start_enabled", json!(false)), "invalid start_enabled param"),
        ("add_charge_schedule", with(night(), "enabled", json!("yes")), "invalid enabled param"),
        ("add_precondition_schedule", night(), "missing precondition_time param"),
        ("remove_charge_schedule", json!({}), "missing id param"),
        ("batch_remove_charge_schedules", json!({"home": true, "work": true}), "missing other param"),
        ("set_scheduled_charging", json!({"enable": true}), "missing time param"),
        ("set_scheduled_charging", json!({"enable": true, "time": -1}), "invalid time param"),
        (
            "set_scheduled_departure",
            json!({"enable": true, "departure_time": 480, "end_off_peak_time": "6:00"}),
            "invalid end_off_peak_time param",
        ),
        ("set_managed_charger_location", json!({"lat": 37.0}), "missing lon param"),
        ("set_managed_charge_current_request", json!({"amps": -1}), "invalid amps param"),
    ] {
        assert_eq!(send(&mut car, name, body).unwrap_err().to_string(), text, "{name}");
    }
    assert_eq!(car, before);
}

#[test]
fn the_older_ways_exclude_each_other() {
    let mut car = car();
    send(&mut car, "set_scheduled_charging", json!({"enable": true, "time": 120})).unwrap();
    assert_eq!(shown(&car, "/charge_state/scheduled_charging_mode"), "StartAt");
    assert_eq!(shown(&car, "/charge_state/scheduled_charging_start_time_app"), 120);
    let departure = json!({"enable": true, "departure_time": 450, "end_off_peak_time": 300, "off_peak_charging_enabled": true,
                           "off_peak_charging_weekdays_only": true, "preconditioning_enabled": true});
    send(&mut car, "set_scheduled_departure", departure).unwrap();
    for (key, value) in [
        ("scheduled_charging_mode", json!("DepartBy")),
        ("scheduled_departure_time_minutes", json!(450)),
        ("off_peak_charging_enabled", json!(true)),
        ("off_peak_charging_times", json!("weekdays")),
        ("off_peak_hours_end_time", json!(300)),
        ("preconditioning_enabled", json!(true)),
        ("preconditioning_times", json!("all_week")),
    ] {
        assert_eq!(shown(&car, &format!("/charge_state/{key}")), value, "{key}");
    }
    // Switching off what is not on leaves the other.
    send(&mut car, "set_scheduled_charging", json!({"enable": false, "time": 120})).unwrap();
    assert_eq!(shown(&car, "/charge_state/scheduled_charging_mode"), "DepartBy");
    send(&mut car, "set_scheduled_departure", json!({"enable": false, "departure_time": 450})).unwrap();
    assert_eq!(shown(&car, "/charge_state/scheduled_charging_mode"), "Off");
}

#[test]
fn the_operator_of_a_charger_limits_the_current_at_its_place() {
    let mut car = car();
    assert_eq!(shown(&car, "/charge_state/managed_charging_active"), Value::Null);
    send(&mut car, "set_managed_charge_current_request", json!({"amps": 10})).unwrap();
    send(&mut car, "set_managed_charger_location", json!({"lat": 37.4419, "lon": -122.143})).unwrap();
    assert_eq!(shown(&car, "/charge_state/managed_charging_active"), false);
    car.plug_in(Charger::SINGLE_PHASE_48_A, NOW);
    assert_eq!(shown(&car, "/charge_state/managed_charging_active"), true);
    assert_eq!(shown(&car, "/charge_state/charger_actual_current"), 10);
    send(&mut car, "set_managed_charger_location", json!({"lat": 40.0, "lon": -122.143})).unwrap();
    assert_eq!(shown(&car, "/charge_state/charger_actual_current"), 48);
}
