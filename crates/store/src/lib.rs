//! Persistence: one SQL text on SQLite and PostgreSQL, behind [`Store`].
//!
//! Every method is one transaction, and what it has answered is durable. Times are microseconds since the Unix epoch,
//! and always given by the caller: nothing here reads a clock.

mod account_documents;
mod accounts;
mod applications;
mod authorizations;
mod charging;
mod client;
mod contents;
mod costs;
mod devices;
mod error;
mod files;
mod grants;
mod invitations;
mod jobs;
mod keys;
mod link;
mod master_key;
mod migrations;
mod postgres;
mod registrations;
mod request_log;
mod revocations;
mod sessions;
mod settings;
mod sqlite;
mod telemetry;
mod tx;
mod url;
mod value;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub use account_documents::{AccountDocument, DocumentKind};
pub use accounts::{Account, AccountKind, SignInTurn};
pub use applications::Application;
pub use authorizations::{Code, Consent, NewCode, PendingAuthorization, Redemption};
pub use charging::StoredChargingSession;
pub use contents::Contents;
pub use costs::Cost;
pub use devices::{Device, DeviceChange, DeviceKind, DeviceName};
pub use error::{Error, Result};
pub use grants::business::BusinessConsent;
pub use grants::rotation::{RefreshedGrant, Rotate, Rotation};
pub use grants::{Grant, GrantKind, NewGrant};
pub use invitations::{Acceptance, StoredInvitation, Withdrawal};
pub use keys::StoredKey;
pub use master_key::{MasterKey, MasterKeyError};
pub use registrations::{RegisterOutcome, Registration};
pub use request_log::{Entry, Filter, RequestLog, RequestLogError};
pub use revocations::{Revocation, RevocationKind};
pub use sessions::Session;
pub use telemetry::{PairedKey, StoredTelemetryConfig, StoredTelemetryError};
pub use url::DatabaseUrl;

use tx::Body;
use value::{FromRow, Value};

/// Eight hours, in microseconds: how long an access token lives unless a setting says otherwise.
const ACCESS_TOKEN_LIFETIME: i64 = 8 * 60 * 60 * 1_000_000;

/// The database. Cloning it is cheap, and all clones are the same database.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    access_token_lifetime: AtomicI64,
}

/// What waits for PostgreSQL waits on the heap: it takes room that every request to SQLite would carry along.
enum Database {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(postgres::Postgres),
}

impl Store {
    /// Opens the database and brings its schema up to date. A SQLite file is made when it is not there.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] when a newer version wrote the database; [`Error::Open`] when it cannot be opened.
    pub async fn open(url: &DatabaseUrl) -> Result<Self> {
        let opened = match url {
            DatabaseUrl::Sqlite(path) => {
                sqlite::Sqlite::open(path, migrations::sqlite).map(|sqlite| Database::Sqlite(Arc::new(sqlite)))
            }
            DatabaseUrl::Postgres(address) => open_postgres(address).await.map(Database::Postgres),
        };
        let database = opened.map_err(|error| error.opening(url))?;
        let access_token_lifetime = AtomicI64::new(ACCESS_TOKEN_LIFETIME);
        Ok(Self { inner: Arc::new(Inner { database, access_token_lifetime }) })
    }

    /// Whether a database of Fleetgate's is there. Nothing is made or changed to find out.
    ///
    /// # Errors
    /// [`Error::Open`] when there is something that cannot be read.
    pub async fn is_there(url: &DatabaseUrl) -> Result<bool> {
        let found = match url {
            DatabaseUrl::Sqlite(path) => migrations::found_in_sqlite(path),
            DatabaseUrl::Postgres(address) => match postgres::Postgres::new(address) {
                Ok(database) => migrations::found_in_postgres(&database).await,
                Err(error) => Err(error),
            },
        };
        found.map_err(|error| error.opening(url))
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn database_kind(&self) -> &'static str {
        match &self.inner.database {
            Database::Sqlite(_) => "sqlite",
            Database::Postgres(_) => "postgres",
        }
    }

    /// Says how long an access token lives at most, in microseconds: a revocation is kept for as long.
    /// It is eight hours until this is called.
    pub fn set_access_token_lifetime(&self, lifetime: i64) {
        self.inner.access_token_lifetime.store(lifetime, Ordering::Relaxed);
    }

    /// How long an access token lives at most, in microseconds.
    #[must_use]
    pub fn access_token_lifetime(&self) -> i64 {
        self.inner.access_token_lifetime.load(Ordering::Relaxed)
    }

    /// Runs one transaction; its effects are durable when this answers.
    async fn write<I, T>(&self, input: I, body: Body<I, T>) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.write(input, body).await,
            Database::Postgres(postgres) => Box::pin(postgres.write(input, body)).await,
        }
    }

    /// Runs one writing statement, and answers how many rows it wrote.
    async fn execute(&self, sql: &'static str, params: impl Into<Vec<Value>>) -> Result<u64> {
        let params = params.into();
        match &self.inner.database {
            Database::Sqlite(sqlite) => {
                sqlite.write((sql, params), |tx, (sql, params)| Box::pin(tx.execute(sql, params))).await
            }
            Database::Postgres(postgres) => Box::pin(postgres.execute(sql, &params)).await,
        }
    }

    /// Reads at most one row. On SQLite this happens in place: it is quicker than the way to another thread and back.
    async fn optional<T: FromRow>(&self, sql: &'static str, params: impl Into<Vec<Value>>) -> Result<Option<T>> {
        let params = params.into();
        let mut rows = match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.read(sql, &params)?,
            Database::Postgres(postgres) => Box::pin(postgres.query(sql, &params)).await?,
        };
        rows.first_mut().map(T::from_row).transpose()
    }

    /// Reads a list. On SQLite this happens on a thread that may wait.
    async fn all<T: FromRow>(&self, sql: &'static str, params: impl Into<Vec<Value>>) -> Result<Vec<T>> {
        let params = params.into();
        let mut rows = match &self.inner.database {
            Database::Sqlite(sqlite) => {
                let sqlite = Arc::clone(sqlite);
                let reading = tokio::task::spawn_blocking(move || sqlite.read(sql, &params));
                reading.await.map_err(|_| Error::Closed)??
            }
            Database::Postgres(postgres) => Box::pin(postgres.query(sql, &params)).await?,
        };
        rows.iter_mut().map(T::from_row).collect()
    }
}

async fn open_postgres(address: &str) -> Result<postgres::Postgres> {
    let database = postgres::Postgres::new(address)?;
    migrations::postgres(&database).await?;
    Ok(database)
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.database_kind())
    }
}

#[cfg(test)]
mod tests;
