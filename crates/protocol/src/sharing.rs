//! Invitations to drive a vehicle. Fleet API page: vehicle endpoints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many drivers a vehicle has at most, beside its owner.
pub const MOST_DRIVERS: i64 = 5;
/// How long an invitation is good, in microseconds: a day.
pub const INVITATION_LIFETIME: i64 = 24 * 60 * 60 * 1_000_000;

/// An invitation to drive a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invitation {
    /// Its number.
    pub id: i64,
    /// The number of the vehicle's owner.
    pub owner_id: i64,
    /// The number of the one who accepted it.
    pub share_user_id: Option<i64>,
    /// The VIN.
    pub product_id: String,
    /// `pending`, `accepted`, `revoked` or `expired`.
    pub state: String,
    /// What is redeemed.
    pub code: String,
    /// When it ends, RFC 3339, UTC, milliseconds.
    pub expires_at: String,
    /// When it was taken back.
    pub revoked_at: Option<String>,
    /// Always null.
    pub borrowing_device_id: Option<String>,
    /// Always null.
    pub key_id: Option<String>,
    /// `vehicle`.
    pub product_type: String,
    /// `customer`.
    pub share_type: String,
    /// The account of the one who accepted it.
    pub share_user_sso_id: Option<String>,
    /// One null: a driver brings no key along.
    pub active_pubkeys: Vec<Option<String>>,
    /// `id` in a text.
    pub id_s: String,
    /// `owner_id` in a text.
    pub owner_id_s: String,
    /// `share_user_id` in a text; empty when there is none.
    pub share_user_id_s: String,
    /// Always null.
    pub borrowing_key_hash: Option<String>,
    /// The VIN.
    pub vin: String,
    /// What the owner hands on: the code is its last part.
    pub share_link: String,
}

/// The vehicle that can now be driven.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Redeemed {
    /// Its `id`, in a text.
    pub vehicle_id_s: String,
    /// Its VIN.
    pub vin: String,
}
