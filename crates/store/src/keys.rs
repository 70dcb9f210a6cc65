//! Keys of the server itself: those that sign tokens, and those of refresh tokens' MACs.

use std::fmt;

use crate::Store;
use crate::error::Result;
use crate::tx::Tx;
use crate::value::{FromRow, Row, params, statements};

/// A key of the server. `Debug` shows its id only.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// RFC 7517, section 4.5.
    pub kid: String,
    /// `sign` or `mac`.
    pub purpose: String,
    /// Such as `RS256`.
    pub algorithm: String,
    /// The id of a MAC key inside refresh tokens; 0 for a signing key.
    pub number: i64,
    /// The private or secret part, under the master key.
    pub sealed_private: Vec<u8>,
    /// What belongs to the public part; may be empty.
    pub public: Vec<u8>,
    /// When it was made.
    pub created_at: i64,
    /// From when on it is used; it is published before.
    pub active_from: i64,
    /// Since when it is used no more, if so.
    pub retired_at: Option<i64>,
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl FromRow for StoredKey {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            kid: row.next()?,
            purpose: row.next()?,
            algorithm: row.next()?,
            number: row.next()?,
            sealed_private: row.next()?,
            public: row.next()?,
            created_at: row.next()?,
            active_from: row.next()?,
            retired_at: row.next()?,
        })
    }
}

macro_rules! columns {
    () => {
        "kid, purpose, algorithm, number, sealed_private, public, created_at, active_from, retired_at"
    };
}

statements! {
    LIST = ["SELECT ", columns!(), " FROM signing_keys WHERE purpose = $1 ORDER BY active_from, kid"];
    INSERT = ["INSERT INTO signing_keys (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               ON CONFLICT DO NOTHING"];
    RETIRE = ["UPDATE signing_keys SET retired_at = $2 WHERE kid = $1 AND retired_at IS NULL"];
}

impl Store {
    /// The keys of a purpose, `sign` or `mac`, by the time from which they are used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&self, purpose: &str) -> Result<Vec<StoredKey>> {
        self.all(LIST, params![purpose]).await
    }

    /// Adds a key; `false` when its id is there already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_key(&self, key: &StoredKey) -> Result<bool> {
        self.write(key.clone(), |tx, key| Box::pin(insert(tx, key))).await
    }

    /// Retires a key; `false` when there is none that is in use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retire_key(&self, kid: &str, at: i64) -> Result<bool> {
        Ok(self.execute(RETIRE, params![kid, at]).await? > 0)
    }
}

pub(crate) async fn insert(tx: &mut Tx<'_>, key: &StoredKey) -> Result<bool> {
    let k = key;
    let params = params![
        k.kid,
        k.purpose,
        k.algorithm,
        k.number,
        k.sealed_private,
        k.public,
        k.created_at,
        k.active_from,
        k.retired_at
    ];
    Ok(tx.execute(INSERT, &params).await? > 0)
}
