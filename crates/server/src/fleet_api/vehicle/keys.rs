//! The application's own virtual key in vehicles, and commands that it would sign.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::telemetry::{FleetStatus, VehicleInfo};
use fleetgate_protocol::vehicle::PairedKeys;
use fleetgate_protocol::vehicle_data::CommandSigning;
use fleetgate_simulator::Vehicle;

use crate::fleet_api::answer::{Answer, Refusal};
use crate::fleet_api::call::{Call, invalid};
use crate::fleet_api::devices;

/// The public key with which the calling application is registered in the serving region, if it is.
pub(in crate::fleet_api) async fn registered(call: &Call) -> Result<Option<String>, Refusal> {
    let registration = call.state.store.registration(&call.principal().client_id, call.region()).await?;
    Ok(registration.map(|registration| registration.public_key))
}

/// Whether a key is paired with a vehicle.
pub(in crate::fleet_api) async fn is_paired(call: &Call, vin: &str, key: Option<&str>) -> Result<bool, Refusal> {
    let Some(key) = key else { return Ok(false) };
    Ok(call.state.store.paired_keys(Some(vin)).await?.iter().any(|paired| paired.public_key == key))
}

pub(super) async fn fleet_status(call: &Call) -> Result<Answer, Refusal> {
    let vehicles = devices::vehicles(call).await?;
    let key = registered(call).await?;
    let mut status = FleetStatus::default();
    for found in vehicles {
        let vin = found.device.key.clone();
        let paired = call.state.store.paired_keys(Some(&vin)).await?;
        let vehicle = devices::looked_at(&call.state, &found.device, call.state.now()).await?;
        status.vehicle_info.insert(vin.clone(), info(&vehicle, paired.len() as i64));
        match paired.iter().any(|paired| Some(&paired.public_key) == key.as_ref()) {
            true => status.key_paired_vins.push(vin),
            false => status.unpaired_vins.push(vin),
        }
    }
    Answer::one(&status)
}

fn info(vehicle: &Vehicle, virtual_keys: i64) -> VehicleInfo {
    let profile = &vehicle.profile;
    VehicleInfo {
        firmware_version: vehicle.firmware().to_owned(),
        vehicle_command_protocol_required: profile.command_signing == CommandSigning::Required,
        discounted_device_data: vehicle.can_stream().is_err(),
        fleet_telemetry_version: vehicle.telemetry_client().map(str::to_owned),
        total_number_of_keys: vehicle.own_keys() + virtual_keys,
        safety_screen_streaming_toggle_enabled: profile.has_old_computer().then_some(true),
    }
}

pub(super) async fn paired_keys(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::vehicle(call).await?;
    let key = registered(call).await?;
    Answer::one(&PairedKeys { result: is_paired(call, &found.device.key, key.as_deref()).await? })
}

/// No vehicle here knows the command protocol; at 422, clients fall back to plain commands.
pub(super) async fn signed_command(call: &Call) -> Result<Answer, Refusal> {
    let message = call.text("routable_message")?;
    if message.is_empty() || STANDARD.decode(message).is_err() {
        return Err(invalid("routable_message").into());
    }
    devices::vehicle(call).await?;
    let error = FleetError::unprocessable("invalid_resource");
    let error = error.with_description("vehicle does not yet support signed commands");
    Err(Refusal::because(error, "The simulated vehicles know no command protocol; send the command plain."))
}
