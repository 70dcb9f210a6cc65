//! Lengths of time in microseconds, and the wall clocks of places.

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// A span as hours.
pub(crate) fn hours(micros: i64) -> f64 {
    micros as f64 / HOUR as f64
}

/// A number of hours as a span, rounded up so that what takes so long is over; far away when not finite.
pub(crate) fn span(hours: f64) -> i64 {
    // The cast saturates. A century is later than any question.
    (hours * HOUR as f64).ceil().min((100 * 366 * DAY) as f64) as i64
}

/// The first multiple of `cell` after a moment.
pub(crate) fn next_cell(now: i64, cell: i64) -> i64 {
    (now.div_euclid(cell) + 1) * cell
}

/// The middle of the cell that holds a moment.
pub(crate) fn middle_of_cell(now: i64, cell: i64) -> i64 {
    now.div_euclid(cell) * cell + cell / 2
}

/// Offset of the wall clock from UTC at a moment.
pub(crate) fn offset(zone: &TimeZone, now: i64) -> i64 {
    i64::from(zone.to_offset(timestamp(now)).seconds()) * SECOND
}

/// Offset from UTC at a moment, seconds. An unknown zone counts as UTC.
pub(crate) fn utc_offset(time_zone: &str, now: i64) -> i64 {
    offset(&zone(time_zone), now) / SECOND
}

/// The moment at which a wall clock shows this, as if it were UTC; what it skips is an hour later, and what it shows
/// twice is the first or the second time.
pub(crate) fn from_local(zone: &TimeZone, local: i64) -> i64 {
    let near = local - offset(zone, local);
    local - offset(zone, near)
}

/// A moment on the wall clock of a zone, RFC 3339 with its offset.
pub(crate) fn local(time_zone: &str, now: i64) -> String {
    local_in(&zone(time_zone), now)
}

/// The same in a zone that was found already.
pub(crate) fn local_in(zone: &TimeZone, now: i64) -> String {
    timestamp(now).to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// A moment in UTC, RFC 3339.
pub(crate) fn utc(now: i64) -> String {
    timestamp(now).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A zone by its IANA name. An unknown one counts as UTC.
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

pub(crate) fn timestamp(now: i64) -> Timestamp {
    Timestamp::from_microsecond(now).unwrap_or_default()
}
