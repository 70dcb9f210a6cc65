//! The schema, in numbered steps that are taken once each, in order, inside one transaction.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};
use tokio_postgres::error::SqlState;

use crate::error::{Error, Result};
use crate::link::Link;
use crate::postgres::{self, Postgres, pause};

/// Every step; the number of a step is its place, counted from one.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_audience.sql"),
    include_str!("../migrations/0003_rows.sql"),
    include_str!("../migrations/0004_costs.sql"),
];

const CREATE: &str = "CREATE TABLE IF NOT EXISTS schema_version (id BIGINT PRIMARY KEY, version BIGINT NOT NULL)";
const CURRENT: &str = "SELECT version FROM schema_version WHERE id = 1";

const TABLE: &str = "schema_version";

/// Whether a file is a database with a schema of Fleetgate's; it is only read.
pub(crate) fn found_in_sqlite(path: &Path) -> Result<bool> {
    if !path.exists() {
        return Ok(false);
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(connection.table_exists(None, TABLE)?)
}

/// Whether a database on a server has a schema of Fleetgate's; it is only read.
pub(crate) async fn found_in_postgres(database: &Postgres) -> Result<bool> {
    let found = "SELECT 1 FROM information_schema.tables WHERE table_name = $1 AND table_schema = current_schema()";
    Ok(database.connection().await?.query_opt(found, &[&TABLE]).await?.is_some())
}

/// The steps that a database of schema `found` still has to take, and the schema after them.
fn missing(found: i64) -> Result<(&'static [&'static str], i64)> {
    let known = MIGRATIONS.len() as i64;
    let steps = usize::try_from(found).ok().and_then(|found| MIGRATIONS.get(found..));
    steps.map(|steps| (steps, known)).ok_or(Error::NewerSchema { found, known })
}

/// One text for both databases: only the type of byte strings differs.
fn script(steps: &[&str], blob: &str, version: i64) -> String {
    let set = format!(
        "INSERT INTO schema_version (id, version) VALUES (1, {version}) \
         ON CONFLICT (id) DO UPDATE SET version = excluded.version;"
    );
    steps.iter().map(|step| step.replace("{blob}", blob)).chain([set]).collect::<Vec<_>>().join("\n")
}

/// Brings a SQLite database to the schema of this version.
pub(crate) fn sqlite(link: &mut Link) -> Result<()> {
    let transaction = Transaction::new_unchecked(link.connection(), TransactionBehavior::Immediate)?;
    transaction.execute_batch(CREATE)?;
    let found = transaction.query_row(CURRENT, [], |row| row.get(0)).optional()?.unwrap_or(0);
    let (steps, known) = missing(found)?;
    if !steps.is_empty() {
        transaction.execute_batch(&script(steps, "BLOB", known))?;
    }
    Ok(transaction.commit()?)
}

/// Brings a PostgreSQL database to the schema of this version. Several nodes may start at once.
pub(crate) async fn postgres(database: &Postgres) -> Result<()> {
    let mut attempt = 0;
    loop {
        match try_postgres(database).await {
            Err(error) if raced(&error) => pause(&mut attempt).await?,
            result => return result,
        }
    }
}

async fn try_postgres(database: &Postgres) -> Result<()> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction().await?;
    transaction.batch_execute(CREATE).await?;
    let found = match transaction.query_opt(CURRENT, &[]).await? {
        Some(row) => row.try_get(0)?,
        None => 0,
    };
    let (steps, known) = missing(found)?;
    if !steps.is_empty() {
        transaction.batch_execute(&script(steps, "BYTEA", known)).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Whether another node was creating the same tables.
fn raced(error: &Error) -> bool {
    let raced = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::UNIQUE_VIOLATION,
        SqlState::DUPLICATE_TABLE,
    ];
    postgres::state(error).is_some_and(|state| raced.contains(state))
}

/// The schema of this version, for a database that has none.
#[cfg(test)]
pub(crate) fn whole_script(blob: &str) -> String {
    format!("{CREATE};\n{}", script(MIGRATIONS, blob, 0))
}
