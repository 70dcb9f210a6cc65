//! What the suites need of the machine, and how Debian provides it.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use super::postgres;
use super::suites::Suite;

/// Something that a suite needs.
struct Requirement {
    what: &'static str,
    packages: &'static [&'static str],
    suites: &'static [Suite],
    present: fn() -> bool,
}

const REQUIREMENTS: [Requirement; 5] = [
    Requirement {
        what: "the PostgreSQL server",
        packages: &["postgresql"],
        suites: &[Suite::Rust],
        present: || env::var_os(super::POSTGRES).is_some() || postgres::programs().is_some() && postgres::has_user(),
    },
    Requirement {
        what: "Node.js",
        packages: &["nodejs"],
        suites: &[Suite::OpenidClient, Suite::Run, Suite::Contract, Suite::Browser],
        present: || on_path("node").is_some(),
    },
    Requirement {
        what: "npm",
        packages: &["npm"],
        suites: &[Suite::OpenidClient, Suite::Run, Suite::Contract, Suite::Browser],
        present: || on_path("npm").is_some(),
    },
    Requirement {
        what: "Chromium",
        packages: &["chromium"],
        suites: &[Suite::Browser],
        present: || chromium().is_some(),
    },
    Requirement {
        what: "Python 3 with venv",
        packages: &["python3", "python3-venv"],
        suites: &[Suite::Authlib, Suite::TeslaFleetApi, Suite::Run, Suite::Contract],
        present: || succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"])),
    },
];

/// Finds out what is missing for these suites and installs it, or says what to install.
pub(super) fn ensure(suites: &[Suite], may_install: bool) -> Result<()> {
    let missing = || REQUIREMENTS.iter().filter(|r| r.suites.iter().any(|s| suites.contains(s)) && !(r.present)());
    let names: Vec<_> = missing().map(|requirement| requirement.what).collect();
    if names.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing().flat_map(|requirement| requirement.packages).copied().collect();
    let how = format!("apt-get install {}", packages.join(" "));
    println!("Missing: {}.", names.join(", "));
    if !may_install {
        bail!("Install what is missing, for example by `{how}`.");
    }
    let Some(become_root) = become_root() else {
        bail!("This user may not install packages. Ask for `{how}`, then run the tests again.");
    };
    println!("Installing by `{how}`.");
    apt(become_root, &["update", "-qq"])?;
    apt(become_root, &[&["install", "-y", "-qq", "--no-install-recommends"][..], &packages].concat())?;
    match missing().next() {
        Some(requirement) => bail!("{} is still missing after `{how}`.", requirement.what),
        None => Ok(()),
    }
}

/// What to put before a command so that root runs it; nothing if this user cannot become root unasked.
fn become_root() -> Option<&'static [&'static str]> {
    if is_root() {
        return Some(&[]);
    }
    succeeds(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"])
}

fn apt(become_root: &[&str], arguments: &[&str]) -> Result<()> {
    // RUNLEVEL=1 keeps Debian from starting the services that it installs.
    let environment = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get"];
    let line = [become_root, &environment, arguments].concat();
    let status = Command::new(line[0]).args(&line[1..]).stdin(Stdio::null()).status()?;
    if !status.success() {
        bail!("`{}` failed.", line.join(" "));
    }
    Ok(())
}

/// Whether this process runs as root.
pub(super) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Whether a command can be run and succeeds. What it prints is not shown.
pub(super) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The browser for the browser's suite.
pub(super) fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path)
}

/// A program of `PATH`.
pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}
