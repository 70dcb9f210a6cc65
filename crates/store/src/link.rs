//! One connection to a SQLite file.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

use crate::error::Result;
use crate::value::{Row, Value};

/// How long to wait for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How many processes may make a database anew at once.
const MOST_AT_ONCE: usize = 100;
const CACHED_STATEMENTS: usize = 256;

/// One connection, with the statements as SQLite wants them.
pub(crate) struct Link {
    connection: Connection,
    /// By address and length, since every statement is a constant.
    numbered: HashMap<(usize, usize), String>,
    /// Whether something may have been written since this was last taken.
    wrote: bool,
}

impl Link {
    pub(crate) fn open(path: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        write_ahead(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        // A plan for the values of the moment would be made anew for each of them, which takes longer than the query.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        Ok(Self { connection, numbered: HashMap::new(), wrote: false })
    }

    /// A connection that only reads.
    pub(crate) fn open_reader(path: &Path) -> Result<Self, rusqlite::Error> {
        let reader = Self::open(path)?;
        reader.connection.pragma_update(None, "query_only", "ON")?;
        Ok(reader)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn prepare(&mut self, sql: &'static str, params: &[Value]) -> Result<rusqlite::CachedStatement<'_>> {
        let place = (sql.as_ptr() as usize, sql.len());
        // `$1` would be a name to SQLite, numbered by its first appearance.
        let numbered = self.numbered.entry(place).or_insert_with(|| sql.replace('$', "?"));
        let mut statement = self.connection.prepare_cached(numbered)?;
        for (index, value) in params.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, value)?;
        }
        Ok(statement)
    }

    pub(crate) fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64> {
        // A statement that fails has undone what it wrote.
        let rows = self.prepare(sql, params)?.raw_execute()?;
        self.wrote |= rows > 0;
        Ok(rows as u64)
    }

    pub(crate) fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>> {
        let mut statement = self.prepare(sql, params)?;
        let writes = !statement.readonly();
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Row::new((0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?));
        }
        drop(rows);
        drop(statement);
        self.wrote |= writes;
        Ok(found)
    }

    /// Whether something may have been written since this was last asked.
    pub(crate) fn take_wrote(&mut self) -> bool {
        std::mem::take(&mut self.wrote)
    }
}

/// Has the database written ahead. While another process does the same to a new database, SQLite answers that it is
/// busy, at once and whatever timeout was set; so this waits like any other writer, and asks again.
fn write_ahead(connection: &Connection) -> Result<(), rusqlite::Error> {
    for _ in 0..MOST_AT_ONCE {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
            done => return done,
        }
        connection.execute_batch("BEGIN IMMEDIATE; COMMIT")?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")
}
