use fleetgate_store::{DatabaseUrl, NewCode, NewGrant, PendingAuthorization, Redemption};

use crate::support::{DAY, NOW, SECOND, code, grant, granted, hash, id, on_both, open, scopes, world};

on_both!(
    a_request_is_approved_once,
    a_request_expires_and_belongs_to_its_application,
    a_code_comes_back_as_it_was_stored,
    a_code_is_spent_once_in_parallel,
    a_replayed_code_revokes_its_grant_and_that_is_kept,
    a_code_says_why_it_is_refused,
    another_application_spends_nothing,
    a_consent_is_widened_narrowed_and_revoked,
    parallel_consents_lose_nothing_and_bring_nothing_back,
);

fn pending(number: u8) -> PendingAuthorization {
    PendingAuthorization {
        id_hash: hash(number),
        client_id: "client-1".to_owned(),
        parameters: r#"{"scope":"openid"}"#.to_owned(),
        account_id: Some(id(1)),
        created_at: NOW,
        expires_at: NOW + 600 * SECOND,
    }
}

async fn a_request_is_approved_once(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    store.insert_pending(&pending(50)).await.expect("pending");
    assert_eq!(store.pending(&hash(50), NOW).await.expect("read"), Some(pending(50)));
    let approvals: Vec<_> = (0..16)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                store.approve(Some(&hash(50)), Some(&scopes("openid")), &code(number)).await.expect("approve")
            })
        })
        .collect();
    let mut approved = Vec::new();
    for (number, approval) in (0..).zip(approvals) {
        if approval.await.expect("approval") {
            approved.push(number);
        }
    }
    assert_eq!(approved.len(), 1, "{approved:?}");
    for number in 0..16 {
        let stored = store.code(&hash(number)).await.expect("read").is_some();
        assert_eq!(stored, approved.contains(&number), "only the code of the one approval is there");
    }
    assert_eq!(store.pending(&hash(50), NOW).await.expect("read"), None);
    assert!(!store.delete_pending(&hash(50)).await.expect("delete"));
}

async fn a_request_expires_and_belongs_to_its_application(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    store.insert_pending(&pending(50)).await.expect("pending");
    assert_eq!(store.pending(&hash(50), NOW + 600 * SECOND).await.expect("read"), None);
    let late = NewCode { created_at: NOW + 600 * SECOND, ..code(1) };
    assert!(!store.approve(Some(&hash(50)), None, &late).await.expect("approve"));
    let foreign = NewCode { client_id: "client-2".to_owned(), ..code(1) };
    assert!(!store.approve(Some(&hash(50)), None, &foreign).await.expect("approve"));
    assert_eq!(store.code(&hash(1)).await.expect("read"), None);
    assert!(store.delete_pending(&hash(50)).await.expect("delete"));
}

async fn a_code_comes_back_as_it_was_stored(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    assert!(store.approve(None, Some(&scopes("openid")), &code(1)).await.expect("approve"));
    let stored = store.code(&hash(1)).await.expect("read").expect("there");
    assert_eq!((stored.consumed_at, stored.grant_id.clone()), (None, None));
    let as_new = NewCode {
        code_hash: stored.code_hash,
        client_id: stored.client_id,
        account_id: stored.account_id,
        redirect_uri: stored.redirect_uri,
        scopes: stored.scopes,
        code_challenge: stored.code_challenge,
        nonce: stored.nonce,
        state: stored.state,
        locale: stored.locale,
        audience: stored.audience,
        auth_time: stored.auth_time,
        amr: stored.amr,
        created_at: stored.created_at,
        expires_at: stored.expires_at,
    };
    assert_eq!(as_new, code(1));
}

async fn a_code_is_spent_once_in_parallel(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    store.approve(None, Some(&scopes("openid")), &code(1)).await.expect("approve");
    let attempts: Vec<_> = (0..16)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.redeem_code(&hash(1), &grant(200 + number), NOW).await.expect("redeem") })
        })
        .collect();
    let (mut granted, mut revoked) = (Vec::new(), Vec::new());
    for attempt in attempts {
        match attempt.await.expect("attempt") {
            Redemption::Granted(grant) => granted.push(grant.id),
            Redemption::Replayed(revocation) => revoked.extend(revocation.map(|revocation| revocation.subject)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(granted.len(), 1);
    assert_eq!(revoked, granted, "the first replay revoked the grant, the others found it revoked");
    let grants = store.grants_of(Some("client-1"), Some(&id(1))).await.expect("list");
    assert_eq!(grants.len(), 1, "the losers left no grant");
}

async fn a_replayed_code_revokes_its_grant_and_that_is_kept(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let first = granted(&store, 1).await;
    let replay = store.redeem_code(&hash(1), &grant(2), NOW + DAY).await.expect("redeem");
    let Redemption::Replayed(Some(revocation)) = replay else { panic!("{replay:?}") };
    assert_eq!(revocation.subject, first.id);
    drop(store);
    let store = open(&url).await;
    let ended = store.grant(&first.id).await.expect("read").expect("there");
    assert_eq!(ended.revoked_reason.as_deref(), Some("authorization_code_replayed"));
    assert_eq!(store.revocations_since(NOW + DAY).await.expect("list"), [revocation]);
}

async fn a_code_says_why_it_is_refused(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    store.approve(None, Some(&scopes("openid")), &code(1)).await.expect("approve");
    let redeem = async |now| store.redeem_code(&hash(1), &grant(3), now).await.expect("redeem");
    assert_eq!(redeem(NOW + 120 * SECOND).await, Redemption::Expired);
    store.set_application_disabled("client-1", Some(NOW), NOW).await.expect("disable");
    assert_eq!(redeem(NOW).await, Redemption::ApplicationDisabled);
    store.set_application_disabled("client-1", None, NOW).await.expect("enable");
    store.set_account_disabled(&id(1), Some(NOW), NOW).await.expect("disable");
    assert_eq!(redeem(NOW).await, Redemption::AccountDisabled);
    store.set_account_disabled(&id(1), None, NOW).await.expect("enable");
    assert!(matches!(redeem(NOW).await, Redemption::Granted(_)), "no refusal spent it");
    assert_eq!(store.redeem_code(&hash(99), &grant(4), NOW).await.expect("redeem"), Redemption::Unknown);
    store.approve(None, None, &NewCode { client_id: "client-2".to_owned(), ..code(2) }).await.expect("approve");
    let without_consent = NewGrant { client_id: "client-2".to_owned(), ..grant(5) };
    let refused = store.redeem_code(&hash(2), &without_consent, NOW).await.expect("redeem");
    assert_eq!(refused, Redemption::ConsentRevoked);
}

async fn another_application_spends_nothing(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    store.approve(None, Some(&scopes("openid")), &code(1)).await.expect("approve");
    let foreign = NewGrant { client_id: "client-2".to_owned(), ..grant(2) };
    assert_eq!(store.redeem_code(&hash(1), &foreign, NOW).await.expect("redeem"), Redemption::Unknown);
    let own = store.redeem_code(&hash(1), &grant(3), NOW).await.expect("redeem");
    assert!(matches!(own, Redemption::Granted(_)), "{own:?}");
    assert_eq!(store.redeem_code(&hash(1), &foreign, NOW).await.expect("redeem"), Redemption::Unknown);
    assert_eq!(store.grant(&id(3)).await.expect("read").expect("there").revoked_at, None, "nor does it revoke");
}

async fn parallel_consents_lose_nothing_and_bring_nothing_back(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let names = ["openid", "user_data", "vehicle_cmds", "vehicle_device_data", "energy_cmds", "energy_device_data"];
    let consents: Vec<_> = (1..)
        .zip(names)
        .map(|(number, name)| {
            let (store, asked) = (store.clone(), scopes(name));
            let code = NewCode { scopes: asked.clone(), ..code(number) };
            tokio::spawn(async move { store.approve(None, Some(&asked), &code).await.expect("approve") })
        })
        .collect();
    for consent in consents {
        assert!(consent.await.expect("consent"));
    }
    let consent = store.consent(&id(1), "client-1").await.expect("read").expect("there");
    assert_eq!(consent.scopes, scopes(&names.join(" ")));
    store.revoke_consent(&id(1), "client-1", "by_the_person", NOW).await.expect("revoke");
    let again = NewCode { scopes: scopes("openid"), ..code(20) };
    store.approve(None, Some(&scopes("openid")), &again).await.expect("approve");
    let consent = store.consent(&id(1), "client-1").await.expect("read").expect("there");
    assert_eq!(consent.scopes, scopes("openid"), "what was taken back stays so");
}

async fn a_consent_is_widened_narrowed_and_revoked(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    let later = NewCode { created_at: NOW + 5, scopes: scopes("user_data"), ..code(2) };
    store.approve(None, Some(&scopes("offline_access user_data")), &later).await.expect("approve");
    let consent = store.consent(&id(1), "client-1").await.expect("read").expect("there");
    let kept = scopes("openid user_data");
    assert_eq!((consent.scopes, consent.granted_at, consent.updated_at), (kept, NOW, NOW + 5), "asked and not ticked");
    let wider = scopes("openid vehicle_cmds");
    assert!(store.narrow_consent(&id(1), "client-1", &wider, NOW + 6).await.expect("narrow"), "it never widens");
    assert!(!store.narrow_consent(&id(2), "client-1", &scopes("openid"), NOW + 6).await.expect("narrow"));
    assert!(!store.narrow_consent(&id(1), "client-1", &scopes("user_data"), NOW + 6).await.expect("narrow"), "nothing");
    let all = store.consents_of(&id(1)).await.expect("list");
    assert_eq!(all.iter().map(|consent| &consent.scopes).collect::<Vec<_>>(), [&scopes("openid")]);

    let ended = store.revoke_consent(&id(1), "client-1", "by_the_person", NOW + 7).await.expect("revoke");
    let ended = ended.expect("there was one");
    assert_eq!(ended.iter().map(|r| (&r.subject, &*r.reason)).collect::<Vec<_>>(), [(&grant.id, "by_the_person")]);
    assert_eq!(store.consent(&id(1), "client-1").await.expect("read"), None);
    assert_eq!(store.code(&hash(2)).await.expect("read"), None, "the unspent code is gone");
    assert!(store.code(&hash(1)).await.expect("read").is_some(), "the spent one is kept, to notice a replay");
    assert_eq!(store.revoke_consent(&id(1), "client-1", "again", NOW).await.expect("revoke"), None);
}
