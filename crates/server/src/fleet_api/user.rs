//! The person for whom the token was issued.

use fleetgate_gate::{Registry as _, Rejection};
use fleetgate_protocol::operations::UserOperation;
use fleetgate_protocol::user::{FeatureConfig, Me, Order, Signaling, UserRegion};

use super::answer::{Answer, Refusal};
use super::call::Call;

pub(super) async fn answer(operation: UserOperation, call: Call) -> Result<Answer, Refusal> {
    match operation {
        UserOperation::Me => me(&call).await,
        UserOperation::Region => region(&call),
        UserOperation::FeatureConfig => feature_config(),
        UserOperation::Orders => orders(&call).await,
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
