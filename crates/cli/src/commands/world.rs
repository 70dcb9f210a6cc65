//! `fleetgate world`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use fleetgate_gate::SystemClock;
use fleetgate_server::data_dir;
use fleetgate_server::sandbox::describe_world;
use fleetgate_server::sandbox::world::{World as Seed, WorldDescription, export, is_followed, original, replace};
use fleetgate_server::state::State;
use fleetgate_store::RequestLog;

use crate::Exit;
use crate::arguments::{ShowWorld, World, WorldCommand};
use crate::output::{Paint, print, table};

/// How often, and how long, a running sandbox is asked whether it serves another world. It looks twice a second.
const ASK: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn run(world: World) -> anyhow::Result<Exit> {
    match world.command {
        None => show(&world.show).await?,
        Some(WorldCommand::Show(order)) => show(&order).await?,
        Some(WorldCommand::Export(order)) => {
            let text = export(&*crate::sandbox::open(&order.place).await?).await?;
            match &order.file {
                Some(file) => {
                    let failed = || format!("The file `{}` cannot be written.", file.display());
                    write(file, &text).with_context(failed)?;
                }
                None => print(&text),
            }
        }
        Some(WorldCommand::Import(order)) => {
            // Read whole before anything is replaced.
            let seed = crate::sandbox::seed(&order.seed)?;
            plant(&*crate::sandbox::open(&order.place).await?, &seed).await?;
        }
        Some(WorldCommand::Reset(place)) => {
            let state = crate::sandbox::open(&place).await?;
            let seed = original(&state.store, &state.master).await?;
            plant(&state, &seed).await?;
        }
    }
    Ok(Exit::Success)
}

async fn show(show: &ShowWorld) -> anyhow::Result<()> {
    let state = crate::sandbox::open(&show.place).await?;
    let description = describe_world(&state).await?;
    if show.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&description)?));
    } else {
        print(&tables(description, Paint::stdout()));
    }
    Ok(())
}

/// Writes a file that only its owner can read.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}

/// Replaces the world in the database. A sandbox that runs there serves the new one when this returns.
async fn plant(state: &State, world: &Seed) -> anyhow::Result<()> {
    let planting = replace(&state.store, &state.master, world, &SystemClock).await?;
    if data_dir::is_in_use(&state.config)? {
        let followed = async {
            while !is_followed(&state.store, &planting).await? {
                tokio::time::sleep(ASK).await;
            }
            anyhow::Ok(())
        };
        let Ok(followed) = tokio::time::timeout(PATIENCE, followed).await else {
            bail!("The world is planted, but the sandbox that runs here does not serve it; its log may say why.");
        };
        followed?;
        print(&format!("The sandbox that runs here serves the world `{}` now.\n", world.name()));
    } else {
        let log = RequestLog::open(&state.config.data_dir.join("requests.db"))?;
        log.clear().await.context("The request log cannot be emptied.")?;
        print(&format!("The world `{}` is planted.\n", world.name()));
    }
    Ok(())
}

fn tables(world: WorldDescription, paint: Paint) -> String {
    let secret = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let accounts =
        world.accounts.into_iter().map(|account| [account.email, secret(account.password), account.region.to_string()]);
    let applications = world.applications.into_iter().map(|application| {
        [application.name, application.kind.to_string(), application.client_id, secret(application.client_secret)]
    });
    let vehicles = world
        .vehicles
        .into_iter()
        .map(|vehicle| [vehicle.vin, vehicle.id.to_string(), vehicle.owner, vehicle.state.as_str().to_owned()]);
    let sites = world.energy_sites.into_iter().map(|site| [site.energy_site_id.to_string(), site.owner]);
    [
        format!("Base URL  {}\nIssuer    {}\n\n", world.base_url, world.issuer),
        format!("{}\n{}\n", paint.bold("Accounts"), table(["E-mail", "Password", "Region"], accounts)),
        format!("{}\n{}\n", paint.bold("Applications"), table(["Name", "Kind", "Client ID", "Secret"], applications)),
        format!("{}\n{}\n", paint.bold("Vehicles"), table(["VIN", "Id", "Owner", "State"], vehicles)),
        format!("{}\n{}", paint.bold("Energy sites"), table(["Id", "Owner"], sites)),
    ]
    .concat()
}
