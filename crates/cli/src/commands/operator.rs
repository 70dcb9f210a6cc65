//! An operator's server, opened beside the running one.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Context as _, bail};
use fleetgate_server::check_tls;
use fleetgate_server::config::{Config, file};
use fleetgate_server::state::Shared;

use crate::arguments::Configured;

/// The configuration that a command names.
pub(crate) fn config(configured: &Configured) -> anyhow::Result<Config> {
    Ok(file::read(&configured.config, |name| std::env::var(name).ok())?)
}

/// The same for a server that is to run, whose certificate and key must be there.
pub(crate) fn config_to_serve(configured: &Configured) -> anyhow::Result<Config> {
    let config = config(configured)?;
    if let Some(tls) = &config.tls {
        check_tls(tls).context("The server cannot start: `[tls]` does not work.")?;
    }
    Ok(config)
}

/// Opens the state of the server without listening; the first account and the first application make it.
pub(crate) async fn open_or_make(configured: &Configured) -> anyhow::Result<Shared> {
    let (config, base_url) = beside(configured)?;
    fleetgate_server::open(config, &base_url).await.context("The server's data cannot be opened.")
}

/// Opens the state of a server that has some.
pub(crate) async fn open(configured: &Configured) -> anyhow::Result<Shared> {
    let (config, base_url) = beside(configured)?;
    fleetgate_server::open_existing(config, &base_url).await.context("The server's data cannot be opened.")
}

/// The configuration for a command beside the running server, which keeps the log.
fn beside(configured: &Configured) -> anyhow::Result<(Config, String)> {
    let config = Config { request_log: false, ..config(configured)? };
    let base_url = config.base_url.clone().unwrap_or_default();
    Ok((config, base_url))
}

/// A new password: asked for twice at a terminal, otherwise the first line of standard input. Never an argument, which
/// other users of the machine can see.
pub(crate) fn new_password() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ").context("The password cannot be read.")?;
        let again = rpassword::prompt_password("The same again: ").context("The password cannot be read.")?;
        if password != again {
            bail!("The two passwords differ; try again.");
        }
        return acceptable(password);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("The password cannot be read from standard input.")?;
    acceptable(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn acceptable(password: String) -> anyhow::Result<String> {
    if password.chars().count() < 8 {
        bail!("A password has at least 8 characters; pass it on standard input.");
    }
    Ok(password)
}
