//! What happens without a request: following the store's changes, and cleaning up.

use std::sync::Arc;
use std::time::Duration;

use crate::revocations;
use crate::state::{Shared, State};

/// How often a node looks for what other nodes changed: revocations reach every node's view within a second.
const FOLLOW: Duration = Duration::from_millis(500);
/// How often expired rows are removed.
const PURGE: Duration = Duration::from_secs(60);
/// How far back a look for revocations goes, so that one that was committed late, or under another node's clock, is not
/// missed.
const OVERLAP: i64 = 10_000_000;

/// Follows the store until the task is dropped.
pub(crate) async fn follow(state: Shared) {
    let mut since = state.now();
    let mut turn = tokio::time::interval(FOLLOW);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        let now = state.now();
        if let Err(error) = look(&state, since).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the store cannot be followed");
            continue;
        }
        since = now - OVERLAP;
    }
}

async fn look(state: &State, since: i64) -> Result<(), fleetgate_store::Error> {
    state.directory.follow(&state.store).await?;
    let ended = state.store.revocations_since(since).await?;
    revocations::apply(&state.revocations, &ended);
    Ok(())
}

/// Removes what has expired, until the task is dropped. One node does it at a time.
pub(crate) async fn purge(state: Shared) {
    let holder = state.entropy.hex::<8>();
    let mut turn = tokio::time::interval(PURGE);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        let now = state.now();
        state.revocations.purge(now);
        let lease = now + i64::try_from(PURGE.as_micros()).unwrap_or(i64::MAX);
        let cleaned = async {
            if state.store.try_lease("purge", &holder, now, lease).await? {
                let removed = state.store.purge(now).await?;
                tracing::debug!(removed, "expired rows are removed");
            }
            Ok::<_, fleetgate_store::Error>(())
        };
        if let Err(error) = cleaned.await {
            tracing::warn!(error = &error as &dyn std::error::Error, "expired rows cannot be removed");
        }
    }
}

/// The tasks of a running server; they end with this value.
#[derive(Debug)]
pub(crate) struct Jobs(Vec<tokio::task::AbortHandle>);

impl Jobs {
    pub(crate) fn start(state: &Shared) -> Self {
        let follow = tokio::spawn(follow(Arc::clone(state))).abort_handle();
        let purge = tokio::spawn(purge(Arc::clone(state))).abort_handle();
        Self(vec![follow, purge])
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        for job in &self.0 {
            job.abort();
        }
    }
}
