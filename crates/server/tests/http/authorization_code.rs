//! `grant_type=authorization_code`, from the browser to the token.

use fleetgate_protocol::pkce::CodeChallenge;
use http::StatusCode;

use crate::harness::{App, MINUTE, Place, SECOND, Sandbox, VERIFIER, assert_transcript, claims, on_both};

on_both!(
    a_person_consents_and_the_application_gets_tokens_and_calls_the_api,
    a_code_that_comes_twice_ends_the_grant_and_its_tokens_at_once,
    a_code_lives_for_two_minutes,
    a_code_is_for_its_client_redirect_uri_and_verifier_and_a_wrong_one_spends_nothing,
    thirty_two_parallel_redemptions_give_one_grant,
    an_open_source_application_needs_a_challenge_and_a_verifier_but_no_secret,
    only_s256_is_taken_and_no_method_means_it,
    the_rfc_dialect_wants_the_method_named,
    a_verifier_without_a_challenge_is_a_downgrade,
    openid_and_offline_access_decide_which_tokens_come,
    the_access_token_is_made_of_the_claims_that_clients_read,
);

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
    assert_transcript!(answer, ["cache-control", "pragma", "content-type"], @r#"
    200 OK
    cache-control: no-store
    pragma: no-cache
    content-type: application/json
    {
      "access_token": "<jwt>",
      "expires_in": 28800,
      "id_token": "<jwt>",
      "refresh_token": "NA_<refresh token>",
      "scope": "openid offline_access user_data vehicle_device_data",
      "state": "st4te",
      "token_type": "Bearer"
    }
    "#);
    let token = answer.text_of("access_token");
    assert_eq!(claims(&token)["nonce"], "n-1");

    let me = sandbox.api("GET", "/api/1/users/me", &token).await;
    assert_eq!(me.status, StatusCode::OK, "{}", me.text);
    assert_eq!(me.json()["response"]["email"], sandbox.person(0).0);
    let without = sandbox.get("/api/1/users/me").await;
    assert_transcript!(without, ["www-authenticate", "content-type", "x-fleetgate-reason"], @r#"
    401 Unauthorized
    www-authenticate: Bearer
    content-type: application/json
    x-fleetgate-reason: The operation needs a third-party token or open-source token, but the request has no `Authorization: Bearer` header.
    {
      "error": "unauthorized",
      "error_description": "",
      "response": null
    }
    "#);
}

async fn a_code_that_comes_twice_ends_the_grant_and_its_tokens_at_once(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let code = sandbox.code(&app, &[]).await;
    let first = sandbox.exchange(&app, &code).await;
    let token = first.text_of("access_token");
    assert!(sandbox.opens(&token).await);

    let second = sandbox.exchange(&app, &code).await;
    assert_transcript!(second, ["cache-control"], @r#"
    400 Bad Request
    cache-control: no-store
    {
      "error": "invalid_auth_code",
      "error_description": "The code is invalid or expired."
    }
    "#);
    let refused = sandbox.api("GET", "/api/1/users/region", &token).await;
    assert_transcript!(refused, ["www-authenticate", "x-fleetgate-reason"], @r#"
    401 Unauthorized
    www-authenticate: Bearer error="invalid_token", error_description="The access token was revoked"
    x-fleetgate-reason: The token was revoked.
    {
      "error": "invalid bearer token"
    }
    "#);
    let refresh = sandbox.refresh(&app, &first.text_of("refresh_token")).await;
    assert_eq!((refresh.status, refresh.error()), (StatusCode::UNAUTHORIZED, "login_required".to_owned()));
}

async fn a_code_lives_for_two_minutes(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let in_time = sandbox.code(&app, &[]).await;
    sandbox.clock.advance(2 * MINUTE - SECOND);
    assert_eq!(sandbox.exchange(&app, &in_time).await.status, StatusCode::OK);

    let too_late = sandbox.code(&app, &[]).await;
    sandbox.clock.advance(2 * MINUTE);
    assert_transcript!(sandbox.exchange(&app, &too_late).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_auth_code",
      "error_description": "The code is invalid or expired."
    }
    "#);
}

async fn a_code_is_for_its_client_redirect_uri_and_verifier_and_a_wrong_one_spends_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let challenge = CodeChallenge::of(VERIFIER);
    let code = sandbox.code(&app, &[("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")]).await;
    let redeem = |app: App, uri: String, verifier: &'static str| {
        let code = &code;
        let sandbox = &sandbox;
        async move {
            let mut fields = vec![
                ("grant_type", "authorization_code"),
                ("client_id", app.client_id.as_str()),
                ("code", code),
                ("redirect_uri", uri.as_str()),
                ("client_secret", app.secret.as_deref().unwrap_or_default()),
            ];
            fields.push(("code_verifier", verifier));
            sandbox.token(&fields).await
        }
    };

    let other = sandbox.app("Trip Diary");
    let of_another_client = redeem(other, app.redirect_uri.clone(), VERIFIER).await;
    assert_transcript!(of_another_client, [], @r#"
    400 Bad Request
    {
      "error": "invalid_auth_code",
      "error_description": "The code is invalid or expired."
    }
    "#);
    let elsewhere = redeem(app.clone(), "http://localhost:3000/callback".to_owned(), VERIFIER).await;
    assert_transcript!(elsewhere, [], @r#"
    400 Bad Request
    {
      "error": "invalid_redirect_url",
      "error_description": "The 'redirect_uri' is not the one of the authorization request."
    }
    "#);
    let nowhere = redeem(app.clone(), String::new(), VERIFIER).await;
    assert_transcript!(nowhere, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'redirect_uri' is required."
    }
    "#);
    let wrong_verifier = "A".repeat(43).leak();
    let guessed = redeem(app.clone(), app.redirect_uri.clone(), wrong_verifier).await;
    assert_transcript!(guessed, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "Invalid code_verifier"
    }
    "#);
    let left_out = redeem(app.clone(), app.redirect_uri.clone(), "").await;
    assert_eq!((left_out.status, left_out.text), (guessed.status, guessed.text));
    let short = redeem(app.clone(), app.redirect_uri.clone(), "dBjftJeZ4CVP").await;
    assert_eq!(short.error(), "invalid_request");
    let without_secret = App { secret: None, ..app.clone() };
    let unproven = redeem(without_secret, app.redirect_uri.clone(), VERIFIER).await;
    assert_transcript!(unproven, [], @r#"
    400 Bad Request
    {
      "error": "unauthorized_client",
      "error_description": "We don't recognize this client_id and client_secret combination"
    }
    "#);

    let right = redeem(app.clone(), app.redirect_uri.clone(), VERIFIER).await;
    assert_eq!(right.status, StatusCode::OK, "{}", right.text);
}

async fn thirty_two_parallel_redemptions_give_one_grant(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let code = sandbox.code(&app, &[]).await;
    let all = futures_util::future::join_all((0..32).map(|_| sandbox.exchange(&app, &code))).await;
    let won: Vec<_> = all.iter().filter(|answer| answer.status == StatusCode::OK).collect();
    assert_eq!(won.len(), 1);
    for lost in all.iter().filter(|answer| answer.status != StatusCode::OK) {
        assert_eq!((lost.status, lost.error()), (StatusCode::BAD_REQUEST, "invalid_auth_code".to_owned()));
    }
    // Somebody else has the code, too: the one grant is ended.
    assert!(!sandbox.opens(&won[0].text_of("access_token")).await);
}

async fn an_open_source_application_needs_a_challenge_and_a_verifier_but_no_secret(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.open_source();
    let path = sandbox.authorize_path(&App { secret: Some(String::new()), ..app.clone() }, &[]);
    let refused = sandbox.browser().open(&path).await;
    assert_eq!(refused.parameter("error").as_deref(), Some("invalid_request"));
    assert_eq!(refused.parameter("code"), None);

    let code = sandbox.code(&app, &[]).await;
    let without = sandbox
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", &app.client_id),
            ("code", &code),
            ("redirect_uri", &app.redirect_uri),
        ])
        .await;
    assert_transcript!(without, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "Invalid code_verifier"
    }
    "#);
    let answer = sandbox.exchange(&app, &code).await;
    assert_transcript!(answer, [], @r#"
    200 OK
    {
      "access_token": "<jwt>",
      "expires_in": 28800,
      "id_token": "<jwt>",
      "refresh_token": "NA_<refresh token>",
      "scope": "openid offline_access user_data vehicle_device_data",
      "state": "st4te",
      "token_type": "Bearer"
    }
    "#);
    let claims = claims(&answer.text_of("access_token"));
    assert_eq!((&claims["open_source"], &claims["azp"]), (&true.into(), &app.client_id.into()));
    assert!(sandbox.opens(&answer.text_of("access_token")).await);
}

async fn only_s256_is_taken_and_no_method_means_it(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let challenge = CodeChallenge::of(VERIFIER);
    let mut browser = sandbox.browser();
    for fields in [
        &[("code_challenge", VERIFIER), ("code_challenge_method", "plain")][..],
        &[("code_challenge", challenge.as_str()), ("code_challenge_method", "s256")][..],
        &[("code_challenge", "short"), ("code_challenge_method", "S256")][..],
        &[("code_challenge_method", "S256")][..],
    ] {
        let page = browser.open(&sandbox.authorize_path(&app, fields)).await;
        assert_eq!(page.parameter("error").as_deref(), Some("invalid_request"), "{fields:?}");
        assert_eq!(page.parameter("state").as_deref(), Some("st4te"), "{fields:?}");
    }
    let code = sandbox.code(&app, &[("code_challenge", challenge.as_str())]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.secret.as_deref().expect("a secret")),
        ("code", &code),
        ("redirect_uri", &app.redirect_uri),
    ];
    assert_eq!(sandbox.token(&fields).await.error(), "invalid_request");
    let with_verifier = [&fields[..], &[("code_verifier", VERIFIER)]].concat();
    assert_eq!(sandbox.token(&with_verifier).await.status, StatusCode::OK);
}

async fn the_rfc_dialect_wants_the_method_named(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.third_party();
    let challenge = CodeChallenge::of(VERIFIER);
    let path = sandbox.authorize_path(&app, &[("code_challenge", challenge.as_str())]);
    let page = sandbox.browser().open(&path).await;
    assert_eq!(page.parameter("error").as_deref(), Some("invalid_request"));
}

async fn a_verifier_without_a_challenge_is_a_downgrade(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let code = sandbox.code(&app, &[]).await;
    let answer = sandbox
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", &app.client_id),
            ("client_secret", app.secret.as_deref().expect("a secret")),
            ("code", &code),
            ("redirect_uri", &app.redirect_uri),
            ("code_verifier", VERIFIER),
        ])
        .await;
    assert_transcript!(answer, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "Invalid code_verifier"
    }
    "#);
}

async fn openid_and_offline_access_decide_which_tokens_come(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    for (scope, id_token, refresh_token) in [
        ("user_data", false, false),
        ("openid user_data", true, false),
        ("offline_access user_data", false, true),
        ("openid offline_access", true, true),
    ] {
        let code = sandbox.code(&app, &[("scope", scope), ("prompt", "consent")]).await;
        let answer = sandbox.exchange(&app, &code).await.json();
        assert_eq!(answer.get("id_token").is_some(), id_token, "{scope}");
        assert_eq!(answer.get("refresh_token").is_some(), refresh_token, "{scope}");
        assert_eq!(answer["scope"], scope);
    }
}

async fn the_access_token_is_made_of_the_claims_that_clients_read(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    // What the Go SDK's decoder cannot read must not stand in the payload (`?` and `>` make `_` and `-`).
    let code = sandbox.code(&app, &[("nonce", "???>>>~~~ü"), ("locale", "en-GB")]).await;
    let answer = sandbox.exchange(&app, &code).await;
    let token = answer.text_of("access_token");
    let payload = token.split('.').nth(1).expect("a payload");
    assert!(!payload.contains(['-', '_', '=']), "{payload}");
    let claims = claims(&token);
    let issuer = format!("{}/oauth2/v3/thirdparty", sandbox.base_url());
    assert_eq!(claims["iss"], issuer);
    assert_eq!(claims["azp"], app.client_id);
    assert_eq!(claims["nonce"], "???>>>~~~ü");
    assert_eq!(claims["scp"], serde_json::json!(["openid", "offline_access", "user_data", "vehicle_device_data"]));
    assert_eq!(claims["ou_code"], "NA");
    assert_eq!(claims["locale"], "en-GB");
    assert_eq!(claims["account_type"], "person");
    assert_eq!(claims["open_source"], false);
    assert_eq!(claims["amr"], serde_json::json!(["pwd"]));
    assert_eq!(claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat"), 28_800);
    assert_eq!(claims["sub"], claims["account_id"]);
    let aud: Vec<&str> = claims["aud"].as_array().expect("a list").iter().filter_map(|aud| aud.as_str()).collect();
    for wanted in [
        "https://fleet-api.prd.na.vn.cloud.tesla.com",
        "https://fleet-api.prd.eu.vn.cloud.tesla.com",
        sandbox.base_url(),
        &format!("{}/oauth2/v3/userinfo", sandbox.base_url()),
    ] {
        assert!(aud.contains(&wanted), "{wanted} in {aud:?}");
    }
    let id_token = crate::harness::claims(&answer.text_of("id_token"));
    assert_eq!((&id_token["aud"], &id_token["iss"]), (&app.client_id.into(), &issuer.into()));
    assert_eq!(id_token["sub"], claims["sub"]);
    assert!(id_token.get("email").is_none(), "{id_token}");
}
