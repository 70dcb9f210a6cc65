//! Signing in: what a stranger learns, how often one may guess, and what the browser keeps.

use http::StatusCode;

use crate::harness::{Browser, MINUTE, Page, Place, Sandbox, on_both};

on_both!(
    a_wrong_password_and_an_unknown_address_look_the_same,
    guessing_is_throttled_for_each_account_not_for_each_spelling,
    parallel_guesses_are_counted_too,
    an_address_that_nobody_can_have_is_not_counted,
    a_right_password_forgets_the_wrong_ones,
    the_session_is_new_at_each_sign_in_and_its_cookie_is_kept_from_scripts,
    a_session_id_that_the_browser_brought_is_never_taken,
    signing_in_leads_to_the_accounts_own_pages_only,
    pages_are_not_stored_framed_or_scripted,
    a_business_cannot_sign_in,
    signing_out_ends_the_session,
);

async fn sign_in_page(sandbox: &Sandbox) -> (Browser, Page) {
    let mut browser = sandbox.browser();
    let page = browser.open(&sandbox.authorize_path(&sandbox.third_party(), &[])).await;
    (browser, page)
}

async fn attempt(sandbox: &Sandbox, email: &str, password: &str) -> Page {
    let (mut browser, page) = sign_in_page(sandbox).await;
    browser.submit(&page, &[("email", email), ("password", password)]).await
}

/// The page without what is random in it.
fn words(page: &Page) -> String {
    let mut text = page.answer.text.clone();
    for (_, value) in page.hidden() {
        text = text.replace(&value, "");
    }
    text
}

async fn a_wrong_password_and_an_unknown_address_look_the_same(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let known = attempt(&sandbox, "robin@example.com", "wrong").await;
    let unknown = attempt(&sandbox, "nobody@example.com", "wrong").await;
    let business = attempt(&sandbox, "office@harbor-couriers.test", "wrong").await;
    assert_eq!(known.answer.status, StatusCode::UNAUTHORIZED);
    assert!(known.answer.text.contains("don&#39;t match an account here"), "{}", known.answer.text);
    for other in [&unknown, &business] {
        assert_eq!(other.answer.status, known.answer.status);
        let address = ["nobody@example.com", "office@harbor-couriers.test"];
        let same = address.iter().fold(words(other), |text, address| text.replace(address, "robin@example.com"));
        assert_eq!(same, words(&known));
    }
    let (mut browser, page) = sign_in_page(&sandbox).await;
    let empty = browser.submit(&page, &[]).await;
    assert_eq!(empty.answer.status, StatusCode::UNAUTHORIZED);
}

async fn guessing_is_throttled_for_each_account_not_for_each_spelling(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let spellings = ["robin@example.com", "ROBIN@example.com", " robin@example.com ", "Robin@Example.Com"];
    for number in 0..10 {
        let page = attempt(&sandbox, spellings[number % spellings.len()], "wrong").await;
        assert_eq!(page.answer.status, StatusCode::UNAUTHORIZED, "{number}");
    }
    let (email, password) = sandbox.person(0);
    for spelling in spellings {
        let locked = attempt(&sandbox, spelling, &password).await;
        assert_eq!(locked.answer.status, StatusCode::TOO_MANY_REQUESTS, "{spelling}");
        assert_eq!(locked.answer.header("retry-after"), "960");
    }
    // Other people are not locked out, and the lock ends.
    let (sam, sams) = sandbox.person(1);
    assert_ne!(attempt(&sandbox, &sam, &sams).await.answer.status, StatusCode::TOO_MANY_REQUESTS);
    sandbox.clock.advance(15 * MINUTE);
    assert!(attempt(&sandbox, &email, &password).await.is_consent());
}

async fn parallel_guesses_are_counted_too(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let all = futures_util::future::join_all((0..30).map(|_| attempt(&sandbox, "robin@example.com", "wrong"))).await;
    let looked_at = all.iter().filter(|page| page.answer.status == StatusCode::UNAUTHORIZED).count();
    let refused = all.iter().filter(|page| page.answer.status == StatusCode::TOO_MANY_REQUESTS).count();
    assert_eq!((looked_at, refused), (10, 20));
}

async fn an_address_that_nobody_can_have_is_not_counted(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let of_length = |length: usize| format!("{}@example.com", "x".repeat(length - "@example.com".len()));
    let (longest, longer) = (of_length(254), of_length(255));
    // More often than anybody may guess: it makes no difference, since nothing is kept.
    for _ in 0..12 {
        assert_eq!(attempt(&sandbox, &longer, "wrong").await.answer.status, StatusCode::UNAUTHORIZED);
    }
    let padded = format!("{}{}", sandbox.person(0).0, " ".repeat(255));
    let refused = attempt(&sandbox, &padded, &sandbox.person(0).1).await;
    assert_eq!(refused.answer.status, StatusCode::UNAUTHORIZED);
    for _ in 0..10 {
        assert_eq!(attempt(&sandbox, &longest, "wrong").await.answer.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(attempt(&sandbox, &longest, "wrong").await.answer.status, StatusCode::TOO_MANY_REQUESTS);
    let rows = sandbox.contents().await;
    assert!(rows.contains(&longest) && !rows.contains(&longer));
}

async fn a_right_password_forgets_the_wrong_ones(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (email, password) = sandbox.person(0);
    for _ in 0..3 {
        for _ in 0..9 {
            attempt(&sandbox, &email, "wrong").await;
        }
        assert!(attempt(&sandbox, &email, &password).await.is_consent());
    }
}

async fn the_session_is_new_at_each_sign_in_and_its_cookie_is_kept_from_scripts(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let mut browser = sandbox.browser();
    let path = sandbox.authorize_path(&sandbox.third_party(), &[("prompt", "login")]);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..3 {
        browser.reach_consent(&path, &sandbox.person(0)).await;
        assert!(seen.insert(browser.cookies["fleetgate_session"].clone()));
        sandbox.clock.advance(MINUTE);
    }
    let newest = browser.cookies["fleetgate_session"].clone();
    for session in seen {
        let mut other = sandbox.browser();
        other.cookies.insert("fleetgate_session".to_owned(), session.clone());
        let ended = other.open("/account").await.is_sign_in();
        assert_eq!(ended, session != newest, "a sign-in ends the session that the browser had");
    }
    for cookie in &browser.cookies_set {
        let (_, attributes) = cookie.split_once(';').expect("attributes");
        assert_eq!(attributes, " Path=/; HttpOnly; SameSite=Lax");
    }
    assert_eq!(browser.cookies_set.len(), 4, "one for the browser, one for each session");
}

async fn a_session_id_that_the_browser_brought_is_never_taken(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let mut browser = sandbox.browser();
    let planted = "ab".repeat(32);
    browser.cookies.insert("fleetgate_session".to_owned(), planted.clone());
    let path = sandbox.authorize_path(&sandbox.third_party(), &[]);
    assert!(browser.reach_consent(&path, &sandbox.person(0)).await.is_consent());
    assert_ne!(browser.cookies["fleetgate_session"], planted);
    let mut attacker = sandbox.browser();
    attacker.cookies.insert("fleetgate_session".to_owned(), planted);
    assert!(attacker.open("/account").await.is_sign_in());
}

async fn signing_in_leads_to_the_accounts_own_pages_only(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for next in [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "/account/../../evil",
        "http:evil.test",
        "/account@evil.test",
        "javascript:alert(1)",
        "",
    ] {
        let mut browser = sandbox.browser();
        let page = browser.open("/account").await;
        let (email, password) = sandbox.person(0);
        let mut fields = page.hidden();
        fields.extend([("email".to_owned(), email), ("password".to_owned(), password)]);
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        let landed = browser.post(&format!("/sign-in?{query}"), &fields).await;
        assert_eq!(landed.left_for, None, "{next}");
        assert_eq!(landed.answer.heading(), "Your account", "{next}");
    }
    let app = sandbox.third_party();
    let manage = format!("/user/revoke/consent?revoke_client_id={}&back_url=https%3A%2F%2Fevil.test", app.client_id);
    let mut browser = sandbox.browser();
    let page = browser.open(&manage).await;
    let landed = browser.sign_in(&page, &sandbox.person(0)).await;
    assert_eq!(landed.answer.heading(), "Access of Charge Planner");
    assert!(!landed.answer.text.contains("evil.test"), "{}", landed.answer.text);
    let own = manage.replace("evil.test", "charge-planner.test");
    assert!(browser.open(&own).await.answer.text.contains("https://charge-planner.test"));
}

async fn pages_are_not_stored_framed_or_scripted(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let mut browser = sandbox.browser();
    let path = sandbox.authorize_path(&sandbox.third_party(), &[]);
    let sign_in = browser.open(&path).await;
    let consent = browser.sign_in(&sign_in, &sandbox.person(0)).await;
    let account = browser.open("/account").await;
    let wrong = browser.open("/oauth2/v3/authorize?client_id=nobody").await;
    for page in [sign_in, consent, account, wrong] {
        let answer = page.answer;
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{policy}");
        assert!(answer.headers.get("access-control-allow-origin").is_none());
    }
}

async fn a_business_cannot_sign_in(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let business = sandbox.world.accounts.iter().find(|account| account.email.starts_with("office@")).expect("one");
    let password = business.password.clone().unwrap_or_else(|| "office".to_owned());
    let page = attempt(&sandbox, &business.email, &password).await;
    assert_eq!(page.answer.status, StatusCode::UNAUTHORIZED);
}

async fn signing_out_ends_the_session(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let mut browser = sandbox.browser();
    let page = browser.open("/account").await;
    let account = browser.sign_in(&page, &sandbox.person(0)).await;
    let session = browser.cookies["fleetgate_session"].clone();
    let out = browser.submit(&account, &[]).await;
    assert_eq!(out.answer.heading(), "You are signed out");
    assert!(!browser.cookies.contains_key("fleetgate_session"));
    // The server has forgotten it, not only the browser.
    browser.cookies.insert("fleetgate_session".to_owned(), session);
    assert!(browser.open("/account").await.is_sign_in());
}
