//! What the calls of each application would cost on the real service, as `docs/cost.md` tells people.
//!
//! An answer is priced by its row of the table and counted in memory; twice a second the counts are written together. A
//! crash loses at most what was counted since.
//!
//! An application that has used up its budget loses its telemetry configurations, once, and is not given them back.

mod doors;
mod month;
mod report;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fleetgate_gate::Registry;
use fleetgate_protocol::clock::Clock;
use fleetgate_protocol::{Operation, Region};
use fleetgate_store::{Cost, Store};
use http::StatusCode;

pub use self::doors::Budget;
pub(super) use self::doors::{set_budget, show};
pub use self::month::{Month, day};
pub use self::report::{ApplicationCost, CostReport, ReportError, Sum, report};
use super::kept::{Kept, KeptError};
use crate::directory::Directory;
use crate::state::State;

/// The setting in which budgets are kept.
const SETTING: &str = "budgets";

/// Why an application is disabled, in the answer.
const EXCEEDED: &str = "EXCEEDED_LIMIT";

/// What applications may use in a month, in thousandths of a dollar, by client id.
type Budgets = BTreeMap<String, i64>;

/// Counts what answers cost.
#[derive(Debug)]
pub struct CostMeter {
    meter: Mutex<Meter>,
    budgets: Kept<Budgets>,
    /// One batch at a time, so that whoever has waited for a turn finds everything written.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Meter {
    /// Of which month `used` tells.
    month: Month,
    /// What each application has used in it, in thousandths of a dollar.
    used: HashMap<String, i64>,
    /// What is not written yet.
    waiting: HashMap<Key, Tally>,
    /// Who has used up a budget.
    exceeded: HashSet<String>,
    /// Whose telemetry configurations are still to be removed, and since when.
    ending: HashMap<String, i64>,
}

impl Meter {
    /// Notes whether an application has used up its budget.
    fn note(&mut self, client_id: &str, budget: i64, now: i64) {
        if self.used.get(client_id).copied().unwrap_or(0) < budget {
            self.exceeded.remove(client_id);
        } else if self.exceeded.insert(client_id.to_owned()) {
            self.ending.insert(client_id.to_owned(), now);
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    day: i64,
    client_id: String,
    operation: &'static str,
    device: Option<Arc<str>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    answers: i64,
    thousandths: i64,
}

impl CostMeter {
    /// The meter of the sandbox in a store.
    pub(super) async fn open(store: &Store, now: i64) -> Result<Self, KeptError> {
        let budgets = Kept::<Budgets>::open(store, SETTING).await?;
        let month = Month::of(now);
        let mut used = HashMap::new();
        for Cost { client_id, thousandths, .. } in store.costs(month.first_day(), month.next().first_day()).await? {
            *used.entry(client_id).or_default() += thousandths;
        }
        let mut meter =
            Meter { month, used, waiting: HashMap::new(), exceeded: HashSet::new(), ending: HashMap::new() };
        // Whether their configurations were removed before the last stop is not known.
        budgets.document().iter().for_each(|(client_id, budget)| meter.note(client_id, *budget, now));
        Ok(Self { meter: Mutex::new(meter), budgets, turn: tokio::sync::Mutex::default() })
    }

    /// Counts an answer to an application.
    pub(super) fn count(
        &self,
        operation: &Operation,
        client_id: &str,
        device: Option<&Arc<str>>,
        status: StatusCode,
        now: i64,
    ) {
        let thousandths = i64::from(operation.price.thousandths());
        if thousandths == 0 || status.is_server_error() {
            return;
        }
        let key =
            Key { day: day(now), client_id: client_id.to_owned(), operation: operation.name, device: device.cloned() };
        let budget = self.budgets.document().get(client_id).copied();
        let mut meter = self.meter(now);
        match meter.used.get_mut(client_id) {
            Some(used) => *used += thousandths,
            None => drop(meter.used.insert(client_id.to_owned(), thousandths)),
        }
        let tally = meter.waiting.entry(key).or_default();
        tally.answers += 1;
        tally.thousandths += thousandths;
        if let Some(budget) = budget {
            meter.note(client_id, budget, now);
        }
    }

    /// Whether an application has used up its budget of this month.
    fn is_exceeded(&self, client_id: &str, now: impl FnOnce() -> i64) -> bool {
        let budgets = self.budgets.document();
        let Some(budget) = budgets.get(client_id) else { return false };
        self.meter(now()).used.get(client_id).copied().unwrap_or(0) >= *budget
    }

    /// The meter, at a moment.
    fn meter(&self, now: i64) -> MutexGuard<'_, Meter> {
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        let month = Month::of(now);
        if meter.month != month {
            meter.month = month;
            meter.used.clear();
            meter.exceeded.clear();
        }
        meter
    }

    /// Notes who has used up a budget, after budgets or the month have changed.
    fn note_all(&self, now: i64) {
        let budgets = self.budgets.document();
        let mut meter = self.meter(now);
        meter.exceeded.retain(|client_id| budgets.contains_key(client_id));
        budgets.iter().for_each(|(client_id, budget)| meter.note(client_id, *budget, now));
    }

    /// Writes what waits; when it returns, everything that was counted before is written, and the configurations are
    /// removed that it used up.
    pub(super) async fn flush(&self, store: &Store) -> Result<(), fleetgate_store::Error> {
        let _turn = self.turn.lock().await;
        self.end_streams(store).await?;
        let waiting = std::mem::take(&mut self.lock().waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let costs = waiting.iter().map(|(key, tally)| Cost {
            day: key.day,
            client_id: key.client_id.clone(),
            operation: key.operation.to_owned(),
            device: key.device.as_deref().unwrap_or_default().to_owned(),
            answers: tally.answers,
            thousandths: tally.thousandths,
        });
        let written = store.add_costs(costs.collect()).await;
        if written.is_err() {
            let mut meter = self.lock();
            for (key, tally) in waiting {
                let again = meter.waiting.entry(key).or_default();
                again.answers += tally.answers;
                again.thousandths += tally.thousandths;
            }
        }
        written
    }

    /// Removes the telemetry configurations of those who have used up a budget.
    async fn end_streams(&self, store: &Store) -> Result<(), fleetgate_store::Error> {
        let ending = self.lock().ending.clone();
        for (client_id, since) in ending {
            store.remove_telemetry_configs(&client_id, since).await?;
            let mut meter = self.lock();
            // Meanwhile it may have been raised and used up again.
            if meter.ending.get(&client_id) == Some(&since) {
                meter.ending.remove(&client_id);
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Meter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits, goes by budgets that were set from beside the sandbox, and says so: who has waited for that finds
    /// everything written that was counted before.
    pub(super) async fn follow(&self, store: &Store, now: i64) -> Result<(), KeptError> {
        self.note_all(now);
        self.flush(store).await?;
        self.budgets.follow(store).await
    }

    /// Sets the monthly budget of an application in thousandths of a dollar, or takes it away.
    async fn put_budget(
        &self,
        store: &Store,
        client_id: String,
        budget: Option<i64>,
        now: i64,
    ) -> Result<(), KeptError> {
        self.budgets.change(store, put(client_id, budget)).await?;
        self.note_all(now);
        Ok(())
    }

    /// The same from beside the sandbox; answers the number of the change.
    ///
    /// # Errors
    /// [`KeptError`].
    pub async fn put_budget_beside(
        &self,
        store: &Store,
        client_id: String,
        budget: Option<i64>,
    ) -> Result<u64, KeptError> {
        Ok(self.budgets.change_beside(store, put(client_id, budget)).await?.1)
    }

    /// Asks a running sandbox to write what it has counted; it has when [`CostMeter::is_followed`] says so of the answer.
    ///
    /// # Errors
    /// [`KeptError`].
    pub async fn ask_beside(&self, store: &Store) -> Result<u64, KeptError> {
        Ok(self.budgets.change_beside(store, |_| ()).await?.1)
    }

    /// Whether the running sandbox has come as far as the change of this number.
    ///
    /// # Errors
    /// [`KeptError`].
    pub async fn is_followed(&self, store: &Store, version: u64) -> Result<bool, KeptError> {
        self.budgets.is_followed(store, version).await
    }
}

fn put(client_id: String, budget: Option<i64>) -> impl Fn(&mut Budgets) + Send + Sync + 'static {
    move |budgets| match budget {
        Some(budget) => drop(budgets.insert(client_id.clone(), budget)),
        None => drop(budgets.remove(&client_id)),
    }
}

/// The directory, in which an application that has used up its budget is disabled.
#[derive(Debug)]
pub(crate) struct Metered {
    pub(crate) directory: Arc<Directory>,
    pub(crate) meter: Arc<CostMeter>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Registry for Metered {
    fn home_region(&self, subject: &str) -> Option<Region> {
        self.directory.home_region(subject)
    }

    fn registered(&self, client_id: &str, region: Region) -> bool {
        self.directory.registered(client_id, region)
    }

    fn disabled(&self, client_id: &str, account_id: Option<&str>) -> Option<String> {
        let exceeded = || self.meter.is_exceeded(client_id, || self.clock.now()).then(|| EXCEEDED.to_owned());
        self.directory.disabled(client_id, account_id).or_else(exceeded)
    }
}

/// The meter of a sandbox's state; production has none.
pub(crate) fn meter(state: &State) -> Option<&CostMeter> {
    state.conditions.as_deref().map(super::conditions::Conditions::cost)
}

#[cfg(test)]
mod tests;
