//! The server is killed while it works, started again on the same data, and asked for everything that it had
//! acknowledged: tokens, rotations, consents, revocations.
//!
//! The moments are random, from a seed that is printed; `FLEETGATE_CRASH_SEED` repeats a run (as far as the scheduling of
//! threads lets it), `FLEETGATE_CRASH_ROUNDS` makes it longer. That the audit can find something is a test of its own: it
//! is shown data from which the last round's work is missing.

mod application;
mod audit;
mod browser;
mod codes;
mod consents;
mod numbers;
mod refreshes;
mod server;

use std::path::Path;
use std::time::Duration;

use self::audit::Findings;
use self::codes::Exchanger;
use self::consents::Consenter;
use self::numbers::Numbers;
use self::refreshes::Rotator;
use self::server::{Place, Server};

/// How much has to happen in a round.
const ANSWERS: usize = 100;
const ROTATORS: usize = 6;
const CONSENTERS: usize = 3;
const EXCHANGERS: usize = 2;

/// Everybody who works on the server, each with a person of their own, so that nobody changes what another expects.
struct Crew {
    rotators: Vec<Rotator>,
    consenters: Vec<Consenter>,
    exchangers: Vec<Exchanger>,
}

impl Crew {
    async fn hire(server: &Server, numbers: &mut Numbers) -> Self {
        let mut crew = Self { rotators: Vec::new(), consenters: Vec::new(), exchangers: Vec::new() };
        for index in 0..ROTATORS {
            crew.rotators.push(Rotator::begin(server, index, numbers.fork()).await);
        }
        for index in 0..CONSENTERS {
            crew.consenters.push(Consenter::begin(server, index, numbers.fork()).await);
        }
        for index in 0..EXCHANGERS {
            crew.exchangers.push(Exchanger::begin(server, index).await);
        }
        crew
    }

    /// Works until the server is gone, which it is after a moment, but not before something happened.
    async fn work(self, mut server: Server, moment: u64) -> Self {
        let api = server.api();
        let rotators: Vec<_> = self.rotators.into_iter().map(|it| tokio::spawn(it.work(api.clone()))).collect();
        let consenters: Vec<_> = self.consenters.into_iter().map(|it| tokio::spawn(it.work(api.clone()))).collect();
        let exchangers: Vec<_> = self.exchangers.into_iter().map(|it| tokio::spawn(it.work(api.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(moment)).await;
        while api.answers() < ANSWERS {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.kill();
        Self {
            rotators: ended(rotators).await,
            consenters: ended(consenters).await,
            exchangers: ended(exchangers).await,
        }
    }

    fn acknowledged(&self) -> usize {
        let rotations = self.rotators.iter().map(|worker| worker.acknowledged);
        let consents = self.consenters.iter().map(|worker| worker.acknowledged);
        rotations.chain(consents).chain(self.exchangers.iter().map(|worker| worker.acknowledged)).sum()
    }

    async fn audit(&mut self, server: &Server) -> Findings {
        let (mut findings, api) = (Findings::default(), server.api());
        for worker in &mut self.rotators {
            worker.audit(&api, &mut findings).await;
        }
        for worker in &mut self.consenters {
            worker.audit(&api, &mut findings).await;
        }
        for worker in &mut self.exchangers {
            worker.audit(&api, &mut findings).await;
        }
        findings
    }
}

async fn ended<T>(tasks: Vec<tokio::task::JoinHandle<T>>) -> Vec<T> {
    let mut workers = Vec::new();
    for task in tasks {
        workers.push(task.await.expect("a worker that does not fail"));
    }
    workers
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// Kills the server again and again, and asks for everything each time.
async fn crash_and_audit(place: Place) {
    let seed = from_environment("FLEETGATE_CRASH_SEED").unwrap_or_else(numbers::fresh_seed);
    let rounds = from_environment("FLEETGATE_CRASH_ROUNDS").unwrap_or(4);
    println!("FLEETGATE_CRASH_SEED={seed}");
    let mut numbers = Numbers::new(seed);
    let mut server = Server::start(&place).await;
    let mut crew = Crew::hire(&server, &mut numbers).await;
    let mut before = 0;
    for round in 1..=rounds {
        let moment = 150 + numbers.below(900);
        crew = crew.work(server, moment).await;
        let acknowledged = crew.acknowledged();
        println!("round {round}: killed after {moment} ms, {} acknowledged", acknowledged - before);
        before = acknowledged;
        server = Server::start(&place).await;
        crew.audit(&server).await.assert_none();
    }
}

mod sqlite {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nothing_acknowledged_is_lost_by_a_kill() {
        crash_and_audit(Place::sqlite()).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_audit_finds_what_is_lost() {
        let place = Place::sqlite();
        let mut numbers = Numbers::new(1);
        let server = Server::start(&place).await;
        let crew = Crew::hire(&server, &mut numbers).await;
        let earlier = tempfile::tempdir().expect("a folder");
        let server = {
            // A file that nobody writes can be copied.
            drop(server);
            copy(place.folder(), earlier.path());
            Server::start(&place).await
        };
        let mut crew = crew.work(server, 900).await;
        std::fs::remove_file(place.folder().join("fleetgate.db-wal")).expect("a write-ahead log");
        copy(earlier.path(), place.folder());
        let server = Server::start(&place).await;
        let findings = crew.audit(&server).await;
        for what in ["rotation", "consent", "token"] {
            assert!(findings.any_of(what), "a lost {what} was not found: {findings:?}");
        }
    }

    fn copy(from: &Path, to: &Path) {
        for entry in std::fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
        }
    }
}

mod postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nothing_acknowledged_is_lost_by_a_kill() {
        let (place, dropped) = Place::postgres().await;
        let outcome = tokio::spawn(crash_and_audit(place)).await;
        dropped.await;
        if let Err(error) = outcome {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}
