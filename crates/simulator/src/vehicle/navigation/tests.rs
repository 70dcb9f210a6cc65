use super::*;

const UTRECHT: Coordinates = Coordinates::UTRECHT;

#[test]
fn coordinates_are_found_in_links_and_texts() {
    for (text, found) in [
        ("https://maps.example.com/?q=52.3702,4.8952", Some((52.3702, 4.8952))),
        ("https://maps.example.com/@52.3702,4.8952,15z", Some((52.3702, 4.8952))),
        ("geo:-33.8688, 151.2093", Some((-33.8688, 151.2093))),
        ("https://maps.example.com/?q=52.3702%2C4.8952", Some((52.3702, 4.8952))),
        ("Dorpsstraat 12, 3511 Utrecht", None),
        ("91.5,4.8952", None),
        ("5,4", None),
        ("", None),
    ] {
        let found = found.and_then(|(latitude, longitude)| Coordinates::new(latitude, longitude));
        assert_eq!(coordinates_in(text), found, "{text}");
    }
}

#[test]
fn a_text_without_coordinates_is_always_the_same_place_not_far_away() {
    let stop = Waypoint::from_shared_text("\n  Dorpsstraat 12\nhttps://example.com", UTRECHT).unwrap();
    assert_eq!(stop.name, "Dorpsstraat 12");
    assert_eq!(Some(&stop), Waypoint::from_shared_text("Dorpsstraat 12", UTRECHT).as_ref());
    assert!((1.0..50.0).contains(&UTRECHT.miles_to(stop.place)));
    assert_eq!(Waypoint::from_shared_text(" \n ", UTRECHT), None);
}

#[test]
fn stops_stand_where_they_were_put_and_the_way_leads_over_all() {
    let stop = |name: &str| Waypoint { name: name.to_owned(), place: somewhere(name, UTRECHT) };
    let names = |route: &Navigation| route.stops.iter().map(|stop| stop.name.clone()).collect::<Vec<_>>().join(" ");
    let mut route = Navigation::default();
    route.add(stop("a"), StopOrder::Last);
    let short = route.length_from(UTRECHT);
    route.add(stop("b"), StopOrder::Last);
    route.add(stop("c"), StopOrder::First);
    assert_eq!(names(&route), "c a b");
    let long = route.length_from(UTRECHT);
    assert!(long.miles > short.miles && long.minutes > long.delay, "{short:?} {long:?}");
    while route.stops.len() < MOST_STOPS {
        assert!(route.add(stop("d"), StopOrder::Last));
    }
    assert!(!route.add(stop("e"), StopOrder::First));
    assert!(route.add(stop("f"), StopOrder::Replace));
    assert_eq!(names(&route), "f");
}
