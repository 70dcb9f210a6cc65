use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use fleetgate_protocol::jws::JwkSet;
use futures_util::future::BoxFuture;
use futures_util::lock::Mutex;

use crate::{KeyRing, Keys};

/// Where an authorization server's key set is fetched from.
pub trait KeySource: Send + Sync + fmt::Debug {
    /// Fetches the key set. It must end on its own after a few seconds.
    fn fetch(&self) -> BoxFuture<'_, Result<JwkSet, FetchFailed>>;
}

/// The key set could not be fetched; the keys at hand stay in use.
#[derive(Debug, thiserror::Error)]
#[error("the key set could not be fetched")]
pub struct FetchFailed(#[source] pub Box<dyn Error + Send + Sync>);

/// Follows the keys of a running authorization server, for a gate that stands elsewhere.
///
/// The key set is fetched again when a token names a key that is unknown, and when it is older than `max_age`; but
/// never sooner than `min_interval` after the last attempt, so that made-up key names cost nothing. Requests that come
/// while it is being fetched for an unknown key wait for that one fetch. Times are microseconds.
#[derive(Debug)]
pub struct KeyFollower {
    source: Box<dyn KeySource>,
    min_interval: i64,
    max_age: i64,
    fetched_at: AtomicI64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    attempted_at: Option<i64>,
    set: Option<JwkSet>,
}

impl KeyFollower {
    /// Fetches at most every 30 seconds, and at least every hour while requests come.
    #[must_use]
    pub fn new(source: impl KeySource + 'static) -> Self {
        Self::with_intervals(source, 30 * 1_000_000, 3_600 * 1_000_000)
    }

    /// With own intervals, in microseconds.
    #[must_use]
    pub fn with_intervals(source: impl KeySource + 'static, min_interval: i64, max_age: i64) -> Self {
        Self {
            source: Box::new(source),
            min_interval,
            max_age,
            fetched_at: AtomicI64::new(i64::MIN),
            state: Mutex::default(),
        }
    }

    /// Whether the key set is too old to go on without a look at the source.
    pub(crate) fn is_stale(&self, now: i64) -> bool {
        self.fetched_at.load(Ordering::Relaxed).saturating_add(self.max_age) <= now
    }

    /// Fetches the key set, unless it was tried a moment ago, and says whether the ring has other keys than `seen`
    /// now. Without `wait` somebody else's fetch is left to go on alone.
    pub(crate) async fn refresh(&self, ring: &KeyRing, seen: &Arc<Keys>, now: i64, wait: bool) -> bool {
        let mut state = match self.state.try_lock() {
            Some(state) => state,
            None if wait => self.state.lock().await,
            None => return false,
        };
        let changed = || !Arc::ptr_eq(&ring.current(), seen);
        // A clock that was set back does not keep the keys from being fetched.
        let recent = state.attempted_at.is_some_and(|at| at <= now && now < at.saturating_add(self.min_interval));
        if changed() || recent {
            return changed();
        }
        state.attempted_at = Some(now);
        if let Ok(set) = self.source.fetch().await {
            self.fetched_at.store(now, Ordering::Relaxed);
            let keys = Keys::from_jwk_set(&set);
            // The same set again leaves the cache of verified tokens alone; an unusable one is as good as none.
            if !keys.is_empty() && state.set.as_ref() != Some(&set) {
                ring.replace(keys);
                state.set = Some(set);
            }
        }
        changed()
    }
}

#[cfg(test)]
mod tests;
