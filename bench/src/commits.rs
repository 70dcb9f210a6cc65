//! What disk and SQLite can do by themselves.

use std::fs::File;
use std::io::Write as _;

use anyhow::Result;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::stopwatch::{Stopwatch, repeat};
use crate::{Commits, Disk};

/// What a rotation reads.
pub(crate) const PRESENTED: &str = "SELECT grants.*, accounts.*, consents.scopes, applications.disabled_at \
     FROM grants JOIN accounts ON accounts.id = grants.account_id \
     JOIN applications ON applications.client_id = grants.client_id \
     LEFT JOIN consents ON consents.account_id = grants.account_id AND consents.client_id = grants.client_id \
     WHERE grants.id = $1";
/// What it writes.
pub(crate) const ROTATE: &str = "UPDATE grants SET generation = $2 + 1, rotated_at = $3, generation_expires_at = $4, \
     mac_key_id = $5 WHERE id = $1 AND generation = $2 AND revoked_at IS NULL";
/// The families.
pub(crate) const FAMILIES: &str = "SELECT id, generation FROM grants WHERE refreshable <> 0 ORDER BY created_at, id";

/// Appends blocks of 4 KiB, each flushed to the disk.
pub(crate) fn fsync(work: &Disk) -> Result<()> {
    let path = work.folder.join("fsync");
    let mut file = File::create(&path)?;
    repeat(work.seconds, 1, || {
        file.write_all(&[0; 4096])?;
        Ok(file.sync_data()?)
    })?;
    Ok(std::fs::remove_file(path)?)
}

/// Rotates every family in turn, `together` in each transaction.
pub(crate) fn run(work: &Commits) -> Result<()> {
    let connection = Connection::open(&work.database)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, work.keep_plans)?;
    let mut families: Vec<(String, i64)> =
        connection.prepare(FAMILIES)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;

    let statements = [PRESENTED, ROTATE].map(numbered);
    let stopwatch = Stopwatch::own()?;
    let mut count = 0;
    while stopwatch.elapsed().as_secs_f64() < work.seconds {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for _ in 0..work.together {
            let index = count % families.len();
            rotate(&connection, &statements, &mut families[index])?;
            count += 1;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
    }
    stopwatch.print(count, stopwatch.elapsed())
}

/// A statement for SQLite, to which `$1` would be a name that is numbered by its first appearance.
pub(crate) fn numbered(statement: &str) -> String {
    statement.replace('$', "?")
}

fn rotate(
    connection: &Connection,
    [presented, update]: &[String; 2],
    (id, generation): &mut (String, i64),
) -> Result<()> {
    let mut presented = connection.prepare_cached(presented)?;
    let columns = presented.column_count();
    let mut rows = presented.query([&*id])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get::<_, rusqlite::types::Value>(column)?);
        }
    }
    let changed = connection.prepare_cached(update)?.execute((&*id, *generation, 1, i64::MAX, 1))?;
    anyhow::ensure!(changed == 1, "a family did not rotate");
    *generation += 1;
    Ok(())
}
