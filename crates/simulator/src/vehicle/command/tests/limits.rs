use super::*;

/// Speed limit and parental controls go alike.
const MODES: [&str; 2] = ["speed_limit", "parental_controls"];

fn mode<'a>(car: &'a Vehicle, name: &str) -> &'a Guarded {
    if name == "speed_limit" { &car.security.speed_limit } else { &car.security.parental }
}

#[test]
fn a_limit_is_put_in_force_and_ended_by_its_pin() {
    for name in MODES {
        let mut car = awake();
        let mut tell = |what: &str, pin: &str| tell(&mut car, &format!("{name}_{what}"), json!({ "pin": pin }));
        assert_eq!(tell("deactivate", "1234"), "already off", "{name}");
        assert_eq!(tell("activate", "1234"), "", "{name}");
        assert_eq!(tell("activate", "1234"), "already on", "{name}");
        assert_eq!(tell("deactivate", "4321"), "invalid_pin", "{name}");
        assert_eq!(tell("deactivate", "1234"), "", "{name}");
        assert_eq!(tell("activate", "4321"), "invalid_pin", "{name}");
        assert_eq!(tell("activate", "1234"), "", "{name}");
        assert_eq!(tell("clear_pin_admin", ""), "", "{name}");
        assert_eq!(*mode(&car, name), Guarded::default());
    }
}

#[test]
fn the_speed_limit_is_shown() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "speed_limit_set_limit", json!({"limit_mph": 62.5})), "");
    assert_eq!(tell(&mut car, "speed_limit_activate", json!({"pin": "1234"})), "");
    let shown = shown(&car, "/vehicle_state/speed_limit_mode");
    let limit = json!({"active": true, "current_limit_mph": 62.5, "max_limit_mph": 120, "min_limit_mph": 50,
        "pin_code_set": true});
    assert_eq!(shown, limit);
}

#[test]
fn the_pin_of_the_speed_limit_is_cleared_while_it_is_not_in_force() {
    let mut car = awake();
    assert_eq!(tell(&mut car, "speed_limit_clear_pin", json!({"pin": "1234"})), "invalid_pin", "there is none");
    assert_eq!(tell(&mut car, "speed_limit_activate", json!({"pin": "1234"})), "");
    assert_eq!(tell(&mut car, "speed_limit_clear_pin", json!({"pin": "1234"})), "already on");
    assert_eq!(tell(&mut car, "speed_limit_deactivate", json!({"pin": "1234"})), "");
    assert_eq!(tell(&mut car, "speed_limit_clear_pin", json!({"pin": "4321"})), "invalid_pin");
    assert_eq!(tell(&mut car, "speed_limit_clear_pin", json!({"pin": "1234"})), "");
    assert_eq!(shown(&car, "/vehicle_state/speed_limit_mode/pin_code_set"), false);
}

#[test]
fn parental_controls_keep_their_settings() {
    let mut car = awake();
    let mut set = |setting: &str, enable: bool| {
        let body = json!({"setting": setting, "enable": enable});
        assert_eq!(tell(&mut car, "parental_controls_enable_setting", body), "");
    };
    set("Curfew", true);
    set("ArcadeBlocked", true);
    set("Curfew", false);
    assert_eq!(tell(&mut car, "parental_controls_set_speed_limit", json!({"limit_mph": 50})), "");
    let security = &car.security;
    assert_eq!(security.parental_settings.iter().collect::<Vec<_>>(), [&ParentalSetting::ArcadeBlocked]);
    assert_eq!((security.parental_mph, security.speed_limit_mph), (50.0, 85.0));
}
