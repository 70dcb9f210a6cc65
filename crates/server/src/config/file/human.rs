//! Durations and counts as people write them.

use std::time::Duration;

use serde::Deserialize;

/// A duration such as `90d`, `8h`, `2m`, `30s`, `250ms`, or several of them: `1h 30m`. It may be nothing: `0s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct HumanDuration(Duration);

/// A duration that is not nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct LongDuration(Duration);

/// A duration that is not nothing, or `never`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Lasting(Option<Duration>);

/// A number from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Count(pub(super) usize);

impl TryFrom<String> for HumanDuration {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse(&text).map(Self).ok_or_else(|| {
            format!("`{text}` is no duration; write it as `90d`, `8h`, `2m`, `30s` or `250ms`, at most `36500d`")
        })
    }
}

impl TryFrom<String> for LongDuration {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match HumanDuration::try_from(text)? {
            HumanDuration(Duration::ZERO) => Err("this duration must be longer than nothing".to_owned()),
            HumanDuration(duration) => Ok(Self(duration)),
        }
    }
}

impl TryFrom<String> for Lasting {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "never" => Ok(Self(None)),
            _ => LongDuration::try_from(text).map(|duration| Self(Some(duration.0))),
        }
    }
}

impl From<Lasting> for Option<Duration> {
    fn from(lasting: Lasting) -> Self {
        lasting.0
    }
}

impl TryFrom<i64> for Count {
    type Error = &'static str;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        usize::try_from(number).ok().filter(|number| *number > 0).map(Self).ok_or("this number must be 1 or more")
    }
}

impl From<HumanDuration> for Duration {
    fn from(duration: HumanDuration) -> Self {
        duration.0
    }
}

impl From<LongDuration> for Duration {
    fn from(duration: LongDuration) -> Self {
        duration.0
    }
}

/// Sums pairs of number and unit; at most a century, so that no sum of times overflows.
fn parse(text: &str) -> Option<Duration> {
    const CENTURY: Duration = Duration::from_secs(36_500 * 24 * 60 * 60);
    let mut rest = text.trim_start();
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let (unit, after) = after.split_at(after.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(after.len()));
        let milliseconds = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60 * 1_000,
            "h" => 60 * 60 * 1_000,
            "d" => 24 * 60 * 60 * 1_000,
            _ => return None,
        };
        sum = sum.checked_add(Duration::from_millis(number.parse::<u64>().ok()?.checked_mul(milliseconds)?))?;
        rest = after.trim_start();
    }
    (!text.trim().is_empty() && sum <= CENTURY).then_some(sum)
}
