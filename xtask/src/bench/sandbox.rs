//! A sandbox whose world has as many devices as are wanted.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::installation::{METADATA, text};
use super::lab::{Core, Lab, Running, free_address, run};

/// The first VIN; those of the others count on.
const FIRST_VIN: &str = "5YJ3E1EB0PF000001";

/// A folder with a world and its data.
#[derive(Debug)]
pub(super) struct Sandbox<'a> {
    lab: &'a Lab,
    folder: PathBuf,
    address: SocketAddr,
    /// Its database, where it is not a file in the folder.
    postgres: Option<String>,
}

impl<'a> Sandbox<'a> {
    /// Writes a world down in `name`: one person with so many vehicles, all awake, and so many energy sites.
    pub(super) fn new(lab: &'a Lab, name: &str, vehicles: usize, sites: usize) -> Result<Self> {
        let folder = lab.folder().join(name);
        fs::create_dir(&folder)?;
        let sites = match sites {
            0 => String::new(),
            count => format!("\n[[energy_sites]]\nowner = \"bench@example.com\"\ncount = {count}\n"),
        };
        // Plugged in and on guard they stay awake.
        let world = format!(
            "name = \"bench\"\n\n[[accounts]]\nemail = \"bench@example.com\"\n\n[[applications]]\nname = \"Bench\"\n\
             kind = \"third_party\"\nredirect_uris = [\"http://127.0.0.1/callback\"]\ndomain = \"bench.test\"\n\
             registered_regions = [\"na\"]\n\n[[vehicles]]\nvin = \"{FIRST_VIN}\"\ncount = {vehicles}\n\
             owner = \"bench@example.com\"\nstate = \"online\"\ncommand_signing = \"off\"\nplugged_in = true\n\
             sentry_mode = true\ncharging_history = false\n{sites}"
        );
        fs::write(folder.join("world.toml"), world)?;
        Ok(Self { lab, folder, address: free_address()?, postgres: None })
    }

    /// Keeps its data in a PostgreSQL database.
    pub(super) fn on(self, url: &str) -> Self {
        Self { postgres: Some(url.to_owned()), ..self }
    }

    /// Lets the owner drive every vehicle to work and back, and leave it unguarded.
    pub(super) fn with_commutes(self) -> Result<Self> {
        let file = self.folder.join("world.toml");
        let commute = "sentry_mode = false\ncommutes = [{ to = { latitude = 37.3382, longitude = -121.8863 }, name = \
                       \"Work\", days = \"weekdays\", leave = \"08:00\", back = \"17:30\", plug_in = true }]\n";
        fs::write(&file, fs::read_to_string(&file)?.replace("sentry_mode = true\n", commute))?;
        Ok(self)
    }

    /// Lets time pass, from beside it.
    pub(super) fn advance(&self, time: &str) -> Result<()> {
        self.tell(&["clock", "advance", time]).map(drop)
    }

    /// Its database.
    pub(super) fn database(&self) -> PathBuf {
        self.folder.join("data/fleetgate.db")
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts it on the measured core; the first start plants the world.
    pub(super) fn start(&self) -> Result<Running> {
        self.lab.serve(&mut self.command()?, self.address, METADATA)
    }

    /// The command that starts it on the measured core.
    pub(super) fn command(&self) -> Result<Command> {
        let mut command = self.lab.on(Core::Measured, self.lab.program("fleetgate"));
        command.args(["dev", "--limits", "off", "--listen", &self.address.to_string()]);
        command.args(["--seed", text(&self.folder.join("world.toml"))?]);
        self.with_data(&mut command);
        Ok(command)
    }

    /// Tells a command where the data are.
    fn with_data(&self, command: &mut Command) {
        command.arg("--data-dir").arg(self.folder.join("data"));
        if let Some(url) = &self.postgres {
            command.args(["--database", url]);
        }
    }

    /// What a command says that is given beside the sandbox.
    fn tell(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(self.lab.program("fleetgate"));
        self.with_data(command.args(arguments));
        run(&mut command)
    }

    /// A file with an access token of the owner.
    pub(super) fn token(&self) -> Result<PathBuf> {
        let order = ["token", "--app", "Bench", "--account", "bench@example.com", "--access-token"];
        self.keep("token", &self.tell(&order)?)
    }

    /// A file with the VINs.
    pub(super) fn vins(&self) -> Result<PathBuf> {
        let world: Value = serde_json::from_str(&self.tell(&["world", "--json"])?)?;
        let vehicles = world["vehicles"].as_array().context("the world has no vehicles")?;
        let vins = vehicles.iter().filter_map(|vehicle| vehicle["vin"].as_str());
        self.keep("vins", &vins.map(|vin| format!("{vin}\n")).collect::<String>())
    }

    /// The first VIN.
    pub(super) fn vin() -> &'static str {
        FIRST_VIN
    }

    fn keep(&self, name: &str, contents: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        fs::write(&path, contents)?;
        Ok(path)
    }
}
