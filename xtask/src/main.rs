//! The project's own tasks: `cargo xtask generate` and `cargo xtask test`.

mod bench;
mod generate;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own tasks.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Writes the documents that come from the table of operations.
    Generate {
        /// Writes nothing; fails if a document is not what the table says.
        #[arg(long)]
        check: bool,
    },
    /// Runs every test: of the workspace, with real clients, and in a browser. Installs by apt what is missing.
    Test {
        /// Installs nothing; says what is missing and fails.
        #[arg(long)]
        no_install: bool,
        /// Suites to run (`rust`, `openid-client`, `authlib`, `tesla-fleet-api`, `run`, `contract`, `browser`); anything
        /// else is part of a test's name.
        filter: Vec<String>,
    },
    /// Measures how fast the server is beside the bare work, and writes `docs/benchmarks.md`.
    Bench {
        /// Takes a minute, and writes nothing.
        #[arg(long)]
        quick: bool,
        /// Rows to measure, such as `call-warm`.
        rows: Vec<String>,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Generate { check } => generate::run(&root(), check),
        Task::Test { no_install, filter } => test::run(&root(), !no_install, &filter),
        Task::Bench { quick, rows } => bench::run(&root(), quick, &rows),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
