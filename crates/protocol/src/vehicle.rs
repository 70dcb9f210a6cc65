//! Answers about a vehicle beside its live data: charging sites, alerts, release notes, service, drivers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::vehicle_data::GranularAccess;

/// `GET …/nearby_charging_sites`. Distances are miles.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NearbyChargingSites {
    /// When the stalls were last counted, seconds since the epoch.
    pub congestion_sync_time_utc_secs: i64,
    /// Chargers at hotels and the like, nearest first.
    pub destination_charging: Vec<DestinationCharger>,
    /// Fast chargers, nearest first.
    pub superchargers: Vec<Supercharger>,
    /// Time of the answer, milliseconds since the epoch.
    pub timestamp: i64,
}

/// A place on Earth, degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// North.
    pub lat: f64,
    /// East.
    pub long: f64,
}

/// A charger at a hotel or the like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DestinationCharger {
    /// Where it is.
    pub location: Place,
    /// Its name.
    pub name: String,
    /// `destination`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How far away it is, miles.
    pub distance_miles: f64,
    /// What is there, separated by commas; with `detail` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amenities: Option<String>,
}

/// A site with fast chargers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Supercharger {
    /// Where it is.
    pub location: Place,
    /// Its name.
    pub name: String,
    /// `supercharger`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How far away it is, miles.
    pub distance_miles: f64,
    /// How many stalls are free.
    pub available_stalls: i64,
    /// How many there are.
    pub total_stalls: i64,
    /// Whether it is closed.
    pub site_closed: bool,
    /// What is there, separated by commas; with `detail` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amenities: Option<String>,
    /// What it costs; with `detail` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_info: Option<String>,
}

/// `GET …/recent_alerts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecentAlerts {
    /// The alerts, newest first.
    pub recent_alerts: Vec<Alert>,
}

/// An alert of a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alert {
    /// Its name.
    pub name: String,
    /// When it came, RFC 3339 with milliseconds.
    pub time: String,
    /// For whom it is: `customer`, `service`, `service-fix`.
    pub audience: Vec<String>,
    /// What the screen says.
    pub user_text: String,
}

/// `GET …/release_notes`: the envelope has another one in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseNotesAnswer {
    /// The inner envelope.
    pub response: ReleaseNotes,
}

/// What is new in a version of the software.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseNotes {
    /// The notes.
    pub release_notes: Vec<ReleaseNote>,
}

/// One thing that is new.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseNote {
    /// The heading.
    pub title: String,
    /// The line below it.
    pub subtitle: String,
    /// What is new.
    pub description: String,
    /// The version of the software.
    pub customer_version: String,
    /// The name of an icon.
    pub icon: String,
    /// A picture for dark screens.
    pub image_url: String,
    /// A picture for light screens.
    pub light_image_url: String,
}

/// `GET …/service_data`. Everything is null when the vehicle is not with the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceData {
    /// `in_service`.
    pub service_status: Option<String>,
    /// When it will be done, RFC 3339.
    pub service_etc: Option<String>,
    /// The number of the visit.
    pub service_visit_number: Option<String>,
    /// A finer state.
    pub status_id: Option<i64>,
}

/// An item of `GET …/drivers`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Driver {
    /// The driver's number.
    pub my_tesla_unique_id: i64,
    /// The same, by which `drivers_remove` knows the driver.
    pub user_id: i64,
    /// The same in a text.
    pub user_id_s: String,
    /// A UUID that stays with the driver.
    pub vault_uuid: String,
    /// First name.
    pub driver_first_name: String,
    /// Last name.
    pub driver_last_name: String,
    /// What the owner keeps from the driver.
    pub granular_access: GranularAccess,
    /// The driver's public keys.
    pub active_pubkeys: Vec<String>,
    /// The first of them, or nothing.
    pub public_key: String,
}

/// `POST …/paired_keys`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairedKeys {
    /// Whether the application's key is paired with the vehicle.
    pub result: bool,
}
