use fleetgate_store::{
    BusinessConsent, DatabaseUrl, Error, GrantKind, NewGrant, Redemption, RevocationKind, Rotate, Rotation,
};

use crate::support::{
    DAY, HOUR, NOW, SECOND, code, generation, grant, granted, hash, id, on_both, open, present, scopes, world,
};

on_both!(
    racing_rotations_end_in_one_live_family_with_one_successor,
    a_rotation_shows_account_consent_and_the_new_generation,
    the_generation_before_is_answered_within_the_grace_only,
    without_a_grace_the_generation_before_is_a_replay,
    a_replay_revokes_the_family_and_that_is_kept,
    a_rotation_says_why_it_is_refused,
    a_refusal_of_scopes_or_audience_spends_nothing,
    expiry_is_of_the_generation_and_of_the_grant,
    older_access_tokens_end_when_asked,
    a_newer_grant_ends_the_older_when_asked,
    a_grant_and_a_token_are_revoked_once,
    a_business_consent_is_given_and_ended,
);

async fn racing_rotations_end_in_one_live_family_with_one_successor(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    let racers: Vec<_> = (0..32)
        .map(|_| {
            let (store, rotate) = (store.clone(), present(&grant, 1, NOW + SECOND));
            tokio::spawn(async move { store.rotate(rotate).await.expect("rotate") })
        })
        .collect();
    let mut rotated = 0;
    for racer in racers {
        let rotation = racer.await.expect("racer");
        rotated += i32::from(matches!(rotation, Rotation::Rotated(_)));
        assert_eq!(generation(&rotation), Some(2), "{rotation:?}");
    }
    assert_eq!(rotated, 1);
    let live = store.grant(&grant.id).await.expect("read").expect("there");
    assert_eq!((live.generation, live.revoked_at), (2, None));
    let next = store.rotate(present(&grant, 2, NOW + 2 * SECOND)).await.expect("rotate");
    assert!(matches!(next, Rotation::Rotated(_)));
}

async fn a_rotation_shows_account_consent_and_the_new_generation(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    store.narrow_consent(&id(1), "client-1", &scopes("offline_access"), NOW).await.expect("narrow");
    let rotation = store.rotate(present(&grant, 1, NOW + HOUR)).await.expect("rotate");
    let Rotation::Rotated(refreshed) = rotation else { panic!("{rotation:?}") };
    assert_eq!(refreshed.account.email, "person1@example.com");
    assert_eq!(refreshed.scopes, scopes("offline_access"));
    let stored = store.grant(&grant.id).await.expect("read").expect("there");
    assert_eq!(refreshed.grant, stored, "what was answered is what was stored");
    assert_eq!(stored.generation_expires_at, Some(NOW + HOUR + 90 * DAY));
    assert_eq!((stored.generation, stored.rotated_at, stored.mac_key_id), (2, Some(NOW + HOUR), 2));
}

async fn the_generation_before_is_answered_within_the_grace_only(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    store.rotate(present(&grant, 1, NOW)).await.expect("rotate");
    let before = store.grant(&grant.id).await.expect("read");
    let repeated = store.rotate(present(&grant, 1, NOW + 59 * SECOND)).await.expect("rotate");
    assert!(matches!(&repeated, Rotation::Repeated(refreshed) if Some(&refreshed.grant) == before.as_ref()));
    assert_eq!(store.grant(&grant.id).await.expect("read"), before, "nothing is written, the grace is not extended");
    let late = store.rotate(present(&grant, 1, NOW + 60 * SECOND)).await.expect("rotate");
    assert!(matches!(late, Rotation::Replayed(_)), "{late:?}");
}

async fn without_a_grace_the_generation_before_is_a_replay(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    store.rotate(present(&grant, 1, NOW)).await.expect("rotate");
    let strict = Rotate { grace: 0, ..present(&grant, 1, NOW - SECOND) };
    let replayed = store.rotate(strict).await.expect("rotate");
    assert!(matches!(replayed, Rotation::Replayed(_)), "also by a clock that is behind: {replayed:?}");
}

async fn a_replay_revokes_the_family_and_that_is_kept(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    store.set_access_token_lifetime(HOUR);
    let grant = granted(&store, 1).await;
    store.rotate(present(&grant, 1, NOW)).await.expect("rotate");
    store.rotate(present(&grant, 2, NOW)).await.expect("rotate");
    let replay = store.rotate(present(&grant, 1, NOW + SECOND)).await.expect("rotate");
    let Rotation::Replayed(revocation) = replay else { panic!("superseded twice, whatever the grace: {replay:?}") };
    assert_eq!((revocation.kind, &revocation.subject), (RevocationKind::Grant, &grant.id));
    assert_eq!(revocation.expires_at, NOW + SECOND + HOUR);
    drop(store);
    let store = open(&url).await;
    assert_eq!(store.revocations_since(NOW).await.expect("list"), [revocation]);
    let newest = store.rotate(present(&grant, 3, NOW + SECOND)).await.expect("rotate");
    assert_eq!(newest, Rotation::Revoked { reason: "refresh_token_replayed".to_owned() });
}

async fn a_rotation_says_why_it_is_refused(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    let rotate = async |rotate| store.rotate(rotate).await.expect("rotate");
    let unknown = Rotate { grant_id: id(77), ..present(&grant, 1, NOW) };
    assert_eq!(rotate(unknown).await, Rotation::Unknown);
    let machine = Rotate { grant_id: id(901), ..present(&grant, 1, NOW) };
    assert_eq!(rotate(machine).await, Rotation::Unknown, "a partner token has no refresh token");
    let foreign = Rotate { client_id: "client-2".to_owned(), ..present(&grant, 1, NOW) };
    assert_eq!(rotate(foreign.clone()).await, Rotation::WrongClient);
    assert_eq!(rotate(Rotate { presented: 0, ..foreign }).await, Rotation::WrongClient);
    assert_eq!(rotate(present(&grant, 2, NOW)).await, Rotation::Ahead);
    store.set_application_disabled("client-1", Some(NOW), NOW).await.expect("disable");
    assert_eq!(rotate(present(&grant, 1, NOW)).await, Rotation::ApplicationDisabled);
    store.set_application_disabled("client-1", None, NOW).await.expect("enable");
    let rotated = rotate(present(&grant, 1, NOW)).await;
    assert_eq!(generation(&rotated), Some(2), "no refusal spent or revoked it");
    store.set_account_disabled(&id(1), Some(NOW), NOW).await.expect("disable");
    assert_eq!(rotate(present(&grant, 2, NOW)).await, Rotation::AccountDisabled);
    store.set_account_disabled(&id(1), None, NOW).await.expect("enable");
    store.revoke_consent(&id(1), "client-1", "by_the_person", NOW).await.expect("revoke");
    let revoked = Rotation::Revoked { reason: "account_disabled".to_owned() };
    assert_eq!(rotate(present(&grant, 2, NOW)).await, revoked);
}

async fn a_refusal_of_scopes_or_audience_spends_nothing(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    granted(&store, 1).await;
    let bound = NewGrant { audience: Some("https://one.example".to_owned()), ..grant(60) };
    store.approve(None, None, &code(2)).await.expect("approve");
    store.redeem_code(&hash(2), &bound, NOW).await.expect("redeem");
    let rotate = async |rotate| store.rotate(rotate).await.expect("rotate");
    let ask = |asked: &str| Rotate { asked: Some(scopes(asked)), ..present(&bound, 1, NOW) };
    assert_eq!(rotate(ask("openid user_data")).await, Rotation::WiderScope);
    let unoffered = Rotate { grantable: scopes("offline_access"), ..ask("openid") };
    assert_eq!(rotate(unoffered).await, Rotation::NothingGranted);
    let elsewhere = Rotate { audience: Some("https://two.example".to_owned()), ..present(&bound, 1, NOW) };
    assert_eq!(rotate(elsewhere).await, Rotation::WrongAudience);
    let there = Rotate { audience: bound.audience.clone(), ..ask("openid") };
    let Rotation::Rotated(refreshed) = rotate(there).await else { panic!("a refusal spent it") };
    assert_eq!(refreshed.scopes, scopes("openid"));
    let lenient = Rotate { refuse_wider: false, ..present(&bound, 2, NOW + SECOND) };
    let lenient = Rotate { asked: Some(scopes("openid user_data")), ..lenient };
    let Rotation::Rotated(refreshed) = rotate(lenient).await else { panic!("what is wider was not ignored") };
    assert_eq!(refreshed.scopes, scopes("openid offline_access"));
}

async fn expiry_is_of_the_generation_and_of_the_grant(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let code = code(1);
    store.approve(None, Some(&code.scopes), &code).await.expect("approve");
    let grant = NewGrant { absolute_expires_at: Some(NOW + 100 * DAY), ..grant(5) };
    store.redeem_code(&code.code_hash, &grant, NOW).await.expect("redeem");
    assert_eq!(store.rotate(present(&grant, 1, NOW + 90 * DAY)).await.expect("rotate"), Rotation::Expired);
    let rotated = store.rotate(present(&grant, 1, NOW + 89 * DAY)).await.expect("rotate");
    assert_eq!(generation(&rotated), Some(2));
    assert_eq!(generation(&store.rotate(present(&grant, 2, NOW + 99 * DAY)).await.expect("rotate")), Some(3));
    assert_eq!(store.rotate(present(&grant, 3, NOW + 100 * DAY)).await.expect("rotate"), Rotation::Expired);
}

async fn older_access_tokens_end_when_asked(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    for presented in 1..=3 {
        let rotate = Rotate { end_older_access: true, ..present(&grant, presented, NOW + presented) };
        store.rotate(rotate).await.expect("rotate");
    }
    let repeated = Rotate { end_older_access: true, ..present(&grant, 3, NOW + 9) };
    assert_eq!(generation(&store.rotate(repeated).await.expect("rotate")), Some(4));
    let revocations = store.revocations_since(0).await.expect("list");
    assert_eq!(revocations.len(), 1, "one row for each grant, however often it is rotated");
    assert_eq!(revocations[0].kind, RevocationKind::Generation);
    assert_eq!((revocations[0].before_generation, revocations[0].at), (Some(4), NOW + 3));
}

async fn a_newer_grant_ends_the_older_when_asked(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let first = granted(&store, 1).await;
    let second = granted(&store, 2).await;
    store.approve(None, None, &code(3)).await.expect("approve");
    let third = NewGrant { end_older: true, ..grant(103) };
    let redeemed = store.redeem_code(&hash(3), &third, NOW + 1).await.expect("redeem");
    assert!(matches!(redeemed, Redemption::Granted(_)));
    let mut ended: Vec<_> =
        store.revocations_since(NOW + 1).await.expect("list").into_iter().map(|r| (r.subject, r.reason)).collect();
    ended.sort();
    let reason = "replaced_by_newer_grant".to_owned();
    assert_eq!(ended, [(first.id, reason.clone()), (second.id, reason)]);
    assert_eq!(store.grant(&third.id).await.expect("read").expect("there").revoked_at, None);
    assert_eq!(store.grants_of(None, Some(&id(1))).await.expect("list").len(), 3);
    assert_eq!(store.grants_of(Some("client-1"), None).await.expect("list").len(), 4, "with the machine grant");
    assert_eq!(store.grants_of(None, None).await.expect("list").len(), 5);
}

async fn a_grant_and_a_token_are_revoked_once(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    let first = store.revoke_grant(&grant.id, "signed_out", NOW).await.expect("revoke").expect("live");
    assert_eq!((first.reason.as_str(), first.at), ("signed_out", NOW));
    assert_eq!(store.revoke_grant(&grant.id, "again", NOW + 1).await.expect("revoke"), None);
    assert_eq!(store.revoke_grant(&id(77), "unknown", NOW).await.expect("revoke"), None);
    let token = store.revoke_token("jti-1", NOW + HOUR, NOW + 2).await.expect("revoke");
    assert_eq!(store.revoke_token("jti-1", NOW + HOUR, NOW + 2).await.expect("revoke"), token);
    assert_eq!(store.revocations_since(NOW).await.expect("list"), [first, token.clone()]);
    assert_eq!(store.revocations_since(NOW + 2).await.expect("list"), [token]);
}

async fn a_business_consent_is_given_and_ended(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let consent = BusinessConsent {
        code_hash: hash(9),
        client_id: "client-1".to_owned(),
        business_account_id: id(2),
        scopes: scopes("vehicle_device_data"),
        grant_id: id(60),
        created_at: NOW,
        revoked_at: None,
    };
    let grant = NewGrant { kind: GrantKind::Business, refreshable: false, ..grant(60) };
    store.insert_business_consent(&consent, &grant).await.expect("consent");
    assert_eq!(store.business_consent(&hash(9)).await.expect("read"), Some(consent.clone()));
    let again = store.insert_business_consent(&consent, &NewGrant { id: id(61), ..grant.clone() }).await;
    assert!(matches!(again, Err(Error::Conflict { what: "business consent" })));
    assert_eq!(store.grant(&id(61)).await.expect("read"), None);
    let taken = BusinessConsent { code_hash: hash(10), ..consent };
    let again = store.insert_business_consent(&taken, &grant).await;
    assert!(matches!(again, Err(Error::Conflict { what: "grant" })));
    assert_eq!(store.business_consent(&hash(10)).await.expect("read"), None, "nothing of it was kept");
    let ended = store.revoke_business_consent(&hash(9), NOW + 1).await.expect("revoke").expect("live");
    assert_eq!(ended.subject, id(60));
    assert_eq!(store.business_consent(&hash(9)).await.expect("read").expect("there").revoked_at, Some(NOW + 1));
    assert_eq!(store.revoke_business_consent(&hash(9), NOW + 2).await.expect("revoke"), None);
}
