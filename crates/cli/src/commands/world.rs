//! `fleetgate world`.

use fleetgate_server::sandbox::describe_world;
use fleetgate_server::sandbox::world::WorldDescription;

use crate::Exit;
use crate::arguments::World;
use crate::output::{Paint, print, table};

pub(crate) async fn run(world: &World) -> anyhow::Result<Exit> {
    let state = crate::sandbox::open(&world.place).await?;
    let description = describe_world(&state).await?;
    if world.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&description)?));
    } else {
        print(&tables(description, Paint::stdout()));
    }
    Ok(Exit::Success)
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
