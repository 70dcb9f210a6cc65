//! `grant_type=client_credentials`: partner tokens, and business tokens with an `auth_code`.

use fleetgate_server::config::DialectName;
use http::StatusCode;
use serde_json::json;

use crate::harness::{Answer, App, Place, Sandbox, assert_transcript, claims, on_both};

const NA: &str = "https://fleet-api.prd.na.vn.cloud.tesla.com";

on_both!(
    a_partner_gets_a_token_for_itself_and_no_refresh_token,
    the_claims_name_the_application_and_nobody_else,
    the_audience_is_required_and_must_be_known,
    scopes_must_be_the_applications_own,
    the_secret_is_required,
    an_open_source_application_is_refused,
    an_application_without_the_grant_is_refused,
    a_business_token_acts_for_the_business_that_consented,
    an_auth_code_is_for_its_application_and_scopes,
    what_no_machine_can_have_is_refused,
    a_disabled_business_is_out_at_once_and_its_consents_stay_ended,
    the_rfc_dialect_issues_what_rfc_9068_describes,
);

async fn ask(sandbox: &Sandbox, app: &App, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("grant_type", "client_credentials"), ("client_id", app.client_id.as_str())];
    fields.extend(app.secret.as_deref().map(|secret| ("client_secret", secret)));
    fields.extend(more);
    sandbox.token(&fields).await
}

async fn a_partner_gets_a_token_for_itself_and_no_refresh_token(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    let answer = ask(&sandbox, &app, &[("audience", NA), ("scope", "openid vehicle_device_data vehicle_cmds")]).await;
    assert_transcript!(answer, ["cache-control", "content-type"], @r#"
    200 OK
    cache-control: no-store
    content-type: application/json
    {
      "access_token": "<jwt>",
      "expires_in": 28800,
      "scope": "openid vehicle_device_data vehicle_cmds",
      "token_type": "Bearer"
    }
    "#);
    // The machine grant asks for `offline_access` in some clients; it opens nothing.
    let offline = ask(&sandbox, &app, &[("audience", NA), ("scope", "openid offline_access")]).await.json();
    assert_eq!((offline["scope"].as_str(), offline.get("refresh_token")), (Some("openid"), None));
    let vehicles = sandbox.api("GET", "/api/1/vehicles", &answer.text_of("access_token")).await;
    assert_eq!(vehicles.json()["count"], 2, "the business's own: {}", vehicles.text);
}

async fn the_claims_name_the_application_and_nobody_else(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    let token = ask(&sandbox, &app, &[("audience", NA)]).await.text_of("access_token");
    let claims = claims(&token);
    assert_eq!(claims["sub"], app.client_id);
    assert_eq!(claims["azp"], app.client_id);
    assert_eq!(claims["gty"], "client-credentials");
    assert_eq!(claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat"), 28_800);
    for of_a_person in ["amr", "auth_time", "nonce", "ou_code", "locale"] {
        assert!(claims.get(of_a_person).is_none(), "{of_a_person} in {claims}");
    }
    assert!(claims["scp"].as_array().is_some_and(|scopes| scopes.contains(&json!("vehicle_pricing_info"))), "{claims}");
    assert!(!claims["scp"].as_array().is_some_and(|scopes| scopes.contains(&json!("offline_access"))), "{claims}");
}

async fn the_audience_is_required_and_must_be_known(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    assert_transcript!(ask(&sandbox, &app, &[]).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_audience",
      "error_description": "The 'audience' parameter is invalid. Include valid audience in the request."
    }
    "#);
    assert_transcript!(ask(&sandbox, &app, &[("audience", "https://example.com")]).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_audience",
      "error_description": "The 'audience' parameter is invalid. Include valid audience in the request."
    }
    "#);
    let slash = format!("{NA}/");
    let own = sandbox.base_url().to_owned();
    for audience in [NA, &slash, &own, "https://fleet-api.prd.eu.vn.cloud.tesla.com"] {
        assert_eq!(ask(&sandbox, &app, &[("audience", audience)]).await.status, StatusCode::OK, "{audience}");
    }
}

async fn scopes_must_be_the_applications_own(place: Place) {
    let sandbox = Sandbox::start(place).await;
    // `Harbor Dispatch` may act as itself only; a scope nobody has, and text that is no scope list.
    let app = sandbox.partner();
    for scope in ["vehicle_device_data no_such_scope", "\"quoted\"", "scope\\with\\backslashes"] {
        let refused = ask(&sandbox, &app, &[("audience", NA), ("scope", scope)]).await;
        assert_transcript!(refused, [], @r#"
        400 Bad Request
        {
          "error": "invalid_scope",
          "error_description": "The client is not allowed to access the requested resource."
        }
        "#);
    }
    let third_party = sandbox.third_party();
    let person = ask(&sandbox, &third_party, &[("audience", NA), ("scope", "enterprise_management")]).await;
    assert_eq!((person.status, person.error()), (StatusCode::BAD_REQUEST, "invalid_scope".to_owned()));
}

async fn the_secret_is_required(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    let without = App { secret: None, ..app.clone() };
    assert_transcript!(ask(&sandbox, &without, &[("audience", NA)]).await, [], @r#"
    400 Bad Request
    {
      "error": "unauthorized_client",
      "error_description": "We don't recognize this client_id and client_secret combination"
    }
    "#);
    for (client_id, secret) in [(app.client_id.as_str(), "wrong"), ("nobody", "wrong")] {
        let wrong = App { client_id: client_id.to_owned(), secret: Some(secret.to_owned()), ..app.clone() };
        let refused = ask(&sandbox, &wrong, &[("audience", NA)]).await;
        assert_transcript!(refused, ["www-authenticate"], @r#"
        400 Bad Request
        {
          "error": "unauthorized_client",
          "error_description": "We don't recognize this client_id and client_secret combination"
        }
        "#);
    }
}

async fn an_open_source_application_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.open_source();
    assert_transcript!(ask(&sandbox, &app, &[("audience", NA)]).await, [], @r#"
    400 Bad Request
    {
      "error": "unauthorized_client",
      "error_description": "This client may not use the grant type client_credentials."
    }
    "#);
    let with_a_made_up_secret = App { secret: Some("anything".to_owned()), ..app };
    assert_transcript!(ask(&sandbox, &with_a_made_up_secret, &[("audience", NA)]).await, [], @r#"
    400 Bad Request
    {
      "error": "unauthorized_client",
      "error_description": "This client may not use the grant type client_credentials."
    }
    "#);
}

async fn an_application_without_the_grant_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.app("Trip Diary");
    assert_transcript!(ask(&sandbox, &app, &[("audience", NA)]).await, [], @r#"
    400 Bad Request
    {
      "error": "unauthorized_client",
      "error_description": "This client may not use the grant type client_credentials."
    }
    "#);
}

async fn a_business_token_acts_for_the_business_that_consented(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let auth_code = sandbox.auth_code(&json!({"application": "Charge Planner"})).await;
    let fields = [("audience", NA), ("auth_code", auth_code.as_str()), ("scope", "vehicle_device_data vehicle_cmds")];
    let answer = ask(&sandbox, &app, &fields).await;
    assert_transcript!(answer, ["cache-control"], @r#"
    200 OK
    cache-control: no-store
    {
      "access_token": "<jwt>",
      "expires_in": 28800,
      "scope": "vehicle_device_data vehicle_cmds",
      "token_type": "Bearer"
    }
    "#);
    let token = answer.text_of("access_token");
    let claims = claims(&token);
    assert_eq!((&claims["azp"], &claims["account_type"]), (&json!(app.client_id), &json!("business")));
    assert_eq!(claims["sub"], claims["account_id"]);
    let vehicles = sandbox.api("GET", "/api/1/vehicles", &token).await;
    assert_eq!(vehicles.json()["count"], 2, "{}", vehicles.text);
    assert_transcript!(sandbox.api("GET", "/api/1/users/me", &token).await, ["x-fleetgate-reason"], @r#"
    403 Forbidden
    x-fleetgate-reason: The operation needs a third-party token or open-source token, but a third-party business token was shown.
    {
      "error": "forbidden",
      "error_description": "",
      "response": null
    }
    "#);
    // The code is not spent: the application asks again when the token is over.
    assert_eq!(ask(&sandbox, &app, &fields).await.status, StatusCode::OK);
}

async fn an_auth_code_is_for_its_application_and_scopes(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let order = json!({"application": "Charge Planner", "scope": "vehicle_device_data"});
    let auth_code = sandbox.auth_code(&order).await;
    let with = |auth_code: &str| vec![("audience", NA), ("auth_code", auth_code.to_owned().leak() as &str)];
    let of_another = ask(&sandbox, &sandbox.partner(), &with(&auth_code)).await;
    assert_transcript!(of_another, [], @r#"
    400 Bad Request
    {
      "error": "invalid_grant",
      "error_description": "The auth_code is invalid or revoked."
    }
    "#);
    let made_up = ask(&sandbox, &sandbox.third_party(), &with("NA_0123")).await;
    assert_eq!((made_up.status, made_up.text), (of_another.status, of_another.text));
    let app = sandbox.third_party();
    let wider = [&with(&auth_code)[..], &[("scope", "vehicle_device_data vehicle_cmds")]].concat();
    assert_eq!(ask(&sandbox, &app, &wider).await.error(), "invalid_scope");
    assert_eq!(ask(&sandbox, &app, &with(&auth_code)).await.text_of("scope"), "vehicle_device_data");
}

async fn what_no_machine_can_have_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let refused = ask(&sandbox, &sandbox.partner(), &[("audience", NA), ("scope", "offline_access")]).await;
    assert_eq!((refused.status, refused.error()), (StatusCode::BAD_REQUEST, "invalid_scope".to_owned()));
    // `openid` is free for partner tokens alone; the business did not consent to it.
    let order = json!({"application": "Charge Planner", "scope": "vehicle_device_data"});
    let auth_code = sandbox.auth_code(&order).await;
    let fields = [("audience", NA), ("auth_code", auth_code.as_str()), ("scope", "openid")];
    assert_eq!(ask(&sandbox, &sandbox.third_party(), &fields).await.error(), "invalid_scope");
}

/// CVE-2024-46999 and CVE-2024-47060: a deactivated organisation goes on working.
async fn a_disabled_business_is_out_at_once_and_its_consents_stay_ended(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let store = &sandbox.state.store;
    let application = store.application(&sandbox.partner().client_id).await.expect("read").expect("there");
    let business = application.business_account_id.expect("a business");
    let auth_code = sandbox.auth_code(&json!({"application": "Charge Planner"})).await;
    let for_business = [("audience", NA), ("auth_code", auth_code.as_str())];
    let (partner, third_party) = (sandbox.partner(), sandbox.third_party());
    let tokens = [
        sandbox.partner_token(&partner).await.text_of("access_token"),
        ask(&sandbox, &third_party, &for_business).await.text_of("access_token"),
    ];
    let vehicles = async |token: &str| sandbox.api("GET", "/api/1/vehicles", token).await.status;
    for token in &tokens {
        assert_eq!(vehicles(token).await, StatusCode::OK);
    }
    assert!(store.set_account_disabled(&business, Some(sandbox.now()), sandbox.now()).await.expect("stored"));
    sandbox.notice().await;
    for token in &tokens {
        assert_ne!(vehicles(token).await, StatusCode::OK);
    }
    assert_eq!(sandbox.partner_token(&partner).await.error(), "unauthorized_client");
    assert_eq!(ask(&sandbox, &third_party, &for_business).await.error(), "invalid_grant");
    // Enabled again, its own application works; what it had consented to has ended.
    assert!(store.set_account_disabled(&business, None, sandbox.now()).await.expect("stored"));
    sandbox.notice().await;
    assert_eq!(vehicles(&tokens[0]).await, StatusCode::OK);
    assert_eq!(ask(&sandbox, &third_party, &for_business).await.error(), "invalid_grant");
}

async fn the_rfc_dialect_issues_what_rfc_9068_describes(place: Place) {
    let sandbox = Sandbox::start_with(place, DialectName::Rfc, |_| {}).await;
    let app = sandbox.partner();
    assert_transcript!(ask(&sandbox, &app, &[]).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_target",
      "error_description": "The 'audience' parameter is invalid. Include valid audience in the request."
    }
    "#);
    let wrong = App { secret: Some("wrong".to_owned()), ..app.clone() };
    assert_transcript!(ask(&sandbox, &wrong, &[("audience", NA)]).await, [], @r#"
    401 Unauthorized
    {
      "error": "invalid_client",
      "error_description": "We don't recognize this client_id and client_secret combination"
    }
    "#);
    let token =
        ask(&sandbox, &app, &[("audience", NA), ("scope", "vehicle_device_data")]).await.text_of("access_token");
    let header = crate::harness::header(&token);
    assert_eq!(header["typ"], "at+jwt");
    let claims = claims(&token);
    assert_eq!(claims["aud"], json!([NA]));
    assert_eq!((&claims["client_id"], &claims["scope"]), (&json!(app.client_id), &json!("vehicle_device_data")));
    for required in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert!(claims.get(required).is_some(), "{required}");
    }
}
