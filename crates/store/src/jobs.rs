//! What is done now and then: clean-up, and the leases under which one node does it.

use crate::Store;
use crate::error::Result;
use crate::tx::Tx;
use crate::value::{params, statements};

/// The most rows of each table that one call removes, so that nobody waits long for it.
const BATCH: i64 = 1_000;
/// A code is kept for a day after its expiry, so that a replay is still seen.
const CODE_KEPT: i64 = 24 * 60 * 60 * 1_000_000;
/// A dead grant is kept for thirty days, so that an old refresh token is still refused with its reason.
const GRANT_KEPT: i64 = 30 * 24 * 60 * 60 * 1_000_000;
/// The setting that says how far the search for dead grants has come.
const GRANTS_SEEN: &str = "purge.grants_seen";

macro_rules! delete_expired {
    ($table:literal, $key:literal, $time:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE ",
            $key,
            " IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE ",
            $time,
            " <= $1 LIMIT $2)"
        )
    };
}

statements! {
    PENDING = [delete_expired!("pending_authorizations", "id_hash", "expires_at")];
    SESSIONS = [delete_expired!("sessions", "id_hash", "expires_at")];
    CODES = [delete_expired!("codes", "code_hash", "expires_at")];
    ATTEMPTS = [delete_expired!("sign_in_attempts", "account_key", "ends_at")];
    REVOCATIONS = ["DELETE FROM revocations WHERE (kind, subject) IN \
                    (SELECT kind, subject FROM revocations WHERE expires_at <= $1 LIMIT $2)"];
    NEXT_GRANTS = ["SELECT id FROM grants WHERE id > $1 ORDER BY id LIMIT $2"];
    GRANTS = ["DELETE FROM grants WHERE id > $1 AND id <= $2 AND kind <> 'client_credentials' \
               AND (revoked_at <= $3 OR generation_expires_at <= $3 OR absolute_expires_at <= $3 \
                    OR kind = 'authorization_code' AND generation_expires_at IS NULL AND created_at <= $4)"];
    SEEN = ["SELECT value FROM settings WHERE name = $1"];
    SET_SEEN = ["INSERT INTO settings (name, value) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value"];
    LEASE = ["INSERT INTO leases (name, holder, ends_at) VALUES ($1, $2, $4) ON CONFLICT (name) DO UPDATE SET \
              holder = excluded.holder, ends_at = excluded.ends_at \
              WHERE leases.ends_at <= $3 OR leases.holder = excluded.holder"];
}

impl Store {
    /// Removes what has expired: authorization requests, sessions, codes, revocations, counters of sign-ins, and grants
    /// that died long ago. It removes a limited number of rows and answers how many; call it again while there are many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn purge(&self, now: i64) -> Result<u64> {
        let mut removed = 0;
        for (sql, until) in [
            (PENDING, now),
            (SESSIONS, now),
            (CODES, now.saturating_sub(CODE_KEPT)),
            (ATTEMPTS, now),
            (REVOCATIONS, now),
        ] {
            removed += self.execute(sql, params![until, BATCH]).await?;
        }
        let dead = now.saturating_sub(GRANT_KEPT);
        // A grant without refresh tokens is dead when its one access token is.
        let input = (dead, dead.saturating_sub(self.access_token_lifetime()));
        Ok(removed
            + self.write(input, |tx, (dead, unrefreshed)| Box::pin(purge_grants(tx, *dead, *unrefreshed))).await?)
    }

    /// Takes or renews a lease until `until`; `false` when somebody else holds it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn try_lease(&self, name: &str, holder: &str, now: i64, until: i64) -> Result<bool> {
        Ok(self.execute(LEASE, params![name, holder, now, until]).await? > 0)
    }
}

/// Looks at the next few grants and removes the dead. What tells them stands in no index, which rotation would have to
/// keep; so the search goes on from where it ended the last time.
async fn purge_grants(tx: &mut Tx<'_>, dead: i64, unrefreshed: i64) -> Result<u64> {
    let seen = tx.optional::<String>(SEEN, &params![GRANTS_SEEN]).await?.unwrap_or_default();
    let next = tx.all::<String>(NEXT_GRANTS, &params![seen, BATCH]).await?;
    let last = next.last().map_or("", String::as_str);
    let removed = if last.is_empty() { 0 } else { tx.execute(GRANTS, &params![seen, last, dead, unrefreshed]).await? };
    if last != seen {
        tx.execute(SET_SEEN, &params![GRANTS_SEEN, last]).await?;
    }
    Ok(removed)
}
