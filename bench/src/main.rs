//! The load generator and the bare peers of the benchmarks.
//!
//! `cargo xtask bench` starts each of these as a process of its own, so that it can be kept on one core. What is
//! measured is printed as one line of JSON.

mod commits;
mod devices;
mod families;
mod gate;
mod http1;
mod load;
mod peers;
mod postgres;
mod primitives;
mod startup;
mod stopwatch;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use fleetgate_protocol::jws::Algorithm;

#[derive(Debug, Parser)]
#[command(name = "fleetgate-bench")]
enum Work {
    /// Signs with one parsed key.
    Sign(Primitive),
    /// Verifies with one parsed key.
    Verify(Primitive),
    /// Checks one kept token with the gate.
    Gate(GateWork),
    /// Answers every request with so many octets of JSON, by hyper alone.
    ServeHyper(Peer),
    /// The same by axum.
    ServeAxum(Peer),
    /// Makes families of refresh tokens: signs in and consents once, then fetches codes silently.
    Families(Families),
    /// Sends requests and measures the server.
    Load(Load),
    /// Starts a server again and again and measures the time to its first 200.
    Startup(Startup),
    /// Waits for a server's first 200.
    Wait(Target),
    /// Prints an answer's body.
    Fetch {
        #[command(flatten)]
        target: Target,
        /// A file with an access token.
        #[arg(long)]
        token: Option<PathBuf>,
    },
    /// Appends and flushes blocks to a file.
    Fsync(Disk),
    /// Runs the statements of a rotation on a copy of a SQLite database.
    Commits(Commits),
    /// Runs the statements of a command on a copy of a SQLite database.
    DeviceCommits(DeviceCommits),
    /// Keeps a core busy until it is ended.
    Busy,
    /// Looks on while a process is left alone.
    Watch {
        /// The process.
        #[arg(long)]
        pid: u32,
        /// For how long.
        #[arg(long)]
        seconds: f64,
    },
    /// Copies a PostgreSQL database to one named `bare`.
    PostgresCopy {
        /// The database.
        url: String,
    },
    /// Runs the statements of a rotation, or of a command, on a PostgreSQL database, a commit for each.
    PostgresCommits(PostgresCommits),
}

#[derive(Debug, Args)]
struct Primitive {
    /// `RS256` or `ES256`.
    #[arg(value_parser = algorithm)]
    algorithm: Algorithm,
    /// For how long.
    #[arg(long)]
    seconds: f64,
}

#[derive(Debug, Args)]
struct GateWork {
    /// A file with a key set.
    #[arg(long)]
    keys: PathBuf,
    /// A file with an access token.
    #[arg(long)]
    token: PathBuf,
    /// The public URL of the server.
    #[arg(long)]
    base_url: String,
    /// For how long.
    #[arg(long)]
    seconds: f64,
}

#[derive(Debug, Args)]
struct Peer {
    /// Where to listen.
    address: SocketAddr,
    /// How long the answer is.
    #[arg(long)]
    bytes: usize,
}

#[derive(Debug, Clone, Args)]
struct Target {
    /// Where the server listens.
    #[arg(long)]
    address: SocketAddr,
    /// Which path to ask for.
    #[arg(long)]
    path: String,
}

/// An application, with its secret unless it is a public one.
#[derive(Debug, Clone, Args)]
struct Application {
    #[arg(long)]
    client_id: String,
    #[arg(long)]
    client_secret: Option<String>,
}

#[derive(Debug, Args)]
struct Families {
    /// Where the server listens.
    #[arg(long)]
    address: SocketAddr,
    #[command(flatten)]
    application: Application,
    /// Where codes go.
    #[arg(long)]
    redirect_uri: String,
    /// The scopes.
    #[arg(long)]
    scope: String,
    /// Who signs in.
    #[arg(long)]
    email: String,
    /// With which password.
    #[arg(long)]
    password: String,
    /// How many families.
    #[arg(long)]
    count: usize,
    /// Where to write their refresh tokens, a line each.
    #[arg(long)]
    refresh_tokens: PathBuf,
}

#[derive(Debug, Args)]
struct Load {
    /// Where the server listens.
    #[arg(long)]
    address: SocketAddr,
    /// The process to measure.
    #[arg(long)]
    pid: u32,
    /// How many connections are kept alive.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How many requests are measured.
    #[arg(long)]
    requests: usize,
    /// How many requests come before them.
    #[arg(long, default_value_t = 0)]
    warm_up: usize,
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// The same `GET` each time.
    Get {
        /// The path.
        path: String,
    },
    /// A `GET` with one bearer token after the other.
    Call {
        /// The path.
        path: String,
        /// A file with access tokens, a line each.
        #[arg(long)]
        tokens: PathBuf,
        /// How many lines to skip.
        #[arg(long, default_value_t = 0)]
        skip: usize,
        /// How many to use, again and again.
        #[arg(long)]
        take: usize,
    },
    /// One vehicle after the other, with one bearer token.
    Vehicles {
        /// The path below that of the vehicle.
        path: String,
        /// A file with VINs, a line each.
        #[arg(long)]
        vins: PathBuf,
        /// A file with an access token.
        #[arg(long)]
        token: PathBuf,
        /// By `POST`, with an empty body.
        #[arg(long)]
        post: bool,
    },
    /// The same form each time.
    Post {
        /// The path.
        path: String,
        /// The form.
        form: String,
    },
    /// Rotates refresh tokens, each connection its own families.
    Refresh {
        #[command(flatten)]
        application: Application,
        /// A file with refresh tokens, a line each; their successors take their place.
        #[arg(long)]
        refresh_tokens: PathBuf,
        /// A file to which the access tokens are added.
        #[arg(long)]
        access_tokens: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct Startup {
    #[command(flatten)]
    target: Target,
    /// How often.
    #[arg(long)]
    times: usize,
    /// The server and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

#[derive(Debug, Args)]
struct Disk {
    /// A folder on the disk.
    folder: PathBuf,
    /// For how long.
    #[arg(long)]
    seconds: f64,
}

#[derive(Debug, Args)]
struct Commits {
    /// The file, which is changed.
    database: PathBuf,
    /// How many rotations share a commit.
    #[arg(long)]
    together: usize,
    /// Keeps the plans of statements when their values change, as the server's store does; the library makes them anew
    /// unless told.
    #[arg(long)]
    keep_plans: bool,
    /// For how long.
    #[arg(long)]
    seconds: f64,
}

#[derive(Debug, Args)]
struct DeviceCommits {
    /// The file, which is changed.
    database: PathBuf,
    /// How many commands share a commit.
    #[arg(long)]
    together: usize,
    /// Keeps the plans of statements, as for `commits`.
    #[arg(long)]
    keep_plans: bool,
    /// For how long.
    #[arg(long)]
    seconds: f64,
}

#[derive(Debug, Args)]
struct PostgresCommits {
    /// The database, which is changed.
    url: String,
    /// How many connections.
    #[arg(long)]
    connections: usize,
    /// Those of a command instead of those of a rotation.
    #[arg(long)]
    devices: bool,
    /// For how long.
    #[arg(long)]
    seconds: f64,
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    name.parse().map_err(|_| format!("`{name}` is no algorithm"))
}

fn main() -> anyhow::Result<()> {
    let work = Work::parse();
    // One thread: the core that this process is kept on is all it has.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match work {
            Work::Sign(work) => primitives::sign(work.algorithm, work.seconds),
            Work::Verify(work) => primitives::verify(work.algorithm, work.seconds),
            Work::Gate(work) => gate::run(&work),
            Work::ServeHyper(peer) => peers::hyper(peer.address, peer.bytes).await,
            Work::ServeAxum(peer) => peers::axum(peer.address, peer.bytes).await,
            Work::Families(work) => families::make(&work).await,
            Work::Load(work) => load::run(&work).await,
            Work::Startup(work) => startup::run(&work).await,
            Work::Wait(target) => startup::wait(&target).await,
            Work::Fetch { target, token } => startup::fetch(&target, token.as_deref()).await,
            Work::Fsync(work) => commits::fsync(&work),
            Work::Commits(work) => commits::run(&work),
            Work::DeviceCommits(work) => devices::run(&work),
            Work::Busy => loop {
                tokio::task::yield_now().await;
            },
            Work::Watch { pid, seconds } => stopwatch::watch(pid, seconds).await,
            Work::PostgresCopy { url } => postgres::copy(&url).await,
            Work::PostgresCommits(work) => postgres::run(&work).await,
        }
    })
}
