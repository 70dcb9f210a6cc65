use std::sync::atomic::{AtomicI64, Ordering};

use fleetgate_store::DatabaseUrl;

use super::*;
use crate::entropy::SystemEntropy;

#[derive(Debug, Default)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const TOKEN: Duration = Duration::from_secs(8 * 60 * 60);

/// Logto's post-mortem of January 2026: a key signed while clients still held a set without it.
#[tokio::test]
async fn a_new_key_is_published_one_key_set_lifetime_before_it_signs() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("k.db"))).await.unwrap();
    let (master, clock) = (MasterKey::from_bytes(&[1; 32]), Hands::default());
    let algorithm = Algorithm::Es256;
    let room =
        KeyRoom { store: &store, master: &master, clock: &clock, entropy: &SystemEntropy, algorithm, realm: None };
    let keys = Keys::load(room).await.unwrap();
    let first = keys.active(clock.now()).unwrap().kid().to_owned();

    let mut published_at = std::collections::HashMap::from([(first.clone(), 0)]);
    let mut signed = vec![(first, 0)];
    for hour in 1..24 * 9 {
        clock.0.store(hour * micros(Duration::from_secs(60 * 60)), Ordering::Relaxed);
        keys.rotate(room, 3 * DAY, TOKEN).await.unwrap();
        let now = clock.now();
        let set = keys.set();
        for kid in set.keys.iter().filter_map(|key| key.kid.clone()) {
            published_at.entry(kid).or_insert(now);
        }
        let kid = keys.active(now).unwrap().kid().to_owned();
        if signed.last().unwrap().0 != kid {
            // Another node reads the keys up to a minute later.
            let everywhere = published_at[&kid] + 60_000_000;
            assert!(now - everywhere >= micros(KEY_SET_LIFETIME), "{kid} signed too early");
            signed.push((kid, now));
        }
        let (_, since) = signed.last().unwrap();
        if let Some((before, _)) = signed.iter().rev().nth(1) {
            let alive = now - since < micros(TOKEN);
            let published = set.keys.iter().any(|key| key.kid.as_ref() == Some(before));
            assert!(published || !alive, "{before} went while its tokens were alive");
        }
    }
    assert!(signed.len() >= 3, "keys were rotated: {signed:?}");
    assert!(keys.set().keys.len() <= 2, "old keys go");
}

#[tokio::test]
async fn another_master_key_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("k.db"))).await.unwrap();
    let (clock, algorithm) = (Hands::default(), Algorithm::Es256);
    let (right, wrong) = (MasterKey::from_bytes(&[1; 32]), MasterKey::from_bytes(&[2; 32]));
    let room =
        |master| KeyRoom { store: &store, master, clock: &clock, entropy: &SystemEntropy, algorithm, realm: None };
    Keys::load(room(&right)).await.unwrap();
    assert!(matches!(Keys::load(room(&wrong)).await, Err(KeyError::Master(_))));
}

#[tokio::test]
async fn another_algorithm_makes_a_key_of_its_own_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("k.db"))).await.unwrap();
    let (master, clock) = (MasterKey::from_bytes(&[1; 32]), Hands::default());
    let room = |algorithm| KeyRoom {
        store: &store,
        master: &master,
        clock: &clock,
        entropy: &SystemEntropy,
        algorithm,
        realm: None,
    };
    let keys = Keys::load(room(Algorithm::Es256)).await.unwrap();
    for _ in 0..2 {
        keys.rotate(room(Algorithm::EdDsa), 30 * DAY, TOKEN).await.unwrap();
        assert_eq!(*keys.algorithms(), [Algorithm::Es256, Algorithm::EdDsa]);
        assert_eq!(keys.active(clock.now()).unwrap().algorithm(), Algorithm::Es256, "it was not published yet");
    }
    clock.0.store(PUBLISHED_BEFORE, Ordering::Relaxed);
    assert_eq!(keys.active(clock.now()).unwrap().algorithm(), Algorithm::EdDsa);
    clock.0.store(micros(DAY), Ordering::Relaxed);
    keys.rotate(room(Algorithm::EdDsa), 30 * DAY, TOKEN).await.unwrap();
    assert_eq!(*keys.algorithms(), [Algorithm::EdDsa]);
}

#[test]
fn a_key_has_one_name_and_one_certificate() {
    for algorithm in Algorithm::ALL {
        let pkcs8 = SigningKey::generate(algorithm).unwrap();
        let (one, other) = (Named::new(algorithm, &pkcs8).unwrap(), Named::new(algorithm, &pkcs8).unwrap());
        assert_eq!((&one.kid, &one.certificate), (&other.kid, &other.certificate), "{algorithm}");
        assert_eq!(one.certificate.is_empty(), algorithm != Algorithm::Rs256, "{algorithm}");
        let different = Named::new(algorithm, &SigningKey::generate(algorithm).unwrap()).unwrap();
        assert_ne!(one.kid, different.kid, "{algorithm}");
    }
}

#[tokio::test]
async fn a_region_with_keys_of_its_own_shares_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("k.db"))).await.unwrap();
    let master = MasterKey::load_or_create(&folder.path().join("master.key")).unwrap();
    let (clock, algorithm) = (Hands(AtomicI64::new(0)), Algorithm::Es256);
    let room =
        |realm| KeyRoom { store: &store, master: &master, clock: &clock, entropy: &SystemEntropy, algorithm, realm };
    let (shared, chinese) = (Keys::load(room(None)).await.unwrap(), Keys::load(room(Some(Region::Cn))).await.unwrap());
    assert_eq!((shared.set().keys.len(), chinese.set().keys.len()), (1, 1));
    assert_ne!(shared.set().keys[0].kid, chinese.set().keys[0].kid);
    let tag = |keys: &Keys| hmac::sign(&keys.mac(1).unwrap(), b"x").as_ref().to_vec();
    assert_ne!(tag(&shared), tag(&chinese));
}

/// In between a world has no keys of its own, and nobody is to be turned away for that; a retired key signs nothing.
#[tokio::test]
async fn keys_last_until_a_world_that_replaces_this_one_has_some() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("k.db"))).await.unwrap();
    let (master, clock) = (MasterKey::from_bytes(&[1; 32]), Hands::default());
    let algorithm = Algorithm::Es256;
    let room =
        KeyRoom { store: &store, master: &master, clock: &clock, entropy: &SystemEntropy, algorithm, realm: None };
    let keys = Keys::load(room).await.unwrap();
    let kid = keys.active(0).unwrap().kid().to_owned();
    store.replace_everything(fleetgate_store::Contents::default()).await.unwrap();
    keys.reload(room).await.unwrap();
    assert_eq!(keys.active(0).unwrap().kid(), kid);

    let keys = Keys::load(room).await.unwrap();
    let new = keys.active(0).unwrap().kid().to_owned();
    assert_ne!(new, kid);
    store.retire_key(&new, 1).await.unwrap();
    keys.reload(room).await.unwrap();
    assert!(matches!(keys.active(2), Err(KeyError::NoneActive)));
}
