//! What is told of a vehicle beside its live data.

use fleetgate_simulator::Vehicle;
use fleetgate_store::DeviceKind;

use super::*;
use crate::harness::{DAY, HOUR, Place, on_both};

on_both!(
    remote_access_can_be_switched_off,
    charging_sites_are_near_and_busy,
    alerts_come_with_time,
    release_notes_are_of_the_installed_software,
    service_data_is_told_while_the_car_is_there,
    the_owner_manages_drivers,
    the_fleet_status_tells_paired_keys,
    a_key_is_paired_at_the_vehicle,
    signed_commands_are_not_understood,
);

/// Changes a car behind the API's back.
async fn change(sandbox: &Sandbox, vin: &str, change: impl Fn(&mut Vehicle) + Send + Sync + 'static) {
    let now = sandbox.now();
    let changed = sandbox.state.store.modify_device(DeviceKind::Vehicle, vin, now, move |document| {
        let mut vehicle: Vehicle = serde_json::from_str(document).map_err(|error| error.to_string())?;
        vehicle.advance(now);
        change(&mut vehicle);
        Ok((Some(serde_json::to_string(&vehicle).map_err(|error| error.to_string())?), ()))
    });
    changed.await.expect("the store").expect("a car");
}

async fn remote_access_can_be_switched_off(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let path = format!("/api/1/vehicles/{KESTREL}/mobile_enabled");
    assert_eq!(response(&sandbox, &path, &token).await, json!({"result": true, "reason": ""}));
    let asleep = get(&sandbox, &format!("/api/1/vehicles/{HERON}/mobile_enabled"), &token).await;
    assert_error(&asleep, 408, "vehicle unavailable: vehicle is offline or asleep");

    change(&sandbox, KESTREL, |vehicle| vehicle.mobile_access = false).await;
    let off = json!({"result": false, "reason": "mobile_access_disabled"});
    assert_eq!(response(&sandbox, &path, &token).await, off);
    let vehicle = format!("/api/1/vehicles/{KESTREL}");
    for refused in [
        get(&sandbox, &format!("{vehicle}/vehicle_data"), &token).await,
        get(&sandbox, &format!("{vehicle}/nearby_charging_sites"), &token).await,
        post(&sandbox, &format!("{vehicle}/wake_up"), &token, json!({})).await,
        command(&sandbox, KESTREL, "door_unlock", &token, json!({})).await,
    ] {
        assert_error(&refused, 401, "mobile_access_disabled");
    }
}

async fn charging_sites_are_near_and_busy(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let path = format!("/api/1/vehicles/{KESTREL}/nearby_charging_sites");
    let all = response(&sandbox, &path, &token).await;
    let fast = all["superchargers"].as_array().expect("a list");
    assert!(fast.len() > 3 && !all["destination_charging"].as_array().expect("a list").is_empty(), "{all}");
    let miles = |site: &Value| site["distance_miles"].as_f64().expect("a distance");
    assert!(fast.windows(2).all(|pair| miles(&pair[0]) <= miles(&pair[1])), "nearest first");
    for site in fast {
        let (free, stalls) = (site["available_stalls"].as_i64(), site["total_stalls"].as_i64());
        assert!(free >= Some(0) && free <= stalls, "{site}");
        assert!(site["amenities"].is_string() && miles(site) <= 100.0, "{site}");
    }
    let few = response(&sandbox, &format!("{path}?count=1&radius=20&detail=false"), &token).await;
    assert_eq!(few["superchargers"].as_array().expect("a list").len(), 1);
    assert!(few["superchargers"][0].get("amenities").is_none(), "{few}");
    // Stalls are taken and left.
    let counts = |answer: &Value| {
        let sites = answer["superchargers"].as_array().expect("a list");
        sites.iter().map(|site| site["available_stalls"].clone()).collect::<Vec<_>>()
    };
    sandbox.clock.advance(7 * HOUR);
    assert_ne!(counts(&response(&sandbox, &path, &token).await), counts(&all));

    for query in ["count=0", "count=many", "radius=-1", "detail=perhaps"] {
        assert_error(&get(&sandbox, &format!("{path}?{query}"), &token).await, 400, "invalid_field");
    }
    let foreign = get(&sandbox, &format!("/api/1/vehicles/{VAN_1}/nearby_charging_sites"), &token).await;
    assert_error(&foreign, 404, "not_found");
    // Sam may drive Kestrel, but not see where it is.
    let sam = token_of(&sandbox, SAM).await;
    assert_error(&get(&sandbox, &path, &sam).await, 403, "location access not granted");
}

async fn alerts_come_with_time(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let path = format!("/api/1/vehicles/{HERON}/recent_alerts");
    let alerts = async || response(&sandbox, &path, &token).await["recent_alerts"].take();
    let mut seen = alerts().await;
    assert_eq!(alerts().await, seen, "asking changes nothing");
    let mut changes = 0;
    for _ in 0..8 {
        sandbox.clock.advance(5 * DAY);
        let token = token_of(&sandbox, ROBIN).await;
        let now = response(&sandbox, &path, &token).await["recent_alerts"].take();
        changes += usize::from(now != seen);
        seen = now;
    }
    assert!(changes > 1, "{changes}");
    for alert in seen.as_array().expect("a list") {
        assert!(alert["time"].as_str().expect("text").ends_with("+00:00"), "{alert}");
        assert!(alert["audience"].is_array() && alert["user_text"].is_string(), "{alert}");
    }
}

async fn release_notes_are_of_the_installed_software(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let path = format!("/api/1/vehicles/{HERON}/release_notes");
    let answer = get(&sandbox, &path, &token).await.json();
    let notes = answer["response"]["response"]["release_notes"].as_array().expect("a list");
    assert!(!notes.is_empty() && notes.iter().all(|note| note["customer_version"] == "2026.20.3"), "{answer}");
    let staged = get(&sandbox, &format!("{path}?staged=true&language=1"), &token).await;
    assert_eq!(staged.json(), json!({"response": {"response": {"release_notes": []}}}));
    for query in ["staged=2", "language=dutch", "language=-1"] {
        assert_error(&get(&sandbox, &format!("{path}?{query}"), &token).await, 400, "invalid_field");
    }
}

async fn service_data_is_told_while_the_car_is_there(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let path = format!("/api/1/vehicles/{HERON}/service_data");
    let none = json!({"service_status": null, "service_etc": null, "service_visit_number": null, "status_id": null});
    assert_eq!(response(&sandbox, &path, &token).await, none);
    let now = sandbox.now();
    change(&sandbox, HERON, move |vehicle| vehicle.bring_to_service(now)).await;
    let told = response(&sandbox, &path, &token).await;
    assert_eq!(
        (&told["service_status"], &told["service_etc"]),
        (&json!("in_service"), &json!("2026-10-03T05:00:00-07:00"))
    );
    assert!(told["service_visit_number"].as_str().expect("a number").starts_with("SV"), "{told}");
    assert_eq!(response(&sandbox, &format!("/api/1/vehicles/{HERON}"), &token).await["in_service"], true);
    sandbox.clock.advance(2 * DAY);
    let token = token_of(&sandbox, ROBIN).await;
    assert_eq!(response(&sandbox, &path, &token).await, none);
}

async fn the_owner_manages_drivers(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (robin, sam) = (token_of(&sandbox, ROBIN).await, token_of(&sandbox, SAM).await);
    let (kestrel, heron) = (format!("/api/1/vehicles/{KESTREL}/drivers"), format!("/api/1/vehicles/{HERON}/drivers"));
    let drivers = get(&sandbox, &kestrel, &robin).await.json();
    let driver = &drivers["response"][0];
    assert_eq!(
        (&drivers["count"], &driver["driver_first_name"], &driver["driver_last_name"]),
        (&json!(1), &json!("Sam"), &json!("Brook"))
    );
    assert_eq!((&driver["granular_access"]["hide_private"], &driver["active_pubkeys"]), (&json!(true), &json!([])));
    let number = driver["user_id"].as_i64().expect("a number");
    assert_eq!(driver["user_id_s"], number.to_string());
    assert_error(&get(&sandbox, &kestrel, &sam).await, 403, "forbidden");

    // A driver removes only himself, by leaving the number out.
    let others = sandbox.api("DELETE", &format!("{heron}?share_user_id=1"), &sam).await;
    assert_error(&others, 403, "forbidden");
    let left = sandbox.api("DELETE", &heron, &sam).await;
    assert_eq!((left.status.as_u16(), left.json()), (200, json!({"response": "ok"})));
    assert_error(&get(&sandbox, &format!("/api/1/vehicles/{HERON}"), &sam).await, 404, "not_found");
    assert_error(&sandbox.api("DELETE", &heron, &sam).await, 404, "not_found");

    // The owner removes anybody who drives, and nobody else.
    for query in ["share_user_id=x", "share_user_id=-1"] {
        assert_error(&sandbox.api("DELETE", &format!("{kestrel}?{query}"), &robin).await, 400, "invalid_field");
    }
    assert_error(&sandbox.api("DELETE", &format!("{kestrel}?share_user_id=1"), &robin).await, 404, "not_found");
    assert_error(&sandbox.api("DELETE", &kestrel, &robin).await, 404, "not_found");
    let body = json!({"share_user_id": number});
    let removed = sandbox.send(|http| http.delete(sandbox.url(&kestrel)).bearer_auth(&robin).json(&body)).await;
    assert_eq!((removed.status.as_u16(), removed.json()), (200, json!({"response": "ok"})), "{}", removed.text);
    assert_eq!(get(&sandbox, &kestrel, &robin).await.json(), json!({"response": [], "count": 0}));
}

const FLEET_STATUS: &str = "/api/1/vehicles/fleet_status";

async fn the_fleet_status_tells_paired_keys(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let both = json!({"vins": [KESTREL, HERON.to_lowercase(), KESTREL]});
    let status = post(&sandbox, FLEET_STATUS, &token, both).await.json()["response"].take();
    assert_eq!((&status["key_paired_vins"], &status["unpaired_vins"]), (&json!([KESTREL]), &json!([HERON])));
    let info = &status["vehicle_info"][KESTREL];
    assert_eq!((&info["firmware_version"], &info["fleet_telemetry_version"]), (&json!("2026.20.3"), &json!("1.0.0")));
    assert_eq!(
        (&info["vehicle_command_protocol_required"], &info["discounted_device_data"]),
        (&json!(false), &json!(false))
    );
    assert!(info["total_number_of_keys"].as_i64().expect("a number") >= 4, "two cards and two applications");
    // An application sees its own key, and a business its own vehicles.
    let couriers = courier_token(&sandbox).await;
    let vans = post(&sandbox, FLEET_STATUS, &couriers, json!({"vins": [VAN_1, VAN_2]})).await.json();
    assert_eq!(vans["response"]["key_paired_vins"], json!([VAN_1]), "{vans}");
    assert_eq!(vans["response"]["vehicle_info"][VAN_2]["vehicle_command_protocol_required"], true);

    let one_is_foreign = post(&sandbox, FLEET_STATUS, &token, json!({"vins": [KESTREL, VAN_1]})).await;
    assert_error(&one_is_foreign, 404, "not_found");
    let many: Vec<_> = (0..101).map(|_| KESTREL).collect();
    for body in [
        json!({}),
        json!({"vins": KESTREL}),
        json!({"vins": []}),
        json!({"vins": ["short"]}),
        json!({"vins": [7]}),
        json!({"vins": many}),
    ] {
        assert_error(&post(&sandbox, FLEET_STATUS, &token, body).await, 400, "invalid_field");
    }
}

async fn a_key_is_paired_at_the_vehicle(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let path = format!("/api/1/vehicles/{HERON}/paired_keys");
    let paired = async || post(&sandbox, &path, &token, json!({})).await.json()["response"]["result"].take();
    assert_eq!(paired().await, false);
    let order = json!({"application": "Charge Planner", "vin": HERON});
    let answer = sandbox.post_json("/sandbox/keys", &order).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["paired"]), (200, &json!(true)), "{}", answer.text);
    assert_eq!(paired().await, true);
    let world = sandbox.get("/sandbox/world").await.json();
    let heron = world["vehicles"].as_array().expect("a list").iter().find(|car| car["vin"] == HERON).cloned();
    assert_eq!(heron.expect("there")["paired_applications"], json!(["Charge Planner"]));
    let order = json!({"application": "Charge Planner", "vin": HERON, "paired": false});
    assert_eq!(sandbox.post_json("/sandbox/keys", &order).await.status, 200);
    assert_eq!(paired().await, false);
    for (order, status) in [
        (json!({"application": "Nobody", "vin": HERON}), 404),
        (json!({"application": "Charge Planner", "vin": "5YJ3E1EB7PF900418"}), 404),
        (json!({"application": "Charge Planner"}), 400),
    ] {
        assert_eq!(sandbox.post_json("/sandbox/keys", &order).await.status, status, "{order}");
    }
}

async fn signed_commands_are_not_understood(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let path = format!("/api/1/vehicles/{KESTREL}/signed_command");
    let refused = post(&sandbox, &path, &token, json!({"routable_message": "MhQSEA=="})).await;
    assert_error(&refused, 422, "invalid_resource");
    assert_eq!(refused.json()["error_description"], "vehicle does not yet support signed commands");
    for body in
        [json!({}), json!({"routable_message": 1}), json!({"routable_message": "-_-"}), json!({"routable_message": ""})]
    {
        assert_error(&post(&sandbox, &path, &token, body).await, 400, "invalid_field");
    }
    let foreign = format!("/api/1/vehicles/{VAN_1}/signed_command");
    assert_error(&post(&sandbox, &foreign, &token, json!({"routable_message": "MhQSEA=="})).await, 404, "not_found");
}
