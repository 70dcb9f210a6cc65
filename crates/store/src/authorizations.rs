//! Authorization requests that wait for a person, and the consents that come of them.

pub(crate) mod codes;

use fleetgate_protocol::ScopeSet;

pub use codes::{Code, NewCode, Redemption};

use crate::Store;
use crate::error::Result;
use crate::revocations::{Ending, OF_PAIR, Revocation, revoke};
use crate::telemetry;
use crate::tx::Tx;
use crate::value::{FromRow, Row, params, statements};

/// An authorization request (RFC 6749, section 4.1.1) that waits for sign-in and consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingAuthorization {
    /// SHA-256 of the id that the browser carries.
    pub id_hash: [u8; 32],
    /// Who asks.
    pub client_id: String,
    /// What was asked, in JSON.
    pub parameters: String,
    /// Whom it is asked of, once that is known.
    pub account_id: Option<String>,
    /// When it was asked.
    pub created_at: i64,
    /// When it is too late to answer.
    pub expires_at: i64,
}

impl FromRow for PendingAuthorization {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id_hash: row.next()?,
            client_id: row.next()?,
            parameters: row.next()?,
            account_id: row.next()?,
            created_at: row.next()?,
            expires_at: row.next()?,
        })
    }
}

/// What a person allows an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The person.
    pub account_id: String,
    /// The application.
    pub client_id: String,
    /// What is allowed.
    pub scopes: ScopeSet,
    /// When it was first given.
    pub granted_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

impl FromRow for Consent {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            account_id: row.next()?,
            client_id: row.next()?,
            scopes: row.next()?,
            granted_at: row.next()?,
            updated_at: row.next()?,
        })
    }
}

statements! {
    INSERT_PENDING = ["INSERT INTO pending_authorizations (id_hash, client_id, parameters, account_id, created_at, \
                       expires_at) VALUES ($1, $2, $3, $4, $5, $6)"];
    PENDING = ["SELECT id_hash, client_id, parameters, account_id, created_at, expires_at FROM pending_authorizations \
                WHERE id_hash = $1 AND expires_at > $2"];
    DELETE_PENDING = ["DELETE FROM pending_authorizations WHERE id_hash = $1"];
    CONSUME_PENDING = ["DELETE FROM pending_authorizations WHERE id_hash = $1 AND client_id = $2 AND expires_at > $3 \
                       RETURNING client_id"];
    CONSENT = ["SELECT account_id, client_id, scopes, granted_at, updated_at FROM consents \
                WHERE account_id = $1 AND client_id = $2"];
    CONSENTS_OF = ["SELECT account_id, client_id, scopes, granted_at, updated_at FROM consents WHERE account_id = $1 \
                    ORDER BY granted_at, client_id"];
    SET_CONSENT = ["INSERT INTO consents (account_id, client_id, scopes, granted_at, updated_at) \
                    VALUES ($1, $2, $3, $4, $4) ON CONFLICT (account_id, client_id) DO UPDATE SET \
                    scopes = excluded.scopes, updated_at = excluded.updated_at"];
    CHANGE_CONSENT = ["UPDATE consents SET scopes = $3, updated_at = $4 WHERE account_id = $1 AND client_id = $2"];
    DELETE_CONSENT = ["DELETE FROM consents WHERE account_id = $1 AND client_id = $2"];
    DELETE_CODES = ["DELETE FROM codes WHERE account_id = $1 AND client_id = $2 AND consumed_at IS NULL"];
}

impl Store {
    /// Keeps an authorization request.
    ///
    /// # Errors
    /// When the database fails, or there is no such application or account.
    pub async fn insert_pending(&self, pending: &PendingAuthorization) -> Result<()> {
        let PendingAuthorization { id_hash, client_id, parameters, account_id, created_at, expires_at } = pending;
        let params = params![id_hash, client_id, parameters, account_id, created_at, expires_at];
        self.execute(INSERT_PENDING, params).await.map(drop)
    }

    /// The authorization request, unless it has expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pending(&self, id_hash: &[u8; 32], now: i64) -> Result<Option<PendingAuthorization>> {
        self.optional(PENDING, params![id_hash, now]).await
    }

    /// Drops an authorization request; `false` when there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_pending(&self, id_hash: &[u8; 32]) -> Result<bool> {
        Ok(self.execute(DELETE_PENDING, params![id_hash]).await? > 0)
    }

    /// What the account allows the application.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent(&self, account_id: &str, client_id: &str) -> Result<Option<Consent>> {
        self.optional(CONSENT, params![account_id, client_id]).await
    }

    /// What the account allows, the oldest consent first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consents_of(&self, account_id: &str) -> Result<Vec<Consent>> {
        self.all(CONSENTS_OF, params![account_id]).await
    }

    /// Approves an authorization request: consumes `pending` if given, keeps what the person decided, and stores the code.
    /// `asked` is what the person was asked about: of it, the code's scopes are allowed from now on and the others are not;
    /// whatever else was allowed stays so. Without it, the consent stays as it is. `false`, and nothing is done, when the
    /// request is gone, expired, or another application's.
    ///
    /// # Errors
    /// When the database fails, or there is no such account or application.
    pub async fn approve(&self, pending: Option<&[u8; 32]>, asked: Option<&ScopeSet>, code: &NewCode) -> Result<bool> {
        let input = (pending.copied(), asked.cloned(), code.clone());
        self.write(input, |tx, (pending, asked, code)| Box::pin(approve(tx, pending.as_ref(), asked.as_ref(), code)))
            .await
    }

    /// Takes every scope but these out of a consent; `false`, and nothing is done, when nothing would be left of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn narrow_consent(&self, account_id: &str, client_id: &str, kept: &ScopeSet, now: i64) -> Result<bool> {
        let input = (account_id.to_owned(), client_id.to_owned(), kept.clone(), now);
        self.write(input, |tx, (account_id, client_id, kept, now)| {
            Box::pin(async move {
                let consent = tx.optional::<Consent>(CONSENT, &params![account_id, client_id]).await?;
                let scopes = consent.map(|consent| consent.scopes.intersection(kept)).unwrap_or_default();
                if scopes.is_empty() {
                    return Ok(false);
                }
                tx.execute(CHANGE_CONSENT, &params![account_id, client_id, scopes, now]).await.map(|_| true)
            })
        })
        .await
    }

    /// Ends a consent, all grants between the two, the codes that were not spent, and what the application has in the
    /// account's vehicles: its keys and its telemetry configurations. `None` when there was no consent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_consent(
        &self,
        account_id: &str,
        client_id: &str,
        reason: &str,
        now: i64,
    ) -> Result<Option<Vec<Revocation>>> {
        let input = (account_id.to_owned(), client_id.to_owned(), self.ending(reason, now));
        self.write(input, |tx, (account_id, client_id, ending)| {
            Box::pin(revoke_consent(tx, account_id, client_id, ending))
        })
        .await
    }
}

async fn approve(
    tx: &mut Tx<'_>,
    pending: Option<&[u8; 32]>,
    asked: Option<&ScopeSet>,
    code: &NewCode,
) -> Result<bool> {
    let NewCode { account_id, client_id, created_at: now, .. } = code;
    if let Some(id_hash) = pending {
        let consumed = tx.optional::<String>(CONSUME_PENDING, &params![id_hash, client_id, now]).await?;
        if consumed.is_none() {
            return Ok(false);
        }
    }
    if let Some(asked) = asked {
        let before = tx.optional::<Consent>(CONSENT, &params![account_id, client_id]).await?;
        let before = before.map(|consent| consent.scopes).unwrap_or_default();
        let scopes = before.difference(asked).union(&code.scopes);
        tx.execute(SET_CONSENT, &params![account_id, client_id, scopes, now]).await?;
    }
    codes::insert(tx, code).await?;
    Ok(true)
}

async fn revoke_consent(
    tx: &mut Tx<'_>,
    account_id: &str,
    client_id: &str,
    ending: &Ending,
) -> Result<Option<Vec<Revocation>>> {
    if tx.execute(DELETE_CONSENT, &params![account_id, client_id]).await? == 0 {
        return Ok(None);
    }
    tx.execute(DELETE_CODES, &params![account_id, client_id]).await?;
    telemetry::end_access(tx, account_id, client_id, ending.now).await?;
    revoke(tx, OF_PAIR, &[account_id, client_id], ending).await.map(Some)
}
