//! Consents of businesses: a code that does not expire, and a grant beside it.

use fleetgate_protocol::ScopeSet;

use super::{NewGrant, insert};
use crate::Store;
use crate::error::{Error, Result};
use crate::revocations::{ONE, Revocation, revoke};
use crate::value::{FromRow, Row, params, statements};

/// What an administrator of a business allows an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessConsent {
    /// SHA-256 of the code that the application presents with its credentials.
    pub code_hash: [u8; 32],
    /// The application.
    pub client_id: String,
    /// The business.
    pub business_account_id: String,
    /// What is allowed.
    pub scopes: ScopeSet,
    /// The grant of its tokens.
    pub grant_id: String,
    /// When it was given.
    pub created_at: i64,
    /// When it was revoked, if it was.
    pub revoked_at: Option<i64>,
}

impl FromRow for BusinessConsent {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            code_hash: row.next()?,
            client_id: row.next()?,
            business_account_id: row.next()?,
            scopes: row.next()?,
            grant_id: row.next()?,
            created_at: row.next()?,
            revoked_at: row.next()?,
        })
    }
}

statements! {
    INSERT = ["INSERT INTO business_consents (code_hash, client_id, business_account_id, scopes, grant_id, created_at, \
               revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"];
    BY_HASH = ["SELECT code_hash, client_id, business_account_id, scopes, grant_id, created_at, revoked_at \
                FROM business_consents WHERE code_hash = $1"];
    END = ["UPDATE business_consents SET revoked_at = $2 WHERE code_hash = $1 AND revoked_at IS NULL \
            RETURNING grant_id"];
}

impl Store {
    /// Adds a business's consent and its grant.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the code or the grant's id is taken.
    pub async fn insert_business_consent(&self, consent: &BusinessConsent, grant: &NewGrant) -> Result<()> {
        let input = (consent.clone(), grant.clone(), self.ending("", grant.created_at));
        self.write(input, |tx, (consent, grant, ending)| {
            Box::pin(async move {
                let BusinessConsent { code_hash, client_id, business_account_id, .. } = consent;
                let BusinessConsent { scopes, grant_id, created_at, revoked_at, .. } = consent;
                let params =
                    params![code_hash, client_id, business_account_id, scopes, grant_id, created_at, revoked_at];
                if tx.execute(INSERT, &params).await? == 0 {
                    return Err(Error::Conflict { what: "business consent" });
                }
                insert(tx, grant, ending).await.map(drop)
            })
        })
        .await
    }

    /// The business consent of this code, revoked or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn business_consent(&self, code_hash: &[u8; 32]) -> Result<Option<BusinessConsent>> {
        self.optional(BY_HASH, params![code_hash]).await
    }

    /// Ends a business's consent and revokes its grant; `None` when there was nothing left to revoke.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_business_consent(&self, code_hash: &[u8; 32], now: i64) -> Result<Option<Revocation>> {
        let input = (*code_hash, self.ending("consent_revoked", now));
        self.write(input, |tx, (code_hash, ending)| {
            Box::pin(async move {
                let ended = tx.optional::<String>(END, &params![code_hash, ending.now]).await?;
                let Some(grant_id) = ended else { return Ok(None) };
                Ok(revoke(tx, ONE, &[&grant_id], ending).await?.pop())
            })
        })
        .await
    }
}
