//! Faults of the authorization server, its token endpoint above all.

use super::*;
use crate::harness::App;

on_both!(
    the_token_endpoint_fails_in_the_words_of_oauth,
    a_lost_answer_to_a_refresh_is_asked_for_again,
    a_racing_refresh_finds_the_token_spent_and_gets_the_same_next_one,
    under_the_rfc_dialect_a_racing_refresh_ends_the_family,
    a_good_refresh_token_is_refused_and_is_good_afterwards,
    faults_of_refreshes_leave_other_grants_alone,
    a_token_fault_is_for_an_application_and_an_account,
    other_endpoints_have_faults_too,
);

async fn pair(sandbox: &Sandbox, app: &App) -> String {
    sandbox.tokens(app).await.text_of("refresh_token")
}

async fn the_token_endpoint_fails_in_the_words_of_oauth(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    for kind in ["server_error", "unavailable", "gateway_timeout", "rate_limited", "firewall"] {
        add(&sandbox, json!({ "kind": kind, "operation": "token", "times": 1 })).await;
    }
    assert_transcript!(sandbox.partner_token(&app).await, ["content-type", "x-fleetgate-reason"], @r#"
500 Internal Server Error
content-type: application/json
x-fleetgate-reason: The sandbox's fault 1 (`server_error`) struck this request.
{
  "error": "server_error",
  "error_description": "Internal server error"
}
"#);
    assert_transcript!(sandbox.partner_token(&app).await, ["retry-after"], @r#"
503 Service Unavailable
retry-after: 1
{
  "error": "temporarily_unavailable",
  "error_description": "Service unavailable"
}
"#);
    assert_transcript!(sandbox.partner_token(&app).await, [], @r#"
504 Gateway Timeout
{
  "error": "temporarily_unavailable",
  "error_description": "Gateway timeout"
}
"#);
    assert_transcript!(sandbox.partner_token(&app).await, ["retry-after", "ratelimit-reset"], @r#"
429 Too Many Requests
retry-after: 60
ratelimit-reset: 60
{
  "error": "temporarily_unavailable",
  "error_description": "Retry in 60 seconds"
}
"#);
    let firewall = sandbox.partner_token(&app).await;
    assert_eq!((firewall.status.as_u16(), firewall.header("content-type")), (403, "text/html"));
    assert_eq!(sandbox.partner_token(&app).await.status, StatusCode::OK);
    let log = sandbox.get("/sandbox/requests?limit=20").await.json();
    let struck = log.as_array().expect("a list").iter().filter(|entry| entry["operation"] == "token");
    let struck: Vec<_> = struck.filter(|entry| !entry["reason"].is_null()).collect();
    assert_eq!(struck.len(), 5);
    assert!(struck.iter().all(|entry| entry["application"] == app.client_id.as_str()), "{log}");
}

async fn a_lost_answer_to_a_refresh_is_asked_for_again(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let token = pair(&sandbox, &app).await;
    let id = add(&sandbox, json!({ "kind": "lost_answer", "operation": "token", "times": 1 })).await;
    let form = [("grant_type", "refresh_token"), ("client_id", &app.client_id), ("refresh_token", &token)];
    let request = |http: &reqwest::Client| http.post(sandbox.url("/oauth2/v3/token")).form(&form);
    sandbox.try_send(request).await.expect_err("no answer");
    assert_eq!(counts(&sandbox, id).await, (1, 1));
    let again = sandbox.refresh(&app, &token).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    // It was spent by the request whose answer was lost: this is the same successor, and the next one spends that.
    let next = sandbox.refresh(&app, &again.text_of("refresh_token")).await;
    assert_eq!(next.status, StatusCode::OK);
    assert_eq!(sandbox.refresh(&app, &token).await.status, StatusCode::UNAUTHORIZED, "two generations old");
}

async fn a_racing_refresh_finds_the_token_spent_and_gets_the_same_next_one(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let token = pair(&sandbox, &app).await;
    add(&sandbox, json!({ "kind": "racing_refresh", "times": 1 })).await;
    let loser = sandbox.refresh(&app, &token).await;
    assert_eq!(loser.status, StatusCode::OK, "{}", loser.text);
    let claims = crate::harness::claims(&loser.text_of("access_token"));
    let generation = claims["jti"].as_str().and_then(|jti| jti.split('.').nth(1)).map(str::to_owned);
    assert_eq!(generation.as_deref(), Some("2"), "one rotation for the two");
    let again = sandbox.refresh(&app, &token).await;
    assert_eq!(again.text_of("refresh_token"), loser.text_of("refresh_token"));
}

async fn under_the_rfc_dialect_a_racing_refresh_ends_the_family(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.third_party();
    let token = pair(&sandbox, &app).await;
    add(&sandbox, json!({ "kind": "racing_refresh", "times": 1 })).await;
    assert_transcript!(sandbox.refresh_with_secret(&app, &token, &[]).await, ["x-fleetgate-reason"], @r#"
400 Bad Request
x-fleetgate-reason: The sandbox's fault 1 (`racing_refresh`) struck this request.
{
  "error": "invalid_grant",
  "error_description": "The refresh_token is invalid, expired or revoked."
}
"#);
}

async fn a_good_refresh_token_is_refused_and_is_good_afterwards(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let token = pair(&sandbox, &app).await;
    add(&sandbox, json!({ "kind": "consent_revoked", "operation": "token", "times": 1 })).await;
    assert_transcript!(sandbox.refresh(&app, &token).await, [], @r#"
401 Unauthorized
{
  "error": "login_required",
  "error_description": "User revoked the consent."
}
"#);
    add(&sandbox, json!({ "kind": "login_required", "times": 1 })).await;
    assert_transcript!(sandbox.refresh(&app, &token).await, [], @r#"
401 Unauthorized
{
  "error": "login_required",
  "error_description": "The refresh_token is invalid. Generate a new refresh_token by forcing user to re-authenticate."
}
"#);
    assert_eq!(sandbox.refresh(&app, &token).await.status, StatusCode::OK, "nobody revoked anything");
}

async fn faults_of_refreshes_leave_other_grants_alone(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for kind in ["racing_refresh", "login_required", "consent_revoked"] {
        add(&sandbox, json!({ "kind": kind, "operation": "token" })).await;
    }
    assert_eq!(sandbox.partner_token(&sandbox.partner()).await.status, StatusCode::OK);
    let token = pair(&sandbox, &sandbox.third_party()).await;
    assert!(token.starts_with("NA_"), "an exchange of a code passed");
    assert_eq!(counts(&sandbox, 1).await, (0, 0));
}

async fn a_token_fault_is_for_an_application_and_an_account(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (planner, garage) = (sandbox.third_party(), sandbox.open_source());
    let of_robin = pair(&sandbox, &planner).await;
    let sam = sandbox.minted(&json!({ "application": "Charge Planner", "account": "sam@example.com" })).await;
    let of_sam = sam.text_of("refresh_token");
    let of_garage = pair(&sandbox, &garage).await;
    let order = json!({ "kind": "server_error", "operation": "token", "application": "Charge Planner", "account": "sam@example.com" });
    let id = add(&sandbox, order).await;
    assert_eq!(sandbox.refresh(&planner, &of_robin).await.status, StatusCode::OK);
    assert_eq!(sandbox.refresh(&garage, &of_garage).await.status, StatusCode::OK);
    assert_eq!(sandbox.refresh(&planner, &of_sam).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(counts(&sandbox, id).await, (1, 1));
}

async fn other_endpoints_have_faults_too(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = robin(&sandbox).await;
    let metadata = "/oauth2/v3/thirdparty/.well-known/openid-configuration";
    let keys = "/oauth2/v3/discovery/thirdparty/keys";
    for (operation, path) in [("metadata", metadata), ("keys", keys), ("userinfo", "/oauth2/v3/userinfo")] {
        let id = add(&sandbox, json!({ "kind": "unavailable", "operation": operation, "times": 1 })).await;
        assert_eq!(sandbox.api("GET", path, &robin).await.status, StatusCode::SERVICE_UNAVAILABLE, "{operation}");
        assert_eq!(sandbox.api("GET", path, &robin).await.status, StatusCode::OK, "{operation}");
        assert_eq!(counts(&sandbox, id).await, (1, 1), "{operation}");
    }
    add(&sandbox, json!({ "kind": "server_error", "application": "Charge Planner", "account": "robin@example.com" }))
        .await;
    assert_eq!(sandbox.api("GET", "/oauth2/v3/userinfo", &robin).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(sandbox.get(metadata).await.status, StatusCode::OK, "nobody's");
    let page = sandbox.get(&sandbox.authorize_path(&sandbox.third_party(), &[])).await;
    assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "the account is not known there");
}
