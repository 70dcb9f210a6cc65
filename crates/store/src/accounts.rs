//! Accounts of people and businesses, and the throttle of their sign-in.

use std::fmt;

use fleetgate_protocol::Region;

use crate::Store;
use crate::error::{Error, Result};
use crate::registrations::raise_directory_version;
use crate::revocations::{Ending, OF_ACCOUNT, revoke};
use crate::tx::Tx;
use crate::value::{FromRow, Row, names, params, statements};

/// What kind of account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// A person, who signs in.
    Person,
    /// A business, which owns devices and applications.
    Business,
}

names!(AccountKind, "kind of account", { Person = "person", Business = "business" });

/// An account of a person or a business. `Debug` shows its id only.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The subject of its tokens.
    pub id: String,
    /// Canonical: trimmed and in lower case, whatever was given.
    pub email: String,
    /// The name to show.
    pub full_name: String,
    /// In the PHC format; `None` when the account cannot sign in with a password.
    pub password_hash: Option<String>,
    /// Person or business.
    pub kind: AccountKind,
    /// Where the account lives.
    pub region: Region,
    /// Such as `en-US`.
    pub locale: String,
    /// Where its picture is.
    pub profile_image_url: String,
    /// The id that the Fleet API shows beside the e-mail address.
    pub vault_uuid: String,
    /// When it was made.
    pub created_at: i64,
    /// Since when it is disabled, if it is.
    pub disabled_at: Option<i64>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Whether a password may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInTurn {
    /// It may; the attempt is counted already.
    Allowed,
    /// Too many attempts failed.
    Locked {
        /// When the next one may be made.
        until: i64,
    },
}

/// The columns of an account, also beside those of other tables.
macro_rules! account_columns {
    () => {
        "accounts.id, accounts.email, accounts.full_name, accounts.password_hash, accounts.kind, accounts.region, \
         accounts.locale, accounts.profile_image_url, accounts.vault_uuid, accounts.created_at, accounts.disabled_at"
    };
}
pub(crate) use account_columns;

impl FromRow for Account {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            email: row.next()?,
            full_name: row.next()?,
            password_hash: row.next()?,
            kind: row.next()?,
            region: row.next()?,
            locale: row.next()?,
            profile_image_url: row.next()?,
            vault_uuid: row.next()?,
            created_at: row.next()?,
            disabled_at: row.next()?,
        })
    }
}

statements! {
    INSERT = ["INSERT INTO accounts (id, email, full_name, password_hash, kind, region, locale, profile_image_url, \
               vault_uuid, created_at, disabled_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
               ON CONFLICT DO NOTHING"];
    BY_ID = ["SELECT ", account_columns!(), " FROM accounts WHERE id = $1"];
    BY_EMAIL = ["SELECT ", account_columns!(), " FROM accounts WHERE email = $1"];
    LIST = ["SELECT ", account_columns!(), " FROM accounts WHERE email > $1 ORDER BY email LIMIT $2"];
    DISABLED_BUSINESSES = ["SELECT id FROM accounts WHERE kind = 'business' AND disabled_at IS NOT NULL"];
    SET_DISABLED = ["UPDATE accounts SET disabled_at = $2 WHERE id = $1"];
    SET_PASSWORD = ["UPDATE accounts SET password_hash = $2 WHERE id = $1"];
    DELETE = ["DELETE FROM accounts WHERE id = $1"];
    END_SESSIONS = ["DELETE FROM sessions WHERE account_id = $1"];
    COUNT_ATTEMPT = ["INSERT INTO sign_in_attempts (account_key, attempts, ends_at) VALUES ($1, 1, $3) \
               ON CONFLICT (account_key) DO UPDATE SET \
               attempts = CASE WHEN sign_in_attempts.ends_at <= $2 THEN 1 ELSE sign_in_attempts.attempts + 1 END, \
               ends_at = CASE WHEN sign_in_attempts.ends_at <= $2 THEN $3 ELSE sign_in_attempts.ends_at END \
               RETURNING attempts, ends_at"];
    FORGET_ATTEMPTS = ["DELETE FROM sign_in_attempts WHERE account_key = $1"];
}

/// One spelling for one address, so that neither accounts nor throttles are counted for each spelling.
fn canonical(email: &str) -> String {
    email.trim().to_lowercase()
}

impl Store {
    /// Adds an account; its e-mail address is stored trimmed and in lower case.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id or the e-mail address is taken.
    pub async fn insert_account(&self, account: &Account) -> Result<()> {
        self.write(account.clone(), |tx, account| Box::pin(insert(tx, account))).await
    }

    /// The account of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account(&self, id: &str) -> Result<Option<Account>> {
        self.optional(BY_ID, params![id]).await
    }

    /// The account of this e-mail address, in any spelling of case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>> {
        self.optional(BY_EMAIL, params![canonical(email)]).await
    }

    /// At most `limit` accounts by e-mail address, from the one after `after` on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts(&self, after: Option<&str>, limit: i64) -> Result<Vec<Account>> {
        self.all(LIST, params![canonical(after.unwrap_or_default()), limit]).await
    }

    /// Disables an account or, with `None`, enables it; `false` when there is no such account.
    /// Disabling ends its sessions and revokes its grants.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_account_disabled(&self, id: &str, disabled_at: Option<i64>, now: i64) -> Result<bool> {
        let ending = self.ending("account_disabled", now);
        self.write((id.to_owned(), disabled_at, ending), |tx, (id, disabled_at, ending)| {
            Box::pin(async move {
                let found = tx.execute(SET_DISABLED, &params![id, disabled_at]).await? > 0;
                if found && disabled_at.is_some() {
                    end_sessions_and_grants(tx, id, ending).await?;
                }
                raise_directory_version(tx).await?;
                Ok(found)
            })
        })
        .await
    }

    /// The ids of the businesses that are switched off.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn disabled_businesses(&self) -> Result<Vec<String>> {
        self.all(DISABLED_BUSINESSES, Vec::new()).await
    }

    /// Sets the hash of the password, and ends sessions and grants if asked to; `false` when there is no such account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password_hash(
        &self,
        id: &str,
        hash: &str,
        end_sessions_and_grants: bool,
        now: i64,
    ) -> Result<bool> {
        let ending = end_sessions_and_grants.then(|| self.ending("password_changed", now));
        self.write((id.to_owned(), hash.to_owned(), ending), |tx, (id, hash, ending)| {
            Box::pin(async move {
                let found = tx.execute(SET_PASSWORD, &params![id, hash]).await? > 0;
                if let (true, Some(ending)) = (found, ending) {
                    self::end_sessions_and_grants(tx, id, ending).await?;
                }
                raise_directory_version(tx).await?;
                Ok(found)
            })
        })
        .await
    }

    /// Removes an account and all that is its own; its grants are revoked first. `false` when there is no such account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_account(&self, id: &str, now: i64) -> Result<bool> {
        let ending = self.ending("account_removed", now);
        self.write((id.to_owned(), ending), |tx, (id, ending)| {
            Box::pin(async move {
                revoke(tx, OF_ACCOUNT, &[id], ending).await?;
                let found = tx.execute(DELETE, &params![id]).await? > 0;
                raise_directory_version(tx).await?;
                Ok(found)
            })
        })
        .await
    }

    /// Counts an attempt to sign in, and says whether it may be made: at most `limit` within `window` microseconds from
    /// the first. Ask before looking at the password, so that parallel guesses count; the spelling of `key` does not matter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_sign_in(&self, key: &str, now: i64, limit: i64, window: i64) -> Result<SignInTurn> {
        let input = (params![canonical(key), now, now.saturating_add(window)], limit);
        self.write(input, |tx, (params, limit)| {
            Box::pin(async move {
                let counted = tx.optional::<(i64, i64)>(COUNT_ATTEMPT, params).await?;
                let (attempts, until) = counted.ok_or(Error::Corrupt { expected: "count of attempts" })?;
                Ok(if attempts <= *limit { SignInTurn::Allowed } else { SignInTurn::Locked { until } })
            })
        })
        .await
    }

    /// Forgets the attempts of `key`, since one succeeded.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_succeeded(&self, key: &str) -> Result<()> {
        self.execute(FORGET_ATTEMPTS, params![canonical(key)]).await.map(drop)
    }
}

pub(crate) async fn insert(tx: &mut Tx<'_>, account: &Account) -> Result<()> {
    let Account { id, email, full_name, password_hash, kind, region, locale, .. } = account;
    let Account { profile_image_url, vault_uuid, created_at, disabled_at, .. } = account;
    let email = canonical(email);
    let params = params![
        id,
        email,
        full_name,
        password_hash,
        kind,
        region,
        locale,
        profile_image_url,
        vault_uuid,
        created_at,
        disabled_at
    ];
    if tx.execute(INSERT, &params).await? == 0 {
        return Err(Error::Conflict { what: "account" });
    }
    raise_directory_version(tx).await
}

async fn end_sessions_and_grants(tx: &mut Tx<'_>, id: &str, ending: &Ending) -> Result<()> {
    tx.execute(END_SESSIONS, &params![id]).await?;
    revoke(tx, OF_ACCOUNT, &[id], ending).await.map(drop)
}
