//! What can go wrong in the store.

use std::sync::Arc;

/// The result of every method of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no database URL; the reason never repeats the text, which may hold a password.
    #[error("this is no database URL ({reason}); write `sqlite:PATH` or `postgres://USER@HOST/DATABASE`")]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// The database could not be opened.
    #[error("the database {database} cannot be opened")]
    Open {
        /// The database, without its password.
        database: String,
        /// Why.
        source: Cause,
    },
    /// The database was written by a newer version of this program.
    #[error(
        "the database has schema {found}, and this version of Fleetgate knows schemas up to {known}; use the newer \
         version that wrote it"
    )]
    NewerSchema {
        /// The schema of the database.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// What is to be added is there already.
    #[error("this {what} exists already")]
    Conflict {
        /// What it is: `account`, `application` and so on.
        what: &'static str,
    },
    /// The database was too busy, and nothing was written; the same call may succeed later.
    #[error("the database is too busy; try again")]
    Busy,
    /// The changes of a document were refused by the caller's function; nothing was written.
    #[error("{0}")]
    Document(String),
    /// A value in the database is not of the form that this version writes.
    #[error("the database holds a value that is no {expected}")]
    Corrupt {
        /// What was expected there.
        expected: &'static str,
    },
    /// A statement failed; nothing of its transaction was kept.
    #[error("the database refused a statement")]
    Statement(#[source] Cause),
    /// The transaction did not become durable.
    #[error("the database could not commit")]
    Commit(#[source] Arc<rusqlite::Error>),
    /// The thread that writes is gone; the program is ending.
    #[error("the store is closed")]
    Closed,
}

impl Error {
    /// What failed while a database was opened.
    pub(crate) fn opening(self, database: &impl std::fmt::Display) -> Self {
        match self {
            Self::Statement(source) => Self::Open { database: format!("`{database}`"), source },
            other => other,
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Statement(error.into()),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Statement(error.into())
    }
}
