//! How a car was built and sold, and what its owner can buy: options, warranties, subscriptions, upgrades, prices.
//!
//! The prices are made up; only their places are the real ones.

use fleetgate_protocol::vehicle_management::{
    BillingOption, EligibleSubscriptions, EligibleUpgrades, OptionCode, Options, PricedFee, PricedOption, Pricing,
    Specs, SubscriptionOffer, UpgradeOffer, UpgradePrice, Warranty, WarrantyDetails,
};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

use super::{Model, Vehicle, VehicleProfile};
use crate::time::{DAY, utc};

/// Codes of options, whether they are paints, and what people call them.
const OPTIONS: [(&str, bool, &str); 30] = [
    ("MDLS", false, "Model S"),
    ("MDL3", false, "Model 3"),
    ("MDLX", false, "Model X"),
    ("MDLY", false, "Model Y"),
    ("MDLC", false, "Cybertruck"),
    ("PMNG", true, "Midnight Silver Metallic"),
    ("PPSB", true, "Deep Blue Metallic"),
    ("PPSW", true, "Pearl White Multi-Coat"),
    ("PN00", true, "Quicksilver"),
    ("PBSB", true, "Solid Black"),
    ("PPMR", true, "Red Multi-Coat"),
    ("PPST", true, "Stainless Steel"),
    ("WS90", false, "19'' Tempest Wheels"),
    ("W40B", false, "18'' Wheels"),
    ("W38B", false, "18'' Aero Wheels"),
    ("WX00", false, "20'' Cyberstream Wheels"),
    ("WY19B", false, "19'' Apollo Wheels"),
    ("WC20", false, "20'' Cyber Wheels"),
    ("IBE00", false, "All Black Interior"),
    ("IPB0", false, "All Black Premium Interior"),
    ("IPB1", false, "All Black Premium Interior with Walnut Decor"),
    ("IPW0", false, "Black and White Premium Interior"),
    ("APBS", false, "Basic Autopilot"),
    ("APF2", false, "Full Self-Driving Capability"),
    ("SC04", false, "Pay-per-use Supercharging"),
    ("MT336", false, "Long Range"),
    ("CPF1", false, "Premium Connectivity"),
    ("FM3B", false, "Standard Acceleration"),
    ("FM3U", false, "Acceleration Boost"),
    ("TW01", false, "Tow Hitch"),
];

/// Country, currency, how many units of it are a dollar, and the tax in percent on top of the net price.
const MARKETS: [(&str, &str, f64, f64); 8] = [
    ("US", "USD", 1.0, 0.0),
    ("CA", "CAD", 1.35, 5.0),
    ("NL", "EUR", 1.0, 21.0),
    ("DE", "EUR", 1.0, 19.0),
    ("FR", "EUR", 1.0, 20.0),
    ("GB", "GBP", 0.85, 20.0),
    ("NO", "NOK", 10.0, 25.0),
    ("CN", "CNY", 7.0, 13.0),
];

/// Where something is sold.
#[derive(Clone, Copy, Debug)]
struct Market {
    country: &'static str,
    currency: &'static str,
    per_dollar: f64,
    tax_percent: f64,
}

impl Market {
    fn of(country: &str) -> Option<Self> {
        let found = MARKETS.iter().find(|(known, ..)| *known == country);
        found.map(|&(country, currency, per_dollar, tax_percent)| Self { country, currency, per_dollar, tax_percent })
    }

    /// What costs so many dollars: without tax, and with it.
    fn price(self, dollars: f64) -> (f64, f64) {
        let cents = |amount: f64| (amount * 100.0).round() / 100.0;
        let net = cents(dollars * self.per_dollar);
        (net, cents(net * (1.0 + self.tax_percent / 100.0)))
    }
}

/// Whether an option is a paint.
pub(super) fn is_paint(code: &str) -> bool {
    OPTIONS.iter().any(|(known, paint, _)| *known == code && *paint)
}

impl VehicleProfile {
    fn market(&self) -> Market {
        let american = Market { country: "US", currency: "USD", per_dollar: 1.0, tax_percent: 0.0 };
        Market::of(&self.country_code).unwrap_or(american)
    }

    fn has_option(&self, code: &str) -> bool {
        self.option_codes.split(',').any(|known| known.trim() == code)
    }

    /// The answer of `options`.
    #[must_use]
    pub fn options(&self) -> Options {
        let codes = self.option_codes.split(',').map(str::trim).filter(|code| !code.is_empty());
        let codes = codes.map(|code| {
            let known = OPTIONS.iter().find(|(known, ..)| *known == code);
            OptionCode {
                code: format!("${code}"),
                color_code: known.is_some_and(|(_, paint, _)| *paint).then(|| code.to_owned()),
                display_name: known.map_or(code, |(.., name)| name).to_owned(),
                is_active: true,
            }
        });
        Options { codes: codes.collect() }
    }

    /// The answer of `eligible_subscriptions` at `now`.
    #[must_use]
    pub fn eligible_subscriptions(&self, now: i64) -> EligibleSubscriptions {
        let market = self.market();
        let billing = |code: &str, period: &str, dollars: f64| {
            let (price, total) = market.price(dollars);
            BillingOption {
                billing_period: period.to_owned(),
                currency_code: market.currency.to_owned(),
                option_code: format!("${code}"),
                price,
                tax: ((total - price) * 100.0).round() / 100.0,
                total,
            }
        };
        let offer = |code: &str, product: &str, options: Vec<BillingOption>| SubscriptionOffer {
            addons: Vec::new(),
            billing_options: options,
            option_code: format!("${code}"),
            product: product.to_owned(),
            start_date: utc(now.div_euclid(DAY) * DAY),
        };
        let mut eligible = Vec::new();
        if !self.has_option("CPF1") {
            let options = vec![billing("CPF1", "MONTHLY", 9.99), billing("CPF1", "YEARLY", 99.0)];
            eligible.push(offer("CPF1", "PREMIUM_CONNECTIVITY", options));
        }
        if self.has_option("APBS") && !self.has_option("APF2") {
            eligible.push(offer("APF2", "FULL_SELF_DRIVING", vec![billing("APF2", "MONTHLY", 99.0)]));
        }
        EligibleSubscriptions { country: self.country_code.clone(), eligible, vin: self.vin.clone() }
    }

    /// The answer of `eligible_upgrades`.
    #[must_use]
    pub fn eligible_upgrades(&self) -> EligibleUpgrades {
        let market = self.market();
        let offer = |group: &str, current: &str, code: &str, dollars: f64| {
            let (price, total) = market.price(dollars);
            UpgradeOffer {
                option_code: format!("${code}"),
                option_group: group.to_owned(),
                current_option_code: format!("${current}"),
                pricing: vec![UpgradePrice {
                    price,
                    total,
                    currency_code: market.currency.to_owned(),
                    is_primary: true,
                }],
            }
        };
        let mut eligible = Vec::new();
        if matches!(self.model, Model::Model3 | Model::ModelY) && !self.has_option("FM3U") {
            eligible.push(offer("PERF_FIRMWARE", "FM3B", "FM3U", 2000.0));
        }
        if self.has_option("APBS") && !self.has_option("APF2") {
            eligible.push(offer("AUTOPILOT", "APBS", "APF2", 8000.0));
        }
        EligibleUpgrades {
            vin: self.vin.clone(),
            country: self.country_code.clone(),
            kind: "VEHICLE".to_owned(),
            eligible,
        }
    }

    /// When the car was handed over: some day of its model year.
    fn delivered_at(&self) -> i64 {
        let year = i16::try_from(self.model_year()).unwrap_or(2023);
        let new_year = TimeZone::UTC.to_timestamp(date(year, 1, 1).at(0, 0, 0, 0)).map_or(0, Timestamp::as_microsecond);
        new_year + self.seed().at("delivered").below(330) * DAY
    }
}

impl Vehicle {
    /// The answer of `warranty_details`.
    #[must_use]
    pub fn warranty_details(&self) -> WarrantyDetails {
        let profile = &self.profile;
        let luxury = matches!(profile.model, Model::ModelS | Model::ModelX | Model::Cybertruck);
        let battery = if luxury { (150_000, 240_000) } else { (120_000, 192_000) };
        let american = profile.country_code == "US";
        let mut details = WarrantyDetails::default();
        for (kind, name, years, (miles, kilometres)) in [
            ("NEW_MFG_WARRANTY", "Basic Vehicle Limited Warranty", 4, (50_000, 80_000)),
            ("BATTERY_WARRANTY", "Battery Limited Warranty", 8, battery),
            ("DRIVE_UNIT_WARRANTY", "Drive Unit Limited Warranty", 8, battery),
        ] {
            let ends_at = profile.delivered_at() + years * 365 * DAY + years / 4 * DAY;
            let driven = self.odometer_miles >= miles as f64;
            let over = driven || ends_at <= self.updated_at;
            let warranty = Warranty {
                warranty_type: kind.to_owned(),
                warranty_display_name: name.to_owned(),
                expiration_date: utc(ends_at),
                expiration_odometer: if american { miles } else { kilometres },
                odometer_unit: if american { "MI" } else { "KM" }.to_owned(),
                // When the distance was reached is not remembered, only that it was.
                warranty_expired_on: (ends_at <= self.updated_at).then(|| utc(ends_at)),
                coverage_age_in_years: years,
            };
            if over { details.expired_warranty.push(warranty) } else { details.active_warranty.push(warranty) }
        }
        details
    }

    /// The answer of `specs`. A battery has lost two percent after a year's driving, and less with every further year.
    #[must_use]
    pub fn specs(&self) -> Specs {
        let profile = &self.profile;
        let used = self.odometer_miles / 12_000.0;
        let lost = 2.0 * used.max(0.0).sqrt() + profile.seed().at("battery_health").between(0.0, 1.5);
        let health = ((100.0 - lost).clamp(60.0, 100.0) * 10.0).round() / 10.0;
        Specs {
            vin: profile.vin.clone(),
            model: profile.model.build().order_code.to_owned(),
            trim: profile.trim_badging.clone(),
            // As built: what is left of it is what the car charges to.
            battery_capacity_kwh: (profile.battery_kwh / health * 1_000.0).round() / 10.0,
            battery_soh: health,
        }
    }
}

/// The answer of `pricing` for a model, by its code in orders, in a country; `None` when either is not known.
#[must_use]
pub fn pricing(model: &str, country: &str) -> Option<Pricing> {
    const MODELS: [(Model, f64); 5] = [
        (Model::ModelS, 84_990.0),
        (Model::Model3, 38_990.0),
        (Model::ModelX, 89_990.0),
        (Model::ModelY, 44_990.0),
        (Model::Cybertruck, 79_990.0),
    ];
    let market = Market::of(country)?;
    let (model, base) = MODELS.into_iter().find(|(known, _)| known.build().order_code == model)?;
    let option = |code: &str, name: &str, dollars: f64| PricedOption {
        code: format!("${code}"),
        display_name: name.to_owned(),
        price: market.price(dollars).1,
    };
    let mut options = Vec::new();
    for (place, code) in model.build().option_codes.split(',').enumerate() {
        let name = OPTIONS.iter().find(|(known, ..)| *known == code).map_or(code, |(.., name)| name);
        // The first code is the car itself; the others come with it.
        options.push(option(code, name, if place == 0 { base } else { 0.0 }));
    }
    if model != Model::Cybertruck {
        options.push(option("PPMR", "Red Multi-Coat", 2000.0));
    }
    options.push(option("APF2", "Full Self-Driving Capability", 8000.0));
    let fee = |name: &str, dollars: f64| PricedFee { name: name.to_owned(), price: market.price(dollars).1 };
    Some(Pricing {
        market: market.country.to_owned(),
        model: model.build().order_code.to_owned(),
        currency_code: market.currency.to_owned(),
        options,
        fees: vec![fee("DESTINATION_FEE", 1390.0), fee("ORDER_FEE", 250.0)],
    })
}

#[cfg(test)]
mod tests;
