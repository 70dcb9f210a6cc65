//! How a vehicle was built and sold, what can be bought for it, and who pays. Fleet API page: vehicle management.
//!
//! Money is in units of the named currency.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The options with which a vehicle was built.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Options {
    /// The options.
    pub codes: Vec<OptionCode>,
}

/// An option of a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OptionCode {
    /// The code, with a `$` before it.
    pub code: String,
    /// The code of a paint, without the `$`; on paints only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color_code: Option<String>,
    /// What people call it.
    pub display_name: String,
    /// Whether the vehicle has it now.
    pub is_active: bool,
}

/// What can be subscribed to for a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EligibleSubscriptions {
    /// Where the vehicle is at home, ISO 3166-1 alpha-2.
    pub country: String,
    /// The subscriptions.
    pub eligible: Vec<SubscriptionOffer>,
    /// The vehicle.
    pub vin: String,
}

/// A subscription that can be bought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionOffer {
    /// What can be added.
    pub addons: Vec<BillingOption>,
    /// How it can be paid.
    pub billing_options: Vec<BillingOption>,
    /// Its code.
    pub option_code: String,
    /// Its name.
    pub product: String,
    /// When it would begin, RFC 3339.
    pub start_date: String,
}

/// A way to pay for a subscription.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BillingOption {
    /// `MONTHLY` or `YEARLY`.
    pub billing_period: String,
    /// ISO 4217.
    pub currency_code: String,
    /// The code of what is paid for.
    pub option_code: String,
    /// Without tax.
    pub price: f64,
    /// The tax.
    pub tax: f64,
    /// Both.
    pub total: f64,
}

/// What can be bought for a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EligibleUpgrades {
    /// The vehicle.
    pub vin: String,
    /// Where it is at home, ISO 3166-1 alpha-2.
    pub country: String,
    /// `VEHICLE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The upgrades.
    pub eligible: Vec<UpgradeOffer>,
}

/// An upgrade that can be bought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpgradeOffer {
    /// Its code.
    pub option_code: String,
    /// The group in which a vehicle has one option.
    pub option_group: String,
    /// What the vehicle has of the group now.
    pub current_option_code: String,
    /// What it costs.
    pub pricing: Vec<UpgradePrice>,
}

/// The price of an upgrade.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpgradePrice {
    /// Without tax.
    pub price: f64,
    /// With tax.
    pub total: f64,
    /// ISO 4217.
    pub currency_code: String,
    /// Whether it is the price that is shown first.
    pub is_primary: bool,
}

/// The warranties of a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WarrantyDetails {
    /// Those in force.
    pub active_warranty: Vec<Warranty>,
    /// Those to come.
    pub upcoming_warranty: Vec<Warranty>,
    /// Those that are over.
    pub expired_warranty: Vec<Warranty>,
}

/// A warranty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Warranty {
    /// Such as `NEW_MFG_WARRANTY`.
    pub warranty_type: String,
    /// What people call it.
    pub warranty_display_name: String,
    /// When it ends, RFC 3339.
    pub expiration_date: String,
    /// At what distance it ends.
    pub expiration_odometer: i64,
    /// `MI` or `KM`.
    pub odometer_unit: String,
    /// When it ended, RFC 3339.
    pub warranty_expired_on: Option<String>,
    /// How many years it lasts.
    pub coverage_age_in_years: i64,
}

/// The specifications of a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Specs {
    /// The vehicle.
    pub vin: String,
    /// `ms`, `m3`, `mx`, `my` or `ct`.
    pub model: String,
    /// The trim.
    pub trim: String,
    /// The energy of the battery when it was new, kWh.
    pub battery_capacity_kwh: f64,
    /// What is left of it, percent.
    #[serde(rename = "batterySoH")]
    pub battery_soh: f64,
}

/// Options and fees of a model in a market.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pricing {
    /// The country.
    pub market: String,
    /// The model.
    pub model: String,
    /// ISO 4217.
    pub currency_code: String,
    /// What can be chosen.
    pub options: Vec<PricedOption>,
    /// What is paid beside it.
    pub fees: Vec<PricedFee>,
}

/// An option with its price.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PricedOption {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub display_name: String,
    /// What it costs, tax included.
    pub price: f64,
}

/// A fee.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PricedFee {
    /// What it is for.
    pub name: String,
    /// How much it is, tax included.
    pub price: f64,
}

/// What businesses are to a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnterpriseRoles {
    /// The vehicle.
    pub vin: String,
    /// The roles.
    pub roles: Vec<EnterpriseRole>,
}

/// What a business is to a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnterpriseRole {
    /// `OWNER` or `PAYER`.
    pub role: String,
    /// The account.
    pub account_id: String,
    /// The federation, if there is one.
    pub federation_id: Option<String>,
}
