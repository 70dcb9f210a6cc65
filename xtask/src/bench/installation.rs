//! An operator's server with one account and two applications, set up by the operator's own commands.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::lab::{Core, Lab, Measured, Running, free_address};

pub(super) const METADATA: &str = "/oauth2/v3/thirdparty/.well-known/openid-configuration";
pub(super) const KEYS: &str = "/oauth2/v3/discovery/thirdparty/keys";
pub(super) const REGION: &str = "/api/1/users/region";
pub(super) const TOKEN: &str = "/oauth2/v3/token";

const EMAIL: &str = "bench@example.com";
const PASSWORD: &str = "a password for measuring";
const REDIRECT_URI: &str = "http://127.0.0.1/callback";
/// Without `openid`, which costs a second signature.
const SCOPE: &str = "offline_access user_data vehicle_device_data";

/// A folder with a configuration and data.
#[derive(Debug)]
pub(super) struct Installation<'a> {
    lab: &'a Lab,
    pub(super) folder: PathBuf,
    address: SocketAddr,
    third_party: Application,
    open_source: Application,
}

/// An application, as `fleetgate apps add` printed it.
#[derive(Debug, Clone)]
pub(super) struct Application {
    pub(super) id: String,
    pub(super) secret: Option<String>,
}

impl Application {
    fn arguments(&self) -> Vec<&str> {
        let secret = self.secret.as_deref().map(|secret| ["--client-secret", secret]);
        ["--client-id", &self.id].into_iter().chain(secret.into_iter().flatten()).collect()
    }
}

impl<'a> Installation<'a> {
    /// Sets a server up in `name`; on SQLite unless there is another database.
    pub(super) fn new(lab: &'a Lab, name: &str, algorithm: &str, database: Option<&str>) -> Result<Self> {
        let folder = lab.folder().join(name);
        fs::create_dir(&folder)?;
        let address = free_address()?;
        let database = database.map(|url| format!("database = \"{url}\"\n")).unwrap_or_default();
        let config = format!(
            "base_url = \"http://{address}\"\nlisten = \"{address}\"\ndata_dir = \"data\"\n{database}\n[tokens]\n\
             algorithm = \"{algorithm}\"\n"
        );
        fs::write(folder.join("fleetgate.toml"), config)?;
        let none = || Application { id: String::new(), secret: None };
        let mut made = Self { lab, folder, address, third_party: none(), open_source: none() };
        made.operate(&["accounts", "add", "--email", EMAIL, "--name", "Bench"])?;
        made.third_party = made.add("third_party")?;
        made.open_source = made.add("open_source")?;
        Ok(made)
    }

    fn add(&self, kind: &str) -> Result<Application> {
        let add = ["apps", "add", "--name", kind, "--kind", kind, "--redirect-uri", REDIRECT_URI, "--scope", SCOPE];
        let printed = self.operate(&add)?;
        let value = |name: &str| {
            let line = printed.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim().to_owned())
        };
        Ok(Application { id: value("client_id").context("no client id was printed")?, secret: value("client_secret") })
    }

    /// Runs a command of the operator's.
    fn operate(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(self.lab.program("fleetgate"));
        command.args(arguments).arg("--config").arg(self.config());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        // Only the commands that want the password read it; the others may be gone before it is written.
        let written = child.stdin.take().context("there is no standard input")?.write_all(PASSWORD.as_bytes());
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        written.or_else(|error| if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })?;
        Ok(String::from_utf8(output.stdout)?)
    }

    fn config(&self) -> PathBuf {
        self.folder.join("fleetgate.toml")
    }

    /// Where the server listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts the server on the measured core.
    pub(super) fn start(&self) -> Result<Running> {
        self.lab.serve(&mut self.command(), self.address, METADATA)
    }

    /// The command that starts the server on the measured core.
    pub(super) fn command(&self) -> Command {
        let mut command = self.lab.on(Core::Measured, self.lab.program("fleetgate"));
        command.arg("serve").arg("--config").arg(self.config());
        command
    }

    /// The form that gets a partner token.
    pub(super) fn client_credentials(&self) -> String {
        let secret = self.third_party.secret.as_deref().unwrap_or_default();
        format!(
            "grant_type=client_credentials&client_id={}&client_secret={secret}&scope=vehicle_device_data\
             &audience=http%3A%2F%2F{}",
            self.third_party.id,
            self.address.to_string().replace(':', "%3A")
        )
    }

    /// Makes families of refresh tokens on a running server.
    fn families(&self, application: &Application, count: usize) -> Result<PathBuf> {
        let file = self.folder.join("refresh-tokens");
        let (address, count) = (self.address.to_string(), count.to_string());
        let mut arguments = vec!["families", "--address", &address, "--count", &count, "--redirect-uri", REDIRECT_URI];
        arguments.extend([
            "--scope",
            SCOPE,
            "--email",
            EMAIL,
            "--password",
            PASSWORD,
            "--refresh-tokens",
            text(&file)?,
        ]);
        arguments.extend(application.arguments());
        self.lab.work(Core::Load, arguments)?;
        Ok(file)
    }

    /// Makes families of the third-party application.
    pub(super) fn third_party_families(&self, count: usize) -> Result<Families<'_>> {
        Ok(Families { application: &self.third_party, refresh_tokens: self.families(&self.third_party, count)? })
    }

    /// Makes distinct access tokens of the open-source application, which needs no registration in a region, and returns
    /// the file that holds them.
    pub(super) fn access_tokens(&self, server: &Running, count: usize) -> Result<PathBuf> {
        let families = self.families(&self.open_source, count.div_ceil(10).clamp(64, 1_000))?;
        let families = Families { application: &self.open_source, refresh_tokens: families };
        let file = self.folder.join("access-tokens");
        families.rotate(self.lab, server, count, 0, &["--access-tokens", text(&file)?])?;
        Ok(file)
    }
}

/// Families of refresh tokens of one application.
#[derive(Debug)]
pub(super) struct Families<'a> {
    application: &'a Application,
    refresh_tokens: PathBuf,
}

impl Families<'_> {
    /// Rotates them by turns.
    pub(super) fn rotate(
        &self,
        lab: &Lab,
        server: &Running,
        requests: usize,
        warm_up: usize,
        more: &[&str],
    ) -> Result<Measured> {
        let mut kind = vec!["refresh", "--refresh-tokens", text(&self.refresh_tokens)?];
        kind.extend(self.application.arguments());
        kind.extend(more);
        server.load(lab, requests, warm_up, &kind)
    }
}

/// A path as an argument.
pub(super) fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the path is not UTF-8")
}
