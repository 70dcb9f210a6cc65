//! The application's own account: its registration in a region.

pub(crate) mod domain;
pub(crate) mod public_key;

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::PartnerOperation;
use fleetgate_protocol::partner::{PartnerAccount, PublicKey};
use fleetgate_protocol::telemetry::TelemetryErrorVins;
use fleetgate_store::{Application, RegisterOutcome, Registration};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use jiff::Timestamp;

use self::domain::{Domain, DomainError};
use super::answer::{Answer, Refusal};
use super::call::Call;
use super::telemetry;
use crate::http::{Received, empty, set_header};
use crate::outbound::FetchError;
use crate::state::{Shared, State as ServerState};

/// Where a domain serves its public key.
pub(super) const PUBLIC_KEY_PATH: &str = "/.well-known/appspecific/com.tesla.3p.public-key.pem";
/// A key has some 180 characters.
const KEY_LIMIT: usize = 8 * 1024;

pub(super) async fn answer(operation: PartnerOperation, call: Call) -> Result<Answer, Refusal> {
    match operation {
        PartnerOperation::Register => register(&call).await,
        PartnerOperation::PublicKey => public_key(&call).await,
        PartnerOperation::TelemetryErrorVins => telemetry_error_vins(&call).await,
        PartnerOperation::TelemetryErrors => Answer::one(&telemetry::errors_of(&call, None).await?),
    }
}

/// Registers the application in the serving region with the key that its domain serves. Doing so again is no error, and
/// renews the key.
async fn register(call: &Call) -> Result<Answer, Refusal> {
    let client_id = &call.principal().client_id;
    let application = call.state.store.application(client_id).await?.ok_or_else(FleetError::not_found)?;
    let sandbox = call.state.is_sandbox();
    let domain = Domain::read(call.text("domain")?, sandbox)?;
    if !domain.is_of_one_of(&application.allowed_origins, sandbox) {
        return Err(FleetError::root_domain_mismatch(domain.root()).into());
    }
    let pem = download_key(&call.state, &domain).await?;
    let public_key = public_key::point(&pem).ok_or_else(unusable_key)?;
    let now = call.state.now();
    let registration = Registration {
        client_id: client_id.clone(),
        region: call.region(),
        domain: domain.as_str().to_owned(),
        public_key,
        created_at: now,
        updated_at: now,
    };
    match call.state.store.register(&registration).await? {
        RegisterOutcome::Registered(registration) => {
            call.state.directory.reload(&call.state.store).await?;
            Answer::one(&account(application, registration))
        }
        RegisterOutcome::KeyTaken => Err(taken("public_key_hash", "Public key hash").into()),
        RegisterOutcome::DomainTaken => Err(taken("domain", "Domain").into()),
    }
}

/// The key with which a domain is registered in this region; the application's own when no domain is asked for.
async fn public_key(call: &Call) -> Result<Answer, Refusal> {
    let (store, region) = (&call.state.store, call.region());
    let registration = match call.query("domain") {
        Some(domain) => store.registration_by_domain(domain, region).await?,
        None => {
            let client_id = &call.principal().client_id;
            let mut all = store.registrations().await?.into_iter();
            all.find(|known| known.client_id == *client_id && known.region == region)
        }
    };
    let Registration { public_key, .. } = registration.ok_or_else(FleetError::not_found)?;
    Answer::one(&PublicKey { public_key })
}

/// The vehicles that could not stream to the application, each once.
async fn telemetry_error_vins(call: &Call) -> Result<Answer, Refusal> {
    let errors = telemetry::errors_of(call, None).await?.fleet_telemetry_errors;
    let vins: BTreeSet<String> = errors.into_iter().map(|error| error.vin).collect();
    Answer::one(&TelemetryErrorVins { fleet_telemetry_error_vins: vins.into_iter().collect() })
}

/// The PEM text that a domain serves. The domains of the sandbox's own applications are served by this very server, so
/// it does not ask the network for them.
async fn download_key(state: &ServerState, domain: &Domain<'_>) -> Result<Vec<u8>, Refusal> {
    if let Some(pem) = own_key(state, domain.as_str()).await? {
        return Ok(pem.into_bytes());
    }
    let url = format!("https://{}{PUBLIC_KEY_PATH}", domain.as_str());
    state.outbound.fetch(&url, KEY_LIMIT).await.map_err(|error| download_failed(&url, &error))
}

/// In the sandbox, the key of the application that has this domain.
async fn own_key(state: &ServerState, domain: &str) -> Result<Option<String>, Refusal> {
    if !state.is_sandbox() {
        return Ok(None);
    }
    let mut applications = state.store.applications().await?.into_iter();
    Ok(applications.find(|known| known.domain.as_deref() == Some(domain)).and_then(|known| known.public_key_pem))
}

/// `GET` of the well-known path under the name of a domain of the sandbox.
pub(super) async fn well_known_public_key(State(state): State<Shared>, received: Received) -> Response {
    let host = received.host().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
    match own_key(&state, &name).await {
        Ok(Some(pem)) => {
            let mut response = Response::new(pem.into());
            set_header(&mut response, CONTENT_TYPE, "application/x-pem-file");
            response
        }
        Ok(None) => empty(StatusCode::NOT_FOUND),
        Err(refusal) => refusal.response(&state),
    }
}

fn account(application: Application, registration: Registration) -> PartnerAccount {
    let Application { client_id, name, description, business_account_id, .. } = application;
    PartnerAccount {
        account_id: business_account_id.unwrap_or_else(|| client_id.clone()),
        client_id,
        name,
        description,
        domain: registration.domain,
        ca: None,
        created_at: milliseconds(registration.created_at),
        updated_at: milliseconds(registration.updated_at),
        enterprise_tier: "free".to_owned(),
        issuer: None,
        csr: None,
        csr_updated_at: None,
        public_key_hash: public_key::hash(&registration.public_key),
        public_key: registration.public_key,
    }
}

/// RFC 3339, UTC, milliseconds.
pub(super) fn milliseconds(at: i64) -> String {
    Timestamp::from_microsecond(at).map(|at| at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()).unwrap_or_default()
}

fn download_failed(url: &str, error: &FetchError) -> Refusal {
    tracing::info!(url, error = error as &dyn std::error::Error, "a public key could not be downloaded");
    Refusal::because(
        FleetError::public_key_download_failed(),
        format!("The key at {url} could not be fetched: {error}."),
    )
}

/// The texts are those of the service's validation.
fn taken(field: &str, name: &str) -> FleetError {
    let problem = "has already been taken";
    FleetError::unprocessable(format!("Validation failed: {name} {problem}")).with_message(field, problem)
}

/// The text is inferred.
fn unusable_key() -> Refusal {
    let problem = "must be an EC key on prime256v1 in PEM";
    let error = FleetError::unprocessable(format!("Validation failed: Public key {problem}"));
    error.with_message("public_key", problem).into()
}

impl From<DomainError> for Refusal {
    fn from(error: DomainError) -> Self {
        FleetError::envelope(400, error.to_string()).into()
    }
}
