//! RP-initiated logout.

use http::StatusCode;

use crate::harness::{App, Browser, DAY, Place, Sandbox, on_both};

on_both!(
    a_hint_of_the_signed_in_person_signs_out_at_once,
    without_a_hint_the_person_is_asked,
    a_hint_of_another_person_asks_too,
    a_form_of_another_site_signs_nobody_out,
    only_a_registered_uri_is_redirected_to,
    a_hint_that_is_no_id_token_of_ours_is_refused,
    applications_keep_their_access,
);

async fn signed_in(sandbox: &Sandbox, app: &App) -> (Browser, String) {
    let mut browser = sandbox.browser();
    let page = browser.allow(sandbox, &sandbox.authorize_path(app, &[])).await;
    let answer = sandbox.exchange(app, &page.parameter("code").expect("a code")).await;
    (browser, answer.text_of("id_token"))
}

fn path(parameters: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("/oauth2/v3/logout?{query}")
}

const HOME: &str = "http://127.0.0.1:3000/";

async fn a_hint_of_the_signed_in_person_signs_out_at_once(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (mut browser, hint) = signed_in(&sandbox, &sandbox.third_party()).await;
    // OpenID Connect RP-Initiated Logout, section 2: an id_token whose time is over is still a hint.
    sandbox.clock.advance(DAY / 3);
    let to = path(&[("id_token_hint", &hint), ("post_logout_redirect_uri", HOME), ("state", "s&1")]);
    let page = browser.open(&to).await;
    assert_eq!(page.left_for.expect("a redirect").as_str(), "http://127.0.0.1:3000/?state=s%261");
    assert!(browser.open("/account").await.is_sign_in());
}

async fn without_a_hint_the_person_is_asked(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (mut browser, _) = signed_in(&sandbox, &app).await;
    let to = path(&[("client_id", &app.client_id), ("post_logout_redirect_uri", HOME)]);
    let asked = browser.open(&to).await;
    assert_eq!(asked.answer.heading(), "Sign out?");
    assert!(!browser.open("/account").await.is_sign_in(), "a link alone signs nobody out");
    let done = browser.submit(&asked, &[]).await;
    assert_eq!(done.left_for.expect("a redirect").as_str(), HOME);
    assert!(browser.open("/account").await.is_sign_in());
}

async fn a_hint_of_another_person_asks_too(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (mut robin, _) = signed_in(&sandbox, &app).await;
    let sams =
        sandbox.minted(&serde_json::json!({"application": "Charge Planner", "account": "sam@example.com"})).await;
    let asked = robin.open(&path(&[("id_token_hint", &sams.text_of("id_token"))])).await;
    assert_eq!(asked.answer.heading(), "Sign out?");
    assert!(!robin.open("/account").await.is_sign_in());
}

/// Browsers leave `SameSite=Lax` cookies out of such a form; what is answered to it must not take them away.
async fn a_form_of_another_site_signs_nobody_out(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (mut browser, hint) = signed_in(&sandbox, &app).await;
    let post = async |fields: &[(&str, &str)]| {
        let url = sandbox.url("/oauth2/v3/logout");
        sandbox.send(|http| http.post(url).header("Sec-Fetch-Site", "cross-site").form(fields)).await
    };
    let foreign = post(&[("client_id", &app.client_id)]).await;
    assert_eq!((foreign.status, foreign.headers.get("set-cookie")), (StatusCode::SEE_OTHER, None));
    assert_eq!(browser.open(foreign.header("location")).await.answer.heading(), "Sign out?");
    assert!(!browser.open("/account").await.is_sign_in());
    // An application's own form, with a hint, works all the same.
    let own = post(&[("id_token_hint", &hint)]).await;
    assert_eq!(browser.open(own.header("location")).await.answer.heading(), "You are signed out");
    assert!(browser.open("/account").await.is_sign_in());
}

async fn only_a_registered_uri_is_redirected_to(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (mut browser, hint) = signed_in(&sandbox, &app).await;
    let other = sandbox.app("Trip Diary").client_id;
    for parameters in [
        vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", "https://evil.test/")],
        vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", "http://127.0.0.1:3000/x")],
        vec![("post_logout_redirect_uri", HOME)],
        vec![("client_id", other.as_str()), ("post_logout_redirect_uri", HOME)],
        vec![("id_token_hint", hint.as_str()), ("client_id", other.as_str())],
    ] {
        let page = browser.open(&path(&parameters)).await;
        assert_eq!((page.answer.status, page.left_for), (StatusCode::BAD_REQUEST, None), "{parameters:?}");
        assert!(!browser.open("/account").await.is_sign_in(), "{parameters:?}");
    }
    let page = browser.open(&path(&[("id_token_hint", &hint)])).await;
    assert_eq!(page.answer.heading(), "You are signed out");
}

async fn a_hint_that_is_no_id_token_of_ours_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (mut browser, hint) = signed_in(&sandbox, &app).await;
    let access_token = sandbox.tokens(&app).await.text_of("access_token");
    let mut forged = hint.clone();
    forged.truncate(hint.rfind('.').expect("three parts") + 1);
    for bad in ["x", forged.as_str(), access_token.as_str(), "eyJhbGciOiJub25lIn0.e30."] {
        let page = browser.open(&path(&[("id_token_hint", bad)])).await;
        assert_eq!(page.answer.status, StatusCode::BAD_REQUEST, "{bad}");
        assert!(!browser.open("/account").await.is_sign_in(), "{bad}");
    }
}

async fn applications_keep_their_access(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let tokens = sandbox.tokens(&app).await;
    let (mut browser, hint) = signed_in(&sandbox, &app).await;
    browser.open(&path(&[("id_token_hint", &hint)])).await;
    assert!(sandbox.opens(&tokens.text_of("access_token")).await);
    assert_eq!(sandbox.refresh(&app, &tokens.text_of("refresh_token")).await.status, StatusCode::OK);
}
