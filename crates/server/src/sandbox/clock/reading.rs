//! What the sandbox's clock shows, for programs and for people.

use serde::Serialize;

use super::change::{Rate, rfc3339};

/// A look at the sandbox's clock; what `/sandbox/clock` answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// What it shows, RFC 3339 in UTC.
    pub now: String,
    /// The same in microseconds since the Unix epoch.
    pub now_unix_us: i64,
    /// How many times as fast as real time it runs.
    pub rate: f64,
    /// Whether it stands: its rate is 0.
    pub frozen: bool,
    /// How far it is ahead of real time, or behind it when negative.
    pub offset_seconds: f64,
}

impl Reading {
    pub(super) fn new(now: i64, real: i64, rate: Rate) -> Self {
        Self {
            now: rfc3339(now),
            now_unix_us: now,
            rate: rate.into(),
            frozen: rate == Rate::FROZEN,
            offset_seconds: (now - real) as f64 / 1e6,
        }
    }

    /// What it shows and how it runs, if that is another time than the machine's, or soon will be.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        let differs = self.offset_seconds.abs() >= 1.0 || Rate::try_from(self.rate) != Ok(Rate::REAL);
        differs.then(|| format!("{} ({})", self.now, self.manner()))
    }

    /// How it runs, beside real time: `90d ahead of real time, 60 times as fast`.
    #[must_use]
    pub fn manner(&self) -> String {
        let offset = match self.offset_seconds {
            seconds if seconds >= 1.0 => format!("{} ahead of real time", length(seconds)),
            seconds if seconds <= -1.0 => format!("{} behind real time", length(-seconds)),
            _ => "real time".to_owned(),
        };
        match self.rate {
            _ if self.frozen => format!("{offset}, frozen"),
            _ if Rate::try_from(self.rate) == Ok(Rate::REAL) => offset,
            rate => format!("{offset}, {rate} times as fast"),
        }
    }
}

/// Seconds as `Change::Advance` takes them: `90d 8h`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is some time before the year 2100")]
fn length(seconds: f64) -> String {
    let mut rest = seconds as u64;
    let mut parts = Vec::new();
    for (unit, letter) in [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')] {
        if rest >= unit {
            parts.push(format!("{}{letter}", rest / unit));
        }
        rest %= unit;
    }
    parts.join(" ")
}
