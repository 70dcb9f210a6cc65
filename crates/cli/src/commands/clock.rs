//! `fleetgate clock`.

use anyhow::Context as _;
use fleetgate_server::sandbox::clock::{Change, Reading, SandboxClock};
use fleetgate_server::state::State;

use super::followed::followed;
use crate::Exit;
use crate::arguments::{Clock, Place};
use crate::output::print;

pub(crate) async fn run(command: &Clock) -> anyhow::Result<Exit> {
    let reading = match command {
        Clock::Show(show) => {
            let reading = clock(&*crate::sandbox::open(&show.place).await?)?.reading();
            if show.json {
                print(&format!("{}\n", serde_json::to_string_pretty(&reading)?));
                return Ok(Exit::Success);
            }
            reading
        }
        Clock::Set(set) => change(&set.place, Change::Set(set.time)).await?,
        Clock::Advance(advance) => change(&advance.place, Change::Advance(advance.duration)).await?,
        Clock::Freeze(place) => change(place, Change::Freeze(true)).await?,
        Clock::Rate(rate) => change(&rate.place, Change::Rate(rate.rate)).await?,
    };
    print(&text(&reading));
    Ok(Exit::Success)
}

fn clock(state: &State) -> anyhow::Result<&SandboxClock> {
    state.sandbox_clock.as_deref().context("This server's clock cannot be changed.")
}

/// Changes the clock in the database. A sandbox that runs there goes by the change when this returns.
async fn change(place: &Place, change: Change) -> anyhow::Result<Reading> {
    let state = crate::sandbox::open(place).await?;
    let clock = clock(&state)?;
    let version = clock.change_beside(&state.store, change).await?;
    followed(&state.config, async || Ok(clock.is_followed(&state.store, version).await?)).await?;
    Ok(clock.reading())
}

fn text(reading: &Reading) -> String {
    let hint = match reading.frozen {
        true => "`fleetgate clock rate 1` lets it run again.\n",
        false => "",
    };
    format!("{}\n{}\n{hint}", reading.now, reading.manner())
}
