//! Vehicles: lists, live data, waking, and what else is told of them.

mod drivers;
pub(super) mod keys;

use fleetgate_gate::Rejection;
use fleetgate_protocol::command::CommandResult;
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::{LOCATION, VehicleOperation};
use fleetgate_protocol::vehicle::ReleaseNotesAnswer;
use fleetgate_protocol::vehicle_data::{Block, BlockSet, Connectivity, VehicleSummary};
use fleetgate_simulator::Vehicle;
use fleetgate_simulator::charging::{NearbyQuery, nearby};
use fleetgate_simulator::vehicle::Wakefulness;
use tokio::time::Instant;

use super::answer::{Answer, Pagination, Refusal};
use super::call::Call;
use super::devices::{self, Found, Role};
use super::reports::ReportKey;
use crate::config::LocationScope;

/// How many vehicles a page has unless told, and at most.
const PER_PAGE: i64 = 100;
/// Reading keeps a car awake, which is written no more often than this, in microseconds.
const TOUCH_INTERVAL: i64 = 60 * 1_000_000;

pub(super) async fn answer(operation: VehicleOperation, call: Call) -> Result<Answer, Refusal> {
    match operation {
        VehicleOperation::List => list(&call).await,
        VehicleOperation::Vehicle => vehicle(&call).await,
        VehicleOperation::VehicleData => vehicle_data(&call).await,
        VehicleOperation::WakeUp => wake_up(&call).await,
        VehicleOperation::MobileEnabled => mobile_enabled(&call).await,
        VehicleOperation::NearbyChargingSites => nearby_charging_sites(&call).await,
        VehicleOperation::RecentAlerts => {
            let now = call.state.now();
            Answer::one(&this(&call, now).await?.recent_alerts(now))
        }
        VehicleOperation::ReleaseNotes => release_notes(&call).await,
        VehicleOperation::ServiceData => Answer::one(&this(&call, call.state.now()).await?.service_data()),
        VehicleOperation::Drivers => drivers::list(&call).await,
        VehicleOperation::DriversRemove => drivers::remove(&call).await,
        VehicleOperation::FleetStatus => keys::fleet_status(&call).await,
        VehicleOperation::SignedCommand => keys::signed_command(&call).await,
        VehicleOperation::PairedKeys => keys::paired_keys(&call).await,
    }
}

/// The vehicle that the path names, at this moment.
async fn this(call: &Call, now: i64) -> Result<Vehicle, Refusal> {
    Ok(devices::looked_at(&call.state, &devices::vehicle(call).await?.device, now).await?)
}

async fn list(call: &Call) -> Result<Answer, Refusal> {
    let page = call.query_integer("page", 1..=1_000_000)?.unwrap_or(1);
    let per_page = call.query_integer("per_page", 1..=PER_PAGE)?.unwrap_or(PER_PAGE);
    let found = devices::all::<Vehicle>(call).await?;
    let now = call.state.now();
    let on_page = found.iter().skip(((page - 1) * per_page) as usize).take(per_page as usize);
    let mut vehicles: Vec<VehicleSummary> = Vec::new();
    for found in on_page {
        vehicles.push(summary(&devices::looked_at(&call.state, &found.device, now).await?, found.role));
    }
    Answer::page(&vehicles, Pagination::new(page, per_page, found.len() as i64))
}

async fn vehicle(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::vehicle(call).await?;
    let vehicle = devices::looked_at(&call.state, &found.device, call.state.now()).await?;
    Answer::one(&summary(&vehicle, found.role))
}

async fn vehicle_data(call: &Call) -> Result<Answer, Refusal> {
    let blocks = call.query("endpoints").map_or(BlockSet::DEFAULT, BlockSet::parse);
    let asks_for_location = blocks.contains(Block::LocationData);
    if asks_for_location && !may_see_location(call) {
        return Err(Rejection::MissingScopeForPart { part: &LOCATION, shown: call.principal().scopes.clone() }.into());
    }
    let now = call.state.now();
    let key = report_key(call, blocks);
    let before = match key.as_ref().map(|key| call.state.reports.look(key, now, Instant::now())) {
        Some(Ok(report)) => return Ok(Answer::Json(report)),
        Some(Err(before)) => Some(before),
        None => None,
    };
    let found = devices::vehicle(call).await?;
    let vehicle = devices::looked_at(&call.state, &found.device, now).await?;
    if !vehicle.mobile_access {
        return Err(FleetError::mobile_access_disabled().into());
    }
    online(&vehicle)?;
    keep_awake(call, &found, &vehicle, now).await?;
    let location = asks_for_location && !found.role.hides_places();
    let mut data = vehicle.data(blocks, location, found.role.access(), now);
    if found.role.hides_places() {
        data.hide_places();
    }
    let answer = Answer::one(&data)?;
    if let (Some(key), Some(before), Answer::Json(report), Role::Owner) = (key, before, &answer, found.role) {
        call.state.reports.keep(key, before, report.clone());
    }
    Ok(answer)
}

/// Which report is asked for, where reports are kept: a sandbox has its devices to itself, while other machines may change
/// those of an operator.
fn report_key(call: &Call, blocks: BlockSet) -> Option<ReportKey> {
    let account = devices::account(call).filter(|_| call.state.is_sandbox())?;
    Some(ReportKey { tag: call.path("vehicle_tag").to_owned(), account, only_in: devices::only_in(call), blocks })
}

/// Answers at once; the car is online some seconds later. Only this operation takes a car that is not online.
async fn wake_up(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::vehicle(call).await?;
    let role = found.role;
    let summary = devices::change(call, &found.device, move |vehicle: &mut Vehicle, now| {
        if !vehicle.mobile_access {
            return Err(FleetError::mobile_access_disabled());
        }
        vehicle.wake_up(now);
        let mut summary = summary(vehicle, role);
        summary.envelope.user_id = Some(vehicle.profile.user_id);
        Ok(summary)
    });
    Answer::one(&summary.await?)
}

/// The vehicle itself says so, which it can when it is online.
async fn mobile_enabled(call: &Call) -> Result<Answer, Refusal> {
    let vehicle = this(call, call.state.now()).await?;
    online(&vehicle)?;
    let reason = if vehicle.mobile_access { "" } else { "mobile_access_disabled" };
    Answer::one(&CommandResult { result: vehicle.mobile_access, reason: reason.to_owned(), queued: None })
}

/// They tell where the vehicle is, so that a driver from whom places are kept is not told.
async fn nearby_charging_sites(call: &Call) -> Result<Answer, Refusal> {
    let query = NearbyQuery {
        count: call.query_integer("count", 1..=100)?.unwrap_or(10) as usize,
        radius_miles: call.query_integer("radius", 1..=1000)?.unwrap_or(100) as f64,
        detail: call.query_flag("detail")?.unwrap_or(true),
    };
    let found = devices::vehicle(call).await?;
    let now = call.state.now();
    let vehicle = devices::looked_at(&call.state, &found.device, now).await?;
    if !vehicle.mobile_access {
        return Err(FleetError::mobile_access_disabled().into());
    }
    if found.role.hides_places() {
        return Err(places_are_hidden());
    }
    online(&vehicle)?;
    keep_awake(call, &found, &vehicle, now).await?;
    Answer::one(&nearby(vehicle.whereabouts(now), query, now))
}

async fn release_notes(call: &Call) -> Result<Answer, Refusal> {
    let staged = call.query_flag("staged")?.unwrap_or(false);
    call.query_integer("language", 0..=i64::from(u16::MAX))?;
    let now = call.state.now();
    let vehicle = this(call, now).await?;
    Answer::one(&ReleaseNotesAnswer { response: vehicle.release_notes(staged, now) })
}

fn online(vehicle: &Vehicle) -> Result<(), FleetError> {
    match vehicle.connectivity() {
        Connectivity::Online => Ok(()),
        Connectivity::Asleep | Connectivity::Offline => Err(FleetError::vehicle_unavailable()),
    }
}

/// 403: the owner keeps places from this driver.
pub(super) fn places_are_hidden() -> Refusal {
    let reason = "The owner of the vehicle keeps its place from this driver.";
    Refusal::not_owned(FleetError::envelope(403, "location access not granted"), reason)
}

/// A vehicle in lists.
pub(super) fn summary(vehicle: &Vehicle, role: Role) -> VehicleSummary {
    let mut summary = vehicle.summary(role.access());
    summary.envelope.granular_access.hide_private = role.hides_places();
    summary
}

/// Whether the token opens locations, which are a scope of their own unless the server counts them under
/// `vehicle_device_data`, which the operation needs anyway.
fn may_see_location(call: &Call) -> bool {
    match call.state.config.location_scope {
        LocationScope::Included => true,
        LocationScope::Separate => call.permit().has(&LOCATION.scope),
    }
}

/// Somebody looks, so the car stays awake a while longer.
async fn keep_awake(call: &Call, found: &Found, vehicle: &Vehicle, now: i64) -> Result<(), Refusal> {
    match vehicle.wakefulness {
        Wakefulness::Awake { used_at } if now - used_at >= TOUCH_INTERVAL => {
            let touch = |vehicle: &mut Vehicle, now| {
                vehicle.touch(now);
                Ok(())
            };
            devices::change(call, &found.device, touch).await
        }
        _ => Ok(()),
    }
}
