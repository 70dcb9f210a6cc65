use super::*;

#[test]
fn the_speaker_is_on_new_hardware_only() {
    for (hardware, answer) in [(Hardware::New, ""), (Hardware::Old, NOT_SUPPORTED)] {
        let mut car = car_of(Model::ModelY, hardware);
        assert_eq!(shown(&car, "/vehicle_config/pws"), hardware == Hardware::New);
        for sound in [0, 2000] {
            assert_eq!(tell(&mut car, "remote_boombox", json!({ "sound": sound })), answer);
        }
    }
}

#[test]
fn the_garage_door_opens_at_home_for_a_car_that_has_the_transmitter() {
    let mut car = car_of(Model::ModelX, Hardware::Old);
    let home = car.profile.home;
    let at = |north: f64| json!({"lat": home.latitude + north, "lon": home.longitude, "token": "token"});
    assert_eq!(shown(&car, "/vehicle_state/homelink_nearby"), true);
    assert_eq!(tell(&mut car, "trigger_homelink", at(0.0)), "");
    assert_eq!(tell(&mut car, "trigger_homelink", at(0.1)), NOT_ALLOWED);
    let mut car = car_of(Model::Model3, Hardware::New);
    assert_eq!(tell(&mut car, "trigger_homelink", at(0.0)), NOT_SUPPORTED);
    let data = car.data(BlockSet::DEFAULT, false, AccessType::Owner, NOW);
    let state = serde_json::to_value(data.vehicle_state).unwrap();
    assert!(state.get("homelink_nearby").is_none() && state.get("homelink_device_count").is_none());
}
