use fleetgate_store::{DatabaseUrl, Error, Session, SignInTurn};

use crate::support::{HOUR, NOW, SECOND, account, granted, hash, id, on_both, open, world};

on_both!(
    an_account_comes_back_as_it_was_stored,
    an_email_address_is_one_in_every_spelling,
    accounts_are_listed_page_by_page,
    disabling_ends_sessions_and_grants,
    another_password_ends_sessions_and_grants_when_asked,
    removing_leaves_the_revocations,
    parallel_guesses_are_all_counted,
    a_locked_sign_in_opens_again,
);

async fn an_account_comes_back_as_it_was_stored(url: DatabaseUrl) {
    let store = open(&url).await;
    store.insert_account(&account(1)).await.expect("account");
    assert_eq!(store.account(&id(1)).await.expect("read").expect("there"), account(1));
    assert_eq!(store.account(&id(2)).await.expect("read"), None);
    let shown = format!("{:?}", store.account(&id(1)).await.expect("read"));
    assert!(!shown.contains("argon2id"), "{shown}");
}

async fn an_email_address_is_one_in_every_spelling(url: DatabaseUrl) {
    let store = open(&url).await;
    let mut shouting = account(1);
    shouting.email = " Person1@EXAMPLE.com ".to_owned();
    store.insert_account(&shouting).await.expect("account");
    let found = store.account_by_email("PERSON1@example.com\n").await.expect("read").expect("there");
    assert_eq!(found.email, "person1@example.com");
    let mut twin = account(2);
    twin.email = "person1@example.COM".to_owned();
    assert!(matches!(store.insert_account(&twin).await, Err(Error::Conflict { what: "account" })));
    let mut same_id = account(1);
    same_id.email = "other@example.com".to_owned();
    assert!(matches!(store.insert_account(&same_id).await, Err(Error::Conflict { what: "account" })));
}

async fn accounts_are_listed_page_by_page(url: DatabaseUrl) {
    let store = open(&url).await;
    for number in 1..=5 {
        store.insert_account(&account(number)).await.expect("account");
    }
    let first = store.accounts(None, 3).await.expect("list");
    assert_eq!(first.iter().map(|account| account.id.clone()).collect::<Vec<_>>(), [id(1), id(2), id(3)]);
    let second = store.accounts(Some(&first[2].email), 3).await.expect("list");
    assert_eq!(second.iter().map(|account| account.id.clone()).collect::<Vec<_>>(), [id(4), id(5)]);
}

fn session(number: u8) -> Session {
    Session {
        id_hash: hash(number),
        account_id: id(1),
        auth_time: NOW,
        amr: vec!["pwd".to_owned()],
        created_at: NOW,
        expires_at: NOW + HOUR,
    }
}

async fn disabling_ends_sessions_and_grants(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    store.insert_session(&session(7)).await.expect("session");
    assert_eq!(store.session(&hash(7), NOW).await.expect("read"), Some(session(7)));
    assert_eq!(store.session(&hash(7), NOW + HOUR).await.expect("read"), None, "expired");

    assert!(store.set_account_disabled(&id(1), Some(NOW), NOW).await.expect("disable"));
    assert_eq!(store.session(&hash(7), NOW).await.expect("read"), None);
    let ended = store.grant(&grant.id).await.expect("read").expect("there");
    assert_eq!(ended.revoked_reason.as_deref(), Some("account_disabled"));
    assert_eq!(store.revocations_since(NOW).await.expect("list")[0].subject, grant.id);

    assert!(store.set_account_disabled(&id(1), None, NOW).await.expect("enable"));
    assert_eq!(store.account(&id(1)).await.expect("read").expect("there").disabled_at, None);
    assert_eq!(store.session(&hash(7), NOW).await.expect("read"), None, "an ended session stays ended");
    assert!(!store.set_account_disabled("nobody", Some(NOW), NOW).await.expect("disable"));
}

async fn another_password_ends_sessions_and_grants_when_asked(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    store.insert_session(&session(7)).await.expect("session");
    assert!(store.set_password_hash(&id(1), "rehashed", false, NOW).await.expect("set"));
    assert!(store.session(&hash(7), NOW).await.expect("read").is_some());
    assert!(store.set_password_hash(&id(1), "changed", true, NOW).await.expect("set"));
    assert!(store.session(&hash(7), NOW).await.expect("read").is_none());
    assert!(store.grant(&grant.id).await.expect("read").expect("there").revoked_at.is_some());
    let changed = store.account(&id(1)).await.expect("read").expect("there");
    assert_eq!(changed.password_hash.as_deref(), Some("changed"));
}

async fn removing_leaves_the_revocations(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    assert!(store.remove_account(&id(1), NOW).await.expect("remove"));
    assert_eq!(store.account(&id(1)).await.expect("read"), None);
    assert_eq!(store.grant(&grant.id).await.expect("read"), None);
    let revocations = store.revocations_since(0).await.expect("list");
    assert_eq!(
        revocations.iter().map(|r| (&r.subject, &*r.reason)).collect::<Vec<_>>(),
        [(&grant.id, "account_removed")]
    );
    assert!(!store.remove_account(&id(1), NOW).await.expect("remove"));
}

async fn parallel_guesses_are_all_counted(url: DatabaseUrl) {
    let store = open(&url).await;
    let guesses = (0..24).map(|number| {
        let store = store.clone();
        let key = if number % 2 == 0 { "Ada@example.com" } else { " ada@EXAMPLE.com" };
        tokio::spawn(async move { store.begin_sign_in(key, NOW, 5, HOUR).await.expect("turn") })
    });
    let mut allowed = 0;
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.expect("guess") {
            SignInTurn::Allowed => allowed += 1,
            SignInTurn::Locked { until } => assert_eq!(until, NOW + HOUR),
        }
    }
    assert_eq!(allowed, 5);
}

async fn a_locked_sign_in_opens_again(url: DatabaseUrl) {
    let store = open(&url).await;
    let turn = async |now| store.begin_sign_in("ada@example.com", now, 1, HOUR).await.expect("turn");
    assert_eq!(turn(NOW).await, SignInTurn::Allowed);
    assert_eq!(turn(NOW + SECOND).await, SignInTurn::Locked { until: NOW + HOUR });
    assert_eq!(turn(NOW + HOUR).await, SignInTurn::Allowed, "the window is over");
    assert_eq!(turn(NOW + HOUR).await, SignInTurn::Locked { until: NOW + 2 * HOUR });
    store.sign_in_succeeded(" ADA@example.com").await.expect("forget");
    assert_eq!(turn(NOW + HOUR).await, SignInTurn::Allowed, "a success forgets");
}
