//! What clients are told, and what holds, when the database fails.

use std::time::Duration;

use fleetgate_server::config::{Config, DialectName};
use http::StatusCode;

use crate::harness::{Answer, App, Place, Sandbox, on_both};

on_both!(cve_2020_15223_a_failed_revocation_is_not_reported_as_done, keycloak_49213_a_failed_refresh_burns_no_token,);

async fn revoke(sandbox: &Sandbox, app: &App, token: &str) -> Answer {
    let secret = app.secret.as_deref().expect("a secret");
    let fields = [("client_id", app.client_id.as_str()), ("client_secret", secret), ("token", token)];
    sandbox.post_form("/oauth2/v3/revoke", &fields).await
}

/// An answer that says that it failed, and nothing about the database (CVE-2024-32967).
fn failed(answer: &Answer) {
    assert!(answer.status.is_server_error(), "{} {}", answer.status, answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    let told = format!("{} {:?}", answer.text, answer.headers).to_lowercase();
    for detail in ["revocations", "relation", "grants", "sql", "locked", "postgres", "select", "insert"] {
        assert!(!told.contains(detail), "{detail} in {told}");
    }
}

async fn cve_2020_15223_a_failed_revocation_is_not_reported_as_done(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (family, single) = (sandbox.tokens(&app).await, sandbox.tokens(&app).await);
    let tokens = [family.text_of("refresh_token"), single.text_of("access_token")];
    let fault = sandbox.break_database().await;
    let answers = futures_util::future::join_all(tokens.iter().map(|token| revoke(&sandbox, &app, token))).await;
    answers.iter().for_each(failed);
    fault.mend().await;

    // What was not reported as ended is not ended, not even in part; the same request ends it now.
    let opened = [family.text_of("access_token"), single.text_of("access_token")];
    for token in &opened {
        assert!(sandbox.opens(token).await);
    }
    for (token, opened) in tokens.iter().zip(&opened) {
        assert_eq!(revoke(&sandbox, &app, token).await.status, StatusCode::OK);
        assert!(!sandbox.opens(opened).await);
    }
    assert_eq!(sandbox.refresh(&app, &tokens[0]).await.error(), "login_required");
}

async fn keycloak_49213_a_failed_refresh_burns_no_token(place: Place) {
    // Without a grace, so that a spent token would be a replay.
    let change = |config: &mut Config| config.tokens.refresh_grace = Duration::ZERO;
    let sandbox = Sandbox::start_with(place, DialectName::FleetApi, change).await;
    let app = sandbox.third_party();
    let tokens = sandbox.tokens(&app).await;
    let fault = sandbox.break_database().await;
    failed(&sandbox.refresh(&app, &tokens.text_of("refresh_token")).await);
    fault.mend().await;

    assert!(sandbox.opens(&tokens.text_of("access_token")).await, "nothing superseded it");
    let refreshed = sandbox.refresh(&app, &tokens.text_of("refresh_token")).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.text);
    assert_eq!(sandbox.refresh(&app, &refreshed.text_of("refresh_token")).await.status, StatusCode::OK);
}
