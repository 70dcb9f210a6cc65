//! What can be typed. Each command resolves its own arguments before it acts.

use std::ffi::OsString;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use fleetgate_protocol::{ApplicationKind, GrantType, Region, SCOPES, Scope, ScopeSet, TokenType, UnknownRegion};
use fleetgate_server::config::{DialectName, RateLimits};
use fleetgate_server::sandbox::clock::{Moment, Rate, Span};
use fleetgate_server::sandbox::cost::{Budget, Month};
use fleetgate_server::sandbox::faults::Kind;
use fleetgate_store::DatabaseUrl;

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

#[derive(Debug, Subcommand)]
pub(crate) enum Accounts {
    /// Adds an account. Its password is read from standard input.
    Add(AddAccount),
    /// Lists the accounts.
    List(List),
    /// Sets another password, read from standard input, and ends what the old one began.
    SetPassword(NamedAccount),
    /// Keeps an account from signing in, and ends its sessions and grants.
    Disable(NamedAccount),
    /// Lets a disabled account sign in again.
    Enable(NamedAccount),
    /// Removes an account with everything that it granted.
    Remove(NamedAccount),
}

#[derive(Debug, Args)]
pub(crate) struct AddAccount {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// The e-mail address.
    #[arg(long)]
    pub(crate) email: String,
    /// The full name.
    #[arg(long)]
    pub(crate) name: String,
    /// The home region; the server's default one unless given.
    #[arg(long)]
    pub(crate) region: Option<Region>,
    /// Language and country.
    #[arg(long, default_value = "en-US")]
    pub(crate) locale: String,
    /// The account is a business's.
    #[arg(long)]
    pub(crate) business: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// For programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NamedAccount {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// The e-mail address.
    pub(crate) email: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Apps {
    /// Adds an application. Its secret is printed once.
    Add(AddApp),
    /// Lists the applications.
    List(List),
    /// Gives an application another secret, which is printed once; the old one ends.
    RotateSecret(NamedApp),
    /// Keeps an application from getting and using tokens.
    Disable(NamedApp),
    /// Lets a disabled application in again.
    Enable(NamedApp),
    /// Removes an application with everything that was granted to it.
    Remove(NamedApp),
}

#[derive(Debug, Args)]
pub(crate) struct AddApp {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// The name, as people see it when they consent.
    #[arg(long)]
    pub(crate) name: String,
    /// `third_party`, `partner` or `open_source`.
    #[arg(long)]
    pub(crate) kind: ApplicationKind,
    /// What it says of itself.
    #[arg(long, default_value = "")]
    pub(crate) description: String,
    /// A grant that it may use (can be repeated); what its kind may use unless given.
    #[arg(long = "grant-type", value_name = "GRANT")]
    pub(crate) grant_types: Vec<GrantType>,
    /// Where codes may go (can be repeated).
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub(crate) redirect_uris: Vec<String>,
    /// Where people may go after signing out (can be repeated).
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    pub(crate) post_logout_redirect_uris: Vec<String>,
    /// An origin of its pages (can be repeated).
    #[arg(long = "allowed-origin", value_name = "ORIGIN")]
    pub(crate) allowed_origins: Vec<String>,
    /// The scopes that it may ask for, separated by spaces.
    #[arg(long, value_name = "SCOPES")]
    pub(crate) scope: ScopeSet,
    /// The business that owns it, by e-mail address.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) business: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct NamedApp {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// The name or the client id.
    pub(crate) app: String,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct World {
    #[command(subcommand)]
    pub(crate) command: Option<WorldCommand>,
    #[command(flatten)]
    pub(crate) show: ShowWorld,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorldCommand {
    /// Shows what is in the sandbox, as `fleetgate world` alone does.
    Show(ShowWorld),
    /// Writes the world as it is now as a seed file, with its passwords and keys.
    Export(ExportWorld),
    /// Replaces the world by that of a seed file, or by one that comes with Fleetgate.
    Import(ImportWorld),
    /// Forgets everything that has happened and plants the same world anew.
    Reset(Place),
}

#[derive(Debug, Args)]
pub(crate) struct ShowWorld {
    #[command(flatten)]
    pub(crate) place: Place,
    /// For programs; as `GET /sandbox/world` answers.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportWorld {
    /// Where to write, for the owner's eyes only; standard output unless given.
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct ImportWorld {
    /// A seed file, or the name of a world that comes with Fleetgate; see `docs/worlds.md`.
    #[arg(value_name = "FILE")]
    pub(crate) seed: PathBuf,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) command: Option<TokenCommand>,
    #[command(flatten)]
    pub(crate) mint: MintToken,
}

#[derive(Debug, Args)]
pub(crate) struct MintToken {
    /// The application, by name or client id.
    #[arg(long, value_name = "NAME", required = true)]
    pub(crate) app: Option<String>,
    /// The account that consents, by e-mail address; the demo account unless given.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) account: Option<String>,
    /// The scopes, separated by spaces; everything that can be granted unless given.
    #[arg(long, value_name = "SCOPES")]
    pub(crate) scope: Option<String>,
    /// Prints the access token alone.
    #[arg(long)]
    pub(crate) access_token: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Says what a token is for and which operations it may call.
    Inspect(Inspect),
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The token; `-` reads it from standard input.
    pub(crate) token: String,
    /// For programs.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Clock {
    /// Shows the clock.
    Show(ShowClock),
    /// Sets the clock to a later time.
    Set(SetClock),
    /// Lets time pass at once.
    Advance(AdvanceClock),
    /// Stops the clock; `fleetgate clock rate 1` lets it run again.
    Freeze(Place),
    /// Makes the clock run faster or slower: 1 is real time, 0 stops it.
    Rate(RateClock),
}

#[derive(Debug, Args)]
pub(crate) struct ShowClock {
    #[command(flatten)]
    pub(crate) place: Place,
    /// For programs; as `GET /sandbox/clock` answers.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SetClock {
    /// In RFC 3339, such as `2027-03-01T12:00:00Z`, or as seconds since 1970.
    pub(crate) time: Moment,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct AdvanceClock {
    /// Such as `90d`, `8h` or `1h 30m`, or seconds.
    pub(crate) duration: Span,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct RateClock {
    /// How many times as fast as real time, from 0 to 100000.
    pub(crate) rate: Rate,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Fault {
    /// Adds a fault; what is not given does not narrow it.
    Add(AddFault),
    /// Lists the faults with their counts.
    List(ListFaults),
    /// Removes a fault.
    Remove(RemoveFault),
    /// Removes all faults.
    Clear(Place),
}

#[derive(Debug, Args)]
pub(crate) struct AddFault {
    /// What happens, such as `rate_limited`, `device_offline` or `lost_answer`.
    pub(crate) kind: Kind,
    /// To this operation of the Fleet API alone, or endpoint of the authorization server, such as `token`.
    #[arg(long, value_name = "NAME")]
    pub(crate) operation: Option<String>,
    /// To requests of this application alone, by name or client id.
    #[arg(long, value_name = "NAME")]
    pub(crate) app: Option<String>,
    /// To requests for this account alone, by e-mail address.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) account: Option<String>,
    /// To requests about this vehicle alone.
    #[arg(long, value_name = "VIN")]
    pub(crate) vin: Option<String>,
    /// To requests about this energy site alone.
    #[arg(long, value_name = "ID")]
    pub(crate) energy_site: Option<i64>,
    /// To the nth of these requests alone.
    #[arg(long, value_name = "N")]
    pub(crate) nth: Option<u64>,
    /// To so many of a hundred of these requests.
    #[arg(long, value_name = "PERCENT")]
    pub(crate) percent: Option<f64>,
    /// So many times at most.
    #[arg(long, value_name = "N")]
    pub(crate) times: Option<u64>,
    /// For so long by the sandbox's clock, such as `10m`.
    #[arg(long = "for", value_name = "DURATION")]
    pub(crate) lasting: Option<Span>,
    /// How long it takes, or tells the client to wait.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) seconds: Option<f64>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct ListFaults {
    #[command(flatten)]
    pub(crate) place: Place,
    /// For programs; as `GET /sandbox/faults` answers.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveFault {
    /// Its number.
    pub(crate) id: u64,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Cost {
    #[command(subcommand)]
    pub(crate) command: Option<CostCommand>,
    #[command(flatten)]
    pub(crate) show: ShowCost,
}

#[derive(Debug, Args)]
pub(crate) struct ShowCost {
    /// The month, such as `2026-10`; the sandbox's present one unless given.
    #[arg(long, value_name = "MONTH")]
    pub(crate) month: Option<Month>,
    /// One application alone, by name or client id.
    #[arg(long, value_name = "NAME")]
    pub(crate) app: Option<String>,
    /// Fails when more than so many dollars were used, before the discount.
    #[arg(long, value_name = "DOLLARS")]
    pub(crate) max: Option<Budget>,
    /// For programs; as `GET /sandbox/cost` answers.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CostCommand {
    /// Sets what an application may use in a month before it is disabled, or takes that away.
    Budget(SetBudget),
}

#[derive(Debug, Args)]
pub(crate) struct SetBudget {
    /// The application, by name or client id.
    pub(crate) app: String,
    /// In dollars, before the discount; no budget unless given.
    pub(crate) dollars: Option<Budget>,
    #[command(flatten)]
    pub(crate) place: Place,
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
