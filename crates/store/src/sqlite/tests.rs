use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::value::params;

async fn opened() -> (tempfile::TempDir, Arc<Sqlite>) {
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = Sqlite::open(&folder.path().join("test.db"), |link| {
        link.connection().execute_batch("CREATE TABLE numbers (number BIGINT PRIMARY KEY)")?;
        Ok(())
    });
    (folder, Arc::new(sqlite.expect("opened")))
}

const INSERT: &str = "INSERT INTO numbers (number) VALUES ($1)";
const ALL: &str = "SELECT number FROM numbers ORDER BY number";

/// Inserts a number; fails after it when it is divisible by three, and panics after it when by five.
fn insert(sqlite: &Arc<Sqlite>, number: i64) -> tokio::task::JoinHandle<Result<()>> {
    let sqlite = Arc::clone(sqlite);
    tokio::spawn(async move {
        let body = sqlite.write(number, |tx, number| {
            Box::pin(async move {
                tx.execute(INSERT, &params![number]).await?;
                assert!(number % 5 != 0, "this body panics on purpose");
                if number % 3 == 0 { Err(Error::Document("divisible".to_owned())) } else { Ok(()) }
            })
        });
        body.await
    })
}

fn numbers(sqlite: &Sqlite) -> Vec<i64> {
    sqlite.read(ALL, &[]).expect("read").iter_mut().map(|row| row.next().expect("number")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_body_that_fails_or_panics_does_not_hurt_its_neighbours() {
    let (_folder, sqlite) = opened().await;
    let bodies: Vec<_> = (1..=200).map(|number| (number, insert(&sqlite, number))).collect();
    for (number, body) in bodies {
        match body.await {
            Err(error) => assert!(error.is_panic() && number % 5 == 0, "{number}"),
            Ok(Err(error)) => assert!(matches!(error, Error::Document(_)) && number % 3 == 0, "{number}: {error:?}"),
            Ok(Ok(())) => assert!(number % 3 != 0 && number % 5 != 0, "{number}"),
        }
    }
    assert_eq!(numbers(&sqlite), (1..=200).filter(|number| number % 3 != 0 && number % 5 != 0).collect::<Vec<_>>());
}

#[tokio::test]
async fn bodies_that_wait_together_are_committed_together() {
    let (folder, sqlite) = opened().await;
    let other = rusqlite::Connection::open(folder.path().join("test.db")).expect("another process");
    other.execute_batch("BEGIN IMMEDIATE").expect("it writes");
    let waiting: Vec<_> = [1, 2, 4, 7].map(|number| insert(&sqlite, number)).into();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(waiting.iter().all(|body| !body.is_finished()), "nothing is answered before it is committed");
    let frames = || std::fs::metadata(folder.path().join("test.db-wal")).expect("wal").len();
    let before = frames();
    other.execute_batch("ROLLBACK").expect("it is done");
    for body in waiting {
        body.await.expect("body").expect("written");
    }
    assert_eq!(numbers(&sqlite), [1, 2, 4, 7]);
    assert!(frames() - before <= 2 * 4_120, "one or two commits of a page each, not four");
}

/// Runs bodies in one transaction: each counts its runs, inserts its number unless it is 0, and fails if it is told to.
fn run_together(bodies: &[(i64, bool)]) -> (Vec<usize>, Vec<bool>, Vec<i64>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut link = Link::open(&folder.path().join("test.db")).expect("opened");
    link.connection().execute_batch("CREATE TABLE numbers (number BIGINT PRIMARY KEY)").expect("schema");
    let (sender, jobs) = mpsc::channel::<Box<dyn Job>>();
    let queue = |(number, fails): &(i64, bool)| {
        let (answer, answered) = oneshot::channel();
        let runs = Arc::new(AtomicUsize::new(0));
        let body: Body<(i64, bool, Arc<AtomicUsize>), ()> = |tx, (number, fails, runs)| {
            Box::pin(async move {
                runs.fetch_add(1, Ordering::Relaxed);
                if *number > 0 {
                    tx.execute(INSERT, &params![number]).await?;
                }
                if *fails { Err(Error::Document("as it was told to".to_owned())) } else { Ok(()) }
            })
        };
        let input = (*number, *fails, Arc::clone(&runs));
        sender.send(Box::new(Waiting { input, body, result: None, answer })).expect("sent");
        (runs, answered)
    };
    let queued: Vec<_> = bodies.iter().map(queue).collect();
    drop(sender);
    write_all(&mut link, &jobs, None);
    let answer = |(runs, answered): (Arc<AtomicUsize>, oneshot::Receiver<Finished<()>>)| {
        let finished = answered.blocking_recv().expect("answered").expect("no panic");
        (runs.load(Ordering::Relaxed), finished.is_ok())
    };
    let (runs, succeeded) = queued.into_iter().map(answer).unzip();
    let mut rows = link.query(ALL, &[]).expect("read");
    (runs, succeeded, rows.iter_mut().map(|row| row.next().expect("number")).collect())
}

#[test]
fn a_body_that_fails_after_it_wrote_lets_all_begin_anew() {
    let (runs, succeeded, numbers) = run_together(&[(1, false), (2, true), (3, false), (4, true), (5, false)]);
    assert_eq!(runs, [2, 2, 1, 1, 1], "the second time each is undone by itself");
    assert_eq!(succeeded, [true, false, true, false, true]);
    assert_eq!(numbers, [1, 3, 5]);
}

#[test]
fn a_body_that_fails_without_writing_leaves_nothing_to_undo() {
    let (runs, succeeded, numbers) = run_together(&[(1, false), (0, true), (3, false)]);
    assert_eq!((runs, succeeded), (vec![1, 1, 1], vec![true, false, true]));
    assert_eq!(numbers, [1, 3]);
    // What a failed statement wrote it has undone itself.
    let (runs, succeeded, numbers) = run_together(&[(1, false), (1, false), (3, false)]);
    assert_eq!((runs, succeeded), (vec![1, 1, 1], vec![true, false, true]));
    assert_eq!(numbers, [1, 3]);
}

#[test]
fn a_failed_commit_is_everybodys_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut link = Link::open(&folder.path().join("test.db")).expect("opened");
    let schema = "CREATE TABLE parents (id BIGINT PRIMARY KEY);
         CREATE TABLE children (parent BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);";
    link.connection().execute_batch(schema).expect("schema");
    let (sender, jobs) = mpsc::channel::<Box<dyn Job>>();
    let answers: Vec<_> = ["INSERT INTO parents (id) VALUES (1)", "INSERT INTO children (parent) VALUES (9)"]
        .map(|sql| {
            let (answer, answered) = oneshot::channel();
            let body: Body<&'static str, u64> = |tx, sql| Box::pin(tx.execute(sql, &[]));
            sender.send(Box::new(Waiting { input: sql, body, result: None, answer })).expect("sent");
            answered
        })
        .into();
    drop(sender);
    write_all(&mut link, &jobs, None);
    for answered in answers {
        let finished = answered.blocking_recv().expect("answered").expect("no panic");
        assert!(matches!(finished, Err(Error::Commit(_))), "{finished:?}");
    }
    assert!(link.query("SELECT id FROM parents", &[]).expect("read").is_empty());
    assert_eq!(link.execute("INSERT INTO parents (id) VALUES (2)", &[]).expect("the link goes on"), 1);
}

#[test]
fn a_lower_number_may_stand_behind_a_higher_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut link = Link::open(&folder.path().join("test.db")).expect("opened");
    let mut rows = link.query("SELECT $2, $1, $2", &params!["first", "second"]).expect("read");
    let row: (String, String, String) = crate::value::FromRow::from_row(&mut rows[0]).expect("texts");
    assert_eq!(row, ("second".to_owned(), "first".to_owned(), "second".to_owned()));
}

#[test]
fn callers_are_answered_after_their_runtime_has_ended() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (folder, sqlite) = runtime.block_on(opened());
    let (answers, committed) = (Arc::new(AtomicUsize::new(0)), Ok(()));
    struct Counting(Arc<AtomicUsize>);
    impl Job for Counting {
        fn run(&mut self, _: &mut Link, _: bool) -> Result<bool, rusqlite::Error> {
            Ok(true)
        }

        fn answer(self: Box<Self>, _: Committed) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let jobs = (0..3).map(|_| Box::new(Counting(Arc::clone(&answers))) as Box<dyn Job>).collect();
    let handle = runtime.handle().clone();
    drop(runtime);
    Answers { jobs, committed }.give(Some(&handle));
    assert_eq!(answers.load(Ordering::Relaxed), 3);
    drop((folder, sqlite));
}
