//! A session as its owner and as a business sees it.

use fleetgate_protocol::charging::{
    ChargingPeriod, Dimension, Fee, HistoryEntry, Invoice, Price, PriceComponent, SessionEntry, SessionLocation,
    Tariff, TariffElement,
};

use super::{ChargingSession, FeeKind, SessionFee};
use crate::time::{hours, local, utc};

/// Hundredths as a number.
fn decimal(hundredths: i64) -> f64 {
    hundredths as f64 / 100.0
}

impl SessionFee {
    fn entry(&self, currency: &str) -> Fee {
        let (fee_type, uom) = match self.kind {
            FeeKind::Charging => ("CHARGING", "kwh"),
            FeeKind::Parking => ("PARKING", "min"),
        };
        let total = decimal(self.total_cents());
        Fee {
            session_fee_id: self.fee_id,
            fee_type: fee_type.to_owned(),
            currency_code: currency.to_owned(),
            pricing_type: "PAYMENT".to_owned(),
            rate_base: decimal(self.rate_cents),
            usage_base: decimal(self.usage_hundredths),
            total_base: total,
            total_due: total,
            net_due: total,
            uom: uom.to_owned(),
            is_paid: true,
            status: "PAID".to_owned(),
            ..Fee::default()
        }
    }

    /// The amount and its price in the units of OCPI: kWh, and hours of parking.
    fn dimension(&self) -> (Dimension, PriceComponent) {
        let (kind, volume, price) = match self.kind {
            FeeKind::Charging => ("ENERGY", decimal(self.usage_hundredths), decimal(self.rate_cents)),
            FeeKind::Parking => {
                let hours = (decimal(self.usage_hundredths) / 60.0 * 10_000.0).round() / 10_000.0;
                ("PARKING_TIME", hours, decimal(self.rate_cents * 60))
            }
        };
        let kind = kind.to_owned();
        (Dimension { kind: kind.clone(), volume }, PriceComponent { kind, price, step_size: 1 })
    }
}

impl ChargingSession {
    /// The item of `dx/charging/history`.
    #[must_use]
    pub fn history_entry(&self) -> HistoryEntry {
        HistoryEntry {
            session_id: self.session_id,
            vin: self.vin.clone(),
            site_location_name: format!("{}, {}", self.place, self.country),
            charge_start_date_time: local(&self.time_zone, self.started_at),
            charge_stop_date_time: local(&self.time_zone, self.stopped_at),
            unlatch_date_time: local(&self.time_zone, self.unlatched_at),
            country_code: self.country_code.clone(),
            fees: self.fees.iter().map(|fee| fee.entry(&self.currency)).collect(),
            billing_type: "IMMEDIATE".to_owned(),
            invoices: vec![Invoice {
                file_name: self.invoice_file.clone(),
                content_id: self.invoice_id.clone(),
                invoice_type: "IMMEDIATE".to_owned(),
            }],
            vehicle_make_type: "TSLA".to_owned(),
        }
    }

    /// The item of `dx/charging/sessions`.
    #[must_use]
    pub fn session_entry(&self) -> SessionEntry {
        let energy = self.fees.iter().filter(|fee| fee.kind == FeeKind::Charging).map(|fee| fee.usage_hundredths).sum();
        let (dimensions, price_components) = self.fees.iter().map(SessionFee::dimension).unzip();
        SessionEntry {
            id: format!("cs-{}", self.session_id),
            vin: self.vin.clone(),
            model: self.model.clone(),
            start_date_time: utc(self.started_at),
            stop_date_time: utc(self.stopped_at),
            total_energy: decimal(energy),
            total_time: (hours(self.stopped_at - self.started_at) * 100.0).round() / 100.0,
            total_cost: self.price(),
            location: SessionLocation { country: self.country_code.clone(), name: self.place.clone() },
            charging_periods: vec![ChargingPeriod { start_date_time: utc(self.started_at), dimensions }],
            tariffs: Tariff {
                currency: self.currency.clone(),
                elements: vec![TariffElement { price_components, ..TariffElement::default() }],
            },
        }
    }

    /// The bill split into net price and tax; the two always add up.
    pub(super) fn price(&self) -> Price {
        let total = self.total_cents();
        let divisor = 100 + self.vat_percent;
        let net = (total * 100 + divisor / 2).div_euclid(divisor);
        Price { excl_vat: decimal(net), incl_vat: decimal(total), vat: decimal(total - net) }
    }
}
