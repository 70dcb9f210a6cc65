//! A world as a seed file, from which it can be planted elsewhere just as it is.

use std::collections::HashMap;

use fleetgate_protocol::jws::Algorithm;
use fleetgate_protocol::user::Order;
use fleetgate_protocol::{ApplicationKind, GrantType, Region, ScopeSet};
use fleetgate_simulator::Model;
use fleetgate_store::{Account, AccountKind, Application, DeviceKind};
use serde::Serialize;

use super::describe::{DescribeError, all_accounts, in_order, opened, paired_applications};
use super::kept::{self, Kept};
use super::plant::Memory;
use super::rows::{PRIVATE_KEY, SECRET};
use crate::config::OwnScope;
use crate::fleet_api::devices::Role;
use crate::keys::{KeyError, signing};
use crate::state::State;

/// Why a world cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It cannot be described.
    #[error(transparent)]
    Describe(#[from] DescribeError),
    /// A key cannot be opened.
    #[error("A signing key cannot be opened.")]
    Key(#[from] KeyError),
    /// It cannot be written as TOML.
    #[error("The world cannot be written as TOML.")]
    Toml(#[from] toml::ser::Error),
}

impl From<fleetgate_store::Error> for ExportError {
    fn from(error: fleetgate_store::Error) -> Self {
        Self::Describe(error.into())
    }
}

impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> Self {
        Self::Describe(error.into())
    }
}

/// A seed file. The keys are those of [`super::file`].
#[derive(Serialize)]
struct Exported {
    name: String,
    clock: String,
    clock_rate: f64,
    scopes: Vec<OwnScope>,
    accounts: Vec<ExportedAccount>,
    applications: Vec<ExportedApplication>,
    vehicles: Vec<ExportedVehicle>,
    energy_sites: Vec<ExportedSite>,
    charging_sessions: Vec<ExportedSession>,
    consents: Vec<ExportedConsent>,
    kept: Vec<Kept>,
    signing_keys: Vec<ExportedKey>,
}

#[derive(Serialize)]
struct ExportedAccount {
    email: String,
    full_name: String,
    password: Option<String>,
    id: String,
    kind: &'static str,
    region: Region,
    ou_code: Option<Region>,
    locale: String,
    profile_image_url: String,
    vault_uuid: String,
    orders: Vec<ExportedOrder>,
}

#[derive(Serialize)]
struct ExportedOrder {
    model: Model,
    reference_number: String,
    vehicle_map_id: i64,
    vin: Option<String>,
    status: String,
    substatus: String,
    country_code: String,
    options: String,
}

#[derive(Serialize)]
struct ExportedApplication {
    name: String,
    description: String,
    kind: ApplicationKind,
    grant_types: Vec<GrantType>,
    client_id: String,
    client_secret: Option<String>,
    redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
    allowed_origins: Vec<String>,
    domain: Option<String>,
    private_key_pem: Option<String>,
    scopes: ScopeSet,
    registered_regions: Vec<Region>,
    business: Option<String>,
}

#[derive(Serialize)]
struct ExportedVehicle {
    vin: String,
    id: i64,
    owner: String,
    drivers: Vec<ExportedDriver>,
    paired_applications: Vec<String>,
    region: Region,
    document: String,
}

#[derive(Serialize)]
struct ExportedDriver {
    account: String,
    hide_private: bool,
}

#[derive(Serialize)]
struct ExportedSite {
    energy_site_id: i64,
    owner: String,
    region: Region,
    document: String,
}

#[derive(Serialize)]
struct ExportedSession {
    owner: String,
    document: String,
}

#[derive(Serialize)]
struct ExportedConsent {
    account: String,
    application: String,
    scopes: ScopeSet,
    granted_ago: f64,
}

#[derive(Serialize)]
struct ExportedKey {
    algorithm: Algorithm,
    region: Option<Region>,
    private_key_pem: String,
}

/// Writes the world of a sandbox as a seed file, as it is now. It holds secrets. What is not of the world is left out:
/// sessions, codes, grants and their tokens, the request log.
///
/// # Errors
/// [`ExportError`].
pub async fn export(state: &State) -> Result<String, ExportError> {
    let clock = state.sandbox_clock.as_ref().map(|clock| clock.reading());
    let now = clock.as_ref().map_or_else(|| state.now(), |reading| reading.now_unix_us);
    let memory = Memory::read(&state.store, &state.master).await?;
    let accounts = all_accounts(&state.store, &memory).await?;
    let emails: HashMap<&str, &str> =
        accounts.iter().map(|account| (account.id.as_str(), account.email.as_str())).collect();
    let email = |id: &str| emails.get(id).copied().unwrap_or_default().to_owned();
    let exported = Exported {
        name: memory.name.clone(),
        clock: jiff::Timestamp::from_microsecond(now).unwrap_or_default().to_string(),
        clock_rate: clock.map_or(1.0, |reading| reading.rate),
        scopes: state.config.own_scopes.clone(),
        applications: applications(state, &email).await?,
        vehicles: vehicles(state, &memory, &email).await?,
        energy_sites: energy_sites(state, &memory, &email).await?,
        charging_sessions: sessions(state, &accounts).await?,
        consents: consents(state, &accounts, now).await?,
        kept: kept::all(state).await?,
        signing_keys: signing_keys(state).await?,
        accounts: exported_accounts(state, accounts.clone(), &memory).await?,
    };
    let head = "# A world as `fleetgate world export` wrote it. Its passwords and keys stand here in clear.\n\n";
    Ok(head.to_owned() + &toml::to_string_pretty(&exported)?)
}

async fn exported_accounts(
    state: &State,
    accounts: Vec<Account>,
    memory: &Memory,
) -> Result<Vec<ExportedAccount>, ExportError> {
    let passwords: HashMap<&str, &str> = memory.accounts.iter().map(|(id, password)| (&**id, &**password)).collect();
    let mut exported = Vec::new();
    for account in accounts {
        let mut orders = Vec::new();
        for document in state.store.orders_of(&account.id).await? {
            orders.push(order(serde_json::from_str(&document)?));
        }
        exported.push(ExportedAccount {
            password: passwords.get(account.id.as_str()).map(|password| (*password).to_owned()),
            ou_code: state.directory.wrong_ou_code(&account.id),
            email: account.email,
            full_name: account.full_name,
            id: account.id,
            kind: match account.kind {
                AccountKind::Person => "person",
                AccountKind::Business => "business",
            },
            region: account.region,
            locale: account.locale,
            profile_image_url: account.profile_image_url,
            vault_uuid: account.vault_uuid,
            orders,
        });
    }
    Ok(exported)
}

fn order(order: Order) -> ExportedOrder {
    ExportedOrder {
        model: match order.model_code.as_str() {
            "ms" => Model::ModelS,
            "mx" => Model::ModelX,
            "my" => Model::ModelY,
            "ct" => Model::Cybertruck,
            _ => Model::Model3,
        },
        reference_number: order.reference_number,
        vehicle_map_id: order.vehicle_map_id,
        vin: order.vin,
        status: order.order_status,
        substatus: order.order_substatus,
        country_code: order.country_code,
        options: order.mkt_options,
    }
}

async fn applications(state: &State, email: &impl Fn(&str) -> String) -> Result<Vec<ExportedApplication>, ExportError> {
    let registrations = state.store.registrations().await?;
    let exported = |application: Application| {
        let registered = registrations.iter().filter(|known| known.client_id == application.client_id);
        let opened = |what, sealed: &Option<Vec<u8>>| opened(&application, what, sealed.as_deref(), &state.master);
        ExportedApplication {
            client_secret: opened(SECRET, &application.sealed_secret),
            private_key_pem: opened(PRIVATE_KEY, &application.sealed_private_key),
            registered_regions: registered.map(|known| known.region).collect(),
            business: application.business_account_id.as_deref().map(email),
            name: application.name.clone(),
            description: application.description.clone(),
            kind: application.kind,
            grant_types: application.grant_types.clone(),
            client_id: application.client_id.clone(),
            redirect_uris: application.redirect_uris.clone(),
            post_logout_redirect_uris: application.post_logout_redirect_uris.clone(),
            allowed_origins: application.allowed_origins.clone(),
            domain: application.domain.clone(),
            scopes: application.scopes.clone(),
        }
    };
    Ok(state.store.applications().await?.into_iter().map(exported).collect())
}

async fn vehicles(
    state: &State,
    memory: &Memory,
    email: &impl Fn(&str) -> String,
) -> Result<Vec<ExportedVehicle>, ExportError> {
    let mut drivers: HashMap<String, Vec<ExportedDriver>> = HashMap::new();
    for (vin, account_id, role) in state.store.shares(DeviceKind::Vehicle).await? {
        let hide_private = role == Role::DriverWithoutPlaces.as_str();
        drivers.entry(vin).or_default().push(ExportedDriver { account: email(&account_id), hide_private });
    }
    let mut paired = paired_applications(&state.store).await?;
    let devices = state.store.all_devices(DeviceKind::Vehicle).await?;
    let devices = in_order(devices, &memory.vehicles, |device| device.key.clone());
    let exported = devices.into_iter().map(|device| ExportedVehicle {
        drivers: drivers.remove(&device.key).unwrap_or_default(),
        paired_applications: paired.remove(&device.key).unwrap_or_default(),
        owner: email(&device.owner_account_id),
        vin: device.key,
        id: device.number,
        region: device.region,
        document: device.document,
    });
    Ok(exported.collect())
}

async fn energy_sites(
    state: &State,
    memory: &Memory,
    email: &impl Fn(&str) -> String,
) -> Result<Vec<ExportedSite>, ExportError> {
    let devices = state.store.all_devices(DeviceKind::EnergySite).await?;
    let exported =
        in_order(devices, &memory.energy_sites, |device| device.number).into_iter().map(|device| ExportedSite {
            energy_site_id: device.number,
            owner: email(&device.owner_account_id),
            region: device.region,
            document: device.document,
        });
    Ok(exported.collect())
}

/// Every charging session, the oldest of each account first.
async fn sessions(state: &State, accounts: &[Account]) -> Result<Vec<ExportedSession>, ExportError> {
    let mut exported = Vec::new();
    for account in accounts {
        let (sessions, _) =
            state.store.charging_sessions(&account.id, None, None, None, None, false, 0, i64::MAX).await?;
        exported.extend(
            sessions
                .into_iter()
                .map(|session| ExportedSession { owner: account.email.clone(), document: session.document }),
        );
    }
    Ok(exported)
}

async fn consents(state: &State, accounts: &[Account], now: i64) -> Result<Vec<ExportedConsent>, ExportError> {
    let mut exported = Vec::new();
    for account in accounts {
        for consent in state.store.consents_of(&account.id).await? {
            let Some(application) = state.directory.application(&consent.client_id) else { continue };
            exported.push(ExportedConsent {
                account: account.email.clone(),
                application: application.name.clone(),
                scopes: consent.scopes,
                granted_ago: (now - consent.granted_at).max(0) as f64 / 1_000_000.0,
            });
        }
    }
    Ok(exported)
}

/// The keys that sign, of each authorization server the one in use first; what is retired signs nothing any more.
async fn signing_keys(state: &State) -> Result<Vec<ExportedKey>, ExportError> {
    let mut exported = Vec::new();
    let own_issuers = state.config.regions.iter().filter(|region| region.own_issuer).map(|region| Some(region.region));
    for realm in std::iter::once(None).chain(own_issuers) {
        let stored = state.store.keys(&signing(realm)).await?;
        for stored in stored.into_iter().rev().filter(|key| key.retired_at.is_none()) {
            let pkcs8 = state.master.open(&stored.kid, &stored.sealed_private).map_err(KeyError::Master)?;
            exported.push(ExportedKey {
                algorithm: stored.algorithm.parse().map_err(|_| KeyError::Unknown)?,
                region: realm,
                private_key_pem: pem(&pkcs8),
            });
        }
    }
    Ok(exported)
}

/// RFC 7468, section 10.
fn pem(pkcs8: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(pkcs8);
    let mut lines = String::from("-----BEGIN PRIVATE KEY-----\n");
    for (index, letter) in text.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            lines.push('\n');
        }
        lines.push(letter);
    }
    lines + "\n-----END PRIVATE KEY-----\n"
}
