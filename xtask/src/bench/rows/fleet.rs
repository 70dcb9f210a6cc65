//! The simulated fleet.

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::{copied, leave_alone, peer, size_of_answer, start};
use crate::bench::finding::Finding;
use crate::bench::installation::{METADATA, text};
use crate::bench::lab::{Core, Lab};
use crate::bench::sandbox::Sandbox;
use crate::test::postgres;

/// How many vehicles are asked by turns, each on a connection of its own.
const VEHICLES: usize = 64;

pub(super) fn vehicle_data(lab: &Lab) -> Result<Vec<Finding>> {
    let sandbox = Sandbox::new(lab, "vehicle-data", VEHICLES, 0)?;
    let server = sandbox.start()?;
    let (vins, token) = (sandbox.vins()?, sandbox.token()?);
    let path = format!("/api/1/vehicles/{}/vehicle_data", Sandbox::vin());
    let bare = peer(lab, "serve-hyper", size_of_answer(lab, server.address, &path, Some(&token))?)?;
    let ask = ["vehicles", "vehicle_data", "--vins", text(&vins)?, "--token", text(&token)?];
    let requests = lab.scaled(20_000);
    let [ours, bare] = lab.medians(|_| {
        let ours = server.load(lab, requests, 1_000, &ask)?;
        Ok([ours.rate_of_cpu(), bare.load(lab, requests, 1_000, &["get", "/"])?.rate_of_cpu()])
    })?;
    Ok(vec![Finding::ratio("`vehicle_data`", ours, ("bare hyper", bare), "/CPU s", Some(0.4))])
}

pub(super) fn command(lab: &Lab) -> Result<Vec<Finding>> {
    let sandbox = Sandbox::new(lab, "command", VEHICLES, 0)?;
    let (vins, token);
    {
        let _server = sandbox.start()?;
        (vins, token) = (sandbox.vins()?, sandbox.token()?);
    }
    let copy = lab.folder().join("devices.db");
    fs::copy(sandbox.database(), &copy)?;
    let server = sandbox.start()?;
    let ask = ["vehicles", "command/door_lock", "--post", "--vins", text(&vins)?, "--token", text(&token)?];
    let commits = ["device-commits", text(&copy)?, "--together", "64"];
    let [ours, micros, bare, kept] = lab.medians(|_| {
        let ours = server.load(lab, lab.scaled(10_000), 500, &ask)?;
        let kept = lab.bare(commits.into_iter().chain(["--keep-plans"]))?;
        Ok([ours.rate(), ours.cpu_micros(), lab.bare(commits)?.rate(), kept.rate()])
    })?;
    let what = "a command, durable, SQLite";
    Ok(vec![
        Finding::ratio(what, ours, ("bare statements, 64 to a commit", bare), "/s", Some(0.5)),
        Finding::ratio(what, ours, ("the same, plans kept", kept), "/s", None),
        Finding::amount(what, micros, "µs of CPU", String::new(), None),
    ])
}

/// The same on PostgreSQL, whose own processes are not in the count.
pub(super) fn command_postgres(lab: &Lab) -> Result<Vec<Finding>> {
    let url = postgres::start().context("start a PostgreSQL")?;
    let sandbox = Sandbox::new(lab, "command-postgres", VEHICLES, 0)?.on(&url);
    let (vins, token);
    {
        let _server = sandbox.start()?;
        (vins, token) = (sandbox.vins()?, sandbox.token()?);
    }
    let copy = copied(lab, &url)?;
    let server = sandbox.start()?;
    let ask = ["vehicles", "command/door_lock", "--post", "--vins", text(&vins)?, "--token", text(&token)?];
    let [ours, micros, bare] = lab.medians(|_| {
        let ours = server.load(lab, lab.scaled(6_000), 500, &ask)?;
        let bare = lab.bare(["postgres-commits", &copy, "--connections", "16", "--devices"])?;
        Ok([ours.rate(), ours.cpu_micros(), bare.rate()])
    })?;
    let what = "a command, durable, PostgreSQL";
    let peer = ("bare statements, 16 connections, a commit each", bare);
    Ok(vec![
        Finding::ratio(what, ours, peer, "/s", Some(0.5)),
        Finding::amount(what, micros, "µs of CPU without the database's", String::new(), None),
    ])
}

/// What a fleet costs while nobody asks, and how fast it starts.
pub(super) fn sizes(lab: &Lab) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for vehicles in [100, 1_000, 10_000] {
        let sandbox = Sandbox::new(lab, &format!("fleet-{vehicles}"), vehicles, vehicles / 10)?;
        drop(sandbox.start()?);
        let start = start(lab, &sandbox.address().to_string(), METADATA, &sandbox.command()?)?;
        let server = sandbox.start()?;
        leave_alone();
        let watch = ["watch", "--pid", &server.pid().to_string(), "--seconds", if lab.quick { "3" } else { "20" }];
        let busy = lab.measure(Core::Load, watch)?.share_of_core();
        let fleet = format!("{vehicles} vehicles and {} sites", vehicles / 10);
        let most = |limit| (vehicles == 10_000).then_some(limit);
        findings.extend([
            Finding::amount(&format!("{fleet}, start"), start, "ms", String::new(), most(2_000.0)),
            Finding::amount(&format!("{fleet}, nobody asks"), busy, "% of a core", String::new(), most(10.0)),
            Finding::amount(&format!("{fleet}, resident memory"), server.resident()?, "MB", String::new(), most(400.0)),
        ]);
    }
    findings.push(ninety_days(lab)?);
    Ok(findings)
}

/// How long a fleet of commuters takes to live through 90 days: the command, and the list that wants to know of each car.
#[expect(clippy::disallowed_methods, reason = "how long it takes is real time")]
fn ninety_days(lab: &Lab) -> Result<Finding> {
    let sandbox = Sandbox::new(lab, "commuters", 100, 0)?.with_commutes()?;
    let server = sandbox.start()?;
    let begun = Instant::now();
    sandbox.advance("90d")?;
    let advanced = begun.elapsed();
    // A token of before is over.
    let token = sandbox.token()?;
    let begun = Instant::now();
    size_of_answer(lab, server.address, "/api/1/vehicles?per_page=100", Some(&token))?;
    let took = (advanced + begun.elapsed()).as_secs_f64() * 1e3;
    Ok(Finding::amount("100 commuters live through 90 days", took, "ms", String::new(), Some(2_000.0)))
}
