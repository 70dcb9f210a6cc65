use super::*;

fn playing(car: &Vehicle, key: &str) -> Value {
    shown(car, &format!("/vehicle_state/media_info/{key}"))
}

#[test]
fn the_player_plays_pauses_and_goes_on() {
    let mut car = awake();
    assert_eq!(playing(&car, "media_playback_status"), "Stopped");
    assert_eq!(tell(&mut car, "media_toggle_playback", json!({})), "");
    car.advance(NOW + 10 * SECOND);
    assert_eq!(
        (playing(&car, "media_playback_status"), playing(&car, "now_playing_elapsed")),
        ("Playing".into(), 10_000.into())
    );
    let first = playing(&car, "now_playing_title");
    assert_eq!(tell(&mut car, "media_next_track", json!({})), "");
    assert_ne!(playing(&car, "now_playing_title"), first);
    assert_eq!(tell(&mut car, "media_prev_track", json!({})), "");
    assert_eq!(playing(&car, "now_playing_title"), first);
    let station = playing(&car, "now_playing_station");
    assert_eq!(tell(&mut car, "media_next_fav", json!({})), "");
    assert_ne!(playing(&car, "now_playing_station"), station);
    assert_eq!(tell(&mut car, "media_prev_fav", json!({})), "");
    assert_eq!(playing(&car, "now_playing_station"), station);
    assert_eq!(tell(&mut car, "media_toggle_playback", json!({})), "");
    assert_eq!(playing(&car, "media_playback_status"), "Paused");
}

#[test]
fn music_does_not_keep_a_car_awake_and_stops_with_it() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "media_toggle_playback", json!({})), "");
    car.advance(NOW + HOUR);
    assert_eq!(car.connectivity(), Connectivity::Asleep);
    assert_eq!(playing(&car, "media_playback_status"), "Stopped");
}

#[test]
fn the_volume_has_steps_and_ends_and_is_set_by_who_is_in_the_car() {
    let mut car = awake();
    let volume = |car: &Vehicle| playing(car, "audio_volume").as_f64().unwrap();
    let before = volume(&car);
    assert_eq!(tell(&mut car, "media_volume_up", json!({})), "");
    assert!((volume(&car) - before - 1.0 / 3.0).abs() < 1e-3);
    assert_eq!(tell(&mut car, "media_volume_down", json!({})), "");
    assert!((volume(&car) - before).abs() < 1e-3);
    assert_eq!(tell(&mut car, "adjust_volume", json!({"volume": 5})), "user_not_present");
    assert!((volume(&car) - before).abs() < 1e-3);
    car.set_occupied(true, NOW);
    assert_eq!(shown(&car, "/vehicle_state/is_user_present"), true);
    for (wanted, kept) in [(5.0, 5.0), (11.0, 10.3333), (0.0, 0.0)] {
        assert_eq!(tell(&mut car, "adjust_volume", json!({ "volume": wanted })), "");
        assert!((volume(&car) - kept).abs() < 1e-3);
    }
    assert_eq!(tell(&mut car, "media_volume_down", json!({})), "");
    assert!(volume(&car).abs() < 1e-9);
}
