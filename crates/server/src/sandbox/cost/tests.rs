use super::*;

const DAY: i64 = 86_400 * 1_000_000;

fn moment(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().expect("a time").as_microsecond()
}

#[test]
fn months_begin_at_midnight_in_utc() {
    let month = Month::of(moment("2026-10-31T23:59:59.999999Z"));
    assert_eq!((month.to_string().as_str(), month.next().to_string().as_str()), ("2026-10", "2026-11"));
    assert_eq!(Month::of(moment("2026-11-01T00:00:00Z")), month.next());
    assert_eq!(month.first_day() * DAY, moment("2026-10-01T00:00:00Z"));
    assert_eq!(month.next().first_day() - month.first_day(), 31);
    let december: Month = "2027-12".parse().expect("a month");
    assert_eq!(december.next().to_string(), "2028-01");
    assert_eq!(december.next().next().next().first_day() - december.next().next().first_day(), 29, "a leap year");
}

#[test]
fn days_are_counted_from_1970() {
    assert_eq!(day(moment("1970-01-01T23:59:59Z")), 0);
    assert_eq!(day(moment("1970-01-02T00:00:00Z")), 1);
    assert_eq!(month::date(day(moment("2026-10-01T12:00:00Z"))).to_string(), "2026-10-01");
}

#[test]
fn what_is_no_month_is_none() {
    for text in ["", "2026", "2026-13", "2026-1", "2026-10-01", "1969-12", "-026-10", "October"] {
        assert!(text.parse::<Month>().is_err(), "{text}");
    }
}

#[test]
fn amounts_are_dollars() {
    let budget = |text: &str| text.parse::<Budget>().map(|budget| budget.0);
    assert_eq!(budget("0.50"), Ok(500));
    assert_eq!(budget("10"), Ok(10_000));
    assert_eq!(budget("0"), Ok(0));
    for text in ["-1", "much", "1e9", "NaN", ""] {
        assert!(budget(text).is_err(), "{text}");
    }
}
