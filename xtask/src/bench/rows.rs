//! What is measured.

mod fleet;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::finding::{Finding, number};
use super::installation::{Installation, KEYS, METADATA, REGION, TOKEN, text};
use super::lab::{Core, Lab, Running, free_address, run};
use crate::test::postgres;

/// One measurement, or a few that share their preparation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    TokensRs256,
    TokensEs256,
    CallWarm,
    CallFirst,
    RefreshSqlite,
    RefreshPostgres,
    Documents,
    Footprint,
    VehicleData,
    Command,
    CommandPostgres,
    Fleet,
}

impl Row {
    const ALL: [Self; 12] = [
        Self::TokensRs256,
        Self::TokensEs256,
        Self::CallWarm,
        Self::CallFirst,
        Self::RefreshSqlite,
        Self::RefreshPostgres,
        Self::Documents,
        Self::Footprint,
        Self::VehicleData,
        Self::Command,
        Self::CommandPostgres,
        Self::Fleet,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::TokensRs256 => "tokens-rs256",
            Self::TokensEs256 => "tokens-es256",
            Self::CallWarm => "call-warm",
            Self::CallFirst => "call-first",
            Self::RefreshSqlite => "refresh-sqlite",
            Self::RefreshPostgres => "refresh-postgres",
            Self::Documents => "documents",
            Self::Footprint => "footprint",
            Self::VehicleData => "vehicle-data",
            Self::Command => "command",
            Self::CommandPostgres => "command-postgres",
            Self::Fleet => "fleet",
        }
    }

    /// The rows of these names, all if there are none.
    pub(super) fn select(names: &[String]) -> Result<Vec<Self>> {
        if names.is_empty() {
            return Ok(Self::ALL.to_vec());
        }
        let find = |name: &String| {
            let known = Self::ALL.map(Self::name).join("`, `");
            let row = Self::ALL.into_iter().find(|row| row.name() == name.as_str());
            row.with_context(|| format!("There is no row `{name}`; there are `{known}`."))
        };
        names.iter().map(find).collect()
    }

    pub(super) fn measure(self, lab: &Lab) -> Result<Vec<Finding>> {
        match self {
            Self::TokensRs256 => tokens_rs256(lab),
            Self::TokensEs256 => tokens_es256(lab),
            Self::CallWarm => call_warm(lab),
            Self::CallFirst => call_first(lab),
            Self::RefreshSqlite => refresh_sqlite(lab),
            Self::RefreshPostgres => refresh_postgres(lab),
            Self::Documents => documents(lab),
            Self::Footprint => footprint(lab),
            Self::VehicleData => fleet::vehicle_data(lab),
            Self::Command => fleet::command(lab),
            Self::CommandPostgres => fleet::command_postgres(lab),
            Self::Fleet => fleet::sizes(lab),
        }
    }
}

fn tokens_rs256(lab: &Lab) -> Result<Vec<Finding>> {
    let installation = Installation::new(lab, "tokens-rs256", "RS256", None)?;
    let (server, form) = (installation.start()?, installation.client_credentials());
    let [ours, bare] = lab.medians(|_| {
        let ours = server.load(lab, lab.scaled(6_000), 300, &["post", TOKEN, &form])?;
        Ok([ours.rate_of_cpu(), lab.bare(["sign", "RS256"])?.rate_of_cpu()])
    })?;
    let peer = ("bare RSA-2048 signature", bare);
    Ok(vec![Finding::ratio("`client_credentials`, RS256", ours, peer, "/CPU s", Some(0.9))])
}

fn tokens_es256(lab: &Lab) -> Result<Vec<Finding>> {
    let installation = Installation::new(lab, "tokens-es256", "ES256", None)?;
    let (server, form) = (installation.start()?, installation.client_credentials());
    let (other, other_form) = oidc_provider(lab)?;
    let [ours, bare, other] = lab.medians(|_| {
        let ours = server.load(lab, lab.scaled(20_000), 1_000, &["post", TOKEN, &form])?;
        let bare = lab.bare(["sign", "ES256"])?;
        let other = other.load(lab, lab.scaled(4_000), 2_000, &["post", "/token", &other_form])?;
        Ok([ours.rate_of_cpu(), bare.rate_of_cpu(), other.rate_of_cpu()])
    })?;
    let what = "`client_credentials`, ES256";
    Ok(vec![
        Finding::ratio(what, ours, ("bare P-256 signature", bare), "/CPU s", Some(0.42)),
        Finding::ratio(what, ours, ("npm `oidc-provider`", other), "/CPU s", Some(6.0)),
    ])
}

/// Another authorization server, and the form that gets a token of it.
fn oidc_provider(lab: &Lab) -> Result<(Running, String)> {
    let folder = lab.root.join("bench/oidc-provider");
    if !folder.join("node_modules/.package-lock.json").is_file() {
        let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        run(Command::new("npm").args(install).current_dir(&folder))?;
    }
    let carried = folder.join("node_modules/.bin/node");
    let node = if carried.is_file() { carried } else { PathBuf::from("node") };
    let address = free_address()?;
    let mut command = lab.on(Core::Measured, node);
    command.arg(folder.join("server.mjs")).args([&address.port().to_string(), "bench", "secret"]);
    let running = lab.serve(command.env("NODE_ENV", "production"), address, "/.well-known/openid-configuration")?;
    let form = "grant_type=client_credentials&client_id=bench&client_secret=secret&scope=vehicle_device_data";
    Ok((running, form.to_owned()))
}

fn call_warm(lab: &Lab) -> Result<Vec<Finding>> {
    let installation = Installation::new(lab, "call-warm", "ES256", None)?;
    let server = installation.start()?;
    let tokens = installation.access_tokens(&server, 64)?;
    let size = size_of_answer(lab, server.address, REGION, Some(&tokens))?;
    let bare = peer(lab, "serve-hyper", size)?;
    let keys = lab.folder().join("keys.json");
    fs::write(&keys, lab.work(Core::Load, ["fetch", "--address", &server.address.to_string(), "--path", KEYS])?)?;
    let call = ["call", REGION, "--tokens", text(&tokens)?, "--take", "64"];
    let base_url = format!("http://{}", server.address);
    let gate = ["gate", "--keys", text(&keys)?, "--token", text(&tokens)?, "--base-url", &base_url];
    let requests = lab.scaled(60_000);
    let [ours, bare, gate] = lab.medians(|_| {
        let ours = server.load(lab, requests, 2_000, &call)?;
        let bare = bare.load(lab, requests, 2_000, &["get", "/"])?;
        Ok([ours.rate_of_cpu(), bare.rate_of_cpu(), lab.bare(gate)?.cpu_micros()])
    })?;
    Ok(vec![
        Finding::ratio("API call, warm token", ours, ("bare hyper", bare), "/CPU s", Some(0.4)),
        Finding::amount("the gate alone, warm token", gate, "µs of CPU", String::new(), Some(4.0)),
    ])
}

fn call_first(lab: &Lab) -> Result<Vec<Finding>> {
    ["RS256", "ES256"].into_iter().map(|algorithm| first_use(lab, algorithm)).collect()
}

fn first_use(lab: &Lab, algorithm: &str) -> Result<Finding> {
    let installation = Installation::new(lab, &format!("call-first-{algorithm}"), algorithm, None)?;
    let each = lab.scaled(2_000);
    let tokens = installation.access_tokens(&installation.start()?, each * lab.rounds())?;
    let take = each.to_string();
    // Another process, which has seen none of them.
    let server = installation.start()?;
    let [ours, bare] = lab.medians(|round| {
        let skip = (round * each).to_string();
        let call = ["call", REGION, "--tokens", text(&tokens)?, "--skip", &skip, "--take", &take];
        let ours = server.load(lab, each, 0, &call)?;
        Ok([ours.cpu_micros(), lab.bare(["verify", algorithm])?.cpu_micros()])
    })?;
    let what = format!("API call, first use of a token, {algorithm}");
    let beside = format!("bare verification: {} µs of CPU", number(bare));
    Ok(Finding::amount(&what, ours, "µs of CPU", beside, Some(bare + 40.0)))
}

fn refresh_sqlite(lab: &Lab) -> Result<Vec<Finding>> {
    let installation = Installation::new(lab, "refresh-sqlite", "ES256", None)?;
    let families;
    {
        let _server = installation.start()?;
        families = installation.third_party_families(lab.scaled(4_000))?;
    }
    let copy = lab.folder().join("bare.db");
    fs::copy(installation.folder.join("data/fleetgate.db"), &copy)?;
    let server = installation.start()?;
    let database = text(&copy)?;
    let commits = |together| ["commits", database, "--together", together];
    let [ours, micros, bare, kept, single, fsync] = lab.medians(|_| {
        let ours = families.rotate(lab, &server, lab.scaled(15_000), 1_000, &[])?;
        let bare = lab.bare(commits("64"))?;
        let kept = lab.bare(commits("64").into_iter().chain(["--keep-plans"]))?;
        let single = lab.bare(commits("1"))?;
        let fsync = lab.bare(["fsync", text(lab.folder())?])?;
        Ok([ours.rate(), ours.cpu_micros(), bare.rate(), kept.rate(), single.rate(), fsync.rate()])
    })?;
    let what = "refresh rotation, ES256, SQLite";
    Ok(vec![
        Finding::ratio(what, ours, ("bare statements, 64 to a commit", bare), "/s", Some(0.35)),
        Finding::ratio(what, ours, ("the same, plans kept", kept), "/s", None),
        Finding::ratio(what, ours, ("bare statements, a commit each", single), "/s", None),
        Finding::ratio(what, ours, ("flushes of 4 KiB to the disk", fsync), "/s", None),
        Finding::amount(what, micros, "µs of CPU", String::new(), None),
    ])
}

fn refresh_postgres(lab: &Lab) -> Result<Vec<Finding>> {
    let url = postgres::start().context("start a PostgreSQL")?;
    let installation = Installation::new(lab, "refresh-postgres", "ES256", Some(&url))?;
    let families;
    {
        let _server = installation.start()?;
        families = installation.third_party_families(lab.scaled(4_000))?;
    }
    let copy = copied(lab, &url)?;
    let server = installation.start()?;
    let [ours, micros, bare] = lab.medians(|_| {
        let ours = families.rotate(lab, &server, lab.scaled(6_000), 500, &[])?;
        let bare = lab.bare(["postgres-commits", &copy, "--connections", "16"])?;
        Ok([ours.rate(), ours.cpu_micros(), bare.rate()])
    })?;
    let what = "refresh rotation, ES256, PostgreSQL";
    let peer = ("bare statements, 16 connections, a commit each", bare);
    Ok(vec![
        Finding::ratio(what, ours, peer, "/s", None),
        Finding::amount(what, micros, "µs of CPU without the database's", String::new(), None),
    ])
}

/// Copies a PostgreSQL database that nobody uses, and answers the copy's URL.
fn copied(lab: &Lab, url: &str) -> Result<String> {
    let (server, _) = url.rsplit_once('/').context("the URL names no database")?;
    lab.work(Core::Measured, ["postgres-copy", url])?;
    Ok(format!("{server}/bare"))
}

fn documents(lab: &Lab) -> Result<Vec<Finding>> {
    let installation = Installation::new(lab, "documents", "RS256", None)?;
    let server = installation.start()?;
    [("metadata", METADATA), ("key set", KEYS)]
        .into_iter()
        .map(|(what, path)| document(lab, &server, what, path))
        .collect()
}

fn document(lab: &Lab, server: &Running, what: &str, path: &str) -> Result<Finding> {
    let bare = peer(lab, "serve-axum", size_of_answer(lab, server.address, path, None)?)?;
    let requests = lab.scaled(60_000);
    let [ours, bare] = lab.medians(|_| {
        let ours = server.load(lab, requests, 2_000, &["get", path])?;
        Ok([ours.rate_of_cpu(), bare.load(lab, requests, 2_000, &["get", "/"])?.rate_of_cpu()])
    })?;
    Ok(Finding::ratio(what, ours, ("bare axum", bare), "/CPU s", Some(0.6)))
}

/// A bare server whose answer has so many octets.
fn peer(lab: &Lab, work: &str, bytes: usize) -> Result<Running> {
    let address = free_address()?;
    let mut command = lab.on(Core::Measured, lab.program("fleetgate-bench"));
    lab.serve(command.args([work, &address.to_string(), "--bytes", &bytes.to_string()]), address, "/")
}

fn size_of_answer(lab: &Lab, address: SocketAddr, path: &str, tokens: Option<&Path>) -> Result<usize> {
    let address = address.to_string();
    let mut arguments = vec!["fetch", "--address", &address, "--path", path];
    if let Some(tokens) = tokens {
        arguments.extend(["--token", text(tokens)?]);
    }
    Ok(lab.work(Core::Load, arguments)?.len())
}

fn footprint(lab: &Lab) -> Result<Vec<Finding>> {
    let installation = Installation::new(lab, "footprint", "ES256", None)?;
    let (families, tokens);
    {
        let server = installation.start()?;
        tokens = installation.access_tokens(&server, lab.scaled(10_000))?;
        families = installation.third_party_families(lab.scaled(4_000))?;
    }
    let start = start(lab, &installation.address().to_string(), METADATA, &installation.command())?;

    let server = installation.start()?;
    leave_alone();
    let idle = server.resident()?;
    let take = lab.scaled(10_000).to_string();
    server.load(lab, lab.scaled(60_000), 0, &["call", REGION, "--tokens", text(&tokens)?, "--take", &take])?;
    families.rotate(lab, &server, lab.scaled(20_000), 0, &[])?;
    let loaded = server.resident()?;

    let size = fs::metadata(lab.program("fleetgate"))?.len() as f64 / 1e6;
    Ok(vec![
        Finding::amount("start to the first 200, on existing data", start, "ms", String::new(), Some(50.0)),
        Finding::amount("resident memory, idle", idle, "MB", String::new(), Some(25.0)),
        Finding::amount("resident memory, after calls and rotations", loaded, "MB", String::new(), None),
        Finding::amount("stripped binary", size, "MB", String::new(), Some(20.0)),
    ])
}

/// The median of some starts, in milliseconds.
fn start(lab: &Lab, address: &str, path: &str, command: &Command) -> Result<f64> {
    let times = if lab.quick { "5" } else { "11" };
    let startup = ["startup", "--address", address, "--path", path, "--times", times, "--"];
    let arguments = startup.iter().map(std::ffi::OsStr::new).chain([command.get_program()]).chain(command.get_args());
    let printed = lab.work(Core::Load, arguments)?;
    let mut starts: Vec<f64> = printed.lines().map(str::parse).collect::<Result<_, _>>()?;
    starts.sort_by(f64::total_cmp);
    match starts.get(starts.len() / 2) {
        Some(median) => Ok(*median),
        None => bail!("no start was measured"),
    }
}

#[expect(clippy::disallowed_methods, reason = "an idle server is one that is left alone for a while")]
fn leave_alone() {
    std::thread::sleep(Duration::from_secs(2));
}
