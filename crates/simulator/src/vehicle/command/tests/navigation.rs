use super::*;

fn route(car: &Vehicle, key: &str) -> Value {
    shown(car, &format!("/drive_state/active_route_{key}"))
}

fn without_location(car: &Vehicle) -> Value {
    let data = car.data(BlockSet::DEFAULT, false, AccessType::Owner, car.updated_at);
    serde_json::to_value(data.drive_state).unwrap()
}

#[test]
fn a_shared_address_becomes_the_destination_and_is_queued() {
    let mut car = awake();
    assert!(without_location(&car).get("active_route_miles_to_arrival").is_none());
    let body = json!({"type": "share_ext_content_raw", "locale": "nl-NL", "timestamp_ms": "1767000000000",
        "value": {"android.intent.extra.TEXT": "Dom Tower\nhttps://maps.example.com/?q=52.0907,5.1215"}});
    let outcome = car.command(parse("navigation_request", body).unwrap(), NOW);
    assert_eq!(serde_json::to_value(outcome).unwrap(), json!({"result": true, "reason": "", "queued": true}));
    assert_eq!(route(&car, "destination"), "Dom Tower");
    assert_eq!((route(&car, "latitude"), route(&car, "longitude")), (json!(52.0907), json!(5.1215)));
    let miles = route(&car, "miles_to_arrival").as_f64().unwrap();
    assert!((0.0..1.0).contains(&miles), "{miles}");
    assert_eq!(route(&car, "energy_at_arrival"), 60);

    let hidden = without_location(&car);
    assert!(hidden.get("active_route_destination").is_none() && hidden.get("active_route_latitude").is_none());
    assert_eq!(hidden["active_route_miles_to_arrival"], miles);
}

#[test]
fn stops_are_put_in_order() {
    let mut car = awake();
    for (lat, order) in [(52.1, json!(null)), (52.2, json!(3)), (52.05, json!(2))] {
        assert_eq!(tell(&mut car, "navigation_gps_request", json!({"lat": lat, "lon": 5.1, "order": order})), "");
    }
    let latitudes: Vec<_> = car.navigation.stops.iter().map(|stop| stop.place.latitude).collect();
    assert_eq!(latitudes, [52.05, 52.1, 52.2]);
    assert_eq!(route(&car, "latitude"), 52.2);
    assert_eq!(tell(&mut car, "navigation_gps_request", json!({"lat": 52.3, "lon": 5.1, "order": 1})), "");
    assert_eq!(car.navigation.stops.len(), 1);
    for _ in 1..20 {
        assert_eq!(tell(&mut car, "navigation_gps_request", json!({"lat": 52.1, "lon": 5.1, "order": 4})), "");
    }
    let full = car.clone();
    assert_eq!(
        tell(&mut car, "navigation_gps_request", json!({"lat": 52.1, "lon": 5.1, "order": 4})),
        "too_many_stops"
    );
    assert_eq!(car, full);
}

#[test]
fn superchargers_are_known_by_their_numbers() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "navigation_sc_request", json!({"id": 7})), "");
    assert_eq!(route(&car, "destination"), "Houten Supercharger");
    for id in [0, -1, 25, i64::MIN] {
        assert_eq!(tell(&mut car, "navigation_sc_request", json!({ "id": id })), "not_found");
    }
    assert_eq!(route(&car, "destination"), "Houten Supercharger");
}

#[test]
fn waypoints_make_the_whole_route() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "navigation_waypoints_request", json!({"waypoints": "refId:one, refId:two"})), "");
    assert_eq!(car.navigation.stops.len(), 2);
    assert_eq!(route(&car, "destination"), "two");
    let minutes = route(&car, "minutes_to_arrival").as_f64().unwrap();
    assert!(minutes > route(&car, "traffic_minutes_delay").as_f64().unwrap());
}
