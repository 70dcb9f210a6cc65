//! What happens without a request: following the store's changes, cleaning up, and new keys in time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fleetgate_gate::Keys as GateKeys;
use tokio::task::JoinSet;

use crate::keys::KeyError;
use crate::micros;
use crate::revocations;
use crate::sandbox::world::PLANTING;
use crate::state::{Shared, State};

/// How often a node looks for what other nodes changed: revocations reach every node's view within a second.
const FOLLOW: Duration = Duration::from_millis(500);
/// How often expired rows are removed and keys are looked at, in the time of the server's clock.
const HOUSEKEEPING: Duration = Duration::from_secs(60);
/// How often at most, where that clock runs fast.
const HOUSEKEEPING_AT_MOST: Duration = Duration::from_secs(1);
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
        if let Some(clock) = &state.sandbox_clock
            && let Err(error) = clock.follow(&state.store).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "the sandbox's clock cannot be followed");
        }
        let now = state.now();
        if let Err(error) = look(&state, since).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the store cannot be followed");
            continue;
        }
        since = now - state.sandbox_clock.as_ref().map_or(OVERLAP, |clock| clock.span(OVERLAP));
    }
}

async fn look(state: &State, since: i64) -> Result<(), fleetgate_store::Error> {
    if state.is_sandbox() && state.store.setting(PLANTING).await? != state.planting {
        // What was counted in a world that was replaced is nothing to the next one.
        state.replanted.notify_one();
    } else if let Some(conditions) = &state.conditions
        && let Err(error) = conditions.follow(&state.store, state.now()).await
    {
        tracing::warn!(error = &error as &dyn std::error::Error, "faults and budgets cannot be followed");
    }
    state.directory.follow(&state.store).await?;
    let ended = state.store.revocations_since(since).await?;
    revocations::apply(&state.revocations, &ended);
    Ok(())
}

/// Keeps house until the task is dropped.
pub(crate) async fn housekeeping(state: Shared) {
    let holder = state.entropy.hex::<8>();
    loop {
        let now = state.now();
        state.revocations.purge(now);
        if let Err(error) = keep_house(&state, &holder, now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "keys or expired rows cannot be seen to");
        }
        match &state.sandbox_clock {
            Some(clock) => clock.pass(HOUSEKEEPING, HOUSEKEEPING_AT_MOST).await,
            None => tokio::time::sleep(HOUSEKEEPING).await,
        }
    }
}

/// One node removes what has expired and makes new keys in time; every node reads the keys again.
async fn keep_house(state: &State, holder: &str, now: i64) -> Result<(), KeyError> {
    let housekeeper = state.store.try_lease("housekeeping", holder, now, now + micros(HOUSEKEEPING)).await?;
    if housekeeper {
        // Each call removes a limited number of rows, so that it never holds up a token for long.
        while state.store.purge(now).await? > 0 {
            tokio::task::yield_now().await;
        }
    }
    see_to_keys(state, housekeeper).await?;
    for server in &state.own_issuers {
        see_to_keys(server, housekeeper).await?;
    }
    Ok(())
}

async fn see_to_keys(server: &State, housekeeper: bool) -> Result<(), KeyError> {
    let before = server.keys.published();
    if let Some(lifetime) = server.config.tokens.key_lifetime.filter(|_| housekeeper) {
        let tokens_live = Duration::from_micros(server.store.access_token_lifetime().unsigned_abs());
        server.keys.rotate(server.key_room(), lifetime, tokens_live).await?;
    }
    server.keys.reload(server.key_room()).await?;
    // What was verified with the keys of before is forgotten by the gate, so they change only when they have changed.
    if server.keys.published() != before {
        server.gate_keys.replace(GateKeys::from_jwk_set(&server.keys.set()));
    }
    Ok(())
}

/// The tasks of a running server; they end with this value.
#[derive(Debug)]
pub(crate) struct Jobs(Mutex<JoinSet<()>>);

impl Jobs {
    pub(crate) fn start(state: &Shared) -> Self {
        let mut tasks = JoinSet::new();
        tasks.spawn(follow(Arc::clone(state)));
        tasks.spawn(housekeeping(Arc::clone(state)));
        Self(Mutex::new(tasks))
    }

    /// Ends them, and returns when they have ended: none is left in the middle of something when the program ends.
    pub(crate) async fn stop(&self) {
        let mut tasks = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.shutdown().await;
    }
}
