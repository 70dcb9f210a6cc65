use super::*;
use crate::time::SECOND;

const NOW: i64 = 1_767_000_000_000_000;

fn title(media: &Media, now: i64) -> (&'static str, i64) {
    let (number, elapsed) = media.current(now);
    (media.favorite().tracks[number].title, elapsed)
}

#[test]
fn what_plays_goes_on_with_time_and_pauses() {
    let mut media = Media::default();
    assert_eq!(title(&media, NOW + 500 * SECOND), ("Low Tide", 0), "nothing plays yet");
    media.toggle(NOW);
    assert_eq!(title(&media, NOW + 10 * SECOND), ("Low Tide", 10_000));
    assert_eq!(title(&media, NOW + 220 * SECOND), ("Paper Lanterns", 6_000));
    media.toggle(NOW + 220 * SECOND);
    assert_eq!(title(&media, NOW + 900 * SECOND), ("Paper Lanterns", 6_000));
    let list = 845;
    media.toggle(NOW + 900 * SECOND);
    assert_eq!(title(&media, NOW + (900 + list) * SECOND), ("Paper Lanterns", 6_000), "the list begins again");
}

#[test]
fn tracks_and_favourites_go_around() {
    let mut media = Media::default();
    media.toggle(NOW);
    media.previous_track(NOW + SECOND);
    assert_eq!(title(&media, NOW + SECOND), ("Windmill Song", 0));
    media.next_track(NOW + 2 * SECOND);
    assert_eq!(title(&media, NOW + 2 * SECOND), ("Low Tide", 0));
    media.previous_track(NOW + 12 * SECOND);
    assert_eq!(title(&media, NOW + 12 * SECOND), ("Low Tide", 0), "ten seconds in, the track begins anew");
    media.previous_favorite(NOW + 13 * SECOND);
    assert_eq!(title(&media, NOW + 13 * SECOND), ("Snow Light", 0));
    media.change_favorite(1, NOW + 14 * SECOND);
    assert_eq!(title(&media, NOW + 15 * SECOND), ("Low Tide", 1_000));
}
