//! More demands of the standards, by the numbers of their sections.

use http::StatusCode;
use serde_json::json;

use crate::harness::{Browser, Page, Place, Sandbox, claims, on_both};

on_both!(
    rfc7009_2_2_an_unknown_token_is_answered_with_200,
    rfc7009_2_1_the_type_hint_decides_nothing,
    rfc7662_2_2_an_inactive_token_is_described_by_nothing_else,
    rfc8252_7_3_only_the_port_of_a_loopback_literal_is_free,
    rfc8414_3_3_the_document_names_the_issuer_under_which_it_is_found,
    rfc9700_4_16_no_page_where_people_decide_is_framed,
);

async fn rfc7009_2_2_an_unknown_token_is_answered_with_200(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.third_party();
    let secret = app.secret.as_deref().expect("a secret");
    let known = sandbox.tokens(&app).await.text_of("refresh_token");
    // The third time it is known no more.
    for token in ["unknown", "NA_0", "a.b.c", &known, &known] {
        let fields = [("client_id", app.client_id.as_str()), ("client_secret", secret), ("token", token)];
        let answer = sandbox.post_form("/oauth2/v3/revoke", &fields).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""), "{token}");
    }
}

async fn rfc7009_2_1_the_type_hint_decides_nothing(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.third_party();
    let secret = app.secret.as_deref().expect("a secret");
    for (kind, hint) in
        [("refresh_token", "access_token"), ("access_token", "refresh_token"), ("refresh_token", "made_up")]
    {
        let tokens = sandbox.tokens(&app).await;
        let token = tokens.text_of(kind);
        let fields = [
            ("client_id", app.client_id.as_str()),
            ("client_secret", secret),
            ("token", &token),
            ("token_type_hint", hint),
        ];
        assert_eq!(sandbox.post_form("/oauth2/v3/revoke", &fields).await.status, StatusCode::OK);
        assert!(!sandbox.opens(&tokens.text_of("access_token")).await, "{kind} as {hint}");
    }
}

async fn rfc7662_2_2_an_inactive_token_is_described_by_nothing_else(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let (app, other) = (sandbox.third_party(), sandbox.app("Trip Diary"));
    let foreign = sandbox.tokens(&other).await;
    let secret = app.secret.as_deref().expect("a secret");
    for token in ["unknown", &foreign.text_of("access_token"), &foreign.text_of("refresh_token")] {
        let fields = [("client_id", app.client_id.as_str()), ("client_secret", secret), ("token", token)];
        let answer = sandbox.post_form("/oauth2/v3/introspect", &fields).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({"active": false})), "{token}");
    }
}

async fn rfc8252_7_3_only_the_port_of_a_loopback_literal_is_free(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let mut app = sandbox.open_source();
    assert_eq!(app.redirect_uri, "http://127.0.0.1/callback");
    for (uri, taken) in [
        ("http://127.0.0.1:49152/callback", true),
        ("http://localhost:49152/callback", false),
        ("http://127.0.0.1:49152/callback/", false),
        ("http://127.0.0.1:49152/callback?x=1", false),
        ("http://127.0.0.1.evil.test:49152/callback", false),
    ] {
        uri.clone_into(&mut app.redirect_uri);
        let page = sandbox.browser().open(&sandbox.authorize_path(&app, &[])).await;
        assert_eq!((page.is_sign_in(), page.left_for), (taken, None), "{uri}");
    }
}

async fn rfc8414_3_3_the_document_names_the_issuer_under_which_it_is_found(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let issuer = format!("{}/oauth2/v3/thirdparty", sandbox.base_url());
    // OpenID Connect puts the well-known part behind the issuer, RFC 8414 (section 3.1) between host and path.
    for path in [
        "/oauth2/v3/thirdparty/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/oauth2/v3/thirdparty",
    ] {
        for host in [None, Some("evil.test"), Some("fleet-api.prd.eu.vn.cloud.tesla.com")] {
            let url = sandbox.url(path);
            let named = |http: &reqwest::Client| {
                let request = http.get(url);
                host.into_iter().fold(request, |request, host| request.header("Host", host))
            };
            assert_eq!(sandbox.send(named).await.text_of("issuer"), issuer, "{path} {host:?}");
        }
    }
    let tokens = sandbox.tokens(&sandbox.third_party()).await;
    for token in ["access_token", "id_token"] {
        assert_eq!(claims(&tokens.text_of(token))["iss"], issuer.as_str(), "{token}");
    }
}

async fn rfc9700_4_16_no_page_where_people_decide_is_framed(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let mut browser: Browser = sandbox.browser();
    let sign_in = browser.open(&sandbox.authorize_path(&sandbox.third_party(), &[])).await;
    let consent = browser.sign_in(&sign_in, &sandbox.person(0)).await;
    let account = browser.open("/account").await;
    let pages: [&Page; 3] = [&sign_in, &consent, &account];
    for page in pages {
        assert_eq!(page.answer.header("x-frame-options"), "DENY", "{}", page.at);
        let policy = page.answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{} {policy}", page.at);
    }
}
