use fleetgate_protocol::OperationId;

use super::*;

fn fault(kind: Kind) -> Fault {
    Fault {
        id: 1,
        kind,
        operation: None,
        application: None,
        client_id: None,
        account: None,
        account_id: None,
        device: None,
        nth: None,
        percent: None,
        times: None,
        ends_at: None,
        seconds: None,
        seen: 0,
        fired: 0,
    }
}

fn row(name: &str) -> Place {
    Place::Api(OperationId::all().map(OperationId::row).find(|row| row.name == name).expect("in the table"))
}

fn request(place: Place) -> Request<'static> {
    Request { place, client_id: None, account_id: None, device: None, refreshes: false }
}

#[test]
fn a_fault_strikes_the_share_that_it_is_told_to() {
    for percent in [0.0, 1.0, 25.0, 50.0, 99.0, 100.0] {
        let mut fault = Fault { percent: Some(percent), ..fault(Kind::Unavailable) };
        let struck = (0..10_000).filter(|_| fault.count()).count();
        assert!((struck as f64 / 100.0 - percent).abs() < 1.5, "{percent} {struck}");
        assert_eq!((fault.seen, fault.fired), (10_000, struck as u64));
    }
}

#[test]
fn a_draw_is_the_same_each_time_and_another_for_another_fault() {
    let draws = |id| {
        let mut fault = Fault { id, percent: Some(50.0), ..fault(Kind::Unavailable) };
        (0..64).map(|_| fault.count()).collect::<Vec<_>>()
    };
    assert_eq!(draws(1), draws(1));
    assert_ne!(draws(1), draws(2));
}

#[test]
fn a_fault_is_over_after_its_time_its_times_or_its_one_request() {
    let mut twice = Fault { times: Some(2), ..fault(Kind::Unavailable) };
    assert_eq!([0; 2].map(|_| twice.count()), [true, true]);
    assert!(!twice.is_active(0));
    let until = Fault { ends_at: Some(10), ..fault(Kind::Unavailable) };
    assert!(until.is_active(9) && !until.is_active(10));
    let mut second = Fault { nth: Some(2), ..fault(Kind::Unavailable) };
    assert_eq!([0; 2].map(|_| second.count()), [false, true]);
    assert!(!second.is_active(0));
}

#[test]
fn kinds_happen_where_they_can() {
    let (vehicle, site, me) = (row("vehicle"), row("live_status"), row("me"));
    let (token, keys) = (Place::AuthorizationServer("token"), Place::AuthorizationServer("keys"));
    let happens = |kind: Kind| [vehicle, site, me, token, keys].map(|place| kind.happens_to(place));
    assert_eq!(happens(Kind::Unavailable), [true, true, true, true, true]);
    assert_eq!(happens(Kind::ExpiredToken), [true, true, true, false, false]);
    assert_eq!(happens(Kind::DeviceOffline), [true, true, false, false, false]);
    assert_eq!(happens(Kind::MobileAccessDisabled), [true, false, false, false, false]);
    assert_eq!(happens(Kind::ConsentRevoked), [true, true, true, true, false]);
    assert_eq!(happens(Kind::RacingRefresh), [false, false, false, true, false]);
    assert!(!Kind::Unavailable.happens_to(row("status")), "what is public passes no gate");
    let refresh = Request { refreshes: true, ..request(token) };
    for kind in [Kind::RacingRefresh, Kind::LoginRequired, Kind::ConsentRevoked] {
        assert!(fault(kind).concerns(&refresh) && !fault(kind).concerns(&request(token)), "{kind}");
    }
    assert!(fault(Kind::ConsentRevoked).concerns(&request(vehicle)));
}

#[test]
fn what_is_not_known_of_a_request_is_nobodys() {
    let mut narrow = fault(Kind::Unavailable);
    narrow.client_id = Some("app".to_owned());
    let place = row("vehicle");
    assert!(!narrow.concerns(&request(place)));
    assert!(narrow.concerns(&Request { client_id: Some("app"), ..request(place) }));
    assert!(!narrow.concerns(&Request { client_id: Some("other"), ..request(place) }));
}

#[test]
fn kinds_have_names_of_their_own() {
    for kind in Kind::ALL {
        assert_eq!(kind.as_str().parse::<Kind>(), Ok(*kind));
        let json = serde_json::to_string(kind).expect("JSON");
        assert_eq!(serde_json::from_str::<Kind>(&json).expect("a kind"), *kind);
    }
}

#[test]
fn the_guide_has_every_kind_and_no_other() {
    let guide = include_str!("../../../../../docs/faults.md");
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(name, _)| name);
    let named: Vec<_> = rows.filter(|name| name.parse::<Kind>().is_ok()).collect();
    assert_eq!(named, Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>());
}
