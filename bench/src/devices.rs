//! What a database does of a command, and what SQLite can do of that by itself: read a device's document and write it back.

use anyhow::Result;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::DeviceCommits;
use crate::commits::numbered;
use crate::stopwatch::Stopwatch;

/// What a command reads.
pub(crate) const DOCUMENT: &str = "SELECT document, version FROM devices WHERE kind = 'vehicle' AND device_key = $1";
/// What it writes.
pub(crate) const CHANGE: &str = "UPDATE devices SET document = $3, version = version + 1, updated_at = $4 \
     WHERE kind = 'vehicle' AND device_key = $1 AND version = $2";
/// The vehicles.
pub(crate) const VEHICLES: &str = "SELECT device_key FROM devices WHERE kind = 'vehicle' ORDER BY device_key";

/// Changes every vehicle in turn, `together` in each transaction.
pub(crate) fn run(work: &DeviceCommits) -> Result<()> {
    let connection = Connection::open(&work.database)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, work.keep_plans)?;
    let vins: Vec<String> = connection.prepare(VEHICLES)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let statements = [DOCUMENT, CHANGE].map(numbered);
    let stopwatch = Stopwatch::own()?;
    let mut count = 0;
    while stopwatch.elapsed().as_secs_f64() < work.seconds {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for _ in 0..work.together {
            change(&connection, &statements, &vins[count % vins.len()])?;
            count += 1;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
    }
    stopwatch.print(count, stopwatch.elapsed())
}

fn change(connection: &Connection, [document, change]: &[String; 2], vin: &str) -> Result<()> {
    let mut document = connection.prepare_cached(document)?;
    let (document, version): (String, i64) = document.query_row([vin], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let changed = connection.prepare_cached(change)?.execute((vin, version, document, 1))?;
    anyhow::ensure!(changed == 1, "a vehicle did not change");
    Ok(())
}
