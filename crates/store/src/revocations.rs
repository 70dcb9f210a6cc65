//! Revocations: what ended before its access tokens expire, for the gate's view of it.

use crate::Store;
use crate::error::Result;
use crate::tx::Tx;
use crate::value::{FromRow, Row, ToValue, names, params, statements};

/// What a revocation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RevocationKind {
    /// A grant, with all its tokens.
    Grant,
    /// One access token.
    Token,
    /// The access tokens of a grant from before a generation.
    Generation,
}

names!(RevocationKind, "kind of revocation", { Grant = "grant", Token = "token", Generation = "generation" });

/// Something that ended before its access tokens expire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// What is ended.
    pub kind: RevocationKind,
    /// The grant's id, or the token's `jti`.
    pub subject: String,
    /// The oldest generation that still counts, for [`RevocationKind::Generation`].
    pub before_generation: Option<i64>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: i64,
    /// When no access token that it ends can be alive any more.
    pub expires_at: i64,
}

impl FromRow for Revocation {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            kind: row.next()?,
            subject: row.next()?,
            before_generation: row.next()?,
            reason: row.next()?,
            at: row.next()?,
            expires_at: row.next()?,
        })
    }
}

/// Why and when something ends.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) reason: String,
    pub(crate) now: i64,
    /// When the last access token expires.
    pub(crate) expires_at: i64,
}

impl Ending {
    pub(crate) fn because(&self, reason: &str) -> Self {
        Self { reason: reason.to_owned(), ..*self }
    }
}

macro_rules! revoke_where {
    ($condition:literal) => {
        concat!(
            "UPDATE grants SET revoked_at = $1, revoked_reason = $2 WHERE revoked_at IS NULL AND ",
            $condition,
            " RETURNING id"
        )
    };
}

statements! {
    ONE = [revoke_where!("id = $3")];
    OF_ACCOUNT = [revoke_where!("account_id = $3")];
    OF_CLIENT = [revoke_where!("client_id = $3")];
    OF_PAIR = [revoke_where!("account_id = $3 AND client_id = $4")];
    OLDER_OF_PAIR = [revoke_where!("account_id = $3 AND client_id = $4 AND id <> $5")];
    INSERT = ["INSERT INTO revocations (kind, subject, before_generation, reason, revoked_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, subject) DO UPDATE SET \
               before_generation = excluded.before_generation, reason = excluded.reason, \
               revoked_at = excluded.revoked_at, expires_at = excluded.expires_at"];
    SINCE = ["SELECT kind, subject, before_generation, reason, revoked_at, expires_at FROM revocations \
              WHERE revoked_at >= $1 ORDER BY revoked_at, subject, kind"];
}

impl Store {
    pub(crate) fn ending(&self, reason: &str, now: i64) -> Ending {
        let expires_at = now.saturating_add(self.access_token_lifetime());
        Ending { reason: reason.to_owned(), now, expires_at }
    }

    /// Revokes a grant; `None` when there is none, or when it was revoked before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_grant(&self, grant_id: &str, reason: &str, now: i64) -> Result<Option<Revocation>> {
        let input = (grant_id.to_owned(), self.ending(reason, now));
        self.write(input, |tx, (grant_id, ending)| {
            Box::pin(async move { Ok(revoke(tx, ONE, &[grant_id], ending).await?.pop()) })
        })
        .await
    }

    /// Revokes one access token (RFC 7009), which expires at `expires_at`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_token(&self, jti: &str, expires_at: i64, now: i64) -> Result<Revocation> {
        let revocation = Revocation {
            kind: RevocationKind::Token,
            subject: jti.to_owned(),
            before_generation: None,
            reason: "token_revoked".to_owned(),
            at: now,
            expires_at,
        };
        self.write(revocation, |tx, revocation| {
            Box::pin(async move {
                insert(tx, revocation).await?;
                Ok(revocation.clone())
            })
        })
        .await
    }

    /// The revocations at `at` and later, ordered by time and subject.
    ///
    /// Another node's revocation carries that node's time and appears when it is committed: who follows them asks again
    /// from a little before the newest that was seen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revocations_since(&self, at: i64) -> Result<Vec<Revocation>> {
        self.all(SINCE, params![at]).await
    }
}

/// Revokes the grants that `sql`, one of the statements above, selects by `parties`.
pub(crate) async fn revoke(
    tx: &mut Tx<'_>,
    sql: &'static str,
    parties: &[&str],
    ending: &Ending,
) -> Result<Vec<Revocation>> {
    let mut params = params![ending.now, ending.reason].to_vec();
    params.extend(parties.iter().map(ToValue::to_value));
    let mut revocations = Vec::new();
    for subject in tx.all::<String>(sql, &params).await? {
        let revocation = Revocation {
            kind: RevocationKind::Grant,
            subject,
            before_generation: None,
            reason: ending.reason.clone(),
            at: ending.now,
            expires_at: ending.expires_at,
        };
        insert(tx, &revocation).await?;
        revocations.push(revocation);
    }
    Ok(revocations)
}

pub(crate) async fn insert(tx: &mut Tx<'_>, revocation: &Revocation) -> Result<()> {
    let Revocation { kind, subject, before_generation, reason, at, expires_at } = revocation;
    tx.execute(INSERT, &params![kind, subject, before_generation, reason, at, expires_at]).await.map(drop)
}
