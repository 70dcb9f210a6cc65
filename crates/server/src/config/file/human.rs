//! Durations and counts as people write them.

use std::time::Duration;

use serde::Deserialize;

/// The longest duration in seconds, so that no sum of times overflows.
pub(super) const CENTURY: u64 = 36_500 * DAY;
const DAY: u64 = 24 * HOUR;
const HOUR: u64 = 60 * 60;

/// A duration such as `90d`, `8h`, `2m`, `30s`, `250ms`, or several of them: `1h 30m`; at most `MOST` seconds. It may be
/// nothing: `0s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct HumanDuration<const MOST: u64 = CENTURY>(Duration);

/// A duration that is not nothing, at most `MOST` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct LongDuration<const MOST: u64 = CENTURY>(Duration);

/// A duration that is not nothing, or `never`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Lasting(Option<Duration>);

/// A number from 1 to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Count<const MOST: usize>(pub(crate) usize);

impl<const MOST: u64> TryFrom<String> for HumanDuration<MOST> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let most = human(MOST);
        let duration = parse(&text).ok_or_else(|| {
            format!("`{text}` is no duration; write it as `90d`, `8h`, `2m`, `30s` or `250ms`, at most `{most}`")
        })?;
        if duration > Duration::from_secs(MOST) {
            return Err(format!("`{text}` is too long; at most `{most}` is possible here"));
        }
        Ok(Self(duration))
    }
}

impl<const MOST: u64> TryFrom<String> for LongDuration<MOST> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match HumanDuration::<MOST>::try_from(text)? {
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
            _ => LongDuration::<CENTURY>::try_from(text).map(|duration| Self(Some(duration.0))),
        }
    }
}

impl From<Lasting> for Option<Duration> {
    fn from(lasting: Lasting) -> Self {
        lasting.0
    }
}

impl<const MOST: usize> TryFrom<i64> for Count<MOST> {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        let fitting = usize::try_from(number).ok().filter(|number| (1..=MOST).contains(number));
        fitting.map(Self).ok_or_else(|| format!("this number must be 1 to {MOST}"))
    }
}

impl<const MOST: u64> From<HumanDuration<MOST>> for Duration {
    fn from(duration: HumanDuration<MOST>) -> Self {
        duration.0
    }
}

impl<const MOST: u64> From<LongDuration<MOST>> for Duration {
    fn from(duration: LongDuration<MOST>) -> Self {
        duration.0
    }
}

/// Seconds in the largest unit that they are a multiple of.
fn human(seconds: u64) -> String {
    let units = [(DAY, 'd'), (HOUR, 'h'), (60, 'm')];
    match units.iter().find(|(unit, _)| seconds.is_multiple_of(*unit)) {
        Some((unit, letter)) => format!("{}{letter}", seconds / unit),
        None => format!("{seconds}s"),
    }
}

/// Sums pairs of number and unit.
pub(crate) fn parse(text: &str) -> Option<Duration> {
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
    (!text.trim().is_empty()).then_some(sum)
}
