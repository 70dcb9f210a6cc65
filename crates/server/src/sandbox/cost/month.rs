//! Days and months in UTC, by which the real service bills.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const DAY: i64 = 86_400 * 1_000_000;

/// The day of a moment (microseconds since the Unix epoch), counted from 1970-01-01 in UTC.
#[must_use]
pub const fn day(moment: i64) -> i64 {
    moment.div_euclid(DAY)
}

/// The date of a day, counted from 1970-01-01.
pub(super) fn date(day: i64) -> Date {
    let moment = Timestamp::from_microsecond(day.saturating_mul(DAY)).unwrap_or_default();
    TimeZone::UTC.to_datetime(moment).date()
}

/// A month in UTC, counted from January of the year 0; written as `2026-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(i32);

impl Month {
    /// The month of a moment, microseconds since the Unix epoch.
    #[must_use]
    pub fn of(moment: i64) -> Self {
        let date = date(day(moment));
        Self::new(date.year(), date.month())
    }

    fn new(year: i16, month: i8) -> Self {
        Self(i32::from(year) * 12 + i32::from(month) - 1)
    }

    /// The month after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The first of its days, counted from 1970-01-01.
    #[must_use]
    pub fn first_day(self) -> i64 {
        let (year, month) = self.year_and_month();
        let first = Date::new(year, month, 1).ok().and_then(|date| TimeZone::UTC.to_timestamp(date.into()).ok());
        day(first.unwrap_or_default().as_microsecond())
    }

    fn year_and_month(self) -> (i16, i8) {
        let year = i16::try_from(self.0.div_euclid(12)).unwrap_or(i16::MAX);
        (year, i8::try_from(self.0.rem_euclid(12) + 1).unwrap_or(1))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = self.year_and_month();
        write!(f, "{year:04}-{month:02}")
    }
}

impl FromStr for Month {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (year, month) = text.split_once('-').filter(|_| text.len() == "2026-10".len())?;
            Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
        };
        let date = read().filter(|date| date.year() >= 1970);
        date.map(|date| Self::new(date.year(), date.month()))
            .ok_or_else(|| format!("`{text}` is no month; write it as `2026-10`"))
    }
}
