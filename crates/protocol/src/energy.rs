//! The bodies of the energy endpoints: `live_status`, `site_info`, products, and the answers to settings.
//!
//! Power is watts, energy watt-hours.

mod live_status;
mod product;
mod site_info;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use live_status::{LiveStatus, WallConnectorStatus};
pub use product::{EnergyProduct, Product, ProductComponents, ProductFeatures, WallConnectorComponent};
pub use site_info::{Battery, Gateway, SiteComponents, SiteInfo, TouPeriod, TouSettings, UserSettings};

/// The answer to a change of a site's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Updated {
    /// A status of the site itself; 201 when the change was taken.
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
}
