//! Consent: asked once, remembered, widened, narrowed, taken back.

use http::StatusCode;

use crate::harness::{App, Browser, HOUR, Page, Place, SECOND, Sandbox, assert_transcript, claims, on_both};

on_both!(
    a_consent_is_remembered_and_given_again_silently,
    what_is_unticked_is_not_granted,
    missing_scopes_are_asked_for_only_when_the_application_wants_it,
    required_scopes_are_all_or_nothing,
    the_page_says_when_a_key_is_to_be_paired,
    prompt_login_wants_the_password_again,
    prompt_consent_asks_again,
    prompt_none_asks_nothing,
    an_old_sign_in_does_not_meet_max_age,
    refusing_goes_back_with_access_denied,
    scopes_that_the_application_lacks_are_not_offered,
    narrowing_acts_on_the_next_access_token,
    taking_the_consent_back_acts_at_once_and_everywhere,
    taking_one_back_leaves_the_others,
    another_browser_cannot_finish_a_request,
    a_form_without_its_token_or_with_anothers_is_refused,
    a_finished_request_cannot_be_finished_again,
);

const WIDE: (&str, &str) = ("scope", "openid offline_access user_data vehicle_device_data vehicle_cmds");
const NARROW: (&str, &str) = ("scope", "openid offline_access user_data");

/// The scopes of the token that a redirect's code is good for.
async fn granted(sandbox: &Sandbox, app: &App, page: &Page) -> Vec<String> {
    let code = page.parameter("code").unwrap_or_else(|| panic!("no code: {:?} {}", page.left_for, page.answer.text));
    let answer = sandbox.exchange(app, &code).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    scopes(&answer.text_of("access_token"))
}

fn scopes(token: &str) -> Vec<String> {
    let claims = claims(token);
    let mut scopes: Vec<String> = serde_json::from_value(claims["scp"].clone()).expect("a list of scopes");
    scopes.sort();
    scopes
}

fn sorted(text: &str) -> Vec<&str> {
    let mut scopes: Vec<&str> = text.split(' ').collect();
    scopes.sort_unstable();
    scopes
}

/// The account's page for one application.
async fn manage(browser: &mut Browser, app: &App) -> Page {
    browser.open(&format!("/user/revoke/consent?revoke_client_id={}", app.client_id)).await
}

async fn a_consent_is_remembered_and_given_again_silently(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let first = browser.allow(&sandbox, &sandbox.authorize_path(&app, &[NARROW])).await;
    assert_eq!(granted(&sandbox, &app, &first).await, sorted(NARROW.1));
    // Signed in, consented: the next request is a redirect at once, and what is new in it is ignored.
    let second = browser.open(&sandbox.authorize_path(&app, &[WIDE])).await;
    assert_eq!(granted(&sandbox, &app, &second).await, sorted(NARROW.1));
    // In another browser the password is needed, the consent is not.
    let mut other = sandbox.browser();
    let page = other.reach_consent(&sandbox.authorize_path(&app, &[WIDE]), &sandbox.person(0)).await;
    assert_eq!(granted(&sandbox, &app, &page).await, sorted(NARROW.1));
    // Another person has not consented to anything.
    let mut sam = sandbox.browser();
    assert!(sam.reach_consent(&sandbox.authorize_path(&app, &[NARROW]), &sandbox.person(1)).await.is_consent());
}

async fn what_is_unticked_is_not_granted(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let page = browser.reach_consent(&sandbox.authorize_path(&app, &[WIDE]), &sandbox.person(0)).await;
    assert_eq!(page.offered(), sorted(WIDE.1));
    let page = browser.consent(&page, |scope| scope != "vehicle_cmds" && scope != "user_data").await;
    assert_eq!(granted(&sandbox, &app, &page).await, sorted("openid offline_access vehicle_device_data"));
    // A forged form cannot add what was not asked for.
    let path = sandbox.authorize_path(&app, &[NARROW, ("prompt", "consent")]);
    let page = browser.open(&path).await;
    let forged = [("scope", "user_data"), ("scope", "energy_cmds"), ("decision", "allow")];
    let page = browser.submit(&page, &forged).await;
    assert_eq!(granted(&sandbox, &app, &page).await, sorted("user_data"));
}

async fn missing_scopes_are_asked_for_only_when_the_application_wants_it(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    browser.allow(&sandbox, &sandbox.authorize_path(&app, &[NARROW])).await;
    let silent = browser.open(&sandbox.authorize_path(&app, &[WIDE, ("prompt_missing_scopes", "false")])).await;
    assert_eq!(granted(&sandbox, &app, &silent).await, sorted(NARROW.1));
    let page = browser.open(&sandbox.authorize_path(&app, &[WIDE, ("prompt_missing_scopes", "true")])).await;
    assert!(page.answer.text.contains("Allowed before"), "{}", page.answer.text);
    let page = browser.consent(&page, |_| true).await;
    assert_eq!(granted(&sandbox, &app, &page).await, sorted(WIDE.1));
    // Nothing is missing now.
    let silent = browser.open(&sandbox.authorize_path(&app, &[WIDE, ("prompt_missing_scopes", "true")])).await;
    assert_eq!(granted(&sandbox, &app, &silent).await, sorted(WIDE.1));
}

async fn required_scopes_are_all_or_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    browser.allow(&sandbox, &sandbox.authorize_path(&app, &[NARROW])).await;
    let path = sandbox.authorize_path(&app, &[WIDE, ("require_requested_scopes", "true")]);
    let page = browser.open(&path).await;
    assert!(page.is_consent() && page.scopes().is_empty(), "nothing can be unticked: {:?}", page.scopes());
    // A form that leaves one out nevertheless is a refusal.
    let page = browser
        .post(page.first_form().as_deref().expect("a form"), &{
            let mut fields = page.hidden();
            fields.retain(|(name, value)| name != "scope" || value != "vehicle_cmds");
            fields.push(("decision".to_owned(), "allow".to_owned()));
            fields
        })
        .await;
    assert_eq!(page.parameter("error").as_deref(), Some("access_denied"));
    let page = browser.open(&path).await;
    let page = browser.consent(&page, |_| true).await;
    assert_eq!(granted(&sandbox, &app, &page).await, sorted(WIDE.1));
}

async fn the_page_says_when_a_key_is_to_be_paired(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let sentence = "may ask you to add its key to your vehicle";
    let without = browser.reach_consent(&sandbox.authorize_path(&app, &[WIDE]), &sandbox.person(0)).await;
    assert!(!without.answer.text.contains(sentence));
    let with = browser.open(&sandbox.authorize_path(&app, &[WIDE, ("show_keypair_step", "true")])).await;
    assert!(with.answer.text.contains(sentence), "{}", with.answer.text);
}

async fn prompt_login_wants_the_password_again(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    browser.allow(&sandbox, &sandbox.authorize_path(&app, &[NARROW])).await;
    sandbox.clock.advance(HOUR);
    let page = browser.open(&sandbox.authorize_path(&app, &[NARROW, ("prompt", "login")])).await;
    assert!(page.is_sign_in());
    // The old session cannot skip it.
    let page = browser.open(&page.resume_path()).await;
    assert!(page.is_sign_in());
    let page = browser.sign_in(&page, &sandbox.person(0)).await;
    let answer = sandbox.exchange(&app, &page.parameter("code").expect("a code")).await;
    assert_eq!(claims(&answer.text_of("id_token"))["auth_time"], sandbox.now() / SECOND);
}

async fn prompt_consent_asks_again(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    browser.allow(&sandbox, &sandbox.authorize_path(&app, &[WIDE])).await;
    let page = browser.open(&sandbox.authorize_path(&app, &[WIDE, ("prompt", "consent")])).await;
    let page = browser.consent(&page, |scope| scope != "vehicle_cmds").await;
    assert!(!granted(&sandbox, &app, &page).await.contains(&"vehicle_cmds".to_owned()));
    // What was unticked is out of the remembered consent, too.
    let page = browser.open(&sandbox.authorize_path(&app, &[WIDE])).await;
    assert!(!granted(&sandbox, &app, &page).await.contains(&"vehicle_cmds".to_owned()));
}

async fn prompt_none_asks_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let silent = sandbox.authorize_path(&app, &[NARROW, ("prompt", "none")]);
    assert_eq!(browser.open(&silent).await.parameter("error").as_deref(), Some("login_required"));
    browser.reach_consent(&sandbox.authorize_path(&app, &[NARROW]), &sandbox.person(0)).await;
    let page = browser.open(&silent).await;
    assert_eq!(page.parameter("error").as_deref(), Some("consent_required"));
    assert_eq!(page.parameter("state").as_deref(), Some("st4te"));
    browser.allow(&sandbox, &sandbox.authorize_path(&app, &[NARROW])).await;
    assert!(browser.open(&silent).await.parameter("code").is_some());
    let both = sandbox.authorize_path(&app, &[NARROW, ("prompt", "none login")]);
    assert_eq!(browser.open(&both).await.parameter("error").as_deref(), Some("invalid_request"));
}

async fn an_old_sign_in_does_not_meet_max_age(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let path = sandbox.authorize_path(&app, &[NARROW, ("max_age", "600")]);
    browser.allow(&sandbox, &path).await;
    sandbox.clock.advance(600 * SECOND);
    assert!(browser.open(&path).await.parameter("code").is_some());
    sandbox.clock.advance(SECOND);
    let page = browser.open(&path).await;
    assert!(page.is_sign_in());
    let page = browser.sign_in(&page, &sandbox.person(0)).await;
    assert!(page.parameter("code").is_some());
    for nonsense in ["-1", "soon", "99999999999999999999"] {
        let page = browser.open(&sandbox.authorize_path(&app, &[NARROW, ("max_age", nonsense)])).await;
        assert_eq!(page.parameter("error").as_deref(), Some("invalid_request"), "{nonsense}");
    }
}

async fn refusing_goes_back_with_access_denied(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let path = sandbox.authorize_path(&app, &[NARROW]);
    let sign_in = browser.open(&path).await;
    let cancelled = browser.submit(&sign_in, &[("decision", "deny")]).await;
    let page = browser.reach_consent(&path, &sandbox.person(0)).await;
    let refused = browser.refuse(&page).await;
    let nothing_ticked = browser.open(&path).await;
    let nothing_ticked = browser.consent(&nothing_ticked, |_| false).await;
    let issuer = format!("{}/oauth2/v3/thirdparty", sandbox.base_url());
    for page in [cancelled, refused, nothing_ticked] {
        let target = page.left_for.clone().expect("a redirect");
        assert!(target.as_str().starts_with("http://127.0.0.1:3000/callback?"), "{target}");
        assert_eq!(page.parameter("error").as_deref(), Some("access_denied"));
        assert_eq!(page.parameter("state").as_deref(), Some("st4te"));
        assert_eq!(page.parameter("iss").as_deref(), Some(issuer.as_str()));
        assert_eq!(page.parameter("code"), None);
        assert_eq!(page.answer.status, StatusCode::SEE_OTHER);
    }
    assert!(browser.open(&path).await.is_consent(), "a refusal is not remembered");
}

async fn scopes_that_the_application_lacks_are_not_offered(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.app("Trip Diary");
    let mut browser = sandbox.browser();
    let wanted = ("scope", "user_data vehicle_cmds energy_cmds vehicle_specs enterprise_management email made_up");
    let page = browser.reach_consent(&sandbox.authorize_path(&app, &[wanted]), &sandbox.person(0)).await;
    assert_eq!(page.offered(), ["user_data"]);
    let page = browser.consent(&page, |_| true).await;
    assert_eq!(granted(&sandbox, &app, &page).await, ["user_data"]);
    let none = browser.open(&sandbox.authorize_path(&app, &[("scope", "vehicle_cmds vehicle_specs")])).await;
    assert_eq!(none.parameter("error").as_deref(), Some("invalid_scope"));
}

async fn narrowing_acts_on_the_next_access_token(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let page = browser.allow(&sandbox, &sandbox.authorize_path(&app, &[WIDE])).await;
    let tokens = sandbox.exchange(&app, &page.parameter("code").expect("a code")).await;
    let page = manage(&mut browser, &app).await;
    let kept =
        [("scope", "openid"), ("scope", "offline_access"), ("scope", "vehicle_device_data"), ("decision", "save")];
    let saved = browser.submit(&page, &kept).await;
    assert!(saved.answer.text.contains("next access token"), "{}", saved.answer.text);

    let before = tokens.text_of("access_token");
    assert_eq!(sandbox.api("GET", "/api/1/users/me", &before).await.status, StatusCode::OK);
    let refreshed = sandbox.refresh(&app, &tokens.text_of("refresh_token")).await;
    let after = refreshed.text_of("access_token");
    assert_eq!(scopes(&after), sorted("openid offline_access vehicle_device_data"));
    let me = sandbox.api("GET", "/api/1/users/me", &after).await;
    assert_transcript!(me, ["www-authenticate", "x-fleetgate-reason"], @r#"
    403 Forbidden
    www-authenticate: Bearer error="insufficient_scope", error_description="The access token lacks a scope", scope="user_data"
    x-fleetgate-reason: The operation needs the scope `user_data`, but the token has `openid offline_access vehicle_device_data`.
    {
      "error": "Unauthorized missing scopes",
      "error_description": "",
      "response": null
    }
    "#);
}

async fn taking_the_consent_back_acts_at_once_and_everywhere(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (phone, tablet) = (sandbox.tokens(&app).await, sandbox.tokens(&app).await);
    let unspent = sandbox.code(&app, &[]).await;
    let mut browser = sandbox.browser();
    let page = browser.open(&format!("/user/revoke/consent?revoke_client_id={}", app.client_id)).await;
    let page = browser.sign_in(&page, &sandbox.person(0)).await;
    let done = browser.submit(&page, &[("decision", "revoke")]).await;
    assert!(done.answer.text.contains("Access removed"), "{}", done.answer.text);

    let called = sandbox.api("GET", "/api/1/users/me", &phone.text_of("access_token")).await;
    assert_transcript!(called, ["www-authenticate", "x-fleetgate-reason"], @r#"
    401 Unauthorized
    www-authenticate: Bearer error="invalid_token", error_description="The access token was revoked"
    x-fleetgate-reason: The person revoked the consent under which the token was issued.
    {
      "error": "User revoked consent",
      "error_description": "",
      "response": null
    }
    "#);
    let userinfo = sandbox.api("GET", "/oauth2/v3/userinfo", &tablet.text_of("access_token")).await;
    assert_eq!(userinfo.status, StatusCode::UNAUTHORIZED, "{}", userinfo.text);
    for tokens in [&phone, &tablet] {
        let refused = sandbox.refresh(&app, &tokens.text_of("refresh_token")).await;
        assert_transcript!(refused, ["cache-control"], @r#"
        401 Unauthorized
        cache-control: no-store
        {
          "error": "login_required",
          "error_description": "User revoked the consent."
        }
        "#);
    }
    assert_transcript!(sandbox.exchange(&app, &unspent).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_auth_code",
      "error_description": "The code is invalid or expired."
    }
    "#);
    // The next request asks again.
    assert!(browser.open(&sandbox.authorize_path(&app, &[NARROW])).await.is_consent());
}

async fn taking_one_back_leaves_the_others(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (app, other) = (sandbox.third_party(), sandbox.open_source());
    let of_other = sandbox.tokens(&other).await;
    let sams =
        sandbox.minted(&serde_json::json!({"application": "Charge Planner", "account": "sam@example.com"})).await;
    sandbox.tokens(&app).await;
    let mut browser = sandbox.browser();
    browser.allow(&sandbox, &sandbox.authorize_path(&app, &[])).await;
    let page = manage(&mut browser, &app).await;
    browser.submit(&page, &[("decision", "revoke")]).await;
    assert!(sandbox.opens(&of_other.text_of("access_token")).await);
    assert!(sandbox.opens(&sams.text_of("access_token")).await);
    assert_eq!(sandbox.refresh(&other, &of_other.text_of("refresh_token")).await.status, StatusCode::OK);
    assert_eq!(sandbox.refresh(&app, &sams.text_of("refresh_token")).await.status, StatusCode::OK);
}

async fn another_browser_cannot_finish_a_request(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let (mut mallory, mut robin) = (sandbox.browser(), sandbox.browser());
    robin.allow(&sandbox, &sandbox.authorize_path(&sandbox.open_source(), &[])).await;
    // Mallory begins a request and sends Robin, who is signed in, the link to its next page.
    let page = mallory.open(&sandbox.authorize_path(&app, &[NARROW])).await;
    let lured = robin.open(&page.resume_path()).await;
    assert_eq!((lured.answer.status, lured.left_for), (StatusCode::FORBIDDEN, None));
    assert_eq!(lured.answer.heading(), "This sign-in was begun in another browser.");
    // The same with the form itself, under Robin's own token.
    let own = robin.open(&sandbox.authorize_path(&app, &[NARROW])).await;
    let mut fields = own.hidden();
    fields.retain(|(name, _)| name == "csrf");
    let (_, request) = page.hidden().into_iter().find(|(name, _)| name == "request").expect("a request");
    fields.extend([("request".to_owned(), request), ("scope".to_owned(), "user_data".to_owned())]);
    fields.push(("decision".to_owned(), "allow".to_owned()));
    let forged = robin.post("/oauth2/v3/authorize/consent", &fields).await;
    assert_eq!((forged.answer.status, forged.left_for), (StatusCode::FORBIDDEN, None));
}

async fn a_form_without_its_token_or_with_anothers_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut robin = sandbox.browser();
    let page = robin.reach_consent(&sandbox.authorize_path(&app, &[NARROW]), &sandbox.person(0)).await;
    let strangers = sandbox.browser().open(&sandbox.authorize_path(&app, &[NARROW])).await.hidden();
    let (_, strangers) = strangers.into_iter().find(|(name, _)| name == "csrf").expect("a token");
    let action = page.first_form().expect("a form");
    for csrf in [None, Some(String::new()), Some("0".repeat(64)), Some(strangers)] {
        let mut fields = page.hidden();
        fields.retain(|(name, _)| name != "csrf");
        fields.extend(csrf.map(|csrf| ("csrf".to_owned(), csrf)));
        fields.extend([("scope".to_owned(), "user_data".to_owned()), ("decision".to_owned(), "allow".to_owned())]);
        let refused = robin.post(&action, &fields).await;
        assert_eq!((refused.answer.status, refused.left_for), (StatusCode::FORBIDDEN, None));
    }
    let stale = [("csrf".to_owned(), "0".repeat(64))];
    let page_before = robin.post(&action, &stale).await;
    assert_eq!(page_before.answer.heading(), "This form did not come from a page that this browser was shown last.");
    let without_cookies = sandbox.browser().post(&action, &stale).await;
    assert_eq!(without_cookies.answer.heading(), "This form came without the cookie of this server.");
    // Repeated parameters, control characters and broken encoding have their error here too.
    for more in
        ["decision=deny&decision=allow", "decision=allow&x=%00", "decision=allow&x=%ff", "decision=allow&scope=%0a"]
    {
        let hidden = form_urlencoded::Serializer::new(String::new()).extend_pairs(page.hidden()).finish();
        let cookies: Vec<String> = robin.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (url, body) = (sandbox.url(&action), format!("{hidden}&scope=user_data&{more}"));
        let answer = sandbox.send(|http| {
            let form = http.post(url).header("Content-Type", "application/x-www-form-urlencoded");
            form.header("Cookie", cookies.join("; ")).body(body)
        });
        assert_eq!(answer.await.status, StatusCode::BAD_REQUEST, "{more}");
    }
    assert!(robin.consent(&page, |_| true).await.parameter("code").is_some());
    let revoke = [("revoke_client_id".to_owned(), app.client_id), ("decision".to_owned(), "revoke".to_owned())];
    assert_eq!(robin.post("/user/revoke/consent", &revoke).await.answer.status, StatusCode::FORBIDDEN);
    assert_eq!(robin.post("/sign-out", &[]).await.answer.status, StatusCode::FORBIDDEN);
}

async fn a_finished_request_cannot_be_finished_again(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut robin = sandbox.browser();
    let page = robin.reach_consent(&sandbox.authorize_path(&app, &[NARROW]), &sandbox.person(0)).await;
    assert!(robin.consent(&page, |_| true).await.parameter("code").is_some());
    let again = robin.consent(&page, |_| true).await;
    assert_eq!((again.answer.status, again.left_for), (StatusCode::BAD_REQUEST, None));
    let resumed = robin.open(&page.resume_path()).await;
    assert_eq!(resumed.answer.heading(), "This sign-in has ended, or was finished before.");
    // Half an hour is the time to decide.
    let page = robin.open(&sandbox.authorize_path(&app, &[NARROW, ("prompt", "consent")])).await;
    sandbox.clock.advance(HOUR / 2);
    assert_eq!(robin.consent(&page, |_| true).await.answer.status, StatusCode::BAD_REQUEST);
}
