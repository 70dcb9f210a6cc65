//! `fleetgate run`: a command for which the real service's host names lead to a sandbox.

mod child;

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};
use fleetgate_gate::SystemClock;
use fleetgate_protocol::clock::Clock as _;
use fleetgate_server::config::{Config, DialectName, RateLimits};
use fleetgate_server::data_dir;
use fleetgate_server::sandbox::proxy::Proxy;
use fleetgate_store::Store;
use tokio::sync::oneshot;
use tracing_subscriber::filter::LevelFilter;

use self::child::Signals;
use super::dev::{Started, base_url, seed, start};
use super::serve::log_to_stderr;
use crate::Exit;
use crate::arguments::{Place, Run};
use crate::output::complain;
use crate::sandbox::LISTENER;

/// How long requests that have begun may take once the command has ended: nobody waits for their answers.
const DRAIN_TIME: Duration = Duration::from_secs(1);

pub(crate) async fn run(run: &Run) -> anyhow::Result<Exit> {
    log_to_stderr(LevelFilter::WARN)?;
    // Before there is anything that a signal could leave behind.
    let signals = Signals::watch().context("The program cannot watch for signals.")?;
    let folder = tempfile::Builder::new().prefix("fleetgate-run-").tempdir();
    let folder = folder.context("There is no place for temporary files.")?;
    let sandbox = match running(run).await? {
        Some(address) => Sandbox { address, started: None },
        None => started(run, folder.path().join("sandbox")).await?,
    };
    let proxy = Proxy::bind(sandbox.address, SystemClock.now()).await?;
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, proxy.authority()).context("The certificate of the proxy cannot be written.")?;
    let environment = environment(proxy.address(), &authority, sandbox.address);

    let (stop, stopped) = oneshot::channel::<()>();
    let proxy = tokio::spawn(proxy.run());
    let sandbox = tokio::spawn(async move {
        if let Some(started) = sandbox.started {
            started.server.run(async { drop(stopped.await) }).await;
        }
    });
    let exit = command(&run.command, environment, signals).await;
    proxy.abort();
    drop(stop);
    sandbox.await.context("The sandbox did not end well.")?;
    folder.close().context("The temporary files cannot be removed.")?;
    exit
}

/// Where the sandbox listens, and the sandbox itself unless it is another process's.
struct Sandbox {
    address: SocketAddr,
    started: Option<Started>,
}

/// The address of the sandbox that runs at the place that was named, or at the usual one when nothing was said of how the
/// sandbox should be.
async fn running(run: &Run) -> anyhow::Result<Option<SocketAddr>> {
    let is_named = run.place.data_dir.is_some() || run.place.database.is_some();
    let options = &run.sandbox;
    let is_described = run.listen.is_some()
        || options.seed.is_some()
        || options.base_url.is_some()
        || options.dialect != DialectName::default()
        || options.limits != RateLimits::default();
    if is_described && !is_named {
        return Ok(None);
    }
    let config = match config(run, &run.place) {
        Err(_) if !is_named => return Ok(None),
        config => config?,
    };
    // Asking would make the directory.
    if !config.data_dir.exists() || !data_dir::is_in_use(&config)? {
        return Ok(None);
    }
    let directory = config.data_dir.display();
    if is_described {
        bail!("A sandbox runs in `{directory}` already and stays as it is; leave out what describes another one.");
    }
    let store = Store::open(&config.database).await.context("The sandbox's database cannot be opened.")?;
    let Some(address) = store.setting(LISTENER).await?.and_then(|text| text.parse::<SocketAddr>().ok()) else {
        bail!("The sandbox in `{directory}` does not say where it listens; start it again.");
    };
    let ip = match address.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    Ok(Some(SocketAddr::new(ip, address.port())))
}

/// A sandbox at the place that was named, or one in `folder`, which is new each time.
async fn started(run: &Run, folder: PathBuf) -> anyhow::Result<Sandbox> {
    let world = seed(&run.sandbox)?;
    let is_named = run.place.data_dir.is_some() || run.place.database.is_some();
    let mut config = match is_named {
        true => config(run, &run.place)?,
        false => config(run, &Place { data_dir: Some(folder), database: None })?,
    };
    config.base_url = base_url(&run.sandbox)?;
    config.rate_limits = run.sandbox.limits;
    config.limits.drain_time = DRAIN_TIME;
    let started = start(config, &world, false).await?;
    Ok(Sandbox { address: started.server.address(), started: Some(started) })
}

fn config(run: &Run, place: &Place) -> anyhow::Result<Config> {
    let listen = run.listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    if !listen.ip().is_loopback() {
        bail!("`{listen}` lets other machines in; `run` listens on loopback only.");
    }
    crate::sandbox::config(place, listen, run.sandbox.dialect)
}

/// What makes programs go through the proxy, and trust it.
fn environment(proxy: SocketAddr, authority: &Path, sandbox: SocketAddr) -> Vec<(&'static str, OsString)> {
    const PROXY: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];
    const AUTHORITY: [&str; 4] = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];
    let proxy = OsString::from(format!("http://{proxy}"));
    let every = |names: &[&'static str], value: OsString| -> Vec<_> {
        names.iter().map(|name| (*name, value.clone())).collect()
    };
    [
        every(&PROXY, proxy),
        every(&NO_PROXY, "localhost,127.0.0.1,::1".into()),
        every(&AUTHORITY, authority.into()),
        // Node.js has a proxy in its environment only when it is told so.
        every(&["NODE_USE_ENV_PROXY"], "1".into()),
        every(&["FLEETGATE_URL"], format!("http://{sandbox}").into()),
    ]
    .concat()
}

/// Runs the command to its end. One that cannot be started ends as a shell would say it.
async fn command(
    command: &[OsString],
    environment: Vec<(&'static str, OsString)>,
    signals: Signals,
) -> anyhow::Result<Exit> {
    let Some((program, arguments)) = command.split_first() else { return Ok(Exit::Usage) };
    let child = match Command::new(program).args(arguments).envs(environment).spawn() {
        Ok(child) => child,
        Err(error) => {
            let code = if error.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 };
            let program = program.display().to_string();
            complain(&anyhow::Error::new(error).context(format!("The command `{program}` cannot be started.")));
            return Ok(Exit::Command(code));
        }
    };
    let code = signals.wait(child).await.context("The command cannot be waited for.")?;
    Ok(Exit::Command(code))
}
