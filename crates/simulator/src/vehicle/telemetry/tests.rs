use super::*;
use crate::time::{HOUR, MINUTE};
use crate::vehicle::{Charger, Connectivity, Wakefulness};

const NOW: i64 = 1_790_856_000 * SECOND;

fn with_software(vin: &str, model: Model, version: &str) -> Vehicle {
    let profile = VehicleProfile { car_version: version.to_owned(), ..VehicleProfile::new(vin, 1, 1, model) };
    Vehicle::new(profile, Connectivity::Online, NOW)
}

#[test]
fn hardware_and_firmware_decide_what_streams() {
    let newest = "2026.26.6 abc";
    for (vin, model, version, expected) in [
        ("5YJ3E1EB7PF900417", Model::Model3, newest, Ok(())),
        ("5YJ3E1EB7PF900417", Model::Model3, "2024.26 abc", Ok(())),
        ("5YJ3E1EB7PF900417", Model::Model3, "2024.20.9 abc", Err(CannotStream::Firmware)),
        ("5YJSA1E20HF000001", Model::ModelS, newest, Err(CannotStream::Hardware)),
        ("5YJSA1E20KF000001", Model::ModelS, newest, Ok(())),
        ("5YJXCDE28LF230915", Model::ModelX, "2025.14 abc", Err(CannotStream::Firmware)),
        ("7SAXCDE28PF230915", Model::ModelX, "2025.14 abc", Ok(())),
        ("5YJ3E1EB7PF900417", Model::Model3, "", Err(CannotStream::Firmware)),
    ] {
        assert_eq!(with_software(vin, model, version).can_stream(), expected, "{vin} {version}");
    }
}

#[test]
fn a_client_comes_with_the_software() {
    let client = |version| with_software("5YJ3E1EB7PF900417", Model::Model3, version).telemetry_client();
    assert_eq!(client("2026.26.6 abc"), Some("1.3.0"));
    assert_eq!(client("2026.20.3 abc"), Some("1.0.0"));
    assert_eq!(client("2024.26 abc"), None);
    assert_eq!(client("2023.44 abc"), None);
    let newer = with_software("5YJ3E1EB7PF900417", Model::Model3, "2026.26.6");
    assert_eq!((newer.can_include_fields(), newer.profile.model_year()), (Ok(()), 2023));
}

#[test]
fn a_car_learns_of_a_change_when_it_is_online() {
    let asleep =
        Vehicle { wakefulness: Wakefulness::Asleep, ..with_software("5YJ3E1EB7PF900417", Model::Model3, "2026.20") };
    let asleep = asleep.with_charge(40.0);
    let mut car = asleep.clone();
    car.advance(NOW + HOUR);
    assert!(!car.knows_of(NOW), "it sleeps");
    car.wake_up(NOW + HOUR);
    car.advance(NOW + HOUR + MINUTE);
    assert!(car.knows_of(NOW) && !car.knows_of(NOW + HOUR + MINUTE));
    // It is remembered after the car has fallen asleep again, wherever an advance stops.
    for stop in [HOUR + MINUTE, HOUR + 10 * MINUTE, 3 * HOUR] {
        let mut other = asleep.clone();
        other.wake_up(NOW + HOUR);
        other.advance(NOW + stop);
        other.advance(NOW + 9 * HOUR);
        car.advance(NOW + 9 * HOUR);
        assert_eq!(other.connectivity(), Connectivity::Asleep);
        assert_eq!(other.online_at, car.online_at);
        assert!(other.knows_of(NOW) && !other.knows_of(NOW + 2 * HOUR));
    }
    // One that charges stays online.
    let mut car = car.with_charge(30.0);
    car.plug_in(Charger::THREE_PHASE_16_A, NOW + 10 * HOUR);
    car.advance(NOW + 11 * HOUR);
    assert!(car.knows_of(NOW + 11 * HOUR - MINUTE));
}
