//! `fleetgate serve`.

use std::fmt;

use anyhow::Context as _;
use fleetgate_server::{RequestId, Server, data_dir};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{DefaultFields, Writer};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::operator;
use crate::Exit;
use crate::arguments::Configured;

pub(crate) async fn run(configured: &Configured) -> anyhow::Result<Exit> {
    let config = operator::config_to_serve(configured)?;
    log_to_stderr(LevelFilter::INFO)?;
    let _lock = data_dir::lock(&config)?;
    let server = Server::bind(config).await.context("The server cannot start.")?;
    let stopped = stopped();
    tracing::info!(address = %server.address(), base_url = server.state().addresses.base_url, "listening");
    server.run(stopped).await;
    tracing::info!("stopped");
    Ok(Exit::Success)
}

/// Logs to standard error; `FLEETGATE_LOG` chooses what, such as `debug` or `fleetgate_server=debug`, in place of `usual`.
///
/// # Errors
/// When the variable chooses nothing that there is.
pub(crate) fn log_to_stderr(usual: LevelFilter) -> anyhow::Result<()> {
    let chosen = match std::env::var("FLEETGATE_LOG") {
        Ok(chosen) => {
            let help = "write it as `info`, `debug` or `fleetgate_server=debug`, several separated by commas";
            chosen.parse().with_context(|| format!("`FLEETGATE_LOG` is `{chosen}`; {help}."))?
        }
        Err(_) => Targets::new().with_default(usual),
    };
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines =
        tracing_subscriber::fmt::layer().fmt_fields(WithRequest).with_writer(std::io::stderr).with_ansi(colours);
    // A second call, which there is not, would change nothing.
    let _ = tracing_subscriber::registry().with(lines).with(chosen).try_init();
    Ok(())
}

/// Writes behind what is logged which request was being answered: its id leads to it in the request log.
struct WithRequest;

impl<'w> FormatFields<'w> for WithRequest {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, fields: R) -> fmt::Result {
        DefaultFields::new().format_fields(writer.by_ref(), fields)?;
        match RequestId::current() {
            Some(id) => write!(writer, " request={id}"),
            None => Ok(()),
        }
    }
}

/// What waits for SIGTERM or Ctrl-C. From the call on, neither ends the program by itself.
pub(crate) fn stopped() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let asked = {
        use tokio::signal::unix::{SignalKind, signal};
        // Listened for at once: whoever has read the banner may ask before the server runs.
        let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        async {
            tokio::select! {
                () = received(interrupt) => {}
                () = received(terminate) => {}
            }
        }
    };
    #[cfg(not(unix))]
    let asked = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    async {
        asked.await;
        tracing::info!("stopping; requests that have begun are finished");
    }
}

/// Waits for a signal; for ever if it cannot be listened for.
#[cfg(unix)]
async fn received(signal: std::io::Result<tokio::signal::unix::Signal>) {
    match signal {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}
