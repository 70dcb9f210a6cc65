use super::*;
use crate::time::{DAY, HOUR, MINUTE};

/// Monday 2026-03-02, 09:00 in Amsterdam.
const MONDAY: i64 = 1_772_438_400_000_000;
const AMSTERDAM: &str = "Europe/Amsterdam";

#[test]
fn days_are_read_in_every_way_that_clients_write_them() {
    for (text, mask) in [
        ("All", 127),
        ("all", 127),
        ("Weekdays", 62),
        ("Sunday", 1),
        ("Monday,Tuesday", 6),
        ("mon, WED ,Fri", 42),
        ("Thurs", 16),
        ("Sat", 64),
    ] {
        assert_eq!(Days::parse(text).map(Days::mask), Some(mask), "{text}");
    }
    for text in ["", "Someday", "Monday;Tuesday", "Monday,", "127"] {
        assert_eq!(Days::parse(text), None, "{text}");
    }
    assert_eq!(Days::from_mask(62), Some(Days::WEEKDAYS));
    assert_eq!((Days::from_mask(0), Days::from_mask(128), Days::from_mask(-1)), (None, None, None));
}

#[test]
fn the_next_time_is_later_today_tomorrow_or_in_a_week() {
    let next = |days, minute| next_after(AMSTERDAM, days, minute, MONDAY).map(|at| at - MONDAY);
    assert_eq!(next(Days::ALL, 10 * 60), Some(HOUR));
    assert_eq!(next(Days::ALL, 8 * 60), Some(23 * HOUR));
    // This very minute is not after itself.
    assert_eq!(next(Days::ALL, 9 * 60), Some(DAY));
    assert_eq!(next(Days(2), 8 * 60 + 59), Some(7 * DAY - MINUTE));
    assert_eq!(next(Days(1), 0), Some(6 * DAY - 9 * HOUR));
    assert_eq!(next(Days(0), 0), None);
}

#[test]
fn clocks_that_change_are_followed() {
    // On 2026-03-29 the clocks go from 02:00 to 03:00; half past two does not exist.
    let saturday = MONDAY + 26 * DAY;
    assert_eq!(next_after(AMSTERDAM, Days(1), 8 * 60, saturday), Some(saturday + 22 * HOUR));
    assert_eq!(next_after(AMSTERDAM, Days(1), 150, saturday), Some(saturday + 17 * HOUR + 30 * MINUTE));
    // On 2026-10-25 they go back from 03:00 to 02:00; half past two comes twice.
    let saturday = 1_792_825_200_000_000;
    let first = next_after(AMSTERDAM, Days::ALL, 150, saturday).unwrap();
    let second = next_after(AMSTERDAM, Days::ALL, 150, first).unwrap();
    assert_eq!((first - saturday, second - first), (17 * HOUR + 30 * MINUTE, 25 * HOUR));
}
