//! What the owner of a site chooses, and commands to its gateway.

use fleetgate_protocol::energy::Updated;
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::parameters::whole_number;
use fleetgate_simulator::energy_site::{EnergySite, GatewayError, SettingError, Tariff};

use super::super::answer::{Answer, Refusal};
use super::super::call::{Call, invalid, missing};
use super::super::devices;

/// How much of a reason is told.
const REASON: usize = 200;

pub(super) async fn backup(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::energy_site(call).await?;
    let percent = call.integer("backup_reserve_percent")?;
    let set = move |site: &mut EnergySite, _| site.set_backup_reserve(percent).map_err(refused);
    devices::change(call, &found.device, set).await?;
    Answer::one(&Updated::taken())
}

pub(super) async fn operation_mode(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::energy_site(call).await?;
    let mode = call.text("default_real_mode")?.to_owned();
    let set = move |site: &mut EnergySite, _| site.set_operation(&mode).map_err(refused);
    devices::change(call, &found.device, set).await?;
    Answer::one(&Updated::taken())
}

pub(super) async fn storm_mode(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::energy_site(call).await?;
    let enabled = call.boolean("enabled")?;
    let set = move |site: &mut EnergySite, _| site.set_storm_mode(enabled).map_err(refused);
    devices::change(call, &found.device, set).await?;
    Answer::one(&Updated::taken())
}

/// A widely used client sends what it leaves as it is as `null`.
pub(super) async fn grid_import_export(call: &Call) -> Result<Answer, Refusal> {
    const CHARGING: &str = "disallow_charge_from_grid_with_solar_installed";
    const RULE: &str = "customer_preferred_export_rule";
    let found = devices::energy_site(call).await?;
    let given = |name| call.body.get(name).is_some_and(|value| !value.is_null());
    let disallowed = given(CHARGING).then(|| call.boolean(CHARGING)).transpose()?;
    let rule = given(RULE).then(|| call.text(RULE)).transpose()?.map(str::to_owned);
    if disallowed.is_none() && rule.is_none() {
        return Err(missing(RULE).into());
    }
    let set = move |site: &mut EnergySite, _| {
        site.set_grid_import_export(disallowed.map(|disallowed| !disallowed), rule.as_deref()).map_err(refused)
    };
    devices::change(call, &found.device, set).await?;
    Answer::one(&Updated::taken_without_content())
}

pub(super) async fn vehicle_reserve(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::energy_site(call).await?;
    let percent = call.integer("off_grid_vehicle_charging_reserve_percent")?;
    let set = move |site: &mut EnergySite, _| site.set_vehicle_reserve(percent).map_err(refused);
    devices::change(call, &found.device, set).await?;
    Answer::one(&Updated::taken())
}

pub(super) async fn time_of_use(call: &Call) -> Result<Answer, Refusal> {
    const CONTENT: &str = "tou_settings.tariff_content_v2";
    let found = devices::energy_site(call).await?;
    let content = call.object("tou_settings")?.get("tariff_content_v2").ok_or_else(|| missing(CONTENT))?;
    let tariff = Tariff::new(content.clone()).map_err(|error| {
        let reason: String = format!("The tariff is not taken: {error}.").chars().take(REASON).collect();
        Refusal::because(invalid(CONTENT), reason)
    })?;
    let set = move |site: &mut EnergySite, _| site.set_tariff(tariff.clone()).map_err(refused);
    devices::change(call, &found.device, set).await?;
    Answer::one(&Updated::taken())
}

pub(super) async fn command(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::energy_site(call).await?;
    if call.text("command_type")? != "grpc_command" {
        return Err(invalid("command_type").into());
    }
    let properties = call.object("command_properties")?;
    let message = properties.get("message").ok_or_else(|| missing("message"))?.clone();
    let identifier_type = properties.get("identifier_type").ok_or_else(|| missing("identifier_type"))?;
    let identifier_type = whole_number(identifier_type).ok_or_else(|| invalid("identifier_type"))?;
    let carry_out = move |site: &mut EnergySite, _| {
        site.gateway_command(&message, identifier_type).map_err(|error| match error {
            GatewayError::Invalid(_) => FleetError::invalid_field(error.to_string()),
            GatewayError::Unsupported => unsupported(),
        })
    };
    Answer::one(&devices::change(call, &found.device, carry_out).await?)
}

fn refused(error: SettingError) -> FleetError {
    match error {
        SettingError::Unsupported => unsupported(),
        error => FleetError::invalid_field(error.to_string()),
    }
}

/// 422: the site does not have what the call is for.
fn unsupported() -> FleetError {
    FleetError::unprocessable("invalid_resource")
}
