//! What calls cost, and budgets.

use std::time::Duration;

use fleetgate_server::config::{Config, DialectName, RateLimits};
use fleetgate_server::sandbox::conditions::Conditions;
use fleetgate_server::sandbox::cost::{day, report};
use fleetgate_store::{Cost, StoredTelemetryConfig};
use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Answer, DAY, Place, Sandbox, assert_transcript, on_both};

on_both!(
    answers_are_priced_by_application_day_device_and_operation,
    what_fails_on_the_server_costs_nothing_and_what_is_refused_does,
    a_budget_disables_the_application_until_the_next_month_or_until_raised,
    a_used_up_budget_ends_what_vehicles_stream,
    the_discount_is_taken_off_each_month,
    costs_and_budgets_survive_a_restart,
    what_was_counted_is_written_soon,
    what_the_database_did_not_take_is_written_later,
    a_budget_set_beside_the_sandbox_is_followed,
    what_is_no_month_or_budget_is_refused,
);

const KESTREL: &str = "5YJ3E1EB7PF900417";
const HERON: &str = "7SAYGDEE9PA512044";

async fn token(sandbox: &Sandbox, application: &str) -> String {
    sandbox.minted(&json!({ "application": application })).await.text_of("access_token")
}

async fn get(sandbox: &Sandbox, path: &str, token: &str) -> Answer {
    sandbox.api("GET", path, token).await
}

async fn wake(sandbox: &Sandbox, vin: &str, token: &str) -> Answer {
    let url = sandbox.url(&format!("/api/1/vehicles/{vin}/wake_up"));
    sandbox.send(|http| http.post(url).bearer_auth(token).json(&json!({}))).await
}

async fn cost(sandbox: &Sandbox, query: &str) -> Value {
    let answer = sandbox.get(&format!("/sandbox/cost{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

async fn budget(sandbox: &Sandbox, application: &str, dollars: Value) {
    let order = json!({ "application": application, "monthly_budget": dollars });
    let answer = sandbox.post_json("/sandbox/cost", &order).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

/// A pause in waiting for what a running sandbox does twice a second; at most so many of them.
const PAUSE: Duration = Duration::from_millis(25);
const PAUSES: usize = 400;

async fn answers_are_priced_by_application_day_device_and_operation(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_eq!(cost(&sandbox, "").await["usage"], 0.0);
    let planner = token(&sandbox, "Charge Planner").await;
    let vehicle = format!("/api/1/vehicles/{KESTREL}");
    for _ in 0..3 {
        get(&sandbox, &vehicle, &planner).await;
    }
    sandbox.clock.advance(DAY / 2);
    let (planner, garage) = (token(&sandbox, "Charge Planner").await, token(&sandbox, "Open Garage").await);
    let id = sandbox.world.vehicles.iter().find(|vehicle| vehicle.vin == KESTREL).expect("there").id;
    get(&sandbox, &format!("/api/1/vehicles/{id}"), &planner).await;
    get(&sandbox, "/api/1/vehicles", &garage).await;
    get(&sandbox, "/api/1/users/me", &garage).await;
    wake(&sandbox, KESTREL, &garage).await;
    let lights = sandbox.url(&format!("{vehicle}/command/flash_lights"));
    sandbox.send(|http| http.post(lights).bearer_auth(&garage).json(&json!({}))).await;
    let mut report = cost(&sandbox, "").await;
    for application in report["applications"].as_array_mut().expect("a list") {
        let app = sandbox.app(application["application"].as_str().expect("a name"));
        assert_eq!(application["client_id"], app.client_id);
        application.as_object_mut().expect("an object").remove("client_id");
    }
    insta::allow_duplicates! { insta::assert_snapshot!(serde_json::to_string_pretty(&report).expect("JSON"), @r#"
{
  "answers": 7,
  "applications": [
    {
      "answers": 4,
      "application": "Charge Planner",
      "disabled": false,
      "discount": 0.008,
      "due": 0.0,
      "monthly_budget": null,
      "usage": 0.008
    },
    {
      "answers": 3,
      "application": "Open Garage",
      "disabled": false,
      "discount": 0.023,
      "due": 0.0,
      "monthly_budget": null,
      "usage": 0.023
    }
  ],
  "days": {
    "2026-10-01": {
      "answers": 3,
      "usage": 0.006
    },
    "2026-10-02": {
      "answers": 4,
      "usage": 0.025
    }
  },
  "devices": {
    "": {
      "answers": 1,
      "usage": 0.002
    },
    "5YJ3E1EB7PF900417": {
      "answers": 6,
      "usage": 0.029
    }
  },
  "discount": 0.031,
  "due": 0.0,
  "month": "2026-10",
  "operations": {
    "flash_lights": {
      "answers": 1,
      "usage": 0.001
    },
    "list": {
      "answers": 1,
      "usage": 0.002
    },
    "vehicle": {
      "answers": 4,
      "usage": 0.008
    },
    "wake_up": {
      "answers": 1,
      "usage": 0.02
    }
  },
  "usage": 0.031
}
"#) }
    let one = cost(&sandbox, "?month=2026-10&application=Open%20Garage").await;
    assert_eq!((&one["answers"], &one["usage"]), (&json!(3), &json!(0.023)));
    assert_eq!(cost(&sandbox, "?month=2026-09").await["answers"], 0);
}

async fn what_fails_on_the_server_costs_nothing_and_what_is_refused_does(place: Place) {
    let real = |config: &mut Config| config.rate_limits = RateLimits::Real;
    let sandbox = Sandbox::start_with(place, DialectName::FleetApi, real).await;
    let planner = token(&sandbox, "Charge Planner").await;
    let vehicle = format!("/api/1/vehicles/{KESTREL}");
    for kind in ["server_error", "unavailable", "gateway_timeout", "device_error"] {
        sandbox.post_json("/sandbox/faults", &json!({ "kind": kind, "operation": "vehicle", "times": 1 })).await;
        assert!(get(&sandbox, &vehicle, &planner).await.status.is_server_error(), "{kind}");
    }
    sandbox
        .post_json("/sandbox/faults", &json!({ "kind": "cut_connection", "operation": "vehicle", "times": 1 }))
        .await;
    let cut = sandbox.try_send(|http| http.get(sandbox.url(&vehicle)).bearer_auth(&planner)).await;
    assert!(cut.is_err(), "no answer comes, and none is paid for");
    let asleep = get(&sandbox, &format!("/api/1/vehicles/{HERON}/vehicle_data"), &planner).await;
    assert_eq!(asleep.status, StatusCode::REQUEST_TIMEOUT);
    let narrow = sandbox.minted(&json!({ "application": "Charge Planner", "scope": "openid" })).await;
    assert_eq!(get(&sandbox, &vehicle, &narrow.text_of("access_token")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(get(&sandbox, "/api/1/vehicles/1", &planner).await.status, StatusCode::NOT_FOUND);
    for _ in 0..4 {
        wake(&sandbox, HERON, &planner).await;
    }
    get(&sandbox, &vehicle, "nonsense").await;
    let report = cost(&sandbox, "").await;
    assert_eq!(report["operations"]["vehicle"], json!({ "answers": 2, "usage": 0.004 }));
    assert_eq!(report["operations"]["vehicle_data"], json!({ "answers": 1, "usage": 0.002 }));
    assert_eq!(report["operations"]["wake_up"], json!({ "answers": 4, "usage": 0.08 }), "a 429 is an answer");
    assert_eq!(report["devices"][""]["answers"], 1, "there is no such device");
}

async fn a_budget_disables_the_application_until_the_next_month_or_until_raised(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let planner = token(&sandbox, "Charge Planner").await;
    budget(&sandbox, "Charge Planner", json!(0.05)).await;
    for _ in 0..3 {
        assert_eq!(wake(&sandbox, KESTREL, &planner).await.status, StatusCode::OK);
    }
    assert_transcript!(wake(&sandbox, KESTREL, &planner).await, ["x-fleetgate-reason"], @r#"
403 Forbidden
x-fleetgate-reason: The account or application is disabled: EXCEEDED_LIMIT.
{
  "error": "account disabled: EXCEEDED_LIMIT"
}
"#);
    assert_eq!(get(&sandbox, "/api/1/users/me", &planner).await.status, StatusCode::FORBIDDEN, "all calls");
    let garage = token(&sandbox, "Open Garage").await;
    assert_eq!(get(&sandbox, "/api/1/users/me", &garage).await.status, StatusCode::OK, "other applications go on");
    let report = cost(&sandbox, "").await;
    assert_eq!(report["usage"], 0.06, "a disabled application gets nothing and pays nothing");
    let application = &report["applications"][0];
    assert_eq!((&application["disabled"], &application["monthly_budget"]), (&json!(true), &json!(0.05)));

    budget(&sandbox, "Charge Planner", json!(0.07)).await;
    assert_eq!(wake(&sandbox, KESTREL, &planner).await.status, StatusCode::OK);
    assert_eq!(wake(&sandbox, KESTREL, &planner).await.status, StatusCode::FORBIDDEN);
    sandbox.clock.advance(31 * DAY);
    let planner = token(&sandbox, "Charge Planner").await;
    assert_eq!(wake(&sandbox, KESTREL, &planner).await.status, StatusCode::OK, "a new month");
    assert_eq!(cost(&sandbox, "").await["month"], "2026-11");

    budget(&sandbox, "Charge Planner", json!(0)).await;
    assert_eq!(get(&sandbox, "/api/1/users/me", &planner).await.status, StatusCode::FORBIDDEN);
    budget(&sandbox, "Charge Planner", Value::Null).await;
    assert_eq!(get(&sandbox, "/api/1/users/me", &planner).await.status, StatusCode::OK);
}

async fn a_used_up_budget_ends_what_vehicles_stream(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (planner, garage) = (sandbox.app("Charge Planner").client_id, sandbox.app("Open Garage").client_id);
    let stream = async |client_id: &str| {
        let document = Some("{}".to_owned());
        let config = StoredTelemetryConfig { document, ends_at: i64::MAX, changed_at: sandbox.now() };
        let vins = vec![KESTREL.to_owned()];
        sandbox.state.store.set_telemetry_config(vins, client_id, config, 5).await.expect("set");
    };
    let streams = async |client_id: &str| {
        let config = sandbox.state.store.telemetry_config(KESTREL, client_id).await.expect("read");
        config.is_some_and(|config| config.document.is_some())
    };
    stream(&planner).await;
    stream(&garage).await;
    let bearer = token(&sandbox, "Charge Planner").await;
    budget(&sandbox, "Charge Planner", json!(0.03)).await;
    wake(&sandbox, KESTREL, &bearer).await;
    cost(&sandbox, "").await;
    assert!(streams(&planner).await, "something is left of the budget");
    wake(&sandbox, KESTREL, &bearer).await;
    cost(&sandbox, "").await;
    assert!(!streams(&planner).await);
    assert!(streams(&garage).await, "other applications go on");

    budget(&sandbox, "Charge Planner", json!(0.05)).await;
    assert!(!streams(&planner).await, "nothing is restored");
    sandbox.clock.advance(1);
    stream(&planner).await;
    cost(&sandbox, "").await;
    assert!(streams(&planner).await, "it may begin again");
    budget(&sandbox, "Charge Planner", json!(0.01)).await;
    assert!(!streams(&planner).await, "a lower budget is used up, too");
}

async fn the_discount_is_taken_off_each_month(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let today = day(sandbox.now());
    let stored = |day: i64, thousandths: i64| Cost {
        day,
        client_id: sandbox.app("Charge Planner").client_id,
        operation: "wake_up".to_owned(),
        device: KESTREL.to_owned(),
        answers: 1,
        thousandths,
    };
    let costs = vec![stored(today, 12_340), stored(today + 1, 7), stored(today - 1, 9_000)];
    sandbox.state.store.add_costs(costs).await.expect("stored");
    let due = |report: &Value| [&report["usage"], &report["discount"], &report["due"]].map(Clone::clone);
    assert_eq!(due(&cost(&sandbox, "").await), [json!(12.347), json!(10.0), json!(2.35)], "rounded to cents");
    assert_eq!(due(&cost(&sandbox, "?month=2026-09").await), [json!(9.0), json!(9.0), json!(0.0)]);
}

async fn costs_and_budgets_survive_a_restart(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let planner = token(&sandbox, "Charge Planner").await;
    budget(&sandbox, "Charge Planner", json!(0.004)).await;
    let vehicle = format!("/api/1/vehicles/{KESTREL}");
    get(&sandbox, &vehicle, &planner).await;
    let sandbox = sandbox.restart().await;
    assert_eq!(cost(&sandbox, "").await["answers"], 1);
    assert_eq!(get(&sandbox, &vehicle, &planner).await.status, StatusCode::OK);
    assert_eq!(get(&sandbox, "/api/1/users/me", &planner).await.status, StatusCode::FORBIDDEN, "both count");
}

async fn what_was_counted_is_written_soon(place: Place) {
    let sandbox = Sandbox::start(place).await;
    get(&sandbox, "/api/1/vehicles", &token(&sandbox, "Charge Planner").await).await;
    for _ in 0..PAUSES {
        if report(&sandbox.state, None, None).await.expect("a report").answers == 1 {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("nothing was written in ten seconds");
}

async fn what_the_database_did_not_take_is_written_later(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let planner = token(&sandbox, "Charge Planner").await;
    let fault = sandbox.break_database().await;
    get(&sandbox, "/api/1/vehicles", &planner).await;
    // A locked SQLite file is waited for for five seconds.
    let answer = sandbox.get("/sandbox/cost").await;
    assert!(answer.status.is_server_error() || answer.json()["answers"] == 1, "{}", answer.text);
    fault.mend().await;
    assert_eq!(cost(&sandbox, "").await["answers"], 1);
}

async fn a_budget_set_beside_the_sandbox_is_followed(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let planner = token(&sandbox, "Charge Planner").await;
    get(&sandbox, "/api/1/vehicles", &planner).await;
    let store = &sandbox.state.store;
    let beside = Conditions::open(store, RateLimits::Off, sandbox.now()).await.expect("opened");
    let client_id = sandbox.app("Charge Planner").client_id;
    let version = beside.cost().put_budget_beside(store, client_id, Some(0)).await.expect("set");
    for _ in 0..PAUSES {
        if beside.cost().is_followed(store, version).await.expect("read") {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    assert_eq!(get(&sandbox, "/api/1/users/me", &planner).await.status, StatusCode::FORBIDDEN);
    let written = report(&sandbox.state, None, None).await.expect("a report");
    assert_eq!(written.answers, 1, "what was counted before is written by then");
}

async fn what_is_no_month_or_budget_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_transcript!(sandbox.get("/sandbox/cost?month=October").await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The parameter `month` is wrong: `October` is no month; write it as `2026-10`."
}
"#);
    for month in ["2026", "2026-13", "2026-00", "2026-1", "10-2026", "1969-12", "2026-10-01", "+026-10"] {
        let answer = sandbox.get(&format!("/sandbox/cost?month={month}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{month}");
    }
    assert_transcript!(sandbox.get("/sandbox/cost?application=Nobody").await, [], @r#"
404 Not Found
{
  "error": "not_found",
  "error_description": "There is no application `Nobody`; `fleetgate world` lists them."
}
"#);
    let app = "Charge Planner";
    for (order, status) in [
        (json!({ "application": "Nobody", "monthly_budget": 1 }), 404),
        (json!({ "application": app }), 400),
        (json!({ "application": app, "monthly_budget": -1 }), 400),
        (json!({ "application": app, "monthly_budget": 1e9 }), 400),
        (json!({ "application": app, "monthly_budget": "1" }), 400),
        (json!({ "application": app, "monthly_budget": 1, "currency": "EUR" }), 400),
    ] {
        assert_eq!(sandbox.post_json("/sandbox/cost", &order).await.status, status, "{order}");
    }
    assert_eq!(cost(&sandbox, "").await["applications"], json!([]), "nothing was changed");
}
