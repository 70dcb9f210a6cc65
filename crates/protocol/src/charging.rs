//! The bodies of the charging endpoints: past sessions as people see them (`dx/charging/history`) and as
//! business owners see them (`dx/charging/sessions`, in the manner of OCPI).
//!
//! Money is in units of the named currency, energy in kWh.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The answer of `dx/charging/history`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ChargingHistory {
    /// The sessions of this page.
    pub data: Vec<HistoryEntry>,
    /// How many sessions there are on all pages.
    pub total_results: i64,
}

/// A past session at a fast charger, as its owner sees it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct HistoryEntry {
    /// Identifier of the session.
    pub session_id: i64,
    /// The car that charged.
    pub vin: String,
    /// Place and country.
    pub site_location_name: String,
    /// Begin, in the site's own time zone, RFC 3339.
    pub charge_start_date_time: String,
    /// End, in the site's own time zone, RFC 3339.
    pub charge_stop_date_time: String,
    /// When the plug was released, in the site's own time zone, RFC 3339.
    pub unlatch_date_time: String,
    /// Country of the site, ISO 3166.
    pub country_code: String,
    /// What was charged for.
    pub fees: Vec<Fee>,
    /// `IMMEDIATE`.
    pub billing_type: String,
    /// The invoices.
    pub invoices: Vec<Invoice>,
    /// `TSLA`.
    pub vehicle_make_type: String,
}

/// A fee of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Fee {
    /// Identifier of the fee.
    pub session_fee_id: i64,
    /// `CHARGING` or `PARKING`.
    pub fee_type: String,
    /// ISO 4217.
    pub currency_code: String,
    /// `PAYMENT` or `NO_CHARGE`.
    pub pricing_type: String,
    /// Price of a unit.
    pub rate_base: f64,
    /// Price of a unit in the first tier.
    pub rate_tier1: f64,
    /// Price of a unit in the second tier.
    pub rate_tier2: f64,
    /// Price of a unit in the third tier.
    pub rate_tier3: Option<f64>,
    /// Price of a unit in the fourth tier.
    pub rate_tier4: Option<f64>,
    /// Units at the base rate.
    pub usage_base: f64,
    /// Units in the first tier.
    pub usage_tier1: f64,
    /// Units in the second tier.
    pub usage_tier2: f64,
    /// Units in the third tier.
    pub usage_tier3: Option<f64>,
    /// Units in the fourth tier.
    pub usage_tier4: Option<f64>,
    /// Usage times rate at the base rate.
    pub total_base: f64,
    /// Usage times rate in the first tier.
    pub total_tier1: f64,
    /// Usage times rate in the second tier.
    pub total_tier2: f64,
    /// Usage times rate in the third tier.
    pub total_tier3: f64,
    /// Usage times rate in the fourth tier.
    pub total_tier4: f64,
    /// Sum of the totals.
    pub total_due: f64,
    /// What is due after discounts.
    pub net_due: f64,
    /// The unit: `kwh` or `min`.
    pub uom: String,
    /// Whether it was paid.
    pub is_paid: bool,
    /// `PAID` or `PENDING`.
    pub status: String,
}

/// An invoice of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Invoice {
    /// Name of the file.
    pub file_name: String,
    /// Identifier of the content, a UUID.
    pub content_id: String,
    /// `IMMEDIATE`.
    pub invoice_type: String,
}

/// The answer of `dx/charging/sessions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ChargingSessions {
    /// The sessions of this page.
    pub data: Vec<SessionEntry>,
    /// 1000 for success.
    pub status_code: i64,
    /// `Success`.
    pub status_message: String,
    /// Time of the answer.
    pub timestamp: SessionsTimestamp,
}

/// The time of an answer, with the curious key under which the service sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SessionsTimestamp {
    /// UTC, RFC 3339.
    #[serde(rename = "time.Time")]
    pub time: String,
}

/// A past session at a fast charger, as a business owner sees it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SessionEntry {
    /// Identifier of the session.
    pub id: String,
    /// The car that charged.
    pub vin: String,
    /// Name of its model.
    pub model: String,
    /// Begin, UTC, RFC 3339.
    pub start_date_time: String,
    /// End, UTC, RFC 3339.
    pub stop_date_time: String,
    /// Energy, kWh.
    pub total_energy: f64,
    /// Length, hours.
    pub total_time: f64,
    /// Cost of everything.
    pub total_cost: Price,
    /// Where it was.
    pub location: SessionLocation,
    /// What was delivered when.
    pub charging_periods: Vec<ChargingPeriod>,
    /// The tariff in force.
    pub tariffs: Tariff,
}

/// An amount with and without tax.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Price {
    /// Without tax.
    pub excl_vat: f64,
    /// With tax.
    pub incl_vat: f64,
    /// The tax.
    pub vat: f64,
}

/// The place of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SessionLocation {
    /// ISO 3166.
    pub country: String,
    /// Name of the place.
    pub name: String,
}

/// A part of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ChargingPeriod {
    /// Begin, UTC, RFC 3339.
    pub start_date_time: String,
    /// What was delivered.
    pub dimensions: Vec<Dimension>,
}

/// An amount of something that a session delivered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Dimension {
    /// `ENERGY` (kWh) or `PARKING_TIME` (hours).
    #[serde(rename = "type")]
    pub kind: String,
    /// How much.
    pub volume: f64,
}

/// The tariff of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Tariff {
    /// ISO 4217.
    pub currency: String,
    /// Its elements.
    pub elements: Vec<TariffElement>,
}

/// An element of a tariff.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TariffElement {
    /// Prices.
    pub price_components: Vec<PriceComponent>,
    /// When the prices apply; empty for always.
    pub restrictions: serde_json::Map<String, serde_json::Value>,
}

/// A price of something.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PriceComponent {
    /// `ENERGY` (per kWh) or `PARKING_TIME` (per hour).
    #[serde(rename = "type")]
    pub kind: String,
    /// Price of a unit, tax included.
    pub price: f64,
    /// Smallest amount that is billed, Wh or seconds.
    pub step_size: i64,
}
