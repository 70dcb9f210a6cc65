//! Where the authorization endpoint sends people, and where it never does.

use fleetgate_protocol::pkce::CodeChallenge;
use http::StatusCode;

use crate::harness::{App, Place, Sandbox, VERIFIER, on_both};

on_both!(
    an_unknown_client_or_redirect_uri_never_redirects,
    a_redirect_uri_matches_character_by_character,
    an_open_source_application_is_free_in_the_port_of_a_loopback_literal_only,
    once_the_redirect_uri_is_proven_errors_go_there,
    repeated_parameters_never_redirect,
    a_locale_in_front_of_the_path_and_a_stray_ampersand_are_taken,
    the_python_clients_unencoded_request_is_understood,
    a_post_is_answered_with_303_and_a_get_with_302,
    a_form_that_comes_without_cookies_is_tried_again_with_them,
    a_body_that_is_no_form_is_refused,
    what_the_application_sent_is_escaped_on_its_way_back,
    rfc6749_4_1_2_1_a_description_is_plain_text,
    a_disabled_application_gets_a_page,
    what_is_kept_or_sent_back_has_a_longest_length,
);

/// `{path}?…` with these parameters, encoded.
fn with(path: &str, parameters: &[(&str, &str)]) -> String {
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish())
}

fn request<'a>(app: &'a App, redirect_uri: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("response_type", "code"),
        ("client_id", &app.client_id),
        ("redirect_uri", redirect_uri),
        ("scope", "openid"),
        ("state", "st4te"),
    ]
}

const PATH: &str = "/oauth2/v3/authorize";

async fn an_unknown_client_or_redirect_uri_never_redirects(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let stranger = App { client_id: "00000000-0000-4000-8000-000000000000".to_owned(), ..app.clone() };
    let unknown = "We don&#39;t recognize this client_id.";
    let unregistered = "We don&#39;t recognize this redirect_uri.";
    for (path, heading) in [
        (with(PATH, &request(&stranger, &app.redirect_uri)), unknown),
        (with(PATH, &request(&app, "https://evil.test/callback")), unregistered),
        (with(PATH, &request(&sandbox.app("Trip Diary"), &app.redirect_uri)), unregistered),
        (with(PATH, &request(&app, "")), "The parameter &#39;redirect_uri&#39; is required."),
        (with(PATH, &request(&app, &app.redirect_uri)[2..]), "The parameter &#39;client_id&#39; is required."),
        (PATH.to_owned(), "The parameter &#39;client_id&#39; is required."),
        (format!("{PATH}?client_id=%ff"), "The parameters are not UTF-8 in percent-encoding."),
    ] {
        let page = sandbox.browser().open(&path).await;
        assert_eq!((page.answer.status, &page.left_for), (StatusCode::BAD_REQUEST, &None), "{path}");
        assert_eq!(page.answer.heading(), heading, "{path}");
        assert!(page.answer.header("content-type").starts_with("text/html"), "{path}");
    }
}

async fn a_redirect_uri_matches_character_by_character(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    assert_eq!(app.redirect_uri, "http://127.0.0.1:3000/callback");
    for near in [
        "http://127.0.0.1:3000/callback/",
        "http://127.0.0.1:3000/Callback",
        "HTTP://127.0.0.1:3000/callback",
        "http://127.0.0.1:3000/callback?x=1",
        "http://127.0.0.1:3000/callback#x",
        "http://127.0.0.1:3000/callback/../callback",
        "http://127.0.0.1:3000/%63allback",
        "http://127.0.0.1:3000/callback\\@evil.test",
        "http://127.0.0.1:3000@evil.test/callback",
        "http://evil.test@127.0.0.1:3000/callback",
        "http://127.0.0.1:3001/callback",
        "http://127.0.0.1/callback",
        "https://127.0.0.1:3000/callback",
        "http://127.0.0.2:3000/callback",
        "http://[::1]:3000/callback",
        " http://127.0.0.1:3000/callback",
        "javascript:alert(1)",
        "//127.0.0.1:3000/callback",
    ] {
        let page = sandbox.browser().open(&with(PATH, &request(&app, near))).await;
        assert_eq!((page.answer.status, page.left_for), (StatusCode::BAD_REQUEST, None), "{near}");
    }
    let second = sandbox.browser().open(&with(PATH, &request(&app, "http://localhost:3000/callback"))).await;
    assert!(second.is_sign_in());
}

async fn an_open_source_application_is_free_in_the_port_of_a_loopback_literal_only(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.open_source();
    assert_eq!(app.redirect_uri, "http://127.0.0.1/callback");
    let challenge = CodeChallenge::of(VERIFIER);
    let open = async |uri: &str| {
        let mut fields = request(&app, uri);
        fields.push(("code_challenge", challenge.as_str()));
        let mut browser = sandbox.browser();
        browser.allow(&sandbox, &with(PATH, &fields)).await
    };
    for port in ["http://127.0.0.1/callback", "http://127.0.0.1:1/callback", "http://127.0.0.1:51234/callback"] {
        let page = open(port).await;
        let target = page.left_for.clone().expect("a redirect");
        assert!(target.as_str().starts_with(&format!("{port}?code=NA_")), "{target}");
        let code = page.parameter("code").expect("a code");
        // The code is bound to the URI with its port.
        let other = App { redirect_uri: "http://127.0.0.1:2/callback".to_owned(), ..app.clone() };
        assert_eq!(sandbox.exchange(&other, &code).await.error(), "invalid_redirect_url");
        let same = App { redirect_uri: port.to_owned(), ..app.clone() };
        assert_eq!(sandbox.exchange(&same, &code).await.status, StatusCode::OK);
    }
    for refused in [
        "http://localhost:3005/callback",
        "http://localhost/callback",
        "http://127.0.0.1:51234/other",
        "http://127.0.0.1:51234/callback?x=1",
        "http://127.0.0.1:51234/callback#x",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1.evil.test:80/callback",
        "http://user@127.0.0.1:51234/callback",
        "http://127.0.0.2:51234/callback",
        "http://[::1]:51234/callback",
        "http://2130706433:51234/callback",
        "https://127.0.0.1:51234/callback",
    ] {
        let page = open(refused).await;
        assert_eq!((page.answer.status, page.left_for), (StatusCode::BAD_REQUEST, None), "{refused}");
    }
}

async fn once_the_redirect_uri_is_proven_errors_go_there(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let issuer = format!("{}/oauth2/v3/thirdparty", sandbox.base_url());
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", "code id_token"), "unsupported_response_type"),
        (("response_type", ""), "invalid_request"),
        (("scope", ""), "invalid_request"),
        (("scope", "made_up"), "invalid_scope"),
        (("scope", "\"quoted\""), "invalid_scope"),
        (("prompt", "create"), "invalid_request"),
        (("response_mode", "form_post"), "invalid_request"),
        (("response_mode", "fragment"), "invalid_request"),
        (("request", "eyJhbGciOiJub25lIn0.e30."), "request_not_supported"),
        (("request_uri", "https://evil.test/"), "request_uri_not_supported"),
    ] {
        let mut fields = request(&app, &app.redirect_uri);
        fields.retain(|(name, _)| *name != change.0);
        fields.push(change);
        let page = sandbox.browser().open(&with(PATH, &fields)).await;
        assert_eq!(page.parameter("error").as_deref(), Some(error), "{change:?} {}", page.answer.text);
        assert_eq!(page.parameter("state").as_deref(), Some("st4te"), "{change:?}");
        assert_eq!(page.parameter("iss").as_deref(), Some(issuer.as_str()), "{change:?}");
        assert!(page.parameter("error_description").is_some(), "{change:?}");
    }
    // A partner application has no browser flow.
    let partner = sandbox.partner();
    let page = sandbox.browser().open(&with(PATH, &request(&partner, &partner.redirect_uri))).await;
    assert_eq!(page.parameter("error").as_deref(), Some("unauthorized_client"));
}

async fn repeated_parameters_never_redirect(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    for twice in ["client_id", "redirect_uri", "state", "scope", "unknown"] {
        let mut fields = request(&app, &app.redirect_uri);
        fields.extend([(twice, "https://evil.test/"), (twice, "https://evil.test/")]);
        let page = sandbox.browser().open(&with(PATH, &fields)).await;
        assert_eq!((page.answer.status, page.left_for), (StatusCode::BAD_REQUEST, None), "{twice}");
        assert!(page.answer.heading().ends_with("is sent twice."), "{}", page.answer.heading());
    }
}

async fn a_locale_in_front_of_the_path_and_a_stray_ampersand_are_taken(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let path = with("/en_us/oauth2/v3/authorize", &request(&app, &app.redirect_uri));
    assert!(sandbox.browser().open(&path).await.is_sign_in());
    let stray = with(PATH, &request(&app, &app.redirect_uri)).replace('?', "?&");
    assert!(sandbox.browser().open(&stray).await.is_sign_in());
    let unknown = format!("{stray}&audience=https://fleet-api.prd.na.vn.cloud.tesla.com&utm=1&&");
    assert!(sandbox.browser().open(&unknown).await.is_sign_in());
}

async fn the_python_clients_unencoded_request_is_understood(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let path = format!(
        "{PATH}?response_type=code&client_id={}&redirect_uri={}&scope=openid+offline_access+user_data&state=login&prompt=login",
        app.client_id, app.redirect_uri
    );
    let mut browser = sandbox.browser();
    let page = browser.allow(&sandbox, &path).await;
    let answer = sandbox.exchange(&app, &page.parameter("code").expect("a code")).await;
    assert_eq!(answer.text_of("scope"), "openid offline_access user_data");
}

async fn a_post_is_answered_with_303_and_a_get_with_302(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    browser.allow(&sandbox, &sandbox.authorize_path(&app, &[])).await;
    let fields = request(&app, &app.redirect_uri);
    let got = browser.open(&with(PATH, &fields)).await;
    assert_eq!((got.answer.status, got.parameter("code").is_some()), (StatusCode::FOUND, true));
    let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let posted = browser.post(PATH, &fields).await;
    assert_eq!((posted.answer.status, posted.parameter("code").is_some()), (StatusCode::SEE_OTHER, true));
    assert_eq!(posted.answer.header("cache-control"), "no-store");
}

async fn what_the_application_sent_is_escaped_on_its_way_back(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let nasty = "a&code=stolen#\"><script>é %0d%0a";
    let mut fields = request(&app, &app.redirect_uri);
    fields.retain(|(name, _)| *name != "state");
    fields.push(("state", nasty));
    let mut browser = sandbox.browser();
    let page = browser.allow(&sandbox, &with(PATH, &fields)).await;
    assert_eq!(page.parameter("state").as_deref(), Some(nasty));
    assert!(page.parameter("code").is_some_and(|code| code.starts_with("NA_")));
    assert_eq!(page.left_for.expect("a redirect").fragment(), None);
    fields.push(("login_hint", "\"><script>alert(1)</script>"));
    let page = sandbox.browser().open(&with(PATH, &fields)).await;
    assert!(page.is_sign_in() && !page.answer.text.contains("<script"), "{}", page.answer.text);
    let page = sandbox.browser().open("/oauth2/v3/authorize?client_id=%3Cscript%3E&client_id=2").await;
    assert!(!page.answer.text.contains("<script"), "{}", page.answer.text);
}

/// Browsers leave `SameSite=Lax` cookies out of a form that another site's page sends.
async fn a_form_that_comes_without_cookies_is_tried_again_with_them(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    browser.allow(&sandbox, &with(PATH, &request(&app, &app.redirect_uri))).await;
    let (cookies, set) = (browser.cookies.clone(), browser.cookies_set.len());
    let url = sandbox.url(PATH);
    let first = sandbox.send(|http| http.post(url).form(&request(&app, &app.redirect_uri))).await;
    assert_eq!((first.status, first.headers.get("set-cookie")), (StatusCode::SEE_OTHER, None));
    let page = browser.open(first.header("location")).await;
    assert!(page.parameter("code").is_some(), "the person was signed in and had consented: {page:?}");
    assert_eq!((browser.cookies, browser.cookies_set.len()), (cookies, set));
}

async fn a_body_that_is_no_form_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let body = serde_json::json!({"client_id": sandbox.third_party().client_id});
    for path in [PATH, "/oauth2/v3/logout", "/oauth2/v3/authorize/consent", "/user/revoke/consent", "/sign-in"] {
        let answer = sandbox.post_json(path, &body).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path}");
        assert!(answer.text.contains("application/x-www-form-urlencoded"), "{path}");
    }
}

async fn rfc6749_4_1_2_1_a_description_is_plain_text(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let plain = |text: &str| text.chars().all(|c| matches!(c, ' '..='~') && c != '"' && c != '\\');
    for scope in ["a\"b", "é", "a\\b"] {
        let page = sandbox.browser().open(&sandbox.authorize_path(&app, &[("scope", scope)])).await;
        let description = page.parameter("error_description").expect("a description");
        assert!(plain(&description), "{description}");
    }
    let repeated = sandbox.post_form("/oauth2/v3/token", &[("a\"é", "1"), ("a\"é", "2")]).await.json();
    assert!(plain(repeated["error_description"].as_str().expect("a text")), "{repeated}");
}

async fn a_disabled_application_gets_a_page(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    sandbox.disable(&app).await;
    let page = sandbox.browser().open(&sandbox.authorize_path(&app, &[])).await;
    assert_eq!((page.answer.status, page.left_for), (StatusCode::FORBIDDEN, None));
}

async fn what_is_kept_or_sent_back_has_a_longest_length(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    // `é` is two bytes, and it is bytes that count.
    let scope = "openid ".repeat(586)[..4096].to_owned();
    for (name, longest) in
        [("state", "s".repeat(4096)), ("nonce", "n".repeat(2046)), ("login_hint", "é".repeat(2048)), ("scope", scope)]
    {
        let changed = |text: &str| {
            let mut fields = request(&app, &app.redirect_uri);
            fields.retain(|(known, _)| *known != name);
            let mut fields: Vec<(String, String)> =
                fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            fields.push((name.to_owned(), text.to_owned()));
            fields
        };
        let page = sandbox.browser().post(PATH, &changed(&longest)).await;
        assert!(page.is_sign_in(), "{name} {}", page.answer.text);
        let page = sandbox.browser().post(PATH, &changed(&format!("{longest}x"))).await;
        assert_eq!(page.parameter("error").as_deref(), Some("invalid_request"), "{name}");
        let target = page.left_for.clone().expect("a redirect");
        assert!(target.as_str().starts_with(&app.redirect_uri) && target.as_str().len() < 1024, "{target}");
        assert_eq!(page.parameter("state").as_deref(), (name != "state").then_some("st4te"), "{name}");
    }
    // In a token, a character such as `~` takes six bytes.
    let long = "~".repeat(400);
    let page = sandbox.browser().open(&sandbox.authorize_path(&app, &[("nonce", &long)])).await;
    assert_eq!(page.parameter("error").as_deref(), Some("invalid_request"));
    let longest = "~".repeat(341);
    let code = sandbox.code(&app, &[("nonce", &longest)]).await;
    assert!(sandbox.opens(&sandbox.exchange(&app, &code).await.text_of("access_token")).await);
    // A state of this length comes back whole.
    let state = "s".repeat(4096);
    let mut fields = request(&app, &app.redirect_uri);
    fields.retain(|(known, _)| *known != "state");
    fields.push(("state", &state));
    let page = sandbox.browser().allow(&sandbox, &with(PATH, &fields)).await;
    assert_eq!(page.parameter("state"), Some(state));
}
