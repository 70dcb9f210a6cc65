//! `fleetgate clock`.

use std::time::Duration;

use anyhow::{Context as _, bail};
use fleetgate_server::data_dir;
use fleetgate_server::sandbox::clock::{Change, Reading, SandboxClock};
use fleetgate_server::state::State;

use crate::Exit;
use crate::arguments::{Clock, Place};
use crate::output::print;

/// How often, and how long, a running sandbox is asked whether it goes by a change. It looks twice a second.
const ASK: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(10);

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
    if data_dir::is_in_use(&state.config)? {
        let followed = async {
            while !clock.is_followed(&state.store, version).await? {
                tokio::time::sleep(ASK).await;
            }
            anyhow::Ok(())
        };
        let Ok(followed) = tokio::time::timeout(PATIENCE, followed).await else {
            bail!("The clock is changed, but the sandbox that runs here does not go by it; its log may say why.");
        };
        followed?;
    }
    Ok(clock.reading())
}

fn text(reading: &Reading) -> String {
    let hint = match reading.frozen {
        true => "`fleetgate clock rate 1` lets it run again.\n",
        false => "",
    };
    format!("{}\n{}\n{hint}", reading.now, reading.manner())
}
