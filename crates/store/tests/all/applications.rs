use fleetgate_protocol::Region;
use fleetgate_store::{Contents, DatabaseUrl, Error, GrantKind, RegisterOutcome, Registration};

use crate::support::{NOW, account, application, granted, hash, id, on_both, open, world};

on_both!(
    an_application_comes_back_as_it_was_stored,
    neither_client_id_nor_name_is_given_twice,
    changes_leave_secret_and_identity_alone,
    removing_revokes_every_grant,
    a_registration_is_renewed_by_its_own_application_only,
    every_change_of_the_directory_raises_its_version,
);

async fn an_application_comes_back_as_it_was_stored(url: DatabaseUrl) {
    let store = open(&url).await;
    let mut full = application(1);
    full.public_key_pem = Some("pem".to_owned());
    full.sealed_private_key = Some(vec![9, 9]);
    store.insert_application(&application(2)).await.expect("application");
    store.insert_application(&full).await.expect("application");
    assert_eq!(store.application("client-1").await.expect("read"), Some(full.clone()));
    assert_eq!(store.application_by_name("Application 1").await.expect("read"), Some(full.clone()));
    assert_eq!(store.applications().await.expect("list"), [full, application(2)]);
    let machine = store.grant(&id(901)).await.expect("read").expect("there");
    assert_eq!((machine.kind, machine.refreshable), (GrantKind::ClientCredentials, false));
}

async fn neither_client_id_nor_name_is_given_twice(url: DatabaseUrl) {
    let store = open(&url).await;
    store.insert_application(&application(1)).await.expect("application");
    let mut same_id = application(2);
    same_id.client_id = "client-1".to_owned();
    assert!(matches!(store.insert_application(&same_id).await, Err(Error::Conflict { what: "application" })));
    let mut same_name = application(2);
    same_name.name = "Application 1".to_owned();
    assert!(matches!(store.insert_application(&same_name).await, Err(Error::Conflict { what: "application" })));
    assert_eq!(store.grant(&same_name.machine_grant_id).await.expect("read"), None, "nothing of it was kept");
    store.insert_application(&application(2)).await.expect("application");
    assert!(matches!(store.update_application(&same_name, NOW).await, Err(Error::Conflict { what: "application" })));
}

async fn changes_leave_secret_and_identity_alone(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let mut changed = application(1);
    changed.name = "Renamed".to_owned();
    changed.secret_hash = None;
    changed.machine_grant_id = "elsewhere".to_owned();
    assert!(store.update_application(&changed, NOW + 5).await.expect("update"));
    let mut expected = application(1);
    expected.name = "Renamed".to_owned();
    expected.updated_at = NOW + 5;
    assert_eq!(store.application("client-1").await.expect("read"), Some(expected));

    assert!(store.rotate_secret("client-1", hash(2), None, NOW + 6).await.expect("rotate"));
    let rotated = store.application("client-1").await.expect("read").expect("there");
    assert_eq!((rotated.secret_hash, rotated.sealed_secret), (Some(hash(2)), None));
    assert!(!store.rotate_secret("nobody", hash(2), None, NOW).await.expect("rotate"));
    assert!(store.set_application_disabled("client-1", Some(NOW), NOW).await.expect("disable"));
    assert_eq!(store.application("client-1").await.expect("read").expect("there").disabled_at, Some(NOW));
}

async fn removing_revokes_every_grant(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let grant = granted(&store, 1).await;
    assert!(store.remove_application("client-1", NOW).await.expect("remove"));
    let mut ended: Vec<_> = store.revocations_since(0).await.expect("list").into_iter().map(|r| r.subject).collect();
    ended.sort();
    assert_eq!(ended, [grant.id, application(1).machine_grant_id]);
    assert_eq!(store.consent(&id(1), "client-1").await.expect("read"), None);
    assert_eq!(store.grants_of(Some("client-1"), None).await.expect("list"), []);
}

fn registration(number: u32, region: Region) -> Registration {
    Registration {
        client_id: format!("client-{number}"),
        region,
        domain: format!("app{number}.example.com"),
        public_key: format!("04{}", number.to_string().repeat(128)),
        created_at: NOW,
        updated_at: NOW,
    }
}

async fn a_registration_is_renewed_by_its_own_application_only(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let first = registration(1, Region::Na);
    assert_eq!(store.register(&first).await.expect("register"), RegisterOutcome::Registered(first.clone()));
    let renewed = Registration { created_at: NOW + 1, updated_at: NOW + 1, ..registration(1, Region::Na) };
    let standing = Registration { created_at: NOW, ..renewed.clone() };
    assert_eq!(store.register(&renewed).await.expect("register"), RegisterOutcome::Registered(standing.clone()));
    let elsewhere = Registration { public_key: "07".repeat(65), ..registration(1, Region::Eu) };
    assert_eq!(store.register(&elsewhere).await.expect("register"), RegisterOutcome::Registered(elsewhere.clone()));

    let same_key = Registration { public_key: first.public_key.to_ascii_uppercase(), ..registration(2, Region::Cn) };
    assert_eq!(store.register(&same_key).await.expect("register"), RegisterOutcome::KeyTaken);
    let same_domain = Registration { domain: "APP1.example.com".to_owned(), ..registration(2, Region::Cn) };
    assert_eq!(store.register(&same_domain).await.expect("register"), RegisterOutcome::DomainTaken);
    assert_eq!(store.registrations().await.expect("list"), [elsewhere.clone(), standing.clone()]);
    let by_domain = async |domain, region| store.registration_by_domain(domain, region).await.expect("read");
    assert_eq!(by_domain("App1.Example.com", Region::Eu).await, Some(elsewhere));
    assert_eq!(by_domain("App1.Example.com", Region::Na).await, Some(standing));
    assert_eq!(by_domain("app1.example.com", Region::Cn).await, None);
    assert_eq!(by_domain("app2.example.com", Region::Na).await, None);
}

async fn every_change_of_the_directory_raises_its_version(url: DatabaseUrl) {
    let store = open(&url).await;
    let mut versions = vec![store.directory_version().await.expect("version")];
    macro_rules! raises {
        ($($change:expr),+ $(,)?) => {$(
            $change.await.expect("change");
            versions.push(store.directory_version().await.expect("version"));
            assert!(versions.is_sorted_by(|before, after| before < after), stringify!($change));
        )+};
    }
    raises!(
        store.insert_account(&account(1)),
        store.insert_application(&application(1)),
        store.register(&registration(1, Region::Na)),
        store.update_application(&application(1), NOW),
        store.rotate_secret("client-1", hash(2), None, NOW),
        store.set_application_disabled("client-1", Some(NOW), NOW),
        store.set_account_disabled(&id(1), Some(NOW), NOW),
        store.set_password_hash(&id(1), "hash", false, NOW),
        store.remove_application("client-1", NOW),
        store.remove_account(&id(1), NOW),
        store.replace_everything(Contents::default()),
    );
    assert!(store.insert_account(&account(1)).await.is_ok());
    let seen = store.directory_version().await.expect("version");
    assert!(store.insert_account(&account(1)).await.is_err());
    assert_eq!(store.directory_version().await.expect("version"), seen, "what failed changed nothing");
}
