//! What is there after a restart: everything.

use std::time::Duration;

use fleetgate_server::config::Config;
use http::StatusCode;
use serde_json::json;

use crate::harness::{HOUR, MINUTE, Place, SECOND, Sandbox, on_both};

on_both!(
    tokens_consents_sessions_and_devices_survive,
    what_was_ended_stays_ended,
    a_code_a_grace_and_a_lock_survive,
    metadata_and_keys_are_the_same,
    a_revocation_outlives_a_lowered_lifetime,
);

async fn tokens_consents_sessions_and_devices_survive(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let page = browser.allow(&sandbox, &sandbox.authorize_path(&app, &[])).await;
    let tokens = sandbox.exchange(&app, &page.parameter("code").expect("a code")).await;
    let partner = sandbox.partner_token(&sandbox.partner()).await.text_of("access_token");
    let auth_code = sandbox.auth_code(&json!({"application": "Charge Planner"})).await;
    let cookies = browser.cookies.clone();
    let site = sandbox.world.energy_sites[0].energy_site_id;
    let everything = sandbox.minted(&json!({"application": "Charge Planner"})).await.text_of("access_token");
    let reserve = json!({"backup_reserve_percent": 37});
    let url = sandbox.url(&format!("/api/1/energy_sites/{site}/backup"));
    sandbox.send(|http| http.post(url).bearer_auth(&everything).json(&reserve)).await;

    let sandbox = sandbox.restart().await;
    assert!(sandbox.opens(&tokens.text_of("access_token")).await);
    assert_eq!(sandbox.api("GET", "/api/1/vehicles", &partner).await.status, StatusCode::OK);
    assert_eq!(sandbox.refresh(&app, &tokens.text_of("refresh_token")).await.status, StatusCode::OK);
    let mut browser = sandbox.browser();
    browser.cookies = cookies;
    let again = browser.open(&sandbox.authorize_path(&app, &[])).await;
    assert!(again.parameter("code").is_some(), "signed in and consented: {}", again.answer.text);
    let info = sandbox.api("GET", &format!("/api/1/energy_sites/{site}/site_info"), &everything).await;
    assert_eq!(info.json()["response"]["backup_reserve_percent"], 37, "{}", info.text);
    let business = sandbox
        .token(&[
            ("grant_type", "client_credentials"),
            ("client_id", &app.client_id),
            ("client_secret", app.secret.as_deref().expect("a secret")),
            ("audience", sandbox.base_url()),
            ("auth_code", &auth_code),
        ])
        .await;
    assert_eq!(business.status, StatusCode::OK, "{}", business.text);
}

async fn what_was_ended_stays_ended(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let secret = app.secret.clone().expect("a secret");
    let revoke = async |token: &str| {
        let fields = [("client_id", app.client_id.as_str()), ("client_secret", &secret), ("token", token)];
        assert_eq!(sandbox.post_form("/oauth2/v3/revoke", &fields).await.status, StatusCode::OK);
    };
    let (of_family, of_token) = (sandbox.tokens(&app).await, sandbox.tokens(&app).await);
    revoke(&of_family.text_of("refresh_token")).await;
    revoke(&of_token.text_of("access_token")).await;
    let rotated = sandbox.tokens(&app).await;
    sandbox.refresh(&app, &rotated.text_of("refresh_token")).await;
    let mut browser = sandbox.browser();
    let page = browser.open("/account").await;
    let page = browser.sign_in(&page, &sandbox.person(0)).await;
    let signed_out = browser.cookies.clone();
    browser.submit(&page, &[]).await;

    let sandbox = sandbox.restart().await;
    for tokens in [&of_family, &of_token, &rotated] {
        assert!(!sandbox.opens(&tokens.text_of("access_token")).await);
    }
    assert_eq!(sandbox.refresh(&app, &of_family.text_of("refresh_token")).await.error(), "login_required");
    let mut browser = sandbox.browser();
    browser.cookies = signed_out;
    assert!(browser.open("/account").await.is_sign_in());
}

async fn a_code_a_grace_and_a_lock_survive(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let first = sandbox.tokens(&app).await.text_of("refresh_token");
    let second = sandbox.refresh(&app, &first).await.text_of("refresh_token");
    let third = sandbox.refresh(&app, &second).await.text_of("refresh_token");
    let spent = sandbox.code(&app, &[]).await;
    assert_eq!(sandbox.exchange(&app, &spent).await.status, StatusCode::OK);
    let unspent = sandbox.code(&app, &[]).await;
    let sam = sandbox.person(1);
    for _ in 0..10 {
        let mut guesser = sandbox.browser();
        let page = guesser.open("/account").await;
        guesser.sign_in(&page, &(sam.0.clone(), "wrong".to_owned())).await;
    }

    sandbox.clock.advance(MINUTE);
    let sandbox = sandbox.restart().await;
    assert_eq!(sandbox.exchange(&app, &unspent).await.status, StatusCode::OK);
    assert_eq!(sandbox.exchange(&app, &spent).await.error(), "invalid_auth_code");
    assert_eq!(sandbox.refresh(&app, &second).await.text_of("refresh_token"), third, "the grace goes on");
    let mut locked = sandbox.browser();
    let page = locked.open("/account").await;
    let page = locked.sign_in(&page, &sam).await;
    assert_eq!(page.answer.status, StatusCode::TOO_MANY_REQUESTS);
    sandbox.clock.advance(24 * HOUR + SECOND);
    assert_eq!(sandbox.refresh(&app, &second).await.error(), "login_required");
    assert_eq!(sandbox.refresh(&app, &third).await.error(), "login_required", "the replay ended the family");
}

async fn metadata_and_keys_are_the_same(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let paths = ["/oauth2/v3/thirdparty/.well-known/openid-configuration", "/oauth2/v3/discovery/thirdparty/keys"];
    let mut before = Vec::new();
    for path in paths {
        before.push(sandbox.get(path).await.text);
    }
    let sandbox = sandbox.restart().await;
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(sandbox.get(path).await.text, before);
    }
}

async fn a_revocation_outlives_a_lowered_lifetime(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let [revoked, refreshed] = [sandbox.tokens(&app).await, sandbox.tokens(&app).await];
    let living = sandbox.tokens(&app).await.text_of("access_token");
    let short = |config: &mut Config| config.tokens.access_lifetime = Duration::from_secs(3);

    let sandbox = sandbox.restart_with(short).await;
    let ended = [revoked.text_of("access_token"), refreshed.text_of("access_token")];
    for token in &ended {
        assert!(sandbox.opens(token).await, "it was issued for eight hours");
    }
    let secret = app.secret.as_deref().expect("a secret");
    let token = revoked.text_of("refresh_token");
    let fields = [("client_id", app.client_id.as_str()), ("client_secret", secret), ("token", &token)];
    assert_eq!(sandbox.post_form("/oauth2/v3/revoke", &fields).await.status, StatusCode::OK);
    let successor = sandbox.refresh(&app, &refreshed.text_of("refresh_token")).await;
    assert_eq!(successor.json()["expires_in"], 3);

    // What the housekeeping forgets after a minute must not be this; nor what is read from the database anew.
    sandbox.clock.advance(MINUTE + SECOND);
    let now = sandbox.now();
    sandbox.state.store.purge(now).await.expect("purged");
    sandbox.state.revocations.purge(now);
    let refused = async |sandbox: &Sandbox| {
        for token in &ended {
            assert!(!sandbox.opens(token).await);
        }
        assert!(sandbox.opens(&living).await);
    };
    refused(&sandbox).await;
    let sandbox = sandbox.restart_with(short).await;
    refused(&sandbox).await;
}
