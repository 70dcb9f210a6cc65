use serde_json::Value;

use super::*;
use crate::time::HOUR;
use crate::vehicle::{AccessType, BlockSet, Connectivity, Model, SoftwareCommand, VehicleProfile};

const NOW: i64 = 1_767_000_000_000_000;

/// Plugged in and on guard, so that it stays awake.
fn awake() -> Vehicle {
    let mut car =
        Vehicle::new(VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, Model::Model3), Connectivity::Online, NOW);
    car.plug_in(car.profile.home_charger(), NOW);
    car.set_sentry(true, NOW);
    car
}

fn shown(car: &Vehicle) -> Value {
    let data = car.data(BlockSet::DEFAULT, false, AccessType::Owner, car.updated_at);
    serde_json::to_value(data.vehicle_state.unwrap().software_update).unwrap()
}

fn json_of(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn order(car: &mut Vehicle, command: SoftwareCommand) -> String {
    car.command(command, car.updated_at).reason
}

#[test]
fn a_version_is_offered_downloaded_and_installed_when_told() {
    let mut car = awake();
    let before = car.car_version().to_owned();
    assert_eq!(shown(&car)["status"], "");
    assert_eq!(order(&mut car, SoftwareCommand::ScheduleSoftwareUpdate { offset: 60 }), "no_update_available");
    let offered = car.software.next_offer;
    assert!((NOW..NOW + RELEASES + ROLL_OUT_DAYS * DAY).contains(&offered), "{offered}");
    car.advance(offered + 10 * MINUTE);
    assert_eq!((&shown(&car)["status"], &shown(&car)["download_perc"]), (&"downloading".into(), &40.into()));
    assert_eq!(order(&mut car, SoftwareCommand::ScheduleSoftwareUpdate { offset: 60 }), "not_downloaded");
    car.advance(offered + DOWNLOAD_TIME);
    assert_eq!(shown(&car)["status"], "available");
    let version = shown(&car)["version"].as_str().unwrap().to_owned();
    assert_eq!(order(&mut car, SoftwareCommand::CancelSoftwareUpdate), "not_scheduled");

    let begin = car.updated_at;
    assert_eq!(order(&mut car, SoftwareCommand::ScheduleSoftwareUpdate { offset: 7200 }), "");
    car.advance(begin + HOUR);
    let scheduled = shown(&car);
    assert_eq!(scheduled["status"], "scheduled");
    assert_eq!(scheduled["scheduled_time_ms"], (begin + 2 * HOUR) / 1000);
    assert_eq!(scheduled["warning_time_remaining_ms"], HOUR / 1000);
    assert_eq!(order(&mut car, SoftwareCommand::CancelSoftwareUpdate), "");
    assert_eq!(shown(&car)["status"], "available");

    let begin = car.updated_at;
    assert_eq!(order(&mut car, SoftwareCommand::ScheduleSoftwareUpdate { offset: 0 }), "");
    car.advance(begin + INSTALL_TIME / 5);
    assert_eq!((&shown(&car)["status"], &shown(&car)["install_perc"]), (&"installing".into(), &20.into()));
    assert_eq!(order(&mut car, SoftwareCommand::CancelSoftwareUpdate), "installing");
    car.advance(begin + INSTALL_TIME);
    assert_eq!(shown(&car)["status"], "");
    assert!(car.car_version().starts_with(&version) && car.car_version() != before, "{}", car.car_version());
    assert_eq!(car.firmware(), version);
    assert_eq!(json_of(car.release_notes(false, car.updated_at))["release_notes"][0]["customer_version"], version);
    assert!(car.software.next_offer > car.updated_at);
}

#[test]
fn a_scheduled_installation_wakes_the_car_and_keeps_it_awake() {
    let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, Model::Model3);
    let mut car = Vehicle::new(profile, Connectivity::Online, NOW);
    car.offer_update();
    assert_eq!(order(&mut car, SoftwareCommand::ScheduleSoftwareUpdate { offset: 4 * 3600 }), "");
    car.advance(NOW + 3 * HOUR);
    assert_eq!(car.connectivity(), Connectivity::Asleep);
    car.advance(NOW + 4 * HOUR + 30 * MINUTE);
    assert_eq!((car.connectivity(), car.software.is_installing()), (Connectivity::Online, true));
    car.advance(NOW + 6 * HOUR);
    assert_eq!((car.connectivity(), car.software.update.is_none()), (Connectivity::Asleep, true));
}

#[test]
fn without_wifi_an_update_waits() {
    let mut car = awake();
    car.profile.home_wifi = false;
    car.advance(car.software.next_offer + DAY);
    assert_eq!(shown(&car)["status"], "downloading_wifi_wait");
    assert_eq!(order(&mut car, SoftwareCommand::ScheduleSoftwareUpdate { offset: 0 }), "not_downloaded");
    car.profile.home_wifi = true;
    car.touch(car.updated_at + SECOND);
    car.advance(car.updated_at + HOUR);
    assert_eq!(shown(&car)["status"], "available");
}

#[test]
fn versions_only_rise() {
    let mut car = awake();
    let mut last = (0, 0);
    for _ in 0..30 {
        car.advance(car.software.next_offer + HOUR);
        assert_eq!(order(&mut car, SoftwareCommand::ScheduleSoftwareUpdate { offset: 0 }), "");
        car.advance(car.updated_at + HOUR);
        let parts: Vec<i64> = car.car_version().split(['.', ' ']).take(2).map(|part| part.parse().unwrap()).collect();
        let version = (parts[0], parts[1]);
        assert!(version > last && version.1 <= 53, "{version:?} after {last:?}");
        last = version;
    }
}
