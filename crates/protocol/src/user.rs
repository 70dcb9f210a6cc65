//! Answers about the person for whom a token was issued.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Region;

/// `GET /api/1/users/me`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Me {
    /// The e-mail address.
    pub email: String,
    /// The full name.
    pub full_name: String,
    /// Where the picture is.
    pub profile_image_url: String,
    /// A UUID that stays with the person.
    pub vault_uuid: String,
}

/// `GET /api/1/users/region`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct UserRegion {
    /// The home region.
    #[schemars(with = "String")]
    pub region: Region,
    /// The base URL to use for it, without a trailing slash.
    pub fleet_api_base_url: String,
}

/// `GET /api/1/users/feature_config`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct FeatureConfig {
    /// Signaling.
    pub signaling: Signaling,
}

/// How a client may listen for signals.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Signaling {
    /// Whether signaling is on.
    pub enabled: bool,
    /// Whether connectivity changes are signaled.
    pub subscribe_connectivity: bool,
    /// Whether the access token opens the channel.
    pub use_auth_token: bool,
}

/// An item of `GET /api/1/users/orders`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The number of the vehicle in the order system.
    pub vehicle_map_id: i64,
    /// The reference that the buyer sees.
    pub reference_number: String,
    /// The VIN, once one is assigned.
    pub vin: Option<String>,
    /// The state, such as `BOOKED`.
    pub order_status: String,
    /// A finer state.
    pub order_substatus: String,
    /// `ms`, `m3`, `mx`, `my` or `ct`.
    pub model_code: String,
    /// ISO 3166-1 alpha-2.
    pub country_code: String,
    /// Language and country, such as `nl_NL`.
    pub locale: String,
    /// Option codes, separated by commas.
    pub mkt_options: String,
    /// Whether a business bought it.
    pub is_b2b: bool,
}

/// `GET /api/1/users/backup_key`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupKey {
    /// The uncompressed P-256 point in hexadecimal; null when there is none.
    pub backup_key: Option<String>,
}

/// What a person tells of a public key by `POST /api/1/users/keys`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserKey {
    /// The uncompressed P-256 point, in 130 hexadecimal digits.
    pub public_key: String,
    /// Such as `mobile_device`.
    pub kind: String,
    /// Such as `3rd Party Application`.
    pub model: String,
    /// What vehicles show.
    pub name: String,
    /// The program.
    pub tag: Option<String>,
}
