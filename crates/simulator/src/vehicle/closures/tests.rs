use super::*;

const NOW: i64 = 1_767_000_000_000_000;

#[test]
fn a_cover_takes_its_time_and_stops_where_it_is() {
    let mut cover = Cover::default();
    assert_eq!((cover.state(NOW), cover.percent_open(NOW)), ("closed", 0.0));
    cover.send(100.0, NOW);
    assert_eq!((cover.state(NOW + 4 * SECOND), cover.percent_open(NOW + 4 * SECOND)), ("opening", 20.0));
    assert_eq!((cover.state(NOW + 20 * SECOND), cover.percent_open(NOW + 20 * SECOND)), ("open", 100.0));
    cover.send(0.0, NOW + 60 * SECOND);
    assert_eq!(cover.state(NOW + 64 * SECOND), "closing");
    cover.stop(NOW + 64 * SECOND);
    assert_eq!((cover.state(NOW + 99 * SECOND), cover.percent_open(NOW + 99 * SECOND)), ("open", 80.0));
}

#[test]
fn a_cover_that_turns_around_goes_back_the_way_it_came() {
    let mut cover = Cover::default();
    cover.send(SUNROOF_VENT, NOW);
    cover.send(0.0, NOW + SECOND);
    assert_eq!(cover.percent_open(NOW + SECOND), 5.0);
    assert!(cover.is_moving(NOW + SECOND));
    assert!(!cover.is_moving(NOW + 2 * SECOND));
    assert_eq!(cover.state(NOW + 2 * SECOND), "closed");
}
