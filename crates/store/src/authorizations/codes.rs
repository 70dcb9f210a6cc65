//! Authorization codes: one statement spends one.

use fleetgate_protocol::ScopeSet;

use crate::Store;
use crate::error::{Error, Result};
use crate::grants::{self, Grant, NewGrant};
use crate::revocations::{Ending, ONE, Revocation, revoke};
use crate::tx::Tx;
use crate::value::{FromRow, Row, params, statements};

/// An authorization code to be stored (RFC 6749, section 4.1.2; RFC 7636).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCode {
    /// SHA-256 of the code.
    pub code_hash: [u8; 32],
    /// The only application that may spend it.
    pub client_id: String,
    /// Who approved.
    pub account_id: String,
    /// The redirect URI of the request, as it was sent.
    pub redirect_uri: String,
    /// What was approved.
    pub scopes: ScopeSet,
    /// RFC 7636, section 4.2, method S256.
    pub code_challenge: Option<String>,
    /// OpenID Connect Core, section 3.1.2.1.
    pub nonce: Option<String>,
    /// As it was sent.
    pub state: Option<String>,
    /// As it was asked for.
    pub locale: Option<String>,
    /// The only audience that its tokens may have (RFC 8707, section 2.2), if it is bound to one.
    pub audience: Option<String>,
    /// When the person proved who they are.
    pub auth_time: i64,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// When it was made.
    pub created_at: i64,
    /// When it is too late to spend it.
    pub expires_at: i64,
}

/// A stored authorization code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// SHA-256 of the code.
    pub code_hash: [u8; 32],
    /// The only application that may spend it.
    pub client_id: String,
    /// Who approved.
    pub account_id: String,
    /// The redirect URI of the request, as it was sent.
    pub redirect_uri: String,
    /// What was approved.
    pub scopes: ScopeSet,
    /// RFC 7636, section 4.2, method S256.
    pub code_challenge: Option<String>,
    /// OpenID Connect Core, section 3.1.2.1.
    pub nonce: Option<String>,
    /// As it was sent.
    pub state: Option<String>,
    /// As it was asked for.
    pub locale: Option<String>,
    /// The only audience that its tokens may have (RFC 8707, section 2.2), if it is bound to one.
    pub audience: Option<String>,
    /// When the person proved who they are.
    pub auth_time: i64,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// When it was made.
    pub created_at: i64,
    /// When it is too late to spend it.
    pub expires_at: i64,
    /// When it was spent, if it was.
    pub consumed_at: Option<i64>,
    /// The grant that it was spent for.
    pub grant_id: Option<String>,
}

impl FromRow for Code {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            code_hash: row.next()?,
            client_id: row.next()?,
            account_id: row.next()?,
            redirect_uri: row.next()?,
            scopes: row.next()?,
            code_challenge: row.next()?,
            nonce: row.next()?,
            state: row.next()?,
            locale: row.next()?,
            audience: row.next()?,
            auth_time: row.next()?,
            amr: row.next()?,
            created_at: row.next()?,
            expires_at: row.next()?,
            consumed_at: row.next()?,
            grant_id: row.next()?,
        })
    }
}

/// What became of a code at the token endpoint. Whatever it is, it is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redemption {
    /// It was spent, for this grant.
    Granted(Box<Grant>),
    /// It had been spent before (RFC 6749, section 4.1.2): its grant is revoked, now or already (`None`).
    Replayed(Option<Revocation>),
    /// It was not spent in time.
    Expired,
    /// There is no such code of this application.
    Unknown,
    /// The consent has been revoked since.
    ConsentRevoked,
    /// The account is disabled.
    AccountDisabled,
    /// The application is disabled.
    ApplicationDisabled,
}

macro_rules! columns {
    () => {
        "code_hash, client_id, account_id, redirect_uri, scopes, code_challenge, nonce, state, locale, audience, auth_time, \
         amr, created_at, expires_at"
    };
}

statements! {
    INSERT = ["INSERT INTO codes (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"];
    BY_HASH = ["SELECT ", columns!(), ", consumed_at, grant_id FROM codes WHERE code_hash = $1"];
    SPEND = ["UPDATE codes SET consumed_at = $3, grant_id = $4 \
              WHERE code_hash = $1 AND client_id = $2 AND consumed_at IS NULL AND expires_at > $3 \
              AND EXISTS (SELECT 1 FROM consents WHERE consents.account_id = codes.account_id \
                          AND consents.client_id = codes.client_id) \
              AND EXISTS (SELECT 1 FROM accounts WHERE accounts.id = codes.account_id AND disabled_at IS NULL) \
              AND EXISTS (SELECT 1 FROM applications WHERE applications.client_id = codes.client_id \
                          AND applications.disabled_at IS NULL)"];
    WHY_NOT = ["SELECT codes.consumed_at, codes.grant_id, codes.expires_at, accounts.disabled_at, \
                applications.disabled_at FROM codes JOIN accounts ON accounts.id = codes.account_id \
                JOIN applications ON applications.client_id = codes.client_id \
                WHERE codes.code_hash = $1 AND codes.client_id = $2"];
}

impl Store {
    /// The code of this hash, spent or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn code(&self, code_hash: &[u8; 32]) -> Result<Option<Code>> {
        self.optional(BY_HASH, params![code_hash]).await
    }

    /// Spends a code for `grant`, of whose application it must be. The caller has compared redirect URI and challenge.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redeem_code(&self, code_hash: &[u8; 32], grant: &NewGrant, now: i64) -> Result<Redemption> {
        let input = (*code_hash, grant.clone(), self.ending("authorization_code_replayed", now));
        self.write(input, |tx, (code_hash, grant, ending)| Box::pin(redeem(tx, code_hash, grant, ending))).await
    }
}

pub(super) async fn insert(tx: &mut Tx<'_>, code: &NewCode) -> Result<()> {
    let c = code;
    let params = params![
        c.code_hash,
        c.client_id,
        c.account_id,
        c.redirect_uri,
        c.scopes,
        c.code_challenge,
        c.nonce,
        c.state,
        c.locale,
        c.audience,
        c.auth_time,
        c.amr,
        c.created_at,
        c.expires_at
    ];
    tx.execute(INSERT, &params).await.map(drop)
}

async fn redeem(tx: &mut Tx<'_>, code_hash: &[u8; 32], grant: &NewGrant, ending: &Ending) -> Result<Redemption> {
    if tx.execute(SPEND, &params![code_hash, grant.client_id, ending.now, grant.id]).await? == 1 {
        return grants::insert(tx, grant, ending).await.map(|grant| Redemption::Granted(Box::new(grant)));
    }
    type Reasons = (Option<i64>, Option<String>, i64, Option<i64>, Option<i64>);
    let reasons = tx.optional::<Reasons>(WHY_NOT, &params![code_hash, grant.client_id]).await?;
    let Some((consumed_at, grant_id, expires_at, account_disabled_at, application_disabled_at)) = reasons else {
        return Ok(Redemption::Unknown);
    };
    if consumed_at.is_some() {
        let grant_id = grant_id.ok_or(Error::Corrupt { expected: "grant of a spent code" })?;
        return Ok(Redemption::Replayed(revoke(tx, ONE, &[&grant_id], ending).await?.pop()));
    }
    Ok(if expires_at <= ending.now {
        Redemption::Expired
    } else if application_disabled_at.is_some() {
        Redemption::ApplicationDisabled
    } else if account_disabled_at.is_some() {
        Redemption::AccountDisabled
    } else {
        Redemption::ConsentRevoked
    })
}
