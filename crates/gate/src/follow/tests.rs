use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use fleetgate_protocol::jws::{SigningKey, Typ};
use futures_util::FutureExt as _;
use serde_json::json;

use super::*;
use crate::fixture::*;
use crate::{Gate, InvalidToken, Rejection, Serving};

const SECOND: i64 = 1_000_000;

/// An authorization server's key set, and how often it was asked for.
#[derive(Clone, Debug, Default)]
struct Published {
    set: Arc<Mutex<Option<JwkSet>>>,
    fetches: Arc<AtomicUsize>,
}

impl Published {
    fn publish(&self, keys: &[&SigningKey]) {
        let keys = keys.iter().map(|key| key.public_jwk(None)).collect();
        *self.set.lock().unwrap() = Some(JwkSet { keys });
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }
}

impl KeySource for Published {
    fn fetch(&self) -> BoxFuture<'_, Result<JwkSet, FetchFailed>> {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        let set = self.set.lock().unwrap().clone().ok_or_else(|| FetchFailed("the server is away".into()));
        // Like a real fetch it is not ready at once.
        async move {
            tokio::task::yield_now().await;
            set
        }
        .boxed()
    }
}

/// A gate that follows, 30 seconds between fetches, a minute until the set is stale.
fn following(published: &Published) -> World {
    let world = World::default();
    let follower = KeyFollower::with_intervals(published.clone(), 30 * SECOND, 60 * SECOND);
    let gate =
        Gate::new(config(), Serving::without_regions(NA), Arc::clone(&world.ring), Arc::clone(&world.clock) as _)
            .following(follower);
    World { gate: Arc::new(gate), ..world }
}

async fn check(world: &World, token: &str) -> Result<(), Rejection> {
    world.gate.check_following(&bearing(token), &requirement()).await.0.map(drop)
}

fn signed_by(key: &SigningKey) -> String {
    key.sign(Typ::Jwt, &serde_json::to_vec(&claims(json!({}))).unwrap()).unwrap()
}

fn unknown_key() -> Result<(), Rejection> {
    Err(Rejection::InvalidToken(InvalidToken::UnknownKey))
}

#[tokio::test]
async fn a_rotated_key_is_fetched_when_the_first_token_names_it() {
    let (published, rotated) = (Published::default(), foreign_key("k2"));
    published.publish(&[&key("k1"), &rotated]);
    let world = following(&published);
    assert_eq!(check(&world, &signed_by(&rotated)).await, Ok(()));
    assert_eq!(check(&world, &token(json!({}))).await, Ok(()));
    assert_eq!(published.fetches(), 1);
}

#[tokio::test]
async fn made_up_key_names_cause_one_fetch_in_the_interval() {
    let (published, world_key) = (Published::default(), key("k1"));
    published.publish(&[&world_key]);
    let world = following(&published);
    for number in 0..10 {
        assert_eq!(check(&world, &signed_by(&foreign_key(&format!("made-up-{number}")))).await, unknown_key());
    }
    assert_eq!(published.fetches(), 1);
    world.clock.set((ISSUED_AT + 30) * SECOND);
    assert_eq!(check(&world, &signed_by(&foreign_key("made-up"))).await, unknown_key());
    assert_eq!(published.fetches(), 2);
}

#[tokio::test]
async fn a_failed_fetch_leaves_the_keys_in_use_and_is_not_repeated_at_once() {
    let published = Published::default();
    let world = following(&published);
    assert_eq!(check(&world, &token(json!({}))).await, Ok(()));
    assert_eq!(check(&world, &token(json!({}))).await, Ok(()));
    assert_eq!(published.fetches(), 1);
    published.publish(&[]);
    world.clock.set((ISSUED_AT + 30) * SECOND);
    assert_eq!(check(&world, &token(json!({}))).await, Ok(()), "an empty key set is as good as none");
}

#[tokio::test]
async fn a_withdrawn_key_is_refused_once_the_set_is_stale() {
    let (published, newer) = (Published::default(), foreign_key("k2"));
    published.publish(&[&key("k1")]);
    let world = following(&published);
    assert_eq!(check(&world, &token(json!({}))).await, Ok(()));
    published.publish(&[&newer]);
    world.clock.set((ISSUED_AT + 59) * SECOND);
    assert_eq!(check(&world, &token(json!({}))).await, Ok(()));
    world.clock.set((ISSUED_AT + 60) * SECOND);
    assert_eq!(check(&world, &token(json!({}))).await, unknown_key());
}

#[tokio::test]
async fn the_same_set_again_leaves_the_ring_alone() {
    let published = Published::default();
    published.publish(&[&key("k1")]);
    let world = following(&published);
    assert_eq!(check(&world, &token(json!({}))).await, Ok(()));
    let keys = world.ring.current();
    world.clock.set((ISSUED_AT + 60) * SECOND);
    assert_eq!(check(&world, &token(json!({}))).await, Ok(()));
    assert_eq!(published.fetches(), 2);
    assert!(Arc::ptr_eq(&keys, &world.ring.current()));
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_stop_the_fetching() {
    let published = Published::default();
    published.publish(&[&key("k1")]);
    let world = following(&published);
    assert_eq!(check(&world, &signed_by(&foreign_key("made-up"))).await, unknown_key());
    world.clock.set((ISSUED_AT - 3600) * SECOND);
    assert_eq!(check(&world, &signed_by(&foreign_key("made-up"))).await, unknown_key());
    assert_eq!(published.fetches(), 2);
}

#[tokio::test]
async fn requests_that_name_the_same_new_key_share_one_fetch() {
    let (published, rotated) = (Published::default(), foreign_key("k2"));
    published.publish(&[&rotated]);
    let world = following(&published);
    let token = signed_by(&rotated);
    let checks = futures_util::future::join_all((0..8).map(|_| check(&world, &token))).await;
    assert_eq!(checks, vec![Ok(()); 8]);
    assert_eq!(published.fetches(), 1);
}

#[tokio::test]
async fn nobody_waits_for_the_fetch_that_a_stale_set_causes_but_the_one_who_makes_it() {
    let published = Published::default();
    published.publish(&[&key("k1")]);
    let world = following(&published);
    let token = token(json!({}));
    let mut fetching = Box::pin(check(&world, &token));
    assert_eq!((&mut fetching).now_or_never(), None);
    assert_eq!(check(&world, &token).now_or_never(), Some(Ok(())));
    assert_eq!(fetching.await, Ok(()));
    assert_eq!(published.fetches(), 1);
}
