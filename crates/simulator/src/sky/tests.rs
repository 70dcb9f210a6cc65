use super::*;

const UTRECHT: Coordinates = Coordinates { latitude: 52.09, longitude: 5.12 };
const SYDNEY: Coordinates = Coordinates { latitude: -33.87, longitude: 151.21 };

/// Noon UTC on a day after the epoch.
fn noon(day: i64) -> i64 {
    day * DAY + 12 * HOUR
}

/// Days after the epoch of 2026-01-01.
const NEW_YEAR: i64 = 20_454;

fn month_mean(place: Coordinates, first: i64) -> f64 {
    (0..30 * 24).map(|hour| place.temperature((first * 24 + hour) * HOUR)).sum::<f64>() / 720.0
}

#[test]
fn july_is_warm_in_the_north_and_cool_in_the_south() {
    let (january, july) = (NEW_YEAR, NEW_YEAR + 181);
    assert!(month_mean(UTRECHT, july) > month_mean(UTRECHT, january) + 10.0);
    assert!(month_mean(SYDNEY, january) > month_mean(SYDNEY, july) + 5.0);
}

#[test]
fn the_sun_is_up_at_noon_and_down_at_midnight_and_higher_in_summer() {
    let (winter, summer) = (NEW_YEAR, NEW_YEAR + 171);
    assert!(UTRECHT.sun_height(noon(winter)) > 0.15);
    assert!(UTRECHT.sun_height(noon(winter) + 12 * HOUR) < 0.0);
    assert!(UTRECHT.sun_height(noon(summer)) > 0.8);
    // 61.4 degrees at the summer solstice.
    assert!((UTRECHT.sun_height(noon(summer)) - 61.4_f64.to_radians().sin()).abs() < 0.02);
}

#[test]
fn neighbours_share_their_weather() {
    let near = Coordinates { latitude: 52.095, longitude: 5.125 };
    assert!((UTRECHT.temperature(noon(NEW_YEAR)) - near.temperature(noon(NEW_YEAR))).abs() < 0.1);
}
