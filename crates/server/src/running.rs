//! A world that is being served: its authorization servers, each with its routes, and its jobs. When the world in the
//! database is replaced by another, so is this.

use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};
use std::time::Duration;

use axum::Router;
use axum::extract::State as Extract;
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use fleetgate_protocol::Region;

use crate::config::Mode;
use crate::ground::Ground;
use crate::jobs::Jobs;
use crate::layers::{Layers, method_not_allowed, not_found};
use crate::sandbox::world::FOLLOWED_PLANTING;
use crate::start::StartError;
use crate::state::Shared;
use crate::worlds::Worlds;
use crate::{authorization_server, fleet_api, pages, sandbox};

/// How long it takes until a replaced world is taken up again after that failed.
const AGAIN: Duration = Duration::from_secs(1);

/// A world that is being served, or the one server of an operator.
#[derive(Debug)]
pub(crate) struct Running {
    ground: Ground,
    state: Shared,
    /// The routes of the authorization server of most regions.
    layers: Arc<Layers>,
    /// Those of the regions that have their own.
    own_layers: Vec<Arc<Layers>>,
    jobs: OnceLock<Jobs>,
}

impl Running {
    /// Takes up what is in the store.
    ///
    /// # Errors
    /// What cannot be read.
    pub(crate) async fn start(ground: Ground) -> Result<Self, StartError> {
        let state = ground.state().await?;
        let layers = |state: &Shared| Arc::new(Layers::new(Arc::clone(state), routes(state)));
        let own_layers = state.own_issuers.iter().map(layers).collect();
        Ok(Self { layers: layers(&state), own_layers, jobs: OnceLock::new(), state, ground })
    }

    /// The state of the authorization server of most regions.
    pub(crate) const fn state(&self) -> &Shared {
        &self.state
    }

    /// What the world stands on.
    pub(crate) const fn ground(&self) -> &Ground {
        &self.ground
    }

    /// Begins with what happens without a request, and says in the store which world is served.
    pub(crate) async fn work(&self) -> Result<(), StartError> {
        if let Some(planting) = &self.state.planting {
            self.state.store.put_setting(FOLLOWED_PLANTING, planting).await?;
        }
        self.jobs.get_or_init(|| Jobs::start(&self.state));
        Ok(())
    }

    /// Writes what has been counted and not written, and ends what happens without a request.
    pub(crate) async fn settle(&self) {
        if let Some(conditions) = &self.state.conditions
            && let Err(error) = conditions.flush(&self.state.store).await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the last costs cannot be written");
        }
        if let Some(jobs) = self.jobs.get() {
            jobs.stop().await;
        }
    }

    /// The routes for a request under a Host name, or at the address of a region.
    pub(crate) fn layers(&self, host: Option<&str>, region: Option<Region>) -> &Arc<Layers> {
        let has_host = |layers: &Layers, host| layers.state().addresses.has_host(host);
        let own = self.own_layers.iter().find(|layers| match region {
            Some(region) => layers.state().is_home(region),
            None => host.is_some_and(|host| has_host(layers, host) && !has_host(&self.layers, host)),
        });
        own.unwrap_or(&self.layers)
    }

    /// Whether the world is known under a Host name.
    pub(crate) fn has_host(&self, host: &str) -> bool {
        let mut all = std::iter::once(&self.layers).chain(&self.own_layers);
        all.any(|layers| layers.state().addresses.is_known_host(host))
    }

    /// The same server with the world that is in the store now. Its log begins anew.
    async fn again(&self) -> Result<Self, StartError> {
        let next = Self::start(self.ground.clone()).await?;
        if self.state.demo_account.get().is_some() {
            sandbox::offer_demo_account(&next.state, &sandbox::describe_people(&next.state).await?);
        }
        if let Some(log) = &self.ground.request_log {
            log.clear().await?;
        }
        Ok(next)
    }
}

/// Where a world that is being served can be replaced by another.
#[derive(Debug)]
pub(crate) struct Slot(RwLock<Arc<Running>>);

impl Slot {
    pub(crate) fn new(running: Running) -> Self {
        Self(RwLock::new(Arc::new(running)))
    }

    /// What is being served.
    pub(crate) fn current(&self) -> Arc<Running> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Follows the store until the task is dropped: when there is another world, that one is served. Requests that have
    /// begun end with the old one.
    pub(crate) async fn follow(self: Arc<Self>, worlds: Option<Weak<Worlds>>) {
        loop {
            let running = self.current();
            running.state.replanted.notified().await;
            let next = match running.again().await {
                Ok(next) => Arc::new(next),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the new world cannot be taken up");
                    tokio::time::sleep(AGAIN).await;
                    running.state.replanted.notify_one();
                    continue;
                }
            };
            if let Some(worlds) = &worlds {
                // It is new, so that nothing was set.
                let _ = next.state.worlds.set(Weak::clone(worlds));
            }
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&next);
            if let Err(error) = next.work().await {
                tracing::error!(error = &error as &dyn std::error::Error, "nobody is told of the new world");
            }
        }
    }
}

/// Every route. The sandbox's exist in the sandbox only.
fn routes(state: &Shared) -> Router {
    let mut authorization_server = authorization_server::router().method_not_allowed_fallback(method_not_allowed);
    if state.conditions.is_some() {
        authorization_server =
            authorization_server.layer(middleware::from_fn_with_state(Arc::clone(state), sandbox::faults::around));
    }
    let mut routes = Router::new()
        .merge(authorization_server)
        .merge(fleet_api::router())
        .merge(pages::asset_routes())
        .fallback(not_found);
    routes = match state.config.mode {
        Mode::Sandbox => routes.merge(sandbox::router(state)),
        Mode::Production => routes.route("/", get(home)),
    };
    routes.with_state(Arc::clone(state))
}

/// `GET /` in production: what this address is for, and nothing else.
async fn home(Extract(state): Extract<Shared>) -> Response {
    let metadata_url = format!("{}/.well-known/openid-configuration", state.addresses.issuer);
    let view = pages::Home { sandbox: false, name: "Fleetgate".to_owned(), metadata_url };
    pages::page(&view, ::http::StatusCode::OK)
}
