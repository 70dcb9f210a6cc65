//! What happens at a vehicle, and what the Fleet API says of it then.

use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Answer, Place, Sandbox, assert_transcript, on_both};

on_both!(
    a_car_that_is_driven_arrives,
    a_car_is_unplugged_and_plugged_in_elsewhere,
    a_car_without_network_is_not_reached,
    who_sits_in_a_car_is_seen,
    an_update_is_offered_and_a_car_brought_to_the_service,
    a_look_at_a_car_does_not_wake_it,
    what_cannot_happen_is_refused,
);

const KESTREL: &str = "5YJ3E1EB7PF900417";
const HERON: &str = "7SAYGDEE9PA512044";

async fn try_event(sandbox: &Sandbox, vin: &str, event: &Value) -> Answer {
    sandbox.post_json(&format!("/sandbox/vehicles/{vin}"), event).await
}

async fn event(sandbox: &Sandbox, vin: &str, event: Value) -> Value {
    let answer = try_event(sandbox, vin, &event).await;
    assert_eq!(answer.status, StatusCode::OK, "{event} {}", answer.text);
    answer.json()
}

async fn truth(sandbox: &Sandbox, vin: &str) -> Value {
    sandbox.get(&format!("/sandbox/vehicles/{vin}")).await.json()
}

async fn advance(sandbox: &Sandbox, time: &str) {
    assert_eq!(sandbox.post_json("/sandbox/clock", &json!({ "advance": time })).await.status, StatusCode::OK);
}

/// What the owner is told of a car at this time of the sandbox, by a token of this time.
async fn told(sandbox: &Sandbox, path: &str) -> Answer {
    let order = json!({"application": "Charge Planner", "account": "robin@example.com"});
    let token = sandbox.minted(&order).await.text_of("access_token");
    sandbox.api("GET", path, &token).await
}

async fn data(sandbox: &Sandbox, vin: &str) -> Value {
    let blocks = "drive_state;location_data;charge_state;vehicle_state";
    let answer = told(sandbox, &format!("/api/1/vehicles/{vin}/vehicle_data?endpoints={blocks}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()["response"].take()
}

async fn a_car_that_is_driven_arrives(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let before = data(&sandbox, KESTREL).await;
    let order = json!({
        "event": "drive", "to": {"latitude": 37.3382, "longitude": -121.8863}, "name": "San Jose", "plug_in": true,
    });
    assert_eq!(event(&sandbox, KESTREL, order.clone()).await["driving_to"], "San Jose");
    let again = try_event(&sandbox, KESTREL, &order).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    let out = try_event(&sandbox, KESTREL, &json!({"event": "get_out"})).await;
    assert_eq!(out.status, StatusCode::CONFLICT, "{}", out.text);
    advance(&sandbox, "10m").await;
    let driving = data(&sandbox, KESTREL).await;
    assert_eq!(driving["drive_state"]["shift_state"], "D");
    assert!(driving["drive_state"]["speed"].as_i64().expect("miles per hour") > 0);
    assert_eq!(driving["charge_state"]["charging_state"], "Disconnected");
    let odometer = |data: &Value| data["vehicle_state"]["odometer"].as_f64().expect("miles");
    assert!(odometer(&driving) > odometer(&before));
    advance(&sandbox, "35m").await;
    let arrived = data(&sandbox, KESTREL).await;
    assert_eq!(
        (&arrived["drive_state"]["shift_state"], &arrived["drive_state"]["speed"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(arrived["charge_state"]["charging_state"], "Charging");
    let truth = truth(&sandbox, KESTREL).await;
    assert_eq!(
        (&truth["driving_to"], &truth["latitude"], &truth["longitude"]),
        (&Value::Null, &json!(37.3382), &json!(-121.8863))
    );
    assert_eq!(arrived["drive_state"]["latitude"], json!(37.3382));
}

async fn a_car_is_unplugged_and_plugged_in_elsewhere(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_eq!(event(&sandbox, KESTREL, json!({"event": "unplug"})).await["charging_state"], "Disconnected");
    assert_transcript!(try_event(&sandbox, KESTREL, &json!({"event": "unplug"})).await, ["content-type"], @r#"
409 Conflict
content-type: application/json
{
  "error": "impossible",
  "error_description": "The car is not plugged in."
}
"#);
    let fast = json!({"event": "plug_in", "charger": "fast"});
    assert_eq!(event(&sandbox, KESTREL, fast.clone()).await["charging_state"], "Charging");
    assert_eq!(data(&sandbox, KESTREL).await["charge_state"]["fast_charger_present"], true);
    assert_eq!(try_event(&sandbox, KESTREL, &fast).await.status, StatusCode::CONFLICT);
    advance(&sandbox, "20m").await;
    let sessions =
        async || told(&sandbox, "/api/1/dx/charging/history").await.json()["response"]["totalResults"].take();
    let before = sessions().await.as_i64().expect("a count");
    event(&sandbox, KESTREL, json!({"event": "unplug"})).await;
    assert_eq!(sessions().await, before + 1, "what was charged is billed");
    assert_eq!(event(&sandbox, KESTREL, json!({"event": "plug_in"})).await["charging_state"], "Charging");
    assert_eq!(data(&sandbox, KESTREL).await["charge_state"]["fast_charger_present"], false);
}

async fn a_car_without_network_is_not_reached(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_eq!(event(&sandbox, KESTREL, json!({"event": "lose_network"})).await["state"], "offline");
    let path = format!("/api/1/vehicles/{KESTREL}/vehicle_data");
    assert_eq!(told(&sandbox, &path).await.status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(event(&sandbox, KESTREL, json!({"event": "find_network"})).await["state"], "online");
    assert_eq!(told(&sandbox, &path).await.status, StatusCode::OK);
}

async fn who_sits_in_a_car_is_seen(place: Place) {
    let sandbox = Sandbox::start(place).await;
    event(&sandbox, KESTREL, json!({"event": "get_in"})).await;
    assert_eq!(data(&sandbox, KESTREL).await["vehicle_state"]["is_user_present"], true);
    assert_eq!(event(&sandbox, KESTREL, json!({"event": "get_out"})).await["occupied"], false);
    assert_eq!(data(&sandbox, KESTREL).await["vehicle_state"]["is_user_present"], false);
}

async fn an_update_is_offered_and_a_car_brought_to_the_service(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let twice = try_event(&sandbox, KESTREL, &json!({"event": "offer_update"})).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "{}", twice.text);
    event(&sandbox, HERON, json!({"event": "get_in"})).await;
    event(&sandbox, HERON, json!({"event": "offer_update"})).await;
    assert_eq!(data(&sandbox, HERON).await["vehicle_state"]["software_update"]["status"], "available");
    assert_eq!(event(&sandbox, HERON, json!({"event": "bring_to_service"})).await["in_service"], true);
    let service = told(&sandbox, &format!("/api/1/vehicles/{HERON}/service_data")).await.json();
    assert_eq!(service["response"]["service_status"], "in_service", "{service}");
}

async fn a_look_at_a_car_does_not_wake_it(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_transcript!(sandbox.get(&format!("/sandbox/vehicles/{HERON}")).await, ["cache-control"], @r#"
200 OK
cache-control: no-store
{
  "charging_state": "Disconnected",
  "driving_to": null,
  "in_service": false,
  "latitude": 37.4419,
  "longitude": -122.143,
  "occupied": false,
  "state": "asleep",
  "vin": "7SAYGDEE9PA512044"
}
"#);
    assert_eq!(
        told(&sandbox, &format!("/api/1/vehicles/{HERON}/vehicle_data")).await.status,
        StatusCode::REQUEST_TIMEOUT
    );
    assert_eq!(truth(&sandbox, HERON).await["state"], "asleep");
}

async fn what_cannot_happen_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let before = truth(&sandbox, HERON).await;
    for order in [
        json!({}),
        json!({"event": "explode"}),
        json!({"event": "unplug", "charger": "fast"}),
        json!({"event": "plug_in", "charger": "solar"}),
        json!({"event": "drive"}),
        json!({"event": "drive", "to": {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0}}),
        json!({"event": "drive", "to": {"latitude": 86.0, "longitude": 0.0}}),
        json!({"event": "drive", "to": {"latitude": 0.0, "longitude": 180.5}}),
        json!({"event": "drive", "to": {"latitude": 0.0, "longitude": 0.0}, "name": "x".repeat(101)}),
        json!({"event": "drive", "to": {"latitude": 0.0, "longitude": 0.0}, "name": "a\nb"}),
    ] {
        let answer = try_event(&sandbox, HERON, &order).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{order} {}", answer.text);
    }
    assert_eq!(truth(&sandbox, HERON).await, before);
    let nowhere = json!({"event": "get_in"});
    for vin in ["5YJ3E1EB7PF900418", "nonsense"] {
        assert_eq!(try_event(&sandbox, vin, &nowhere).await.status, StatusCode::NOT_FOUND);
        assert_eq!(sandbox.get(&format!("/sandbox/vehicles/{vin}")).await.status, StatusCode::NOT_FOUND);
    }
}
