//! Charging history and sessions.

use fleetgate_protocol::Region;
use fleetgate_store::Registration;

use super::*;
use crate::harness::{Place, on_both};

on_both!(history_is_paged_and_sorted, sessions_are_a_businesss, an_invoice_is_a_file_for_the_one_who_paid);

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
