//! `fleetgate fault`.

use anyhow::{Context as _, bail};
use fleetgate_server::sandbox::conditions::Conditions;
use fleetgate_server::sandbox::faults::{Fault, FaultOrder};
use fleetgate_server::state::State;
use serde_json::json;

use super::followed::followed;
use crate::Exit;
use crate::arguments::{AddFault, Fault as Command, Place};
use crate::output::{print, table};

pub(crate) async fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Add(order) => add(order).await?,
        Command::List(list) => {
            let state = crate::sandbox::open(&list.place).await?;
            let faults = conditions(&state)?.faults().all();
            print(&if list.json { as_json(&faults, state.now()) } else { as_text(&faults, state.now()) });
        }
        Command::Remove(one) => {
            if remove(&one.place, Some(one.id)).await?.is_empty() {
                bail!("There is no fault `{}`; `fleetgate fault list` has them all.", one.id);
            }
        }
        Command::Clear(place) => drop(remove(&place, None).await?),
    }
    Ok(Exit::Success)
}

fn conditions(state: &State) -> anyhow::Result<&Conditions> {
    state.conditions.as_deref().context("This server has no faults of its own.")
}

/// Adds a fault in the database, and prints its number. A sandbox that runs there has it when this returns.
async fn add(order: AddFault) -> anyhow::Result<()> {
    let state = crate::sandbox::open(&order.place).await?;
    let faults = conditions(&state)?.faults();
    let order = FaultOrder {
        kind: order.kind,
        operation: order.operation,
        application: order.app,
        account: order.account,
        vin: order.vin,
        energy_site_id: order.energy_site,
        nth: order.nth,
        percent: order.percent,
        times: order.times,
        lasting: order.lasting,
        seconds: order.seconds,
    };
    let (fault, version) = faults.add_beside(&state, order).await?;
    followed(&state.config, async || Ok(faults.is_followed(&state.store, version).await?)).await?;
    print(&format!("{}\n", fault.id));
    Ok(())
}

async fn remove(place: &Place, id: Option<u64>) -> anyhow::Result<Vec<Fault>> {
    let state = crate::sandbox::open(place).await?;
    let faults = conditions(&state)?.faults();
    let (removed, version) = faults.remove_beside(&state.store, id).await?;
    followed(&state.config, async || Ok(faults.is_followed(&state.store, version).await?)).await?;
    Ok(removed)
}

fn as_json(faults: &[Fault], now: i64) -> String {
    let faults: Vec<_> = faults.iter().map(|fault| fault.describe(now)).collect();
    format!("{:#}\n", json!({ "faults": faults }))
}

/// Which of the requests it strikes, until when, and how long it takes.
fn narrowed(fault: &Fault) -> String {
    let until = |at: i64| jiff::Timestamp::from_microsecond(at).map(|at| format!("until {at:.0}")).ok();
    let parts = [
        fault.nth.map(|nth| format!("request {nth}")),
        fault.percent.map(|percent| format!("{percent} %")),
        fault.times.map(|times| format!("{times} times")),
        fault.ends_at.and_then(until),
        fault.seconds.map(|seconds| format!("{seconds} s")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
}

fn as_text(faults: &[Fault], now: i64) -> String {
    if faults.is_empty() {
        return "There are no faults; `fleetgate fault add` adds one.\n".to_owned();
    }
    let rows = faults.iter().map(|fault| {
        let state = if fault.is_active(now) { "active" } else { "over" };
        let to = [&fault.operation, &fault.application, &fault.account, &fault.device];
        let to: Vec<&str> = to.into_iter().flatten().map(String::as_str).collect();
        let to = if to.is_empty() { "everything".to_owned() } else { to.join(", ") };
        [
            fault.id.to_string(),
            fault.kind.to_string(),
            to,
            narrowed(fault),
            state.to_owned(),
            fault.seen.to_string(),
            fault.fired.to_string(),
        ]
    });
    table(["Id", "Fault", "Happens to", "How", "State", "Seen", "Fired"], rows)
}
