//! The bodies of the energy endpoints: `live_status`, `site_info`, products, histories, and the answers to settings.
//!
//! Power is watts, energy watt-hours.

mod history;
mod live_status;
mod product;
mod site_info;
mod site_status;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use history::{
    BackupEvent, BackupHistory, CalendarHistory, ChargeHistory, ChargeHistoryEntry, EnergyHistory, EnergyRow,
    PowerHistory, PowerRow, Seconds, SelfConsumptionHistory, SelfConsumptionRow, SoeHistory, SoeRow,
};
pub use live_status::{LiveStatus, WallConnectorStatus};
pub use product::{EnergyProduct, Product, ProductComponents, ProductFeatures, WallConnectorComponent};
pub use site_info::{Battery, Gateway, SiteComponents, SiteInfo, TouPeriod, TouSettings, UserSettings};
pub use site_status::{GatewayAnswer, GatewayMessage, Program, Programs, SiteStatus};

/// The answer to a change of a site's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Updated {
    /// A status of the site itself; 201 or 204 when the change was taken.
    pub code: i64,
    /// What happened, such as `Updated`.
    pub message: String,
}

impl Updated {
    /// The answer to a change that was taken.
    #[must_use]
    pub fn taken() -> Self {
        Self { code: 201, message: "Updated".to_owned() }
    }

    /// The answer to a change of what may come from the grid and go there.
    #[must_use]
    pub fn taken_without_content() -> Self {
        Self { code: 204, ..Self::taken() }
    }
}
