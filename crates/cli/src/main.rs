//! `fleetgate`: the sandbox, the server and the tools around them.

mod arguments;
mod commands;
mod output;
mod sandbox;

use std::process::ExitCode;

use clap::Parser as _;

use self::arguments::Arguments;
use self::output::complain;

/// How a run ended, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Everything was done.
    Success,
    /// Something could not be done.
    Failure,
    /// The arguments make no sense.
    Usage,
    /// As a command ended that was run.
    Command(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Command(code) => code,
        })
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Success };
            // Nobody is left to hear of a closed terminal.
            let _ = error.print();
            return exit.into();
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&anyhow::Error::new(error).context("The program cannot start its threads."));
            return Exit::Failure.into();
        }
    };
    match runtime.block_on(commands::run(arguments)) {
        Ok(exit) => exit.into(),
        Err(error) => {
            complain(&error);
            Exit::Failure.into()
        }
    }
}
