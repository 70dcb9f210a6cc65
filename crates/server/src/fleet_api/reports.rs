//! What vehicles reported last. A vehicle reports once a second: who asks again within that second is told the same, as
//! long as nothing was done to any device meanwhile.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use fleetgate_protocol::Region;
use fleetgate_protocol::vehicle_data::BlockSet;
use tokio::time::Instant;

/// How many reports are kept at most.
const MOST: usize = 1_000;
/// How long a report is true, microseconds.
const SECOND: i64 = 1_000_000;

/// Which report it is. Only an owner's are kept: whether somebody else still is a driver, the database knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ReportKey {
    /// What the path names the vehicle by.
    pub(super) tag: String,
    /// The account of the owner.
    pub(super) account: String,
    /// Where alone vehicles are served.
    pub(super) only_in: Option<Region>,
    /// The blocks.
    pub(super) blocks: BlockSet,
}

/// A moment before a device is read; see [`Reports::keep`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Before {
    second: i64,
    changes: u64,
    /// In real time, which passes while the clock stands still and others write to the database.
    at: Instant,
}

impl Before {
    /// Whether what was true then still is.
    fn holds(&self, now: &Self) -> bool {
        let same = self.second == now.second && self.changes == now.changes;
        same && now.at.duration_since(self.at) < Duration::from_secs(1)
    }
}

/// The reports of the present second.
#[derive(Debug, Default)]
pub struct Reports {
    kept: Mutex<HashMap<ReportKey, (Before, Bytes)>>,
    changes: AtomicU64,
}

impl Reports {
    fn kept(&self) -> MutexGuard<'_, HashMap<ReportKey, (Before, Bytes)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A report that is still true at `now`, or the moment from which a new one can be kept.
    /// `at` is the same moment in real time.
    pub(super) fn look(&self, key: &ReportKey, now: i64, at: Instant) -> Result<Bytes, Before> {
        let before = Before { second: now.div_euclid(SECOND), changes: self.changes.load(Ordering::Acquire), at };
        match self.kept().get(key) {
            Some((of, report)) if of.holds(&before) => Ok(report.clone()),
            _ => Err(before),
        }
    }

    /// Keeps a report of a device that was read after `before`.
    pub(super) fn keep(&self, key: ReportKey, before: Before, report: Bytes) {
        let mut kept = self.kept();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, (before, report));
    }

    /// A device was changed, and the change is durable: no report of before is true any more.
    pub(super) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(tag: &str) -> ReportKey {
        ReportKey { tag: tag.to_owned(), account: "robin".to_owned(), only_in: None, blocks: BlockSet::DEFAULT }
    }

    #[test]
    fn a_report_is_true_for_its_second_and_until_a_change() {
        let (reports, now, at) = (Reports::default(), 10 * SECOND, Instant::now());
        let before = reports.look(&key("a"), now, at).expect_err("nothing yet");
        reports.keep(key("a"), before, Bytes::from_static(b"a"));
        assert_eq!(reports.look(&key("a"), now + SECOND - 1, at), Ok(Bytes::from_static(b"a")));
        assert!(reports.look(&key("b"), now, at).is_err() && reports.look(&key("a"), now + SECOND, at).is_err());
        assert!(reports.look(&key("a"), now - 1, at).is_err(), "the clock was set");
        reports.changed();
        assert!(reports.look(&key("a"), now, at).is_err());
    }

    #[test]
    fn no_clock_that_stands_still_keeps_a_report_true() {
        let (reports, now, at) = (Reports::default(), 10 * SECOND, Instant::now());
        let before = reports.look(&key("a"), now, at).expect_err("nothing yet");
        reports.keep(key("a"), before, Bytes::from_static(b"a"));
        assert!(reports.look(&key("a"), now, at + Duration::from_millis(999)).is_ok());
        assert!(reports.look(&key("a"), now, at + Duration::from_secs(1)).is_err());
    }

    #[test]
    fn a_report_of_before_a_change_is_never_taken_up() {
        let (reports, now, at) = (Reports::default(), 0, Instant::now());
        let before = reports.look(&key("a"), now, at).expect_err("nothing yet");
        // The device was read, then changed, and only then its report is kept.
        reports.changed();
        reports.keep(key("a"), before, Bytes::from_static(b"old"));
        assert!(reports.look(&key("a"), now, at).is_err());
    }

    #[test]
    fn no_more_are_kept_than_a_bound() {
        let (reports, at) = (Reports::default(), Instant::now());
        for number in 0..3 * MOST {
            let key = key(&number.to_string());
            let before = reports.look(&key, 0, at).expect_err("nothing yet");
            reports.keep(key, before, Bytes::new());
        }
        assert!(reports.kept().len() <= MOST);
    }
}
