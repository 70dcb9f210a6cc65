//! Faults of the sandbox: whom they strike, how often, and how they are told of.

mod answers;
mod token;

use std::time::Duration;

use fleetgate_server::config::RateLimits;
use fleetgate_server::sandbox::conditions::Conditions;
use fleetgate_store::Store;
use futures_util::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Answer, HOUR, MINUTE, Place, Sandbox, assert_transcript, on_both, production};

on_both!(
    a_fault_is_added_listed_and_removed,
    the_nth_request_alone_is_struck,
    a_share_of_requests_is_struck_alike_in_every_run,
    a_fault_strikes_so_many_times_and_for_so_long,
    racing_requests_are_struck_no_more_often_than_told,
    a_fault_is_for_an_application_an_account_a_device_and_an_operation,
    the_first_fault_that_strikes_is_the_only_one,
    a_fault_strikes_whatever_the_gate_thinks,
    the_request_log_says_that_a_fault_answered,
    faults_and_their_counts_survive_a_restart,
    a_fault_added_beside_the_sandbox_is_followed,
    orders_that_make_no_sense_are_refused,
    there_is_an_end_to_how_many_there_can_be,
);

const FAULTS: &str = "/sandbox/faults";
const KESTREL: &str = "5YJ3E1EB7PF900417";
const HERON: &str = "7SAYGDEE9PA512044";

/// Adds a fault, and answers its number.
async fn add(sandbox: &Sandbox, order: Value) -> u64 {
    let answer = sandbox.post_json(FAULTS, &order).await;
    assert_eq!(answer.status, StatusCode::OK, "{order} {}", answer.text);
    answer.json()["id"].as_u64().expect("a number")
}

async fn remove(sandbox: &Sandbox, id: u64) -> Answer {
    sandbox.delete(&format!("{FAULTS}/{id}")).await
}

/// How many requests a fault concerned, and how many it struck.
async fn counts(sandbox: &Sandbox, id: u64) -> (u64, u64) {
    let fault = sandbox.get(&format!("{FAULTS}/{id}")).await.json();
    (fault["seen"].as_u64().expect("a count"), fault["fired"].as_u64().expect("a count"))
}

async fn token_of(sandbox: &Sandbox, application: &str, account: &str) -> String {
    sandbox.minted(&json!({ "application": application, "account": account })).await.text_of("access_token")
}

async fn robin(sandbox: &Sandbox) -> String {
    token_of(sandbox, "Charge Planner", "robin@example.com").await
}

async fn vehicle(sandbox: &Sandbox, tag: &str, token: &str) -> u16 {
    sandbox.api("GET", &format!("/api/1/vehicles/{tag}"), token).await.status.as_u16()
}

async fn statuses(sandbox: &Sandbox, count: usize, token: &str) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(vehicle(sandbox, KESTREL, token).await);
    }
    statuses
}

async fn a_fault_is_added_listed_and_removed(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_eq!(sandbox.get(FAULTS).await.json(), json!({ "faults": [] }));
    let order = json!({
        "kind": "rate_limited", "operation": "vehicle", "application": sandbox.third_party().client_id,
        "account": "robin@example.com", "vin": KESTREL.to_lowercase(), "percent": 50, "times": 3, "for": "10m",
        "seconds": 20,
    });
    assert_transcript!(sandbox.post_json(FAULTS, &order).await, ["cache-control"], @r#"
200 OK
cache-control: no-store
{
  "account": "robin@example.com",
  "active": true,
  "application": "Charge Planner",
  "device": "5YJ3E1EB7PF900417",
  "ends_at": "2026-10-01T12:10:00.000000Z",
  "fired": 0,
  "id": 1,
  "kind": "rate_limited",
  "operation": "vehicle",
  "percent": 50.0,
  "seconds": 20.0,
  "seen": 0,
  "times": 3
}
"#);
    let second = add(&sandbox, json!({ "kind": "unavailable", "operation": "vehicle", "nth": 1 })).await;
    let robin = robin(&sandbox).await;
    assert_eq!(remove(&sandbox, 1).await.json()["kind"], "rate_limited");
    assert_eq!(vehicle(&sandbox, KESTREL, &robin).await, 503);
    assert_transcript!(sandbox.get(FAULTS).await, [], @r#"
200 OK
{
  "faults": [
    {
      "active": false,
      "fired": 1,
      "id": 2,
      "kind": "unavailable",
      "nth": 1,
      "operation": "vehicle",
      "seen": 1
    }
  ]
}
"#);
    assert_eq!(counts(&sandbox, second).await, (1, 1));
    assert_eq!(remove(&sandbox, 1).await.status, StatusCode::NOT_FOUND);
    for path in [format!("{FAULTS}/1"), format!("{FAULTS}/first")] {
        assert_eq!(sandbox.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    add(&sandbox, json!({ "kind": "unavailable" })).await;
    let cleared = sandbox.delete(FAULTS).await.json();
    let ids: Vec<_> = cleared["faults"].as_array().expect("a list").iter().map(|fault| &fault["id"]).collect();
    assert_eq!(ids, [2, 3]);
    assert_eq!(sandbox.get(FAULTS).await.json(), json!({ "faults": [] }));
    assert_eq!(vehicle(&sandbox, KESTREL, &robin).await, 200);
}

async fn the_nth_request_alone_is_struck(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    let id = add(&sandbox, json!({ "kind": "server_error", "operation": "vehicle", "nth": 3 })).await;
    assert_eq!(statuses(&sandbox, 5, &robin).await, [200, 200, 500, 200, 200]);
    assert_eq!(counts(&sandbox, id).await, (3, 1), "it is over");
}

async fn a_share_of_requests_is_struck_alike_in_every_run(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    add(&sandbox, json!({ "kind": "server_error", "operation": "vehicle", "percent": 25 })).await;
    let struck = statuses(&sandbox, 40, &robin).await;
    let struck: String = struck.iter().map(|status| if *status == 500 { 'x' } else { '.' }).collect();
    insta::allow_duplicates! { insta::assert_snapshot!(struck, @"...x....x...x..xx..x...xx.xx.x...x......") }
    sandbox.delete(FAULTS).await;
    add(&sandbox, json!({ "kind": "server_error", "operation": "vehicle", "percent": 0 })).await;
    assert_eq!(statuses(&sandbox, 5, &robin).await, [200; 5]);
    sandbox.delete(FAULTS).await;
    add(&sandbox, json!({ "kind": "server_error", "operation": "vehicle", "percent": 100 })).await;
    assert_eq!(statuses(&sandbox, 5, &robin).await, [500; 5]);
}

async fn a_fault_strikes_so_many_times_and_for_so_long(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    let id = add(&sandbox, json!({ "kind": "unavailable", "operation": "vehicle", "times": 2 })).await;
    assert_eq!(statuses(&sandbox, 3, &robin).await, [503, 503, 200]);
    assert_eq!(counts(&sandbox, id).await, (2, 2));
    let id = add(&sandbox, json!({ "kind": "unavailable", "operation": "vehicle", "for": "1h" })).await;
    assert_eq!(vehicle(&sandbox, KESTREL, &robin).await, 503);
    sandbox.clock.advance(HOUR - MINUTE);
    assert_eq!(vehicle(&sandbox, KESTREL, &robin).await, 503);
    sandbox.post_json("/sandbox/clock", &json!({ "advance": "1m" })).await;
    assert_eq!(vehicle(&sandbox, KESTREL, &robin).await, 200, "the sandbox's clock tells");
    assert_eq!(counts(&sandbox, id).await, (2, 2));
    assert_eq!(sandbox.get(&format!("{FAULTS}/{id}")).await.json()["active"], false);
}

async fn racing_requests_are_struck_no_more_often_than_told(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    let times = add(&sandbox, json!({ "kind": "unavailable", "operation": "vehicle", "times": 7 })).await;
    let nth = add(&sandbox, json!({ "kind": "server_error", "operation": "vehicle", "nth": 5 })).await;
    let answers = join_all((0..32).map(|_| vehicle(&sandbox, KESTREL, &robin))).await;
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(503), count(500), count(200)), (7, 1, 24));
    assert_eq!((counts(&sandbox, times).await, counts(&sandbox, nth).await), ((7, 7), (5, 1)));
}

async fn a_fault_is_for_an_application_an_account_a_device_and_an_operation(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    let garage = token_of(&sandbox, "Open Garage", "robin@example.com").await;
    let sam = token_of(&sandbox, "Charge Planner", "sam@example.com").await;
    let partner = sandbox.partner_token(&sandbox.app("Harbor Dispatch")).await.text_of("access_token");
    let id = sandbox.world.vehicles.iter().find(|vehicle| vehicle.vin == KESTREL).expect("there").id.to_string();
    let van = "5YJXCDE28LF230915";
    for (narrow, struck) in [
        (json!({}), [503, 503, 503, 503, 503, 503]),
        (json!({ "application": "Charge Planner" }), [503, 503, 503, 200, 503, 200]),
        (json!({ "account": "robin@example.com" }), [503, 503, 503, 503, 200, 200]),
        (json!({ "account": "office@harbor-couriers.test" }), [200, 200, 200, 200, 200, 503]),
        (json!({ "vin": KESTREL }), [503, 503, 200, 503, 503, 200]),
        (json!({ "operation": "vehicle" }), [503, 503, 503, 503, 503, 503]),
        (json!({ "operation": "vehicle_data" }), [200, 200, 200, 200, 200, 200]),
        (json!({ "application": "Open Garage", "vin": HERON }), [200, 200, 200, 200, 200, 200]),
    ] {
        let mut order = narrow.clone();
        order["kind"] = "unavailable".into();
        add(&sandbox, order).await;
        let answers = [
            vehicle(&sandbox, KESTREL, &robin).await,
            vehicle(&sandbox, &id, &robin).await,
            vehicle(&sandbox, HERON, &robin).await,
            vehicle(&sandbox, KESTREL, &garage).await,
            vehicle(&sandbox, KESTREL, &sam).await,
            vehicle(&sandbox, van, &partner).await,
        ];
        assert_eq!(answers, struck, "{narrow}");
        sandbox.delete(FAULTS).await;
    }
    let site = sandbox.world.energy_sites[0].energy_site_id;
    add(&sandbox, json!({ "kind": "device_offline", "energy_site_id": site })).await;
    let live = sandbox.api("GET", &format!("/api/1/energy_sites/{site}/live_status"), &robin).await;
    assert_eq!((live.status.as_u16(), live.error()), (408, "device unavailable".to_owned()));
    assert_eq!(vehicle(&sandbox, KESTREL, &robin).await, 200);
}

async fn the_first_fault_that_strikes_is_the_only_one(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    let passes = add(&sandbox, json!({ "kind": "server_error", "operation": "vehicle", "nth": 2 })).await;
    let first = add(&sandbox, json!({ "kind": "unavailable", "operation": "vehicle" })).await;
    let second = add(&sandbox, json!({ "kind": "gateway_timeout", "operation": "vehicle" })).await;
    assert_eq!(statuses(&sandbox, 3, &robin).await, [503, 500, 503]);
    assert_eq!(counts(&sandbox, passes).await, (2, 1));
    assert_eq!((counts(&sandbox, first).await, counts(&sandbox, second).await), ((2, 2), (0, 0)));
}

async fn a_fault_strikes_whatever_the_gate_thinks(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_eq!(vehicle(&sandbox, KESTREL, "nonsense").await, 401);
    add(&sandbox, json!({ "kind": "unavailable", "application": "Charge Planner" })).await;
    assert_eq!(vehicle(&sandbox, KESTREL, "nonsense").await, 401, "nobody knows whose this is");
    add(&sandbox, json!({ "kind": "unavailable", "operation": "vehicle" })).await;
    assert_eq!(vehicle(&sandbox, KESTREL, "nonsense").await, 503, "it stands before the gate");
}

async fn the_request_log_says_that_a_fault_answered(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    add(&sandbox, json!({ "kind": "rate_limited", "operation": "vehicle" })).await;
    let answer = sandbox.api("GET", &format!("/api/1/vehicles/{KESTREL}"), &robin).await;
    let sentence = "The sandbox's fault 1 (`rate_limited`) struck this request.";
    assert_eq!(answer.header("x-fleetgate-reason"), sentence);
    let entry = sandbox.get("/sandbox/requests?limit=1").await.json()[0].clone();
    assert_eq!(
        (&entry["reason"], &entry["status"], &entry["operation"]),
        (&json!(sentence), &json!(429), &json!("vehicle"))
    );
    assert_eq!(entry["application"], sandbox.third_party().client_id);
    assert!(sandbox.get("/requests").await.text.contains("fault 1"));
}

async fn faults_and_their_counts_survive_a_restart(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = robin(&sandbox).await;
    let nth = add(&sandbox, json!({ "kind": "server_error", "operation": "vehicle", "nth": 3 })).await;
    assert_eq!(statuses(&sandbox, 2, &token).await, [200, 200]);
    let sandbox = sandbox.restart().await;
    assert_eq!(counts(&sandbox, nth).await, (2, 0));
    assert_eq!(statuses(&sandbox, 2, &token).await, [500, 200]);
    assert_eq!(add(&sandbox, json!({ "kind": "unavailable", "nth": 1 })).await, nth + 1, "numbers go on");
}

/// Waits until the running sandbox goes by a change, which it looks for twice a second.
async fn followed(beside: &Conditions, store: &Store, version: u64) {
    for _ in 0..400 {
        if beside.faults().is_followed(store, version).await.expect("read") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the change {version} was not followed in ten seconds");
}

async fn a_fault_added_beside_the_sandbox_is_followed(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    let id = add(&sandbox, json!({ "kind": "server_error", "operation": "vehicle", "nth": 9 })).await;
    assert_eq!(vehicle(&sandbox, KESTREL, &robin).await, 200);
    let store = &sandbox.state.store;
    let beside = Conditions::open(store, RateLimits::Off, sandbox.now()).await.expect("opened");
    let order = serde_json::from_value(json!({ "kind": "unavailable", "operation": "vehicle" })).expect("an order");
    let (fault, version) = beside.faults().add_beside(&sandbox.state, order).await.expect("added");
    followed(&beside, store, version).await;
    assert_eq!(vehicle(&sandbox, KESTREL, &robin).await, 503);
    followed(&beside, store, version + 1).await;
    let counted = beside.faults().all();
    assert_eq!(counted.iter().map(|fault| (fault.id, fault.seen)).collect::<Vec<_>>(), [(id, 2), (fault.id, 1)]);
    let (_, version) = beside.faults().remove_beside(store, Some(fault.id)).await.expect("removed");
    followed(&beside, store, version).await;
    assert_eq!(vehicle(&sandbox, KESTREL, &robin).await, 200);
    assert_eq!(counts(&sandbox, id).await, (3, 0), "what the other one did not touch is kept");
}

async fn orders_that_make_no_sense_are_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let refused = async |order: Value| sandbox.post_json(FAULTS, &order).await;
    assert_transcript!(refused(json!({ "kind": "device_error", "operation": "me" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The fault `device_error` cannot happen to `me`; `docs/faults.md` tells where it can."
}
"#);
    assert_transcript!(refused(json!({ "kind": "unavailable", "operation": "nothing" })).await, [], @r#"
404 Not Found
{
  "error": "not_found",
  "error_description": "There is no operation `nothing`; `fleetgate routes --json` names those of the Fleet API, and the authorization server has `token`, `authorize`, `userinfo`, `revoke`, `introspect`, `logout`, `metadata`, `keys`."
}
"#);
    assert_transcript!(refused(json!({ "kind": "latency", "seconds": 601 })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The fault `latency` takes from 0 to 600 seconds."
}
"#);
    let both = refused(json!({ "kind": "unavailable", "vin": KESTREL, "energy_site_id": 1 })).await;
    assert!(both.text_of("error_description").contains("name one of them"), "{}", both.text);
    for (order, status) in [
        (json!({}), 400),
        (json!({ "kind": "earthquake" }), 400),
        (json!({ "kind": "unavailable", "status": 503 }), 400),
        (json!({ "kind": "unavailable", "seconds": 3 }), 400),
        (json!({ "kind": "unavailable", "nth": 0 }), 400),
        (json!({ "kind": "unavailable", "times": 0 }), 400),
        (json!({ "kind": "unavailable", "nth": 1, "percent": 50 }), 400),
        (json!({ "kind": "unavailable", "nth": 1, "times": 2 }), 400),
        (json!({ "kind": "unavailable", "percent": 101 }), 400),
        (json!({ "kind": "unavailable", "percent": -1 }), 400),
        (json!({ "kind": "unavailable", "for": "a while" }), 400),
        (json!({ "kind": "unavailable", "vin": KESTREL, "energy_site_id": 1 }), 400),
        (json!({ "kind": "unavailable", "vin": KESTREL, "operation": "token" }), 400),
        (json!({ "kind": "unavailable", "vin": KESTREL, "operation": "me" }), 400),
        (json!({ "kind": "unavailable", "vin": KESTREL, "operation": "live_status" }), 400),
        (json!({ "kind": "unavailable", "energy_site_id": 1, "operation": "vehicle" }), 400),
        (json!({ "kind": "mobile_access_disabled", "energy_site_id": 1 }), 400),
        (json!({ "kind": "racing_refresh", "vin": KESTREL }), 400),
        (json!(["unavailable"]), 400),
        (json!({ "kind": "unavailable", "operation": "status" }), 400),
        (json!({ "kind": "device_offline", "operation": "token" }), 400),
        (json!({ "kind": "racing_refresh", "operation": "vehicle" }), 400),
        (json!({ "kind": "unavailable", "application": "Nobody" }), 404),
        (json!({ "kind": "unavailable", "account": "nobody@example.com" }), 404),
        (json!({ "kind": "unavailable", "vin": "5YJ3E1EB7PF900418" }), 404),
        (json!({ "kind": "unavailable", "vin": "a car" }), 404),
        (json!({ "kind": "unavailable", "energy_site_id": 1 }), 404),
    ] {
        assert_eq!(refused(order.clone()).await.status, status, "{order}");
    }
    assert_eq!(sandbox.get(FAULTS).await.json(), json!({ "faults": [] }), "nothing was added");
    let foreign = |http: &reqwest::Client| http.delete(sandbox.url(FAULTS)).header("origin", "http://evil.example");
    assert_eq!(sandbox.send(foreign).await.status, StatusCode::FORBIDDEN);
}

async fn there_is_an_end_to_how_many_there_can_be(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for _ in 0..100 {
        add(&sandbox, json!({ "kind": "unavailable", "nth": 1_000_000 })).await;
    }
    let answer = sandbox.post_json(FAULTS, &json!({ "kind": "unavailable" })).await;
    assert_transcript!(answer, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "There are 100 faults already; remove some, or all with `fleetgate fault clear`."
}
"#);
}

#[tokio::test]
async fn production_has_neither_faults_nor_limits_nor_a_meter() {
    let (server, _folder) = production().await;
    assert!(server.state().conditions.is_none());
    let url = format!("http://{}", server.address());
    let running = tokio::spawn(server.run(std::future::pending()));
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    for path in [FAULTS, "/sandbox/faults/1", "/sandbox/cost"] {
        for request in [http.get(format!("{url}{path}")), http.delete(format!("{url}{path}"))] {
            assert_eq!(request.send().await.expect("an answer").status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
    running.abort();
}
