use std::sync::atomic::{AtomicI64, Ordering};

use proptest::prelude::*;

use super::anchors::LAST;
use super::*;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// 2026-10-01T12:00:00Z.
const START: i64 = 1_790_856_000 * SECOND;

#[derive(Debug, Default)]
struct Machine(AtomicI64);

impl Machine {
    fn show(&self, real: i64) {
        self.0.store(real, Ordering::SeqCst);
    }
}

impl Clock for Machine {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

async fn opened(folder: &tempfile::TempDir, machine: &Arc<Machine>) -> (Store, SandboxClock) {
    let store = Store::open(&fleetgate_store::DatabaseUrl::Sqlite(folder.path().join("fleetgate.db"))).await.unwrap();
    let clock = SandboxClock::open(&store, machine.clone()).await.unwrap();
    (store, clock)
}

fn rate(rate: f64) -> Rate {
    rate.try_into().unwrap()
}

#[test]
fn an_untouched_clock_is_the_machines() {
    for real in [0, 1, START, LAST] {
        assert_eq!(Anchors::default().at(real), real);
    }
    assert_eq!(Anchors::default().at(i64::MAX), LAST);
}

#[test]
fn the_clock_goes_forward_only_and_ends() {
    let clock = Anchors::default();
    let back = clock.changed(Change::Set(Moment(START - 1)), START, START);
    assert!(matches!(back, Err(ClockError::Backwards { now: START })));
    assert_eq!(clock.changed(Change::Set(Moment(START)), START, START).unwrap().at(START), START);
    for span in [LAST - START + 1, i64::MAX] {
        let beyond = clock.changed(Change::Advance(Span(span)), START, START);
        assert!(matches!(beyond, Err(ClockError::TooFar)));
    }
    let fast = clock.changed(Change::Rate(rate(100_000.0)), START, START).unwrap();
    assert_eq!(fast.at(i64::MAX), LAST);
}

#[test]
fn times_durations_and_rates_are_read_as_they_are_written() {
    let moment = |text: &str| text.parse::<Moment>().map(|moment| moment.0);
    assert_eq!(moment("2026-10-01T12:00:00Z"), Ok(START));
    assert_eq!(moment("2026-10-01T14:00:00.5+02:00"), Ok(START + SECOND / 2));
    assert_eq!(moment("1790856000"), Ok(START));
    for text in ["", "soon", "NaN", "inf", "-1", "1e300", "2026-10-01", "2026-10-01T12:00:00"] {
        assert!(moment(text).is_err(), "{text}");
    }
    let span = |text: &str| text.parse::<Span>().map(|span| span.0);
    assert_eq!(span("90d"), Ok(90 * DAY));
    assert_eq!(span("1h 30m"), Ok(5_400 * SECOND));
    assert_eq!(span("0.25"), Ok(SECOND / 4));
    for text in ["", "d", "-8h", "-5", "8 hours", "NaN", "999999999999999999999d"] {
        assert!(span(text).is_err(), "{text}");
    }
    let rates = |text: &str| text.parse::<Rate>().map(f64::from);
    assert_eq!((rates("0"), rates("0.5"), rates("100000")), (Ok(0.0), Ok(0.5), Ok(100_000.0)));
    for text in ["", "fast", "-1", "100000.1", "NaN", "inf"] {
        assert!(rates(text).is_err(), "{text}");
    }
}

#[tokio::test]
async fn a_change_is_kept_and_followed() {
    let (folder, machine) = (tempfile::tempdir().unwrap(), Arc::new(Machine::default()));
    machine.show(START);
    let (store, running) = opened(&folder, &machine).await;
    let (_, beside) = opened(&folder, &machine).await;
    let version = beside.change_beside(&store, Change::Advance(Span(DAY))).await.unwrap();
    assert!(!beside.is_followed(&store, version).await.unwrap());
    assert_eq!((beside.now(), running.now()), (START + DAY, START));
    running.follow(&store).await.unwrap();
    assert!(beside.is_followed(&store, version).await.unwrap());
    assert_eq!((beside.now(), running.now()), (START + DAY, START + DAY));
    running.change(&store, Change::Freeze(true)).await.unwrap();
    machine.show(START + DAY);
    let (_, reopened) = opened(&folder, &machine).await;
    assert_eq!(reopened.reading(), running.reading());
    assert_eq!(reopened.now(), START + DAY);
}

/// A fast clock that is frozen from beside has run on until the sandbox followed; it stands where it was seen last, also
/// after a restart.
#[tokio::test]
async fn what_the_running_sandbox_has_shown_is_not_taken_back() {
    let (folder, machine) = (tempfile::tempdir().unwrap(), Arc::new(Machine::default()));
    machine.show(START);
    let (store, running) = opened(&folder, &machine).await;
    running.change(&store, Change::Rate(rate(100_000.0))).await.unwrap();
    let (_, beside) = opened(&folder, &machine).await;
    let version = beside.change_beside(&store, Change::Freeze(true)).await.unwrap();
    machine.show(START + SECOND);
    let shown = running.now();
    assert_eq!(shown, START + 100_000 * SECOND);
    running.follow(&store).await.unwrap();
    assert!(beside.is_followed(&store, version).await.unwrap());
    let (_, reopened) = opened(&folder, &machine).await;
    assert_eq!([running.now(), beside.now(), reopened.now()], [shown; 3]);
}

#[tokio::test]
async fn changes_at_once_are_serial() {
    let (folder, machine) = (tempfile::tempdir().unwrap(), Arc::new(Machine::default()));
    machine.show(START);
    let (store, clock) = opened(&folder, &machine).await;
    let (_, beside) = opened(&folder, &machine).await;
    let changes = (0..20).map(|number| {
        let clock = if number % 2 == 0 { &clock } else { &beside };
        clock.change(&store, Change::Advance(Span(DAY)))
    });
    for changed in futures_util::future::join_all(changes).await {
        changed.unwrap();
    }
    let (_, reopened) = opened(&folder, &machine).await;
    assert_eq!(reopened.now(), START + 20 * DAY);
}

#[tokio::test]
async fn a_machine_whose_clock_is_put_back_takes_nothing_back() {
    let (folder, machine) = (tempfile::tempdir().unwrap(), Arc::new(Machine::default()));
    machine.show(START);
    let (store, clock) = opened(&folder, &machine).await;
    clock.change(&store, Change::Advance(Span(DAY))).await.unwrap();
    machine.show(START + 60 * SECOND);
    let shown = clock.now();
    machine.show(START - DAY);
    assert_eq!(clock.now(), shown);
    assert_eq!(clock.change(&store, Change::Freeze(true)).await.unwrap().now_unix_us, shown);
}

#[tokio::test]
async fn a_damaged_clock_is_no_clock() {
    let (folder, machine) = (tempfile::tempdir().unwrap(), Arc::new(Machine::default()));
    let (store, _) = opened(&folder, &machine).await;
    store.put_setting(SETTING, "{}").await.unwrap();
    assert!(matches!(SandboxClock::open(&store, machine).await, Err(ClockError::Damaged(_))));
}

#[test]
fn people_are_told_how_the_clock_runs() {
    let manner = |offset, factor| Reading::new(START + offset, START, rate(factor)).manner();
    assert_eq!(manner(0, 1.0), "real time");
    assert_eq!(manner(90 * DAY + 61 * SECOND, 1.0), "90d 1m 1s ahead of real time");
    assert_eq!(manner(-DAY, 0.0), "1d behind real time, frozen");
    assert_eq!(manner(0, 60.0), "real time, 60 times as fast");
    assert_eq!(Reading::new(START, START, Rate::REAL).notice(), None);
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        any::<i64>().prop_map(|moment| Change::Set(Moment(moment))),
        (0..=2 * LAST).prop_map(|moment| Change::Set(Moment(moment))),
        (0..=i64::MAX).prop_map(|span| Change::Advance(Span(span))),
        (0..=DAY).prop_map(|span| Change::Advance(Span(span))),
        any::<bool>().prop_map(Change::Freeze),
        (0.0..=100_000.0).prop_map(|factor| Change::Rate(rate(factor))),
    ]
}

proptest! {
    /// Whatever is done to it and to the machine's clock, no look is earlier than the one before, none is after the end,
    /// and what is refused changes nothing.
    #[test]
    fn the_clock_is_monotone_and_ends(
        steps in proptest::collection::vec((change(), -DAY..=DAY, any::<bool>()), 1..40),
    ) {
        let (mut clock, mut real, mut latest) = (Anchors::default(), START, START);
        for (change, passed, follows) in steps {
            real += passed;
            latest = latest.max(clock.at(real));
            if let Ok(changed) = clock.changed(change, real, latest) {
                prop_assert_eq!(changed.version, clock.version + 1);
                clock = if follows { changed.followed(real, latest) } else { changed };
                prop_assert!(clock.at(real) >= latest);
            }
            let looks = [real, real + 1, real + SECOND, real + DAY, i64::MAX].map(|real| clock.at(real));
            prop_assert!(looks.is_sorted() && looks[4] <= LAST);
            let kept = serde_json::to_string(&clock).unwrap();
            prop_assert_eq!(read(Some(&kept)).unwrap(), clock);
        }
    }

    /// A span at a rate is the same however often it is looked at, to the microsecond of a look.
    #[test]
    fn a_rate_is_exact(factor in 0.0..=100_000.0, span in 0..=DAY) {
        let rate = rate(factor);
        let passed = rate.of(span);
        prop_assert!((passed as f64 - span as f64 * f64::from(rate)).abs() <= 2.0);
    }
}
