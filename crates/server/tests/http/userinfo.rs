//! The user-info endpoint.

use http::StatusCode;
use serde_json::json;

use crate::harness::{HOUR, Place, Sandbox, assert_transcript, claims, on_both};

const PATH: &str = "/oauth2/v3/userinfo";

on_both!(
    the_subject_comes_with_openid_and_the_profile_with_user_data,
    it_wants_a_persons_token_with_openid,
    it_refuses_what_the_gate_refuses,
);

async fn the_subject_comes_with_openid_and_the_profile_with_user_data(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let tokens = sandbox.tokens(&app).await;
    let sub = claims(&tokens.text_of("id_token"))["sub"].clone();
    let answer = sandbox.api("GET", PATH, &tokens.text_of("access_token")).await;
    let shown = answer.json();
    assert_eq!((answer.status, &shown["sub"]), (StatusCode::OK, &sub));
    assert_eq!((&shown["email"], &shown["name"]), (&json!("robin@example.com"), &json!("Robin Vale")));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(sandbox.api("POST", PATH, &tokens.text_of("access_token")).await.json(), shown);

    let order = json!({"application": "Charge Planner", "scope": "openid"});
    let alone = sandbox.minted(&order).await.text_of("access_token");
    assert_eq!(sandbox.api("GET", PATH, &alone).await.json(), json!({"sub": sub}));
    // A person of another region is answered, too: this is no regional service.
    let noor = json!({"application": "Charge Planner", "account": "noor@example.com"});
    let noors = sandbox.minted(&noor).await.text_of("access_token");
    assert_eq!(sandbox.api("GET", PATH, &noors).await.json()["email"], "noor@example.com");
}

async fn it_wants_a_persons_token_with_openid(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let without = json!({"application": "Charge Planner", "scope": "user_data"});
    let without = sandbox.minted(&without).await.text_of("access_token");
    assert_transcript!(sandbox.api("GET", PATH, &without).await, ["www-authenticate", "x-fleetgate-reason"], @r#"
    403 Forbidden
    www-authenticate: Bearer error="insufficient_scope", error_description="The access token lacks a scope", scope="openid"
    x-fleetgate-reason: The operation needs the scope `openid`, but the token has `user_data`.
    {
      "error": "Unauthorized missing scopes",
      "error_description": "",
      "response": null
    }
    "#);
    let partner = sandbox.partner_token(&sandbox.partner()).await.text_of("access_token");
    assert_transcript!(sandbox.api("GET", PATH, &partner).await, ["www-authenticate", "x-fleetgate-reason"], @r#"
    403 Forbidden
    www-authenticate: Bearer error="insufficient_scope", error_description="A token of another type is needed"
    x-fleetgate-reason: The operation needs a third-party token or open-source token, but a partner token was shown.
    {
      "error": "forbidden",
      "error_description": "",
      "response": null
    }
    "#);
}

async fn it_refuses_what_the_gate_refuses(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let tokens = sandbox.tokens(&sandbox.third_party()).await;
    assert_transcript!(sandbox.get(PATH).await, ["www-authenticate", "content-type"], @r#"
    401 Unauthorized
    www-authenticate: Bearer
    content-type: application/json
    {
      "error": "unauthorized",
      "error_description": "",
      "response": null
    }
    "#);
    let id_token = sandbox.api("GET", PATH, &tokens.text_of("id_token")).await;
    assert_transcript!(id_token, ["www-authenticate", "x-fleetgate-reason"], @r#"
    401 Unauthorized
    www-authenticate: Bearer error="invalid_token", error_description="The access token is invalid"
    x-fleetgate-reason: The token's claims are not those of an access token; an id_token does not open the API.
    {
      "error": "invalid bearer token"
    }
    "#);
    let access = tokens.text_of("access_token");
    let in_query = sandbox.get(&format!("{PATH}?access_token={access}")).await;
    assert_transcript!(in_query, ["www-authenticate", "x-fleetgate-reason"], @r#"
    400 Bad Request
    www-authenticate: Bearer error="invalid_request", error_description="The access token was not sent as it must be"
    x-fleetgate-reason: The token stands in the query, where it is never taken; send it in the `Authorization` header alone.
    {
      "error": "invalid_request",
      "error_description": "",
      "response": null
    }
    "#);
    let in_form = sandbox.post_form(PATH, &[("access_token", &access)]).await;
    assert_ne!(in_form.status, StatusCode::OK);
    sandbox.clock.advance(8 * HOUR);
    assert_transcript!(sandbox.api("GET", PATH, &access).await, ["www-authenticate", "x-fleetgate-reason"], @r#"
    401 Unauthorized
    www-authenticate: Bearer error="invalid_token", error_description="The access token expired"
    x-fleetgate-reason: The access token expired 0 seconds ago.
    {
      "error": "token expired (401)"
    }
    "#);
}
