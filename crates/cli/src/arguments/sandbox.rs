//! What is done to a sandbox: its world, tokens, clock, faults and costs.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use fleetgate_server::sandbox::clock::{Moment, Rate, Span};
use fleetgate_server::sandbox::cost::{Budget, Month};
use fleetgate_server::sandbox::faults::Kind;

use super::Place;

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
    #[arg(allow_hyphen_values = true)]
    pub(crate) duration: Span,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct RateClock {
    /// How many times as fast as real time, from 0 to 100000.
    #[arg(allow_hyphen_values = true)]
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
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    pub(crate) percent: Option<f64>,
    /// So many times at most.
    #[arg(long, value_name = "N")]
    pub(crate) times: Option<u64>,
    /// For so long by the sandbox's clock, such as `10m`.
    #[arg(long = "for", value_name = "DURATION")]
    pub(crate) lasting: Option<Span>,
    /// How long it takes, or tells the client to wait.
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
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
