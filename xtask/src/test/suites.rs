//! The suites, and how each is run.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::count::{Count, Counter};
use super::requirements::{chromium, on_path};
use super::{POSTGRES, held};

/// The oldest Node.js that the clients run on.
const OLDEST_NODE: u32 = 20;

/// A set of tests with one runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suite {
    Rust,
    OpenidClient,
    Authlib,
    TeslaFleetApi,
    Run,
    Contract,
    Browser,
}

impl Suite {
    const ALL: [Self; 7] =
        [Self::Rust, Self::OpenidClient, Self::Authlib, Self::TeslaFleetApi, Self::Run, Self::Contract, Self::Browser];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::OpenidClient => "openid-client",
            Self::Authlib => "authlib",
            Self::TeslaFleetApi => "tesla-fleet-api",
            Self::Run => "run",
            Self::Contract => "contract",
            Self::Browser => "browser",
        }
    }

    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::Rust => "the workspace, on SQLite and PostgreSQL",
            Self::OpenidClient => "the npm package against the sandbox",
            Self::Authlib | Self::TeslaFleetApi => "the Python package against the sandbox",
            Self::Run => "programs with hard-wired hosts by `fleetgate run`",
            Self::Contract => "the OpenAPI document and the Postman collection against the sandbox",
            Self::Browser => "the pages of the sandbox in Chromium",
        }
    }

    /// The suites that a filter names, all if it names none, and what is left of it: parts of the names of tests.
    pub(super) fn select(filter: &[String]) -> (Vec<Self>, Vec<String>) {
        let find = |word: &String| Self::ALL.into_iter().find(|suite| suite.name() == word.as_str());
        let named: Vec<_> = filter.iter().filter_map(find).collect();
        let rest = filter.iter().filter(|word| find(word).is_none()).cloned().collect();
        (if named.is_empty() { Self::ALL.to_vec() } else { named }, rest)
    }
}

/// How a runner meets the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meeting {
    /// The tests start one.
    Beside,
    /// The runner itself is what `fleetgate run` runs.
    Within,
}
use Meeting::{Beside, Within};

/// Where the suites run, and what they are given.
#[derive(Debug)]
pub(super) struct Workshop {
    root: PathBuf,
    postgres: Option<String>,
}

impl Workshop {
    pub(super) fn new(root: &Path, postgres: Option<String>) -> Self {
        Self { root: root.to_owned(), postgres }
    }

    /// Runs one suite. A run without `names` that runs no test has failed.
    pub(super) fn run(&self, suite: Suite, names: &[String]) -> Result<Count> {
        let count = match suite {
            Suite::Rust => self.cargo(names)?,
            Suite::OpenidClient => {
                self.node(Beside, &["clients/openid-client.test.mjs", "clients/openid-client-faults.test.mjs"], names)?
            }
            Suite::Authlib => self.python(Beside, &["clients/test_authlib.py"], names)?,
            Suite::TeslaFleetApi => {
                self.python(Beside, &["clients/test_tesla_fleet_api.py", "clients/test_faults.py"], names)?
            }
            Suite::Run => {
                self.python(Within, &["clients/test_run.py"], names)?
                    + self.node(Within, &["clients/run.test.mjs"], names)?
            }
            Suite::Contract => {
                self.python(Beside, &["contract/test_openapi.py"], names)?
                    + self.node(Beside, &["contract/postman.test.mjs"], names)?
            }
            Suite::Browser => self.node(Beside, &["browser/consent.test.mjs"], names)?,
        };
        if count == Count::default() && names.is_empty() {
            bail!("it ran no test");
        }
        Ok(count)
    }

    fn cargo(&self, names: &[String]) -> Result<Count> {
        let mut command = cargo();
        command.args(["test", "--workspace", "--no-fail-fast", "--"]).args(names).current_dir(&self.root);
        // A snapshot that differs fails; it leaves no file in the tree.
        command.env("INSTA_UPDATE", "no");
        if let Some(url) = &self.postgres {
            command.env(POSTGRES, url);
        }
        counted(&mut command, Counter::cargo)
    }

    fn node(&self, meeting: Meeting, files: &[&str], names: &[String]) -> Result<Count> {
        let node = self.install_node_packages()?;
        let mut command = self.runner(meeting, &node)?;
        command.args(["--test", "--test-reporter=spec"]);
        if !names.is_empty() {
            command.arg(format!("--test-name-pattern={}", names.join("|")));
        }
        command.args(files);
        if let Some(browser) = chromium() {
            command.env("FLEETGATE_CHROMIUM", browser);
        }
        counted(&mut command, Counter::node)
    }

    fn python(&self, meeting: Meeting, files: &[&str], names: &[String]) -> Result<Count> {
        let python = self.install_python_packages()?;
        let mut command = self.runner(meeting, &python)?;
        // A bytecode cache would be left in the tree.
        command.args(["-B", "-m", "unittest", "-v"]);
        for name in names {
            command.args(["-k", name]);
        }
        command.args(files);
        let mut count = counted(&mut command, Counter::python)?;
        // Python calls it a failure if no test has a name.
        if !names.is_empty() && count == (Count { passed: 0, failed: 1 }) {
            count = Count::default();
        }
        Ok(count)
    }

    fn e2e(&self) -> PathBuf {
        self.root.join("e2e")
    }

    /// Builds the binary, and makes a command of a program that is told where it is.
    fn runner(&self, meeting: Meeting, program: &Path) -> Result<Command> {
        quiet(cargo().args(["build", "--quiet", "--package", "fleetgate"]).current_dir(&self.root))?;
        let binary = env::current_exe()?.with_file_name("fleetgate");
        let mut command = match meeting {
            Beside => Command::new(program),
            Within => Command::new(&binary),
        };
        if meeting == Within {
            // Whatever sandbox of the person who tests is running, this is another one.
            command.args(["run", "--listen", "127.0.0.1:0", "--limits", "off", "--"]).arg(program);
        }
        command.env("FLEETGATE_BIN", binary).current_dir(self.e2e());
        Ok(command)
    }

    /// Brings `node_modules` to what the lock file says, and returns a Node.js that is new enough.
    fn install_node_packages(&self) -> Result<PathBuf> {
        let modules = self.e2e().join("node_modules");
        let own = on_path("node").filter(|node| version(node).is_some_and(|version| version >= OLDEST_NODE));
        let carried = modules.join(".bin/node");
        let installed = modules.join(".package-lock.json");
        let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
        let is_new = modified(&installed) >= modified(&self.e2e().join("package-lock.json"));
        if !is_new || (own.is_none() && !carried.exists()) {
            let mut npm = Command::new("npm");
            npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(self.e2e());
            if own.is_some() {
                // The optional packages are Node.js itself.
                npm.arg("--omit=optional");
            }
            quiet(&mut npm)?;
        }
        Ok(own.unwrap_or(carried))
    }

    /// Brings the virtual environment to what `requirements.txt` says, and returns its Python.
    fn install_python_packages(&self) -> Result<PathBuf> {
        let folder = self.e2e().join(".venv");
        let python = folder.join("bin/python");
        let wanted = fs::read(self.e2e().join("requirements.txt")).context("read e2e/requirements.txt")?;
        let done = folder.join("requirements.txt");
        if fs::read(&done).ok().as_ref() != Some(&wanted) {
            quiet(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"];
            quiet(Command::new(&python).args(install).current_dir(self.e2e()))?;
            fs::write(&done, wanted)?;
        }
        Ok(python)
    }
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The major version of a Node.js.
fn version(node: &Path) -> Option<u32> {
    let output = Command::new(node).arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Runs a step of the preparation.
fn quiet(command: &mut Command) -> Result<()> {
    let mut child = held::spawn(command).with_context(|| format!("start {command:?}"))?;
    if !held::wait(&mut child)?.success() {
        bail!("{command:?} failed");
    }
    Ok(())
}

/// Runs a runner, shows what it prints and counts its tests.
fn counted(command: &mut Command, read: fn(&mut Counter, &str)) -> Result<Count> {
    let (reader, writer) = std::io::pipe()?;
    let mut child = held::spawn(command.stdout(writer.try_clone()?).stderr(writer))
        .with_context(|| format!("start {command:?}"))?;
    // The command holds the pipe's writing end too; without this the pipe would never end.
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut counter = Counter::default();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        read(&mut counter, &line);
    }
    Ok(counter.finish(held::wait(&mut child)?.success()))
}

#[cfg(test)]
mod tests;
