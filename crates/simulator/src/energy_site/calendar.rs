//! Days, months and years of a time zone.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};

use super::CELL;
use crate::time::timestamp;

/// What a history is about: `period` on the wire. It decides how long the rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HistoryPeriod {
    /// Rows of five minutes.
    #[default]
    Day,
    /// Rows of a day; a week begins with Monday.
    Week,
    /// Rows of a day.
    Month,
    /// Rows of a month.
    Year,
    /// Rows of a year.
    Lifetime,
}

impl HistoryPeriod {
    const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Year, Self::Lifetime];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
            Self::Lifetime => "lifetime",
        }
    }

    pub(super) const fn rows(self) -> Rows {
        match self {
            Self::Day => Rows::Cells,
            Self::Week | Self::Month => Rows::Days,
            Self::Year => Rows::Months,
            Self::Lifetime => Rows::Years,
        }
    }

    /// The period of the calendar that holds a moment: its first, and the first after it. `None` for a lifetime.
    #[must_use]
    pub fn around(self, zone: &TimeZone, now: i64) -> Option<(i64, i64)> {
        let date = date(zone, now);
        let (first, length) = match self {
            Self::Day => (date, 1.day()),
            Self::Week => (back_to_monday(date), 7.days()),
            Self::Month => (date.first_of_month(), 1.month()),
            Self::Year => (date.first_of_year(), 1.year()),
            Self::Lifetime => return None,
        };
        Some((midnight(zone, first), midnight(zone, first.saturating_add(length))))
    }
}

impl FromStr for HistoryPeriod {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|period| period.as_str() == name).ok_or(())
    }
}

/// The length of a history's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    Cells,
    Days,
    Months,
    Years,
}

impl Rows {
    /// The beginning of the row that holds a moment, and that of the next row.
    pub(super) fn around(self, zone: &TimeZone, now: i64) -> (i64, i64) {
        let date = || date(zone, now);
        let (first, length): (Date, Span) = match self {
            Self::Cells => {
                let from = now.div_euclid(CELL) * CELL;
                return (from, from + CELL);
            }
            Self::Days => (date(), 1.day()),
            Self::Months => (date().first_of_month(), 1.month()),
            Self::Years => (date().first_of_year(), 1.year()),
        };
        let (from, until) = (midnight(zone, first), midnight(zone, first.saturating_add(length)));
        // At the end of the calendar rows would have no length.
        (from, until.max(now + 1))
    }
}

fn date(zone: &TimeZone, now: i64) -> Date {
    zone.to_datetime(timestamp(now)).date()
}

fn back_to_monday(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

/// The first moment of a day.
fn midnight(zone: &TimeZone, date: Date) -> i64 {
    date.to_zoned_datetime(zone.clone()).map_or(i64::MAX / 2, |zoned| zoned.timestamp().as_microsecond())
}
