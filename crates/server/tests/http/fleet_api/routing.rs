//! What is in no row, and how parameters are read.

use super::*;
use crate::harness::{Place, on_both};

on_both!(
    what_is_in_no_row_is_refused_in_json,
    whoever_shows_no_token_is_told_nothing_of_the_table,
    parameters_are_read_strictly,
);

async fn what_is_in_no_row_is_refused_in_json(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;

    let status = sandbox.get("/status").await;
    assert_eq!((status.status.as_u16(), status.text.as_str()), (200, "ok"));
    for path in ["/api", "/api/", "/api/1", "/api/1/nothing", "/api/2/vehicles", "/api/1/vehicles/"] {
        assert_error(&get(&sandbox, path, &token).await, 404, "not_found");
    }
    for (method, path, allowed) in [
        ("POST", "/api/1/vehicles", "GET,HEAD"),
        ("DELETE", "/api/1/users/me", "GET,HEAD"),
        ("GET", "/api/1/partner_accounts", "POST"),
        ("GET", "/api/1/vehicles/1/wake_up", "POST"),
        ("PUT", "/status", "GET,HEAD"),
    ] {
        let answer = sandbox.api(method, path, &token).await;
        assert_error(&answer, 405, "invalid_method");
        assert_eq!(answer.header("allow"), allowed, "{method} {path}");
    }
    assert_error(
        &command(&sandbox, KESTREL, "open_the_pod_bay_doors", &token, json!({})).await,
        400,
        "invalid_command",
    );
}

async fn whoever_shows_no_token_is_told_nothing_of_the_table(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for (method, path) in [
        ("GET", "/api/1/nothing"),
        ("POST", "/api/1/vehicles/1/command/fly"),
        ("DELETE", "/api/1/users/me"),
        ("GET", "/api/1/users/me"),
    ] {
        let answer = sandbox.api(method, path, "made-up").await;
        assert_eq!((answer.status.as_u16(), answer.error()), (401, "invalid bearer token".to_owned()), "{path}");
    }
    let token = token_of(&sandbox, ROBIN).await;
    get(&sandbox, "/api/1/nothing", &token).await;
    let entry = sandbox.get("/sandbox/requests?limit=1").await.json()[0].take();
    assert_eq!(entry["reason"], "There is no such operation; `/reference` has them all.");
    assert_eq!((&entry["operation"], entry["subject"].is_string()), (&json!("unknown"), true));
}

async fn parameters_are_read_strictly(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    for query in ["page=1&page=2", "page=%ff", "page=%0a", "page=1&p%61ge=2"] {
        let answer = get(&sandbox, &format!("/api/1/vehicles?{query}"), &token).await;
        assert_error(&answer, 400, "invalid_request");
        assert_ne!(answer.text_of("error_description"), "", "{query}");
    }
    for query in ["page=0", "page=-1", "page=one", "page=1.5", "page=99999999999999999999", "per_page=101"] {
        let answer = get(&sandbox, &format!("/api/1/vehicles?{query}"), &token).await;
        assert_error(&answer, 400, "invalid_field");
    }
    // A parameter without a value counts as left out, and one that nobody knows does no harm.
    assert_eq!(get(&sandbox, "/api/1/vehicles?page=&other=1", &token).await.status, 200);
    for tag in ["%ff", "%00", "..%2f..", "5YJ3E1EB7PF90041%20", "1%27--"] {
        let answer = get(&sandbox, &format!("/api/1/vehicles/{tag}"), &token).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{tag}: {}", answer.text);
        assert_eq!(answer.json()["response"], Value::Null);
    }
}
