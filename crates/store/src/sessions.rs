//! Sessions of browsers: the cookie's value is random, and only its hash is here.

use crate::Store;
use crate::error::Result;
use crate::value::{FromRow, Row, params, statements};

/// A browser in which an account is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's value.
    pub id_hash: [u8; 32],
    /// Who is signed in.
    pub account_id: String,
    /// When the person proved who they are.
    pub auth_time: i64,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// When the session began.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
}

impl FromRow for Session {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id_hash: row.next()?,
            account_id: row.next()?,
            auth_time: row.next()?,
            amr: row.next()?,
            created_at: row.next()?,
            expires_at: row.next()?,
        })
    }
}

statements! {
    INSERT = ["INSERT INTO sessions (id_hash, account_id, auth_time, amr, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)"];
    LIVE = ["SELECT sessions.id_hash, sessions.account_id, sessions.auth_time, sessions.amr, sessions.created_at, \
             sessions.expires_at FROM sessions JOIN accounts ON accounts.id = sessions.account_id \
             WHERE sessions.id_hash = $1 AND sessions.expires_at > $2 AND accounts.disabled_at IS NULL"];
    DELETE = ["DELETE FROM sessions WHERE id_hash = $1"];
    DELETE_OF = ["DELETE FROM sessions WHERE account_id = $1"];
}

impl Store {
    /// Adds a session.
    ///
    /// # Errors
    /// When the database fails, or there is no such account.
    pub async fn insert_session(&self, session: &Session) -> Result<()> {
        let Session { id_hash, account_id, auth_time, amr, created_at, expires_at } = session;
        self.execute(INSERT, params![id_hash, account_id, auth_time, amr, created_at, expires_at]).await.map(drop)
    }

    /// The session, unless it has expired or its account is disabled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, id_hash: &[u8; 32], now: i64) -> Result<Option<Session>> {
        self.optional(LIVE, params![id_hash, now]).await
    }

    /// Ends a session; `false` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, id_hash: &[u8; 32]) -> Result<bool> {
        Ok(self.execute(DELETE, params![id_hash]).await? > 0)
    }

    /// Ends every session of an account, and answers how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_sessions_of(&self, account_id: &str) -> Result<u64> {
        self.execute(DELETE_OF, params![account_id]).await
    }
}
