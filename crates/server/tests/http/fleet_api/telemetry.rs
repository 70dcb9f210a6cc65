//! Telemetry configurations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetgate_protocol::Region;
use fleetgate_protocol::jws::{Algorithm, SigningKey, Typ};
use fleetgate_protocol::operations::TelemetryOperation;
use fleetgate_protocol::telemetry::AUDIENCE;
use fleetgate_server::keys::pkcs8_from_pem;
use fleetgate_simulator::Vehicle;
use fleetgate_store::DeviceKind;

use super::*;
use crate::harness::{DAY, HOUR, MINUTE, Place, SECOND, on_both};

on_both!(
    a_signed_configuration_reaches_the_car,
    a_sleeping_car_takes_it_when_it_wakes,
    only_the_applications_own_key_signs,
    an_unsigned_configuration_needs_the_proxy,
    what_is_wrong_with_a_configuration_is_told,
    places_need_their_scope,
    cars_that_cannot_are_skipped,
    a_car_holds_five_configurations,
    a_configuration_is_removed_with_the_consent,
    errors_are_told_to_the_application,
);

const SIGNED: &str = "/api/1/vehicles/fleet_telemetry_config_jws";
const UNSIGNED: &str = "/api/1/vehicles/fleet_telemetry_config";

/// The configuration of the reference.
fn config() -> Value {
    let row = TelemetryOperation::Create.row();
    let config = row.parameters.iter().find(|parameter| parameter.name == "config").expect("a configuration");
    serde_json::from_str(config.example).expect("JSON")
}

/// A configuration signed with an application's key, under the name of the key that it is registered with.
async fn signed(sandbox: &Sandbox, signer: &str, application: &str, config: &Value) -> String {
    let of = |name: &str| sandbox.world.applications.iter().find(|app| app.name == name).expect("known").clone();
    let pem = of(signer).private_key_pem.expect("a key");
    let key = SigningKey::from_pkcs8(Algorithm::Es256, "", &pkcs8_from_pem(&pem).expect("PKCS#8")).expect("a key");
    let registered = sandbox.state.store.registration(&of(application).client_id, Region::Na).await.expect("read");
    let point = hex::decode(registered.expect("registered").public_key).expect("hexadecimal");
    let mut claims = config.clone();
    claims["iss"] = STANDARD.encode(point).into();
    claims["aud"] = AUDIENCE.into();
    key.sign(Typ::Jwt, claims.to_string().as_bytes()).expect("signed")
}

/// Hands a configuration of Charge Planner in.
async fn hand_in(sandbox: &Sandbox, token: &str, vins: &[&str], config: &Value) -> Answer {
    let jws = signed(sandbox, "Charge Planner", "Charge Planner", config).await;
    post(sandbox, SIGNED, token, json!({"vins": vins, "token": jws})).await
}

async fn state_of(sandbox: &Sandbox, vin: &str, token: &str) -> Value {
    response(sandbox, &format!("/api/1/vehicles/{vin}/fleet_telemetry_config"), token).await
}

async fn pair(sandbox: &Sandbox, application: &str, vin: &str) {
    let order = json!({"application": application, "vin": vin});
    assert_eq!(sandbox.post_json("/sandbox/keys", &order).await.status, 200);
}

async fn a_signed_configuration_reaches_the_car(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let none =
        json!({"synced": true, "config": null, "update_available": false, "limit_reached": false, "key_paired": true});
    assert_eq!(state_of(&sandbox, KESTREL, &token).await, none);
    let handed_in = hand_in(&sandbox, &token, &[KESTREL], &config()).await;
    let skipped = json!({"missing_key": [], "unsupported_hardware": [], "unsupported_firmware": [], "max_configs": []});
    assert_eq!(handed_in.json(), json!({"response": {"updated_vehicles": 1, "skipped_vehicles": skipped}}));

    let state = state_of(&sandbox, KESTREL, &token).await;
    assert_eq!((&state["synced"], &state["update_available"]), (&json!(false), &json!(true)));
    assert_eq!(state["config"], config());
    sandbox.clock.advance(10 * SECOND);
    let state = state_of(&sandbox, KESTREL, &token).await;
    assert_eq!((&state["synced"], &state["update_available"]), (&json!(true), &json!(false)));
    // It is each application's own.
    let other = mint(&sandbox, json!({"application": "Open Garage", "account": ROBIN})).await;
    assert_eq!(state_of(&sandbox, KESTREL, &other).await["config"], Value::Null);

    // It survives a restart.
    let sandbox = sandbox.restart().await;
    assert_eq!(state_of(&sandbox, KESTREL, &token).await["config"], config());
    let path = format!("/api/1/vehicles/{KESTREL}/fleet_telemetry_config");
    for removed in [1, 0] {
        let answer = sandbox.api("DELETE", &path, &token).await;
        assert_eq!(answer.json(), json!({"response": {"updated_vehicles": removed}}));
    }
    let state = state_of(&sandbox, KESTREL, &token).await;
    assert_eq!((&state["config"], &state["synced"]), (&Value::Null, &json!(false)), "the car does not know yet");
    sandbox.clock.advance(10 * SECOND);
    assert_eq!(state_of(&sandbox, KESTREL, &token).await["synced"], true);
    let foreign = format!("/api/1/vehicles/{VAN_1}/fleet_telemetry_config");
    assert_error(&get(&sandbox, &foreign, &token).await, 404, "not_found");
    assert_error(&sandbox.api("DELETE", &foreign, &token).await, 404, "not_found");
}

async fn a_sleeping_car_takes_it_when_it_wakes(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    pair(&sandbox, "Charge Planner", HERON).await;
    let mut config = config();
    config["exp"] = json!(sandbox.now() / SECOND + 6 * 60 * 60);
    assert_eq!(hand_in(&sandbox, &token, &[HERON], &config).await.json()["response"]["updated_vehicles"], 1);
    sandbox.clock.advance(HOUR);
    assert_eq!(state_of(&sandbox, HERON, &token).await["synced"], false, "it sleeps");
    post(&sandbox, &format!("/api/1/vehicles/{HERON}/wake_up"), &token, json!({})).await;
    // It wakes, sleeps again, and nobody looked meanwhile.
    sandbox.clock.advance(2 * HOUR);
    assert_eq!(response(&sandbox, &format!("/api/1/vehicles/{HERON}"), &token).await["state"], "asleep");
    assert_eq!(state_of(&sandbox, HERON, &token).await["synced"], true);
    sandbox.clock.advance(3 * HOUR);
    let state = state_of(&sandbox, HERON, &token).await;
    assert_eq!((&state["config"], &state["synced"]), (&Value::Null, &json!(true)), "it has lapsed");
}

async fn only_the_applications_own_key_signs(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let good = signed(&sandbox, "Charge Planner", "Charge Planner", &config()).await;
    let in_its_name = signed(&sandbox, "Open Garage", "Charge Planner", &config()).await;
    let anothers = signed(&sandbox, "Open Garage", "Open Garage", &config()).await;
    for (jws, reason) in [
        (in_its_name.as_str(), "does not verify"),
        (anothers.as_str(), "`iss` is not"),
        ("eyJhbGciOiJub25lIn0.e30.", "`alg` is neither"),
        ("nonsense", "no signed configuration"),
    ] {
        let refused = post(&sandbox, SIGNED, &token, json!({"vins": [KESTREL], "token": jws})).await;
        assert_error(&refused, 400, "invalid_field");
        assert!(refused.header("x-fleetgate-reason").contains(reason), "{refused:?}");
    }
    for body in [json!({"vins": [KESTREL]}), json!({"token": good}), json!({"vins": [KESTREL], "token": 1})] {
        assert_error(&post(&sandbox, SIGNED, &token, body).await, 400, "invalid_field");
    }
    let foreign = post(&sandbox, SIGNED, &token, json!({"vins": [KESTREL, VAN_1], "token": good})).await;
    assert_error(&foreign, 404, "not_found");
    assert_eq!(state_of(&sandbox, KESTREL, &token).await["config"], Value::Null, "nothing was configured");
}

async fn an_unsigned_configuration_needs_the_proxy(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let body = json!({"vins": [KESTREL], "config": config()});
    let refused = post(&sandbox, UNSIGNED, &token, body.clone()).await;
    assert_error(&refused, 400, "This endpoint must be called through the Vehicle Command HTTP Proxy");
    let sandbox = sandbox.restart_with(|config| config.telemetry_unsigned = true).await;
    let taken = post(&sandbox, UNSIGNED, &token, body).await;
    assert_eq!(taken.json()["response"]["updated_vehicles"], 1, "{}", taken.text);
    for body in [json!({"vins": [KESTREL]}), json!({"vins": [KESTREL], "config": []}), json!({"config": config()})] {
        assert_error(&post(&sandbox, UNSIGNED, &token, body).await, 400, "invalid_field");
    }
}

async fn what_is_wrong_with_a_configuration_is_told(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    for (member, value, complaint) in [
        ("hostname", Value::Null, "missing config.hostname param"),
        ("port", json!(70_000), "invalid config.port param"),
        ("ca", json!("no certificate"), "invalid config.ca param"),
        ("ca", json!("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"), "invalid config.ca param"),
        ("exp", json!(sandbox.now() / SECOND), "invalid config.exp param"),
        ("fields", json!({"Soc": {}}), "missing config.fields.Soc.interval_seconds param"),
    ] {
        let mut config = config();
        config[member] = value;
        let refused = hand_in(&sandbox, &token, &[KESTREL], &config).await;
        assert_error(&refused, 400, "invalid_field");
        assert_eq!(refused.json()["error_description"], complaint);
    }
    let mut config = config();
    config["fields"] = json!({"FluxCapacitor": {"interval_seconds": 1}});
    assert_error(&hand_in(&sandbox, &token, &[KESTREL], &config).await, 400, "Unknown field FluxCapacitor");
    assert_eq!(state_of(&sandbox, KESTREL, &token).await["config"], Value::Null);
}

async fn places_need_their_scope(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let mut config = config();
    config["fields"]["Location"] = json!({"interval_seconds": 10, "minimum_delta": 25.0});
    let without = token_with(&sandbox, "vehicle_device_data").await;
    let refused = hand_in(&sandbox, &without, &[KESTREL], &config).await;
    assert_error(&refused, 403, "Unauthorized missing scopes vehicle_location for vehicle location access");
    let with = token_with(&sandbox, "vehicle_device_data vehicle_location").await;
    let taken = hand_in(&sandbox, &with, &[KESTREL], &config).await;
    assert_eq!(taken.json()["response"]["updated_vehicles"], 1, "{}", taken.text);
    // A driver from whom places are kept has them from no application.
    let sam = token_of(&sandbox, SAM).await;
    assert_error(&hand_in(&sandbox, &sam, &[KESTREL], &config).await, 403, "location access not granted");
}

async fn cars_that_cannot_are_skipped(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let skipped =
        async |config: &Value| hand_in(&sandbox, &token, &[KESTREL, HERON], config).await.json()["response"].take();
    let answer = skipped(&config()).await;
    assert_eq!((&answer["updated_vehicles"], &answer["skipped_vehicles"]["missing_key"]), (&json!(1), &json!([HERON])));
    // Only newer software sends other fields along.
    let mut along = config();
    along["fields"]["Soc"]["include_fields"] = json!(["VehicleSpeed"]);
    let answer = skipped(&along).await;
    assert_eq!(answer["skipped_vehicles"]["unsupported_firmware"], json!([KESTREL, HERON]));
    let now = sandbox.now();
    let install = |version: &'static str| {
        sandbox.state.store.modify_device(DeviceKind::Vehicle, KESTREL, now, move |document| {
            let mut vehicle: Vehicle = serde_json::from_str(document).map_err(|error| error.to_string())?;
            vehicle.profile.car_version = version.to_owned();
            Ok((Some(serde_json::to_string(&vehicle).map_err(|error| error.to_string())?), ()))
        })
    };
    install("2026.26.6 1a2b3c").await.expect("the store");
    assert_eq!(skipped(&along).await["updated_vehicles"], 1);
    install("2023.44.30 1a2b3c").await.expect("the store");
    assert_eq!(skipped(&config()).await["skipped_vehicles"]["unsupported_firmware"], json!([KESTREL]));
}

async fn a_car_holds_five_configurations(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let others = sandbox.world.applications.iter().filter(|app| app.name != "Charge Planner");
    let stored = |changed_at| fleetgate_store::StoredTelemetryConfig {
        document: Some(config().to_string()),
        ends_at: i64::MAX,
        changed_at,
    };
    for other in others {
        let vins = vec![KESTREL.to_owned()];
        let set = sandbox.state.store.set_telemetry_config(vins, &other.client_id, stored(sandbox.now()), 5);
        assert!(set.await.expect("the store").is_empty());
    }
    let full = hand_in(&sandbox, &token, &[KESTREL], &config()).await.json();
    assert_eq!(full["response"]["skipped_vehicles"]["max_configs"], json!([KESTREL]), "{full}");
    assert_eq!(
        (&full["response"]["updated_vehicles"], &state_of(&sandbox, KESTREL, &token).await["limit_reached"]),
        (&json!(0), &json!(true))
    );
    // A partner takes its own back from a car that is not its business's.
    let couriers = courier_token(&sandbox).await;
    let path = format!("/api/1/vehicles/{KESTREL}/fleet_telemetry_config");
    assert_eq!(sandbox.api("DELETE", &path, &couriers).await.json()["response"]["updated_vehicles"], 1);
    assert_error(&sandbox.api("DELETE", &path, &couriers).await, 404, &format!("{KESTREL} not_found"));
    assert_eq!(hand_in(&sandbox, &token, &[KESTREL], &config()).await.json()["response"]["updated_vehicles"], 1);
}

async fn a_configuration_is_removed_with_the_consent(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    assert_eq!(hand_in(&sandbox, &token, &[KESTREL], &config()).await.status, 200);
    let planner = sandbox.app("Charge Planner");
    let store = &sandbox.state.store;
    let robin = store.account_by_email(ROBIN).await.expect("read").expect("Robin").id;
    store.revoke_consent(&robin, &planner.client_id, "consent_revoked", sandbox.now()).await.expect("revoked");
    sandbox.clock.advance(MINUTE);
    let token = token_of(&sandbox, ROBIN).await;
    let state = state_of(&sandbox, KESTREL, &token).await;
    assert_eq!((&state["config"], &state["key_paired"]), (&Value::Null, &json!(false)), "{state}");
}

async fn errors_are_told_to_the_application(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let couriers = courier_token(&sandbox).await;
    let (vins, all) = (
        "/api/1/partner_accounts/fleet_telemetry_error_vins",
        "/api/1/partner_accounts/fleet_telemetry_errors?domain=harbor-couriers.test",
    );
    assert_eq!(response(&sandbox, vins, &couriers).await, json!({"fleet_telemetry_error_vins": []}));
    for (vin, error) in [(VAN_2, "connection refused"), (VAN_1, "certificate has expired"), (VAN_1, "no such host")] {
        let order = json!({"application": "Harbor Dispatch", "vin": vin, "error": error});
        assert_eq!(sandbox.post_json("/sandbox/telemetry-errors", &order).await.status, 200);
        sandbox.clock.advance(MINUTE);
    }
    let order = json!({"application": "Charge Planner", "vin": VAN_1, "error": "another's"});
    assert_eq!(sandbox.post_json("/sandbox/telemetry-errors", &order).await.status, 200);
    assert_eq!(response(&sandbox, vins, &couriers).await, json!({"fleet_telemetry_error_vins": [VAN_1, VAN_2]}));
    let name = sandbox.app("Harbor Dispatch").client_id;
    let error = |error: &str, vin: &str| json!({"name": name, "error": error, "vin": vin});
    let of_van_1 = [error("no such host", VAN_1), error("certificate has expired", VAN_1)];
    let path = format!("/api/1/vehicles/{VAN_1}/fleet_telemetry_errors");
    assert_eq!(response(&sandbox, &path, &couriers).await, json!({"fleet_telemetry_errors": of_van_1}));
    let every = [of_van_1[0].clone(), of_van_1[1].clone(), error("connection refused", VAN_2)];
    assert_eq!(response(&sandbox, all, &couriers).await, json!({"fleet_telemetry_errors": every}));
    assert_error(&get(&sandbox, &path, &token_of(&sandbox, ROBIN).await).await, 404, "not_found");
    // They are told for thirty days.
    sandbox.clock.advance(31 * DAY);
    let couriers = courier_token(&sandbox).await;
    assert_eq!(response(&sandbox, vins, &couriers).await, json!({"fleet_telemetry_error_vins": []}));
    for (order, status) in [
        (json!({"application": "Harbor Dispatch", "vin": VAN_1, "error": ""}), 400),
        (json!({"application": "Harbor Dispatch", "vin": "nothing", "error": "x"}), 404),
        (json!({"application": "Nobody", "vin": VAN_1, "error": "x"}), 404),
    ] {
        assert_eq!(sandbox.post_json("/sandbox/telemetry-errors", &order).await.status, status, "{order}");
    }
}
