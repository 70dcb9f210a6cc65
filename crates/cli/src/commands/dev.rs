//! `fleetgate dev`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context as _, bail};
use fleetgate_gate::SystemClock;
use fleetgate_protocol::Region;
use fleetgate_server::Server;
use fleetgate_server::config::Config;
use fleetgate_server::data_dir::DataDirLock;
use fleetgate_server::sandbox;
use fleetgate_server::sandbox::world::{Planted, World, WorldDescription, plant};
use fleetgate_server::{data_dir, spelling};
use tracing_subscriber::filter::LevelFilter;

use super::banner;
use super::serve::{log_to_stderr, stopped};
use crate::Exit;
use crate::arguments::{Dev, SandboxOptions};
use crate::output::{Paint, print, warn};
use crate::sandbox::LISTENER;

pub(crate) async fn run(dev: Dev) -> anyhow::Result<Exit> {
    let config = resolve(&dev)?;
    let world = seed(&dev.sandbox)?;
    log_to_stderr(LevelFilter::INFO)?;
    // Before anything is forgotten: somebody else may be listening, perhaps this very sandbox.
    if dev.listen.port() != 0 {
        std::net::TcpListener::bind(dev.listen).with_context(|| {
            format!("The sandbox cannot listen on `{}`; stop what does, or choose another with `--listen`.", dev.listen)
        })?;
    }
    let directory = config.data_dir.display().to_string();
    let Started { server, description, _lock } = start(config, &world, dev.reset).await?;
    let state = server.state();
    let clock = state.sandbox_clock.as_ref().and_then(|clock| clock.reading().notice());
    let secret = state.sandbox_secret.as_deref();
    let stopped = stopped();
    print(&banner::of(&description, secret, &directory, clock.as_deref(), Paint::stdout()));
    server.run(stopped).await;
    Ok(Exit::Success)
}

/// A sandbox that listens, and has its data directory to itself.
pub(super) struct Started {
    pub(super) server: Server,
    pub(super) description: WorldDescription,
    pub(super) _lock: DataDirLock,
}

/// Plants the world, unless it or another one is there, and listens.
pub(super) async fn start(config: Config, world: &World, reset: bool) -> anyhow::Result<Started> {
    let lock = data_dir::lock(&config)?;
    let directory = config.data_dir.display().to_string();
    if plant(&config, world, reset, &SystemClock).await? == Planted::AnotherIsThere {
        warn(format_args!(
            "`{directory}` holds another world than the seed describes, and it was kept; start with `--reset` to \
             forget it and plant the seed."
        ));
    }
    let server = Server::bind(config).await.context("The sandbox cannot start.")?;
    let state = server.state();
    if reset && let Some(log) = &state.request_log {
        log.clear().await.context("The request log cannot be emptied.")?;
    }
    state.store.put_setting(LISTENER, &server.address().to_string()).await?;
    let description = sandbox::describe_people(state).await?;
    sandbox::offer_demo_account(state, &description);
    Ok(Started { server, description, _lock: lock })
}

/// The configuration of what was typed.
fn resolve(dev: &Dev) -> anyhow::Result<Config> {
    let mut config = crate::sandbox::config(&dev.place, dev.listen, dev.sandbox.dialect)?;
    let listeners = std::iter::once(&dev.listen).chain(dev.region_listen.iter().map(|(_, address)| address));
    for listen in listeners {
        if !listen.ip().is_loopback() && !dev.expose {
            let port = listen.port();
            bail!("`{listen}` lets other machines in; say so with `--expose`, or listen on `127.0.0.1:{port}`.");
        }
    }
    for (index, (region, _)) in dev.region_listen.iter().enumerate() {
        if dev.region_listen[..index].iter().any(|(known, _)| known == region) {
            bail!("The region `{region}` has an address already; give `--region-listen` once for each region.");
        }
    }
    for region in &mut config.regions {
        let own = |(known, _): &&(Region, SocketAddr)| *known == region.region;
        region.listen = dev.region_listen.iter().find(own).map(|(_, address)| *address);
    }
    for (region, text) in &dev.region_host {
        let host = spelling::host(text).map_err(anyhow::Error::msg)?;
        if let Some(taken) = config.regions.iter().find(|known| known.region != *region && known.hosts.contains(&host))
        {
            bail!("`{host}` is a name of the region `{}` already.", taken.region);
        }
        let known = config.regions.iter_mut().filter(|known| known.region == *region);
        known.for_each(|known| known.hosts.push(host.clone()));
    }
    config.expose = dev.expose;
    config.rate_limits = dev.sandbox.limits;
    config.base_url = match base_url(&dev.sandbox)? {
        None => reachable(dev.listen)?,
        given => given,
    };
    Ok(config)
}

/// The public URL that was typed.
pub(super) fn base_url(options: &SandboxOptions) -> anyhow::Result<Option<String>> {
    options.base_url.as_deref().map(spelling::base_url).transpose().map_err(anyhow::Error::msg)
}

/// No client can reach `0.0.0.0`, so that the public URL of such a listener is the loopback one, unless it is given.
fn reachable(listen: SocketAddr) -> anyhow::Result<Option<String>> {
    if !listen.ip().is_unspecified() {
        return Ok(None);
    }
    if listen.port() == 0 {
        bail!("The public URL of `{listen}` is not known before it listens; name it with `--base-url`.");
    }
    Ok(Some(format!("http://{}", SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), listen.port()))))
}

/// The world that was typed, or the default one.
pub(super) fn seed(options: &SandboxOptions) -> anyhow::Result<World> {
    match &options.seed {
        Some(seed) => crate::sandbox::seed(seed),
        None => Ok(World::default_world()?),
    }
}
