//! A fault as somebody asks for it, and what it is in this world.

use fleetgate_protocol::operations::Device;
use fleetgate_protocol::{OperationId, VehicleTag};
use fleetgate_store::DeviceKind;
use serde::Deserialize;

use super::{Fault, Kind, MOST, Place, authorization_server};
use crate::sandbox::clock::Span;
use crate::sandbox::kept::KeptError;
use crate::state::State;

/// A fault to add; what is `None` does not narrow it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultOrder {
    /// What happens.
    pub kind: Kind,
    /// To which operation of the table, or endpoint of the authorization server.
    pub operation: Option<String>,
    /// To requests of which application, by name or client id.
    pub application: Option<String>,
    /// To requests for which account, by e-mail address.
    pub account: Option<String>,
    /// To requests about which vehicle.
    pub vin: Option<String>,
    /// To requests about which energy site.
    pub energy_site_id: Option<i64>,
    /// To the nth of those requests alone, counted from one.
    pub nth: Option<u64>,
    /// To so many of a hundred of them.
    pub percent: Option<f64>,
    /// So many times at most.
    pub times: Option<u64>,
    /// For so long, by the sandbox's clock.
    #[serde(rename = "for")]
    pub lasting: Option<Span>,
    /// How long it takes, or tells the client to wait.
    pub seconds: Option<f64>,
}

/// Why a fault cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// No such operation.
    #[error(
        "There is no operation `{name}`; `fleetgate routes --json` names those of the Fleet API, and the authorization \
         server has {}.",
        authorization_server::names()
    )]
    UnknownOperation {
        /// What it was called.
        name: String,
    },
    /// No such application.
    #[error("There is no application `{0}`; `fleetgate world` lists them.")]
    UnknownApplication(String),
    /// No such account.
    #[error("There is no account `{0}`; `fleetgate world` lists them.")]
    UnknownAccount(String),
    /// No such vehicle or energy site.
    #[error("There is no {kind} `{name}`; `fleetgate world` lists them.")]
    UnknownDevice {
        /// `vehicle` or `energy site`.
        kind: &'static str,
        /// What it was called.
        name: String,
    },
    /// The kind cannot happen there.
    #[error("The fault `{kind}` cannot happen to `{operation}`; `docs/faults.md` tells where it can.")]
    CannotHappen {
        /// The kind.
        kind: Kind,
        /// The operation.
        operation: String,
    },
    /// The kind never has a length of time, or not such a one.
    #[error("The fault `{kind}` {}.", match longest {
        Some(longest) => format!("takes from 0 to {longest} seconds"),
        None => "takes no `seconds`".to_owned(),
    })]
    Seconds {
        /// The kind.
        kind: Kind,
        /// The longest time that it may take.
        longest: Option<f64>,
    },
    /// A number has no meaning.
    #[error("{0}")]
    Number(&'static str),
    /// There are too many.
    #[error("There are {MOST} faults already; remove some, or all with `fleetgate fault clear`.")]
    TooMany,
    /// The store failed, or what it keeps is damaged.
    #[error(transparent)]
    Kept(#[from] KeptError),
}

impl From<fleetgate_store::Error> for FaultError {
    fn from(error: fleetgate_store::Error) -> Self {
        Self::Kept(error.into())
    }
}

/// The operation of the table, or the endpoint of the authorization server, of a name.
fn place(name: &str) -> Option<Place> {
    let mut rows = OperationId::all().map(OperationId::row);
    rows.find(|row| row.name == name)
        .map(Place::Api)
        .or_else(|| authorization_server::endpoint(name).map(Place::AuthorizationServer))
}

impl FaultOrder {
    /// The fault in this world, without a number yet.
    pub(super) async fn resolve(self, state: &State) -> Result<Fault, FaultError> {
        self.check()?;
        let application = match &self.application {
            Some(name) => {
                let found = state.directory.application_named(name);
                Some(found.ok_or_else(|| FaultError::UnknownApplication(name.clone()))?)
            }
            None => None,
        };
        let account = match &self.account {
            Some(email) => {
                let found = state.store.account_by_email(email).await?;
                Some(found.ok_or_else(|| FaultError::UnknownAccount(email.clone()))?)
            }
            None => None,
        };
        Ok(Fault {
            id: 0,
            kind: self.kind,
            device: self.device(state).await?,
            application: application.as_ref().map(|application| application.name.clone()),
            client_id: application.map(|application| application.client_id.clone()),
            account: account.as_ref().map(|account| account.email.clone()),
            account_id: account.map(|account| account.id),
            operation: self.operation,
            nth: self.nth,
            percent: self.percent,
            times: self.times,
            ends_at: self.lasting.map(|span| state.now().saturating_add(span.micros())),
            seconds: self.seconds,
            seen: 0,
            fired: 0,
        })
    }

    /// Whether requests for this can be about the device that is named; any can where none is.
    fn is_about(&self, place: Place) -> bool {
        let device = match place {
            Place::Api(row) => row.device,
            Place::AuthorizationServer(_) => None,
        };
        let vehicle = matches!(device, Some(Device::Vehicle | Device::OnlineVehicle));
        (self.vin.is_none() || vehicle) && (self.energy_site_id.is_none() || device == Some(Device::EnergySite))
    }

    /// Looks at everything that needs no world.
    fn check(&self) -> Result<(), FaultError> {
        let kind = self.kind;
        if self.vin.is_some() && self.energy_site_id.is_some() {
            return Err(FaultError::Number("A request is about a vehicle or an energy site; name one of them."));
        }
        if let Some(name) = &self.operation {
            let place = place(name).ok_or_else(|| FaultError::UnknownOperation { name: name.clone() })?;
            if !kind.happens_to(place) || !self.is_about(place) {
                return Err(FaultError::CannotHappen { kind, operation: name.clone() });
            }
        } else {
            let mut calls = OperationId::all().map(|id| Place::Api(id.row()));
            let device = self.vin.clone().or_else(|| self.energy_site_id.map(|id| id.to_string()));
            if let Some(device) = device.filter(|_| !calls.any(|call| kind.happens_to(call) && self.is_about(call))) {
                return Err(FaultError::CannotHappen { kind, operation: device });
            }
        }
        if self.nth.is_some() && (self.percent.is_some() || self.times.is_some()) {
            return Err(FaultError::Number(
                "`nth` means one request, so that neither `percent` nor `times` goes with it.",
            ));
        }
        if self.nth == Some(0) || self.times == Some(0) {
            return Err(FaultError::Number("`nth` and `times` count from 1."));
        }
        if self.percent.is_some_and(|percent| !(0.0..=100.0).contains(&percent)) {
            return Err(FaultError::Number("`percent` is a number from 0 to 100."));
        }
        let longest = kind.longest_seconds();
        if self.seconds.is_some_and(|seconds| !longest.is_some_and(|longest| (0.0..=longest).contains(&seconds))) {
            return Err(FaultError::Seconds { kind, longest });
        }
        Ok(())
    }

    /// The VIN or the number of the device.
    async fn device(&self, state: &State) -> Result<Option<String>, FaultError> {
        let (kind, called, name) = match (&self.vin, self.energy_site_id) {
            (Some(vin), _) => {
                let vin = match vin.parse() {
                    Ok(VehicleTag::Vin(vin)) => vin.to_string(),
                    _ => vin.clone(),
                };
                (DeviceKind::Vehicle, "vehicle", vin)
            }
            (None, Some(id)) => (DeviceKind::EnergySite, "energy site", id.to_string()),
            (None, None) => return Ok(None),
        };
        match state.store.device(kind, &name).await? {
            Some(device) => Ok(Some(device.key)),
            None => Err(FaultError::UnknownDevice { kind: called, name }),
        }
    }
}
