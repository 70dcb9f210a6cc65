//! `grant_type=authorization_code`, from the browser to the token.

use http::StatusCode;

use crate::harness::{Place, Sandbox, claims, on_both};

on_both!(a_person_consents_and_the_application_gets_tokens_and_calls_the_api);

async fn a_person_consents_and_the_application_gets_tokens_and_calls_the_api(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let landed = browser.allow(&sandbox, &sandbox.authorize_path(&app, &[("nonce", "n-1"), ("locale", "en-US")])).await;
    let issuer = format!("{}/oauth2/v3/thirdparty", sandbox.base_url());
    assert_eq!(landed.parameter("state").as_deref(), Some("st4te"));
    assert_eq!(landed.parameter("iss").as_deref(), Some(issuer.as_str()));
    assert_eq!(landed.parameter("issuer").as_deref(), Some(issuer.as_str()));
    assert_eq!(landed.parameter("locale").as_deref(), Some("en-US"));
    let code = landed.parameter("code").expect("a code");
    assert!(code.starts_with("NA_") && code.len() == 63, "{code}");

    let answer = sandbox.exchange(&app, &code).await;
    insta::assert_snapshot!(answer.transcript(&["cache-control", "content-type"]), @"");
    let token = answer.text_of("access_token");
    assert_eq!(claims(&token)["nonce"], "n-1");

    let me = sandbox.api("GET", "/api/1/users/me", &token).await;
    assert_eq!(me.status, StatusCode::OK, "{}", me.text);
    assert_eq!(me.json()["response"]["email"], sandbox.person(0).0);
    let without = sandbox.get("/api/1/users/me").await;
    insta::assert_snapshot!(without.transcript(&["www-authenticate", "content-type"]), @"");
}
