//! The demands of the standards and the failures of other servers, each as a test of its own. Rules that have a test
//! elsewhere in this suite stand here by the same actors, briefly.

mod consent_page;
mod faults;
mod secrets;
mod standards;

use std::time::Duration;

use fleetgate_server::config::DialectName;
use futures_util::future::join_all;
use http::StatusCode;
use serde_json::json;

use crate::harness::{Answer, App, HOUR, Place, SECOND, Sandbox, VERIFIER, claims, header, on_both};

on_both!(
    rfc6749_3_1_repeated_parameters_are_refused_everywhere,
    rfc6749_4_1_2_code_replay_revokes,
    rfc6749_4_1_3_a_code_is_bound_to_client_and_redirect_uri,
    rfc6749_5_1_token_answers_are_never_stored,
    rfc6750_2_one_place_for_the_token,
    rfc6750_3_1_a_lax_authorization_header_is_refused,
    rfc8725_no_key_and_no_algorithm_from_the_token,
    rfc9068_4_the_rfc_gate_takes_no_plain_jwt,
    rfc9207_the_issuer_comes_with_success_and_error,
    rfc9700_4_8_2_a_pkce_downgrade_is_refused,
    rfc9700_4_12_no_redirect_keeps_the_method,
    rfc9700_2_6_no_cors_where_people_decide,
    cve_2026_1035_parallel_refreshes_do_not_all_win,
    cve_2026_9802_a_restart_brings_no_rotated_token_back,
    cve_2026_43983_a_refresh_looks_at_account_and_application_again,
    cve_2026_55672_codes_and_refresh_tokens_are_bound_to_their_client,
    cve_2026_27840_a_truncated_or_extended_token_is_unknown,
    cve_2024_47000_a_disabled_account_is_out_at_once,
    cve_2026_9689_server_and_client_read_the_same_parameters,
    cve_2026_55669_the_audience_is_checked,
    cve_2025_64101_nothing_is_made_of_forwarded_headers,
    cve_2024_23647_a_code_with_a_challenge_needs_its_verifier,
    trailing_nuls_make_no_second_password,
);

async fn rfc6749_3_1_repeated_parameters_are_refused_everywhere(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for path in ["/oauth2/v3/token", "/oauth2/v3/revoke", "/oauth2/v3/introspect"] {
        let answer = sandbox.post_form(path, &[("token", "a"), ("token", "b")]).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_request".to_owned()), "{path}");
        let description = &answer.json()["error_description"];
        assert_eq!(description, "The parameter 'token' is included more than once.", "{path}");
    }
    for path in ["/oauth2/v3/authorize?x=1&x=2", "/oauth2/v3/logout?x=1&x=2", "/user/revoke/consent?x=1&x=2"] {
        let answer = sandbox.get(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.text.contains("is sent twice"), "{path}");
    }
}

async fn rfc6749_4_1_2_code_replay_revokes(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let code = sandbox.code(&app, &[]).await;
    let first = sandbox.exchange(&app, &code).await;
    // A replay counts even when the code's two minutes are over, and after a rotation.
    let second = sandbox.refresh(&app, &first.text_of("refresh_token")).await;
    sandbox.clock.advance(HOUR);
    assert_ne!(sandbox.exchange(&app, &code).await.status, StatusCode::OK);
    assert!(!sandbox.opens(&second.text_of("access_token")).await);
    assert_eq!(sandbox.refresh(&app, &second.text_of("refresh_token")).await.error(), "login_required");
}

async fn rfc6749_4_1_3_a_code_is_bound_to_client_and_redirect_uri(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let code = sandbox.code(&app, &[]).await;
    let thief = App { redirect_uri: app.redirect_uri.clone(), ..sandbox.app("Trip Diary") };
    assert_eq!(sandbox.exchange(&thief, &code).await.error(), "invalid_auth_code");
    let elsewhere = App { redirect_uri: "http://localhost:3000/callback".to_owned(), ..app.clone() };
    assert_eq!(sandbox.exchange(&elsewhere, &code).await.error(), "invalid_redirect_url");
    // Neither spent it, nor did they end anything.
    assert_eq!(sandbox.exchange(&app, &code).await.status, StatusCode::OK);
}

async fn rfc6749_5_1_token_answers_are_never_stored(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let tokens = sandbox.tokens(&app).await;
    let refused = sandbox.refresh(&app, "NA_00").await;
    let minted = sandbox.minted(&json!({"application": "Charge Planner"})).await;
    for answer in [tokens, refused, minted] {
        assert_eq!(answer.header("cache-control"), "no-store", "{}", answer.text);
    }
}

async fn rfc6750_2_one_place_for_the_token(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = sandbox.tokens(&sandbox.third_party()).await.text_of("access_token");
    let url = sandbox.url("/api/1/users/region");
    let in_query = sandbox.get(&format!("/api/1/users/region?access_token={token}")).await;
    let both = sandbox.send(|http| http.get(format!("{url}?access_token={token}")).bearer_auth(&token)).await;
    let wake_up = sandbox.url("/api/1/vehicles/5YJ3E1EB7PF900417/wake_up");
    let in_body = sandbox.send(|http| http.post(wake_up).form(&[("access_token", &token)])).await;
    let twice = sandbox
        .send(|http| {
            http.get(&url).header("Authorization", format!("Bearer {token}")).header("Authorization", "Bearer x")
        })
        .await;
    for answer in [in_query, both, in_body, twice] {
        assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_request".to_owned()));
        assert!(answer.header("www-authenticate").starts_with("Bearer error=\"invalid_request\""));
    }
}

async fn rfc6750_3_1_a_lax_authorization_header_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = sandbox.tokens(&sandbox.third_party()).await.text_of("access_token");
    let url = sandbox.url("/api/1/users/region");
    let with = async |header: String| sandbox.send(|http| http.get(&url).header("Authorization", header)).await;
    for header in [
        format!("Bearer\t{token}"),
        format!("Bearer  {token}"),
        format!("Bearer,{token}"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer {token} x"),
        format!("Bearer \"{token}\""),
        format!("Bearer{token}"),
        "Bearer".to_owned(),
        token.clone(),
        format!("Basic {token}"),
    ] {
        assert_eq!(with(header.clone()).await.status, StatusCode::UNAUTHORIZED, "{header}");
    }
    // CVE-2025-64484 (oauth2-proxy): an underscore is no hyphen.
    let smuggled = sandbox.send(|http| http.get(&url).header("Authorization_", format!("Bearer {token}"))).await;
    assert_eq!(smuggled.status, StatusCode::UNAUTHORIZED);
    // The scheme's case does not matter (RFC 9110, section 11.1).
    assert_eq!(with(format!("bEARER {token}")).await.status, StatusCode::OK);
}

async fn rfc8725_no_key_and_no_algorithm_from_the_token(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = sandbox.tokens(&sandbox.third_party()).await.text_of("access_token");
    let payload = token.split('.').nth(1).expect("three parts");
    assert!(sandbox.opens(&sandbox.signed_under(&header(&token), payload).await).await, "the server's own signature");
    for (member, value) in [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("RS512")),
        ("alg", json!("PS256")),
        ("alg", json!("ES256")),
        ("alg", json!("HS256")),
        ("jku", json!("https://evil.test/keys")),
        ("x5u", json!("https://evil.test/keys")),
        ("jwk", json!({})),
        ("x5c", json!(["AA=="])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("typ", json!("refresh+jwt")),
    ] {
        let mut head = header(&token);
        head[member] = value;
        let forged = sandbox.signed_under(&head, payload).await;
        assert!(!sandbox.opens(&forged).await, "{head}");
        let unsigned = &forged[..=forged.rfind('.').expect("three parts")];
        assert!(!sandbox.opens(unsigned).await, "{head}");
    }
}

async fn rfc9068_4_the_rfc_gate_takes_no_plain_jwt(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let tokens = sandbox.tokens(&sandbox.third_party()).await;
    let token = tokens.text_of("access_token");
    assert_eq!(header(&token)["typ"], "at+jwt");
    assert!(sandbox.opens(&token).await);
    assert!(!sandbox.opens(&sandbox.signed(&claims(&token))).await, "the same claims as `JWT`");
    assert!(!sandbox.opens(&tokens.text_of("id_token")).await);
}

async fn rfc9207_the_issuer_comes_with_success_and_error(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let granted = browser.allow(&sandbox, &sandbox.authorize_path(&app, &[])).await;
    let refused = browser.open(&sandbox.authorize_path(&app, &[("scope", "none_such")])).await;
    let metadata = sandbox.get("/oauth2/v3/thirdparty/.well-known/openid-configuration").await;
    for page in [granted, refused] {
        assert_eq!(page.parameter("iss"), Some(metadata.text_of("issuer")));
    }
}

async fn rfc9700_4_8_2_a_pkce_downgrade_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    // An attacker strips the challenge off; the honest client still sends its verifier.
    let code = sandbox.code(&app, &[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.secret.as_deref().expect("a secret")),
        ("code", &code),
        ("redirect_uri", &app.redirect_uri),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(sandbox.token(&fields).await.status, StatusCode::BAD_REQUEST);
}

async fn rfc9700_4_12_no_redirect_keeps_the_method(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let mut browser = sandbox.browser();
    let path = sandbox.authorize_path(&sandbox.third_party(), &[]);
    let page = browser.reach_consent(&path, &sandbox.person(0)).await;
    let decided = browser.consent(&page, |_| true).await;
    assert_eq!(decided.answer.status, StatusCode::SEE_OTHER, "with the password or the decision in the body");
}

async fn rfc9700_2_6_no_cors_where_people_decide(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let path = sandbox.authorize_path(&sandbox.third_party(), &[]);
    for path in [path.as_str(), "/account", "/user/revoke/consent", "/oauth2/v3/token", "/api/1/users/me"] {
        for method in [http::Method::GET, http::Method::OPTIONS] {
            let url = sandbox.url(path);
            let request = |http: &reqwest::Client| {
                let request = http.request(method.clone(), url).header("Origin", "https://evil.test");
                request.header("Access-Control-Request-Method", "POST")
            };
            let answer = sandbox.send(request).await;
            assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")), "{method} {path}");
        }
    }
}

async fn cve_2026_1035_parallel_refreshes_do_not_all_win(place: Place) {
    // Without a grace, so that only one may win.
    let change = |config: &mut fleetgate_server::config::Config| config.tokens.refresh_grace = Duration::ZERO;
    let sandbox = Sandbox::start_with(place, DialectName::FleetApi, change).await;
    let app = sandbox.third_party();
    let token = sandbox.tokens(&app).await.text_of("refresh_token");
    let all = join_all((0..16).map(|_| sandbox.refresh(&app, &token))).await;
    let won: Vec<&Answer> = all.iter().filter(|answer| answer.status == StatusCode::OK).collect();
    assert_eq!(won.len(), 1);
    // The others were replays: the family is ended.
    assert_eq!(sandbox.refresh(&app, &won[0].text_of("refresh_token")).await.error(), "login_required");
}

async fn cve_2026_9802_a_restart_brings_no_rotated_token_back(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = sandbox.tokens(&app).await.text_of("refresh_token");
    let two = sandbox.refresh(&app, &one).await.text_of("refresh_token");
    let three = sandbox.refresh(&app, &two).await.text_of("refresh_token");
    let sandbox = sandbox.restart().await;
    assert_eq!(sandbox.refresh(&app, &one).await.error(), "login_required");
    assert_eq!(sandbox.refresh(&app, &three).await.error(), "login_required");
}

async fn cve_2026_43983_a_refresh_looks_at_account_and_application_again(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (app, other) = (sandbox.third_party(), sandbox.open_source());
    let (one, two) = (sandbox.tokens(&app).await, sandbox.tokens(&other).await);
    sandbox.disable(&app).await;
    assert_ne!(sandbox.refresh(&app, &one.text_of("refresh_token")).await.status, StatusCode::OK);
    assert_eq!(sandbox.refresh(&other, &two.text_of("refresh_token")).await.status, StatusCode::OK);
    disable_robin(&sandbox).await;
    let refused = sandbox.refresh(&other, &two.text_of("refresh_token")).await;
    assert_eq!((refused.status, refused.error()), (StatusCode::UNAUTHORIZED, "login_required".to_owned()));
}

async fn disable_robin(sandbox: &Sandbox) {
    let store = &sandbox.state.store;
    let robin = store.account_by_email("robin@example.com").await.expect("read").expect("Robin");
    assert!(store.set_account_disabled(&robin.id, Some(sandbox.now()), sandbox.now()).await.expect("stored"));
    sandbox.notice().await;
}

async fn cve_2026_55672_codes_and_refresh_tokens_are_bound_to_their_client(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (app, public) = (sandbox.third_party(), sandbox.open_source());
    let code = sandbox.code(&app, &[]).await;
    let thief = App { redirect_uri: app.redirect_uri.clone(), ..public.clone() };
    assert_eq!(sandbox.exchange(&thief, &code).await.error(), "invalid_auth_code");
    let token = sandbox.tokens(&app).await.text_of("refresh_token");
    assert_eq!(sandbox.refresh(&public, &token).await.error(), "login_required");
    assert_eq!(sandbox.refresh(&app, &token).await.status, StatusCode::OK);
}

async fn cve_2026_27840_a_truncated_or_extended_token_is_unknown(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let code = sandbox.code(&app, &[]).await;
    for near in [&code[..code.len() - 1], &format!("{code}0"), &code.to_lowercase(), &format!("{code} ")] {
        assert_eq!(sandbox.exchange(&app, near).await.error(), "invalid_auth_code", "{near}");
    }
    let tokens = sandbox.exchange(&app, &code).await;
    let access = tokens.text_of("access_token");
    for near in [&access[..access.len() - 1], &format!("{access}A"), &format!("{access}="), &format!("{access}.")] {
        assert!(!sandbox.opens(near).await, "{near}");
    }
}

async fn cve_2024_47000_a_disabled_account_is_out_at_once(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let page = browser.allow(&sandbox, &sandbox.authorize_path(&app, &[])).await;
    let tokens = sandbox.exchange(&app, &page.parameter("code").expect("a code")).await;
    let unspent = browser.open(&sandbox.authorize_path(&app, &[])).await.parameter("code").expect("a code");
    disable_robin(&sandbox).await;
    assert!(!sandbox.opens(&tokens.text_of("access_token")).await);
    let userinfo = sandbox.api("GET", "/oauth2/v3/userinfo", &tokens.text_of("access_token")).await;
    assert_eq!(userinfo.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sandbox.exchange(&app, &unspent).await.error(), "invalid_auth_code");
    // The session is over, and the right password does not open a new one.
    let page = browser.open(&sandbox.authorize_path(&app, &[])).await;
    let page = browser.sign_in(&page, &sandbox.person(0)).await;
    assert_eq!(page.answer.status, StatusCode::UNAUTHORIZED);
}

async fn cve_2026_9689_server_and_client_read_the_same_parameters(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let path = sandbox.authorize_path(&sandbox.third_party(), &[("redirect_uri", "https://evil.test/")]);
    let page = sandbox.browser().open(&path).await;
    assert_eq!((page.answer.status, page.left_for), (StatusCode::BAD_REQUEST, None));
    let hidden = sandbox.authorize_path(&sandbox.third_party(), &[("redirect%5furi", "https://evil.test/")]);
    assert!(sandbox.browser().open(&hidden).await.is_sign_in(), "a name that is encoded twice is another name");
}

async fn cve_2026_55669_the_audience_is_checked(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = sandbox.tokens(&sandbox.third_party()).await.text_of("access_token");
    for (audience, opens) in [
        (json!(["https://fleet-api.prd.na.vn.cloud.tesla.com"]), true),
        (json!(["https://fleet-api.prd.na.vn.cloud.tesla.com/"]), true),
        (json!([sandbox.base_url()]), true),
        (json!(["https://fleet-api.prd.na.vn.cloud.tesla.com.evil.test"]), false),
        (json!(["https://fleet-api.prd.na.vn.cloud.tesla.co"]), false),
        (json!([""]), false),
        (json!(["/"]), false),
        (json!([]), false),
        (json!(null), false),
    ] {
        let mut claims = claims(&token);
        claims["aud"] = audience.clone();
        claims["jti"] = claims["jti"].clone();
        assert_eq!(sandbox.opens(&sandbox.signed(&claims)).await, opens, "{audience}");
    }
}

async fn cve_2025_64101_nothing_is_made_of_forwarded_headers(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    for path in [
        sandbox.authorize_path(&app, &[("scope", "none_such")]),
        sandbox.authorize_path(&app, &[]),
        "/oauth2/v3/thirdparty/.well-known/openid-configuration".to_owned(),
        "/api/1/users/me".to_owned(),
        "/nowhere".to_owned(),
    ] {
        let url = sandbox.url(&path);
        let answer = sandbox
            .send(|http| {
                let request = http.get(url).header("Host", "evil.test").header("X-Forwarded-Host", "evil.test");
                let request = request.header("X-Forwarded-Proto", "evil").header("X-Forwarded-Uri", "/status");
                request.header("Forwarded", "host=evil.test").header("X-Original-URL", "/evil.test")
            })
            .await;
        let headers = format!("{:?}", answer.headers);
        assert!(!answer.text.contains("evil") && !headers.contains("evil"), "{path} {headers} {}", answer.text);
    }
}

async fn cve_2024_23647_a_code_with_a_challenge_needs_its_verifier(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.open_source();
    let code = sandbox.code(&app, &[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", app.client_id.as_str()),
        ("code", &code),
        ("redirect_uri", &app.redirect_uri),
    ];
    for verifier in [None, Some(""), Some("x"), Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK")] {
        let with = [&fields[..], &verifier.map(|verifier| ("code_verifier", verifier)).into_iter().collect::<Vec<_>>()]
            .concat();
        assert_eq!(sandbox.token(&with).await.error(), "invalid_request", "{verifier:?}");
    }
    assert_eq!(sandbox.exchange(&app, &code).await.status, StatusCode::OK);
}

async fn trailing_nuls_make_no_second_password(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (email, password) = sandbox.person(0);
    for near in [format!("{password}\0"), format!("{password} "), format!(" {password}"), password.to_uppercase()] {
        let mut browser = sandbox.browser();
        let page = browser.open("/account").await;
        let page = browser.sign_in(&page, &(email.clone(), near.clone())).await;
        assert!(page.answer.status.is_client_error(), "{near:?} {}", page.answer.status);
        assert!(browser.open("/account").await.is_sign_in(), "{near:?}");
    }
    sandbox.clock.advance(SECOND);
}
