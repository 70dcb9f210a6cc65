//! SQLite: one thread that writes, and a few connections that read.
//!
//! The writer runs every waiting body inside one transaction, so that they share one flush to the disk; it answers only
//! after the commit. A body that fails undoes what it wrote, and nothing of its neighbours.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::error::{Cause, Error, Result};
use crate::files;
use crate::link::Link;
use crate::tx::{Body, Tx};
use crate::value::{Row, Value};

/// The most bodies in one transaction, so that the first does not wait long for the last.
const BATCH: usize = 256;
/// Reading connections that are kept when nobody reads.
const KEPT_READERS: usize = 4;

/// A database in a file.
pub(crate) struct Sqlite {
    path: PathBuf,
    writer: mpsc::Sender<Box<dyn Job>>,
    readers: Mutex<Vec<Link>>,
}

impl Sqlite {
    /// Opens the file, and makes it, readable by its owner only, when it is not there; `prepare` is given the writing connection first.
    pub(crate) fn open(path: &Path, prepare: impl FnOnce(&mut Link) -> Result<()>) -> Result<Self> {
        let failed = |source: Cause| Error::Open { database: format!("`{}`", path.display()), source };
        files::create_private(path).map_err(|error| failed(error.into()))?;
        let mut link = Link::open(path).map_err(|error| failed(error.into()))?;
        prepare(&mut link)?;
        let (writer, jobs) = mpsc::channel();
        let runtime = Handle::try_current().ok();
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write_all(&mut link, &jobs, runtime.as_ref()))
            .map_err(|error| failed(error.into()))?;
        Ok(Self { path: path.to_owned(), writer, readers: Mutex::default() })
    }

    /// Runs `body` on the writing thread and answers when its effects are durable.
    pub(crate) async fn write<I, T>(&self, input: I, body: Body<I, T>) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Waiting { input, body, result: None, answer };
        self.writer.send(Box::new(job)).map_err(|_| Error::Closed)?;
        match answered.await.map_err(|_| Error::Closed)? {
            Ok(result) => result,
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Runs one reading statement in place.
    pub(crate) fn read(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>> {
        let kept = || self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let free = kept().pop();
        let mut reader = free.map_or_else(|| Link::open_reader(&self.path), Ok)?;
        let rows = reader.query(sql, params)?;
        let mut kept = kept();
        if kept.len() < KEPT_READERS {
            kept.push(reader);
        }
        Ok(rows)
    }
}

type Finished<T> = Result<Result<T>, Box<dyn Any + Send>>;

/// A body that waits for the writer.
trait Job: Send {
    /// Runs the body, inside a savepoint if it is told to. Without one it cannot be undone alone: `false` when it would
    /// have to be. `Err` when the transaction around it is lost.
    fn run(&mut self, link: &mut Link, savepoint: bool) -> Result<bool, rusqlite::Error>;

    /// Tells the caller, after the commit or its failure.
    fn answer(self: Box<Self>, committed: Committed);
}

type Committed = Result<(), Arc<rusqlite::Error>>;

/// Answers of a batch, which are given when this is dropped.
struct Answers {
    jobs: Vec<Box<dyn Job>>,
    committed: Committed,
}

impl Answers {
    /// Lets the runtime of the callers give them: within it, callers are woken by no call of the system, of which each takes
    /// as long as a body. A runtime that has ended drops them at once.
    fn give(self, runtime: Option<&Handle>) {
        if let Some(runtime) = runtime.filter(|_| self.jobs.len() > 1) {
            drop(runtime.spawn(async move { drop(self) }));
        }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        for job in self.jobs.drain(..) {
            job.answer(self.committed.clone());
        }
    }
}

struct Waiting<I, T> {
    input: I,
    body: Body<I, T>,
    result: Option<Finished<T>>,
    answer: oneshot::Sender<Finished<T>>,
}

impl<I: Send + Sync, T: Send> Job for Waiting<I, T> {
    fn run(&mut self, link: &mut Link, savepoint: bool) -> Result<bool, rusqlite::Error> {
        if savepoint {
            control(link, "SAVEPOINT body")?;
        }
        link.take_wrote();
        let result = catch_unwind(AssertUnwindSafe(|| {
            let mut tx = Tx::Sqlite(link);
            let finished = (self.body)(&mut tx, &self.input).now_or_never();
            finished.expect("a body waits for nothing but its own statements")
        }));
        let kept = matches!(result, Ok(Ok(_)));
        self.result = Some(result);
        if !savepoint {
            // Some errors, such as a full disk, end the transaction.
            return Ok(kept || !link.take_wrote() && !link.connection().is_autocommit());
        }
        if !kept {
            control(link, "ROLLBACK TO body")?;
        }
        control(link, "RELEASE body")?;
        Ok(true)
    }

    fn answer(self: Box<Self>, committed: Committed) {
        let finished = match (committed, self.result) {
            (Ok(()), Some(finished)) => finished,
            (Ok(()), None) => Ok(Err(Error::Closed)),
            (Err(error), _) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                Ok(Err(Error::Busy))
            }
            (Err(error), _) => Ok(Err(Error::Commit(error))),
        };
        // A caller that went away does not matter: what it asked for is done.
        drop(self.answer.send(finished));
    }
}

/// A statement that steers the transaction.
fn control(link: &Link, sql: &'static str) -> Result<(), rusqlite::Error> {
    link.connection().prepare_cached(sql)?.execute([]).map(drop)
}

fn write_all(link: &mut Link, jobs: &mpsc::Receiver<Box<dyn Job>>, runtime: Option<&Handle>) {
    while let Ok(first) = jobs.recv() {
        let mut done = Vec::new();
        let committed: Committed = write_batch(link, first, jobs, &mut done).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, bodies = done.len(), "SQLite did not commit");
            if !link.connection().is_autocommit() && control(link, "ROLLBACK").is_err() {
                tracing::error!("SQLite did not roll back either");
            }
            Arc::new(error)
        });
        Answers { jobs: done, committed }.give(runtime);
    }
}

/// Runs `first`, and every body that is waiting by then, in one transaction.
fn write_batch(
    link: &mut Link,
    first: Box<dyn Job>,
    jobs: &mpsc::Receiver<Box<dyn Job>>,
    done: &mut Vec<Box<dyn Job>>,
) -> Result<(), rusqlite::Error> {
    done.push(first);
    control(link, "BEGIN IMMEDIATE")?;
    // Savepoints take longer than most bodies and are hardly ever needed. When one is, all begin anew.
    let (mut next, mut savepoints) = (0, false);
    while let Some(job) = done.get_mut(next) {
        if !job.run(link, savepoints)? {
            if !link.connection().is_autocommit() {
                control(link, "ROLLBACK")?;
            }
            control(link, "BEGIN IMMEDIATE")?;
            (next, savepoints) = (0, true);
            continue;
        }
        next += 1;
        if next == done.len() && done.len() < BATCH {
            done.extend(another(jobs));
        }
    }
    control(link, "COMMIT")
}

/// Another body that waits. Where nothing does, whoever may be about to send one gets the processor first, since a flush for
/// many takes no longer than one for a few; a body that comes alone is not kept waiting.
fn another(jobs: &mpsc::Receiver<Box<dyn Job>>) -> Option<Box<dyn Job>> {
    let waiting = jobs.try_recv().or_else(|_| {
        thread::yield_now();
        jobs.try_recv()
    });
    waiting.ok()
}

#[cfg(test)]
mod tests;
