//! Faults: what can go wrong between a client and the service, made to happen on purpose. `docs/faults.md` tells people
//! how.
//!
//! The database has them with their counts, so that they survive a restart and commands beside a running sandbox can
//! change them.

mod answer;
mod authorization_server;
mod doors;
mod fault;
mod kind;
mod order;

use std::time::Duration;

use axum::response::Response;
use fleetgate_protocol::Operation;
use fleetgate_store::Store;
use serde::{Deserialize, Serialize};

pub(crate) use self::authorization_server::around;
pub(super) use self::doors::{add, clear, list, remove, show};
pub use self::fault::{Description, Fault};
pub use self::kind::Kind;
pub use self::order::{FaultError, FaultOrder};
use super::kept::{Kept, KeptError};
use crate::layers::OnTheWay;
use crate::state::State;

/// The setting in which faults are kept.
const SETTING: &str = "faults";

/// How many there may be.
const MOST: usize = 100;

/// The faults of a sandbox.
#[derive(Debug)]
pub struct Faults {
    kept: Kept<List>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct List {
    /// The number of the newest.
    newest: u64,
    faults: Vec<Fault>,
}

/// Where a request goes, as a fault names it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    /// An operation of the table.
    Api(&'static Operation),
    /// An endpoint of the authorization server, by its name in the request log.
    AuthorizationServer(&'static str),
}

impl Place {
    /// The name by which a fault names it.
    const fn name(self) -> &'static str {
        match self {
            Self::Api(row) => row.name,
            Self::AuthorizationServer(name) => name,
        }
    }
}

/// A request as faults see it. What is `None` is not known.
#[derive(Debug)]
pub(crate) struct Request<'r> {
    pub(crate) place: Place,
    pub(crate) client_id: Option<&'r str>,
    pub(crate) account_id: Option<&'r str>,
    /// A VIN, or the number of an energy site.
    pub(crate) device: Option<&'r str>,
    /// Whether a refresh token is shown to the token endpoint.
    pub(crate) refreshes: bool,
}

/// A fault that strikes a request.
#[derive(Debug)]
pub(crate) struct Strike(Fault);

impl Faults {
    /// The faults of the sandbox in a store.
    pub(super) async fn open(store: &Store) -> Result<Self, KeptError> {
        Ok(Self { kept: Kept::open(store, SETTING).await? })
    }

    pub(super) async fn follow(&self, store: &Store) -> Result<(), KeptError> {
        self.kept.follow(store).await
    }

    /// Every fault, the oldest first, as this copy has them.
    #[must_use]
    pub fn all(&self) -> Vec<Fault> {
        self.kept.document().faults.clone()
    }

    /// Adds a fault.
    async fn add(&self, state: &State, order: FaultOrder) -> Result<Fault, FaultError> {
        let fault = order.resolve(state).await?;
        self.kept.change(&state.store, move |list| list.add(&fault)).await?
    }

    /// Removes a fault, or all; answers what was removed.
    async fn remove(&self, store: &Store, id: Option<u64>) -> Result<Vec<Fault>, KeptError> {
        self.kept.change(store, move |list| list.remove(id)).await
    }

    /// Adds a fault from beside the sandbox; answers it with the number of the change.
    ///
    /// # Errors
    /// [`FaultError`].
    pub async fn add_beside(&self, state: &State, order: FaultOrder) -> Result<(Fault, u64), FaultError> {
        let fault = order.resolve(state).await?;
        let (added, version) = self.kept.change_beside(&state.store, move |list| list.add(&fault)).await?;
        Ok((added?, version))
    }

    /// Removes a fault, or all, from beside the sandbox; answers what was removed, with the number of the change.
    ///
    /// # Errors
    /// [`KeptError`].
    pub async fn remove_beside(&self, store: &Store, id: Option<u64>) -> Result<(Vec<Fault>, u64), KeptError> {
        self.kept.change_beside(store, move |list| list.remove(id)).await
    }

    /// Whether the running sandbox goes by the change of this number.
    ///
    /// # Errors
    /// [`KeptError`].
    pub async fn is_followed(&self, store: &Store, version: u64) -> Result<bool, KeptError> {
        self.kept.is_followed(store, version).await
    }

    /// The first fault that strikes a request. Each fault that the request concerns counts it, up to the one that strikes.
    pub(super) async fn strike(&self, state: &State, request: &Request<'_>) -> Option<Strike> {
        let list = self.kept.document();
        if list.faults.is_empty() {
            return None;
        }
        let now = state.now();
        for fault in list.faults.iter().filter(|fault| fault.is_active(now) && fault.concerns(request)) {
            let id = fault.id;
            match self.kept.change(&state.store, move |list| list.count(id, now)).await {
                Ok(true) => return Some(Strike(fault.clone())),
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, id, "a fault cannot be counted");
                }
            }
        }
        None
    }
}

impl List {
    /// Whether any fault may strike a request for this.
    fn has_active(&self, place: Place, now: i64) -> bool {
        let is_there = |fault: &Fault| fault.operation.as_deref().is_none_or(|name| name == place.name());
        self.faults.iter().any(|fault| is_there(fault) && fault.kind.happens_to(place) && fault.is_active(now))
    }

    fn add(&mut self, fault: &Fault) -> Result<Fault, FaultError> {
        if self.faults.len() >= MOST {
            return Err(FaultError::TooMany);
        }
        self.newest += 1;
        let fault = Fault { id: self.newest, ..fault.clone() };
        self.faults.push(fault.clone());
        Ok(fault)
    }

    fn remove(&mut self, id: Option<u64>) -> Vec<Fault> {
        let is_meant = |fault: &Fault| id.is_none_or(|id| fault.id == id);
        let (removed, kept) = self.faults.drain(..).partition(is_meant);
        self.faults = kept;
        removed
    }

    /// Counts a request that concerns a fault; whether the fault strikes it.
    fn count(&mut self, id: u64, now: i64) -> bool {
        // It may have been removed, or used up by another request, since it was looked at.
        let found = self.faults.iter_mut().find(|fault| fault.id == id && fault.is_active(now));
        found.is_some_and(Fault::count)
    }
}

/// Marks an answer that stands for none: its connection is cut before anything is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotDone;

impl Strike {
    /// What it is.
    pub(crate) const fn kind(&self) -> Kind {
        self.0.kind
    }

    /// How long it takes, or tells the client to wait.
    pub(super) fn seconds(&self) -> f64 {
        self.0.seconds.unwrap_or_else(|| self.0.kind.usual_seconds())
    }

    /// What the request log tells.
    pub(super) fn sentence(&self) -> String {
        format!("The sandbox's fault {} (`{}`) struck this request.", self.0.id, self.0.kind)
    }

    /// Does what the fault does to an answer on its way.
    pub(super) fn disturb(&self, response: &mut Response) {
        let time = Duration::from_secs_f64(self.seconds());
        match self.kind() {
            Kind::Latency => drop(response.extensions_mut().insert(OnTheWay::Late(time))),
            Kind::CutConnection => {
                response.extensions_mut().insert(NotDone);
                response.extensions_mut().insert(OnTheWay::Lost);
            }
            Kind::LostAnswer => drop(response.extensions_mut().insert(OnTheWay::Lost)),
            Kind::SlowBody => answer::slow_down(response, time),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
