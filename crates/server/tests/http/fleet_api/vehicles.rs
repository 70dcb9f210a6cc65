//! Vehicles: lists, live data, waking.

use fleetgate_server::config::{DialectName, LocationScope};
use fleetgate_simulator::Vehicle;
use fleetgate_store::DeviceKind;

use super::*;
use crate::harness::{DAY, HOUR, MINUTE, Place, SECOND, on_both};

on_both!(
    vehicles_are_listed_a_page_at_a_time,
    a_vehicle_has_three_names,
    a_driver_does_not_see_what_the_owner_hides,
    a_business_sees_its_own_vehicles,
    a_car_in_another_region_is_seen_there,
    a_sleeping_car_is_unavailable_until_it_is_woken,
    polling_keeps_a_car_awake,
    what_a_car_did_alone_for_long_is_written_when_it_is_looked_at,
    only_the_blocks_asked_for_appear,
    location_needs_a_scope_of_its_own,
    the_rfc_dialect_renders_what_is_about_the_token,
    a_refusal_says_how_far_a_call_came,
    location_can_be_counted_under_device_data,
);

async fn vehicles_are_listed_a_page_at_a_time(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let all = get(&sandbox, "/api/1/vehicles", &token).await.json();
    let pagination = json!({"previous": null, "next": null, "current": 1, "per_page": 100, "count": 2, "pages": 1});
    assert_eq!((&all["count"], &all["pagination"]), (&json!(2), &pagination));
    let mut vins: Vec<_> = all["response"].as_array().expect("a list").iter().map(|car| &car["vin"]).collect();
    let first = get(&sandbox, "/api/1/vehicles?per_page=1", &token).await.json();
    let second = get(&sandbox, "/api/1/vehicles?per_page=1&page=2", &token).await.json();
    assert_eq!([&first["response"][0], &second["response"][0]], [&all["response"][0], &all["response"][1]]);
    assert_eq!((&first["pagination"]["next"], &second["pagination"]["previous"]), (&json!(2), &json!(1)));
    let beyond = get(&sandbox, "/api/1/vehicles?per_page=1&page=9", &token).await.json();
    assert_eq!((&beyond["response"], &beyond["count"]), (&json!([]), &json!(0)));
    vins.sort_by_key(ToString::to_string);
    assert_eq!(vins, [KESTREL, HERON]);
}

async fn a_vehicle_has_three_names(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let by_vin = response(&sandbox, &format!("/api/1/vehicles/{KESTREL}"), &token).await;
    assert_eq!((&by_vin["display_name"], &by_vin["access_type"]), (&json!("Kestrel"), &json!("OWNER")));
    for tag in [by_vin["id"].to_string(), by_vin["id_s"].as_str().expect("text").to_owned(), KESTREL.to_lowercase()] {
        assert_eq!(response(&sandbox, &format!("/api/1/vehicles/{tag}"), &token).await, by_vin);
    }
    for tag in [VAN_1, "5YJ3E1EB7PF900418", "1", "nothing"] {
        let vehicle = format!("/api/1/vehicles/{tag}");
        let refused = get(&sandbox, &vehicle, &token).await;
        assert_error(&refused, 404, "not_found");
        assert!(refused.header("x-fleetgate-reason").contains("neither owns nor shares it"), "{refused:?}");
        assert_error(&get(&sandbox, &format!("{vehicle}/vehicle_data"), &token).await, 404, "not_found");
        assert_error(&post(&sandbox, &format!("{vehicle}/wake_up"), &token, json!({})).await, 404, "not_found");
        assert_error(&command(&sandbox, tag, "door_unlock", &token, json!({})).await, 404, "not_found");
    }
}

async fn a_driver_does_not_see_what_the_owner_hides(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let sam = token_of(&sandbox, SAM).await;
    let all = response(&sandbox, "/api/1/vehicles", &sam).await;
    for (vin, hidden) in [(KESTREL, true), (HERON, false)] {
        let car = all.as_array().expect("a list").iter().find(|car| car["vin"] == vin).expect("shared");
        assert_eq!((&car["access_type"], &car["granular_access"]["hide_private"]), (&json!("DRIVER"), &json!(hidden)));
    }
    let path = format!("/api/1/vehicles/{KESTREL}/vehicle_data?endpoints=drive_state%3Blocation_data");
    let drivers = response(&sandbox, &path, &sam).await;
    assert_eq!(drivers["granular_access"]["hide_private"], true);
    assert!(drivers["drive_state"]["timestamp"].is_i64() && drivers["drive_state"]["latitude"].is_null(), "{drivers}");
    let owners = response(&sandbox, &path, &token_of(&sandbox, ROBIN).await).await;
    assert!(owners["drive_state"]["latitude"].is_f64(), "{owners}");
    // Schedules name the place where they apply, which is home.
    let robin = token_of(&sandbox, ROBIN).await;
    let schedule = json!({"days_of_week": "All", "enabled": true, "lat": 37.4419, "lon": -122.143,
        "start_enabled": true, "start_time": 60, "end_enabled": true, "end_time": 59});
    assert_eq!(command(&sandbox, KESTREL, "add_charge_schedule", &robin, schedule).await.status, 200);
    let schedule =
        json!({"days_of_week": "All", "enabled": true, "lat": 37.4419, "lon": -122.143, "precondition_time": 60});
    assert_eq!(command(&sandbox, KESTREL, "add_precondition_schedule", &robin, schedule).await.status, 200);
    let path = format!(
        "/api/1/vehicles/{KESTREL}/vehicle_data?endpoints=charge_schedule_data%3Bpreconditioning_schedule_data"
    );
    let (drivers, owners) = (response(&sandbox, &path, &sam).await, response(&sandbox, &path, &robin).await);
    for schedules in ["/charge_schedule_data/charge_schedules", "/preconditioning_schedule_data/precondition_schedules"]
    {
        let of = |told: &Value| told.pointer(schedules).and_then(|list| list.get(0)).cloned().expect("a schedule");
        assert_eq!(of(&owners)["latitude"], 37.4419);
        assert!(of(&drivers)["id"].is_i64() && !of(&drivers).to_string().contains("itude"), "{drivers}");
    }
    // A driver may drive.
    let unlocked = command(&sandbox, KESTREL, "door_unlock", &sam, json!({})).await;
    assert_eq!(unlocked.json(), json!({"response": {"result": true, "reason": ""}}));
}

async fn a_business_sees_its_own_vehicles(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let order = json!({"application": "Charge Planner"});
    let consent = sandbox.send(|http| http.post(sandbox.url("/sandbox/business-consents")).json(&order)).await;
    let planner = sandbox.app("Charge Planner");
    let business = sandbox
        .token(&[
            ("grant_type", "client_credentials"),
            ("client_id", &planner.client_id),
            ("client_secret", planner.secret.as_deref().unwrap_or_default()),
            ("audience", sandbox.base_url()),
            ("auth_code", &consent.text_of("auth_code")),
        ])
        .await
        .text_of("access_token");
    let partner = courier_token(&sandbox).await;
    for token in [&business, &partner] {
        let all = response(&sandbox, "/api/1/vehicles", token).await;
        let vins: Vec<_> = all.as_array().expect("a list").iter().map(|car| &car["vin"]).collect();
        assert!(vins.len() == 2 && vins.contains(&&json!(VAN_1)) && vins.contains(&&json!(VAN_2)), "{all}");
        assert_eq!(vehicle_data(&sandbox, VAN_1, token).await["vin"], VAN_1);
    }
    let foreign = format!("/api/1/vehicles/{KESTREL}");
    assert_error(&get(&sandbox, &foreign, &business).await, 404, "not_found");
    // A partner cannot tell a foreign vehicle from none.
    for tag in [KESTREL, "5YJ3E1EB7PF900418", "1", "nothing"] {
        let refused = get(&sandbox, &format!("/api/1/vehicles/{tag}"), &partner).await;
        assert_error(&refused, 404, &format!("{tag} not_found"));
    }

    // An application without a business has no vehicles.
    let own = sandbox.partner_token(&planner).await.text_of("access_token");
    assert_eq!(get(&sandbox, "/api/1/vehicles", &own).await.json()["count"], 0);
}

async fn a_car_in_another_region_is_seen_there(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let noor = token_of(&sandbox, NOOR).await;
    let there = get_as(&sandbox, "eu.localhost", &format!("/api/1/vehicles/{WULP}"), &noor).await;
    assert_eq!(there.json()["response"]["display_name"], "Wulp", "{}", there.text);
    assert_eq!(get(&sandbox, &format!("/api/1/vehicles/{WULP}"), &noor).await.status, 421);
}

async fn a_sleeping_car_is_unavailable_until_it_is_woken(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let vehicle = format!("/api/1/vehicles/{HERON}");
    let asleep = get(&sandbox, &format!("{vehicle}/vehicle_data"), &token).await;
    let body =
        r#"{"response":null,"error":"vehicle unavailable: vehicle is offline or asleep","error_description":""}"#;
    assert_eq!((asleep.status.as_u16(), asleep.text.as_str()), (408, body));
    let refused = command(&sandbox, HERON, "door_unlock", &token, json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.text.as_str()), (408, body));
    // Neither asking nor listing wakes it.
    sandbox.clock.advance(MINUTE);
    assert_eq!(response(&sandbox, &vehicle, &token).await["state"], "asleep");

    let waking = post(&sandbox, &format!("{vehicle}/wake_up"), &token, json!({})).await;
    assert_eq!(waking.status, 200);
    assert_eq!(waking.json()["response"]["state"], "asleep");
    assert!(waking.json()["response"]["user_id"].is_i64(), "{}", waking.text);
    sandbox.clock.advance(30 * SECOND);
    assert_eq!(response(&sandbox, &vehicle, &token).await["state"], "online");
    assert_eq!(vehicle_data(&sandbox, HERON, &token).await["vehicle_state"]["locked"], true);
}

async fn polling_keeps_a_car_awake(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let vehicle = format!("/api/1/vehicles/{HERON}");
    post(&sandbox, &format!("{vehicle}/wake_up"), &token, json!({})).await;
    sandbox.clock.advance(MINUTE);
    for _ in 0..6 {
        vehicle_data(&sandbox, HERON, &token).await;
        sandbox.clock.advance(10 * MINUTE);
    }
    assert_eq!(response(&sandbox, &vehicle, &token).await["state"], "online");
    sandbox.clock.advance(HOUR);
    assert_eq!(response(&sandbox, &vehicle, &token).await["state"], "asleep");
}

async fn what_a_car_did_alone_for_long_is_written_when_it_is_looked_at(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let store = &sandbox.state.store;
    let stored = async || store.device(DeviceKind::Vehicle, WULP).await.expect("read").expect("there");
    let planted = stored().await;
    let look = async |path: &str| {
        let token = token_of(&sandbox, NOOR).await;
        let answer = get_as(&sandbox, "eu.localhost", path, &token).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["response"].clone()
    };
    let path = format!("/api/1/vehicles/{WULP}");
    sandbox.clock.advance(23 * HOUR);
    look(&path).await;
    assert_eq!(stored().await, planted, "it was not alone for long");

    sandbox.clock.advance(30 * DAY);
    let mut alone: Vehicle = serde_json::from_str(&planted.document).expect("a vehicle");
    let seen = look(&path).await;
    let written = stored().await;
    let kept: Vehicle = serde_json::from_str(&written.document).expect("a vehicle");
    alone.advance(written.updated_at);
    assert!(written.updated_at > planted.updated_at + 30 * DAY);
    assert_eq!((kept.odometer_miles, kept.wakefulness), (alone.odometer_miles, alone.wakefulness), "it did not notice");
    assert_eq!(seen["state"], json!(kept.connectivity().as_str()));
    look("/api/1/vehicles").await;
    assert_eq!(stored().await, written, "nothing more is written");
}

/// The names of the blocks in an answer of `vehicle_data`.
fn blocks(data: &Value) -> Vec<&str> {
    let members = data.as_object().expect("an object");
    members.iter().filter(|(_, value)| value.get("timestamp").is_some()).map(|(name, _)| name.as_str()).collect()
}

async fn only_the_blocks_asked_for_appear(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let mut all = vehicle_data(&sandbox, KESTREL, &token).await;
    let bundle = ["charge_state", "climate_state", "drive_state", "gui_settings", "vehicle_config", "vehicle_state"];
    let mut names = blocks(&all);
    names.sort_unstable();
    assert_eq!(names, bundle);
    assert!(all["drive_state"]["latitude"].is_null(), "coordinates come when they are asked for");
    assert_eq!((&all["vin"], &all["state"]), (&json!(KESTREL), &json!("online")));
    let charge = all["charge_state"].take();

    let path = format!("/api/1/vehicles/{KESTREL}/vehicle_data?endpoints");
    for separator in ["%3B", ";", "%3b"] {
        let some = response(&sandbox, &format!("{path}=charge_state{separator}closures_state"), &token).await;
        assert_eq!((blocks(&some).len(), &some["charge_state"]), (2, &charge), "{separator}");
    }
    let unknown = response(&sandbox, &format!("{path}=flux_capacitor"), &token).await;
    assert_eq!((blocks(&unknown).len(), &unknown["vin"]), (0, &json!(KESTREL)));
}

async fn location_needs_a_scope_of_its_own(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let path = format!("/api/1/vehicles/{KESTREL}/vehicle_data?endpoints=location_data");
    let without = token_with(&sandbox, "vehicle_device_data").await;
    let refused = get(&sandbox, &path, &without).await;
    assert_error(&refused, 403, "Unauthorized missing scopes vehicle_location for vehicle location access");
    let reason =
        "The part `location_data` needs the scope `vehicle_location`, but the token has `vehicle_device_data`.";
    assert_eq!(refused.header("x-fleetgate-reason"), reason);
    let challenge = r#"Bearer error="insufficient_scope", error_description="The access token lacks a scope", scope="vehicle_location""#;
    assert_eq!(refused.header("www-authenticate"), challenge);
    let entry = newest_request(&sandbox).await;
    assert_eq!((last_check(&entry), &entry["reason"]), ("scope: refused", &json!(reason)));
    assert!(!entry["checks"].to_string().contains("scope: passed"), "{entry}");
    assert_eq!(vehicle_data(&sandbox, KESTREL, &without).await["drive_state"]["latitude"], Value::Null);

    let with = token_with(&sandbox, "vehicle_device_data vehicle_location").await;
    let data = response(&sandbox, &path, &with).await;
    assert!(data["drive_state"]["longitude"].is_f64() && data.get("charge_state").is_none(), "{data}");
}

async fn the_rfc_dialect_renders_what_is_about_the_token(place: Place) {
    let sandbox = Sandbox::start_with(place, DialectName::Rfc, |_| {}).await;
    let token = token_with(&sandbox, "vehicle_device_data").await;
    let vehicle = format!("/api/1/vehicles/{KESTREL}");
    let refused = get(&sandbox, &format!("{vehicle}/vehicle_data?endpoints=location_data"), &token).await;
    let body = r#"{"error":"insufficient_scope","error_description":"The access token lacks a scope"}"#;
    assert_eq!((refused.status.as_u16(), refused.text.as_str()), (403, body));
    assert!(refused.header("www-authenticate").contains("scope=\"vehicle_location\""), "{refused:?}");
    // The RFC says nothing of what an operation itself refuses.
    assert_error(&get(&sandbox, "/api/1/vehicles/nothing", &token).await, 404, "not_found");
}

async fn a_refusal_says_how_far_a_call_came(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    for (path, checks) in [
        (format!("/api/1/vehicles/{VAN_1}"), vec!["scope: passed", "ownership: refused"]),
        (format!("/api/1/vehicles/{HERON}"), vec!["scope: passed", "ownership: passed"]),
        (format!("/api/1/vehicles/{HERON}/vehicle_data"), vec!["scope: passed", "ownership: passed", "awake: refused"]),
        (
            format!("/api/1/vehicles/{KESTREL}/vehicle_data"),
            vec!["scope: passed", "ownership: passed", "awake: passed"],
        ),
        ("/api/1/energy_sites/1/live_status".to_owned(), vec!["scope: passed", "ownership: refused"]),
    ] {
        get(&sandbox, &path, &token).await;
        assert_checks(&newest_request(&sandbox).await, &checks);
    }
    command(&sandbox, HERON, "door_unlock", &token, json!({})).await;
    let entry = newest_request(&sandbox).await;
    assert_checks(&entry, &["scope: passed", "ownership: passed", "awake: refused"]);
    assert!(entry["reason"].as_str().is_some_and(|reason| reason.contains("asleep")), "{entry}");
}

/// The checks with which a request ended.
fn assert_checks(entry: &Value, last: &[&str]) {
    let checks: Vec<&str> = entry["checks"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(checks.ends_with(last), "{entry}");
}

async fn location_can_be_counted_under_device_data(place: Place) {
    let sandbox = Sandbox::start_with(place, DialectName::FleetApi, |config| {
        config.location_scope = LocationScope::Included;
    })
    .await;
    let token = token_with(&sandbox, "vehicle_device_data").await;
    let path = format!("/api/1/vehicles/{KESTREL}/vehicle_data?endpoints=location_data");
    assert!(response(&sandbox, &path, &token).await["drive_state"]["latitude"].is_f64());
}
