use std::time::{SystemTime, UNIX_EPOCH};

use fleetgate_protocol::clock::Clock;

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> i64 {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_microseconds_since_the_epoch() {
        // 2020 and 2200: whatever the machine's clock is set to, it is not in other units.
        assert!((1_577_836_800_000_000..7_258_118_400_000_000).contains(&SystemClock.now()));
    }
}
