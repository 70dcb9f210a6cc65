//! The sandbox's clock, and what obeys it.

use std::time::Duration;

use fleetgate_store::PendingAuthorization;
use futures_util::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Answer, DAY, HOUR, Place, SECOND, Sandbox, assert_transcript, claims, on_both, production};

on_both!(
    the_clock_is_shown_and_changed,
    what_is_no_change_is_refused,
    the_clock_never_goes_back,
    eight_hours_later_the_access_token_is_over_and_a_refresh_is_not,
    ninety_days_later_the_refresh_token_is_over_and_others_can_be_had,
    eight_hours_later_the_car_is_charged,
    a_frozen_clock_stands,
    a_clock_runs_at_its_rate,
    the_clock_survives_a_restart,
    changes_at_once_all_count,
    housekeeping_looks_at_the_new_time_at_once,
    the_request_log_has_the_clocks_time_and_real_durations,
    the_doors_of_the_clock_are_guarded,
    the_overview_shows_a_clock_that_is_not_real_time,
    a_fleet_of_a_hundred_lives_through_ninety_days,
);

const CLOCK: &str = "/sandbox/clock";

async fn change(sandbox: &Sandbox, order: Value) -> Value {
    let answer = sandbox.post_json(CLOCK, &order).await;
    assert_eq!(answer.status, StatusCode::OK, "{order} {}", answer.text);
    answer.json()
}

async fn shown(sandbox: &Sandbox) -> i64 {
    sandbox.get(CLOCK).await.json()["now_unix_us"].as_i64().expect("a time")
}

async fn the_clock_is_shown_and_changed(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_transcript!(sandbox.get(CLOCK).await, ["cache-control", "content-type"], @r#"
200 OK
cache-control: no-store
content-type: application/json
{
  "frozen": false,
  "now": "2026-10-01T12:00:00.000000Z",
  "now_unix_us": 1790856000000000,
  "offset_seconds": 0.0,
  "rate": 1.0
}
"#);
    assert_transcript!(sandbox.post_json(CLOCK, &json!({"advance": "1d 8h"})).await, ["cache-control"], @r#"
200 OK
cache-control: no-store
{
  "frozen": false,
  "now": "2026-10-02T20:00:00.000000Z",
  "now_unix_us": 1790971200000000,
  "offset_seconds": 115200.0,
  "rate": 1.0
}
"#);
    let start = sandbox.now();
    for (order, offset) in [
        (json!({"advance": 90.5}), 32 * HOUR + 90 * SECOND + SECOND / 2),
        (json!({"set": "2026-10-04T12:00:00Z"}), 3 * DAY),
        (json!({"set": "2026-10-05T15:00:00+03:00"}), 4 * DAY),
        (json!({"set": start / SECOND + 5 * 86_400}), 5 * DAY),
        (json!({"set": start / SECOND + 5 * 86_400}), 5 * DAY),
        (json!({"advance": 0}), 5 * DAY),
    ] {
        assert_eq!(change(&sandbox, order.clone()).await["now_unix_us"], start + offset, "{order}");
    }
}

async fn what_is_no_change_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let refused = async |body: &str| -> Answer {
        let request = |http: &reqwest::Client| {
            http.post(sandbox.url(CLOCK)).header("content-type", "application/json").body(body.to_owned())
        };
        sandbox.send(request).await
    };
    assert_transcript!(refused("{}").await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "Send exactly one change: `{\"set\": …}`, `{\"advance\": …}`, `{\"freeze\": …}` or `{\"rate\": …}`."
}
"#);
    assert_transcript!(refused(r#"{"advance": "eight hours"}"#).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The body cannot be read (`eight hours` is no duration; write it as `90d`, `8h`, `1h 30m` or as seconds at line 1 column 26); send `{\"set\": …}`, `{\"advance\": …}`, `{\"freeze\": …}` or `{\"rate\": …}`."
}
"#);
    assert_transcript!(refused(r#"{"set": "tomorrow"}"#).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The body cannot be read (`tomorrow` is no time; write it as `2027-03-01T12:00:00Z` or as seconds since 1970 at line 1 column 19); send `{\"set\": …}`, `{\"advance\": …}`, `{\"freeze\": …}` or `{\"rate\": …}`."
}
"#);
    assert_transcript!(refused(r#"{"rate": 100001}"#).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The body cannot be read (`100001` is no rate; it must be a number from 0 to 100000 at line 1 column 16); send `{\"set\": …}`, `{\"advance\": …}`, `{\"freeze\": …}` or `{\"rate\": …}`."
}
"#);
    assert_transcript!(refused(r#"{"speed": 2}"#).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The body cannot be read (unknown field `speed`, expected one of `set`, `advance`, `freeze`, `rate` at line 1 column 8); send `{\"set\": …}`, `{\"advance\": …}`, `{\"freeze\": …}` or `{\"rate\": …}`."
}
"#);
    assert_transcript!(refused(r#"{"set": "2100-01-01T00:00:01Z"}"#).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The sandbox's clock ends at 2100-01-01T00:00:00.000000Z; choose an earlier time."
}
"#);
    for body in [
        "",
        "[]",
        "8",
        r#"{"advance": null}"#,
        r#"{"advance": -1}"#,
        r#"{"advance": "74y"}"#,
        r#"{"advance": true}"#,
        r#"{"advance": "8h", "rate": 1}"#,
        r#"{"set": 0, "freeze": true}"#,
        r#"{"advance": "8h", "advance": "8h"}"#,
        r#"{"freeze": "yes"}"#,
        r#"{"freeze": 1}"#,
        r#"{"rate": -1}"#,
        r#"{"rate": "2"}"#,
        r#"{"rate": 1e999}"#,
        r#"{"set": -1}"#,
        r#"{"advance": 1e300}"#,
        r#"{"advance": "99999999999999999999d"}"#,
    ] {
        let answer = refused(body).await;
        assert_eq!(
            (answer.status, answer.error()),
            (StatusCode::BAD_REQUEST, "invalid_request".to_owned()),
            "{body} {}",
            answer.text
        );
    }
    assert_eq!(sandbox.get(CLOCK).await.json()["offset_seconds"], 0.0, "nothing was changed");
}

async fn the_clock_never_goes_back(place: Place) {
    let sandbox = Sandbox::start(place).await;
    change(&sandbox, json!({"advance": "90d"})).await;
    let answer = sandbox.post_json(CLOCK, &json!({"set": "2026-10-02T00:00:00Z"})).await;
    assert_transcript!(answer, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The sandbox's clock shows 2026-12-30T12:00:00.000000Z and only goes forward, as tokens and cars do; `fleetgate dev --reset` starts anew."
}
"#);
    assert_eq!(shown(&sandbox).await, sandbox.now() + 90 * DAY);
}

async fn eight_hours_later_the_access_token_is_over_and_a_refresh_is_not(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let tokens = sandbox.tokens(&app).await;
    let access = tokens.text_of("access_token");
    assert!(sandbox.opens(&access).await);
    change(&sandbox, json!({"advance": "8h"})).await;
    let expired = sandbox.api("GET", "/api/1/vehicles", &access).await;
    assert_transcript!(expired, ["x-fleetgate-reason"], @r#"
401 Unauthorized
x-fleetgate-reason: The access token expired 0 seconds ago.
{
  "error": "token expired (401)"
}
"#);
    let refreshed = sandbox.refresh(&app, &tokens.text_of("refresh_token")).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.text);
    let renewed = refreshed.text_of("access_token");
    assert!(sandbox.opens(&renewed).await);
    assert_eq!(claims(&renewed)["iat"], (sandbox.now() + 8 * HOUR) / SECOND);
    assert_eq!(claims(&renewed)["exp"], (sandbox.now() + 16 * HOUR) / SECOND);
}

async fn ninety_days_later_the_refresh_token_is_over_and_others_can_be_had(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let tokens = sandbox.tokens(&app).await;
    change(&sandbox, json!({"advance": "90d"})).await;
    let refused = sandbox.refresh(&app, &tokens.text_of("refresh_token")).await;
    assert_eq!((refused.status, refused.error()), (StatusCode::UNAUTHORIZED, "login_required".to_owned()));
    let again = sandbox.tokens(&app).await;
    assert!(sandbox.opens(&again.text_of("access_token")).await);
}

async fn eight_hours_later_the_car_is_charged(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = async || {
        let order = json!({"application": "Charge Planner", "account": "robin@example.com"});
        sandbox.minted(&order).await.text_of("access_token")
    };
    let car = format!("/api/1/vehicles/{}/vehicle_data", sandbox.world.vehicles[0].vin);
    let charge = async || {
        let data = sandbox.api("GET", &car, &token().await).await.json();
        let state = &data["response"]["charge_state"];
        (state["charging_state"].clone(), state["battery_level"].as_i64().expect("a number"))
    };
    assert_eq!(charge().await, (json!("Charging"), 62));
    change(&sandbox, json!({"advance": "8h"})).await;
    let (state, level) = charge().await;
    assert_eq!(state, "Complete");
    // It keeps watch, which costs a little until it charges again.
    assert!((76..=80).contains(&level), "{level}");
}

async fn a_frozen_clock_stands(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let frozen = change(&sandbox, json!({"freeze": true})).await;
    assert_eq!((&frozen["frozen"], &frozen["rate"]), (&json!(true), &json!(0.0)));
    sandbox.clock.advance(DAY);
    let later = sandbox.get(CLOCK).await.json();
    assert_eq!((&later["now"], &later["offset_seconds"]), (&frozen["now"], &json!(-86_400.0)));
    assert_eq!(change(&sandbox, json!({"freeze": true})).await["now"], frozen["now"]);
    let moved = change(&sandbox, json!({"advance": "1h"})).await;
    assert_eq!((&moved["now_unix_us"], &moved["frozen"]), (&json!(sandbox.now() - DAY + HOUR), &json!(true)));
    let resumed = change(&sandbox, json!({"freeze": false})).await;
    assert_eq!((&resumed["frozen"], &resumed["rate"]), (&json!(false), &json!(1.0)));
    sandbox.clock.advance(HOUR);
    assert_eq!(shown(&sandbox).await, sandbox.now() - DAY + HOUR);
}

async fn a_clock_runs_at_its_rate(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let start = sandbox.now();
    change(&sandbox, json!({"rate": 60})).await;
    sandbox.clock.advance(8 * 60 * SECOND);
    assert_eq!(shown(&sandbox).await, start + 8 * HOUR);
    let running = change(&sandbox, json!({"freeze": false})).await;
    assert_eq!(running["rate"], 60.0, "it was not frozen");
    change(&sandbox, json!({"rate": 0.5})).await;
    sandbox.clock.advance(HOUR);
    assert_eq!(shown(&sandbox).await, start + 8 * HOUR + HOUR / 2);
    assert_eq!(change(&sandbox, json!({"rate": 0})).await["frozen"], true);
    change(&sandbox, json!({"rate": 1})).await;
    sandbox.clock.advance(HOUR);
    assert_eq!(shown(&sandbox).await, start + 9 * HOUR + HOUR / 2);
}

async fn the_clock_survives_a_restart(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let early = sandbox.tokens(&app).await.text_of("access_token");
    change(&sandbox, json!({"advance": "30d"})).await;
    change(&sandbox, json!({"rate": 2})).await;
    let late = sandbox.tokens(&app).await;
    let before = sandbox.get(CLOCK).await.json();
    let sandbox = sandbox.restart().await;
    assert_eq!(sandbox.get(CLOCK).await.json(), before);
    assert!(sandbox.opens(&late.text_of("access_token")).await);
    assert!(!sandbox.opens(&early).await);
    assert_eq!(sandbox.refresh(&app, &late.text_of("refresh_token")).await.status, StatusCode::OK);
    sandbox.clock.advance(HOUR);
    assert_eq!(shown(&sandbox).await, before["now_unix_us"].as_i64().expect("a time") + 2 * HOUR);
}

async fn changes_at_once_all_count(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let order = json!({"advance": "1h"});
    for answer in join_all((0..24).map(|_| sandbox.post_json(CLOCK, &order))).await {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
    assert_eq!(shown(&sandbox).await, sandbox.now() + DAY);
}

/// It would look after a minute otherwise.
async fn housekeeping_looks_at_the_new_time_at_once(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let now = sandbox.now();
    let row = PendingAuthorization {
        id_hash: [7; 32],
        client_id: sandbox.third_party().client_id,
        parameters: "{}".to_owned(),
        account_id: None,
        created_at: now,
        expires_at: now + HOUR,
    };
    sandbox.state.store.insert_pending(&row).await.expect("stored");
    change(&sandbox, json!({"advance": "2h"})).await;
    let gone = async {
        while sandbox.state.store.pending(&row.id_hash, now).await.expect("read").is_some() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("what has expired is removed");
}

async fn the_request_log_has_the_clocks_time_and_real_durations(place: Place) {
    let sandbox = Sandbox::start(place).await;
    change(&sandbox, json!({"advance": "90d"})).await;
    sandbox.get("/status").await;
    assert_eq!(sandbox.get("/sandbox/requests?limit=1").await.json()[0]["time"], "2026-12-30T12:00:00.000Z");
    let log = sandbox.state.request_log.as_ref().expect("a log");
    let entries = log.newest(&fleetgate_store::Filter::default(), 10).await.expect("read");
    let jump = entries.iter().find(|entry| entry.path == CLOCK).expect("logged");
    assert!((0..HOUR).contains(&jump.duration), "{}", jump.duration);
}

async fn the_doors_of_the_clock_are_guarded(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let order = json!({"advance": "90d"});
    for (header, value, status) in [
        ("origin", "http://evil.example", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("host", "evil.example", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let request = |http: &reqwest::Client| http.post(sandbox.url(CLOCK)).header(header, value).json(&order);
        assert_eq!(sandbox.send(request).await.status, status, "{header}");
    }
    let form = sandbox.post_form(CLOCK, &[("advance", "90d")]).await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(shown(&sandbox).await, sandbox.now());
}

async fn the_overview_shows_a_clock_that_is_not_real_time(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert!(!sandbox.get("/").await.text.contains("<dt>Clock</dt>"));
    change(&sandbox, json!({"advance": "90d 1h"})).await;
    let part = "<dt>Clock</dt>\n        <dd>2026-12-30T13:00:00.000000Z (90d 1h ahead of real time)</dd>";
    let overview = sandbox.get("/").await.text;
    assert!(overview.contains(part), "{overview}");
}

async fn a_fleet_of_a_hundred_lives_through_ninety_days(place: Place) {
    let mut seed =
        "name = \"fleet\"\n\n[[accounts]]\nemail = \"kim@example.com\"\n\n[[applications]]\nname = \"My app\"\n\
                    kind = \"third_party\"\nredirect_uris = [\"http://127.0.0.1:3000/callback\"]\n\
                    domain = \"my-app.test\"\nregistered_regions = [\"na\"]\n"
            .to_owned();
    for number in 0..100 {
        seed.push_str(&format!(
            "\n[[vehicles]]\nvin = \"5YJ3E1EB7PF{number:06}\"\nowner = \"kim@example.com\"\nplugged_in = {}\n\
             battery_level = 50\n",
            number % 2 == 0
        ));
    }
    let sandbox = Sandbox::start_world(place, &seed).await;
    change(&sandbox, json!({"advance": "90d"})).await;
    let token = sandbox.minted(&json!({"application": "My app"})).await.text_of("access_token");
    let listed = sandbox.api("GET", "/api/1/vehicles?page_size=100", &token).await;
    let listed = listed.json();
    let cars = listed["response"].as_array().expect("a list");
    assert_eq!(cars.len(), 100, "{listed}");
    assert!(cars.iter().all(|car| car["state"] == "asleep"), "left alone for so long, each is asleep: {listed}");
}

#[tokio::test]
async fn production_has_no_clock_to_change() {
    let (server, _folder) = production().await;
    assert!(server.state().sandbox_clock.is_none());
    let url = format!("http://{}{CLOCK}", server.address());
    let running = tokio::spawn(server.run(std::future::pending()));
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    for request in [http.get(&url), http.post(&url).json(&json!({"advance": "8h"}))] {
        assert_eq!(request.send().await.expect("an answer").status(), StatusCode::NOT_FOUND);
    }
    running.abort();
}
