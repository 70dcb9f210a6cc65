//! `cargo xtask bench`: how fast the server is, beside the bare work that it cannot do without.

mod finding;
mod installation;
mod lab;
mod report;
mod rows;
mod sandbox;

use std::path::Path;

use anyhow::{Context as _, Result};

use self::lab::Lab;
use self::rows::Row;
use crate::test::held::Held;

/// Measures the rows that `names` leaves, all if there are none; writes `docs/benchmarks.md` when all were measured in
/// full. Returns whether every target is met.
pub(crate) fn run(root: &Path, quick: bool, names: &[String]) -> Result<bool> {
    let rows = Row::select(names)?;
    let machine = report::Machine::look()?;
    println!("{machine}");
    let _held = Held::until_dropped().context("watch for signals")?;
    let lab = Lab::prepare(root, quick)?;

    let mut findings = Vec::new();
    for row in &rows {
        println!("\n== {}", row.name());
        for finding in row.measure(&lab).with_context(|| format!("measure `{}`", row.name()))? {
            println!("{finding}");
            findings.push(finding);
        }
    }
    if !quick && names.is_empty() {
        report::write(&root.join("docs/benchmarks.md"), &machine, &findings)?;
    }
    let missed = findings.iter().filter(|finding| finding.is_missed()).count();
    println!("\n{} measured, {missed} below their targets.", findings.len());
    Ok(missed == 0)
}
