//! What stands in the table of operations, against what the car reads.

use fleetgate_protocol::operations::{Kind, Parameter, Place};

use super::*;

/// Parameters that also come in another type, or are not looked at.
const LENIENT: &[&str] = &["timestamp_ms", "value", "days_of_week", "pin of clear_pin_to_drive_admin"];

fn body_parameters(operation: CommandOperation) -> impl Iterator<Item = &'static Parameter> {
    operation.row().parameters.iter().filter(|parameter| parameter.place == Place::Body)
}

/// The examples of the row.
pub(in crate::vehicle) fn example(operation: CommandOperation) -> Map<String, Value> {
    let example = |it: &Parameter| (it.name.to_owned(), serde_json::from_str(it.example).expect("JSON"));
    body_parameters(operation).map(example).collect()
}

/// Values of every type but this one.
fn of_other_types(kind: Kind) -> Vec<Value> {
    let values = [
        (Kind::String, json!("text")),
        (Kind::Integer, json!(7)),
        (Kind::Number, json!(7.25)),
        (Kind::Boolean, json!(true)),
        (Kind::Object, json!({})),
        (Kind::Array, json!([7])),
    ];
    let fits = |other| other == kind || kind == Kind::Number && other == Kind::Integer;
    values.into_iter().filter(|(other, _)| !fits(*other)).map(|(_, value)| value).collect()
}

fn read(operation: CommandOperation, body: &Map<String, Value>) -> Result<VehicleCommand, String> {
    VehicleCommand::parse(operation, body).map_err(|error| error.to_string())
}

#[test]
fn every_row_is_read_by_its_examples_and_not_without_what_it_requires() {
    for operation in CommandOperation::all() {
        let name = operation.row().name;
        let body = example(operation);
        read(operation, &body).unwrap_or_else(|error| panic!("{name}: {error}"));
        for parameter in body_parameters(operation) {
            let mut without = body.clone();
            without.remove(parameter.name);
            let outcome = read(operation, &without).map(|_| ());
            let missing = format!("missing {} param", parameter.name);
            // A pair of coordinates is whole or left out, one PIN is needed to switch a mode on, and a time that is on to be
            // known.
            let pairs = ["lat", "lon", "password", "start_time", "end_time"];
            let needed = parameter.required || pairs.contains(&parameter.name);
            let alike = match outcome {
                Ok(()) => !parameter.required,
                Err(error) => needed && error == missing,
            };
            assert!(alike, "{name} without {}", parameter.name);
        }
    }
}

#[test]
fn every_parameter_is_refused_in_another_type() {
    for operation in CommandOperation::all() {
        let name = operation.row().name;
        for parameter in body_parameters(operation) {
            if LENIENT.iter().any(|it| *it == parameter.name || *it == format!("{} of {name}", parameter.name)) {
                continue;
            }
            for wrong in of_other_types(parameter.kind) {
                let mut body = example(operation);
                body.insert(parameter.name.to_owned(), wrong.clone());
                // `window_control` reads a place for closing only.
                if name == "window_control" && parameter.kind == Kind::Number {
                    body.insert("command".to_owned(), json!("close"));
                }
                let error = read(operation, &body).expect_err(name);
                assert_eq!(error, format!("invalid {} param", parameter.name), "{name}: {wrong}");
            }
        }
    }
}

#[test]
fn null_is_no_value_where_one_is_needed() {
    for operation in CommandOperation::all() {
        for parameter in body_parameters(operation).filter(|parameter| parameter.required) {
            let mut body = example(operation);
            body.insert(parameter.name.to_owned(), Value::Null);
            let error = read(operation, &body).expect_err(operation.row().name);
            assert_eq!(error, format!("invalid {} param", parameter.name), "{}", operation.row().name);
        }
    }
}

#[test]
fn values_that_cannot_be_are_refused() {
    let shared = |change: Value| {
        let mut body = json!({"type": "share_ext_content_raw", "locale": "en-US", "timestamp_ms": 1,
            "value": {"android.intent.extra.TEXT": "Dorpsstraat 12"}});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    for (name, body, wrong) in [
        ("actuate_trunk", json!({"which_trunk": "Rear"}), "which_trunk"),
        ("window_control", json!({"command": "open"}), "command"),
        ("window_control", json!({"command": "close", "lat": 91, "lon": 5}), "lat"),
        ("sun_roof_control", json!({"state": "open"}), "state"),
        ("set_valet_mode", json!({"on": true, "password": "123"}), "password"),
        ("set_pin_to_drive", json!({"on": true, "password": "12345"}), "password"),
        ("speed_limit_set_limit", json!({"limit_mph": 49.9}), "limit_mph"),
        ("speed_limit_set_limit", json!({"limit_mph": 120.1}), "limit_mph"),
        ("speed_limit_activate", json!({"pin": "abcd"}), "pin"),
        ("parental_controls_set_speed_limit", json!({"limit_mph": 121}), "limit_mph"),
        ("parental_controls_enable_setting", json!({"setting": "Homework", "enable": true}), "setting"),
        ("adjust_volume", json!({"volume": 11.1}), "volume"),
        ("adjust_volume", json!({"volume": -0.1}), "volume"),
        ("navigation_request", shared(json!({"type": "text"})), "type"),
        ("navigation_request", shared(json!({"value": {}})), "value"),
        ("navigation_request", shared(json!({"value": {"android.intent.extra.TEXT": " "}})), "value"),
        ("share", shared(json!({"timestamp_ms": "now"})), "timestamp_ms"),
        ("navigation_gps_request", json!({"lat": 52, "lon": 180.5}), "lon"),
        ("navigation_gps_request", json!({"lat": 52, "lon": 5, "order": -1}), "order"),
        ("navigation_waypoints_request", json!({"waypoints": "refId:"}), "waypoints"),
        ("navigation_waypoints_request", json!({"waypoints": "refId:a,b"}), "waypoints"),
        ("remote_boombox", json!({"sound": 1}), "sound"),
        ("trigger_homelink", json!({"lat": -91, "lon": 5}), "lat"),
        ("set_vehicle_name", json!({"vehicle_name": " "}), "vehicle_name"),
        ("set_vehicle_name", json!({"vehicle_name": "n".repeat(65)}), "vehicle_name"),
        ("upcoming_calendar_entries", json!({"calendar_data": "x".repeat(65 * 1024)}), "calendar_data"),
        ("schedule_software_update", json!({"offset_sec": -1}), "offset_sec"),
        ("schedule_software_update", json!({"offset_sec": 1e12}), "offset_sec"),
    ] {
        let text = format!("invalid {wrong} param");
        assert_eq!(parse(name, body.clone()).map_err(|error| error.to_string()), Err(text), "{name} {body}");
    }
}

#[test]
fn what_clients_write_in_another_way_is_read_alike() {
    for (name, one, other) in [
        ("schedule_software_update", json!({"offset_sec": 60}), json!({"offset_sec": 60.0})),
        ("set_valet_mode", json!({"on": false}), json!({"on": false, "password": null})),
        ("window_control", json!({"command": "close"}), json!({"command": "close", "lat": null, "lon": null})),
        ("navigation_gps_request", json!({"lat": 52, "lon": 5}), json!({"lat": 52.0, "lon": 5.0, "order": 1})),
        (
            "share",
            json!({"type": "share_ext_content_raw", "locale": "nl-NL", "timestamp_ms": "1767000000000",
                "value": {"android.intent.extra.TEXT": "Dorpsstraat 12"}}),
            json!({"type": "share_ext_content_raw", "locale": "en-US", "timestamp_ms": 1767000000001_i64,
                "value": "Dorpsstraat 12"}),
        ),
    ] {
        let read = parse(name, one).unwrap();
        assert_eq!(Ok(read), parse(name, other), "{name}");
    }
}
