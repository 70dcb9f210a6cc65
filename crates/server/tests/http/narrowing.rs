//! A person, or an operator, takes a part back: what was issued or begun before reaches no further.

use fleetgate_protocol::ScopeSet;
use http::StatusCode;

use crate::harness::{Answer, App, Browser, Place, Sandbox, assert_transcript, on_both};

on_both!(
    what_was_narrowed_since_the_code_is_not_granted_by_it,
    what_the_application_lost_since_the_code_is_not_granted_by_it,
    a_code_of_which_nothing_is_left_is_worth_nothing,
    without_offline_access_there_is_no_refreshing,
    a_refresh_for_what_was_taken_back_is_refused_and_spends_nothing,
    the_rfc_dialect_answers_the_scope_of_the_grant_with_what_is_left,
    the_rfc_dialect_tells_a_wrong_client_nothing_about_scopes,
);

const WIDE: &str = "openid offline_access user_data vehicle_device_data vehicle_cmds";

/// A browser in which the first person has allowed all of it, and a code that is not redeemed yet.
async fn allowed(sandbox: &Sandbox, app: &App) -> (Browser, String) {
    let mut browser = sandbox.browser();
    let page = browser.allow(sandbox, &sandbox.authorize_path(app, &[("scope", WIDE)])).await;
    (browser, page.parameter("code").expect("a code"))
}

/// Leaves these scopes on the account's page for the application.
async fn narrow(browser: &mut Browser, app: &App, kept: &str) {
    let page = browser.open(&format!("/user/revoke/consent?revoke_client_id={}", app.client_id)).await;
    let mut fields: Vec<(&str, &str)> = kept.split(' ').map(|scope| ("scope", scope)).collect();
    fields.push(("decision", "save"));
    let saved = browser.submit(&page, &fields).await;
    assert!(saved.answer.text.contains("next access token"), "{}", saved.answer.text);
}

fn scopes(answer: &Answer) -> ScopeSet {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.text_of("scope").parse().expect("scopes")
}

fn set(text: &str) -> ScopeSet {
    text.parse().expect("scopes")
}

async fn what_was_narrowed_since_the_code_is_not_granted_by_it(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (mut browser, code) = allowed(&sandbox, &app).await;
    narrow(&mut browser, &app, "openid offline_access vehicle_device_data").await;
    let tokens = sandbox.exchange(&app, &code).await;
    assert_eq!(scopes(&tokens), set("openid offline_access vehicle_device_data"));
    let me = sandbox.api("GET", "/api/1/users/me", &tokens.text_of("access_token")).await;
    assert_eq!(me.status, StatusCode::FORBIDDEN, "{}", me.text);

    let again = browser.open(&sandbox.authorize_path(&app, &[])).await.parameter("code").expect("a code");
    narrow(&mut browser, &app, "openid vehicle_device_data").await;
    let tokens = sandbox.exchange(&app, &again).await;
    assert_eq!(scopes(&tokens), set("openid vehicle_device_data"));
    assert_eq!(tokens.json().get("refresh_token"), None, "{}", tokens.text);
}

async fn what_the_application_lost_since_the_code_is_not_granted_by_it(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (_, code) = allowed(&sandbox, &app).await;
    let store = &sandbox.state.store;
    let mut application = store.application(&app.client_id).await.expect("read").expect("an application");
    application.scopes = set("openid offline_access user_data");
    assert!(store.update_application(&application, sandbox.now()).await.expect("stored"));
    sandbox.notice().await;
    let tokens = sandbox.exchange(&app, &code).await;
    assert_eq!(scopes(&tokens), set("openid offline_access user_data"));
    let refreshed = sandbox.refresh(&app, &tokens.text_of("refresh_token")).await;
    assert_eq!(scopes(&refreshed), set("openid offline_access user_data"));
}

async fn a_code_of_which_nothing_is_left_is_worth_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (mut browser, _) = allowed(&sandbox, &app).await;
    let path = sandbox.authorize_path(&app, &[("scope", "user_data")]);
    let spent = browser.open(&path).await.parameter("code").expect("a code");
    let tokens = sandbox.exchange(&app, &spent).await;
    assert_eq!(scopes(&tokens), set("user_data"));
    let code = browser.open(&path).await.parameter("code").expect("a code");
    narrow(&mut browser, &app, "openid").await;
    assert_transcript!(sandbox.exchange(&app, &code).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_auth_code",
      "error_description": "The code is invalid or expired."
    }
    "#);
    // One that was spent before is a replay all the same.
    assert!(sandbox.opens(&sandbox.tokens(&sandbox.open_source()).await.text_of("access_token")).await);
    assert_eq!(sandbox.api("GET", "/api/1/users/me", &tokens.text_of("access_token")).await.status, StatusCode::OK);
    assert_eq!(sandbox.exchange(&app, &spent).await.error(), "invalid_auth_code");
    let ended = sandbox.api("GET", "/api/1/users/me", &tokens.text_of("access_token")).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
}

async fn without_offline_access_there_is_no_refreshing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (mut browser, code) = allowed(&sandbox, &app).await;
    let tokens = sandbox.exchange(&app, &code).await;
    narrow(&mut browser, &app, "openid user_data vehicle_device_data vehicle_cmds").await;
    assert_transcript!(sandbox.refresh(&app, &tokens.text_of("refresh_token")).await, [], @r#"
    401 Unauthorized
    {
      "error": "login_required",
      "error_description": "User revoked the consent."
    }
    "#);
    // Narrowing acts on the next access token; the one that is there lives on.
    assert!(sandbox.opens(&tokens.text_of("access_token")).await);
}

async fn a_refresh_for_what_was_taken_back_is_refused_and_spends_nothing(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.third_party();
    let (mut browser, code) = allowed(&sandbox, &app).await;
    let token = sandbox.exchange(&app, &code).await.text_of("refresh_token");
    narrow(&mut browser, &app, "openid offline_access vehicle_device_data").await;
    let refused = sandbox.refresh_with_secret(&app, &token, &[("scope", "vehicle_cmds")]).await;
    assert_eq!((refused.status, refused.error()), (StatusCode::BAD_REQUEST, "invalid_scope".to_owned()));
    let part = sandbox.refresh_with_secret(&app, &token, &[("scope", "vehicle_cmds vehicle_device_data")]).await;
    assert_eq!(scopes(&part), set("vehicle_device_data"));
}

async fn the_rfc_dialect_answers_the_scope_of_the_grant_with_what_is_left(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.third_party();
    let (mut browser, code) = allowed(&sandbox, &app).await;
    let one = sandbox.exchange(&app, &code).await;
    assert_eq!(scopes(&one), set(WIDE));
    narrow(&mut browser, &app, "openid offline_access vehicle_device_data").await;
    let two = sandbox.refresh_with_secret(&app, &one.text_of("refresh_token"), &[("scope", WIDE)]).await;
    assert_eq!(scopes(&two), set("openid offline_access vehicle_device_data"));
    // The successor works: nothing was burned on the way.
    let three = sandbox.refresh_with_secret(&app, &two.text_of("refresh_token"), &[("scope", WIDE)]).await;
    assert_eq!(scopes(&three), set("openid offline_access vehicle_device_data"));
}

async fn the_rfc_dialect_tells_a_wrong_client_nothing_about_scopes(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let (app, stranger) = (sandbox.third_party(), sandbox.app("Trip Diary"));
    let (_, code) = allowed(&sandbox, &app).await;
    let token = sandbox.exchange(&app, &code).await.text_of("refresh_token");
    for scope in ["user_data", WIDE, "energy_cmds"] {
        let refused = sandbox.refresh_with_secret(&stranger, &token, &[("scope", scope)]).await;
        assert_transcript!(refused, [], @r#"
        400 Bad Request
        {
          "error": "invalid_grant",
          "error_description": "The refresh_token is invalid, expired or revoked."
        }
        "#);
    }
    // There is no grace in this dialect, so an answer shows that the token was not spent.
    let own = sandbox.refresh_with_secret(&app, &token, &[]).await;
    assert_eq!(scopes(&own), set(WIDE));
}
