//! The rate limits of the sandbox.

use fleetgate_server::config::{DialectName, RateLimits};
use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Answer, DAY, HOUR, MINUTE, Place, SECOND, Sandbox, assert_transcript, on_both};

on_both!(
    a_fourth_wake_in_a_minute_is_refused_until_the_minute_is_over,
    every_application_of_an_account_shares_the_limits_of_a_device,
    a_device_has_its_limits_whatever_it_is_called,
    what_no_device_is_behind_is_not_limited,
    the_limit_stands_after_the_scope_and_before_the_owner,
    a_frozen_clock_keeps_the_window_open,
    an_open_source_application_has_fifteen_wakes_a_day,
    an_application_gets_twenty_tokens_a_second,
    limits_can_be_off,
);

const KESTREL: &str = "5YJ3E1EB7PF900417";
const HERON: &str = "7SAYGDEE9PA512044";

async fn limited(place: Place) -> Sandbox {
    Sandbox::start_with(place, DialectName::FleetApi, |config| config.rate_limits = RateLimits::Real).await
}

async fn token(sandbox: &Sandbox, application: &str, account: &str) -> String {
    sandbox.minted(&json!({ "application": application, "account": account })).await.text_of("access_token")
}

async fn wake(sandbox: &Sandbox, tag: &str, token: &str) -> Answer {
    let url = sandbox.url(&format!("/api/1/vehicles/{tag}/wake_up"));
    sandbox.send(|http| http.post(url).bearer_auth(token).json(&json!({}))).await
}

async fn logged(sandbox: &Sandbox) -> Value {
    sandbox.get("/sandbox/requests?limit=1").await.json()[0].clone()
}

async fn a_fourth_wake_in_a_minute_is_refused_until_the_minute_is_over(place: Place) {
    let sandbox = limited(place).await;
    let robin = token(&sandbox, "Charge Planner", "robin@example.com").await;
    for left in ["2", "1", "0"] {
        let answer = wake(&sandbox, HERON, &robin).await;
        assert_eq!((answer.status, answer.header("ratelimit-remaining")), (StatusCode::OK, left), "{}", answer.text);
    }
    sandbox.clock.advance(23 * SECOND);
    let refused = wake(&sandbox, HERON, &robin).await;
    assert!(refused.header("x-fleetgate-reason").contains("`fleetgate dev --limits off`"), "{refused:?}");
    assert_transcript!(refused, ["content-type", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"], @r#"
429 Too Many Requests
content-type: application/json
ratelimit-limit: 3
ratelimit-remaining: 0
ratelimit-reset: 37
retry-after: 37
{
  "error": "Retry in 37 seconds",
  "error_description": "",
  "response": null
}
"#);
    sandbox.clock.advance(36 * SECOND);
    assert_eq!(wake(&sandbox, HERON, &robin).await.header("retry-after"), "1");
    sandbox.clock.advance(SECOND);
    assert_eq!(wake(&sandbox, HERON, &robin).await.status, StatusCode::OK);
}

async fn every_application_of_an_account_shares_the_limits_of_a_device(place: Place) {
    let sandbox = limited(place).await;
    let planner = token(&sandbox, "Charge Planner", "robin@example.com").await;
    let garage = token(&sandbox, "Open Garage", "robin@example.com").await;
    for token in [&planner, &garage, &planner] {
        assert_eq!(wake(&sandbox, HERON, token).await.status, StatusCode::OK);
    }
    assert_eq!(wake(&sandbox, HERON, &garage).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(wake(&sandbox, KESTREL, &garage).await.status, StatusCode::OK, "another device");
    let sam = token(&sandbox, "Charge Planner", "sam@example.com").await;
    assert_eq!(wake(&sandbox, HERON, &sam).await.status, StatusCode::OK, "another account");
    let command = sandbox.url(&format!("/api/1/vehicles/{KESTREL}/command/flash_lights"));
    let command = sandbox.send(|http| http.post(command).bearer_auth(&planner).json(&json!({}))).await;
    assert_eq!(command.header("ratelimit-limit"), "30");
    let data = sandbox.api("GET", &format!("/api/1/vehicles/{KESTREL}"), &planner).await;
    assert_eq!((data.header("ratelimit-limit"), data.header("ratelimit-remaining")), ("60", "59"));
}

async fn a_device_has_its_limits_whatever_it_is_called(place: Place) {
    let sandbox = limited(place).await;
    let robin = token(&sandbox, "Charge Planner", "robin@example.com").await;
    let id = sandbox.world.vehicles.iter().find(|vehicle| vehicle.vin == HERON).expect("there").id.to_string();
    for tag in [HERON, &id, "%37SAYGDEE9PA512044"] {
        assert_eq!(wake(&sandbox, tag, &robin).await.status, StatusCode::OK, "{tag}");
    }
    for tag in [HERON.to_lowercase(), id] {
        assert_eq!(wake(&sandbox, &tag, &robin).await.status, StatusCode::TOO_MANY_REQUESTS, "{tag}");
    }
}

async fn what_no_device_is_behind_is_not_limited(place: Place) {
    let sandbox = limited(place).await;
    let robin = token(&sandbox, "Charge Planner", "robin@example.com").await;
    for _ in 0..5 {
        let unknown = wake(&sandbox, "5YJ3E1EB7PF900418", &robin).await;
        assert_eq!((unknown.status, unknown.header("ratelimit-limit")), (StatusCode::NOT_FOUND, ""));
    }
    for _ in 0..70 {
        assert_eq!(sandbox.api("GET", "/api/1/vehicles", &robin).await.status, StatusCode::OK);
    }
}

async fn the_limit_stands_after_the_scope_and_before_the_owner(place: Place) {
    let sandbox = limited(place).await;
    let noor = token(&sandbox, "Charge Planner", "noor@example.com").await;
    let narrow = sandbox.minted(&json!({ "application": "Charge Planner", "scope": "openid" })).await;
    let narrow = narrow.text_of("access_token");
    for _ in 0..5 {
        // Neither is counted: one is of another region, the other lacks the scope.
        assert_eq!(wake(&sandbox, HERON, &noor).await.status, StatusCode::MISDIRECTED_REQUEST);
        assert_eq!(wake(&sandbox, HERON, &narrow).await.status, StatusCode::FORBIDDEN);
    }
    let robin = token(&sandbox, "Charge Planner", "robin@example.com").await;
    let last_two = async || {
        let checks = logged(&sandbox).await["checks"].clone();
        let checks: Vec<String> = serde_json::from_value(checks).expect("a list of texts");
        checks[checks.len() - 2..].join(", ")
    };
    assert_eq!(wake(&sandbox, HERON, &robin).await.status, StatusCode::OK);
    assert_eq!(last_two().await, "rate: passed, ownership: passed");
    // Somebody else's car.
    for _ in 0..3 {
        assert_eq!(wake(&sandbox, "5YJXCDE28LF230915", &robin).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(last_two().await, "rate: passed, ownership: refused");
    assert_eq!(wake(&sandbox, "5YJXCDE28LF230915", &robin).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(last_two().await, "scope: passed, rate: refused");
}

async fn a_frozen_clock_keeps_the_window_open(place: Place) {
    let sandbox = limited(place).await;
    let robin = token(&sandbox, "Charge Planner", "robin@example.com").await;
    sandbox.post_json("/sandbox/clock", &json!({ "freeze": true })).await;
    for _ in 0..3 {
        assert_eq!(wake(&sandbox, HERON, &robin).await.status, StatusCode::OK);
    }
    sandbox.clock.advance(2 * HOUR);
    assert_eq!(wake(&sandbox, HERON, &robin).await.status, StatusCode::TOO_MANY_REQUESTS);
    sandbox.post_json("/sandbox/clock", &json!({ "advance": "1m" })).await;
    assert_eq!(wake(&sandbox, HERON, &robin).await.status, StatusCode::OK);
}

async fn an_open_source_application_has_fifteen_wakes_a_day(place: Place) {
    let sandbox = limited(place).await;
    let robin = token(&sandbox, "Open Garage", "robin@example.com").await;
    for _ in 0..5 {
        for _ in 0..3 {
            assert_eq!(wake(&sandbox, HERON, &robin).await.status, StatusCode::OK);
        }
        sandbox.clock.advance(MINUTE);
    }
    let refused = wake(&sandbox, HERON, &robin).await;
    assert_eq!((refused.status, refused.header("ratelimit-limit")), (StatusCode::TOO_MANY_REQUESTS, "15"));
    // The test began at noon, and the day ends at midnight.
    assert_eq!(refused.header("retry-after"), (12 * 60 * 60 - 5 * 60).to_string());
    let closed_source = token(&sandbox, "Charge Planner", "robin@example.com").await;
    assert_eq!(wake(&sandbox, HERON, &closed_source).await.status, StatusCode::OK);
    sandbox.clock.advance(DAY / 2);
    let robin = token(&sandbox, "Open Garage", "robin@example.com").await;
    assert_eq!(wake(&sandbox, HERON, &robin).await.status, StatusCode::OK);
}

async fn an_application_gets_twenty_tokens_a_second(place: Place) {
    let sandbox = limited(place).await;
    let app = sandbox.partner();
    for _ in 0..20 {
        assert_eq!(sandbox.partner_token(&app).await.status, StatusCode::OK);
    }
    let refused = sandbox.partner_token(&app).await;
    assert_eq!(refused.header("x-fleetgate-reason"), "the application asked too often; it may ask again in 1 seconds");
    assert_transcript!(refused, ["retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "cache-control"], @r#"
429 Too Many Requests
retry-after: 1
ratelimit-limit: 20
ratelimit-remaining: 0
ratelimit-reset: 1
cache-control: no-store
{
  "error": "temporarily_unavailable",
  "error_description": "Retry in 1 seconds"
}
"#);
    assert_eq!(logged(&sandbox).await["checks"], json!(["request: passed", "rate: refused"]));
    let other = sandbox.third_party();
    assert_eq!(sandbox.refresh(&other, "NA_nonsense").await.status, StatusCode::UNAUTHORIZED, "another application");
    sandbox.clock.advance(SECOND);
    assert_eq!(sandbox.partner_token(&app).await.status, StatusCode::OK);
}

async fn limits_can_be_off(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = token(&sandbox, "Open Garage", "robin@example.com").await;
    for _ in 0..20 {
        let answer = wake(&sandbox, HERON, &robin).await;
        assert_eq!((answer.status, answer.header("ratelimit-limit")), (StatusCode::OK, ""));
    }
}
