//! Days of the week, and when the wall clock of a place shows a time.

#[cfg(test)]
mod tests;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use crate::time::{timestamp, zone};

/// Minutes of a day.
pub(crate) const MINUTES: i64 = 24 * 60;

/// Days of the week, as the Fleet API counts them: Sunday 1, Monday 2, Tuesday 4, … Saturday 64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Days(i64);

impl Days {
    /// Every day.
    pub const ALL: Self = Self(127);
    /// Saturday and Sunday.
    pub(crate) const WEEKEND: Self = Self(65);
    /// Monday to Friday.
    pub const WEEKDAYS: Self = Self(62);

    /// The days of a mask; none for a mask without days, or with more than seven.
    #[must_use]
    pub const fn from_mask(mask: i64) -> Option<Self> {
        if mask > 0 && mask <= Self::ALL.0 { Some(Self(mask)) } else { None }
    }

    /// `All`, `Weekdays`, or names of days (`Monday`, `Mon`) separated by commas, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let day = |name: &str| {
            Some(match name.trim().to_ascii_lowercase().as_str() {
                "all" => Self::ALL.0,
                "weekdays" => Self::WEEKDAYS.0,
                "sunday" | "sun" => 1,
                "monday" | "mon" => 2,
                "tuesday" | "tue" | "tues" => 4,
                "wednesday" | "wed" => 8,
                "thursday" | "thu" | "thurs" => 16,
                "friday" | "fri" => 32,
                "saturday" | "sat" => 64,
                _ => return None,
            })
        };
        text.split(',').map(day).try_fold(0, |mask, day| Some(mask | day?)).map(Self)
    }

    /// The mask on the wire.
    #[must_use]
    pub const fn mask(self) -> i64 {
        self.0
    }

    fn contains(self, day: Weekday) -> bool {
        self.0 >> day.to_sunday_zero_offset() & 1 == 1
    }
}

/// The first moment after `after` at which the wall clock of a zone shows this minute of one of these days. A time that
/// the clocks leave out in spring comes an hour later, and one that they show twice in autumn is the first of the two.
pub(crate) fn next_after(time_zone: &str, days: Days, minute: i64, after: i64) -> Option<i64> {
    let zone = zone(time_zone);
    let minute = minute.clamp(0, MINUTES - 1);
    let mut date = zone.to_datetime(timestamp(after)).date();
    // The day may be today's, when the minute is over.
    for _ in 0..=7 {
        if days.contains(date.weekday()) {
            let moment = zone.to_timestamp(date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0)).ok()?;
            if moment.as_microsecond() > after {
                return Some(moment.as_microsecond());
            }
        }
        date = date.tomorrow().ok()?;
    }
    None
}
