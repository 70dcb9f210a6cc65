//! Telemetry configurations: what vehicles stream to an application's own server.

use fleetgate_gate::Rejection;
use fleetgate_protocol::TokenType;
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::{TELEMETRY_LOCATION, TelemetryOperation};
use fleetgate_protocol::telemetry::{
    ConfigError, ConfigOutcome, ConfigRemoved, ConfigState, MOST_CONFIGS, SignedConfig, SkippedVehicles,
    TelemetryConfig, TelemetryError, TelemetryErrors,
};
use fleetgate_simulator::vehicle::CannotStream;
use fleetgate_store::{StoredTelemetryConfig, StoredTelemetryError};
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::answer::{Answer, Refusal};
use super::call::{Call, invalid, missing};
use super::devices::{self, Found};
use super::vehicle::{keys, places_are_hidden};
use crate::config::LocationScope;

/// What the real service says to a configuration that is not signed.
const PROXY_NEEDED: &str = "This endpoint must be called through the Vehicle Command HTTP Proxy";
const SECOND: i64 = 1_000_000;

pub(super) async fn answer(operation: TelemetryOperation, call: Call) -> Result<Answer, Refusal> {
    match operation {
        TelemetryOperation::Create => create(&call).await,
        TelemetryOperation::CreateSigned => create_signed(&call).await,
        TelemetryOperation::Get => get(&call).await,
        TelemetryOperation::Delete => delete(&call).await,
        TelemetryOperation::Errors => errors(&call).await,
    }
}

async fn create(call: &Call) -> Result<Answer, Refusal> {
    if !call.state.config.telemetry_unsigned {
        let reason = "The configuration is not signed: send it to the vehicle command proxy, sign it yourself and use \
                      `fleet_telemetry_config_jws`, or set `telemetry_unsigned`.";
        return Err(Refusal::because(FleetError::envelope(400, PROXY_NEEDED), reason));
    }
    let members = call.body.get("config").ok_or_else(|| missing("config"))?;
    let config = TelemetryConfig::read(members.as_object().ok_or_else(|| invalid("config"))?)?;
    give(call, config).await
}

/// A configuration that is signed by the very key with which the application is registered in this region.
async fn create_signed(call: &Call) -> Result<Answer, Refusal> {
    let token = call.text("token")?;
    let key = keys::registered(call).await?;
    let unregistered = "The application is not registered in this region, so that no signature of it is known.";
    let key = key.ok_or_else(|| Refusal::because(invalid("token"), unregistered))?;
    let point = hex::decode(&key).unwrap_or_default();
    let signed = SignedConfig::verify(token, &point);
    let signed = signed.map_err(|error| Refusal::because(invalid("token"), error.to_string()))?;
    give(call, TelemetryConfig::read(&signed.claims)?).await
}

/// Gives the configuration to every vehicle that can take it.
async fn give(call: &Call, config: TelemetryConfig) -> Result<Answer, Refusal> {
    let now = call.state.now();
    if !is_chain(&config.ca) {
        return Err(invalid("config.ca").into());
    }
    let ends_at = config.exp.map_or(i64::MAX, |exp| exp.saturating_mul(SECOND));
    if ends_at <= now {
        return Err(invalid("config.exp").into());
    }
    if config.tells_places() && !may_see_places(call) {
        let shown = call.principal().scopes.clone();
        return Err(Rejection::MissingScopeForPart { part: &TELEMETRY_LOCATION, shown }.into());
    }
    let vehicles = devices::vehicles(call).await?;
    if config.tells_places() && vehicles.iter().any(|found| found.role.hides_places()) {
        return Err(places_are_hidden());
    }
    let mut skipped = SkippedVehicles::default();
    let able = able(call, &vehicles, &config, &mut skipped).await?;
    let stored = StoredTelemetryConfig { document: Some(serde_json::to_string(&config)?), ends_at, changed_at: now };
    let asked = able.len();
    let client_id = &call.principal().client_id;
    skipped.max_configs = call.state.store.set_telemetry_config(able, client_id, stored, MOST_CONFIGS).await?;
    let updated_vehicles = (asked - skipped.max_configs.len()) as i64;
    Answer::one(&ConfigOutcome { updated_vehicles, skipped_vehicles: skipped })
}

/// The VINs of the vehicles that can stream this and know the application's key; the others are noted as skipped.
async fn able(
    call: &Call,
    vehicles: &[Found],
    config: &TelemetryConfig,
    skipped: &mut SkippedVehicles,
) -> Result<Vec<String>, Refusal> {
    let key = keys::registered(call).await?;
    let mut able = Vec::new();
    for found in vehicles {
        let vin = found.device.key.clone();
        let vehicle = devices::looked_at(&call.state, &found.device, call.state.now()).await?;
        let can = if config.includes_fields() { vehicle.can_include_fields() } else { vehicle.can_stream() };
        match can {
            Err(CannotStream::Hardware) => skipped.unsupported_hardware.push(vin),
            Err(CannotStream::Firmware) => skipped.unsupported_firmware.push(vin),
            Ok(()) if keys::is_paired(call, &vin, key.as_deref()).await? => able.push(vin),
            Ok(()) => skipped.missing_key.push(vin),
        }
    }
    Ok(able)
}

async fn get(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::vehicle(call).await?;
    let (store, vin, now) = (&call.state.store, found.device.key.as_str(), call.state.now());
    let stored = store.telemetry_config(vin, &call.principal().client_id).await?;
    let vehicle = devices::looked_at(&call.state, &found.device, now).await?;
    // A vehicle drops a configuration that lapses by itself, so that there is nothing to wait for.
    let synced = stored
        .as_ref()
        .is_none_or(|stored| vehicle.knows_of(stored.changed_at) || stored.document.is_some() && stored.ends_at <= now);
    let document = stored.filter(|stored| stored.ends_at > now).and_then(|stored| stored.document);
    let key = keys::registered(call).await?;
    Answer::one(&ConfigState {
        synced,
        config: document.map(|document| serde_json::from_str(&document)).transpose()?,
        update_available: !synced,
        limit_reached: store.count_telemetry_configs(vin, now).await? >= MOST_CONFIGS,
        key_paired: keys::is_paired(call, vin, key.as_deref()).await?,
    })
}

/// An application takes its own configuration back from any vehicle with a partner token, whose ever the vehicle is.
async fn delete(call: &Call) -> Result<Answer, Refusal> {
    let (store, client_id, now) = (&call.state.store, &call.principal().client_id, call.state.now());
    if call.principal().token_type == TokenType::Partner
        && let Some(device) = devices::any_vehicle(call, call.path("vehicle_tag")).await?
        && store.remove_telemetry_config(&device.key, client_id, now).await?
    {
        return Answer::one(&ConfigRemoved { updated_vehicles: 1 });
    }
    let found = devices::vehicle(call).await?;
    let removed = store.remove_telemetry_config(&found.device.key, client_id, now).await?;
    Answer::one(&ConfigRemoved { updated_vehicles: removed.into() })
}

async fn errors(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::vehicle(call).await?;
    Answer::one(&errors_of(call, Some(&found.device.key)).await?)
}

/// Why vehicles, or one of them, could not stream to the calling application.
pub(super) async fn errors_of(call: &Call, vin: Option<&str>) -> Result<TelemetryErrors, Refusal> {
    let stored = call.state.store.telemetry_errors(&call.principal().client_id, vin, call.state.now()).await?;
    let error = |StoredTelemetryError { client_id, vin, error, .. }| TelemetryError { name: client_id, error, vin };
    Ok(TelemetryErrors { fleet_telemetry_errors: stored.into_iter().map(error).collect() })
}

fn may_see_places(call: &Call) -> bool {
    match call.state.config.location_scope {
        LocationScope::Included => true,
        LocationScope::Separate => call.permit().has(&TELEMETRY_LOCATION.scope),
    }
}

/// Whether a text holds certificates in PEM, and nothing that is none.
fn is_chain(pem: &str) -> bool {
    let mut roots = RootCertStore::empty();
    let mut added = CertificateDer::pem_slice_iter(pem.as_bytes())
        .map(|certificate| certificate.is_ok_and(|certificate| roots.add(certificate).is_ok()))
        .peekable();
    added.peek().is_some() && added.all(|added| added)
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::UnknownField(_) => FleetError::envelope(400, error.to_string()),
            ConfigError::Missing(_) | ConfigError::Invalid(_) => FleetError::invalid_field(error.to_string()),
        }
        .into()
    }
}
