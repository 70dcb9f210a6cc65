use fleetgate_protocol::ApplicationKind;
use fleetgate_store::{
    Contents, DatabaseUrl, Error, NewGrant, PendingAuthorization, Session, SignInTurn, Store, StoredKey,
};

use crate::support::{
    DAY, HOUR, NOW, SECOND, account, application, code, grant, granted, hash, id, on_both, open, present, scopes, world,
};

on_both!(
    a_setting_stands_until_it_is_put_again,
    the_first_of_two_settings_stands,
    changes_of_a_setting_are_serial_and_what_is_refused_changes_nothing,
    keys_come_in_order_and_retire,
    a_lease_has_one_holder,
    a_purge_removes_what_expired_and_nothing_else,
    what_replaces_everything_may_be_nothing,
    what_cannot_replace_everything_changes_nothing,
    a_database_is_found_without_being_made,
);

async fn a_setting_stands_until_it_is_put_again(url: DatabaseUrl) {
    let store = open(&url).await;
    store.ping().await.expect("ping");
    assert_eq!(store.setting("issuer").await.expect("read"), None);
    store.put_setting("issuer", "one").await.expect("put");
    store.put_setting("issuer", "two").await.expect("put");
    assert_eq!(store.setting("issuer").await.expect("read").as_deref(), Some("two"));
}

async fn the_first_of_two_settings_stands(url: DatabaseUrl) {
    let store = open(&url).await;
    let racers: Vec<_> = (0..8)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.put_setting_if_absent("pepper", &number.to_string()).await.expect("put") })
        })
        .collect();
    let mut standing = Vec::new();
    for racer in racers {
        standing.push(racer.await.expect("racer"));
    }
    standing.dedup();
    assert_eq!(standing, [store.setting("pepper").await.expect("read").expect("there")]);
}

async fn changes_of_a_setting_are_serial_and_what_is_refused_changes_nothing(url: DatabaseUrl) {
    let store = open(&url).await;
    let racers: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            let more = |standing: Option<&str>| {
                let next = standing.map_or(Ok(0), str::parse::<u32>).map_err(|error| error.to_string())? + 1;
                Ok((Some(next.to_string()), next))
            };
            tokio::spawn(async move { store.modify_setting("count", more).await.expect("changed") })
        })
        .collect();
    let mut counts = Vec::new();
    for racer in racers {
        counts.push(racer.await.expect("racer"));
    }
    counts.sort_unstable();
    assert_eq!(counts, [1, 2, 3, 4, 5, 6, 7, 8]);
    let seen = store.modify_setting("count", |standing| Ok((None, standing.map(str::to_owned)))).await.expect("read");
    assert_eq!(seen.as_deref(), Some("8"));
    let refused = store.modify_setting::<(), _>("count", |_| Err("no".to_owned())).await;
    assert!(matches!(refused, Err(Error::Document(reason)) if reason == "no"));
    assert_eq!(store.setting("count").await.expect("read").as_deref(), Some("8"));
}

fn key(kid: &str, active_from: i64) -> StoredKey {
    StoredKey {
        kid: kid.to_owned(),
        purpose: "sign".to_owned(),
        algorithm: "RS256".to_owned(),
        number: 0,
        sealed_private: vec![1, 2, 3],
        public: Vec::new(),
        created_at: NOW,
        active_from,
        retired_at: None,
    }
}

async fn keys_come_in_order_and_retire(url: DatabaseUrl) {
    let store = open(&url).await;
    let mac = StoredKey { purpose: "mac".to_owned(), number: 1, ..key("mac-1", NOW) };
    for key in [key("b", NOW + 1), key("c", NOW), mac.clone()] {
        assert!(store.insert_key(&key).await.expect("insert"));
    }
    assert!(!store.insert_key(&key("b", NOW + 9)).await.expect("insert"), "it is there already");
    assert_eq!(store.keys("sign").await.expect("list"), [key("c", NOW), key("b", NOW + 1)]);
    assert_eq!(store.keys("mac").await.expect("list"), [mac]);
    assert!(store.retire_key("c", NOW + 2).await.expect("retire"));
    assert!(!store.retire_key("c", NOW + 3).await.expect("retire"));
    assert_eq!(store.keys("sign").await.expect("list")[0].retired_at, Some(NOW + 2));
}

async fn a_lease_has_one_holder(url: DatabaseUrl) {
    let store = open(&url).await;
    let racers: Vec<_> = (0..8)
        .map(|number: i32| {
            let store = store.clone();
            tokio::spawn(
                async move { store.try_lease("jobs", &number.to_string(), NOW, NOW + HOUR).await.expect("lease") },
            )
        })
        .collect();
    let mut holders = Vec::new();
    for (number, racer) in racers.into_iter().enumerate() {
        if racer.await.expect("racer") {
            holders.push(number.to_string());
        }
    }
    assert_eq!(holders.len(), 1, "{holders:?}");
    assert!(store.try_lease("jobs", &holders[0], NOW + 1, NOW + 2 * HOUR).await.expect("lease"), "renewed");
    assert!(!store.try_lease("jobs", "other", NOW + HOUR, NOW + 3 * HOUR).await.expect("lease"));
    assert!(store.try_lease("jobs", "other", NOW + 2 * HOUR, NOW + 3 * HOUR).await.expect("lease"), "taken over");
}

async fn a_purge_removes_what_expired_and_nothing_else(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let live = granted(&store, 1).await;
    let dead = NewGrant { generation_expires_at: Some(NOW + DAY), ..grant(60) };
    store.approve(None, None, &code(2)).await.expect("approve");
    store.redeem_code(&hash(2), &dead, NOW).await.expect("redeem");
    let unrefreshed = NewGrant { refreshable: false, generation_expires_at: None, ..grant(61) };
    store.approve(None, None, &code(3)).await.expect("approve");
    store.redeem_code(&hash(3), &unrefreshed, NOW).await.expect("redeem");
    let session = Session {
        id_hash: hash(7),
        account_id: id(1),
        auth_time: NOW,
        amr: Vec::new(),
        created_at: NOW,
        expires_at: NOW + SECOND,
    };
    store.insert_session(&session).await.expect("session");
    let lasting = Session { id_hash: hash(8), expires_at: NOW + 60 * DAY, ..session };
    store.insert_session(&lasting).await.expect("session");
    let pending = PendingAuthorization {
        id_hash: hash(9),
        client_id: "client-1".to_owned(),
        parameters: "{}".to_owned(),
        account_id: None,
        created_at: NOW,
        expires_at: NOW + SECOND,
    };
    store.insert_pending(&pending).await.expect("pending");
    store.revoke_token("jti", NOW + SECOND, NOW).await.expect("revoke");
    store.begin_sign_in("ada", NOW, 0, SECOND).await.expect("turn");

    assert_eq!(store.purge(NOW).await.expect("purge"), 0, "nothing has expired yet");
    assert_eq!(store.purge(NOW + SECOND).await.expect("purge"), 4, "session, request, revocation, counter");
    assert!(store.code(&hash(1)).await.expect("read").is_some(), "a code is kept to notice a replay");
    assert_eq!(store.purge(NOW + 2 * DAY).await.expect("purge"), 3, "codes");
    let late = NOW + 31 * DAY;
    let removed = store.purge(late).await.expect("purge") + store.purge(late).await.expect("purge");
    assert_eq!(removed, 2, "the dead grants, at the latest in the second round");
    assert_eq!(store.grant(&dead.id).await.expect("read"), None);
    assert_eq!(store.grant(&unrefreshed.id).await.expect("read"), None);
    assert!(store.grant(&live.id).await.expect("read").is_some());
    assert!(store.session(&hash(8), late).await.expect("read").is_some());
    assert_eq!(store.begin_sign_in("ada", late, 1, SECOND).await.expect("turn"), SignInTurn::Allowed);
}

async fn what_replaces_everything_may_be_nothing(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    store.revoke_grant(&grant.id, "test", NOW).await.expect("revoke");
    store.insert_key(&key("a", NOW)).await.expect("key");
    store.put_setting("issuer", "one").await.expect("put");
    let mut owned = application(3);
    owned.kind = ApplicationKind::Partner;
    owned.business_account_id = Some(id(2));
    store.insert_application(&owned).await.expect("application");
    store.replace_everything(Contents::default()).await.expect("replaced");
    assert!(store.accounts(None, 9).await.expect("list").is_empty());
    assert!(store.applications().await.expect("list").is_empty());
    assert!(store.grants_of(None, None).await.expect("list").is_empty());
    assert!(store.revocations_since(0).await.expect("list").is_empty());
    assert!(store.keys("sign").await.expect("list").is_empty());
    assert_eq!(store.setting("issuer").await.expect("read"), None);
    world(&store).await;
    let grant = granted(&store, 1).await;
    let rotated = store.rotate(present(&grant, 1, NOW)).await.expect("rotate");
    assert_eq!(crate::support::generation(&rotated), Some(2));
    assert_eq!(
        store.consent(&id(1), "client-1").await.expect("read").expect("there").scopes,
        scopes("openid offline_access")
    );
}

async fn what_cannot_replace_everything_changes_nothing(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    store.put_setting("issuer", "one").await.expect("put");
    let before = store.directory_version().await.expect("version");
    let twice = Contents {
        accounts: vec![account(7)],
        keys: vec![key("a", NOW), key("a", NOW)],
        settings: vec![("issuer".to_owned(), "two".to_owned())],
        ..Contents::default()
    };
    let error = store.replace_everything(twice).await.expect_err("two keys of one name");
    assert!(matches!(error, Error::Conflict { what: "key" }), "{error}");
    assert!(store.account(&id(1)).await.expect("read").is_some());
    assert!(store.account(&id(7)).await.expect("read").is_none());
    assert_eq!(store.setting("issuer").await.expect("read").as_deref(), Some("one"));
    assert_eq!(store.directory_version().await.expect("version"), before);
}

async fn a_database_is_found_without_being_made(url: DatabaseUrl) {
    assert!(!Store::is_there(&url).await.expect("looked"));
    assert!(!Store::is_there(&url).await.expect("looked"), "looking makes nothing");
    if let DatabaseUrl::Sqlite(path) = &url {
        assert!(!path.exists());
        std::fs::write(path, "").expect("written");
        assert!(!Store::is_there(&url).await.expect("looked"), "an empty file is nobody's");
        assert_eq!(std::fs::read(path).expect("read"), b"", "and it stays so");
    }
    drop(open(&url).await);
    assert!(Store::is_there(&url).await.expect("looked"));
}
