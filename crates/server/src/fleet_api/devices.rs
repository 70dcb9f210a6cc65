//! Whose devices a token opens, and how simulated devices are read and changed.
//!
//! A device is stored with the moment that its state is of, and brought to the present whenever it is looked at. Time
//! passes alike whether it is looked at or not, so only what somebody does to it is written, and what must be kept beside
//! it: the charging sessions that ended. These are stored in the transaction that takes them out of the device. A vehicle
//! that is looked at after a long time alone is written as well, so that the next look need not go the whole way again.

use std::convert::Infallible;
use std::sync::Arc;

use fleetgate_gate::Principal;
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::vehicle_data::AccessType;
use fleetgate_protocol::{Region, TokenType, VehicleTag, Vin};
use fleetgate_simulator::{ChargingSession, Vehicle};
use fleetgate_store::{Device, DeviceChange, DeviceKind, DeviceName, StoredChargingSession};
use futures_util::future::BoxFuture;

use super::answer::Refusal;
use super::call::{Call, invalid, missing};
use super::simulated::Simulated;
use crate::state::{Shared, State};

/// For how long a vehicle is left alone before a look at it is written, in microseconds: a day.
const LONG_ALONE: i64 = 24 * 3600 * 1_000_000;
/// How many VINs a body names at most.
const MOST_VINS: usize = 100;

/// What an account is to a device. The owner's is not stored; the others are the role of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It owns the device.
    Owner,
    /// It may drive the car.
    Driver,
    /// It may drive the car, but not see where the car is (`granular_access.hide_private`).
    DriverWithoutPlaces,
}

impl Role {
    /// The name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Driver => "driver",
            Self::DriverWithoutPlaces => "driver_hide_private",
        }
    }

    /// The role of a name; one that is not known sees least.
    pub(super) fn named(name: &str) -> Self {
        [Self::Owner, Self::Driver].into_iter().find(|role| role.as_str() == name).unwrap_or(Self::DriverWithoutPlaces)
    }

    /// The role in answers.
    pub(super) const fn access(self) -> AccessType {
        match self {
            Self::Owner => AccessType::Owner,
            Self::Driver | Self::DriverWithoutPlaces => AccessType::Driver,
        }
    }

    /// Whether places are kept from it.
    pub(super) const fn hides_places(self) -> bool {
        matches!(self, Self::DriverWithoutPlaces)
    }
}

/// A device that the caller may see, as it is stored, and what it is to the caller.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) device: Device,
    pub(super) role: Role,
}

impl Found {
    /// Lets the owner pass and nobody else.
    ///
    /// # Errors
    /// 403, in words that are inferred.
    pub(super) fn for_the_owner(&self) -> Result<(), Refusal> {
        match self.role {
            Role::Owner => Ok(()),
            Role::Driver | Role::DriverWithoutPlaces => {
                let reason = "Only the owner of the vehicle may do this, and the token's account is a driver of it.";
                Err(Refusal::not_owned(FleetError::envelope(403, "forbidden"), reason))
            }
        }
    }
}

/// A device at a moment.
pub(super) async fn at<D: Simulated>(state: &Shared, device: &Device, now: i64) -> Result<D, fleetgate_store::Error> {
    let mut simulated: D = read(state, device)?;
    let beside = simulated.beside(state, now).await?;
    simulated.advance_to(now, &beside);
    Ok(simulated)
}

/// The device that is stored.
fn read<D: Simulated>(state: &State, device: &Device) -> Result<D, fleetgate_store::Error> {
    let read = D::read_last(state).read(&device.key, &device.document);
    read.map_err(|error| fleetgate_store::Error::Document(error.to_string()))
}

/// A vehicle at a moment; what it did by itself for more than a day is written.
pub(super) async fn looked_at(state: &Shared, device: &Device, now: i64) -> Result<Vehicle, fleetgate_store::Error> {
    let vehicle = at(state, device, now).await?;
    if was_long_alone(device, now) {
        write(state, device).await?;
    }
    Ok(vehicle)
}

/// Whether nothing of a device was written for so long that the way to the present is worth keeping.
fn was_long_alone(device: &Device, now: i64) -> bool {
    now - device.updated_at > LONG_ALONE
}

/// Writes what a vehicle did by itself.
async fn write(state: &Shared, device: &Device) -> Result<(), fleetgate_store::Error> {
    change_at(state, device, |_: &mut Vehicle, _| Ok::<_, Infallible>(())).await.map(|_| ())
}

/// The account whose devices a call may see: the person's or, for tokens of a business, the business's. An application
/// without a business sees none.
pub(super) fn account(call: &Call) -> Option<String> {
    account_of(&call.state, call.principal())
}

/// The same for whoever calls.
pub(crate) fn account_of(state: &State, principal: &Principal) -> Option<String> {
    let Principal { token_type, client_id, subject, account_id, .. } = principal;
    match token_type {
        TokenType::ThirdParty | TokenType::OpenSource => Some(subject.clone()),
        TokenType::ThirdPartyBusiness => account_id.clone(),
        TokenType::Partner => state.directory.application(client_id)?.business_account_id.clone(),
    }
}

/// Every device of a kind that the call may see, by number.
pub(super) async fn all<D: Simulated>(call: &Call) -> Result<Vec<Found>, Refusal> {
    let Some(account) = account(call) else { return Ok(Vec::new()) };
    let devices = call.state.store.devices_of(D::KIND, &account).await?;
    let found = devices.into_iter().map(|(device, role)| Found { device, role: Role::named(&role) });
    Ok(found.filter(|found| is_served_here(call, &found.device)).collect())
}

/// The vehicle that the path names.
///
/// # Errors
/// 404 when there is none, or it is not the caller's.
pub(super) async fn vehicle(call: &Call) -> Result<Found, Refusal> {
    vehicle_named(call, call.path("vehicle_tag")).await
}

/// The vehicle of a VIN or a number.
///
/// # Errors
/// As [`vehicle`].
pub(super) async fn vehicle_named(call: &Call, tag: &str) -> Result<Found, Refusal> {
    let device = any_vehicle(call, tag).await?;
    seen(call, device).await?.ok_or_else(|| not_a_vehicle_of(call, tag))
}

/// There is no vehicle of this tag, or it is not the caller's: alike, since whether a foreign one exists is not told.
fn not_a_vehicle_of(call: &Call, tag: &str) -> Refusal {
    let not_found = match call.principal().token_type {
        TokenType::Partner => FleetError::vehicle_not_found(tag),
        _ => FleetError::not_found(),
    };
    let reason = "There is no such vehicle, or the token's account neither owns nor shares it.";
    Refusal::not_owned(not_found, reason)
}

/// The vehicle of a VIN or a number, whose ever it is.
pub(super) async fn any_vehicle(call: &Call, tag: &str) -> Result<Option<Device>, Refusal> {
    let store = &call.state.store;
    Ok(match tag.parse() {
        Ok(VehicleTag::Vin(vin)) => store.device(DeviceKind::Vehicle, vin.as_str()).await?,
        Ok(VehicleTag::Id(id)) => store.device_by_number(DeviceKind::Vehicle, id).await?,
        Err(_) => None,
    })
}

/// The vehicles that the member `vins` of the body names, each once, in their order.
///
/// # Errors
/// 400 when it is no list of 1 to 100 VINs, 404 when one of them is not the caller's.
pub(super) async fn vehicles(call: &Call) -> Result<Vec<Found>, Refusal> {
    const NAME: &str = "vins";
    let given = call.body.get(NAME).ok_or_else(|| missing(NAME))?.as_array().ok_or_else(|| invalid(NAME))?;
    if given.is_empty() || given.len() > MOST_VINS {
        return Err(invalid(NAME).into());
    }
    let mut vins: Vec<Vin> = Vec::new();
    for value in given {
        let vin =
            value.as_str().and_then(|text| text.to_ascii_uppercase().parse().ok()).ok_or_else(|| invalid(NAME))?;
        if !vins.contains(&vin) {
            vins.push(vin);
        }
    }
    let mut found = Vec::new();
    for vin in &vins {
        found.push(vehicle_named(call, vin.as_str()).await?);
    }
    Ok(found)
}

/// The energy site that the path names.
///
/// # Errors
/// 404 when there is none, or it is not the caller's.
pub(super) async fn energy_site(call: &Call) -> Result<Found, Refusal> {
    let device = call.state.store.device(DeviceKind::EnergySite, call.path("energy_site_id")).await?;
    let reason = "There is no such energy site, or it is not of the token's account.";
    seen(call, device).await?.ok_or_else(|| Refusal::not_owned(FleetError::not_found(), reason))
}

/// The device with the caller's role, if the caller may see it.
async fn seen(call: &Call, device: Option<Device>) -> Result<Option<Found>, Refusal> {
    let (Some(device), Some(account)) = (device, account(call)) else { return Ok(None) };
    if !is_served_here(call, &device) {
        return Ok(None);
    }
    let role = if device.owner_account_id == account {
        Some(Role::Owner)
    } else {
        call.state.store.device_role(device.kind, &device.key, &account).await?.map(|role| Role::named(&role))
    };
    Ok(role.map(|role| Found { device, role }))
}

/// The region to which devices must belong. The gate holds a person to the home region already; a business is served in
/// each region what it has there.
pub(super) fn only_in(call: &Call) -> Option<Region> {
    call.serving.region.filter(|_| !call.principal().is_person())
}

pub(super) fn is_served_here(call: &Call, device: &Device) -> bool {
    only_in(call).is_none_or(|region| region == device.region)
}

/// Changes a device, durably and serially. `change` gets it at the present, may be called more than once, and what it
/// refuses changes nothing.
pub(super) async fn change<D, T, F>(call: &Call, device: &Device, change: F) -> Result<T, Refusal>
where
    D: Simulated,
    T: Send + 'static,
    F: Fn(&mut D, i64) -> Result<T, FleetError> + Send + Sync + 'static,
{
    Ok(change_at(&call.state, device, change).await?.ok_or_else(FleetError::not_found)??)
}

/// The same whoever asks for it; `None` when there is no such device any more.
pub(crate) async fn change_at<D, T, E, F>(
    state: &Shared,
    device: &Device,
    change: F,
) -> Result<Option<Result<T, E>>, fleetgate_store::Error>
where
    D: Simulated,
    T: Send + 'static,
    E: Send + 'static,
    F: Fn(&mut D, i64) -> Result<T, E> + Send + Sync + 'static,
{
    let now = state.now();
    let beside = beside::<D>(state, device, now).await?;
    let (shared, key, owner) = (Arc::clone(state), device.key.clone(), device.owner_account_id.clone());
    let changed = state.store.change_device(device.kind, &device.key, now, move |document| {
        let change = changed(&shared, &key, &owner, document, now, &beside, |device| change(device, now));
        change.map_err(|error| error.to_string())
    });
    let changed = changed.await;
    state.reports.changed();
    changed
}

/// What must be known of other devices to change one. In a box, so that each kind of device has it once in the program.
fn beside<'a, D: Simulated>(
    state: &'a Shared,
    device: &'a Device,
    now: i64,
) -> BoxFuture<'a, Result<D::Beside, fleetgate_store::Error>> {
    Box::pin(async move { read::<D>(state, device)?.beside(state, now).await })
}

/// Changes the vehicle that the path names, in one step: the transaction that changes it finds out whether the caller may
/// see it, and as what.
///
/// # Errors
/// As [`vehicle`], and what `change` refuses.
pub(super) async fn change_vehicle<T, F>(call: &Call, change: F) -> Result<T, Refusal>
where
    T: Send + 'static,
    F: Fn(&mut Vehicle, Role, i64) -> Result<T, FleetError> + Send + Sync + 'static,
{
    let tag = call.path("vehicle_tag");
    let name = match tag.parse() {
        Ok(VehicleTag::Vin(vin)) => DeviceName::Key(vin.as_str().to_owned()),
        Ok(VehicleTag::Id(id)) => DeviceName::Number(id),
        Err(_) => return Err(not_a_vehicle_of(call, tag)),
    };
    let Some(account) = account(call) else { return Err(not_a_vehicle_of(call, tag)) };
    let (now, only_in, state) = (call.state.now(), only_in(call), Arc::clone(&call.state));
    let changed = call.state.store.change_device_for(&account, DeviceKind::Vehicle, name, now, move |device, role| {
        let role = role.filter(|_| only_in.is_none_or(|region| region == device.region));
        let Some(role) = role.map(Role::named) else {
            return Ok(DeviceChange { document: None, sessions: Vec::new(), answer: None });
        };
        let Device { key, owner_account_id, document, .. } = device;
        let change = changed(&state, key, owner_account_id, document, now, &(), |vehicle| change(vehicle, role, now));
        let DeviceChange { document, sessions, answer } = change.map_err(|error| error.to_string())?;
        Ok(DeviceChange { document, sessions, answer: Some(answer) })
    });
    let changed = changed.await;
    call.state.reports.changed();
    Ok(changed?.flatten().ok_or_else(|| not_a_vehicle_of(call, tag))??)
}

/// What a change makes of a document at this moment, to be written unless it is refused.
fn changed<D: Simulated, T, E>(
    state: &State,
    key: &str,
    owner: &str,
    document: &str,
    now: i64,
    beside: &D::Beside,
    change: impl FnOnce(&mut D) -> Result<T, E>,
) -> serde_json::Result<DeviceChange<Result<T, E>>> {
    let mut simulated = D::read_last(state).take(key, document)?;
    simulated.advance_to(now, beside);
    let answer = change(&mut simulated);
    if answer.is_err() {
        return Ok(DeviceChange { document: None, sessions: Vec::new(), answer });
    }
    let sessions = stored_sessions(&simulated.take_sessions(), owner)?;
    let document = serde_json::to_string(&simulated)?;
    D::read_last(state).keep(key, &document, simulated);
    Ok(DeviceChange { document: Some(document), sessions, answer })
}

/// Stores the charging sessions that ended in vehicles of the caller's account since these were last written, so that the
/// history has them. A vehicle without any is not written.
pub(super) async fn store_sessions(call: &Call) -> Result<(), Refusal> {
    let now = call.state.now();
    for found in all::<Vehicle>(call).await?.iter().filter(|found| found.role == Role::Owner) {
        let vehicle: Vehicle = at(&call.state, &found.device, now).await?;
        if vehicle.has_sessions() || was_long_alone(&found.device, now) {
            write(&call.state, &found.device).await?;
        }
    }
    Ok(())
}

/// Sessions as rows; the owner of the vehicle pays.
fn stored_sessions(sessions: &[ChargingSession], owner: &str) -> serde_json::Result<Vec<StoredChargingSession>> {
    let row = |session: &ChargingSession| {
        Ok(StoredChargingSession {
            id: session.session_id,
            vin: session.vin.clone(),
            owner_account_id: owner.to_owned(),
            started_at: session.started_at,
            document: serde_json::to_string(session)?,
        })
    };
    sessions.iter().map(row).collect()
}
