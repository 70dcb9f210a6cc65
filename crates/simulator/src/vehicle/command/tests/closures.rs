use super::*;
use crate::vehicle::VehicleCommand;

#[test]
fn trunks_open_and_close_by_the_motors_that_they_have() {
    for (model, hardware, front_closes, rear_closes) in [
        (Model::Model3, Hardware::New, false, true),
        (Model::Model3, Hardware::Old, false, false),
        (Model::ModelX, Hardware::Old, false, true),
        (Model::Cybertruck, Hardware::New, true, false),
    ] {
        let mut car = car_of(model, hardware);
        for (which, key, closes) in [("front", "ft", front_closes), ("rear", "rt", rear_closes)] {
            let shown = |car: &Vehicle| shown(car, &format!("/vehicle_state/{key}"));
            assert_eq!(shown(&car), 0);
            assert_eq!(tell(&mut car, "actuate_trunk", json!({"which_trunk": which})), "");
            assert_eq!(shown(&car), 1, "{model:?} {which}");
            let refusal = if closes { "" } else { NOT_SUPPORTED };
            assert_eq!(tell(&mut car, "actuate_trunk", json!({"which_trunk": which})), refusal, "{model:?} {which}");
            assert_eq!(shown(&car), i64::from(!closes), "{model:?} {which}");
        }
    }
}

#[test]
fn a_valet_does_not_open_the_front_trunk() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": true, "password": "1234"})), "");
    assert_eq!(tell(&mut car, "actuate_trunk", json!({"which_trunk": "front"})), NOT_ALLOWED);
    assert_eq!(tell(&mut car, "actuate_trunk", json!({"which_trunk": "rear"})), "");
}

#[test]
fn windows_open_a_little_and_close() {
    let windows = |car: &Vehicle| {
        ["fd_window", "fp_window", "rd_window", "rp_window"]
            .map(|key| (shown(car, &format!("/vehicle_state/{key}")), shown(car, &format!("/closures_state/{key}"))))
    };
    let (open, closed) = ((json!(1), json!(1)), (json!(0), json!(0)));
    let mut car = awake();
    assert_eq!(tell(&mut car, "window_control", json!({"command": "vent"})), "");
    assert!(windows(&car).iter().all(|window| *window == open));
    assert_eq!(tell(&mut car, "window_control", json!({"command": "close"})), "");
    assert!(windows(&car).iter().all(|window| *window == closed));

    let mut car = car_of(Model::ModelX, Hardware::New);
    let home = car.profile.home;
    assert_eq!(tell(&mut car, "window_control", json!({"command": "vent"})), "");
    assert_eq!(tell(&mut car, "window_control", json!({"command": "close"})), NOT_ALLOWED);
    let far = json!({"command": "close", "lat": home.latitude + 0.1, "lon": home.longitude});
    assert_eq!(tell(&mut car, "window_control", far), NOT_ALLOWED);
    assert!(windows(&car).iter().all(|window| *window == open));
    let near = json!({"command": "close", "lat": home.latitude, "lon": home.longitude});
    assert_eq!(tell(&mut car, "window_control", near), "");
    assert!(windows(&car).iter().all(|window| *window == closed));
}

#[test]
fn only_a_car_with_a_sunroof_moves_it() {
    let mut car = car_of(Model::ModelS, Hardware::Old);
    for state in ["vent", "close", "stop"] {
        assert_eq!(tell(&mut car, "sun_roof_control", json!({"state": state})), NOT_SUPPORTED);
    }
    car.profile.options.sunroof = true;
    assert_eq!(tell(&mut car, "sun_roof_control", json!({"state": "vent"})), "");
    car.advance(NOW + 10 * SECOND);
    assert_eq!(shown(&car, "/vehicle_state/sun_roof_state"), "vent");
    assert_eq!(shown(&car, "/vehicle_state/sun_roof_percent_open"), 15);
    assert_eq!(shown(&car, "/vehicle_config/sun_roof_installed"), 1);
    assert_eq!(tell(&mut car, "sun_roof_control", json!({"state": "close"})), "");
    car.advance(NOW + 11 * SECOND);
    assert_eq!(shown(&car, "/closures_state/sun_roof_state"), "closing");
    assert_eq!(tell(&mut car, "sun_roof_control", json!({"state": "stop"})), "");
    car.advance(NOW + 20 * SECOND);
    assert_eq!(shown(&car, "/closures_state/sun_roof_percent_open"), 10);
}

#[test]
fn only_a_pick_up_has_a_tonneau() {
    for model in [Model::Model3, Model::ModelS, Model::ModelX, Model::ModelY] {
        let mut car = car_of(model, Hardware::New);
        for name in ["open_tonneau", "close_tonneau", "stop_tonneau"] {
            assert_eq!(tell(&mut car, name, json!({})), NOT_SUPPORTED, "{model:?}");
        }
    }
    let mut car = car_of(Model::Cybertruck, Hardware::New);
    assert_eq!(tell(&mut car, "open_tonneau", json!({})), "");
    car.advance(NOW + 8 * SECOND);
    assert_eq!(shown(&car, "/vehicle_state/tonneau_in_motion"), true);
    assert_eq!(shown(&car, "/vehicle_state/tonneau_percent_open"), 40);
    assert_eq!(tell(&mut car, "stop_tonneau", json!({})), "");
    assert_eq!(shown(&car, "/vehicle_state/tonneau_in_motion"), false);
    assert_eq!(shown(&car, "/vehicle_state/tonneau_state"), "open");
    assert_eq!(tell(&mut car, "close_tonneau", json!({})), "");
    car.advance(NOW + MINUTE);
    assert_eq!(shown(&car, "/closures_state/tonneau_state"), "closed");
}

#[test]
fn an_open_trunk_keeps_the_car_awake_and_open_windows_do_not() {
    for (name, body, awake_after) in [
        ("actuate_trunk", json!({"which_trunk": "rear"}), true),
        ("window_control", json!({"command": "vent"}), false),
        ("door_unlock", json!({}), false),
    ] {
        let mut car = awake();
        let command: VehicleCommand = parse(name, body).unwrap();
        car.command(command, NOW);
        car.advance(NOW + HOUR);
        assert_eq!(car.connectivity() == Connectivity::Online, awake_after, "{name}");
    }
}
