//! The program as it is typed: exit code, standard output, standard error.

mod conditions;
mod dev;
#[cfg(target_os = "linux")]
mod memory;
mod operator;
mod run;
mod tools;
mod vehicles;
mod worlds;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A run of the program in an empty environment, at home in `home`.
fn program(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fleetgate"));
    command.args(arguments).env_clear().env("HOME", home).current_dir(home);
    command
}

fn run_with(home: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = program(home, arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("its input");
    // A program that does not read its input may have closed it.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

/// Exit code and both outputs as one text, with the home directory left out.
fn shown(home: &Path, output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&home.display().to_string(), "~");
    let code = output.status.code().map_or_else(|| "none".to_owned(), |code| code.to_string());
    let mut shown = format!("exit: {code}\n");
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !bytes.is_empty() {
            shown.push_str(&format!("--- {name}\n{}", text(bytes)));
        }
    }
    shown
}

/// What a command prints, with how it ended.
fn said(home: &Path, arguments: &[&str]) -> String {
    shown(home, &run_with(home, arguments, ""))
}

fn run(arguments: &[&str]) -> String {
    let home = tempfile::tempdir().expect("a home");
    said(home.path(), arguments)
}
