//! The conditions under which the sandbox answers the Fleet API: faults, rate limits, and the meter of costs. Production
//! has none of them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::{FromRequestParts as _, RawPathParams};
use axum::response::Response;
use fleetgate_gate::{CheckName, Decision, Principal, REASON_HEADER, Registry, Serving};
use fleetgate_protocol::clock::Clock;
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::Device;
use fleetgate_protocol::{Operation, VehicleTag};
use fleetgate_store::{DeviceKind, Store};

use super::cost::{CostMeter, Metered};
use super::faults::{Faults, NotDone, Place, Request, Strike};
use super::kept::KeptError;
use super::limits::{Allowance, DeviceCall, Limits, TooMany};
use crate::config::RateLimits;
use crate::directory::Directory;
use crate::fleet_api::devices;
use crate::http::{Received, host, set_header};
use crate::state::State;

/// Faults, rate limits, and the meter of costs.
#[derive(Debug)]
pub struct Conditions {
    faults: Faults,
    /// Without them, everybody may ask as often as they like.
    limits: Option<Limits>,
    cost: Arc<CostMeter>,
    seen: Seen,
}

/// A call of the Fleet API as the conditions see it, whatever the gate has made of it.
#[derive(Debug)]
pub(crate) struct Asked {
    row: &'static Operation,
    /// Who asks, if the token had a good signature.
    principal: Option<Arc<Principal>>,
    /// The account of the token.
    account: Option<String>,
    /// The VIN or the number of the device that the path names, if there is one.
    device: Option<Arc<str>>,
    /// As what the call is served.
    serving: Arc<Serving>,
}

impl Conditions {
    /// The conditions of the sandbox in a store.
    ///
    /// # Errors
    /// [`KeptError`].
    pub async fn open(store: &Store, limits: RateLimits, now: i64) -> Result<Self, KeptError> {
        Ok(Self {
            faults: Faults::open(store).await?,
            limits: (limits == RateLimits::Real).then(Limits::default),
            cost: Arc::new(CostMeter::open(store, now).await?),
            seen: Seen::default(),
        })
    }

    /// The faults.
    #[must_use]
    pub const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The rate limits, unless they are off.
    pub(crate) const fn limits(&self) -> Option<&Limits> {
        self.limits.as_ref()
    }

    /// The meter of costs.
    #[must_use]
    pub fn cost(&self) -> &CostMeter {
        &self.cost
    }

    /// The directory, in which an application that has used up its budget is disabled.
    pub(crate) fn registry(&self, directory: Arc<Directory>, clock: Arc<dyn Clock>) -> Arc<dyn Registry> {
        Arc::new(Metered { directory, meter: Arc::clone(&self.cost), clock })
    }

    /// Goes by what was changed from beside the running sandbox, and writes what it has counted.
    pub(crate) async fn follow(&self, store: &Store, now: i64) -> Result<(), KeptError> {
        let faults = self.faults.follow(store).await;
        self.cost.follow(store, now).await?;
        faults
    }

    /// Writes what was counted.
    pub(crate) async fn flush(&self, store: &Store) -> Result<(), fleetgate_store::Error> {
        self.cost.flush(store).await
    }

    /// Looks at a call that the gate has checked.
    pub(crate) async fn asked(
        &self,
        state: &State,
        received: &mut Received,
        row: &'static Operation,
        decision: &Decision,
    ) -> Asked {
        let principal = decision.principal.clone();
        let account = principal.as_deref().and_then(|principal| devices::account_of(state, principal));
        let device = match RawPathParams::from_request_parts(&mut received.parts, &()).await {
            Ok(path) => self.seen.device(&state.store, row, &path).await,
            Err(_) => None,
        };
        let serving =
            received.parts.extensions.get::<Arc<Serving>>().cloned().unwrap_or_else(|| {
                Arc::clone(state.addresses.serving(host(&received.parts.uri, &received.parts.headers)))
            });
        Asked { row, principal, account, device, serving }
    }

    /// The fault that strikes a call, if one does.
    pub(crate) async fn strike(&self, state: &State, asked: &Asked) -> Option<Strike> {
        let principal = asked.principal.as_deref();
        let request = Request {
            place: Place::Api(asked.row),
            client_id: principal.map(|principal| principal.client_id.as_str()),
            account_id: asked.account.as_deref(),
            device: asked.device.as_deref(),
            refreshes: false,
        };
        self.faults.strike(state, &request).await
    }

    /// Counts a call that the gate lets pass; `None` when nothing limits it.
    pub(crate) fn take(&self, asked: &Asked, now: i64) -> Option<Result<Allowance, TooMany>> {
        let (limits, device, principal) = (self.limits()?, asked.device.as_ref()?, asked.principal.as_deref()?);
        // An application without a business is its own account.
        let account = asked.account.as_deref().unwrap_or(&principal.client_id);
        let open_source = principal.open_source.then_some(principal.client_id.as_str());
        limits.take(&DeviceCall { price: asked.row.price, account, open_source, device }, now)
    }

    /// Counts what an answer costs. A disabled application gets nothing and pays nothing, and a connection that is cut
    /// before anything is done brings no answer.
    pub(crate) fn count(&self, asked: &Asked, response: &Response, decision: &Decision, now: i64) {
        let disabled = decision.checks.iter().any(|check| check.name == CheckName::Account && !check.passed);
        let cut = response.extensions().get::<NotDone>().is_some();
        if let (Some(principal), false) = (&asked.principal, disabled || cut) {
            self.cost.count(asked.row, &principal.client_id, asked.device.as_ref(), response.status(), now);
        }
    }
}

impl Strike {
    /// The answer of the fault to a call of the Fleet API; `None` when the call is carried out all the same.
    pub(crate) fn answer(&self, state: &State, asked: &Asked) -> Option<Response> {
        let Asked { row, principal, serving, .. } = asked;
        self.kind().answer(state, row, principal.as_deref(), serving, self.seconds())
    }

    /// Does what the fault does to an answer, and lets the request log tell.
    pub(crate) fn mark(&self, response: &mut Response, decision: &mut Decision) {
        decision.reason = Some(self.sentence());
        set_header(response, REASON_HEADER, &self.sentence());
        self.disturb(response);
    }
}

impl TooMany {
    /// What is answered.
    pub(crate) fn error(self) -> FleetError {
        FleetError::too_many_requests(self.0.reset)
    }
}

/// Devices that were asked for by what paths name them by. What is not there is not kept, so that there are as many as
/// devices.
#[derive(Debug, Default)]
struct Seen {
    vehicles: RwLock<HashMap<String, Arc<str>>>,
    energy_sites: RwLock<HashMap<String, Arc<str>>>,
}

impl Seen {
    /// The VIN or the number of the device that a path names, if there is one.
    async fn device(&self, store: &Store, row: &Operation, path: &RawPathParams) -> Option<Arc<str>> {
        let kind = match row.device? {
            Device::Vehicle | Device::OnlineVehicle => DeviceKind::Vehicle,
            Device::EnergySite => DeviceKind::EnergySite,
        };
        let (name, known) = match kind {
            DeviceKind::Vehicle => ("vehicle_tag", &self.vehicles),
            DeviceKind::EnergySite => ("energy_site_id", &self.energy_sites),
        };
        let (_, tag) = path.iter().find(|(parameter, _)| *parameter == name)?;
        let tag = match kind {
            // As many spellings as somebody can think of are one.
            DeviceKind::Vehicle => tag.parse::<VehicleTag>().ok()?,
            DeviceKind::EnergySite => VehicleTag::Id(tag.parse().ok()?),
        };
        let spelling = match &tag {
            VehicleTag::Vin(vin) => vin.to_string(),
            VehicleTag::Id(id) => id.to_string(),
        };
        if let Some(key) = known.read().unwrap_or_else(PoisonError::into_inner).get(&spelling) {
            return Some(Arc::clone(key));
        }
        let found = match (kind, &tag) {
            (DeviceKind::Vehicle, VehicleTag::Id(id)) => store.device_by_number(kind, *id).await,
            _ => store.device(kind, &spelling).await,
        };
        let key: Arc<str> = found.ok()??.key.into();
        known.write().unwrap_or_else(PoisonError::into_inner).insert(spelling, Arc::clone(&key));
        Some(key)
    }
}
