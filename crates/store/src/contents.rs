//! Everything that a database begins with, written at once.

use crate::Store;
use crate::account_documents::{self, AccountDocument};
use crate::accounts::{self, Account};
use crate::applications::{self, Application};
use crate::authorizations::{self, Consent};
use crate::charging::{self, StoredChargingSession};
use crate::devices::{self, Device, DeviceKind};
use crate::error::{Error, Result};
use crate::invitations::{self, StoredInvitation};
use crate::keys::{self, StoredKey};
use crate::registrations::{self, RegisterOutcome, Registration};
use crate::settings;
use crate::telemetry::{self, PairedKey, StoredTelemetryConfig, StoredTelemetryError};
use crate::tx::Tx;
use crate::value::{params, statements};

/// What a database begins with. Everything may refer to what stands above it here.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// People and businesses.
    pub accounts: Vec<Account>,
    /// Vehicles on order: the account, the key of the order, and the order in JSON.
    pub orders: Vec<(String, String, String)>,
    /// Applications.
    pub applications: Vec<Application>,
    /// Where applications are registered.
    pub registrations: Vec<Registration>,
    /// Vehicles and energy sites.
    pub devices: Vec<Device>,
    /// Who else uses a device: its kind and key, the account, and the role.
    pub shares: Vec<(DeviceKind, String, String, String)>,
    /// Keys of applications in vehicles.
    pub paired_keys: Vec<PairedKey>,
    /// What applications have vehicles stream: the VIN, the client id and the configuration.
    pub telemetry_configs: Vec<(String, String, StoredTelemetryConfig)>,
    /// Why vehicles could not.
    pub telemetry_errors: Vec<StoredTelemetryError>,
    /// Invitations to drive vehicles.
    pub invitations: Vec<StoredInvitation>,
    /// Who pays for a vehicle instead of its owner: the VIN, and the payer in JSON.
    pub payers: Vec<(String, String)>,
    /// What people keep here.
    pub account_documents: Vec<AccountDocument>,
    /// Charging of the past.
    pub charging_sessions: Vec<StoredChargingSession>,
    /// What people allowed applications.
    pub consents: Vec<Consent>,
    /// Keys of the server.
    pub keys: Vec<StoredKey>,
    /// Settings, by name.
    pub settings: Vec<(String, String)>,
}

statements! {
    WIPE_APPLICATIONS = ["DELETE FROM applications"];
    WIPE_ACCOUNTS = ["DELETE FROM accounts"];
    WIPE_LEASES = ["DELETE FROM leases"];
    WIPE_ATTEMPTS = ["DELETE FROM sign_in_attempts"];
    WIPE_REVOCATIONS = ["DELETE FROM revocations"];
    WIPE_KEYS = ["DELETE FROM signing_keys"];
    WIPE_COSTS = ["DELETE FROM costs"];
    WIPE_SETTINGS = ["DELETE FROM settings"];
}

impl Store {
    /// Replaces everything in the database: all of it, or nothing when that fails. The schema stays, and so does the count
    /// of the directory's changes.
    ///
    /// # Errors
    /// [`Error::Conflict`] when two things have one name, or something is nobody's.
    pub async fn replace_everything(&self, contents: Contents) -> Result<()> {
        let input = (contents, self.ending("", 0));
        self.write(input, |tx, (contents, ending)| {
            Box::pin(async move {
                wipe(tx).await?;
                for account in &contents.accounts {
                    accounts::insert(tx, account).await?;
                }
                for application in &contents.applications {
                    applications::insert(tx, application, ending).await?;
                }
                insert_the_rest(tx, contents).await
            })
        })
        .await
    }
}

async fn wipe(tx: &mut Tx<'_>) -> Result<()> {
    // What belongs to an account or an application goes with it.
    for sql in [
        WIPE_APPLICATIONS,
        WIPE_ACCOUNTS,
        WIPE_LEASES,
        WIPE_ATTEMPTS,
        WIPE_REVOCATIONS,
        WIPE_KEYS,
        WIPE_COSTS,
        WIPE_SETTINGS,
    ] {
        tx.execute(sql, &[]).await?;
    }
    registrations::raise_directory_version(tx).await
}

async fn insert_the_rest(tx: &mut Tx<'_>, contents: &Contents) -> Result<()> {
    for (account_id, key, document) in &contents.orders {
        tx.execute(charging::INSERT_ORDER, &params![account_id, key, document]).await?;
    }
    for registration in &contents.registrations {
        let RegisterOutcome::Registered(_) = registrations::register(tx, registration).await? else {
            return Err(Error::Conflict { what: "registration" });
        };
    }
    for device in &contents.devices {
        devices::insert(tx, device).await?;
    }
    for (kind, key, account_id, role) in &contents.shares {
        tx.execute(devices::SHARE, &params![kind, key, account_id, role]).await?;
    }
    for PairedKey { vin, public_key, client_id, paired_at } in &contents.paired_keys {
        tx.execute(telemetry::PAIR, &params![DeviceKind::Vehicle, vin, public_key, client_id, paired_at]).await?;
    }
    for (vin, client_id, StoredTelemetryConfig { document, ends_at, changed_at }) in &contents.telemetry_configs {
        let params = params![DeviceKind::Vehicle, vin, client_id, document, ends_at, changed_at];
        tx.execute(telemetry::SET, &params).await?;
    }
    for StoredTelemetryError { client_id, vin, occurred_at, error } in &contents.telemetry_errors {
        let params = params![client_id, DeviceKind::Vehicle, vin, occurred_at, error];
        tx.execute(telemetry::ADD_ERROR, &params).await?;
    }
    for invitation in &contents.invitations {
        tx.execute(invitations::INSERT, &invitations::insertion(invitation)).await?;
    }
    for (vin, payer) in &contents.payers {
        tx.execute(account_documents::SET_PAYER, &params![DeviceKind::Vehicle, vin, payer]).await?;
    }
    for AccountDocument { account_id, kind, key, document, updated_at } in &contents.account_documents {
        tx.execute(account_documents::SET, &params![account_id, kind, key, document, updated_at]).await?;
    }
    for session in &contents.charging_sessions {
        charging::insert_session(tx, session).await?;
    }
    for Consent { account_id, client_id, scopes, granted_at, .. } in &contents.consents {
        tx.execute(authorizations::SET_CONSENT, &params![account_id, client_id, scopes, granted_at]).await?;
    }
    for key in &contents.keys {
        if !keys::insert(tx, key).await? {
            return Err(Error::Conflict { what: "key" });
        }
    }
    for (name, value) in &contents.settings {
        tx.execute(settings::UPSERT, &params![name, value]).await?;
    }
    Ok(())
}
