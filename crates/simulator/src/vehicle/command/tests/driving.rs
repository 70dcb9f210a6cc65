use super::*;
use crate::sky::Coordinates;
use crate::vehicle::{Trip, TripError, VehicleCommand};

fn trip() -> Trip {
    let to = Coordinates { latitude: 52.37, longitude: 4.9 };
    Trip { to, name: "Work".to_owned(), plug_in: false }
}

/// On the road, ten minutes from home.
fn on_the_road() -> Vehicle {
    let mut car = awake();
    car.drive(trip(), NOW).unwrap();
    car.advance(NOW + 10 * MINUTE);
    assert!(car.is_driving());
    car
}

#[test]
fn a_car_in_motion_refuses_what_is_for_a_parked_one() {
    for (name, body) in [
        ("actuate_trunk", json!({"which_trunk": "front"})),
        ("actuate_trunk", json!({"which_trunk": "rear"})),
        ("honk_horn", json!({})),
        ("flash_lights", json!({})),
        ("remote_boombox", json!({"sound": 0})),
        ("set_sentry_mode", json!({"on": true})),
        ("keep_accessory_power_mode", json!({"enable": true})),
        ("set_valet_mode", json!({"on": true, "password": "1234"})),
        ("remote_start_drive", json!({})),
    ] {
        let mut car = on_the_road();
        assert_eq!(tell(&mut car, name, body.clone()), NOT_ALLOWED, "{name} {body}");
    }
    let mut car = on_the_road();
    assert_eq!(tell(&mut car, "guest_mode", json!({"enable": true})), "");
    assert_eq!(tell(&mut car, "erase_user_data", json!({})), NOT_ALLOWED);
}

#[test]
fn somebody_is_in_a_car_in_motion() {
    let mut car = on_the_road();
    assert_eq!(shown(&car, "/vehicle_state/is_user_present"), true);
    assert_eq!(shown(&car, "/vehicle_state/center_display_state"), 2);
    assert_eq!(shown(&car, "/vehicle_state/dashcam_state"), "Recording");
    assert_eq!(tell(&mut car, "adjust_volume", json!({"volume": 5})), "");
    assert_eq!(shown(&car, "/drive_state/active_route_destination"), "Work");
}

#[test]
fn who_drives_off_closes_the_trunks_and_uses_the_remote_start_up() {
    let mut car = awake();
    for name in ["front", "rear"] {
        assert_eq!(tell(&mut car, "actuate_trunk", json!({ "which_trunk": name })), "");
    }
    assert_eq!(tell(&mut car, "remote_start_drive", json!({})), "");
    car.drive(trip(), NOW).unwrap();
    assert_eq!((shown(&car, "/vehicle_state/ft"), shown(&car, "/vehicle_state/rt")), (json!(0), json!(0)));
    assert_eq!(shown(&car, "/vehicle_state/remote_start"), false);
}

#[test]
fn a_car_that_installs_software_is_not_driven_and_one_on_the_road_does_not_install() {
    let install: VehicleCommand = parse("schedule_software_update", json!({"offset_sec": 300})).unwrap();
    let mut car = awake();
    car.offer_update();
    car.command(install.clone(), NOW);
    car.advance(NOW + 10 * MINUTE);
    let before = car.clone();
    assert_eq!(car.drive(trip(), NOW + 10 * MINUTE), Err(TripError::Installing));
    assert_eq!(car, before);
    car.advance(NOW + HOUR);
    assert_eq!(car.drive(trip(), NOW + HOUR), Ok(()));

    let mut car = awake();
    car.offer_update();
    car.command(install, NOW);
    car.drive(trip(), NOW).unwrap();
    car.advance(NOW + 10 * MINUTE);
    assert_eq!(shown(&car, "/vehicle_state/software_update/status"), "available");
}
