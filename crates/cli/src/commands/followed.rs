//! Waiting for a running sandbox to go by what a command has changed beside it.

use std::time::Duration;

use anyhow::bail;
use fleetgate_server::config::Config;
use fleetgate_server::data_dir;

/// How often, and how long, a running sandbox is asked. It looks twice a second.
const ASK: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(10);

/// Returns when `is_followed` says so, or at once if no sandbox runs there.
pub(super) async fn followed(
    config: &Config,
    is_followed: impl AsyncFn() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    if !data_dir::is_in_use(config)? {
        return Ok(());
    }
    let waiting = async {
        while !is_followed().await? {
            tokio::time::sleep(ASK).await;
        }
        anyhow::Ok(())
    };
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(waited) => waited,
        Err(_) => bail!("It is changed, but the sandbox that runs here does not go by it; its log may say why."),
    }
}
