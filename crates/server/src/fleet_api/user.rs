//! The person for whom the token was issued.

use fleetgate_gate::{Registry as _, Rejection};
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::UserOperation;
use fleetgate_protocol::user::{BackupKey, FeatureConfig, Me, Order, Signaling, UserKey, UserRegion};
use fleetgate_store::DocumentKind;

use super::answer::{Answer, Refusal};
use super::call::{Call, invalid};
use super::partner::public_key::is_point;

/// How many keys a person tells of at most, and how long the texts about one are.
const MOST_KEYS: i64 = 20;
const LONGEST_TEXT: usize = 256;
/// The kind of a key that is told by `backup_key`.
const BACKUP: &str = "backup";

pub(super) async fn answer(operation: UserOperation, call: Call) -> Result<Answer, Refusal> {
    match operation {
        UserOperation::Me => me(&call).await,
        UserOperation::Region => region(&call),
        UserOperation::FeatureConfig => feature_config(),
        UserOperation::Orders => orders(&call).await,
        UserOperation::BackupKey => backup_key(&call).await,
        UserOperation::Keys => keys(&call).await,
    }
}

async fn me(call: &Call) -> Result<Answer, Refusal> {
    let account = call.state.store.account(&call.principal().subject).await?.ok_or(Rejection::UnknownUser)?;
    Answer::one(&Me {
        email: account.email,
        full_name: account.full_name,
        profile_image_url: account.profile_image_url,
        vault_uuid: account.vault_uuid,
    })
}

/// The token says it all, unless it names the wrong region, so nothing is read from the store.
fn region(call: &Call) -> Result<Answer, Refusal> {
    let principal = call.principal();
    let home = call.state.directory.home_region(&principal.subject).or(principal.region);
    let region = home.ok_or(Rejection::UnknownUser)?;
    Answer::one(&UserRegion { region, fleet_api_base_url: call.serving.region_urls.get(region).to_owned() })
}

fn feature_config() -> Result<Answer, Refusal> {
    Answer::one(&FeatureConfig {
        signaling: Signaling { enabled: true, subscribe_connectivity: false, use_auth_token: false },
    })
}

async fn orders(call: &Call) -> Result<Answer, Refusal> {
    let documents = call.state.store.orders_of(&call.principal().subject).await?;
    let orders: Vec<Order> =
        documents.iter().map(|document| serde_json::from_str(document)).collect::<Result<_, _>>()?;
    Answer::list(&orders)
}

async fn backup_key(call: &Call) -> Result<Answer, Refusal> {
    let keys = call.state.store.account_documents(&call.principal().subject, DocumentKind::PublicKey).await?;
    let keys: Vec<UserKey> = keys.iter().map(|key| serde_json::from_str(key)).collect::<Result<_, _>>()?;
    Answer::one(&BackupKey { backup_key: keys.into_iter().find(|key| key.kind == BACKUP).map(|key| key.public_key) })
}

/// What a person tells of a public key. It opens no vehicle.
async fn keys(call: &Call) -> Result<Answer, Refusal> {
    let text = |name| {
        let text = call.text(name)?;
        if text.is_empty() || text.len() > LONGEST_TEXT { Err(invalid(name)) } else { Ok(text.to_owned()) }
    };
    let public_key = text("public_key")?.to_ascii_lowercase();
    if !is_point(&public_key) {
        return Err(invalid("public_key").into());
    }
    let tag = call.optional_text("tag")?.map(str::to_owned);
    if tag.as_ref().is_some_and(|tag| tag.len() > LONGEST_TEXT) {
        return Err(invalid("tag").into());
    }
    let key = UserKey { kind: text("kind")?, model: text("model")?, name: text("name")?, tag, public_key };
    let (document, now) = (serde_json::to_string(&key)?, call.state.now());
    let (store, account) = (&call.state.store, &call.principal().subject);
    let kept = store.set_account_document(account, DocumentKind::PublicKey, &key.public_key, document, MOST_KEYS, now);
    match kept.await? {
        true => Answer::one(&true),
        false => {
            let reason = "The person has told of 20 keys, which is as many as there can be.";
            Err(Refusal::because(FleetError::unprocessable("invalid_resource"), reason))
        }
    }
}
