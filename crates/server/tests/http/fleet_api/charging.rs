//! Charging history and sessions.

use fleetgate_protocol::Region;
use fleetgate_simulator::{Coordinates, Trip, Vehicle};
use fleetgate_store::{DeviceKind, Registration};

use super::*;
use crate::harness::{HOUR, Place, on_both};

on_both!(
    history_is_paged_and_sorted,
    sessions_are_a_businesss,
    an_invoice_is_a_file_for_the_one_who_paid,
    a_session_on_the_road_is_stored_once,
    a_schedule_is_kept_and_obeyed,
);

/// Lets somebody drive a vehicle from California to Nevada, which takes more than its battery has.
async fn send_on_a_trip(sandbox: &Sandbox, vin: &str) {
    let now = sandbox.now();
    let set_off = move |document: &str| {
        let car: Vehicle = serde_json::from_str(document).map_err(|error| error.to_string())?;
        let mut car = car.with_charge(50.0);
        let to = Coordinates { latitude: 36.1716, longitude: -115.1391 };
        let trip = Trip { to, name: "Las Vegas".to_owned(), plug_in: false };
        car.drive(trip, now).map_err(|error| error.to_string())?;
        Ok((Some(serde_json::to_string(&car).map_err(|error| error.to_string())?), ()))
    };
    let changed = sandbox.state.store.modify_device(DeviceKind::Vehicle, vin, now, set_off).await;
    changed.expect("the store").expect("a vehicle");
}

async fn a_session_on_the_road_is_stored_once(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let path = format!("/api/1/dx/charging/sessions?vin={VAN_1}&limit=100");
    let listed = async |sandbox: &Sandbox| {
        let token = courier_token(sandbox).await;
        response(sandbox, &path, &token).await["data"].as_array().expect("a list").clone()
    };
    let before = listed(&sandbox).await;
    send_on_a_trip(&sandbox, VAN_1).await;
    sandbox.clock.advance(HOUR / 4);
    let token = courier_token(&sandbox).await;
    let drive = vehicle_data(&sandbox, VAN_1, &token).await["drive_state"].clone();
    assert_eq!((&drive["shift_state"], drive["speed"].is_i64()), (&json!("D"), true), "{drive}");
    assert!(drive["active_route_miles_to_arrival"].as_f64().expect("miles") > 10.0, "{drive}");
    assert!(drive["active_route_destination"].is_null(), "the place was not asked for: {drive}");

    sandbox.clock.advance(20 * HOUR);
    let after = listed(&sandbox).await;
    let new = after.len() - before.len();
    assert!((2..=5).contains(&new), "{new} stops on the way");
    assert_eq!(after[new..], before[..], "the older ones are as they were");
    for session in &after[..new] {
        let energy = session["total_energy"].as_f64().expect("kWh");
        assert!((5.0..90.0).contains(&energy), "{session}");
        let price = session["tariffs"]["elements"][0]["price_components"][0]["price"].as_f64().expect("a price");
        assert!(session["total_cost"]["incl_vat"].as_f64().expect("a cost") >= energy * price - 0.01, "{session}");
    }
    assert_eq!(listed(&sandbox).await, after);
    // What somebody does to the vehicle brings none twice, and neither does a restart.
    let token = courier_token(&sandbox).await;
    command(&sandbox, VAN_1, "honk_horn", &token, json!({})).await;
    let sandbox = sandbox.restart().await;
    assert_eq!(listed(&sandbox).await, after);
    let token = courier_token(&sandbox).await;
    let history = response(&sandbox, &format!("/api/1/dx/charging/history?vin={VAN_1}"), &token).await;
    assert_eq!(history["totalResults"], after.len());
}

async fn a_schedule_is_kept_and_obeyed(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    command(&sandbox, KESTREL, "charge_stop", &token, json!({})).await;
    // It is noon in UTC: five in the morning at home.
    let schedule = json!({"days_of_week": "All", "enabled": true, "lat": 37.4419, "lon": -122.143, "start_enabled": true,
                          "start_time": 360, "end_enabled": true, "end_time": 420});
    let answer = command(&sandbox, KESTREL, "add_charge_schedule", &token, schedule).await;
    assert_eq!(answer.json(), json!({"response": {"result": true, "reason": ""}}));
    let state = async || vehicle_data(&sandbox, KESTREL, &token).await["charge_state"]["charging_state"].clone();
    let mut seen = vec![state().await];
    for _ in 0..2 {
        sandbox.clock.advance(HOUR + HOUR / 4);
        seen.push(state().await);
    }
    assert_eq!(seen, ["Stopped", "Charging", "Stopped"]);
    let bad = command(&sandbox, KESTREL, "add_charge_schedule", &token, json!({"days_of_week": "Noday"})).await;
    assert_error(&bad, 400, "invalid_field");
    let blocks = "?endpoints=charge_schedule_data%3Bpreconditioning_schedule_data";
    let data = response(&sandbox, &format!("/api/1/vehicles/{KESTREL}/vehicle_data{blocks}"), &token).await;
    assert_eq!(data["charge_schedule_data"]["charge_schedules"][0]["end_time"], 420, "{data}");
}

async fn history_is_paged_and_sorted(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let path = "/api/1/dx/charging/history";
    let all = response(&sandbox, path, &token).await;
    let sessions = all["data"].as_array().expect("a list");
    assert!(sessions.len() > 2, "{all}");
    assert_eq!(all["totalResults"], sessions.len());
    let begin = |session: &Value| session["chargeStartDateTime"].as_str().expect("text").to_owned();
    let moment = |session: &Value| begin(session).parse::<jiff::Timestamp>().expect("RFC 3339");
    assert!(sessions.windows(2).all(|pair| moment(&pair[0]) >= moment(&pair[1])), "newest first");

    let ascending = response(&sandbox, &format!("{path}?sortOrder=ASC&sortBy=chargeStartDateTime"), &token).await;
    let reversed: Vec<_> = sessions.iter().rev().cloned().collect();
    assert_eq!(ascending["data"], Value::Array(reversed));
    let second = response(&sandbox, &format!("{path}?pageSize=2&pageNo=2"), &token).await;
    assert_eq!(second["data"].as_array().expect("a list")[..], sessions[2..4]);
    assert_eq!(second["totalResults"], sessions.len());

    // From the beginning of one, which is included, to the beginning of another, which is not.
    let period = format!("?startTime={}&endTime={}", moment(&sessions[3]), moment(&sessions[1]));
    let some = response(&sandbox, &format!("{path}{period}"), &token).await;
    assert_eq!(some["data"].as_array().expect("a list")[..], sessions[2..4]);
    let one_car = response(&sandbox, &format!("{path}?vin={KESTREL}&pageSize=100"), &token).await;
    assert!(one_car["data"].as_array().expect("a list").iter().all(|session| session["vin"] == KESTREL));
    let foreign = response(&sandbox, &format!("{path}?vin={VAN_1}"), &token).await;
    assert_eq!(foreign, json!({"data": [], "totalResults": 0}));

    for query in [
        "pageNo=0",
        "pageSize=0",
        "pageSize=101",
        "pageSize=ten",
        "sortOrder=up",
        "sortBy=price",
        "startTime=yesterday",
        "endTime=2026-02-30",
        "vin=short",
    ] {
        assert_error(&get(&sandbox, &format!("{path}?{query}"), &token).await, 400, "invalid_field");
    }
}

async fn sessions_are_a_businesss(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = courier_token(&sandbox).await;
    let path = "/api/1/dx/charging/sessions";
    let all = response(&sandbox, path, &token).await;
    assert_eq!((&all["status_code"], &all["status_message"]), (&json!(1000), &json!("Success")));
    assert_eq!(all["timestamp"], json!({"time.Time": "2026-10-01T12:00:00Z"}));
    let sessions = all["data"].as_array().expect("a list");
    assert!(
        sessions.len() > 2
            && sessions.iter().all(|session| [VAN_1, VAN_2].contains(&session["vin"].as_str().expect("a VIN"))),
        "{all}"
    );
    let some = response(&sandbox, &format!("{path}?limit=2&offset=1"), &token).await;
    assert_eq!(some["data"].as_array().expect("a list")[..], sessions[1..3]);
    // The vans are served in North America.
    let store = &sandbox.state.store;
    let here = store.registrations().await.expect("the store");
    let here = here.into_iter().find(|known| known.client_id == sandbox.app("Harbor Dispatch").client_id);
    let there = Registration { region: Region::Eu, ..here.expect("registered") };
    store.register(&there).await.expect("the store");
    sandbox.state.directory.reload(store).await.expect("the directory");
    let elsewhere = get_as(&sandbox, "eu.localhost", path, &token).await.json();
    assert_eq!(elsewhere["response"]["data"], json!([]), "{elsewhere}");
    for query in ["limit=0", "limit=101", "offset=-1", "date_from=soon"] {
        assert_error(&get(&sandbox, &format!("{path}?{query}"), &token).await, 400, "invalid_field");
    }
    assert_error(&get(&sandbox, path, &token_of(&sandbox, ROBIN).await).await, 403, "forbidden");
}

async fn an_invoice_is_a_file_for_the_one_who_paid(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let history = response(&sandbox, "/api/1/dx/charging/history?pageSize=1", &token).await;
    let session = &history["data"][0];
    let invoice = &session["invoices"][0];
    let path = format!("/api/1/dx/charging/invoice/{}", invoice["contentId"].as_str().expect("an id"));
    let file = get(&sandbox, &path, &token).await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "application/pdf"));
    let name = invoice["fileName"].as_str().expect("a name");
    assert_eq!(file.header("content-disposition"), format!("inline; filename=\"{name}\""));
    assert!(file.text.starts_with("%PDF-1.4\n") && file.text.ends_with("%%EOF\n"), "{}", file.text);
    let total: f64 =
        session["fees"].as_array().expect("a list").iter().filter_map(|fee| fee["totalDue"].as_f64()).sum();
    for text in [session["vin"].as_str().expect("a VIN"), name.trim_end_matches(".pdf"), &format!("({total:.2} USD)")] {
        assert!(file.text.contains(text), "{text} in {}", file.text);
    }
    // Nobody else has it.
    assert_error(&get(&sandbox, &path, &token_of(&sandbox, SAM).await).await, 404, "not_found");
    assert_error(&get(&sandbox, &path, &courier_token(&sandbox).await).await, 404, "not_found");
    for id in ["1", "%25", "c8b0a9f4-11de-4a1d-8f57-000000000417"] {
        let refused = get(&sandbox, &format!("/api/1/dx/charging/invoice/{id}"), &token).await;
        assert_error(&refused, 404, "not_found");
    }
}
