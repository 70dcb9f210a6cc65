//! Databases that last for one test, and things to put into them.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use fleetgate_protocol::{ApplicationKind, GrantType, Region, ScopeSet};
use fleetgate_store::{
    Account, AccountKind, Application, DatabaseUrl, GrantKind, NewCode, NewGrant, Rotate, Rotation, Store,
};

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const HOUR: i64 = 3_600 * SECOND;
pub(crate) const DAY: i64 = 24 * HOUR;
/// Some time in 2026.
pub(crate) const NOW: i64 = 1_790_000_000 * SECOND;

/// Makes each test into one for SQLite and one for PostgreSQL, each with a database of its own.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                $crate::support::on_sqlite(super::$test).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                $crate::support::on_postgres(super::$test).await;
            })+
        }
    };
}
pub(crate) use on_both;

pub(crate) async fn on_sqlite<T, F>(test: T)
where
    T: Fn(DatabaseUrl) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let folder = tempfile::tempdir().expect("a folder");
    test(DatabaseUrl::Sqlite(folder.path().join("fleetgate.db"))).await;
}

pub(crate) async fn on_postgres<T, F>(test: T)
where
    T: Fn(DatabaseUrl) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("FLEETGATE_TEST_POSTGRES").expect(
        "FLEETGATE_TEST_POSTGRES holds the URL of a PostgreSQL server whose user may create databases; \
         run with `--skip postgres::` to leave these tests out",
    );
    let (admin, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.expect("a server");
    tokio::spawn(connection);
    let name = format!("fleetgate_store_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    admin.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
    let url = DatabaseUrl::Postgres(with_database(&server, &name));
    let outcome = tokio::spawn(test(url)).await;
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("dropped");
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// The same URL with another path.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = address.split_once("://").expect("a URL");
    let authority = rest.split('/').next().expect("an authority");
    format!("{scheme}://{authority}/{name}?{query}")
}

pub(crate) async fn open(url: &DatabaseUrl) -> Store {
    Store::open(url).await.expect("the store opens")
}

pub(crate) fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

pub(crate) fn hash(number: u8) -> [u8; 32] {
    [number; 32]
}

pub(crate) fn scopes(text: &str) -> ScopeSet {
    text.parse().expect("scopes")
}

pub(crate) fn account(number: u32) -> Account {
    Account {
        id: id(number),
        email: format!("person{number}@example.com"),
        full_name: "Ada Lovelace".to_owned(),
        password_hash: Some("$argon2id$secret".to_owned()),
        kind: AccountKind::Person,
        region: Region::Eu,
        locale: "en-US".to_owned(),
        profile_image_url: "https://example.com/ada.png".to_owned(),
        vault_uuid: id(number + 500),
        created_at: NOW,
        disabled_at: None,
    }
}

pub(crate) fn application(number: u32) -> Application {
    Application {
        client_id: format!("client-{number}"),
        name: format!("Application {number}"),
        description: "Charges cars.".to_owned(),
        kind: ApplicationKind::ThirdParty,
        grant_types: vec![GrantType::AuthorizationCode, GrantType::ClientCredentials],
        secret_hash: Some(hash(1)),
        sealed_secret: Some(vec![1, 2, 3]),
        redirect_uris: vec!["http://127.0.0.1:3000/callback".to_owned()],
        post_logout_redirect_uris: Vec::new(),
        allowed_origins: vec!["http://127.0.0.1:3000".to_owned()],
        domain: Some("example.com".to_owned()),
        public_key_pem: None,
        sealed_private_key: None,
        scopes: scopes("openid offline_access vehicle_device_data"),
        business_account_id: None,
        machine_grant_id: id(900 + number),
        created_at: NOW + i64::from(number),
        updated_at: NOW,
        disabled_at: None,
    }
}

pub(crate) fn code(number: u8) -> NewCode {
    NewCode {
        code_hash: hash(number),
        client_id: "client-1".to_owned(),
        account_id: id(1),
        redirect_uri: "http://127.0.0.1:3000/callback".to_owned(),
        scopes: scopes("openid offline_access"),
        code_challenge: Some("challenge".to_owned()),
        nonce: None,
        state: Some("state".to_owned()),
        locale: Some("de-DE".to_owned()),
        audience: Some("https://audience.example".to_owned()),
        auth_time: NOW - SECOND,
        amr: vec!["pwd".to_owned()],
        created_at: NOW,
        expires_at: NOW + 120 * SECOND,
    }
}

pub(crate) fn grant(number: u32) -> NewGrant {
    NewGrant {
        id: id(number),
        kind: GrantKind::AuthorizationCode,
        client_id: "client-1".to_owned(),
        account_id: Some(id(1)),
        region: Region::Eu,
        scopes: scopes("openid offline_access"),
        refreshable: true,
        mac_key_id: 1,
        auth_time: Some(NOW - SECOND),
        amr: vec!["pwd".to_owned()],
        locale: None,
        audience: None,
        created_at: NOW,
        generation_expires_at: Some(NOW + 90 * DAY),
        absolute_expires_at: None,
        end_older: false,
    }
}

/// Accounts 1 and 2, applications 1 and 2.
pub(crate) async fn world(store: &Store) {
    for number in [1, 2] {
        store.insert_account(&account(number)).await.expect("account");
        store.insert_application(&application(number)).await.expect("application");
    }
}

/// The grant of a code that account 1 gave application 1.
pub(crate) async fn granted(store: &Store, number: u8) -> NewGrant {
    let code = code(number);
    let approved = store.approve(None, Some(&code.scopes), &code).await.expect("approve");
    assert!(approved);
    let grant = grant(100 + u32::from(number));
    let redeemed = store.redeem_code(&code.code_hash, &grant, NOW).await.expect("redeem");
    assert!(matches!(redeemed, fleetgate_store::Redemption::Granted(_)), "{redeemed:?}");
    grant
}

/// The refresh token of generation `presented`, a minute of grace.
pub(crate) fn present(grant: &NewGrant, presented: i64, now: i64) -> Rotate {
    Rotate {
        grant_id: grant.id.clone(),
        client_id: grant.client_id.clone(),
        grantable: scopes("openid offline_access user_data"),
        asked: None,
        refuse_wider: true,
        audience: None,
        presented,
        now,
        grace: 60 * SECOND,
        generation_lifetime: 90 * DAY,
        mac_key_id: 2,
        end_older_access: false,
    }
}

/// The generation that a rotation answered with.
pub(crate) fn generation(rotation: &Rotation) -> Option<i64> {
    match rotation {
        Rotation::Rotated(refreshed) | Rotation::Repeated(refreshed) => Some(refreshed.grant.generation),
        _ => None,
    }
}
