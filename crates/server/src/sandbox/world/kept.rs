//! What a world keeps beside people, applications and devices: an export writes it down, and a seed file brings it back.

#[cfg(test)]
mod tests;

use fleetgate_protocol::telemetry::TelemetryConfig;
use fleetgate_protocol::user::UserKey;
use fleetgate_protocol::vehicle_management::EnterpriseRole;
use fleetgate_store::{
    AccountDocument, Contents, DocumentKind, MasterKey, StoredInvitation, StoredTelemetryConfig, StoredTelemetryError,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::entropy::hash;
use crate::fleet_api::sharing;
use crate::fleet_api::subscription::Notices;
use crate::state::State;

/// A table `[[kept]]`. Times are microseconds since the epoch.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Kept {
    /// An invitation to drive a vehicle.
    Invitation {
        vin: String,
        id: i64,
        code: String,
        created_at: i64,
        expires_at: i64,
        revoked_at: Option<i64>,
        redeemed_at: Option<i64>,
        /// Account id.
        redeemed_by: Option<String>,
    },
    /// What an application has a vehicle stream; no document when it was removed.
    TelemetryConfig { vin: String, client_id: String, document: Option<String>, ends_at: i64, changed_at: i64 },
    /// Why a vehicle could not.
    TelemetryError { vin: String, client_id: String, occurred_at: i64, error: String },
    /// Who pays for a vehicle instead of its owner.
    Payer { vin: String, document: String },
    /// A public key of a person.
    PublicKey { account_id: String, key: String, document: String, updated_at: i64 },
    /// The devices of which a person's phone gets notices.
    Subscription { account_id: String, key: String, document: String, updated_at: i64 },
}

impl std::fmt::Debug for Kept {
    /// Codes of invitations are secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

/// What something kept refers to, as far as it does.
pub(super) struct References<'a> {
    pub(super) vin: Option<&'a str>,
    pub(super) client_id: Option<&'a str>,
    pub(super) account_id: Option<&'a str>,
}

impl Kept {
    /// To what of the world it belongs.
    pub(super) fn references(&self) -> References<'_> {
        let (vin, client_id, account_id) = match self {
            Self::Invitation { vin, redeemed_by, .. } => (Some(vin), None, redeemed_by.as_ref()),
            Self::TelemetryConfig { vin, client_id, .. } | Self::TelemetryError { vin, client_id, .. } => {
                (Some(vin), Some(client_id), None)
            }
            Self::Payer { vin, .. } => (Some(vin), None, None),
            Self::PublicKey { account_id, .. } | Self::Subscription { account_id, .. } => {
                (None, None, Some(account_id))
            }
        };
        References {
            vin: vin.map(String::as_str),
            client_id: client_id.map(String::as_str),
            account_id: account_id.map(String::as_str),
        }
    }

    /// Reads the document as whoever asks for it will.
    pub(super) fn check_document(&self) -> serde_json::Result<()> {
        match self {
            Self::Invitation { .. } | Self::TelemetryError { .. } | Self::TelemetryConfig { document: None, .. } => {
                Ok(())
            }
            Self::TelemetryConfig { document: Some(text), .. } => is::<TelemetryConfig>(text),
            Self::Payer { document, .. } => is::<EnterpriseRole>(document),
            Self::PublicKey { document, .. } => is::<UserKey>(document),
            Self::Subscription { document, .. } => is::<Notices>(document),
        }
    }

    /// What no other may share with it.
    pub(super) fn identities(&self) -> Vec<String> {
        match self {
            Self::Invitation { id, code, .. } => vec![format!("invitation {id}"), format!("code {code}")],
            Self::TelemetryConfig { vin, client_id, .. } => vec![format!("configuration {vin} {client_id}")],
            Self::TelemetryError { vin, client_id, occurred_at, .. } => {
                vec![format!("error {vin} {client_id} {occurred_at}")]
            }
            Self::Payer { vin, .. } => vec![format!("payer {vin}")],
            Self::PublicKey { account_id, key, .. } => vec![format!("key {account_id} {key}")],
            Self::Subscription { account_id, key, .. } => vec![format!("subscription {account_id} {key}")],
        }
    }

    /// Puts it among what a database begins with.
    pub(super) fn plant(self, master: &MasterKey, contents: &mut Contents) {
        let document = |kind, account_id, key, document, updated_at| AccountDocument {
            account_id,
            kind,
            key,
            document,
            updated_at,
        };
        match self {
            Self::Invitation { vin, id, code, created_at, expires_at, revoked_at, redeemed_at, redeemed_by } => {
                contents.invitations.push(StoredInvitation {
                    id,
                    vin,
                    code_hash: hash(&code),
                    sealed_code: sharing::sealed(master, &code),
                    created_at,
                    expires_at,
                    revoked_at,
                    redeemed_at,
                    redeemed_by,
                });
            }
            Self::TelemetryConfig { vin, client_id, document, ends_at, changed_at } => {
                let config = StoredTelemetryConfig { document, ends_at, changed_at };
                contents.telemetry_configs.push((vin, client_id, config));
            }
            Self::TelemetryError { vin, client_id, occurred_at, error } => {
                contents.telemetry_errors.push(StoredTelemetryError { client_id, vin, occurred_at, error });
            }
            Self::Payer { vin, document } => contents.payers.push((vin, document)),
            Self::PublicKey { account_id, key, document: text, updated_at } => {
                contents.account_documents.push(document(DocumentKind::PublicKey, account_id, key, text, updated_at));
            }
            Self::Subscription { account_id, key, document: text, updated_at } => {
                contents.account_documents.push(document(
                    DocumentKind::Subscription,
                    account_id,
                    key,
                    text,
                    updated_at,
                ));
            }
        }
    }
}

fn is<T: DeserializeOwned>(document: &str) -> serde_json::Result<()> {
    serde_json::from_str::<T>(document).map(drop)
}

/// Everything that a sandbox keeps. An invitation whose code cannot be opened is left out: nobody could accept it.
pub(super) async fn all(state: &State) -> Result<Vec<Kept>, fleetgate_store::Error> {
    let store = &state.store;
    let invitations = store.all_invitations().await?.into_iter().filter_map(|invitation| {
        let code = sharing::opened(&state.master, &invitation)?;
        let StoredInvitation { id, vin, created_at, expires_at, revoked_at, redeemed_at, redeemed_by, .. } = invitation;
        Some(Kept::Invitation { vin, id, code, created_at, expires_at, revoked_at, redeemed_at, redeemed_by })
    });
    let configs = store.all_telemetry_configs().await?.into_iter().map(|(vin, client_id, config)| {
        let StoredTelemetryConfig { document, ends_at, changed_at } = config;
        Kept::TelemetryConfig { vin, client_id, document, ends_at, changed_at }
    });
    let errors = store.all_telemetry_errors().await?.into_iter().map(|error| {
        let StoredTelemetryError { client_id, vin, occurred_at, error } = error;
        Kept::TelemetryError { vin, client_id, occurred_at, error }
    });
    let payers = store.payers().await?.into_iter().map(|(vin, document)| Kept::Payer { vin, document });
    let documents = store.all_account_documents().await?.into_iter().map(|kept| {
        let AccountDocument { account_id, kind, key, document, updated_at } = kept;
        match kind {
            DocumentKind::PublicKey => Kept::PublicKey { account_id, key, document, updated_at },
            DocumentKind::Subscription => Kept::Subscription { account_id, key, document, updated_at },
        }
    });
    Ok(invitations.chain(configs).chain(errors).chain(payers).chain(documents).collect())
}
