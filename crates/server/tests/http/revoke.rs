//! Token revocation (RFC 7009).

use std::time::Duration;

use fleetgate_server::config::{Config, DialectName};
use http::StatusCode;

use crate::harness::{Answer, App, HOUR, Place, SECOND, Sandbox, assert_transcript, on_both};

on_both!(
    a_refresh_token_ends_the_whole_grant_at_once,
    an_access_token_ends_only_itself,
    a_partner_ends_its_own_token,
    unknown_tokens_are_answered_like_known_ones,
    a_token_of_another_client_is_left_alone,
    the_client_must_prove_itself,
    requests_without_a_token_are_refused,
    a_revocation_lasts_as_long_as_the_leeway_for_clocks,
);

async fn revoke(sandbox: &Sandbox, app: &App, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("client_id", app.client_id.as_str()), ("token", token)];
    fields.extend(app.secret.as_deref().map(|secret| ("client_secret", secret)));
    fields.extend(more);
    sandbox.post_form("/oauth2/v3/revoke", &fields).await
}

async fn a_refresh_token_ends_the_whole_grant_at_once(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (one, other) = (sandbox.tokens(&app).await, sandbox.tokens(&app).await);
    let two = sandbox.refresh(&app, &one.text_of("refresh_token")).await;
    // The hint is only a hint (section 2.1).
    let answer = revoke(&sandbox, &app, &two.text_of("refresh_token"), &[("token_type_hint", "access_token")]).await;
    assert_transcript!(answer, ["cache-control"], @"200 OK");
    let refused = sandbox.api("GET", "/api/1/users/me", &two.text_of("access_token")).await;
    assert_transcript!(refused, ["www-authenticate", "x-fleetgate-reason"], @r#"
    401 Unauthorized
    www-authenticate: Bearer error="invalid_token", error_description="The access token was revoked"
    x-fleetgate-reason: The token was revoked.
    {
      "error": "invalid bearer token"
    }
    "#);
    assert_eq!(sandbox.refresh(&app, &two.text_of("refresh_token")).await.error(), "login_required");
    assert!(sandbox.opens(&other.text_of("access_token")).await, "another grant of the same person");
    // It is known after the fact, too: the answer is the same.
    assert_eq!(revoke(&sandbox, &app, &two.text_of("refresh_token"), &[]).await.status, StatusCode::OK);
}

async fn an_access_token_ends_only_itself(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = sandbox.tokens(&app).await;
    assert!(sandbox.opens(&one.text_of("access_token")).await);
    let answer = revoke(&sandbox, &app, &one.text_of("access_token"), &[("token_type_hint", "refresh_token")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!sandbox.opens(&one.text_of("access_token")).await);
    let two = sandbox.refresh(&app, &one.text_of("refresh_token")).await;
    assert!(sandbox.opens(&two.text_of("access_token")).await);
}

async fn a_partner_ends_its_own_token(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    let (one, other) = (sandbox.partner_token(&app).await, sandbox.partner_token(&app).await);
    assert_eq!(revoke(&sandbox, &app, &one.text_of("access_token"), &[]).await.status, StatusCode::OK);
    let vehicles = async |answer: &Answer| sandbox.api("GET", "/api/1/vehicles", &answer.text_of("access_token")).await;
    assert_eq!(vehicles(&one).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(vehicles(&other).await.status, StatusCode::OK);
}

async fn unknown_tokens_are_answered_like_known_ones(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    for token in ["x", "NA_0123456789abcdef", "a.b.c", &"x".repeat(10_000)] {
        let answer = revoke(&sandbox, &app, token, &[]).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""), "{token}");
    }
}

async fn a_token_of_another_client_is_left_alone(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (app, other) = (sandbox.third_party(), sandbox.app("Trip Diary"));
    let tokens = sandbox.tokens(&app).await;
    for token in [tokens.text_of("refresh_token"), tokens.text_of("access_token")] {
        assert_eq!(revoke(&sandbox, &other, &token, &[]).await.status, StatusCode::OK);
    }
    assert!(sandbox.opens(&tokens.text_of("access_token")).await);
    assert_eq!(sandbox.refresh(&app, &tokens.text_of("refresh_token")).await.status, StatusCode::OK);
}

async fn the_client_must_prove_itself(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let tokens = sandbox.tokens(&app).await;
    for secret in [None, Some("wrong".to_owned())] {
        let unproven = App { secret, ..app.clone() };
        assert_transcript!(revoke(&sandbox, &unproven, &tokens.text_of("refresh_token"), &[]).await, [], @r#"
        401 Unauthorized
        {
          "error": "invalid_client",
          "error_description": "We don't recognize this client_id and client_secret combination"
        }
        "#);
    }
    assert!(sandbox.opens(&tokens.text_of("access_token")).await);
    // A public client has nothing to prove itself with but its id.
    let public = sandbox.open_source();
    let tokens = sandbox.tokens(&public).await;
    assert_eq!(revoke(&sandbox, &public, &tokens.text_of("refresh_token"), &[]).await.status, StatusCode::OK);
    assert!(!sandbox.opens(&tokens.text_of("access_token")).await);
}

async fn requests_without_a_token_are_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_transcript!(revoke(&sandbox, &sandbox.third_party(), "", &[]).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'token' is required."
    }
    "#);
    assert_transcript!(sandbox.post_form("/oauth2/v3/revoke", &[("token", "x")]).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'client_id' is required."
    }
    "#);
}

async fn a_revocation_lasts_as_long_as_the_leeway_for_clocks(place: Place) {
    let change = |config: &mut Config| config.tokens.leeway = Duration::from_secs(60);
    let sandbox = Sandbox::start_with(place, DialectName::FleetApi, change).await;
    let app = sandbox.third_party();
    let (ended, living) = (sandbox.tokens(&app).await, sandbox.tokens(&app).await);
    assert_eq!(revoke(&sandbox, &app, &ended.text_of("access_token"), &[]).await.status, StatusCode::OK);
    // Both have expired, and are good for the leeway still.
    sandbox.clock.advance(8 * HOUR + SECOND);
    sandbox.state.store.purge(sandbox.now()).await.expect("purged");
    sandbox.state.revocations.purge(sandbox.now());
    assert!(sandbox.opens(&living.text_of("access_token")).await);
    assert!(!sandbox.opens(&ended.text_of("access_token")).await);
}
