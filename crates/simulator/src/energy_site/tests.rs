use proptest::prelude::*;

use super::*;
use crate::sky::Coordinates;
use crate::time::{DAY, HOUR};

mod connected;
mod gateway;
mod history;
mod laws;
mod scenario;
mod tariff;

/// 2026-06-22, a Monday, at midnight in UTC.
const NOW: i64 = 1_782_086_400_000_000;

fn profile() -> EnergySiteProfile {
    EnergySiteProfile::new(733_200_927_911, "Dorpsstraat").european()
}

fn site() -> EnergySite {
    EnergySite::new(profile(), NOW)
}

/// A site without cars, in a mode, with batteries charged to a percentage.
fn charged(profile: EnergySiteProfile, mode: OperationMode, percent: f64) -> EnergySite {
    let profile = EnergySiteProfile { wall_connectors: 0, ..profile };
    EnergySite::new(profile, NOW).begun_with(Settings { mode, ..Settings::default() }, percent)
}

fn dark() -> EnergySiteProfile {
    EnergySiteProfile { solar_kw: 0.0, ..profile() }
}

fn at(mut site: EnergySite, now: i64) -> EnergySite {
    site.advance(now);
    site
}

fn hours(hours: f64) -> i64 {
    (hours * HOUR as f64) as i64
}

#[test]
fn the_panels_work_by_day_and_most_in_summer() {
    let site = at(site(), NOW + 220 * DAY);
    let month = |start: i64| site.energies(start, start + 30 * DAY).solar() / 30.0;
    let (june, december) = (month(NOW), month(NOW + 180 * DAY));
    assert!((15_000.0..40_000.0).contains(&june), "{june}");
    assert!(december < june / 3.0, "{december}");
    assert_eq!(super::tests::site().live_status().solar_power, 0);
    assert!(at(super::tests::site(), NOW + 12 * HOUR).live_status().solar_power > 500);
}

#[test]
fn a_site_without_batteries_tells_nothing_of_them() {
    for solar_kw in [0.0, 6.0] {
        let profile = EnergySiteProfile { solar_kw, powerwalls: 0, ..profile() };
        let mut site = at(EnergySite::new(profile, NOW), NOW + 12 * HOUR);
        for answer in [
            serde_json::to_value(site.live_status()).unwrap(),
            serde_json::to_value(site.product()).unwrap(),
            serde_json::to_value(site.site_status()).unwrap(),
        ] {
            for name in ["energy_left", "total_pack_energy", "percentage_charged", "battery_power", "battery_type"] {
                assert!(answer.get(name).is_none(), "{name} in {answer}");
            }
            assert_eq!(answer["backup_capable"], false);
        }
        let unsupported = Err(SettingError::Unsupported);
        assert_eq!(site.set_backup_reserve(30), unsupported);
        assert_eq!(site.set_operation("backup"), unsupported);
        assert_eq!(site.set_storm_mode(true), unsupported);
        assert_eq!(site.set_grid_import_export(Some(true), None), unsupported);
        assert_eq!(site.set_vehicle_reserve(30), unsupported);
    }
}

#[test]
fn the_household_uses_about_what_its_profile_says() {
    for household in [Household::Family, Household::Commuters, Household::HomeOffice] {
        let site = at(EnergySite::new(EnergySiteProfile { household, ..profile() }, NOW), NOW + 365 * DAY);
        let year = site.energies(NOW, NOW + 365 * DAY);
        let daily = (year.load() - year.to_vehicles) / 365_000.0;
        assert!((daily / site.profile.household_kwh - 1.0).abs() < 0.12, "{daily} {}", site.profile.household_kwh);
        let cars = year.to_vehicles / 365_000.0;
        assert!((5.0..8.0).contains(&cars), "{cars}");
    }
}

#[test]
fn self_consumption_keeps_the_sun_for_the_night_down_to_the_reserve() {
    let mut site = charged(dark(), OperationMode::SelfConsumption, 30.0);
    site.set_backup_reserve(25).unwrap();
    let night = site.live_status();
    assert!(night.battery_power > Some(0) && night.grid_power == 0, "{night:?}");
    site.advance(NOW + 2 * DAY);
    assert!((site.energy_wh - 0.25 * site.profile.capacity_wh()).abs() < 1e-3);
    let empty = site.live_status();
    assert!(empty.battery_power == Some(0) && empty.grid_power == empty.load_power);
}

#[test]
fn backup_never_discharges_and_takes_the_grid_only_where_that_is_allowed() {
    let site = at(charged(profile(), OperationMode::Backup, 30.0), NOW + 3 * DAY);
    let energies = site.energies(NOW, NOW + 3 * DAY);
    assert_eq!((energies.discharge(), energies.grid_to_battery), (0.0, 0.0));
    assert!(site.energy_wh > 0.3 * site.profile.capacity_wh());

    let mut site = charged(profile(), OperationMode::Backup, 30.0);
    site.set_grid_import_export(Some(true), None).unwrap();
    let status = site.live_status();
    assert_eq!((status.battery_power, status.grid_power), (Some(-3400), status.load_power + 3400));
    // Without panels nobody asks where the energy comes from.
    let site = at(charged(dark(), OperationMode::Backup, 30.0), NOW + DAY);
    assert!((site.energy_wh - site.profile.capacity_wh()).abs() < 1e-3);
}

#[test]
fn autonomous_waits_for_the_dear_hours() {
    let site = charged(profile(), OperationMode::Autonomous, 80.0);
    let site = EnergySite { profile: EnergySiteProfile { solar_kw: 0.001, ..site.profile.clone() }, ..site };
    // 15:00, 17:00 and 21:30 on the wall clock of a Monday, and 17:00 on the Saturday after.
    let power = |utc: f64| at(site.clone(), NOW + hours(utc)).live_status().battery_power.unwrap();
    assert!((-1..=0).contains(&power(13.0)));
    assert!(power(15.0) > 0);
    assert!((-1..=0).contains(&power(19.5)));
    assert!((-1..=0).contains(&power(15.0 + 5.0 * 24.0)));
}

#[test]
fn autonomous_fills_up_while_energy_is_cheap_where_it_may() {
    let site = charged(dark(), OperationMode::Autonomous, 40.0);
    assert_eq!(site.live_status().battery_power, Some(-3400));
    let evening = at(site, NOW + 15 * HOUR).live_status();
    assert!(evening.battery_power > Some(0) && evening.grid_power == 0, "{evening:?}");
}

#[test]
fn what_must_not_be_exported_is_not_made() {
    let noon = NOW + 11 * HOUR;
    let mut site = charged(profile(), OperationMode::SelfConsumption, 100.0);
    let free = at(site.clone(), noon).live_status();
    assert!(free.grid_power < -500, "{free:?}");
    site.set_grid_import_export(None, Some("never")).unwrap();
    let bound = at(site.clone(), noon).live_status();
    assert_eq!((bound.grid_power, bound.solar_power, bound.battery_power), (0, bound.load_power, Some(0)));
    assert!(at(site, NOW + 20 * DAY).energies(NOW, NOW + 20 * DAY).grid_export() < 1e-6);
}

#[test]
fn batteries_carry_the_house_through_an_outage_below_their_reserve() {
    let outage = Spell { from: NOW + hours(1.5) + 7, until: NOW + hours(26.0) + 11 };
    let outages = vec![outage];
    let mut site = charged(EnergySiteProfile { outages, ..dark() }, OperationMode::Backup, 25.0);
    site.advance(outage.from);
    let status = site.live_status();
    assert_eq!((status.grid_status.as_str(), status.island_status.as_str()), ("Inactive", "off_grid_unintentional"));
    assert_eq!((status.grid_power, status.battery_power), (0, Some(status.load_power)));
    assert!(status.load_power > 0);
    // In the end they are empty, and it is dark.
    let dark = at(site.clone(), outage.until - 1);
    assert_eq!((dark.energy_wh, dark.live_status().load_power), (0.0, 0));
    let back = at(site, outage.until).live_status();
    assert_eq!((back.grid_status.as_str(), back.battery_power), ("Active", Some(-3400)));
    // Without batteries there is nothing to carry it.
    let outages = vec![outage];
    let bare = EnergySite::new(EnergySiteProfile { outages, powerwalls: 0, ..profile() }, outage.from + 10 * HOUR);
    let status = bare.live_status();
    assert_eq!((status.solar_power, status.load_power, status.grid_status.as_str()), (0, 0, "Inactive"));
}

#[test]
fn cars_wait_during_an_outage_when_the_batteries_are_at_the_vehicle_reserve() {
    let zone = site().zone();
    let night = EnergySite::new(dark(), NOW).charge_sessions(&zone, NOW, NOW + 30 * DAY);
    let session = night.iter().find(|session| session.spell.from > NOW + DAY).unwrap().spell;
    let outages = vec![Spell { from: session.from - HOUR, until: session.until + HOUR }];
    let profile = EnergySiteProfile { outages, ..dark() };
    let site = |percent, reserve| {
        let mut site = EnergySite::new(profile.clone(), session.from - 2 * HOUR)
            .begun_with(Settings { mode: OperationMode::Backup, ..Settings::default() }, percent);
        site.set_vehicle_reserve(reserve).unwrap();
        at(site, session.from + MINUTE)
    };
    let connector = |site: &EnergySite| {
        let status = &site.live_status().wall_connectors[0];
        (status.wall_connector_state, status.wall_connector_power)
    };
    assert_eq!(connector(&site(90.0, 50)), (1, 7400));
    let waiting = site(40.0, 50);
    assert_eq!(connector(&waiting), (4, 0));
    let told = |site: EnergySite| at(site, session.until + DAY).charge_history(session.from, session.from + 1);
    assert_eq!(told(waiting).charge_history[0].energy_added_wh, 0);
    // It charges down to the reserve, and no further.
    let charging = at(site(90.0, 80), session.until);
    assert!(charging.energy_wh <= 0.8 * charging.profile.capacity_wh());
    let added = told(charging).charge_history[0].energy_added_wh;
    let whole = (7_400 * (session.until - session.from) / HOUR).min(3_000);
    assert!((1..=whole).contains(&added), "{added}");
}

#[test]
fn a_storm_fills_the_batteries_if_the_owner_lets_it() {
    let storms = vec![Spell { from: NOW + HOUR, until: NOW + 30 * HOUR }];
    let mut site = charged(EnergySiteProfile { storms, ..profile() }, OperationMode::SelfConsumption, 30.0);
    assert!(!site.live_status().storm_mode_active);
    let careless = at(site.clone(), NOW + HOUR);
    assert!(careless.live_status().battery_power > Some(0) && !careless.live_status().storm_mode_active);
    site.set_storm_mode(true).unwrap();
    site.advance(NOW + HOUR);
    let status = site.live_status();
    assert!(status.storm_mode_active && status.battery_power == Some(-3400), "{status:?}");
    site.advance(NOW + 20 * HOUR);
    assert_eq!(site.energy_wh, site.profile.capacity_wh());
}

#[test]
fn settings_are_checked_and_shown() {
    let mut site = site();
    for percent in [-1, 101] {
        assert_eq!(site.set_backup_reserve(percent), Err(SettingError::Reserve));
        assert_eq!(site.set_vehicle_reserve(percent), Err(SettingError::VehicleReserve));
    }
    assert_eq!(site.set_operation("off").unwrap_err().to_string(), "invalid default_real_mode param");
    assert_eq!(site.set_grid_import_export(Some(true), Some("all")), Err(SettingError::ExportRule));
    assert_eq!(site, super::tests::site());
    site.set_backup_reserve(100).unwrap();
    site.set_operation("autonomous").unwrap();
    site.set_storm_mode(true).unwrap();
    site.set_grid_import_export(Some(true), Some("battery_ok")).unwrap();
    site.set_vehicle_reserve(70).unwrap();
    let info = site.site_info();
    assert_eq!((info.backup_reserve_percent, info.default_real_mode.as_str()), (100, "autonomous"));
    assert_eq!(info.user_settings.storm_mode_enabled, Some(true));
    assert!(!info.components.disallow_charge_from_grid_with_solar_installed);
    assert_eq!(info.components.customer_preferred_export_rule.as_deref(), Some("battery_ok"));
    assert_eq!(info.off_grid_vehicle_charging_reserve_percent, Some(70));
}

#[test]
fn only_so_many_changes_are_kept() {
    let mut site = site();
    for change in 1..=2 * MOST_CHAPTERS as i64 {
        site.advance(NOW + change * HOUR);
        site.set_backup_reserve(change % 2).unwrap();
    }
    assert_eq!(site.chapters.len(), MOST_CHAPTERS);
    let begun = site.begun_at();
    assert!(begun > NOW);
    assert_eq!(site.energies(0, begun), Energies::default());
}

#[test]
fn a_site_answers_like_this() {
    insta::assert_json_snapshot!(at(site(), NOW + 10 * HOUR).live_status(), @r#"
    {
      "solar_power": 1901,
      "energy_left": 21602.1,
      "total_pack_energy": 27000,
      "percentage_charged": 80.01,
      "backup_capable": true,
      "battery_power": -1139,
      "load_power": 762,
      "grid_status": "Active",
      "grid_services_active": false,
      "grid_power": 0,
      "grid_services_power": 0,
      "generator_power": 0,
      "island_status": "on_grid",
      "storm_mode_active": false,
      "timestamp": "2026-06-22T12:00:00+02:00",
      "wall_connectors": [
        {
          "din": "1529455-02-D--PGT47888441565",
          "wall_connector_state": 2,
          "wall_connector_fault_state": 2,
          "wall_connector_power": 0,
          "ocpp_status": 0
        }
      ]
    }
    "#);
    insta::assert_json_snapshot!(site().product(), @r#"
    {
      "energy_site_id": 733200927911,
      "device_type": "energy",
      "resource_type": "battery",
      "site_name": "Dorpsstraat",
      "id": "STE20240321-48735",
      "gateway_id": "1232100-00-E--TG140643319313",
      "asset_site_id": "4ed492c5-82cc-4b0d-8e37-8fc6d596f407",
      "warp_site_number": "STE20240321-48735",
      "energy_left": 19276.8,
      "total_pack_energy": 27000,
      "percentage_charged": 71.4,
      "battery_type": "ac_powerwall",
      "backup_capable": true,
      "battery_power": 338,
      "go_off_grid_test_banner_enabled": null,
      "storm_mode_enabled": false,
      "powerwall_onboarding_settings_set": true,
      "powerwall_tesla_electric_interested_in": null,
      "vpp_tour_enabled": null,
      "sync_grid_alert_enabled": true,
      "breaker_alert_enabled": false,
      "components": {
        "battery": true,
        "battery_type": "ac_powerwall",
        "solar": true,
        "solar_type": "pv_panel",
        "grid": true,
        "load_meter": true,
        "market_type": "residential",
        "wall_connectors": [
          {
            "device_id": "7a982b47-c987-4beb-bfe0-36e54798eb6b",
            "din": "1529455-02-D--PGT47888441565",
            "part_number": "1529455-02-D",
            "is_active": true
          }
        ]
      },
      "features": {
        "rate_plan_manager_no_pricing_constraint": true
      }
    }
    "#);
    insta::assert_json_snapshot!(site().site_info(), @r#"
    {
      "id": "1232100-00-E--TG140643319313",
      "site_name": "Dorpsstraat",
      "backup_reserve_percent": 20,
      "default_real_mode": "self_consumption",
      "installation_date": "2024-03-21T18:00:00+01:00",
      "user_settings": {
        "go_off_grid_test_banner_enabled": null,
        "storm_mode_enabled": false,
        "powerwall_onboarding_settings_set": true,
        "powerwall_tesla_electric_interested_in": null,
        "vpp_tour_enabled": null,
        "sync_grid_alert_enabled": true,
        "breaker_alert_enabled": false,
        "off_grid_vehicle_charging_enabled": true
      },
      "components": {
        "solar": true,
        "solar_type": "pv_panel",
        "battery": true,
        "battery_type": "ac_powerwall",
        "grid": true,
        "backup": true,
        "gateway": "teg",
        "load_meter": true,
        "tou_capable": true,
        "storm_mode_capable": true,
        "flex_energy_request_capable": false,
        "car_charging_data_supported": true,
        "off_grid_vehicle_charging_reserve_supported": true,
        "vehicle_charging_performance_view_enabled": true,
        "vehicle_charging_solar_offset_view_enabled": true,
        "battery_solar_offset_view_enabled": true,
        "solar_value_enabled": true,
        "energy_value_header": "Energy Value",
        "energy_value_subheader": "Estimated Value",
        "energy_service_self_scheduling_enabled": true,
        "show_grid_import_battery_source_cards": true,
        "set_islanding_mode_enabled": true,
        "wifi_commissioning_enabled": true,
        "backup_time_remaining_enabled": true,
        "configurable": true,
        "grid_services_enabled": false,
        "system_alerts_enabled": false,
        "nbt_supported": false,
        "disallow_charge_from_grid_with_solar_installed": true,
        "customer_preferred_export_rule": "pv_only",
        "gateways": [
          {
            "device_id": "680c0178-864e-43df-99cb-1a2c91e8c58b",
            "din": "1232100-00-E--TG140643319313",
            "serial_number": "TG140643319313",
            "part_number": "1232100-00-E",
            "part_type": 10,
            "part_name": "Tesla Backup Gateway 2",
            "is_active": true,
            "site_id": "4ed492c5-82cc-4b0d-8e37-8fc6d596f407",
            "firmware_version": "26.18.1 7b2f0c3d",
            "updated_datetime": "2026-06-22T00:00:00Z"
          }
        ],
        "batteries": [
          {
            "device_id": "6d0f9c73-4364-4eff-9732-f4294e727409",
            "din": "3012170-05-C--TG242601945699",
            "serial_number": "TG242601945699",
            "part_number": "3012170-05-C",
            "part_type": 2,
            "part_name": "Powerwall 2",
            "nameplate_max_charge_power": 5000,
            "nameplate_max_discharge_power": 5000,
            "nameplate_energy": 13500
          },
          {
            "device_id": "bdcbe5b0-880d-4ba1-8107-4b649b5a37b0",
            "din": "3012170-05-C--TG274139247474",
            "serial_number": "TG274139247474",
            "part_number": "3012170-05-C",
            "part_type": 2,
            "part_name": "Powerwall 2",
            "nameplate_max_charge_power": 5000,
            "nameplate_max_discharge_power": 5000,
            "nameplate_energy": 13500
          }
        ],
        "wall_connectors": [
          {
            "device_id": "7a982b47-c987-4beb-bfe0-36e54798eb6b",
            "din": "1529455-02-D--PGT47888441565",
            "part_name": "Gen 3 Wall Connector",
            "is_active": true
          }
        ]
      },
      "version": "26.18.1 7b2f0c3d",
      "battery_count": 2,
      "tou_settings": {
        "optimization_strategy": "economics",
        "schedule": [
          {
            "target": "peak",
            "week_days": [
              1,
              2,
              3,
              4,
              5
            ],
            "start_seconds": 57600,
            "end_seconds": 75600
          },
          {
            "target": "off_peak",
            "week_days": [
              1,
              2,
              3,
              4,
              5
            ],
            "start_seconds": 75600,
            "end_seconds": 57600
          },
          {
            "target": "off_peak",
            "week_days": [
              0,
              6
            ],
            "start_seconds": 0,
            "end_seconds": 0
          }
        ]
      },
      "nameplate_power": 10000,
      "nameplate_energy": 27000,
      "installation_time_zone": "Europe/Amsterdam",
      "max_site_meter_power_ac": 1000000000,
      "min_site_meter_power_ac": -1000000000,
      "vpp_backup_reserve_percent": 0,
      "off_grid_vehicle_charging_reserve_percent": 50
    }
    "#);
}

#[test]
fn state_of_an_earlier_version_is_filled_with_defaults() {
    let old = r#"{"profile": {"energy_site_id": 7}, "energy_wh": 9000.0, "gone": 1}"#;
    let site: EnergySite = serde_json::from_str(old).unwrap();
    assert_eq!((site.profile.powerwalls, site.settings().backup_reserve_percent), (2, 20));
    let none = r#"{"chapters": []}"#;
    let site: EnergySite = serde_json::from_str(none).unwrap();
    assert_eq!(at(site, NOW).settings(), Settings::default());
}
