//! What energy costs when: `tariff_content_v2`.
//!
//! A tariff has seasons, which share the days of a year between them, and in each season periods, which share the
//! minutes of a week. Days of the week are counted from Monday as 0. A number that is left out is 0; a period that
//! ends at 0:00 ends with the day, and one that ends before it begins goes on over midnight.

mod read;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ONE_WAY_EFFICIENCY;
use crate::time::{DAY, MINUTE};

/// The longest tariff, bytes; one with a price for each half hour of a week has half of it.
const MOST_BYTES: usize = 96 * 1024;
/// Minutes of a day and of a week.
const DAY_MINUTES: usize = 24 * 60;
const WEEK_MINUTES: usize = 7 * DAY_MINUTES;
/// Days of a year without February 29.
const YEAR_DAYS: usize = 365;

/// Why a tariff was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TariffError {
    /// A member is missing, or is not of its kind.
    #[error("`{0}` is missing or not what it must be")]
    Member(String),
    /// A price is negative.
    #[error("`{0}` has a negative price")]
    NegativePrice(String),
    /// A period has no price.
    #[error("the period `{period}` of the season `{season}` has no price")]
    NoPrice {
        /// The season.
        season: String,
        /// Its period.
        period: String,
    },
    /// It has more than 96 KiB.
    #[error("it has more than 96 KiB")]
    TooLong,
    /// There is no season.
    #[error("there is no season")]
    NoSeason,
    /// A day has no season, or more than one.
    #[error("day {day} of month {month} is in {count} seasons")]
    Seasons {
        /// Month from 1.
        month: i8,
        /// Day from 1.
        day: i8,
        /// In how many.
        count: usize,
    },
    /// A minute of a week has no period, or more than one.
    #[error("day {day} of the week at minute {minute} is in {count} periods of the season `{season}`")]
    Periods {
        /// The season.
        season: String,
        /// Day from Monday as 0.
        day: usize,
        /// Minute of the day.
        minute: usize,
        /// In how many.
        count: usize,
    },
}

/// A tariff as it was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tariff(Value);

impl Tariff {
    /// Takes a tariff over.
    ///
    /// # Errors
    /// When it is none, or leaves a time out, or has a time twice, or a negative price.
    pub fn new(content: Value) -> Result<Self, TariffError> {
        Rates::read(&content)?;
        let tariff = Self(content);
        if tariff.bytes() > MOST_BYTES { Err(TariffError::TooLong) } else { Ok(tariff) }
    }

    /// What was given.
    #[must_use]
    pub const fn content(&self) -> &Value {
        &self.0
    }

    /// How long it is.
    pub(super) fn bytes(&self) -> usize {
        self.0.to_string().len()
    }

    /// What it says of each time.
    pub(super) fn rates(&self) -> Rates {
        // It was read before it was taken.
        Rates::read(&self.0).unwrap_or_default()
    }
}

/// How dear energy is at a time, beside the other times of its season.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Price {
    /// There is only one price.
    #[default]
    Flat,
    /// The lowest.
    Cheap,
    /// One between.
    Middle,
    /// The highest. `sells` when the grid pays more for energy than it costs to have stored it while it was cheap.
    Dear { sells: bool },
}

/// A period of a season, with its prices for a kWh.
#[derive(Clone, Debug, PartialEq)]
struct Period {
    buy: f64,
    sell: f64,
    spells: Vec<WeekSpell>,
}

/// When a period is: days of the week and minutes of the day, `from_day` to `to_day` and `to_minute` included and not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WeekSpell {
    from_day: usize,
    to_day: usize,
    from_minute: usize,
    to_minute: usize,
}

impl WeekSpell {
    fn has_day(self, day: usize) -> bool {
        if self.from_day <= self.to_day {
            (self.from_day..=self.to_day).contains(&day)
        } else {
            day >= self.from_day || day <= self.to_day
        }
    }

    fn has_minute(self, minute: usize) -> bool {
        if self.from_minute < self.to_minute {
            (self.from_minute..self.to_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.to_minute
        }
    }

    fn has(self, day: usize, minute: usize) -> bool {
        self.has_day(day) && self.has_minute(minute)
    }
}

/// A season: months and days from 1, both included.
#[derive(Clone, Debug, PartialEq)]
struct Season {
    from: (i8, i8),
    to: (i8, i8),
    periods: Vec<Period>,
}

impl Season {
    fn has(&self, day: (i8, i8)) -> bool {
        if self.from <= self.to { self.from <= day && day <= self.to } else { day >= self.from || day <= self.to }
    }

    fn price(&self, day: usize, minute: usize) -> Price {
        let now = self.periods.iter().find(|period| period.spells.iter().any(|spell| spell.has(day, minute)));
        let Some(now) = now else { return Price::Flat };
        let low = self.periods.iter().map(|period| period.buy).fold(f64::INFINITY, f64::min);
        let high = self.periods.iter().map(|period| period.buy).fold(0.0, f64::max);
        if low == high {
            Price::Flat
        } else if now.buy == high {
            Price::Dear { sells: now.sell * ONE_WAY_EFFICIENCY * ONE_WAY_EFFICIENCY > low }
        } else if now.buy == low {
            Price::Cheap
        } else {
            Price::Middle
        }
    }
}

/// A tariff as the batteries follow it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rates(Vec<Season>);

/// The day of the year, the day of the week from Monday and the minute of the day on a wall clock.
fn on_the_calendar(wall_clock: i64) -> ((i8, i8), usize, usize) {
    let date = Timestamp::from_microsecond(wall_clock).unwrap_or_default();
    let date = Offset::UTC.to_datetime(date).date();
    let minute = wall_clock.rem_euclid(DAY) / MINUTE;
    // The epoch was a Thursday.
    let day = (wall_clock.div_euclid(DAY) + 3).rem_euclid(7);
    ((date.month(), date.day()), day as usize, minute as usize)
}

impl Rates {
    /// What holds until a tariff is given: energy is dear on weekdays from 16 to 21.
    pub(super) fn standard() -> Self {
        let spell = |from_day, to_day, from_hour: usize, to_hour: usize| WeekSpell {
            from_day,
            to_day,
            from_minute: from_hour * 60,
            to_minute: to_hour * 60,
        };
        let dear = Period { buy: 2.0, sell: 0.0, spells: vec![spell(0, 4, 16, 21)] };
        let cheap = Period { buy: 1.0, sell: 0.0, spells: vec![spell(0, 4, 21, 16), spell(5, 6, 0, 0)] };
        Self(vec![Season { from: (1, 1), to: (12, 31), periods: vec![dear, cheap] }])
    }

    fn season(&self, date: (i8, i8)) -> Option<&Season> {
        let of = |date| self.0.iter().find(|season| season.has(date));
        of(date).or_else(|| if date == (2, 29) { of((2, 28)) } else { None })
    }

    /// The price at a moment of the wall clock, which is given as if it were UTC.
    pub(super) fn at(&self, wall_clock: i64) -> Price {
        let (date, day, minute) = on_the_calendar(wall_clock);
        self.season(date).map_or(Price::Flat, |season| season.price(day, minute))
    }

    /// The spells of this season in which energy is at its dearest and is not, as days from Sunday, and seconds of the
    /// day: `(dear, days, from, to)`.
    pub(super) fn schedule(&self, wall_clock: i64) -> Vec<(bool, Vec<i64>, i64, i64)> {
        let (date, ..) = on_the_calendar(wall_clock);
        let Some(season) = self.season(date) else { return Vec::new() };
        let spells = season.periods.iter().flat_map(|period| &period.spells);
        spells
            .map(|spell| {
                let dear = matches!(season.price(spell.from_day, spell.from_minute), Price::Dear { .. });
                let mut days: Vec<i64> =
                    (0..7).filter(|day| spell.has_day(*day)).map(|day| (day as i64 + 1) % 7).collect();
                days.sort_unstable();
                let second = |minute: usize| (minute % DAY_MINUTES * 60) as i64;
                (dear, days, second(spell.from_minute), second(spell.to_minute))
            })
            .collect()
    }
}
