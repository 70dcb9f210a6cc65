//! What can be done to the sandbox's clock, as it is typed and as it is sent.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::anchors::LAST;
use crate::config::file::human;
use crate::micros;

/// One change of the sandbox's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Shows this moment from now on.
    Set(Moment),
    /// Goes forward at once.
    Advance(Span),
    /// Stands (`true`), or runs again.
    Freeze(bool),
    /// Runs so fast.
    Rate(Rate),
}

/// Why the clock cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// Tokens, devices and records are of a time that has not been.
    #[error(
        "The sandbox's clock shows {} and only goes forward, as tokens and cars do; `fleetgate dev --reset` starts anew.",
        rfc3339(*.now)
    )]
    Backwards {
        /// What it shows, microseconds since the Unix epoch.
        now: i64,
    },
    /// The clock ends there.
    #[error("The sandbox's clock ends at {}; choose an earlier time.", rfc3339(LAST))]
    TooFar,
    /// What is kept of the clock is none.
    #[error("What the database keeps of the sandbox's clock cannot be read; `fleetgate dev --reset` starts anew.")]
    Damaged(#[source] serde_json::Error),
    /// The store failed.
    #[error("The database failed.")]
    Store(#[from] fleetgate_store::Error),
}

/// A moment, microseconds since the Unix epoch: written in RFC 3339 or as seconds since then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Moment(pub(in crate::sandbox) i64);

/// A length of time in microseconds: written as `90d`, `8h`, `1h 30m`, or as seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Span(pub(in crate::sandbox) i64);

/// How fast the clock runs, in millionths of the real speed: written as a number from 0 to 100000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Rate(u64);

/// A text or a number.
#[derive(Deserialize)]
#[serde(untagged, expecting = "it must be a text or a number")]
enum Written {
    Number(f64),
    Text(String),
}

impl TryFrom<Written> for Moment {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Text(text) => text.parse(),
            Written::Number(seconds) => Self::of_seconds(seconds).ok_or_else(|| no_time(&seconds)),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(Self(moment.as_microsecond()));
        }
        text.parse().ok().and_then(Self::of_seconds).ok_or_else(|| no_time(&text))
    }
}

impl Moment {
    /// Whether the sandbox's clock can show it.
    pub(in crate::sandbox) fn is_possible(self) -> bool {
        (0..=LAST).contains(&self.0)
    }

    fn of_seconds(seconds: f64) -> Option<Self> {
        whole_micros(seconds).map(Self)
    }
}

impl TryFrom<Written> for Span {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Text(text) => text.parse(),
            Written::Number(seconds) => whole_micros(seconds).map(Self).ok_or_else(|| no_span(&seconds)),
        }
    }
}

impl Span {
    /// The length.
    pub(in crate::sandbox) const fn micros(self) -> i64 {
        self.0
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = || text.parse().ok().and_then(whole_micros);
        human::parse(text).map(micros).or_else(seconds).map(Self).ok_or_else(|| no_span(&text))
    }
}

impl Rate {
    /// The clock stands.
    pub(super) const FROZEN: Self = Self(0);
    /// As fast as the machine's clock.
    pub(super) const REAL: Self = Self(MILLION);
    /// The fastest.
    const MOST: f64 = 100_000.0;

    /// What passes of the sandbox's time in a span of real time.
    pub(super) fn of(self, span: i64) -> i64 {
        let passed = i128::from(span) * i128::from(self.0) / i128::from(MILLION);
        i64::try_from(passed).unwrap_or(i64::MAX)
    }

    /// In how much real time a span of the sandbox's passes; `i64::MAX` for a clock that stands.
    pub(super) fn real(self, span: i64) -> i64 {
        let passed = (i128::from(span) * i128::from(MILLION)).checked_div(i128::from(self.0));
        passed.and_then(|passed| i64::try_from(passed).ok()).unwrap_or(i64::MAX)
    }
}

const MILLION: u64 = 1_000_000;

impl TryFrom<f64> for Rate {
    type Error = String;

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number was found to fit")]
    fn try_from(rate: f64) -> Result<Self, String> {
        match rate {
            0.0..=Self::MOST => Ok(Self((rate * MILLION as f64).round() as u64)),
            _ => Err(format!("`{rate}` is no rate; it must be a number from 0 to {}", Self::MOST)),
        }
    }
}

impl From<Rate> for f64 {
    fn from(rate: Rate) -> Self {
        rate.0 as Self / MILLION as Self
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse::<f64>()
            .unwrap_or(f64::NAN)
            .try_into()
            .map_err(|_| format!("`{text}` is no rate; it must be a number from 0 to {}", Self::MOST))
    }
}

/// Seconds as microseconds, if they are neither negative nor beyond what a number holds exactly.
#[expect(clippy::cast_possible_truncation, reason = "the number was found to fit")]
fn whole_micros(seconds: f64) -> Option<i64> {
    const MOST: f64 = 9.0e9;
    (0.0..=MOST).contains(&seconds).then(|| (seconds * MILLION as f64).round() as i64)
}

fn no_time(written: &dyn fmt::Display) -> String {
    format!("`{written}` is no time; write it as `2027-03-01T12:00:00Z` or as seconds since 1970")
}

fn no_span(written: &dyn fmt::Display) -> String {
    format!("`{written}` is no duration; write it as `90d`, `8h`, `1h 30m` or as seconds")
}

/// A moment in UTC, to the microsecond.
pub(in crate::sandbox) fn rfc3339(moment: i64) -> String {
    format!("{:.6}", Timestamp::from_microsecond(moment).unwrap_or_default())
}
