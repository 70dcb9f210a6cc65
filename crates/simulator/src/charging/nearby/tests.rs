use super::*;

const NOW: i64 = 1_790_856_000 * SECOND;
const EVERYTHING: NearbyQuery = NearbyQuery { count: 100, radius_miles: 20_000.0, detail: true };

#[test]
fn distances_are_those_of_the_earth() {
    let sites = nearby(Coordinates::UTRECHT, EVERYTHING, NOW);
    let miles = |name: &str| sites.superchargers.iter().find(|site| site.name == name).expect(name).distance_miles;
    assert!((3.0..5.0).contains(&miles("Houten, NL")), "{}", miles("Houten, NL"));
    assert!((5_300.0..5_600.0).contains(&miles("Fremont, CA")), "{}", miles("Fremont, CA"));
    assert_eq!(
        (sites.superchargers.len(), sites.destination_charging.len()),
        (Site::all().count(), DESTINATIONS.len())
    );
}

#[test]
fn stalls_are_never_more_than_there_are_and_fewer_in_the_afternoon() {
    let mut free = [0; 24];
    for quarter in 0..24 * 4 * 7 {
        let now = NOW + quarter * 15 * MINUTE;
        let sites = nearby(Coordinates::default(), EVERYTHING, now).superchargers;
        assert!(sites.iter().all(|site| (0..=site.total_stalls).contains(&site.available_stalls)));
        let fremont = Site::all().find(|site| site.place == "Fremont, CA").expect("there");
        let hour = (now + (fremont.location.longitude / 15.0 * HOUR as f64) as i64).rem_euclid(24 * HOUR) / HOUR;
        free[hour as usize] += fremont.free_stalls(now);
    }
    assert!(free[17] < free[5] / 2, "{free:?}");
}

#[test]
fn the_query_narrows() {
    let few = nearby(Coordinates::default(), NearbyQuery { count: 2, radius_miles: 50.0, detail: false }, NOW);
    assert_eq!(few.superchargers.len(), 2);
    assert!(few.superchargers.iter().all(|site| site.distance_miles <= 50.0 && site.amenities.is_none()));
}
