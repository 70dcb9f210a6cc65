//! `cargo xtask test`: everything that can be tested, with all that it needs.

mod count;
pub(crate) mod held;
pub(crate) mod postgres;
mod requirements;
mod suites;

use std::env;
use std::path::Path;

use anyhow::{Context, Result};

use self::count::Count;
use self::held::Held;
use self::suites::{Suite, Workshop};

/// Where tests find a PostgreSQL to create databases in.
const POSTGRES: &str = "FLEETGATE_TEST_POSTGRES";

/// Runs the suites that `filter` leaves and prints one line with the sum. Returns whether every test passed.
pub(crate) fn run(root: &Path, may_install: bool, filter: &[String]) -> Result<bool> {
    let (suites, names) = Suite::select(filter);
    let described: Vec<_> =
        suites.iter().map(|suite| format!("`{}` ({})", suite.name(), suite.description())).collect();
    println!("Suites: {}.", described.join(", "));

    requirements::ensure(&suites, may_install)?;
    let _held = Held::until_dropped().context("watch for signals")?;
    let workshop = Workshop::new(root, database(&suites)?);

    let mut sum = Count::default();
    for suite in suites {
        println!("\n== {}: {}", suite.name(), suite.description());
        let count = workshop.run(suite, &names).unwrap_or_else(|error| {
            println!("The suite `{}` could not run: {error:#}", suite.name());
            Count { passed: 0, failed: 1 }
        });
        println!("== {}: {count}", suite.name());
        sum += count;
    }
    if sum.passed + sum.failed == 0 {
        println!("No test has this name.");
    }
    println!("\n{sum}");
    Ok(sum.failed == 0 && sum.passed > 0)
}

/// The URL of a PostgreSQL: the one that the environment names, or one that is started for this run.
fn database(suites: &[Suite]) -> Result<Option<String>> {
    if !suites.contains(&Suite::Rust) {
        return Ok(None);
    }
    if let Ok(url) = env::var(POSTGRES) {
        println!("PostgreSQL: the one that `{POSTGRES}` names.");
        return Ok(Some(url));
    }
    let url = postgres::start().context("start a PostgreSQL for the tests")?;
    println!("PostgreSQL: started for this run at {url}");
    Ok(Some(url))
}
