use super::*;

const NOON: i64 = 20_000 * DAY + DAY / 2;

fn call<'a>(price: Price, account: &'a str, open_source: Option<&'a str>, device: &'a Arc<str>) -> DeviceCall<'a> {
    DeviceCall { price, account, open_source, device }
}

/// How many calls pass before one is refused, and for how many seconds.
fn passes(limits: &Limits, call: &DeviceCall<'_>, now: i64) -> (u64, u64) {
    let mut passed = 0;
    loop {
        match limits.take(call, now).expect("limited") {
            Ok(allowance) => {
                passed += 1;
                assert!(passed < 1000, "{allowance:?}");
            }
            Err(TooMany(allowance)) => return (passed, allowance.reset),
        }
    }
}

#[test]
fn each_price_has_its_limit_for_each_account_and_device() {
    let limits = Limits::default();
    let (car, other): (Arc<str>, Arc<str>) = ("car".into(), "other".into());
    for (price, most) in [(Price::Data, 60), (Price::Command, 30), (Price::Wake, 3)] {
        assert_eq!(passes(&limits, &call(price, "robin", None, &car), NOON), (most, 60), "{price:?}");
    }
    assert_eq!(passes(&limits, &call(Price::Wake, "robin", None, &other), NOON), (3, 60));
    assert_eq!(passes(&limits, &call(Price::Wake, "sam", None, &car), NOON), (3, 60));
    assert_eq!(limits.take(&call(Price::None, "robin", None, &car), NOON), None);
}

#[test]
fn a_window_ends_a_minute_after_its_first_call() {
    let limits = Limits::default();
    let car: Arc<str> = "car".into();
    let wake = call(Price::Wake, "robin", None, &car);
    assert_eq!(limits.take(&wake, NOON), Some(Ok(Allowance { most: 3, left: 2, reset: 60 })));
    assert_eq!(limits.take(&wake, NOON + 30 * SECOND), Some(Ok(Allowance { most: 3, left: 1, reset: 30 })));
    assert_eq!(passes(&limits, &wake, NOON + MINUTE - 1), (1, 1), "a part of a second is a second to wait");
    assert_eq!(passes(&limits, &wake, NOON + MINUTE), (3, 60));
}

#[test]
fn an_open_source_application_has_its_day_beside_the_minute() {
    let limits = Limits::default();
    let car: Arc<str> = "car".into();
    let wake = call(Price::Wake, "robin", Some("garage"), &car);
    let mut now = NOON;
    for _ in 0..5 {
        let refused = passes(&limits, &wake, now);
        assert_eq!(refused.0, 3);
        now += MINUTE;
    }
    let midnight = 12 * 60 * 60 - 5 * 60;
    assert_eq!(limits.take(&wake, now), Some(Err(TooMany(Allowance { most: 15, left: 0, reset: midnight }))));
    let sam = call(Price::Wake, "sam", Some("garage"), &car);
    assert_eq!(passes(&limits, &sam, now).0, 0, "the quota is the application's, whoever asks");
    assert_eq!(passes(&limits, &call(Price::Wake, "robin", None, &car), now).0, 3, "other applications have none");
    assert_eq!(passes(&limits, &wake, NOON + DAY / 2).0, 3, "a new day");
}

#[test]
fn what_one_limit_refuses_counts_in_no_other() {
    let limits = Limits::default();
    let car: Arc<str> = "car".into();
    let wake = call(Price::Wake, "robin", Some("garage"), &car);
    assert_eq!(passes(&limits, &wake, NOON), (3, 60));
    for _ in 0..20 {
        assert!(limits.take(&wake, NOON).expect("limited").is_err());
    }
    let again = limits.take(&wake, NOON + MINUTE).expect("limited").expect("within the day");
    assert_eq!((again.most, again.left), (3, 2), "the minute is tighter than what is left of the day");
}

#[test]
fn an_application_gets_twenty_tokens_a_second() {
    let limits = Limits::default();
    for left in (0..20).rev() {
        assert_eq!(limits.take_token("app", NOON), Ok(Allowance { most: 20, left, reset: 1 }));
    }
    assert_eq!(limits.take_token("app", NOON), Err(TooMany(Allowance { most: 20, left: 0, reset: 1 })));
    assert!(limits.take_token("another", NOON).is_ok());
    assert!(limits.take_token("app", NOON + SECOND).is_ok());
}

#[test]
fn windows_that_have_ended_are_forgotten() {
    let limits = Limits::default();
    for minute in 0..20_i64 {
        for number in 0..1000 {
            let device: Arc<str> = number.to_string().into();
            let now = NOON + minute * MINUTE;
            assert!(limits.take(&call(Price::Wake, "robin", None, &device), now).expect("limited").is_ok());
        }
    }
    let open = limits.open.lock().expect("unpoisoned");
    assert!(open.windows.len() <= MANY, "{}", open.windows.len());
}
