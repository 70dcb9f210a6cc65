//! Vehicle management: how a vehicle was built and sold, what can be bought for it, who pays.

use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::VehicleManagementOperation;
use fleetgate_protocol::vehicle_management::{EnterpriseRole, EnterpriseRoles};
use fleetgate_simulator::Vehicle;
use fleetgate_simulator::vehicle::pricing;

use super::answer::{Answer, Refusal};
use super::call::{Call, invalid, missing};
use super::devices::{self, Found};

const OWNER: &str = "OWNER";
const PAYER: &str = "PAYER";
/// How long the name of an account or a federation is.
const LONGEST_NAME: usize = 128;

pub(super) async fn answer(operation: VehicleManagementOperation, call: Call) -> Result<Answer, Refusal> {
    let now = call.state.now();
    match operation {
        VehicleManagementOperation::Options => Answer::one(&of_the_query(&call).await?.profile.options()),
        VehicleManagementOperation::EligibleSubscriptions => {
            Answer::one(&of_the_query(&call).await?.profile.eligible_subscriptions(now))
        }
        VehicleManagementOperation::EligibleUpgrades => {
            Answer::one(&of_the_query(&call).await?.profile.eligible_upgrades())
        }
        VehicleManagementOperation::WarrantyDetails => {
            let vehicle = match call.query("vin") {
                Some(_) => of_the_query(&call).await?,
                None => first(&call).await?,
            };
            Answer::one(&vehicle.warranty_details())
        }
        VehicleManagementOperation::Specs => specs(&call).await,
        VehicleManagementOperation::Pricing => price_list(&call),
        VehicleManagementOperation::EnterpriseRoles => roles(&call).await,
        VehicleManagementOperation::EnterprisePayer => set_payer(&call).await,
    }
}

/// The caller's vehicle that the query names by its VIN.
async fn of_the_query(call: &Call) -> Result<Vehicle, Refusal> {
    let vin = call.query("vin").ok_or_else(|| missing("vin"))?;
    let found = devices::vehicle_named(call, &vin_of(vin, "vin")?).await?;
    Ok(devices::looked_at(&call.state, &found.device, call.state.now()).await?)
}

fn vin_of(text: &str, name: &str) -> Result<String, FleetError> {
    let vin: fleetgate_protocol::Vin = text.to_ascii_uppercase().parse().map_err(|_| invalid(name))?;
    Ok(vin.as_str().to_owned())
}

/// The caller's vehicle with the lowest number.
async fn first(call: &Call) -> Result<Vehicle, Refusal> {
    let all = devices::all::<Vehicle>(call).await?;
    let none =
        || Refusal::not_owned(FleetError::not_found(), "The token's account has no vehicle; name one with `vin`.");
    let first = all.first().ok_or_else(none)?;
    Ok(devices::looked_at(&call.state, &first.device, call.state.now()).await?)
}

/// Of any vehicle in the region, whose ever it is.
async fn specs(call: &Call) -> Result<Answer, Refusal> {
    let tag = call.path("vehicle_tag");
    let device = devices::any_vehicle(call, tag).await?.filter(|device| devices::is_served_here(call, device));
    let unknown = || Refusal::because(FleetError::vehicle_not_found(tag), "There is no such vehicle in this region.");
    let found = Found { device: device.ok_or_else(unknown)?, role: devices::Role::DriverWithoutPlaces };
    Answer::one(&devices::looked_at(&call.state, &found.device, call.state.now()).await?.specs())
}

fn price_list(call: &Call) -> Result<Answer, Refusal> {
    let (model, market) = (call.text("model")?, call.text("market")?);
    call.optional_text("locale")?;
    let Some(prices) = pricing(model, &market.to_ascii_uppercase()) else {
        let wrong = if pricing(model, "US").is_none() { "model" } else { "market" };
        return Err(invalid(wrong).into());
    };
    Answer::one(&prices)
}

async fn roles(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::vehicle_named(call, call.path("vin")).await?;
    let owner = EnterpriseRole {
        role: OWNER.to_owned(),
        account_id: found.device.owner_account_id.clone(),
        federation_id: None,
    };
    let payer = match call.state.store.payer(&found.device.key).await? {
        Some(payer) => serde_json::from_str(&payer)?,
        None => EnterpriseRole { role: PAYER.to_owned(), ..owner.clone() },
    };
    Answer::one(&EnterpriseRoles { vin: found.device.key, roles: vec![owner, payer] })
}

async fn set_payer(call: &Call) -> Result<Answer, Refusal> {
    if call.text("role")? != PAYER {
        return Err(invalid("role").into());
    }
    let federation_id = name(call, "federation_id", "federationId")?;
    let account_id = name(call, "account_id", "accountId")?;
    let found = devices::vehicle_named(call, call.path("vin")).await?;
    let payer = EnterpriseRole {
        role: PAYER.to_owned(),
        account_id: account_id.or_else(|| devices::account(call)).unwrap_or_default(),
        federation_id,
    };
    call.state.store.set_payer(&found.device.key, &serde_json::to_string(&payer)?).await?;
    Answer::one(&())
}

/// A name that clients write in either of two ways.
fn name(call: &Call, snake: &str, camel: &str) -> Result<Option<String>, FleetError> {
    let name = match call.optional_text(snake)? {
        Some(name) => Some(name),
        None => call.optional_text(camel)?,
    };
    match name {
        Some(name) if name.len() > LONGEST_NAME => Err(invalid(snake)),
        name => Ok(name.map(str::to_owned)),
    }
}
