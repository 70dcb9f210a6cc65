//! A consent page is for one person: whoever decides on it must still be that one (the class of CVE-2023-0264, where a
//! request was tied to the wrong session).

use crate::harness::{App, Browser, MINUTE, Page, Place, Sandbox, claims, on_both};

on_both!(
    cve_2023_0264_a_page_made_for_one_person_grants_nothing_in_the_name_of_another,
    cve_2023_0264_a_forged_account_or_none_grants_nothing,
    cve_2023_0264_a_page_that_outlasts_max_age_grants_nothing,
);

const SCOPE: (&str, &str) = ("scope", "openid offline_access user_data");

/// Signs somebody else in, in the same browser.
async fn change_person(sandbox: &Sandbox, browser: &mut Browser, app: &App, index: usize) {
    sandbox.clock.advance(MINUTE);
    let page = browser.open(&sandbox.authorize_path(app, &[SCOPE, ("prompt", "login")])).await;
    let page = browser.sign_in(&page, &sandbox.person(index)).await;
    assert!(page.is_consent(), "{}", page.answer.text);
}

/// Whom a consent page is for.
fn account(page: &Page) -> String {
    let account = page.hidden().into_iter().find(|(name, _)| name == "account");
    account.expect("an account").1
}

async fn nobody_has_consented(sandbox: &Sandbox, app: &App) {
    let store = &sandbox.state.store;
    for index in 0..2 {
        let person = store.account_by_email(&sandbox.person(index).0).await.expect("read").expect("a person");
        assert_eq!(store.consent(&person.id, &app.client_id).await.expect("read"), None);
        assert!(store.grants_of(Some(&app.client_id), Some(&person.id)).await.expect("read").is_empty());
    }
}

async fn cve_2023_0264_a_page_made_for_one_person_grants_nothing_in_the_name_of_another(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let robins = browser.reach_consent(&sandbox.authorize_path(&app, &[SCOPE]), &sandbox.person(0)).await;
    change_person(&sandbox, &mut browser, &app, 1).await;

    let sams = browser.consent(&robins, |_| true).await;
    assert_eq!(sams.at, robins.resume_path());
    assert!(sams.left_for.is_none() && sams.is_consent(), "{:?}", sams.left_for);
    assert_ne!(account(&sams), account(&robins));
    nobody_has_consented(&sandbox, &app).await;

    // Sam sees an own page, and decides for Sam.
    let decided = browser.consent(&sams, |_| true).await;
    let tokens = sandbox.exchange(&app, &decided.parameter("code").expect("a code")).await;
    assert_eq!(claims(&tokens.text_of("id_token"))["sub"], account(&sams));
}

async fn cve_2023_0264_a_forged_account_or_none_grants_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let page = browser.reach_consent(&sandbox.authorize_path(&app, &[SCOPE]), &sandbox.person(0)).await;
    let sam = sandbox.state.store.account_by_email(&sandbox.person(1).0).await.expect("read").expect("Sam").id;
    for forged in [None, Some(String::new()), Some(sam)] {
        let mut fields = page.hidden();
        fields.retain(|(name, _)| name != "account");
        fields.extend(forged.map(|forged| ("account".to_owned(), forged)));
        fields.extend([("scope", "user_data"), ("decision", "allow")].map(|(n, v)| (n.to_owned(), v.to_owned())));
        let back = browser.post(&page.first_form().expect("a form"), &fields).await;
        assert_eq!(back.at, page.resume_path());
        assert!(back.left_for.is_none() && back.is_consent(), "{:?}", back.left_for);
        nobody_has_consented(&sandbox, &app).await;
    }
    assert!(browser.consent(&page, |_| true).await.parameter("code").is_some());
}

async fn cve_2023_0264_a_page_that_outlasts_max_age_grants_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    // Signed in before the request arrived, so that the age of the sign-in counts.
    browser.reach_consent(&sandbox.authorize_path(&app, &[SCOPE]), &sandbox.person(0)).await;
    sandbox.clock.advance(MINUTE);
    let page = browser.open(&sandbox.authorize_path(&app, &[SCOPE, ("max_age", "600")])).await;
    assert!(page.is_consent(), "{}", page.answer.text);

    sandbox.clock.advance(10 * MINUTE);
    let back = browser.consent(&page, |_| true).await;
    assert_eq!(back.at, page.resume_path());
    assert!(back.left_for.is_none() && back.is_sign_in(), "{:?}", back.left_for);
    nobody_has_consented(&sandbox, &app).await;

    // Somebody else may sign in there; the page of before is not theirs either.
    let sams = browser.sign_in(&back, &sandbox.person(1)).await;
    let again = browser.consent(&page, |_| true).await;
    assert_eq!((again.at.as_str(), account(&again)), (page.resume_path().as_str(), account(&sams)));
    nobody_has_consented(&sandbox, &app).await;
    assert!(browser.consent(&again, |_| true).await.parameter("code").is_some());
}
