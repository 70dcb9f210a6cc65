//! Of which devices a phone gets notices. Fleet API page: vehicle endpoints, until 2025.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Of which devices a phone gets notices; it stands without an envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subscriptions {
    /// The vehicles.
    pub vehicle: Subscribed,
    /// The energy sites.
    pub energy_site: Subscribed,
}

/// Devices of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subscribed {
    /// Their numbers.
    pub ids: Vec<i64>,
    /// How many there are.
    pub count: usize,
}

impl From<Vec<i64>> for Subscribed {
    fn from(ids: Vec<i64>) -> Self {
        Self { count: ids.len(), ids }
    }
}
