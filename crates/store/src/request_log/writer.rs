//! The thread that writes the log of requests.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, params};

use super::{Desk, Entry, Filter, MANY, Question, RequestLogError, Waiting};

/// How many requests are kept.
const KEPT: i64 = 10_000;
/// How long requests gather before they are written together.
const GATHER: Duration = Duration::from_millis(100);

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS requests (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    application TEXT,
    subject TEXT,
    operation TEXT,
    status INTEGER NOT NULL,
    entry TEXT NOT NULL
)";
const INSERT: &str =
    "INSERT INTO requests (id, application, subject, operation, status, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const TRIM: &str = "DELETE FROM requests WHERE number <= (SELECT MAX(number) FROM requests) - ?1";
const NEWEST: &str = "SELECT entry FROM requests WHERE id = COALESCE(?1, id) \
     AND (?2 IS NULL OR application = ?2) AND (?3 IS NULL OR subject = ?3) AND (?4 IS NULL OR operation = ?4) \
     AND status = COALESCE(?5, status) ORDER BY number DESC LIMIT ?6";

pub(super) struct Writer {
    path: PathBuf,
    connection: Connection,
}

impl Writer {
    pub(super) fn open(path: &Path) -> Result<Self, RequestLogError> {
        let open = || {
            let connection = Connection::open(path)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
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
            if taken.dropped > 0 {
                tracing::warn!(dropped = taken.dropped, "the request log could not keep up and dropped requests");
            }
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

    fn write(&mut self, entries: &[Entry]) -> Result<(), rusqlite::Error> {
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(INSERT)?;
            for entry in entries {
                let Entry { id, application, subject, operation, status, .. } = entry;
                let json = serde_json::to_string(entry)
                    .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
                insert.execute(params![id, application, subject, operation, status, json])?;
            }
            transaction.prepare_cached(TRIM)?.execute([KEPT])?;
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
                let cleared = self.connection.execute("DELETE FROM requests", []);
                drop(answer.send(cleared.map(drop).map_err(failed)));
            }
        }
    }

    fn newest(&self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, rusqlite::Error> {
        let Filter { id, application, subject, operation, status } = filter;
        let mut statement = self.connection.prepare_cached(NEWEST)?;
        let found = statement.query_map(params![id, application, subject, operation, status, limit], |row| {
            let json: String = row.get(0)?;
            serde_json::from_str(&json).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
            })
        })?;
        found.collect()
    }
}

/// Waits for something to do, and lets requests gather for a while.
fn take(desk: &Desk) -> Waiting {
    use std::sync::PoisonError;

    let idle = |waiting: &mut Waiting| waiting.entries.is_empty() && waiting.questions.is_empty() && !waiting.closed;
    let patient =
        |waiting: &mut Waiting| waiting.entries.len() < MANY && waiting.questions.is_empty() && !waiting.closed;
    let waiting = desk.changed.wait_while(desk.lock(), idle).unwrap_or_else(PoisonError::into_inner);
    let (mut waiting, _) =
        desk.changed.wait_timeout_while(waiting, GATHER, patient).unwrap_or_else(PoisonError::into_inner);
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
