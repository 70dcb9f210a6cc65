//! The log of requests, in a file of its own, so that it never delays a token.
//!
//! Requests gather in memory for a moment, and one thread writes them together. Only the newest are kept: what would be
//! removed again by the time it is written is not written at all.

mod writer;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use tokio::sync::oneshot;

use crate::files;

/// How many requests are kept, in the file and among those that wait to be written.
const KEPT: usize = 10_000;

/// One request, without any secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The request's id.
    pub id: String,
    /// When it came, in microseconds since the Unix epoch.
    pub at: i64,
    /// The HTTP method.
    pub method: Cow<'static, str>,
    /// The path, without the query.
    pub path: String,
    /// The operation of the table.
    pub operation: Option<Cow<'static, str>>,
    /// The client id.
    pub application: Option<String>,
    /// The account.
    pub subject: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// The checks that were made, in order.
    pub checks: Vec<Cow<'static, str>>,
    /// Why it was refused, in one sentence.
    pub reason: Option<String>,
    /// How long it took, in microseconds.
    pub duration: i64,
}

/// Which requests to show; what is `None` does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// The request's id.
    pub id: Option<String>,
    /// The client id.
    pub application: Option<String>,
    /// The account.
    pub subject: Option<String>,
    /// The operation of the table.
    pub operation: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
}

/// The log of requests could not be opened or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestLogError {
    /// The file cannot be made.
    #[error("the request log `{path}` cannot be made")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be written or read.
    #[error("the request log `{path}` cannot be written or read")]
    Database {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The thread that writes the log has ended.
    #[error("the request log is closed")]
    Closed,
}

/// The log of requests; it keeps the newest 10,000. Cloning it is cheap.
///
/// When the last clone is dropped, what waits is written first.
#[derive(Clone)]
pub struct RequestLog {
    thread: Arc<Thread>,
}

impl std::fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RequestLog")
    }
}

struct Thread {
    desk: Arc<Desk>,
    handle: Option<std::thread::JoinHandle<()>>,
}

/// Where requests are left for the thread.
#[derive(Default)]
struct Desk {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    entries: VecDeque<Entry>,
    questions: Vec<Question>,
    closed: bool,
    /// Whether the thread has ended by itself.
    ended: bool,
}

enum Question {
    Newest { filter: Filter, limit: u32, answer: oneshot::Sender<Result<Vec<Entry>, RequestLogError>> },
    Clear { answer: oneshot::Sender<Result<(), RequestLogError>> },
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RequestLog {
    /// Opens the log, and makes it when it is not there. Ids are looked for among what it holds.
    ///
    /// # Errors
    /// When the file cannot be made or is no database.
    pub fn open(path: &Path) -> Result<Self, RequestLogError> {
        let file = |source| RequestLogError::File { path: path.to_owned(), source };
        files::create_private(path).map_err(file)?;
        let mut writer = writer::Writer::open(path)?;
        let desk = Arc::new(Desk::default());
        let at_desk = Arc::clone(&desk);
        let handle = std::thread::Builder::new()
            .name("request-log".to_owned())
            .spawn(move || writer.serve(&at_desk))
            .map_err(file)?;
        Ok(Self { thread: Arc::new(Thread { desk, handle: Some(handle) }) })
    }

    /// Records a request. It never waits.
    pub fn record(&self, entry: Entry) {
        let mut waiting = self.thread.desk.lock();
        let too_old = if waiting.entries.len() >= KEPT { waiting.entries.pop_front() } else { None };
        waiting.entries.push_back(entry);
        let first = waiting.entries.len() == 1;
        drop(waiting);
        drop(too_old);
        if first {
            self.thread.desk.changed.notify_one();
        }
    }

    /// At most `limit` requests, the newest first; everything recorded before this call is seen.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn newest(&self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, RequestLogError> {
        let (answer, answered) = oneshot::channel();
        self.ask(Question::Newest { filter: filter.clone(), limit, answer });
        answered.await.map_err(|_| RequestLogError::Closed)?
    }

    /// Removes every request recorded before this call.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub async fn clear(&self) -> Result<(), RequestLogError> {
        let (answer, answered) = oneshot::channel();
        self.ask(Question::Clear { answer });
        answered.await.map_err(|_| RequestLogError::Closed)?
    }

    fn ask(&self, question: Question) {
        let mut waiting = self.thread.desk.lock();
        if !waiting.ended {
            waiting.questions.push(question);
            drop(waiting);
            self.thread.desk.changed.notify_one();
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.desk.lock().closed = true;
        self.desk.changed.notify_one();
        if let Some(handle) = self.handle.take() {
            drop(handle.join());
        }
    }
}

#[cfg(test)]
mod tests;
