//! Energy sites, and the list of all products.

use fleetgate_protocol::Scope;
use fleetgate_protocol::energy::{Product, Updated};
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::EnergyOperation;
use fleetgate_protocol::vehicle_data::VehicleProduct;
use fleetgate_simulator::{EnergySite, SettingError, Vehicle};

use super::answer::{Answer, Refusal};
use super::call::Call;
use super::devices::{self, Role};

pub(super) async fn answer(operation: EnergyOperation, call: Call) -> Result<Answer, Refusal> {
    match operation {
        EnergyOperation::Products => products(&call).await,
        EnergyOperation::LiveStatus => live_status(&call).await,
        EnergyOperation::SiteInfo => site_info(&call).await,
        EnergyOperation::Backup => backup(&call).await,
        EnergyOperation::Operation => operation_mode(&call).await,
    }
}

/// Only the kinds of product that the token's scopes open.
async fn products(call: &Call) -> Result<Answer, Refusal> {
    let now = call.state.now();
    let mut products = Vec::new();
    if call.permit().has(&Scope::VEHICLE_DEVICE_DATA) {
        for found in devices::all::<Vehicle>(call).await? {
            products.push(Product::Vehicle(Box::new(vehicle_product(&found.at(now)?, found.role))));
        }
    }
    if call.permit().has(&Scope::ENERGY_DEVICE_DATA) {
        for found in devices::all::<EnergySite>(call).await? {
            products.push(Product::Energy(Box::new(found.at::<EnergySite>(now)?.product())));
        }
    }
    Answer::list(&products)
}

fn vehicle_product(vehicle: &Vehicle, role: Role) -> VehicleProduct {
    let mut product = vehicle.product(role.access());
    product.summary.envelope.granular_access.hide_private = role.hides_places();
    product
}

async fn live_status(call: &Call) -> Result<Answer, Refusal> {
    let now = call.state.now();
    let site: EnergySite = devices::energy_site(call).await?.at(now)?;
    Answer::one(&site.live_status(now))
}

async fn site_info(call: &Call) -> Result<Answer, Refusal> {
    let site: EnergySite = devices::energy_site(call).await?.at(call.state.now())?;
    Answer::one(&site.site_info())
}

async fn backup(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::energy_site(call).await?;
    let percent = call.integer("backup_reserve_percent")?;
    let set = move |site: &mut EnergySite, _| site.set_backup_reserve(percent).map_err(invalid);
    devices::change(call, &found.device, set).await?;
    Answer::one(&Updated::taken())
}

async fn operation_mode(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::energy_site(call).await?;
    let mode = call.text("default_real_mode")?.to_owned();
    let set = move |site: &mut EnergySite, _| site.set_operation(&mode).map_err(invalid);
    devices::change(call, &found.device, set).await?;
    Answer::one(&Updated::taken())
}

fn invalid(error: SettingError) -> FleetError {
    FleetError::invalid_field(error.to_string())
}
