//! The costs of one month: by application, day, device and operation.

use std::collections::BTreeMap;

use fleetgate_store::Cost;
use serde::Serialize;

use super::meter;
use super::month::{Month, date};
use crate::state::State;

/// What is taken off the bill of each month, in thousandths of a dollar.
const DISCOUNT: i64 = 10_000;

/// What a month costs; what `/sandbox/cost` answers. Amounts are in dollars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostReport {
    /// The month, such as `2026-10`.
    pub month: String,
    /// How many answers had a price.
    pub answers: i64,
    /// What they cost before the discount.
    pub usage: f64,
    /// What the discounts take off.
    pub discount: f64,
    /// What would be on the bills.
    pub due: f64,
    /// By application; those that have a budget are among them even if they used nothing.
    pub applications: Vec<ApplicationCost>,
    /// By day, such as `2026-10-01`.
    pub days: BTreeMap<String, Sum>,
    /// By VIN or energy site; empty for answers about no device.
    pub devices: BTreeMap<String, Sum>,
    /// By the operation of the table.
    pub operations: BTreeMap<String, Sum>,
}

impl CostReport {
    /// What was used before the discount, in thousandths of a dollar.
    #[must_use]
    pub fn usage_thousandths(&self) -> i64 {
        thousandths(self.usage)
    }
}

/// What an application costs in a month. It stands for the developer account that would own it, which gets the discount.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ApplicationCost {
    /// Its name; the client id again once it is gone.
    pub application: String,
    /// Its client id.
    pub client_id: String,
    /// How many answers had a price.
    pub answers: i64,
    /// What they cost before the discount.
    pub usage: f64,
    /// What the discount takes off.
    pub discount: f64,
    /// What would be on the bill, rounded to cents.
    pub due: f64,
    /// What it may use in a month, before the discount, if that is limited.
    pub monthly_budget: Option<f64>,
    /// Whether it is disabled, for having used that.
    pub disabled: bool,
}

/// Answers and what they cost, before the discount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Sum {
    /// How many answers.
    pub answers: i64,
    /// What they cost.
    pub usage: f64,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// No such application.
    #[error("There is no application `{0}`; `fleetgate world` lists them.")]
    UnknownApplication(String),
    /// The store failed.
    #[error("The database failed.")]
    Store(#[from] fleetgate_store::Error),
}

/// The costs of a month (this one, unless it is given), as they are written; of one application, if it is named.
///
/// # Errors
/// [`ReportError`].
pub async fn report(state: &State, month: Option<Month>, application: Option<&str>) -> Result<CostReport, ReportError> {
    let this_month = Month::of(state.now());
    let month = month.unwrap_or(this_month);
    let only = match application {
        Some(name) => {
            let found = state.directory.application_named(name);
            Some(found.ok_or_else(|| ReportError::UnknownApplication(name.to_owned()))?.client_id.clone())
        }
        None => None,
    };
    let is_asked = |client_id: &String| only.as_ref().is_none_or(|only| only == client_id);
    let mut sums = Sums::default();
    for cost in state.store.costs(month.first_day(), month.next().first_day()).await? {
        if is_asked(&cost.client_id) {
            sums.add(cost);
        }
    }
    let budgets = meter(state).map(|meter| meter.budgets.document()).unwrap_or_default();
    for client_id in budgets.keys().filter(|client_id| is_asked(client_id)) {
        sums.applications.entry(client_id.clone()).or_default();
    }
    let applications = sums.applications.into_iter().map(|(client_id, sum)| {
        let name = state.directory.application(&client_id).map(|application| application.name.clone());
        let budget = budgets.get(&client_id).copied();
        let discount = sum.thousandths.min(DISCOUNT);
        ApplicationCost {
            application: name.unwrap_or_else(|| client_id.clone()),
            answers: sum.answers,
            usage: dollars(sum.thousandths),
            discount: dollars(discount),
            due: dollars(cents(sum.thousandths - discount)),
            monthly_budget: budget.map(dollars),
            disabled: month == this_month && budget.is_some_and(|budget| sum.thousandths >= budget),
            client_id,
        }
    });
    let mut applications: Vec<_> = applications.collect();
    applications.sort_by(|one, other| one.application.cmp(&other.application));
    let total = |amount: fn(&ApplicationCost) -> f64| thousandths(applications.iter().map(amount).sum());
    Ok(CostReport {
        month: month.to_string(),
        answers: sums.all.answers,
        usage: dollars(sums.all.thousandths),
        discount: dollars(total(|application| application.discount)),
        due: dollars(total(|application| application.due)),
        applications,
        days: shown(sums.days.into_iter().map(|(day, sum)| (date(day).to_string(), sum))),
        devices: shown(sums.devices.into_iter()),
        operations: shown(sums.operations.into_iter()),
    })
}

#[derive(Default)]
struct Sums {
    all: Amount,
    applications: BTreeMap<String, Amount>,
    days: BTreeMap<i64, Amount>,
    devices: BTreeMap<String, Amount>,
    operations: BTreeMap<String, Amount>,
}

#[derive(Clone, Copy, Default)]
struct Amount {
    answers: i64,
    thousandths: i64,
}

impl Sums {
    fn add(&mut self, cost: Cost) {
        let Cost { day, client_id, operation, device, answers, thousandths } = cost;
        for amount in [
            &mut self.all,
            self.applications.entry(client_id).or_default(),
            self.days.entry(day).or_default(),
            self.devices.entry(device).or_default(),
            self.operations.entry(operation).or_default(),
        ] {
            amount.answers += answers;
            amount.thousandths += thousandths;
        }
    }
}

fn shown(amounts: impl Iterator<Item = (String, Amount)>) -> BTreeMap<String, Sum> {
    let sum = |amount: Amount| Sum { answers: amount.answers, usage: dollars(amount.thousandths) };
    amounts.map(|(name, amount)| (name, sum(amount))).collect()
}

/// Thousandths of a dollar as dollars.
fn dollars(thousandths: i64) -> f64 {
    thousandths as f64 / 1000.0
}

/// Dollars as thousandths of one.
#[expect(clippy::cast_possible_truncation, reason = "sums of what `dollars` made, which fit")]
fn thousandths(dollars: f64) -> i64 {
    (dollars * 1000.0).round() as i64
}

/// Thousandths of a dollar, rounded to cents.
const fn cents(thousandths: i64) -> i64 {
    (thousandths + 5).div_euclid(10) * 10
}
