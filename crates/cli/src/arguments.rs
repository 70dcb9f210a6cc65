//! What can be typed. Each command resolves its own arguments before it acts.

mod operator;
mod sandbox;
mod vehicle;

use std::ffi::OsString;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use fleetgate_protocol::{Region, SCOPES, Scope, TokenType, UnknownRegion};
use fleetgate_server::config::{DialectName, RateLimits};
use fleetgate_store::DatabaseUrl;

pub(crate) use self::operator::{Accounts, AddAccount, AddApp, Apps, List, NamedAccount, NamedApp};
pub(crate) use self::sandbox::{
    AddFault, Clock, Cost, CostCommand, Fault, Inspect, MintToken, SetBudget, ShowCost, ShowWorld, Token, TokenCommand,
    World, WorldCommand,
};
pub(crate) use self::vehicle::{OneVehicle, Vehicle};

/// The Fleet API's authentication as software that anyone can run.
#[derive(Debug, Parser)]
#[command(name = "fleetgate", version, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Starts the sandbox: people, applications and cars to try everything with.
    Dev(Dev),
    /// Runs a command for which the real service's host names lead to a sandbox, and ends with it.
    Run(Run),
    /// Starts the server of an operator, as its configuration says.
    Serve(Configured),
    /// Manages the accounts of an operator's server.
    #[command(subcommand)]
    Accounts(Accounts),
    /// Manages the applications of an operator's server.
    #[command(subcommand)]
    Apps(Apps),
    /// Shows what is in the sandbox (accounts, applications, vehicles, energy sites), writes it down or replaces it.
    World(World),
    /// Makes a token in the sandbox without a browser, or inspects one.
    Token(Token),
    /// Shows the sandbox's clock, and lets time pass: tokens, cars and everything else obey it.
    #[command(subcommand)]
    Clock(Clock),
    /// Shows a vehicle of the sandbox, and lets something happen at it; see `docs/vehicles.md`.
    #[command(subcommand)]
    Vehicle(Vehicle),
    /// Lets things go wrong in the sandbox, and tells how often they did; see `docs/faults.md`.
    #[command(subcommand)]
    Fault(Fault),
    /// Shows what the calls of the sandbox's applications would cost; see `docs/cost.md`.
    Cost(Cost),
    /// Says which type of token something needs, and how to ask for it.
    WhichToken(WhichToken),
    /// Prints the table of operations.
    Routes(Routes),
    /// Looks at an operator's configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// Where to listen; anything but loopback needs `--expose`.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) sandbox: SandboxOptions,
    /// Forgets everything and plants the world anew.
    #[arg(long)]
    pub(crate) reset: bool,
    /// Lets other machines in, who then need the secret that is printed.
    #[arg(long)]
    pub(crate) expose: bool,
    /// Where a region answers beside its Host names, such as `eu=127.0.0.1:8081` (can be repeated).
    #[arg(long, value_name = "REGION=ADDRESS", value_parser = of_region::<SocketAddr>)]
    pub(crate) region_listen: Vec<(Region, SocketAddr)>,
    /// A further Host name of a region, such as `eu=fleet-eu.test` (can be repeated).
    #[arg(long, value_name = "REGION=HOST", value_parser = of_region::<String>)]
    pub(crate) region_host: Vec<(Region, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Where the sandbox listens, on loopback; a free port unless given.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) sandbox: SandboxOptions,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// What a sandbox is like.
#[derive(Debug, Args)]
pub(crate) struct SandboxOptions {
    /// Another world: a seed file, or the name of one that comes with Fleetgate; see `docs/worlds.md`.
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// How answers look: `fleet-api` as the Fleet API's, `rfc` by the letter of the RFCs.
    #[arg(long, value_name = "DIALECT", default_value = "fleet-api")]
    pub(crate) dialect: DialectName,
    /// Rate limits and quotas: `real` as the Fleet API's, or `off`; see `docs/limits.md`.
    #[arg(long, value_name = "LIMITS", default_value = "real")]
    pub(crate) limits: RateLimits,
    /// The URL under which clients reach the sandbox, if it is not the listener's own.
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
}

/// Something that belongs to a region: `REGION=WHAT`.
fn of_region<T: FromStr<Err: Display>>(text: &str) -> Result<(Region, T), String> {
    let (region, what) = text.split_once('=').ok_or("write it as `eu=…`")?;
    let region = region.parse().map_err(|error: UnknownRegion| error.to_string())?;
    Ok((region, what.parse().map_err(|error: T::Err| error.to_string())?))
}

/// Where a sandbox keeps its data.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Where the sandbox keeps its data; `$XDG_DATA_HOME/fleetgate/sandbox` unless given.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Another database than the file in the data directory: `sqlite:PATH` or `postgres://USER@HOST/DATABASE`.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<DatabaseUrl>,
}

#[derive(Debug, Args)]
pub(crate) struct Configured {
    /// The configuration; see `docs/configuration.md`.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct WhichToken {
    /// What is being built; asked for unless given.
    #[arg(long, value_name = "WHAT")]
    pub(crate) building: Option<Building>,
    /// Where the request goes.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    pub(crate) base_url: String,
}

/// What somebody builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Building {
    /// Closed-source software that acts for people.
    ClosedSource,
    /// Software of a business for its own vehicles and sites.
    Business,
    /// Open-source software that acts for people.
    OpenSource,
    /// Something for your own car or house.
    OwnProducts,
    /// Anything that calls partner endpoints.
    PartnerEndpoints,
    /// Closed-source software that acts for businesses.
    ForBusinesses,
}

#[derive(Debug, Args)]
pub(crate) struct Routes {
    /// Only operations that this scope opens.
    #[arg(long, value_name = "SCOPE", value_parser = known_scope)]
    pub(crate) scope: Option<Scope>,
    /// Only operations that this type of token may call.
    #[arg(long, value_name = "TYPE")]
    pub(crate) token_type: Option<TokenType>,
    /// For programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A scope of the Fleet API: an operator's own ones open nothing of the table.
fn known_scope(text: &str) -> Result<Scope, String> {
    let names = SCOPES.each_ref().map(|scope| scope.name);
    match text.parse::<Scope>() {
        Ok(scope) if names.contains(&scope.as_str()) => Ok(scope),
        _ => Err(format!("the Fleet API has the scopes {}", names.join(", "))),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Reads the configuration and says what is wrong with it.
    Check(Configured),
}
