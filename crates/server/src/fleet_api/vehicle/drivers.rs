//! Who may drive a vehicle beside its owner.

use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::parameters::whole_number;
use fleetgate_protocol::user::UserKey;
use fleetgate_protocol::vehicle::Driver;
use fleetgate_protocol::vehicle_data::GranularAccess;
use fleetgate_store::{Account, DocumentKind};

use crate::entropy::account_number;
use crate::fleet_api::answer::{Answer, Refusal};
use crate::fleet_api::call::{Call, invalid};
use crate::fleet_api::devices::{self, Role};

/// For the owner.
pub(super) async fn list(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::vehicle(call).await?;
    found.for_the_owner()?;
    let mut drivers = Vec::new();
    for (account_id, role) in call.state.store.drivers(&found.device.key).await? {
        if let Some(account) = call.state.store.account(&account_id).await? {
            drivers.push(driver(call, account, Role::named(&role)).await?);
        }
    }
    Answer::list(&drivers)
}

async fn driver(call: &Call, account: Account, role: Role) -> Result<Driver, Refusal> {
    let number = account_number(&account.id);
    let keys = call.state.store.account_documents(&account.id, DocumentKind::PublicKey).await?;
    let keys: Vec<UserKey> = keys.iter().map(|key| serde_json::from_str(key)).collect::<Result<_, _>>()?;
    let active_pubkeys: Vec<String> = keys.into_iter().map(|key| key.public_key).collect();
    let (first, last) = account.full_name.split_once(' ').unwrap_or((&account.full_name, ""));
    Ok(Driver {
        my_tesla_unique_id: number,
        user_id: number,
        user_id_s: number.to_string(),
        vault_uuid: account.vault_uuid.clone(),
        driver_first_name: first.to_owned(),
        driver_last_name: last.to_owned(),
        granular_access: GranularAccess { hide_private: role.hides_places() },
        public_key: active_pubkeys.first().cloned().unwrap_or_default(),
        active_pubkeys,
    })
}

/// Any driver for the owner; only oneself for a driver.
pub(super) async fn remove(call: &Call) -> Result<Answer, Refusal> {
    let wanted = share_user_id(call)?;
    let found = devices::vehicle(call).await?;
    let store = &call.state.store;
    let own = devices::account(call).unwrap_or_default();
    let wanted = wanted.unwrap_or_else(|| account_number(&own));
    if wanted != account_number(&own) {
        found.for_the_owner()?;
    }
    let drivers = store.drivers(&found.device.key).await?;
    let driver = drivers.into_iter().map(|(id, _)| id).find(|id| account_number(id) == wanted);
    let removed = match driver {
        Some(driver) => store.remove_driver(&found.device.key, &driver).await?,
        None => false,
    };
    match removed {
        true => Answer::one(&"ok"),
        false => Err(Refusal::because(FleetError::not_found(), "Nobody of this `share_user_id` drives the vehicle.")),
    }
}

/// The driver's number, in the query or in the body: clients send it in either.
fn share_user_id(call: &Call) -> Result<Option<i64>, FleetError> {
    const NAME: &str = "share_user_id";
    if let Some(number) = call.query_integer(NAME, 0..=i64::MAX)? {
        return Ok(Some(number));
    }
    let given = call.body.get(NAME).filter(|value| !value.is_null());
    given.map(|value| whole_number(value).ok_or_else(|| invalid(NAME))).transpose()
}
