//! What the server does without a request.

use std::time::Duration;

use fleetgate_store::PendingAuthorization;
use futures_util::future::join_all;

use crate::harness::{HOUR, MINUTE, Place, Sandbox, on_both};

on_both!(housekeeping_removes_everything_that_has_expired);

/// More than one call of the store's clean-up removes.
const MANY: u32 = 2_500;

/// The server keeps house once when it starts, and then each minute.
async fn housekeeping_removes_everything_that_has_expired(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (now, client_id) = (sandbox.now(), sandbox.third_party().client_id);
    let waiting = |number: u32, expires_at: i64| {
        let mut id_hash = [0; 32];
        id_hash[..4].copy_from_slice(&number.to_be_bytes());
        let (client_id, parameters) = (client_id.clone(), "{}".to_owned());
        PendingAuthorization { id_hash, client_id, parameters, account_id: None, created_at: now, expires_at }
    };
    let mut rows: Vec<PendingAuthorization> = (0..MANY).map(|number| waiting(number, now + HOUR)).collect();
    rows.push(waiting(MANY, now + 3 * HOUR));
    for stored in join_all(rows.iter().map(|row| sandbox.state.store.insert_pending(row))).await {
        stored.expect("stored");
    }

    sandbox.clock.advance(HOUR + MINUTE);
    let sandbox = sandbox.restart().await;
    // As of the time before they expired, each is found for as long as it is there.
    let there = async |row: &PendingAuthorization| {
        sandbox.state.store.pending(&row.id_hash, now).await.expect("read").is_some()
    };
    let (living, expired) = rows.split_last().expect("rows");
    let all_gone = async {
        for row in expired {
            while there(row).await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all_gone).await.expect("everything that has expired is removed");
    assert!(there(living).await);
}
