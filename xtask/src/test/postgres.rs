//! A PostgreSQL for one run, in a folder of its own, on a free port.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::held;
use super::requirements::{is_root, succeeds};

/// A server in its folder; dropping it stops the server.
#[derive(Debug)]
pub(super) struct Database {
    programs: PathBuf,
    folder: PathBuf,
}

impl Drop for Database {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "--mode=immediate", "-w", "-D"]).arg(self.data());
        let _ = stop.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

impl Database {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A program of the server. It refuses to run as root, so root runs it as `postgres`.
    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // The server may not be able to see the folder of the caller.
        command.current_dir("/");
        command
    }

    fn create(&self) -> Result<()> {
        for folder in [self.folder.clone(), self.folder.join("socket")] {
            let mut install = Command::new("install");
            install.args(["-d", "-m", "700"]).args(if is_root() { &["-o", "postgres"][..] } else { &[] }).arg(folder);
            run(&mut install).context("make a folder for the server")?;
        }
        let mut initdb = self.command("initdb");
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]).arg(self.data());
        run(&mut initdb).context("create the database folder")
    }

    /// Starts the server on a port that is free at this moment and returns it.
    fn start(&self) -> Result<u16> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (log, sockets) = (self.folder.join("log"), self.folder.join("socket"));
        let options = format!("-h 127.0.0.1 -p {port} -k {} -c max_connections=200", sockets.display());
        let mut start = self.command("pg_ctl");
        start.args(["start", "-w", "-t", "60", "-o", &options, "-l"]).arg(&log).arg("-D").arg(self.data());
        // The server inherits what `pg_ctl` has: a pipe would stay open as long as it runs.
        let status = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if !status.success() {
            bail!("`pg_ctl start` failed; the server says:\n{}", fs::read_to_string(&log).unwrap_or_default());
        }
        Ok(port)
    }
}

/// Starts an empty server, in place of the former one, that lasts as long as [`held::Held`], and returns the URL of its
/// first database.
pub(crate) fn start() -> Result<String> {
    let programs = programs().context("find `initdb` and `pg_ctl`")?;
    let port = held::keep_database(|folder, kept| {
        if kept.take().is_some() {
            fs::remove_dir_all(folder).context("remove the former server's folder")?;
        }
        let database = kept.insert(Database { programs, folder: folder.to_owned() });
        database.create()?;
        // Another process may take the port in between.
        database.start().or_else(|_| database.start())
    })??;
    Ok(format!("postgres://postgres@127.0.0.1:{port}/postgres"))
}

/// The folder with the programs of the newest server: Debian keeps them outside `PATH`.
pub(super) fn programs() -> Option<PathBuf> {
    let complete = |folder: &Path| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file());
    let version = |folder: &Path| folder.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest =
        installed.map(|entry| entry.path().join("bin")).filter(|folder| complete(folder)).max_by_key(|f| version(f));
    newest.or_else(|| env::split_paths(&env::var_os("PATH")?).find(|folder| complete(folder)))
}

/// Whether the user exists under whose name root runs the server.
pub(super) fn has_user() -> bool {
    !is_root() || succeeds(Command::new("id").args(["-u", "postgres"]))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
