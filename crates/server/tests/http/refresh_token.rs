//! `grant_type=refresh_token`: rotation, the grace, replays, and what a refresh looks at again.

use fleetgate_server::config::DialectName;
use http::StatusCode;

use crate::harness::{App, DAY, HOUR, Place, SECOND, Sandbox, assert_transcript, claims, on_both};

on_both!(
    each_refresh_gives_a_successor_and_ends_the_access_tokens_before,
    within_a_day_the_spent_token_gives_the_same_successor,
    the_grace_is_not_extended_by_its_use,
    thirty_two_parallel_refreshes_end_with_one_live_family,
    a_replay_of_an_older_generation_ends_the_family_at_once,
    a_spent_token_after_the_grace_is_a_replay,
    a_wrong_client_spends_and_ends_nothing,
    a_forged_truncated_or_recased_token_is_unknown_and_ends_nothing,
    a_generation_lives_for_ninety_days,
    the_fleet_api_wants_no_secret_and_a_wrong_one_is_refused,
    the_rfc_dialect_wants_the_secret_and_has_no_grace,
    a_scope_may_narrow_and_what_is_wider_is_ignored,
    the_rfc_dialect_refuses_a_wider_scope_and_spends_nothing,
    a_refreshed_id_token_keeps_the_time_of_the_sign_in_and_has_no_nonce,
    another_grant_of_the_same_person_lives_beside,
);

struct Pair {
    access: String,
    refresh: String,
}

impl Pair {
    fn of(answer: &crate::harness::Answer) -> Self {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        Self { access: answer.text_of("access_token"), refresh: answer.text_of("refresh_token") }
    }
}

async fn first(sandbox: &Sandbox, app: &App) -> Pair {
    Pair::of(&sandbox.tokens(app).await)
}

async fn each_refresh_gives_a_successor_and_ends_the_access_tokens_before(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    let answer = sandbox.refresh(&app, &one.refresh).await;
    assert_transcript!(answer, ["cache-control", "content-type"], @r#"
    200 OK
    cache-control: no-store
    content-type: application/json
    {
      "access_token": "<jwt>",
      "expires_in": 28800,
      "id_token": "<jwt>",
      "refresh_token": "NA_<refresh token>",
      "scope": "openid offline_access user_data vehicle_device_data",
      "token_type": "Bearer"
    }
    "#);
    let two = Pair::of(&answer);
    assert_ne!(one.refresh, two.refresh);
    assert!(two.refresh.starts_with("NA_"), "{}", two.refresh);
    assert!(sandbox.opens(&two.access).await);
    assert!(!sandbox.opens(&one.access).await);
    let three = Pair::of(&sandbox.refresh(&app, &two.refresh).await);
    assert!(sandbox.opens(&three.access).await && !sandbox.opens(&two.access).await);
}

async fn within_a_day_the_spent_token_gives_the_same_successor(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    let two = Pair::of(&sandbox.refresh(&app, &one.refresh).await);
    sandbox.clock.advance(DAY - SECOND);
    let again = Pair::of(&sandbox.refresh(&app, &one.refresh).await);
    assert_eq!(again.refresh, two.refresh);
    assert_ne!(again.access, two.access);
    assert!(sandbox.opens(&again.access).await);
    // And the successor itself is still unspent.
    assert_eq!(sandbox.refresh(&app, &two.refresh).await.status, StatusCode::OK);
}

async fn the_grace_is_not_extended_by_its_use(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    sandbox.refresh(&app, &one.refresh).await;
    sandbox.clock.advance(DAY - SECOND);
    assert_eq!(sandbox.refresh(&app, &one.refresh).await.status, StatusCode::OK);
    sandbox.clock.advance(2 * SECOND);
    assert_eq!(sandbox.refresh(&app, &one.refresh).await.error(), "login_required");
}

async fn thirty_two_parallel_refreshes_end_with_one_live_family(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    let all = futures_util::future::join_all((0..32).map(|_| sandbox.refresh(&app, &one.refresh))).await;
    let pairs: Vec<Pair> = all.iter().map(Pair::of).collect();
    for pair in &pairs {
        assert_eq!(pair.refresh, pairs[0].refresh, "everybody holds the same successor");
        assert!(sandbox.opens(&pair.access).await);
    }
    let next = Pair::of(&sandbox.refresh(&app, &pairs[31].refresh).await);
    assert!(sandbox.opens(&next.access).await);
}

async fn a_replay_of_an_older_generation_ends_the_family_at_once(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    let two = Pair::of(&sandbox.refresh(&app, &one.refresh).await);
    let three = Pair::of(&sandbox.refresh(&app, &two.refresh).await);
    assert!(sandbox.opens(&three.access).await);

    let replay = sandbox.refresh(&app, &one.refresh).await;
    assert_transcript!(replay, ["cache-control"], @r#"
    401 Unauthorized
    cache-control: no-store
    {
      "error": "login_required",
      "error_description": "The refresh_token is invalid. Generate a new refresh_token by forcing user to re-authenticate."
    }
    "#);
    let refused = sandbox.api("GET", "/api/1/users/region", &three.access).await;
    assert_transcript!(refused, ["x-fleetgate-reason"], @r#"
    401 Unauthorized
    x-fleetgate-reason: The token was revoked.
    {
      "error": "invalid bearer token"
    }
    "#);
    let newest = sandbox.refresh(&app, &three.refresh).await;
    assert_eq!((newest.status, newest.error()), (StatusCode::UNAUTHORIZED, "login_required".to_owned()));
}

async fn a_spent_token_after_the_grace_is_a_replay(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    let two = Pair::of(&sandbox.refresh(&app, &one.refresh).await);
    sandbox.clock.advance(DAY + SECOND);
    assert_eq!(sandbox.refresh(&app, &one.refresh).await.error(), "login_required");
    assert_eq!(sandbox.refresh(&app, &two.refresh).await.error(), "login_required");
}

async fn a_wrong_client_spends_and_ends_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (app, other) = (sandbox.third_party(), sandbox.app("Trip Diary"));
    let one = first(&sandbox, &app).await;
    let two = Pair::of(&sandbox.refresh(&app, &one.refresh).await);
    let three = Pair::of(&sandbox.refresh(&app, &two.refresh).await);
    for token in [&one.refresh, &two.refresh, &three.refresh] {
        for stranger in [&other, &sandbox.open_source()] {
            let refused = sandbox.refresh_with_secret(stranger, token, &[]).await;
            assert_eq!((refused.status, refused.error()), (StatusCode::UNAUTHORIZED, "login_required".to_owned()));
        }
    }
    assert!(sandbox.opens(&three.access).await);
    assert_eq!(sandbox.refresh(&app, &three.refresh).await.status, StatusCode::OK);
}

async fn a_forged_truncated_or_recased_token_is_unknown_and_ends_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    let flipped = {
        let last = if one.refresh.ends_with('0') { "1" } else { "0" };
        format!("{}{last}", &one.refresh[..one.refresh.len() - 1])
    };
    let (prefix, rest) = one.refresh.split_at(3);
    for forged in [
        one.refresh[..one.refresh.len() - 1].to_owned(),
        format!("{}0", one.refresh),
        format!("{prefix}{}", rest.to_uppercase()),
        format!("EU_{rest}"),
        format!("na_{rest}"),
        rest.to_owned(),
        flipped,
        "NA_".to_owned(),
    ] {
        let refused = sandbox.refresh(&app, &forged).await;
        assert_eq!(
            (refused.status, refused.error()),
            (StatusCode::UNAUTHORIZED, "login_required".to_owned()),
            "{forged}"
        );
    }
    assert_eq!(sandbox.refresh(&app, &one.refresh).await.status, StatusCode::OK);
}

async fn a_generation_lives_for_ninety_days(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    sandbox.clock.advance(90 * DAY - SECOND);
    let two = Pair::of(&sandbox.refresh(&app, &one.refresh).await);
    sandbox.clock.advance(90 * DAY);
    assert_transcript!(sandbox.refresh(&app, &two.refresh).await, [], @r#"
    401 Unauthorized
    {
      "error": "login_required",
      "error_description": "The refresh_token is expired."
    }
    "#);
}

async fn the_fleet_api_wants_no_secret_and_a_wrong_one_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    let wrong = App { secret: Some("wrong".to_owned()), ..app.clone() };
    assert_transcript!(sandbox.refresh_with_secret(&wrong, &one.refresh, &[]).await, [], @r#"
    400 Bad Request
    {
      "error": "unauthorized_client",
      "error_description": "We don't recognize this client_id and client_secret combination"
    }
    "#);
    let two = Pair::of(&sandbox.refresh(&app, &one.refresh).await);
    Pair::of(&sandbox.refresh_with_secret(&app, &two.refresh, &[]).await);
}

async fn the_rfc_dialect_wants_the_secret_and_has_no_grace(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    assert_transcript!(sandbox.refresh(&app, &one.refresh).await, [], @r#"
    401 Unauthorized
    {
      "error": "invalid_client",
      "error_description": "We don't recognize this client_id and client_secret combination"
    }
    "#);
    let two = Pair::of(&sandbox.refresh_with_secret(&app, &one.refresh, &[]).await);
    assert_transcript!(sandbox.refresh_with_secret(&app, &one.refresh, &[]).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_grant",
      "error_description": "The refresh_token is invalid, expired or revoked."
    }
    "#);
    assert_eq!(sandbox.refresh_with_secret(&app, &two.refresh, &[]).await.error(), "invalid_grant");
}

async fn a_scope_may_narrow_and_what_is_wider_is_ignored(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let mut pair = first(&sandbox, &app).await;
    let all = "openid offline_access user_data vehicle_device_data";
    for (asked, granted) in [
        ("user_data", "user_data"),
        (all, all),
        ("user_data vehicle_cmds", all),
        ("openid email offline_access", all),
        ("vehicle_cmds", all),
    ] {
        let answer = sandbox.refresh_with_secret(&app, &pair.refresh, &[("scope", asked)]).await;
        pair = Pair::of(&answer);
        let mut shown: Vec<String> = claims(&pair.access)["scp"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|scope| scope.as_str().expect("text").to_owned())
            .collect();
        let mut wanted: Vec<&str> = granted.split(' ').collect();
        shown.sort();
        wanted.sort_unstable();
        assert_eq!(shown, wanted, "{asked}");
        assert_eq!(answer.text_of("scope").split(' ').count(), wanted.len(), "{asked}");
    }
    // A narrowed access token does not narrow the family.
    let answer = sandbox.refresh(&app, &pair.refresh).await;
    assert_eq!(answer.text_of("scope"), all);
}

async fn the_rfc_dialect_refuses_a_wider_scope_and_spends_nothing(place: Place) {
    let sandbox = Sandbox::start_with(place, DialectName::Rfc, |_| {}).await;
    let app = sandbox.third_party();
    let one = first(&sandbox, &app).await;
    let wider = sandbox.refresh_with_secret(&app, &one.refresh, &[("scope", "user_data vehicle_cmds")]).await;
    assert_transcript!(wider, [], @r#"
    400 Bad Request
    {
      "error": "invalid_scope",
      "error_description": "The client is not allowed to access the requested resource."
    }
    "#);
    let narrower = sandbox.refresh_with_secret(&app, &one.refresh, &[("scope", "user_data")]).await;
    assert_eq!(narrower.text_of("scope"), "user_data");
}

async fn a_refreshed_id_token_keeps_the_time_of_the_sign_in_and_has_no_nonce(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let code = sandbox.code(&app, &[("nonce", "n-7")]).await;
    let answer = sandbox.exchange(&app, &code).await;
    let before = claims(&answer.text_of("id_token"));
    assert_eq!(before["nonce"], "n-7");
    sandbox.clock.advance(3 * HOUR);
    let refreshed = sandbox.refresh(&app, &answer.text_of("refresh_token")).await;
    let after = claims(&refreshed.text_of("id_token"));
    assert_eq!(after["auth_time"], before["auth_time"]);
    assert_eq!(after["sub"], before["sub"]);
    assert_ne!(after["iat"], before["iat"]);
    assert_eq!(after.get("nonce"), None);
}

async fn another_grant_of_the_same_person_lives_beside(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let phone = first(&sandbox, &app).await;
    let tablet = first(&sandbox, &app).await;
    let two = Pair::of(&sandbox.refresh(&app, &tablet.refresh).await);
    let three = Pair::of(&sandbox.refresh(&app, &two.refresh).await);
    assert_eq!(sandbox.refresh(&app, &tablet.refresh).await.error(), "login_required");
    assert!(!sandbox.opens(&three.access).await);
    assert!(sandbox.opens(&phone.access).await);
    assert_eq!(sandbox.refresh(&app, &phone.refresh).await.status, StatusCode::OK);
}
