//! Energy sites, and the list of all products.

mod history;
mod settings;

use fleetgate_protocol::Scope;
use fleetgate_protocol::energy::Product;
use fleetgate_protocol::operations::EnergyOperation;
use fleetgate_protocol::vehicle_data::VehicleProduct;
use fleetgate_simulator::{EnergySite, Vehicle};

use super::answer::{Answer, Refusal};
use super::call::Call;
use super::devices::{self, Role};

pub(super) async fn answer(operation: EnergyOperation, call: Call) -> Result<Answer, Refusal> {
    match operation {
        EnergyOperation::Products => products(&call).await,
        EnergyOperation::LiveStatus => Answer::one(&site(&call).await?.live_status()),
        EnergyOperation::SiteInfo => Answer::one(&site(&call).await?.site_info()),
        EnergyOperation::SiteStatus => Answer::one(&site(&call).await?.site_status()),
        EnergyOperation::Programs => Answer::one(&site(&call).await?.programs()),
        EnergyOperation::CalendarHistory => history::calendar_history(&call).await,
        EnergyOperation::TelemetryHistory => history::telemetry_history(&call).await,
        EnergyOperation::Backup => settings::backup(&call).await,
        EnergyOperation::Operation => settings::operation_mode(&call).await,
        EnergyOperation::StormMode => settings::storm_mode(&call).await,
        EnergyOperation::GridImportExport => settings::grid_import_export(&call).await,
        EnergyOperation::OffGridVehicleChargingReserve => settings::vehicle_reserve(&call).await,
        EnergyOperation::TimeOfUseSettings => settings::time_of_use(&call).await,
        EnergyOperation::Command => settings::command(&call).await,
    }
}

/// The site that the path names, at this moment.
async fn site(call: &Call) -> Result<EnergySite, Refusal> {
    let found = devices::energy_site(call).await?;
    Ok(devices::at(&call.state, &found.device, call.state.now()).await?)
}

/// Only the kinds of product that the token's scopes open.
async fn products(call: &Call) -> Result<Answer, Refusal> {
    let now = call.state.now();
    let mut products = Vec::new();
    if call.permit().has(&Scope::VEHICLE_DEVICE_DATA) {
        for found in devices::all::<Vehicle>(call).await? {
            let vehicle = devices::looked_at(&call.state, &found.device, now).await?;
            products.push(Product::Vehicle(Box::new(vehicle_product(&vehicle, found.role))));
        }
    }
    if call.permit().has(&Scope::ENERGY_DEVICE_DATA) {
        for found in devices::all::<EnergySite>(call).await? {
            let site: EnergySite = devices::at(&call.state, &found.device, now).await?;
            products.push(Product::Energy(Box::new(site.product())));
        }
    }
    Answer::list(&products)
}

fn vehicle_product(vehicle: &Vehicle, role: Role) -> VehicleProduct {
    let mut product = vehicle.product(role.access());
    product.summary.envelope.granular_access.hide_private = role.hides_places();
    product
}
