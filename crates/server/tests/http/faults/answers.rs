//! What each fault answers on the Fleet API.

use std::time::{Duration, Instant};

use super::*;

on_both!(
    each_kind_answers_as_the_real_service_does,
    the_rfc_dialect_renders_what_is_about_the_token,
    a_late_answer_is_late,
    a_slow_body_comes_whole_in_its_time,
    a_cut_connection_has_done_nothing_and_a_lost_answer_everything,
    every_kind_can_happen_somewhere,
);

/// The kinds with an answer of their own, each with its status, the member `error` and a header.
const ANSWERS: [(&str, u16, &str, (&str, &str)); 15] = [
    ("expired_token", 401, "token expired (401)", ("content-type", "application/json")),
    ("invalid_token", 401, "invalid bearer token", ("content-type", "application/json")),
    ("unknown_user", 401, "unknown user", ("content-type", "application/json")),
    ("consent_revoked", 401, "User revoked consent", ("content-type", "application/json")),
    ("mobile_access_disabled", 401, "mobile_access_disabled", ("content-type", "application/json")),
    ("account_disabled", 403, "account disabled: EXCEEDED_LIMIT", ("content-type", "application/json")),
    ("missing_scopes", 403, "Unauthorized missing scopes", ("content-type", "application/json")),
    ("device_offline", 408, "vehicle unavailable: vehicle is offline or asleep", ("content-type", "application/json")),
    ("key_download_failed", 424, "Public key download failed", ("content-type", "application/json")),
    ("rate_limited", 429, "Retry in 60 seconds", ("retry-after", "60")),
    ("rate_limited", 429, "Retry in 60 seconds", ("ratelimit-reset", "60")),
    ("server_error", 500, "upstream internal error", ("content-type", "application/json")),
    ("unavailable", 503, "service unavailable", ("retry-after", "1")),
    ("gateway_timeout", 504, "gateway timeout", ("content-type", "application/json")),
    ("device_error", 540, "device unexpected response", ("content-type", "application/json")),
];

async fn struck(sandbox: &Sandbox, token: &str) -> Answer {
    sandbox.api("GET", &format!("/api/1/vehicles/{KESTREL}"), token).await
}

async fn each_kind_answers_as_the_real_service_does(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    for (kind, status, error, (header, value)) in ANSWERS {
        let id = add(&sandbox, json!({ "kind": kind, "operation": "vehicle", "times": 1 })).await;
        let answer = struck(&sandbox, &robin).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (status, error), "{kind}");
        assert_eq!(answer.header(header), value, "{kind}");
        assert!(answer.header("x-fleetgate-reason").contains(kind), "{kind}");
        assert_eq!(counts(&sandbox, id).await, (1, 1));
    }
    add(&sandbox, json!({ "kind": "rate_limited", "operation": "vehicle", "seconds": 37_829, "times": 1 })).await;
    assert_transcript!(struck(&sandbox, &robin).await, ["retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"], @r#"
429 Too Many Requests
retry-after: 37829
ratelimit-limit: 60
ratelimit-remaining: 0
ratelimit-reset: 37829
{
  "error": "Retry in 37829 seconds",
  "error_description": "",
  "response": null
}
"#);
    add(&sandbox, json!({ "kind": "out_of_region", "operation": "vehicle", "times": 1 })).await;
    let answer = struck(&sandbox, &robin).await;
    let port = sandbox.address.port();
    assert_eq!(answer.header("alt-svc"), format!("h2=https://eu.localhost:{port}"));
    let sentence = format!("user out of region, use base URL: http://eu.localhost:{port}, see ");
    assert!(answer.status == 421 && answer.error().starts_with(&sentence), "{}", answer.text);
    add(&sandbox, json!({ "kind": "not_registered", "operation": "vehicle", "times": 1 })).await;
    let answer = struck(&sandbox, &robin).await;
    let sentence = format!("Account {} must be registered in the current region", sandbox.third_party().client_id);
    assert!(answer.status == 412 && answer.error().starts_with(&sentence), "{}", answer.text);
    add(&sandbox, json!({ "kind": "firewall", "operation": "vehicle", "times": 1 })).await;
    assert_transcript!(struck(&sandbox, &robin).await, ["content-type"], @r#"
403 Forbidden
content-type: text/html
<HTML><HEAD>
<TITLE>Access Denied</TITLE>
</HEAD><BODY>
<H1>Access Denied</H1>
 You don't have permission to access this resource on this server.
</BODY>
</HTML>
"#);
    assert_eq!(struck(&sandbox, &robin).await.status, StatusCode::OK);
}

async fn the_rfc_dialect_renders_what_is_about_the_token(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    add(&sandbox, json!({ "kind": "expired_token", "operation": "vehicle" })).await;
    let robin = robin(&sandbox).await;
    assert_transcript!(struck(&sandbox, &robin).await, ["www-authenticate"], @r#"
401 Unauthorized
www-authenticate: Bearer error="invalid_token", error_description="The access token expired"
{
  "error": "invalid_token",
  "error_description": "The access token expired"
}
"#);
}

async fn a_late_answer_is_late(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    add(&sandbox, json!({ "kind": "latency", "operation": "vehicle", "seconds": 0.4 })).await;
    let begun = begin();
    assert_eq!(struck(&sandbox, &robin).await.status, StatusCode::OK);
    assert!(begun.elapsed() >= Duration::from_millis(400), "{:?}", begun.elapsed());
}

async fn a_slow_body_comes_whole_in_its_time(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    let quick = struck(&sandbox, &robin).await.text;
    add(&sandbox, json!({ "kind": "slow_body", "operation": "vehicle", "seconds": 1 })).await;
    let begun = begin();
    let url = sandbox.url(&format!("/api/1/vehicles/{KESTREL}"));
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut answer = http.get(url).bearer_auth(&robin).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let (mut text, mut pieces) = (Vec::new(), 0);
    while let Some(piece) = answer.chunk().await.expect("more") {
        text.extend_from_slice(&piece);
        pieces += 1;
    }
    assert_eq!(String::from_utf8(text).expect("text"), quick);
    assert!(pieces > 2 && begun.elapsed() >= Duration::from_millis(700), "{pieces} pieces in {:?}", begun.elapsed());
}

async fn a_cut_connection_has_done_nothing_and_a_lost_answer_everything(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    let limit = async || {
        let path = format!("/api/1/vehicles/{KESTREL}/vehicle_data?endpoints=charge_state");
        sandbox.api("GET", &path, &robin).await.json()["response"]["charge_state"]["charge_limit_soc"].clone()
    };
    let url = sandbox.url(&format!("/api/1/vehicles/{KESTREL}/command/set_charge_limit"));
    let before = limit().await;
    for (kind, after) in [("cut_connection", before), ("lost_answer", json!(91))] {
        let id = add(&sandbox, json!({ "kind": kind, "operation": "set_charge_limit", "times": 1 })).await;
        let request = |http: &reqwest::Client| http.post(&url).bearer_auth(&robin).json(&json!({ "percent": 91 }));
        let error = sandbox.try_send(request).await.expect_err("no answer");
        assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");
        assert_eq!(limit().await, after, "{kind}");
        assert_eq!(counts(&sandbox, id).await, (1, 1), "{kind}");
        let log = sandbox.get("/sandbox/requests?limit=20").await.json();
        let sentence = format!("The sandbox's fault {id} (`{kind}`) struck this request.");
        let entry = log.as_array().expect("a list").iter().find(|entry| entry["reason"] == sentence.as_str());
        assert_eq!(entry.expect("logged")["status"], 0, "nobody got a status");
    }
}

async fn every_kind_can_happen_somewhere(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for kind in fleetgate_server::sandbox::faults::Kind::ALL {
        let mut taken = Vec::new();
        for operation in ["vehicle", "live_status", "me", "token", "keys"] {
            let answer = sandbox.post_json(FAULTS, &json!({ "kind": kind, "operation": operation })).await;
            if answer.status == StatusCode::OK {
                taken.push(operation);
            }
        }
        assert!(!taken.is_empty(), "{kind}");
        sandbox.delete(FAULTS).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "how long an answer takes is real time")]
fn begin() -> Instant {
    Instant::now()
}
