//! Commands to vehicles.

use fleetgate_simulator::Vehicle;
use fleetgate_store::DeviceKind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::harness::{HOUR, MINUTE, Place, on_both};

on_both!(
    a_command_changes_what_vehicle_data_says_next,
    a_command_is_durable,
    what_the_vehicle_refuses_is_a_200,
    a_command_without_parameters_takes_any_empty_body,
    a_body_may_come_in_chunks,
    a_wrong_body_is_refused_and_changes_nothing,
    a_car_that_wants_signatures_refuses_plain_commands,
    commands_at_once_are_all_carried_out,
);

fn done() -> Value {
    json!({"response": {"result": true, "reason": ""}})
}

async fn obey(sandbox: &Sandbox, name: &str, token: &str, body: Value) {
    let answer = command(sandbox, KESTREL, name, token, body).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, done()), "{name}");
}

async fn a_command_changes_what_vehicle_data_says_next(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let before = vehicle_data(&sandbox, KESTREL, &token).await;
    assert_eq!(
        (&before["vehicle_state"]["locked"], &before["charge_state"]["charging_state"]),
        (&json!(true), &json!("Charging"))
    );

    obey(&sandbox, "door_unlock", &token, json!({})).await;
    obey(&sandbox, "set_charge_limit", &token, json!({"percent": 90})).await;
    obey(&sandbox, "set_charging_amps", &token, json!({"charging_amps": 12})).await;
    obey(&sandbox, "charge_stop", &token, json!({})).await;
    obey(&sandbox, "auto_conditioning_start", &token, json!({})).await;
    obey(&sandbox, "honk_horn", &token, json!({})).await;
    obey(&sandbox, "flash_lights", &token, json!({})).await;
    let after = vehicle_data(&sandbox, KESTREL, &token).await;
    assert_eq!(after["vehicle_state"]["locked"], false);
    assert_eq!(after["charge_state"]["charge_limit_soc"], 90);
    assert_eq!(after["charge_state"]["charge_current_request"], 12);
    assert_eq!(after["charge_state"]["charging_state"], "Stopped");
    assert_eq!(after["climate_state"]["is_climate_on"], true);

    obey(&sandbox, "door_lock", &token, json!({})).await;
    obey(&sandbox, "charge_start", &token, json!({})).await;
    obey(&sandbox, "auto_conditioning_stop", &token, json!({})).await;
    sandbox.clock.advance(HOUR);
    let later = vehicle_data(&sandbox, KESTREL, &token).await;
    assert_eq!(
        (&later["vehicle_state"]["locked"], &later["climate_state"]["is_climate_on"]),
        (&json!(true), &json!(false))
    );
    let level = |data: &Value| data["charge_state"]["charge_energy_added"].as_f64().expect("a number");
    assert!(level(&later) > level(&after), "it went on charging");
}

async fn a_command_is_durable(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    obey(&sandbox, "set_charge_limit", &token, json!({"percent": 70})).await;
    let before = vehicle_data(&sandbox, KESTREL, &token).await;
    let sandbox = sandbox.restart().await;
    assert_eq!(vehicle_data(&sandbox, KESTREL, &token).await, before);
    assert_eq!(before["charge_state"]["charge_limit_soc"], 70);
}

async fn what_the_vehicle_refuses_is_a_200(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    for (name, body, reason) in
        [("charge_start", json!({}), "is_charging"), ("set_charge_limit", json!({"percent": 80}), "already_set")]
    {
        let answer = command(&sandbox, KESTREL, name, &token, body).await;
        let refused = json!({"response": {"result": false, "reason": reason}});
        assert_eq!((answer.status.as_u16(), answer.json()), (200, refused));
    }
}

async fn a_command_without_parameters_takes_any_empty_body(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let path = format!("/api/1/vehicles/{KESTREL}/command/flash_lights");
    let json = Some("application/json");
    for (media_type, body) in [
        (None, b"".as_slice()),
        (json, b""),
        (json, b"null"),
        (json, b"{}"),
        (Some("application/json; charset=utf-8"), b"{}"),
        (json, br#"{"something": "else"}"#),
        (Some("text/plain"), b""),
        (Some("application/x-www-form-urlencoded"), b""),
    ] {
        let answer = post_raw(&sandbox, &path, &token, media_type, body).await;
        assert_eq!(answer.json(), done(), "{media_type:?} {body:?}");
    }
}

/// A widely used proxy forwards every body this way.
async fn a_body_may_come_in_chunks(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let mut stream = TcpStream::connect(sandbox.address).await.expect("a connection");
    let request = format!(
        "POST /api/1/vehicles/{KESTREL}/command/set_charge_limit HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
         6\r\n{{\"perc\r\n8\r\nent\":71}}\r\n0\r\n\r\n",
        sandbox.address,
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with(r#"{"response":{"result":true,"reason":""}}"#),
        "{answer}"
    );
    assert_eq!(vehicle_data(&sandbox, KESTREL, &token).await["charge_state"]["charge_limit_soc"], 71);
}

async fn a_wrong_body_is_refused_and_changes_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let before = vehicle_data(&sandbox, KESTREL, &token).await;
    let path = format!("/api/1/vehicles/{KESTREL}/command/set_charge_limit");
    let json = Some("application/json");
    for (body, error) in [
        (b"".as_slice(), "invalid_field"),
        (b"null", "invalid_field"),
        (br#"{"limit": 70}"#, "invalid_field"),
        (br#"{"percent": "70"}"#, "invalid_field"),
        (br#"{"percent": 70.5}"#, "invalid_field"),
        (br#"{"percent": null}"#, "invalid_field"),
        (br#"{"percent": [70]}"#, "invalid_field"),
        (br#"{"percent": 70, "percent": 71}"#, "invalid_request"),
        (br#"{"percent": 70"#, "invalid_request"),
        (br#"[70]"#, "invalid_request"),
        (b"{\"percent\": 70, \"\xff\": 1}", "invalid_request"),
    ] {
        assert_error(&post_raw(&sandbox, &path, &token, json, body).await, 400, error);
    }
    let missing = post_raw(&sandbox, &path, &token, json, b"{}").await;
    assert_eq!(missing.text_of("error_description"), "missing percent param");
    for media_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let answer = post_raw(&sandbox, &path, &token, media_type, br#"{"percent": 70}"#).await;
        assert_error(&answer, 406, "not_a_JSON_request");
    }
    assert_eq!(vehicle_data(&sandbox, KESTREL, &token).await, before);
}

async fn a_car_that_wants_signatures_refuses_plain_commands(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = courier_token(&sandbox).await;
    // It is offline, so bring it back into its network and awake.
    let now = sandbox.now();
    let woken = sandbox.state.store.modify_device(DeviceKind::Vehicle, VAN_2, now, move |document| {
        let mut vehicle: Vehicle = serde_json::from_str(document).map_err(|error| error.to_string())?;
        vehicle.set_reachable(true, now);
        vehicle.wake_up(now);
        Ok((Some(serde_json::to_string(&vehicle).map_err(|error| error.to_string())?), ()))
    });
    woken.await.expect("the store").expect("the van");
    sandbox.clock.advance(MINUTE);
    let before = vehicle_data(&sandbox, VAN_2, &token).await;
    assert_error(
        &command(&sandbox, VAN_2, "door_unlock", &token, json!({})).await,
        403,
        "Tesla Vehicle Command Protocol required, please refer to the documentation here: \
         https://developer.tesla.com/docs/fleet-api/virtual-keys/developer-guide",
    );
    assert_eq!(vehicle_data(&sandbox, VAN_2, &token).await["vehicle_state"], before["vehicle_state"]);
}

async fn commands_at_once_are_all_carried_out(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let answers = tokio::join!(
        command(&sandbox, KESTREL, "door_unlock", &token, json!({})),
        command(&sandbox, KESTREL, "set_charge_limit", &token, json!({"percent": 66})),
        command(&sandbox, KESTREL, "set_charging_amps", &token, json!({"charging_amps": 7})),
        command(&sandbox, KESTREL, "auto_conditioning_start", &token, json!({})),
    );
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(answer.json(), done());
    }
    let data = vehicle_data(&sandbox, KESTREL, &token).await;
    assert_eq!(data["vehicle_state"]["locked"], false);
    assert_eq!(data["charge_state"]["charge_limit_soc"], 66);
    assert_eq!(data["charge_state"]["charge_current_request"], 7);
    assert_eq!(data["climate_state"]["is_climate_on"], true);
}
