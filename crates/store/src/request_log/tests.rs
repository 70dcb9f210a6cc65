use super::*;

fn entry(number: i64) -> Entry {
    Entry {
        id: format!("request-{number}"),
        at: number,
        method: "GET".into(),
        path: "/api/1/vehicles".to_owned(),
        operation: Some("vehicles".into()),
        application: Some(if number % 2 == 0 { "even" } else { "odd" }.to_owned()),
        subject: None,
        status: if number % 5 == 0 { 403 } else { 200 },
        checks: vec!["token".into(), "scope".into()],
        reason: (number % 5 == 0).then(|| "it needed `vehicle_device_data`".to_owned()),
        duration: 12,
    }
}

async fn ids(log: &RequestLog, filter: Filter, limit: u32) -> Vec<i64> {
    log.newest(&filter, limit).await.expect("read").iter().map(|entry| entry.at).collect()
}

#[tokio::test]
async fn everything_recorded_before_is_seen_newest_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = RequestLog::open(&folder.path().join("requests.db")).expect("opened");
    for number in 1..=20 {
        log.record(entry(number));
        assert_eq!(log.newest(&Filter::default(), 1).await.expect("read"), [entry(number)]);
    }
    assert_eq!(ids(&log, Filter::default(), 3).await, [20, 19, 18]);
    let refused = Filter { status: Some(403), application: Some("even".to_owned()), ..Filter::default() };
    assert_eq!(ids(&log, refused, 9).await, [20, 10]);
    assert_eq!(ids(&log, Filter { id: Some("request-7".to_owned()), ..Filter::default() }, 9).await, [7]);
    assert_eq!(ids(&log, Filter { subject: Some("nobody".to_owned()), ..Filter::default() }, 9).await, [0_i64; 0]);
    assert_eq!(ids(&log, Filter { operation: Some("vehicles".to_owned()), ..Filter::default() }, 99).await.len(), 20);
    log.clear().await.expect("clear");
    assert_eq!(ids(&log, Filter::default(), 9).await, [0_i64; 0]);
}

#[tokio::test]
async fn what_waits_is_written_when_the_log_is_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("requests.db");
    let log = RequestLog::open(&path).expect("opened");
    (1..=3).for_each(|number| log.record(entry(number)));
    drop(log);
    let log = RequestLog::open(&path).expect("opened again");
    assert_eq!(ids(&log, Filter::default(), 9).await, [3, 2, 1]);
}

#[tokio::test]
async fn only_the_newest_ten_thousand_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = RequestLog::open(&folder.path().join("requests.db")).expect("opened");
    for thousand in 0..12 {
        (1..=1_000).for_each(|number| log.record(entry(thousand * 1_000 + number)));
        assert_eq!(ids(&log, Filter::default(), 1).await, [(thousand + 1) * 1_000]);
    }
    let kept = ids(&log, Filter::default(), 20_000).await;
    assert_eq!((kept.len(), kept.first(), kept.last()), (10_000, Some(&12_000), Some(&2_001)));
    (12_001..=26_000).for_each(|number| log.record(entry(number)));
    let kept = ids(&log, Filter::default(), 20_000).await;
    assert_eq!((kept.len(), kept.first(), kept.last()), (10_000, Some(&26_000), Some(&16_001)));
}

#[test]
fn the_newest_wait_where_nothing_is_written() {
    let desk = Arc::new(Desk::default());
    // No thread serves this desk.
    let log = RequestLog { thread: Arc::new(Thread { desk: Arc::clone(&desk), handle: None }) };
    (0..KEPT as i64 + 5).for_each(|number| log.record(entry(number)));
    let waiting = desk.lock();
    let at = |entry: Option<&Entry>| entry.map(|entry| entry.at);
    assert_eq!(waiting.entries.len(), KEPT);
    assert_eq!((at(waiting.entries.front()), at(waiting.entries.back())), (Some(5), Some(KEPT as i64 + 4)));
}
