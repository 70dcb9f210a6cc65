//! What was acknowledged is there after the process is killed.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use fleetgate_store::{DatabaseUrl, Rotation};

use crate::support::{
    NOW, SECOND, account, generation, grant, granted, id, on_postgres, on_sqlite, open, present, world,
};

/// Names the database to the process that is to be killed.
const VICTIM: &str = "FLEETGATE_STORE_TEST_VICTIM";
const FAMILIES: u8 = 8;
const ACKNOWLEDGED: usize = 400;

mod sqlite {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn acknowledged_rotations_survive() {
        match std::env::var(super::VICTIM) {
            Ok(url) => super::rotate_until_killed(&url).await,
            Err(_) => super::on_sqlite(|url| super::kill_and_audit(url, "sqlite")).await,
        }
    }
}

mod postgres {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn acknowledged_rotations_survive() {
        match std::env::var(super::VICTIM) {
            Ok(url) => super::rotate_until_killed(&url).await,
            Err(_) => super::on_postgres(|url| super::kill_and_audit(url, "postgres")).await,
        }
    }
}

/// Rotates every family again and again, and says so each time after the store has.
async fn rotate_until_killed(url: &str) {
    let url = match url.strip_prefix("sqlite:") {
        Some(path) => DatabaseUrl::Sqlite(path.into()),
        None => DatabaseUrl::Postgres(url.to_owned()),
    };
    let store = open(&url).await;
    let families = (1..=FAMILIES).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            let family = grant(100 + u32::from(number));
            for presented in 1.. {
                let rotation = store.rotate(present(&family, presented, NOW + presented)).await.expect("rotate");
                let reached = generation(&rotation).expect("rotated");
                writeln!(std::io::stdout(), "acknowledged {} {reached}", family.id).expect("said");
            }
        })
    });
    for family in families.collect::<Vec<_>>() {
        family.await.expect("family");
    }
}

async fn kill_and_audit(url: DatabaseUrl, module: &'static str) {
    let store = open(&url).await;
    world(&store).await;
    for number in 1..=FAMILIES {
        granted(&store, number).await;
    }
    drop(store);
    let address = match &url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(address) => address.clone(),
    };
    let acknowledged = tokio::task::spawn_blocking(move || run_and_kill(&address, module)).await.expect("victim");

    let store = open(&url).await;
    assert_eq!(acknowledged.len(), usize::from(FAMILIES));
    for (number, (family, acknowledged)) in acknowledged.into_iter().enumerate() {
        let stored = store.grant(&family).await.expect("read").expect("there");
        assert!(stored.generation >= acknowledged, "{family}: {} is older than {acknowledged}", stored.generation);
        let mut family = grant(0);
        family.id.clone_from(&stored.id);
        let now = NOW + 1_000 * SECOND + number as i64;
        let newest = store.rotate(present(&family, stored.generation, now)).await.expect("rotate");
        assert!(matches!(newest, Rotation::Rotated(_)), "{newest:?}");
        let superseded = store.rotate(present(&family, stored.generation - 1, now)).await.expect("rotate");
        assert!(matches!(superseded, Rotation::Replayed(_)), "{superseded:?}");
    }
    assert_eq!(store.account(&id(1)).await.expect("read"), Some(account(1)));
}

/// Runs this test in another process until enough is acknowledged, kills it, and answers the newest generations.
fn run_and_kill(address: &str, module: &str) -> HashMap<String, i64> {
    let mut victim = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "--nocapture", &format!("kill::{module}::acknowledged_rotations_survive")])
        .env(VICTIM, address)
        .stdout(Stdio::piped())
        .spawn()
        .expect("victim");
    let lines = BufReader::new(victim.stdout.take().expect("piped")).lines();
    let (mut newest, mut count) = (HashMap::new(), 0);
    for line in lines {
        let line = line.expect("a whole line");
        // The test harness says things of its own on the same line as the first of ours.
        let Some((_, said)) = line.split_once("acknowledged ") else { continue };
        let (family, generation) = said.split_once(' ').expect("two words");
        let Ok(generation) = generation.parse() else { continue };
        newest.insert(family.to_owned(), generation);
        count += 1;
        if count == ACKNOWLEDGED {
            victim.kill().expect("killed");
        }
    }
    victim.wait().expect("ended");
    assert!(count >= ACKNOWLEDGED, "the victim ended by itself after {count}");
    newest
}
