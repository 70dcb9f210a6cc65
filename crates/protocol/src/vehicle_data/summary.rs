//! What lists and the envelope of `vehicle_data` say about a car, without asking the car.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AccessType, CommandSigning, Connectivity};

/// The fields around every answer about a car.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VehicleEnvelope {
    /// Identifier of the car for this interface.
    pub id: i64,
    /// The owner's account; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    /// Identifier of the car for the old streaming interface.
    pub vehicle_id: i64,
    /// Vehicle identification number.
    pub vin: String,
    /// Always null.
    pub color: Option<String>,
    /// Whether the reader owns the car or drives it.
    pub access_type: AccessType,
    /// What the owner keeps to himself.
    pub granular_access: GranularAccess,
    /// Two tokens of the old streaming interface, or null.
    pub tokens: Option<[String; 2]>,
    /// Whether the car can be reached.
    pub state: Connectivity,
    /// Whether the car is with the service.
    pub in_service: bool,
    /// `id` in decimal, for languages without 64-bit integers.
    pub id_s: String,
    /// Whether calendars are shared with the car.
    pub calendar_enabled: bool,
    /// Version of the car's interface.
    pub api_version: Option<i64>,
    /// Always null.
    pub backseat_token: Option<String>,
    /// Always null.
    pub backseat_token_updated_at: Option<i64>,
    /// Whether phones pair by themselves.
    pub ble_autopair_enrolled: bool,
}

/// What the owner of a shared car keeps to himself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct GranularAccess {
    /// Whether places are hidden from the driver.
    pub hide_private: bool,
}

/// An item of the vehicle list, and the answer to a question for one vehicle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VehicleSummary {
    /// The common fields.
    #[serde(flatten)]
    pub envelope: VehicleEnvelope,
    /// The car's name.
    pub display_name: Option<String>,
    /// Option codes, separated by commas.
    pub option_codes: Option<String>,
}

/// A car in the list of products.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VehicleProduct {
    /// The fields of the vehicle list.
    #[serde(flatten)]
    pub summary: VehicleSummary,
    /// Usually null.
    pub cached_data: Option<String>,
    /// Whether the owner switched remote access off.
    pub mobile_access_disabled: bool,
    /// Always `vehicle`.
    pub device_type: String,
    /// Whether commands need signatures.
    pub command_signing: CommandSigning,
    /// Whether release notes can be read.
    pub release_notes_supported: bool,
}
