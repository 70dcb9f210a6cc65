//! What must not outlive this process: child processes, the database, and a folder for everything temporary.
//!
//! Every child runs in a process group of its own, so that a signal to this process can end it with all that it started.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tempfile::TempDir;

use super::postgres::Database;

#[derive(Debug)]
struct Everything {
    children: Vec<u32>,
    database: Option<Database>,
    folder: Option<TempDir>,
}

static EVERYTHING: Mutex<Everything> = Mutex::new(Everything { children: Vec::new(), database: None, folder: None });

fn everything() -> MutexGuard<'static, Everything> {
    EVERYTHING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends everything when it is dropped, also by a panic, and when a signal asks this process to end.
#[derive(Debug)]
pub(crate) struct Held(());

impl Held {
    /// Makes the folder, and watches for signals from now on.
    pub(crate) fn until_dropped() -> io::Result<Self> {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                // The lock stays taken, so that the main thread starts nothing more.
                let _all = release();
                std::process::exit(128 + signal);
            }
        });
        let held = Self(());
        let folder = tempfile::Builder::new().prefix("fleetgate-test-").tempdir()?;
        // The user that runs the database must be able to reach its own part of it.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
        fs::create_dir(folder.path().join("tmp"))?;
        everything().folder = Some(folder);
        Ok(held)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(release());
    }
}

fn release() -> MutexGuard<'static, Everything> {
    let mut all = everything();
    for group in std::mem::take(&mut all.children) {
        end_group(group);
    }
    all.database = None;
    all.folder = None;
    all
}

fn end_group(group: u32) {
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).stderr(Stdio::null()).status();
}

/// Keeps a database that `make` starts in a folder that it may create. A signal waits for it meanwhile.
pub(super) fn keep_database<T>(make: impl FnOnce(&Path, &mut Option<Database>) -> T) -> io::Result<T> {
    let mut all = everything();
    let folder = all.folder.as_ref().ok_or_else(|| io::Error::other("nothing is held yet"))?.path().join("postgres");
    Ok(make(&folder, &mut all.database))
}

/// Starts a child in a process group of its own, without standard input, with its temporary files in the folder.
pub(crate) fn spawn(command: &mut Command) -> io::Result<Child> {
    let mut all = everything();
    if let Some(folder) = &all.folder {
        command.env("TMPDIR", folder.path().join("tmp"));
    }
    let child = command.stdin(Stdio::null()).process_group(0).spawn()?;
    all.children.push(child.id());
    Ok(child)
}

/// Waits for a child, and ends what it left behind.
pub(crate) fn wait(child: &mut Child) -> io::Result<ExitStatus> {
    let status = child.wait();
    let mut all = everything();
    all.children.retain(|id| *id != child.id());
    end_group(child.id());
    status
}
