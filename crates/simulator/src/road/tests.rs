use proptest::prelude::*;

use super::*;

fn place() -> impl Strategy<Value = Coordinates> {
    (-60.0..60.0, -179.9..179.9).prop_map(|(latitude, longitude)| Coordinates { latitude, longitude })
}

#[test]
fn distances_are_those_of_the_globe() {
    let amsterdam = Coordinates { latitude: 52.3676, longitude: 4.9041 };
    let berlin = Coordinates { latitude: 52.52, longitude: 13.405 };
    assert!((amsterdam.miles_to(berlin) - 358.0).abs() < 3.0, "{}", amsterdam.miles_to(berlin));
    assert!((amsterdam.bearing(berlin) - 88.0).abs() < 4.0);
    let (fiji, samoa) =
        (Coordinates { latitude: -17.8, longitude: 178.0 }, Coordinates { latitude: -13.8, longitude: -171.8 });
    assert!((fiji.miles_to(samoa) - 740.0).abs() < 30.0, "across the date line: {}", fiji.miles_to(samoa));
}

proptest! {
    #[test]
    fn a_road_leads_from_one_end_to_the_other_and_back(from in place(), north in -2.0..2.0, east in -2.0..2.0) {
        let to = from.moved(north, east);
        let (road, back) = (Road::between(from, to), Road::between(to, from));
        prop_assert!((road.miles() - back.miles()).abs() < 1e-6);
        prop_assert!(road.miles() >= from.miles_to(to) - 1e-6);
        prop_assert!(road.miles() <= 1.3 * from.miles_to(to) + 1e-6);
        prop_assert!(road.at(0.0).0.miles_to(from) < 1e-3);
        prop_assert!(road.at(road.miles()).0.miles_to(to) < 1e-3);
        let (half, there) = (road.at(road.miles() / 3.0).0, back.at(back.miles() * 2.0 / 3.0).0);
        prop_assert!(half.miles_to(there) < 1e-3, "the same road: {half:?} {there:?}");
    }

    #[test]
    fn nobody_jumps(from in place(), north in -1.0..1.0, east in -1.0..1.0, part in 0.0..0.99) {
        let road = Road::between(from, from.moved(north, east));
        let (one, heading) = road.at(road.miles() * part);
        let (other, _) = road.at(road.miles() * (part + 0.01));
        prop_assert!(one.miles_to(other) <= road.miles() * 0.0101 + 1e-6);
        prop_assert!((0..360).contains(&heading));
    }
}
