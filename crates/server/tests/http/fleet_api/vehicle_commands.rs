//! What each command does to a vehicle, as `vehicle_data` tells it afterwards.

use fleetgate_protocol::operations::{CommandOperation, Parameter, Place as In};
use serde_json::Map;

use super::*;
use crate::harness::{HOUR, MINUTE, Place, SECOND, on_both};

on_both!(
    what_a_command_did_is_seen_and_survives_a_restart,
    what_a_vehicle_has_not_it_refuses,
    no_command_is_carried_out_without_what_it_requires,
    a_sleeping_vehicle_takes_no_command,
    what_undoes_a_pin_is_for_the_owner,
    an_update_is_installed_at_its_time,
);

/// A car that is driven, one with every option, and an old one.
const WORLD: &str = r#"
name = "commands"

[[accounts]]
email = "kim@example.com"

[[applications]]
name = "Charge Planner"
kind = "third_party"
redirect_uris = ["http://127.0.0.1:3000/callback"]
allowed_origins = ["https://planner.test"]
domain = "planner.test"
registered_regions = ["na"]

[[vehicles]]
vin = "7SAYGDEE9PA512044"
owner = "kim@example.com"
display_name = "Heron"
user_present = true

[[vehicles]]
vin = "5YJSA1E40FF000001"
owner = "kim@example.com"
options = { sunroof = true, homelink = false }
location = { latitude = 37.4419, longitude = -122.143 }

[[vehicles]]
vin = "7G2CEHED1RA000001"
owner = "kim@example.com"
keyless_driving = false
"#;

const DRIVEN: &str = "7SAYGDEE9PA512044";
const OLD: &str = "5YJSA1E40FF000001";
const TRUCK: &str = "7G2CEHED1RA000001";

async fn kim(sandbox: &Sandbox) -> String {
    mint(sandbox, json!({"application": "Charge Planner", "account": "kim@example.com"})).await
}

async fn everything(sandbox: &Sandbox, vin: &str, token: &str) -> Value {
    response(
        sandbox,
        &format!("/api/1/vehicles/{vin}/vehicle_data?endpoints=vehicle_data_combo%3Blocation_data"),
        token,
    )
    .await
}

/// Gives a command that is obeyed, and looks for its effect.
async fn see(sandbox: &Sandbox, token: &str, vin: &str, (name, body, pointer, shown): (&str, Value, &str, Value)) {
    let answer = command(sandbox, vin, name, token, body).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["response"]["result"]),
        (200, &json!(true)),
        "{name}: {}",
        answer.text
    );
    sandbox.clock.advance(30 * SECOND);
    let data = everything(sandbox, vin, token).await;
    assert_eq!(data.pointer(pointer), Some(&shown), "{name}");
}

async fn what_a_command_did_is_seen_and_survives_a_restart(place: Place) {
    let sandbox = Sandbox::start_world(place, WORLD).await;
    let token = kim(&sandbox).await;
    let pin = || json!({"pin": "1234"});
    for step in [
        ("actuate_trunk", json!({"which_trunk": "rear"}), "/vehicle_state/rt", json!(1)),
        ("actuate_trunk", json!({"which_trunk": "rear"}), "/closures_state/rt", json!(0)),
        ("window_control", json!({"command": "vent"}), "/vehicle_state/fd_window", json!(1)),
        ("window_control", json!({"command": "close"}), "/closures_state/rp_window", json!(0)),
        ("set_sentry_mode", json!({"on": true}), "/vehicle_state/sentry_mode", json!(true)),
        ("set_valet_mode", json!({"on": true, "password": "1234"}), "/vehicle_state/valet_mode", json!(true)),
        ("set_valet_mode", json!({"on": false, "password": "1234"}), "/closures_state/valet_mode", json!(false)),
        ("reset_valet_pin", json!({}), "/vehicle_state/valet_pin_needed", json!(true)),
        ("remote_start_drive", json!({}), "/vehicle_state/remote_start", json!(true)),
        (
            "speed_limit_set_limit",
            json!({"limit_mph": 65}),
            "/vehicle_state/speed_limit_mode/current_limit_mph",
            json!(65.0),
        ),
        ("speed_limit_activate", pin(), "/vehicle_state/speed_limit_mode/active", json!(true)),
        ("speed_limit_deactivate", pin(), "/vehicle_state/speed_limit_mode/active", json!(false)),
        ("speed_limit_clear_pin", pin(), "/vehicle_state/speed_limit_mode/pin_code_set", json!(false)),
        ("adjust_volume", json!({"volume": 4.5}), "/vehicle_state/media_info/audio_volume", json!(4.5)),
        ("media_volume_up", json!({}), "/vehicle_state/media_info/audio_volume", json!(4.8333)),
        ("media_volume_down", json!({}), "/vehicle_state/media_info/audio_volume", json!(4.5)),
        ("media_toggle_playback", json!({}), "/vehicle_state/media_info/now_playing_elapsed", json!(30_000)),
        ("media_next_track", json!({}), "/vehicle_state/media_info/now_playing_title", json!("Paper Lanterns")),
        ("media_next_fav", json!({}), "/vehicle_state/media_info/now_playing_station", json!("Long Roads")),
        (
            "navigation_gps_request",
            json!({"lat": 37.7955, "lon": -122.3937}),
            "/drive_state/active_route_destination",
            json!("37.79550, -122.39370"),
        ),
        (
            "navigation_sc_request",
            json!({"id": 1, "order": 3}),
            "/drive_state/active_route_longitude",
            json!(-121.5659),
        ),
        ("set_vehicle_name", json!({"vehicle_name": "Juniper"}), "/vehicle_state/vehicle_name", json!("Juniper")),
        ("set_low_power_mode", json!({"enable": true}), "/vehicle_state/sentry_mode", json!(false)),
        ("set_low_power_mode", json!({"enable": false}), "/vehicle_state/low_power_mode", json!(false)),
        ("keep_accessory_power_mode", json!({"enable": true}), "/vehicle_state/keep_accessory_power_on", json!(true)),
    ] {
        see(&sandbox, &token, DRIVEN, step).await;
    }
    see(
        &sandbox,
        &token,
        OLD,
        ("sun_roof_control", json!({"state": "vent"}), "/vehicle_state/sun_roof_state", json!("vent")),
    )
    .await;
    see(&sandbox, &token, TRUCK, ("open_tonneau", json!({}), "/vehicle_state/tonneau_percent_open", json!(100))).await;

    let before = everything(&sandbox, DRIVEN, &token).await;
    let sandbox = sandbox.restart().await;
    assert_eq!(everything(&sandbox, DRIVEN, &token).await, before);
    let listed = response(&sandbox, "/api/1/vehicles", &token).await;
    assert!(listed.as_array().is_some_and(|cars| cars.iter().any(|car| car["display_name"] == "Juniper")), "{listed}");
}

async fn what_a_vehicle_has_not_it_refuses(place: Place) {
    let sandbox = Sandbox::start_world(place, WORLD).await;
    let token = kim(&sandbox).await;
    let here = json!({"lat": 37.4419, "lon": -122.143});
    for (vin, name, body, reason) in [
        (DRIVEN, "sun_roof_control", json!({"state": "vent"}), "not_supported"),
        (DRIVEN, "open_tonneau", json!({}), "not_supported"),
        (DRIVEN, "trigger_homelink", here.clone(), "not_supported"),
        (OLD, "trigger_homelink", here, "not_supported"),
        (OLD, "remote_boombox", json!({"sound": 0}), "not_supported"),
        (OLD, "close_tonneau", json!({}), "not_supported"),
        (OLD, "adjust_volume", json!({"volume": 4}), "user_not_present"),
        (TRUCK, "remote_start_drive", json!({}), "not allowed"),
        (TRUCK, "schedule_software_update", json!({"offset_sec": 0}), "no_update_available"),
        (TRUCK, "erase_user_data", json!({}), "not allowed"),
        (TRUCK, "set_valet_mode", json!({"on": false}), "already off"),
    ] {
        let before = everything(&sandbox, vin, &token).await;
        let answer = command(&sandbox, vin, name, &token, body).await;
        let refused = json!({"response": {"result": false, "reason": reason}});
        assert_eq!((answer.status.as_u16(), answer.json()), (200, refused), "{name}");
        assert_eq!(everything(&sandbox, vin, &token).await, before, "{name}");
    }
    let (old, truck) = (everything(&sandbox, OLD, &token).await, everything(&sandbox, TRUCK, &token).await);
    for (data, pointer, shown) in [
        (&old, "/vehicle_config/driver_assist", json!("TeslaAP3")),
        (&old, "/vehicle_config/webcam_supported", json!(false)),
        (&old, "/vehicle_config/pws", json!(false)),
        (&old, "/vehicle_config/sun_roof_installed", json!(1)),
        (&old, "/vehicle_state/autopark_state_v2", json!("unavailable")),
        (&truck, "/vehicle_state/remote_start_enabled", json!(false)),
        (&truck, "/vehicle_state/tonneau_in_motion", json!(false)),
        (&truck, "/vehicle_config/driver_assist", json!("TeslaAP4")),
    ] {
        assert_eq!(data.pointer(pointer), Some(&shown), "{pointer}");
    }
    for (data, absent) in [(&old, "autopark_state_v3"), (&old, "homelink_nearby"), (&truck, "sun_roof_state")] {
        assert!(data["vehicle_state"].get(absent).is_none(), "{absent}");
    }
}

fn body_of(operation: CommandOperation) -> impl Iterator<Item = &'static Parameter> {
    operation.row().parameters.iter().filter(|parameter| parameter.place == In::Body)
}

fn example(operation: CommandOperation) -> Map<String, Value> {
    let example = |it: &Parameter| (it.name.to_owned(), serde_json::from_str(it.example).expect("JSON"));
    body_of(operation).map(example).collect()
}

async fn no_command_is_carried_out_without_what_it_requires(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let before = everything(&sandbox, KESTREL, &token).await;
    for operation in CommandOperation::all() {
        let name = operation.row().name;
        for parameter in body_of(operation).filter(|parameter| parameter.required) {
            for (value, text) in [(None, "missing"), (Some(json!([7])), "invalid")] {
                let mut body = example(operation);
                body.remove(parameter.name);
                body.extend(value.map(|value| (parameter.name.to_owned(), value)));
                let answer = command(&sandbox, KESTREL, name, &token, Value::Object(body)).await;
                assert_error(&answer, 400, "invalid_field");
                let description = format!("{text} {} param", parameter.name);
                assert_eq!(answer.text_of("error_description"), description, "{name}");
            }
        }
    }
    assert_eq!(everything(&sandbox, KESTREL, &token).await, before);
}

async fn a_sleeping_vehicle_takes_no_command(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    for operation in CommandOperation::all() {
        let answer = command(&sandbox, HERON, operation.row().name, &token, Value::Object(example(operation))).await;
        assert_error(&answer, 408, "vehicle unavailable: vehicle is offline or asleep");
    }
}

async fn what_undoes_a_pin_is_for_the_owner(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (owner, driver) = (token_of(&sandbox, ROBIN).await, token_of(&sandbox, SAM).await);
    let pin = json!({"pin": "1234"});
    let limit = "/vehicle_state/speed_limit_mode/active";
    see(&sandbox, &driver, KESTREL, ("speed_limit_activate", pin, limit, json!(true))).await;
    for name in [
        "speed_limit_clear_pin_admin",
        "clear_pin_to_drive_admin",
        "reset_pin_to_drive_pin",
        "parental_controls_clear_pin_admin",
    ] {
        assert_error(&command(&sandbox, KESTREL, name, &driver, json!({})).await, 403, "forbidden");
    }
    see(&sandbox, &owner, KESTREL, ("speed_limit_clear_pin_admin", json!({}), limit, json!(false))).await;
}

async fn an_update_is_installed_at_its_time(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let state = |data: &Value| data["vehicle_state"]["software_update"]["status"].clone();
    let before = everything(&sandbox, KESTREL, &token).await;
    assert_eq!(state(&before), "available");
    let status = "/vehicle_state/software_update/status";
    let order = json!({"offset_sec": 7200});
    see(&sandbox, &token, KESTREL, ("schedule_software_update", order.clone(), status, json!("scheduled"))).await;
    see(&sandbox, &token, KESTREL, ("cancel_software_update", json!({}), status, json!("available"))).await;
    see(&sandbox, &token, KESTREL, ("schedule_software_update", order, status, json!("scheduled"))).await;
    sandbox.clock.advance(2 * HOUR);
    assert_eq!(state(&everything(&sandbox, KESTREL, &token).await), "installing");
    let answer = command(&sandbox, KESTREL, "cancel_software_update", &token, json!({})).await;
    assert_eq!(answer.json()["response"], json!({"result": false, "reason": "installing"}));
    sandbox.clock.advance(46 * MINUTE);
    let after = everything(&sandbox, KESTREL, &token).await;
    assert_eq!(state(&after), "");
    let version = before["vehicle_state"]["software_update"]["version"].as_str().expect("a version");
    let installed = after["vehicle_state"]["car_version"].as_str().expect("a version");
    assert!(installed.starts_with(version), "{installed} after {version}");
}
