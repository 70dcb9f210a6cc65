//! Push subscriptions: for which devices a phone gets notices.

use std::collections::BTreeSet;

use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::SubscriptionOperation;
use fleetgate_protocol::parameters::whole_number;
use fleetgate_protocol::subscription::Subscriptions;
use fleetgate_simulator::{EnergySite, Vehicle};
use fleetgate_store::DocumentKind;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Refusal};
use super::call::{Call, invalid};
use super::devices;
use super::simulated::Simulated;

const DEVICE_TYPES: [&str; 5] = ["android", "ios-development", "ios-enterprise", "ios-beta", "ios-production"];
/// How many phones a person has at most, and how long a token of one is.
const MOST_PHONES: i64 = 20;
const LONGEST_TOKEN: usize = 512;

/// The devices of which a phone gets notices, as they are kept.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Notices {
    vehicles: BTreeSet<i64>,
    energy_sites: BTreeSet<i64>,
}

/// The devices that the person has now, by number.
struct Owned {
    vehicles: BTreeSet<i64>,
    energy_sites: BTreeSet<i64>,
}

pub(super) async fn answer(operation: SubscriptionOperation, call: Call) -> Result<Answer, Refusal> {
    let phone = phone(&call)?;
    let owned = Owned { vehicles: owned::<Vehicle>(&call).await?, energy_sites: owned::<EnergySite>(&call).await? };
    let mut kept = kept(&call, &phone).await?;
    match operation {
        SubscriptionOperation::All => all(&kept, &owned),
        SubscriptionOperation::SetAll => {
            let ids = ids(&call)?;
            let (vehicles, others): (BTreeSet<i64>, BTreeSet<i64>) =
                ids.into_iter().partition(|id| owned.vehicles.contains(id));
            kept = Notices { vehicles, energy_sites: of(others, &owned.energy_sites)? };
            keep(&call, &phone, &kept).await?;
            all(&kept, &owned)
        }
        SubscriptionOperation::Vehicles => vehicles(&kept, &owned),
        SubscriptionOperation::SetVehicles => {
            kept.vehicles = of(ids(&call)?, &owned.vehicles)?;
            keep(&call, &phone, &kept).await?;
            vehicles(&kept, &owned)
        }
    }
}

/// What names the phone; the application itself when no phone is named.
fn phone(call: &Call) -> Result<String, FleetError> {
    let kind = call.query("device_type").unwrap_or_default();
    if !kind.is_empty() && !DEVICE_TYPES.contains(&kind) {
        return Err(invalid("device_type"));
    }
    match call.query("device_token") {
        None => Ok(format!("application/{}", call.principal().client_id)),
        Some(token) if token.len() <= LONGEST_TOKEN => Ok(format!("{kind}/{token}")),
        Some(_) => Err(invalid("device_token")),
    }
}

async fn owned<D: Simulated>(call: &Call) -> Result<BTreeSet<i64>, Refusal> {
    Ok(devices::all::<D>(call).await?.into_iter().map(|found| found.device.number).collect())
}

async fn kept(call: &Call, phone: &str) -> Result<Notices, Refusal> {
    let account = &call.principal().subject;
    let document = call.state.store.account_document(account, DocumentKind::Subscription, phone).await?;
    Ok(document.map(|document| serde_json::from_str(&document)).transpose()?.unwrap_or_default())
}

async fn keep(call: &Call, phone: &str, kept: &Notices) -> Result<(), Refusal> {
    let (document, now) = (serde_json::to_string(kept)?, call.state.now());
    let (store, account) = (&call.state.store, &call.principal().subject);
    let kind = DocumentKind::Subscription;
    match store.set_account_document(account, kind, phone, document, MOST_PHONES, now).await? {
        true => Ok(()),
        false => Err(Refusal::because(
            invalid("device_token"),
            "The person has 20 phones, which is as many as there can be.",
        )),
    }
}

/// The numbers that the body names; none unless told.
fn ids(call: &Call) -> Result<BTreeSet<i64>, FleetError> {
    const NAME: &str = "ids";
    let Some(given) = call.body.get(NAME).filter(|value| !value.is_null()) else { return Ok(BTreeSet::new()) };
    let items = given.as_array().ok_or_else(|| invalid(NAME))?;
    items.iter().map(|item| whole_number(item).ok_or_else(|| invalid(NAME))).collect()
}

/// The same numbers, if each is of a device of the person.
fn of(ids: BTreeSet<i64>, owned: &BTreeSet<i64>) -> Result<BTreeSet<i64>, Refusal> {
    if ids.is_subset(owned) {
        return Ok(ids);
    }
    let reason = "One of the `ids` is of no device of the token's account.";
    Err(Refusal::not_owned(FleetError::not_found(), reason))
}

/// Devices that the person has no more are not told.
fn all(kept: &Notices, owned: &Owned) -> Result<Answer, Refusal> {
    let of = |kept: &BTreeSet<i64>, owned: &BTreeSet<i64>| kept.intersection(owned).copied().collect::<Vec<_>>();
    Answer::bare(&Subscriptions {
        vehicle: of(&kept.vehicles, &owned.vehicles).into(),
        energy_site: of(&kept.energy_sites, &owned.energy_sites).into(),
    })
}

fn vehicles(kept: &Notices, owned: &Owned) -> Result<Answer, Refusal> {
    Answer::list(&kept.vehicles.intersection(&owned.vehicles).copied().collect::<Vec<_>>())
}
