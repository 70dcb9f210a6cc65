use super::*;

#[test]
fn the_name_is_shown_everywhere_and_does_not_change_in_guest_mode() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "set_vehicle_name", json!({"vehicle_name": "  Juniper "})), "");
    assert_eq!(shown(&car, "/vehicle_state/vehicle_name"), "Juniper");
    assert_eq!(car.summary(AccessType::Owner).display_name.as_deref(), Some("Juniper"));
    assert_eq!(tell(&mut car, "guest_mode", json!({"enable": true})), "");
    assert_eq!(tell(&mut car, "set_vehicle_name", json!({"vehicle_name": "Mine"})), NOT_ALLOWED);
    assert_eq!(shown(&car, "/vehicle_state/vehicle_name"), "Juniper");
}

#[test]
fn powered_sockets_keep_the_car_awake_until_its_battery_is_low() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "keep_accessory_power_mode", json!({"enable": true})), "");
    assert_eq!(shown(&car, "/vehicle_state/keep_accessory_power_on"), true);
    car.advance(NOW + 24 * HOUR);
    assert_eq!(car.connectivity(), Connectivity::Online);
    car.advance(NOW + 7 * 24 * HOUR);
    assert_eq!(car.connectivity(), Connectivity::Asleep);
    assert_eq!(shown(&car, "/vehicle_state/keep_accessory_power_on"), false);
    assert!(car.battery.energy_kwh > 0.19 * car.profile.battery_kwh);
    let mut car = awake().with_charge(15.0);
    assert_eq!(tell(&mut car, "keep_accessory_power_mode", json!({"enable": true})), NOT_ALLOWED);
}

#[test]
fn a_car_that_saves_power_keeps_no_watch() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "set_sentry_mode", json!({"on": true})), "");
    assert_eq!(tell(&mut car, "keep_accessory_power_mode", json!({"enable": true})), "");
    assert_eq!(tell(&mut car, "set_low_power_mode", json!({"enable": true})), "");
    for key in ["sentry_mode", "sentry_mode_available", "keep_accessory_power_on"] {
        assert_eq!(shown(&car, &format!("/vehicle_state/{key}")), false, "{key}");
    }
    assert_eq!(shown(&car, "/vehicle_state/low_power_mode"), true);
    assert_eq!(tell(&mut car, "set_sentry_mode", json!({"on": true})), NOT_ALLOWED);
    assert_eq!(tell(&mut car, "set_low_power_mode", json!({"enable": false})), "");
    assert_eq!(tell(&mut car, "set_sentry_mode", json!({"on": true})), "");
}

#[test]
fn notes_are_cut_and_the_oldest_forgotten() {
    let mut car = awake();
    for note in 0..25 {
        let text = format!("{note} {}", "é".repeat(100));
        assert_eq!(tell(&mut car, "take_drivenote", json!({ "note": text })), "");
    }
    let notes = &car.settings.notes;
    assert_eq!((notes.len(), notes[0].chars().count()), (20, 80));
    assert!(notes[0].starts_with("5 é") && notes[19].starts_with("24 é"));
}

#[test]
fn both_names_of_the_calendar_keep_its_entries() {
    for name in ["upcoming_calendar_entries", "update_calendar_entries"] {
        let mut car = awake();
        assert_eq!(tell(&mut car, name, json!({"calendar_data": "{}"})), "");
        assert_eq!(car.settings.calendar.as_deref(), Some("{}"));
    }
}
