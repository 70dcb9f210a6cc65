use super::super::Prompt;
use super::*;

const SECOND: i64 = 1_000_000;
const NOW: i64 = 1_000 * SECOND;

fn request(scopes: &str) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: "app".into(),
        redirect_uri: "https://app.example/callback".into(),
        scopes: set(scopes),
        state: None,
        nonce: None,
        code_challenge: None,
        audience: None,
        locale: None,
        login_hint: None,
        prompt: Prompt::default(),
        max_age: None,
        prompt_missing_scopes: false,
        require_requested_scopes: false,
        show_keypair_step: false,
    }
}

fn set(scopes: &str) -> ScopeSet {
    scopes.parse().unwrap()
}

fn step(request: &AuthorizationRequest, auth_time: Option<i64>, granted: Option<&str>) -> Step {
    decide(request, NOW - 10 * SECOND, auth_time, granted.map(set).as_ref(), NOW)
}

const EARLIER: Option<i64> = Some(NOW - 100 * SECOND);

#[test]
fn nobody_signed_in_means_sign_in_first() {
    assert_eq!(step(&request("openid"), None, None), Step::SignIn);
}

#[test]
fn a_first_consent_is_asked_for() {
    assert_eq!(step(&request("openid"), EARLIER, None), Step::Consent);
}

#[test]
fn a_remembered_consent_is_reused_silently_and_new_scopes_are_left_out() {
    let asked = request("openid vehicle_cmds");
    assert_eq!(step(&asked, EARLIER, Some("openid energy_cmds")), Step::Grant(set("openid")));
    assert_eq!(step(&asked, EARLIER, Some("energy_cmds")), Step::Consent, "nothing of it was granted");
}

#[test]
fn prompt_missing_scopes_asks_only_when_some_are_missing() {
    let asked = AuthorizationRequest { prompt_missing_scopes: true, ..request("openid vehicle_cmds") };
    assert_eq!(step(&asked, EARLIER, Some("openid")), Step::Consent);
    assert_eq!(step(&asked, EARLIER, Some("openid vehicle_cmds")), Step::Grant(set("openid vehicle_cmds")));
}

#[test]
fn require_requested_scopes_is_not_met_by_half_a_consent() {
    let asked = AuthorizationRequest { require_requested_scopes: true, ..request("openid vehicle_cmds") };
    assert_eq!(step(&asked, EARLIER, Some("openid")), Step::Consent);
}

#[test]
fn prompt_login_wants_a_sign_in_since_the_request() {
    let asked = AuthorizationRequest { prompt: Prompt { login: true, ..Prompt::default() }, ..request("openid") };
    assert_eq!(step(&asked, EARLIER, Some("openid")), Step::SignIn);
    assert_eq!(step(&asked, Some(NOW - 5 * SECOND), Some("openid")), Step::Grant(set("openid")));
}

#[test]
fn prompt_consent_asks_again() {
    let asked = AuthorizationRequest { prompt: Prompt { consent: true, ..Prompt::default() }, ..request("openid") };
    assert_eq!(step(&asked, EARLIER, Some("openid")), Step::Consent);
}

#[test]
fn prompt_none_never_shows_a_page() {
    let asked = AuthorizationRequest { prompt: Prompt { none: true, ..Prompt::default() }, ..request("openid") };
    let error = |step| match step {
        Step::Refuse(error) => error.error,
        other => panic!("{other:?}"),
    };
    assert_eq!(error(step(&asked, None, None)), "login_required");
    assert_eq!(error(step(&asked, EARLIER, None)), "consent_required");
    assert_eq!(step(&asked, EARLIER, Some("openid")), Step::Grant(set("openid")));
}

#[test]
fn max_age_wants_a_young_sign_in() {
    let asked = AuthorizationRequest { max_age: Some(99), ..request("openid") };
    assert_eq!(step(&asked, EARLIER, Some("openid")), Step::SignIn);
    let asked = AuthorizationRequest { max_age: Some(100), ..request("openid") };
    assert_eq!(step(&asked, EARLIER, Some("openid")), Step::Grant(set("openid")));
    let asked = AuthorizationRequest { max_age: Some(i64::MAX), ..request("openid") };
    assert_eq!(step(&asked, EARLIER, Some("openid")), Step::Grant(set("openid")));
}
