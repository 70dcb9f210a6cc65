use super::*;

#[test]
fn sentry_mode_needs_enough_in_the_battery() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "set_sentry_mode", json!({"on": true})), "");
    assert_eq!(shown(&car, "/vehicle_state/sentry_mode"), true);
    assert_eq!(shown(&car, "/vehicle_state/center_display_state"), 7);
    assert_eq!(tell(&mut car, "set_sentry_mode", json!({"on": false})), "");
    assert_eq!(shown(&car, "/closures_state/sentry_mode"), false);

    let mut car = awake().with_charge(15.0);
    assert_eq!(shown(&car, "/vehicle_state/sentry_mode_available"), false);
    assert_eq!(tell(&mut car, "set_sentry_mode", json!({"on": true})), NOT_ALLOWED);
    assert_eq!(tell(&mut car, "set_sentry_mode", json!({"on": false})), "");
    car.plug_in(car.profile.home_charger(), NOW);
    assert_eq!(tell(&mut car, "set_sentry_mode", json!({"on": true})), "", "a charger is enough");
}

#[test]
fn valet_mode_ends_with_its_pin_only() {
    let mut car = awake();
    assert_eq!(parse("set_valet_mode", json!({"on": true})).unwrap_err().to_string(), "missing password param");
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": false, "password": "1234"})), "already off");
    assert_eq!(shown(&car, "/vehicle_state/valet_pin_needed"), true);
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": true, "password": "1234"})), "");
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": true, "password": "1234"})), "already on");
    assert_eq!(shown(&car, "/vehicle_state/valet_mode"), true);
    assert_eq!(shown(&car, "/vehicle_state/valet_pin_needed"), false);
    for wrong in [json!({"on": false}), json!({"on": false, "password": "4321"})] {
        assert_eq!(tell(&mut car, "set_valet_mode", wrong), "invalid_pin");
    }
    assert_eq!(tell(&mut car, "reset_valet_pin", json!({})), "already on");
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": false, "password": "1234"})), "");
    assert_eq!(shown(&car, "/closures_state/valet_mode"), false);

    // The first PIN stays until it is reset.
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": true, "password": "9999"})), "");
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": false, "password": "9999"})), "invalid_pin");
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": false, "password": "1234"})), "");
    assert_eq!(tell(&mut car, "reset_valet_pin", json!({})), "");
    assert_eq!(shown(&car, "/vehicle_state/valet_pin_needed"), true);
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": true, "password": "9999"})), "");
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": false, "password": "9999"})), "");
}

#[test]
fn a_pin_to_drive_is_kept_until_it_is_reset() {
    let pin = |car: &Vehicle| car.security.pin_to_drive.pin.clone();
    let mut car = awake();
    assert_eq!(tell(&mut car, "set_pin_to_drive", json!({"on": true, "password": "1111"})), "");
    assert_eq!(tell(&mut car, "set_pin_to_drive", json!({"on": true, "password": "2222"})), "");
    assert_eq!((pin(&car), car.security.pin_to_drive.active), (Pin::new("1111"), true));
    assert_eq!(tell(&mut car, "reset_pin_to_drive_pin", json!({})), "already on");
    assert_eq!(tell(&mut car, "set_pin_to_drive", json!({"on": false, "password": "2222"})), "");
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": true, "password": "1234"})), "");
    assert_eq!(tell(&mut car, "reset_pin_to_drive_pin", json!({})), NOT_ALLOWED);
    assert_eq!(tell(&mut car, "set_valet_mode", json!({"on": false, "password": "1234"})), "");
    assert_eq!(tell(&mut car, "reset_pin_to_drive_pin", json!({})), "");
    assert_eq!(pin(&car), None);
    assert_eq!(tell(&mut car, "set_pin_to_drive", json!({"on": true, "password": "3333"})), "");
    assert_eq!(pin(&car), Pin::new("3333"));
    assert_eq!(tell(&mut car, "clear_pin_to_drive_admin", json!({"pin": 3333})), "");
    assert_eq!((pin(&car), car.security.pin_to_drive.active), (None, false));
}

#[test]
fn a_remote_start_waits_two_minutes() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "remote_start_drive", json!({})), "");
    assert_eq!(shown(&car, "/vehicle_state/remote_start"), true);
    car.advance(NOW + 119 * SECOND);
    assert_eq!(shown(&car, "/closures_state/remote_start"), true);
    car.advance(NOW + 120 * SECOND);
    assert_eq!(shown(&car, "/vehicle_state/remote_start"), false);
    car.security.keyless_driving = false;
    assert_eq!(shown(&car, "/vehicle_state/remote_start_enabled"), false);
    assert_eq!(tell(&mut car, "remote_start_drive", json!({})), NOT_ALLOWED);
}

#[test]
fn data_is_erased_in_guest_mode_only() {
    let mut car = car_of(Model::ModelX, Hardware::Old);
    assert_eq!(tell(&mut car, "set_vehicle_name", json!({"vehicle_name": "Juniper"})), "");
    assert_eq!(tell(&mut car, "navigation_gps_request", json!({"lat": 37.4, "lon": -122.1})), "");
    assert_eq!(tell(&mut car, "set_low_power_mode", json!({"enable": true})), "");
    assert_eq!(tell(&mut car, "erase_user_data", json!({})), NOT_ALLOWED);
    assert_eq!(shown(&car, "/vehicle_state/homelink_device_count"), 1);
    assert_eq!(tell(&mut car, "guest_mode", json!({"enable": true})), "");
    assert_eq!(tell(&mut car, "erase_user_data", json!({})), "");
    assert_eq!(shown(&car, "/vehicle_state/vehicle_name"), "Model X");
    assert_eq!(shown(&car, "/vehicle_state/homelink_device_count"), 0);
    assert_eq!(shown(&car, "/vehicle_state/low_power_mode"), true);
    assert!(car.navigation.stops.is_empty());
    assert_eq!(tell(&mut car, "guest_mode", json!({"enable": false})), "");
    assert_eq!(tell(&mut car, "erase_user_data", json!({})), NOT_ALLOWED);
}

#[test]
fn what_undoes_a_pin_without_it_is_for_the_owner() {
    let for_owner = CommandOperation::all().filter(|operation| {
        VehicleCommand::parse(*operation, &wire::example(*operation)).is_ok_and(|command| command.is_for_owner())
    });
    let names: Vec<_> = for_owner.map(|operation| operation.row().name).collect();
    assert_eq!(
        names,
        [
            "reset_pin_to_drive_pin",
            "clear_pin_to_drive_admin",
            "speed_limit_clear_pin_admin",
            "parental_controls_clear_pin_admin"
        ]
    );
}
