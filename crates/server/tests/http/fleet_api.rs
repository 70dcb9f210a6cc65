//! The operations of the table, beyond what the gate decides.

mod about_vehicles;
mod charging;
mod commands;
mod energy;
mod household;
mod partner;
mod routing;
mod sharing;
mod subscriptions;
mod telemetry;
mod users;
mod vehicle_commands;
mod vehicle_management;
mod vehicles;

use http::Method;
use http::header::{CONTENT_TYPE, HOST};
use serde_json::{Value, json};

use crate::harness::{Answer, Sandbox};

/// Robin's cars: one that is awake, and one that sleeps.
const KESTREL: &str = "5YJ3E1EB7PF900417";
const HERON: &str = "7SAYGDEE9PA512044";
/// Noor's car, in Europe.
const WULP: &str = "LRWYHCFS4PC604381";
/// The couriers' cars: one that is awake, and one that is offline and takes signed commands only.
const VAN_1: &str = "5YJXCDE28LF230915";
const VAN_2: &str = "7SAYGDEF1NF338826";

const ROBIN: &str = "robin@example.com";
const SAM: &str = "sam@example.com";
const NOOR: &str = "noor@example.com";

/// A token of the first third-party application for a person, with everything that the person can grant.
async fn token_of(sandbox: &Sandbox, account: &str) -> String {
    mint(sandbox, json!({"application": "Charge Planner", "account": account})).await
}

/// The same with these scopes only.
async fn token_with(sandbox: &Sandbox, scope: &str) -> String {
    mint(sandbox, json!({"application": "Charge Planner", "account": ROBIN, "scope": scope})).await
}

async fn mint(sandbox: &Sandbox, order: Value) -> String {
    let answer = sandbox.send(|http| http.post(sandbox.url("/sandbox/tokens")).json(&order)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text_of("access_token")
}

/// The partner token of the couriers' own application.
async fn courier_token(sandbox: &Sandbox) -> String {
    sandbox.partner_token(&sandbox.app("Harbor Dispatch")).await.text_of("access_token")
}

async fn get(sandbox: &Sandbox, path: &str, token: &str) -> Answer {
    sandbox.api("GET", path, token).await
}

/// The member `response` of a `200`.
async fn response(sandbox: &Sandbox, path: &str, token: &str) -> Value {
    let answer = get(sandbox, path, token).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()["response"].take()
}

/// A `GET` under another name of the server.
async fn get_as(sandbox: &Sandbox, host: &str, path: &str, token: &str) -> Answer {
    sandbox.send(|http| http.get(sandbox.url(path)).bearer_auth(token).header(HOST, host)).await
}

async fn post(sandbox: &Sandbox, path: &str, token: &str, body: Value) -> Answer {
    sandbox.send(|http| http.post(sandbox.url(path)).bearer_auth(token).json(&body)).await
}

/// A `POST` with this body as it is.
async fn post_raw(sandbox: &Sandbox, path: &str, token: &str, media_type: Option<&str>, body: &[u8]) -> Answer {
    let body = body.to_vec();
    sandbox
        .send(|http| {
            let request = http.request(Method::POST, sandbox.url(path)).bearer_auth(token).body(body);
            match media_type {
                Some(media_type) => request.header(CONTENT_TYPE, media_type),
                None => request,
            }
        })
        .await
}

async fn command(sandbox: &Sandbox, vin: &str, name: &str, token: &str, body: Value) -> Answer {
    post(sandbox, &format!("/api/1/vehicles/{vin}/command/{name}"), token, body).await
}

async fn vehicle_data(sandbox: &Sandbox, vin: &str, token: &str) -> Value {
    response(sandbox, &format!("/api/1/vehicles/{vin}/vehicle_data"), token).await
}

/// What the request log tells of the request before.
async fn newest_request(sandbox: &Sandbox) -> Value {
    sandbox.get("/sandbox/requests?limit=1").await.json()[0].take()
}

fn last_check(entry: &Value) -> &str {
    entry["checks"].as_array().and_then(|checks| checks.last()?.as_str()).unwrap_or_default()
}

/// An error in the envelope.
fn assert_error(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    let json = answer.json();
    assert_eq!((&json["response"], &json["error"]), (&Value::Null, &json!(error)), "{json}");
}
