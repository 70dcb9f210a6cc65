//! Where things are measured: two programs, two cores, one folder.

use std::env;
use std::ffi::OsStr;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::available_parallelism;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

use crate::test::held;

/// A core of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Core {
    /// Where the server runs, and whatever it is compared with.
    Measured,
    /// Where the load is made.
    Load,
}

/// What one run of the load or of a peer says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    count: f64,
    seconds: f64,
    cpu_seconds: f64,
}

impl Measured {
    /// How many in a second.
    pub(super) fn rate(self) -> f64 {
        self.count / self.seconds
    }

    /// How many in a second of the processor's time.
    pub(super) fn rate_of_cpu(self) -> f64 {
        self.count / self.cpu_seconds
    }

    /// How much of a core it took, in percent.
    pub(super) fn share_of_core(self) -> f64 {
        self.cpu_seconds / self.seconds * 100.0
    }

    /// The processor's time for one, in microseconds.
    pub(super) fn cpu_micros(self) -> f64 {
        self.cpu_seconds / self.count * 1e6
    }
}

/// The programs, and how long they are measured.
#[derive(Debug)]
pub(super) struct Lab {
    pub(super) root: PathBuf,
    pub(super) quick: bool,
    folder: TempDir,
}

impl Lab {
    /// Builds both programs as they are shipped and makes a folder on the disk of the build.
    pub(super) fn prepare(root: &Path, quick: bool) -> Result<Self> {
        if available_parallelism()?.get() < 2 {
            bail!("Two cores are needed: one for the server, one for the load.");
        }
        let mut build = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build
            .args(["build", "--quiet", "--profile", "dist", "-p", "fleetgate", "-p", "fleetgate-bench"])
            .current_dir(root);
        run(&mut build)?;
        let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(root.join("target"))?;
        Ok(Self { root: root.to_owned(), quick, folder })
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A program of the build.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.root.join("target/dist").join(name)
    }

    /// A full number, or a fifth of it when in a hurry.
    pub(super) fn scaled(&self, full: usize) -> usize {
        if self.quick { full / 5 } else { full }
    }

    /// How long a bare peer runs.
    fn seconds(&self) -> String {
        if self.quick { "0.5".to_owned() } else { "1.5".to_owned() }
    }

    /// Measures ours and its peers by turns and returns the median of each.
    pub(super) fn medians<const N: usize>(&self, mut round: impl FnMut(usize) -> Result<[f64; N]>) -> Result<[f64; N]> {
        let rounds: Vec<[f64; N]> = (0..self.rounds()).map(&mut round).collect::<Result<_>>()?;
        Ok(std::array::from_fn(|column| {
            let mut values: Vec<f64> = rounds.iter().map(|round| round[column]).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        }))
    }

    pub(super) fn rounds(&self) -> usize {
        if self.quick { 3 } else { 5 }
    }

    /// A command that stays on one core.
    pub(super) fn on(&self, core: Core, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("taskset");
        command.args(["-c", if core == Core::Measured { "0" } else { "1" }]).arg(program).current_dir(self.folder());
        command
    }

    /// Runs a work of the bench program and returns what it prints.
    pub(super) fn work<S: AsRef<OsStr>>(&self, core: Core, arguments: impl IntoIterator<Item = S>) -> Result<String> {
        run(self.on(core, self.program("fleetgate-bench")).args(arguments))
    }

    /// Runs a work of the bench program that measures.
    pub(super) fn measure<S: AsRef<OsStr>>(
        &self,
        core: Core,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Measured> {
        let printed: Value = serde_json::from_str(&self.work(core, arguments)?)?;
        let number = |name: &str| printed[name].as_f64().with_context(|| format!("`{name}` is missing"));
        Ok(Measured { count: number("count")?, seconds: number("seconds")?, cpu_seconds: number("cpu_seconds")? })
    }

    /// Measures a bare primitive, for as long as usual, beside as busy a core as the load makes.
    pub(super) fn bare<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<Measured> {
        let mut busy = self.on(Core::Load, self.program("fleetgate-bench"));
        let _busy = Busy(held::spawn(busy.arg("busy").stdout(Stdio::null()).stderr(Stdio::null()))?);
        let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned());
        self.measure(Core::Measured, arguments.chain(["--seconds".into(), self.seconds().into()]))
    }

    /// Starts a server on the measured core and waits until it answers.
    pub(super) fn serve(&self, command: &mut Command, address: SocketAddr, path: &str) -> Result<Running> {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = held::spawn(command).with_context(|| format!("start {command:?}"))?;
        let running = Running { child, address };
        self.work(Core::Load, ["wait", "--address", &address.to_string(), "--path", path])?;
        Ok(running)
    }
}

/// A process that keeps its core busy until it is dropped.
#[derive(Debug)]
struct Busy(Child);

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = held::wait(&mut self.0);
    }
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Running {
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How much of its memory is resident, in megabytes.
    pub(super) fn resident(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("there is no `VmRSS`")?;
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024.0 / 1e6)
    }

    /// Measures the server under a load.
    pub(super) fn load(&self, lab: &Lab, requests: usize, warm_up: usize, kind: &[&str]) -> Result<Measured> {
        let (address, pid) = (self.address.to_string(), self.pid().to_string());
        let (requests, warm_up) = (requests.to_string(), warm_up.to_string());
        let load = ["load", "--address", &address, "--pid", &pid, "--requests", &requests, "--warm-up", &warm_up];
        lab.measure(Core::Load, load.into_iter().chain(kind.iter().copied()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A server that is asked writes its databases to the end.
        let asked = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = held::wait(&mut self.child);
    }
}

/// A free address on loopback.
pub(super) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Runs a command that must succeed and returns what it prints.
pub(super) fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("start {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}
