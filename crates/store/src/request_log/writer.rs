//! The thread that writes the log of requests.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, params};

use super::{Desk, Entry, Filter, KEPT, Question, RequestLogError, Waiting};

/// How long requests gather before they are written together.
const GATHER: Duration = Duration::from_millis(100);
/// How long they gather where so many come that this spares writing most of them.
const GATHER_MORE: Duration = Duration::from_millis(900);
/// How many that is, in the first time.
const MANY: usize = KEPT / 10;

/// How large a page of a new file is, octets: each costs two calls of the system when it is written.
const PAGE_SIZE: u32 = 16_384;
/// How many pages gather in the write-ahead log: under load the same pages are written again and again.
const WAL_PAGES: u32 = 1_000;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    operation TEXT,
    application TEXT,
    subject TEXT,
    status INTEGER NOT NULL,
    checks TEXT NOT NULL,
    reason TEXT,
    duration INTEGER NOT NULL
)";
const INSERT: &str = "INSERT INTO entries \
     (id, at, method, path, operation, application, subject, status, checks, reason, duration) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
const TRIM: &str = "DELETE FROM entries WHERE number <= (SELECT MAX(number) FROM entries) - ?1";
const NEWEST: &str = "SELECT id, at, method, path, operation, application, subject, status, checks, reason, duration \
     FROM entries WHERE id = COALESCE(?1, id) AND (?2 IS NULL OR application = ?2) \
     AND (?3 IS NULL OR subject = ?3) AND (?4 IS NULL OR operation = ?4) AND status = COALESCE(?5, status) \
     ORDER BY number DESC LIMIT ?6";

pub(super) struct Writer {
    path: PathBuf,
    connection: Connection,
}

impl Writer {
    pub(super) fn open(path: &Path) -> Result<Self, RequestLogError> {
        let open = || {
            let connection = Connection::open(path)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.pragma_update(None, "page_size", PAGE_SIZE)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
            connection.execute(SCHEMA, [])?;
            Ok(connection)
        };
        let connection = open().map_err(|source| RequestLogError::Database { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Writes and answers until the log is closed.
    pub(super) fn serve(&mut self, desk: &Desk) {
        let _ended = Ended(desk);
        let mut closed = false;
        while !closed {
            let taken = take(desk);
            closed = taken.closed;
            if !taken.entries.is_empty()
                && let Err(error) = self.write(&taken.entries)
            {
                let lost = taken.entries.len();
                tracing::warn!(error = &error as &dyn std::error::Error, lost, "the request log lost requests");
            }
            for question in taken.questions {
                self.answer(question);
            }
        }
    }

    fn write(&mut self, entries: &VecDeque<Entry>) -> Result<(), rusqlite::Error> {
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(INSERT)?;
            for entry in entries {
                let Entry { id, at, method, path, operation, application, subject, .. } = entry;
                let Entry { status, checks, reason, duration, .. } = entry;
                let checks = checks.join("\n");
                insert.execute(params![
                    id,
                    at,
                    method,
                    path,
                    operation,
                    application,
                    subject,
                    status,
                    checks,
                    reason,
                    duration
                ])?;
            }
            transaction.prepare_cached(TRIM)?.execute([KEPT as i64])?;
        }
        transaction.commit()
    }

    fn answer(&self, question: Question) {
        let failed = |source| RequestLogError::Database { path: self.path.clone(), source };
        // Who asked may have gone away, which does not matter.
        match question {
            Question::Newest { filter, limit, answer } => {
                drop(answer.send(self.newest(&filter, limit).map_err(failed)));
            }
            Question::Clear { answer } => {
                let cleared = self.connection.execute("DELETE FROM entries", []);
                drop(answer.send(cleared.map(drop).map_err(failed)));
            }
        }
    }

    fn newest(&self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, rusqlite::Error> {
        let Filter { id, application, subject, operation, status } = filter;
        let mut statement = self.connection.prepare_cached(NEWEST)?;
        let found = statement.query_map(params![id, application, subject, operation, status, limit], entry)?;
        found.collect()
    }
}

/// Reads an entry as `NEWEST` names its columns.
fn entry(row: &rusqlite::Row<'_>) -> Result<Entry, rusqlite::Error> {
    let checks: String = row.get(8)?;
    Ok(Entry {
        id: row.get(0)?,
        at: row.get(1)?,
        method: row.get::<_, String>(2)?.into(),
        path: row.get(3)?,
        operation: row.get::<_, Option<String>>(4)?.map(Into::into),
        application: row.get(5)?,
        subject: row.get(6)?,
        status: row.get(7)?,
        checks: checks.lines().map(|check| check.to_owned().into()).collect(),
        reason: row.get(9)?,
        duration: row.get(10)?,
    })
}

/// Waits for something to do, and lets requests gather for a while.
fn take(desk: &Desk) -> Waiting {
    use std::sync::PoisonError;

    let idle = |waiting: &mut Waiting| waiting.entries.is_empty() && waiting.questions.is_empty() && !waiting.closed;
    let patient = |waiting: &mut Waiting| waiting.questions.is_empty() && !waiting.closed;
    let gather = |waiting, time| {
        desk.changed.wait_timeout_while(waiting, time, patient).unwrap_or_else(PoisonError::into_inner).0
    };
    let waiting = desk.changed.wait_while(desk.lock(), idle).unwrap_or_else(PoisonError::into_inner);
    let mut waiting = gather(waiting, GATHER);
    if waiting.entries.len() > MANY {
        waiting = gather(waiting, GATHER_MORE);
    }
    let closed = waiting.closed;
    Waiting { closed, ..std::mem::take(&mut *waiting) }
}

/// However the thread ends, nobody goes on asking it.
struct Ended<'a>(&'a Desk);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.lock();
        waiting.ended = true;
        waiting.questions.clear();
    }
}
