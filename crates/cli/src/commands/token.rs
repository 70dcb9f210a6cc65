//! `fleetgate token`.

use fleetgate_server::sandbox::mint;

use crate::Exit;
use crate::arguments::MintToken;
use crate::output::print;

pub(crate) async fn run(order: &MintToken) -> anyhow::Result<Exit> {
    let state = crate::sandbox::open(&order.place).await?;
    let application = order.app.as_deref().unwrap_or_default();
    let response = mint(&state, application, order.account.as_deref(), order.scope.as_deref()).await?;
    if order.access_token {
        print(&format!("{}\n", response.access_token));
    } else {
        print(&format!("{}\n", serde_json::to_string_pretty(&response)?));
    }
    Ok(Exit::Success)
}
