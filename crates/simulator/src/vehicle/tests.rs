mod laws;
mod weeks;

use std::collections::BTreeMap;

use fleetgate_protocol::Region;
use serde_json::Value;

use super::*;
use crate::time::{DAY, MINUTE};

const NOW: i64 = 1_767_000_000_000_000;

fn car(initial: Connectivity) -> Vehicle {
    let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1_492_931_337_201, 700_412, Model::Model3);
    Vehicle::new(profile, initial, NOW)
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

#[test]
fn waking_takes_between_ten_and_twenty_seconds() {
    let mut car = car(Connectivity::Asleep);
    car.wake_up(NOW);
    assert_eq!(car.connectivity(), Connectivity::Asleep);
    car.advance(NOW + 9 * SECOND);
    assert_eq!(car.connectivity(), Connectivity::Asleep);
    // Asking again does not make it start anew.
    car.wake_up(NOW + 9 * SECOND);
    car.advance(NOW + 21 * SECOND);
    assert_eq!(car.connectivity(), Connectivity::Online);
}

#[test]
fn a_car_left_alone_falls_asleep_and_being_looked_at_keeps_it_awake() {
    let mut car = car(Connectivity::Online);
    for minute in (10..=60).step_by(10) {
        car.touch(NOW + minute * MINUTE);
        assert_eq!(car.connectivity(), Connectivity::Online);
    }
    car.advance(NOW + 74 * MINUTE);
    assert_eq!(car.connectivity(), Connectivity::Online);
    car.advance(NOW + 75 * MINUTE);
    assert_eq!(car.connectivity(), Connectivity::Asleep);
    car.touch(NOW + 76 * MINUTE);
    assert_eq!(car.connectivity(), Connectivity::Asleep);
}

#[test]
fn a_car_without_network_cannot_be_woken() {
    let mut car = car(Connectivity::Offline);
    car.wake_up(NOW);
    car.advance(NOW + MINUTE);
    assert_eq!(car.connectivity(), Connectivity::Offline);
    car.set_reachable(true, NOW + MINUTE);
    assert_eq!(car.connectivity(), Connectivity::Asleep);
}

#[test]
fn sentry_mode_keeps_a_plugged_car_awake_and_charged_for_months() {
    let mut car = car(Connectivity::Online);
    car.plug_in(car.profile.home_charger(), NOW);
    car.set_sentry(true, NOW);
    car.advance(NOW + 90 * DAY);
    assert_eq!(car.connectivity(), Connectivity::Online);
    let level = car.battery.energy_kwh / car.profile.battery_kwh;
    assert!((0.765..=0.801).contains(&level), "{level}");
}

#[test]
fn sentry_mode_gives_up_on_a_low_battery() {
    let mut car = car(Connectivity::Online).with_charge(25.0);
    car.set_sentry(true, NOW);
    car.advance(NOW + 3 * DAY);
    assert!(!car.sentry);
    assert_eq!(car.connectivity(), Connectivity::Asleep);
    assert!(car.battery.energy_kwh > 0.19 * car.profile.battery_kwh);
}

#[test]
fn a_forgotten_car_runs_empty_and_goes_offline() {
    let mut car = car(Connectivity::Asleep).with_charge(10.0);
    car.advance(NOW + 90 * DAY);
    assert_eq!(car.connectivity(), Connectivity::Offline);
    assert_eq!(json(car.data(BlockSet::DEFAULT, false, AccessType::Owner, NOW))["charge_state"]["battery_level"], 0);
}

#[test]
fn eight_hours_on_the_charger_reach_the_limit() {
    let mut car = car(Connectivity::Asleep).with_charge(30.0);
    car.plug_in(car.profile.home_charger(), NOW);
    car.advance(NOW + HOUR);
    let charge = json(car.data(BlockSet::DEFAULT, false, AccessType::Owner, NOW + HOUR))["charge_state"].take();
    assert_eq!(charge["charging_state"], "Charging");
    assert_eq!(charge["charger_power"], 12);
    assert_eq!(charge["battery_level"], 44);
    let minutes = charge["minutes_to_full_charge"].as_i64().unwrap();
    car.advance(NOW + HOUR + (minutes + 10) * MINUTE);
    assert_eq!(car.battery.status, ChargingStatus::Complete);
    assert!((car.battery.added_kwh - 0.5 * car.profile.battery_kwh).abs() < 1e-6);
    assert_eq!(car.connectivity(), Connectivity::Online);
    car.advance(NOW + 8 * HOUR);
    assert_eq!(car.connectivity(), Connectivity::Asleep);
}

#[test]
fn the_place_is_told_only_where_it_may_be() {
    let car = car(Connectivity::Online);
    let place = ["latitude", "longitude", "heading", "gps_as_of", "native_latitude", "native_type"];
    let drive = |endpoints, location| {
        json(car.data(BlockSet::parse(endpoints), location, AccessType::Driver, NOW))["drive_state"].take()
    };
    for key in place {
        assert!(drive("location_data", true).get(key).is_some(), "{key}");
        assert!(drive("drive_state;location_data", true).get(key).is_some(), "{key}");
        assert!(drive("drive_state;location_data", false).get(key).is_none(), "{key}");
    }
    assert!(drive("location_data", false).is_null());
    assert!(drive("charge_state", true).is_null());
}

#[test]
fn temperatures_of_a_sleeping_car_are_null() {
    let climate = json(car(Connectivity::Asleep).data(BlockSet::DEFAULT, false, AccessType::Owner, NOW));
    assert!(climate["climate_state"]["inside_temp"].is_null());
    assert!(json(car(Connectivity::Online).data(BlockSet::DEFAULT, false, AccessType::Owner, NOW))["climate_state"]
        ["inside_temp"]
        .is_f64());
}

#[test]
fn only_the_blocks_asked_for_appear() {
    let keys = |endpoints| {
        let data = json(car(Connectivity::Online).data(BlockSet::parse(endpoints), false, AccessType::Owner, NOW));
        let envelope = json(car(Connectivity::Online).envelope(AccessType::Owner));
        let blocks = data.as_object().unwrap().keys().filter(|key| envelope.get(key).is_none() && *key != "user_id");
        blocks.cloned().collect::<Vec<_>>().join(" ")
    };
    insta::assert_snapshot!(keys("climate_state;closures_state"), @"climate_state closures_state");
    insta::assert_snapshot!(keys(""), @"charge_state climate_state drive_state gui_settings vehicle_config vehicle_state");
    insta::assert_snapshot!(keys("vehicle_data_combo"), @"charge_schedule_data charge_state climate_state closures_state drive_state gui_settings preconditioning_schedule_data vehicle_config vehicle_state");
}

#[test]
fn each_model_has_what_it_has() {
    let data = |model| {
        let car = Vehicle::new(VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, model), Connectivity::Online, NOW);
        json(car.data(BlockSet::COMBO, true, AccessType::Owner, NOW))
    };
    let (small, truck, family) = (data(Model::Model3), data(Model::Cybertruck), data(Model::ModelX));
    assert!(small["vehicle_state"].get("tonneau_state").is_none());
    assert!(truck["vehicle_state"].get("tonneau_state").is_some());
    assert!(small["climate_state"].get("bioweapon_mode").is_none());
    assert!(family["climate_state"].get("seat_fan_front_left").is_some());
    assert_eq!(family["vehicle_config"]["car_type"], "modelx");
    assert_eq!(Model::from_vin("7SAYGDEE1NF000001"), Some(Model::ModelY));
    assert_eq!(Model::from_vin("WVW"), None);
}

#[test]
fn the_list_item_and_the_product_describe_the_same_car() {
    let car = car(Connectivity::Asleep);
    insta::assert_json_snapshot!(car.product(AccessType::Owner), @r#"
    {
      "id": 1492931337201,
      "user_id": 700412,
      "vehicle_id": 3095135501,
      "vin": "5YJ3E1EB7PF900417",
      "color": null,
      "access_type": "OWNER",
      "granular_access": {
        "hide_private": false
      },
      "tokens": [
        "3877d6b7fb490e19",
        "d8e011dc70b663c2"
      ],
      "state": "asleep",
      "in_service": false,
      "id_s": "1492931337201",
      "calendar_enabled": true,
      "api_version": 86,
      "backseat_token": null,
      "backseat_token_updated_at": null,
      "ble_autopair_enrolled": false,
      "display_name": "Model 3",
      "option_codes": "MDL3,PPMR,W40B,APBS,IPB0",
      "cached_data": null,
      "mobile_access_disabled": false,
      "device_type": "vehicle",
      "command_signing": "allowed",
      "release_notes_supported": true
    }
    "#);
    let (summary, product) = (json(car.summary(AccessType::Driver)), json(car.product(AccessType::Driver)));
    assert!(summary.get("user_id").is_none());
    for (key, value) in summary.as_object().unwrap() {
        assert_eq!(&product[key], value);
    }
    insta::assert_json_snapshot!(car.order(), @r#"
    {
      "vehicleMapId": 5754497,
      "referenceNumber": "RN147109664",
      "vin": "5YJ3E1EB7PF900417",
      "orderStatus": "BOOKED",
      "orderSubstatus": "_Z",
      "modelCode": "m3",
      "countryCode": "US",
      "locale": "en_US",
      "mktOptions": "MDL3,PPMR,W40B,APBS,IPB0",
      "isB2b": false
    }
    "#);
}

#[test]
fn state_of_an_earlier_version_is_filled_with_defaults() {
    let old = r#"{"profile": {"vin": "5YJ3E1EB7PF900417", "id": 7}, "battery": {"energy_kwh": 40.0}, "gone": 1}"#;
    let car: Vehicle = serde_json::from_str(old).unwrap();
    assert_eq!((car.profile.id, car.battery.limit_percent), (7, 80));
}

/// Every key of an answer with the JSON type of its value, block by block.
fn key_set(data: &Value) -> BTreeMap<String, String> {
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let keys = |block: &Value| {
        let keys = block.as_object().into_iter().flatten().map(|(key, value)| format!("{key}: {}", kind(value)));
        keys.collect::<Vec<_>>().join(", ")
    };
    let blocks = data.as_object().unwrap();
    blocks.iter().map(|(name, block)| (format!("{name}: {}", kind(block)), keys(block))).collect()
}

#[test]
fn a_full_answer_of_a_model_3_has_every_key() {
    let data = json(car(Connectivity::Online).data(BlockSet::COMBO, true, AccessType::Owner, NOW));
    insta::assert_json_snapshot!(key_set(&data), @r#"
    {
      "access_type: string": "",
      "api_version: int": "",
      "backseat_token: null": "",
      "backseat_token_updated_at: null": "",
      "ble_autopair_enrolled: bool": "",
      "calendar_enabled: bool": "",
      "charge_schedule_data: object": "charge_buffer: int, charge_schedule_window: null, charge_schedules: array, max_num_charge_schedules: int, next_schedule: bool, show_schedule_complete_state: bool, timestamp: int",
      "charge_state: object": "battery_heater_on: bool, battery_level: int, battery_range: float, charge_amps: int, charge_current_request: int, charge_current_request_max: int, charge_enable_request: bool, charge_energy_added: float, charge_limit_soc: int, charge_limit_soc_max: int, charge_limit_soc_min: int, charge_limit_soc_std: int, charge_miles_added_ideal: float, charge_miles_added_rated: float, charge_port_cold_weather_mode: bool, charge_port_color: string, charge_port_door_open: bool, charge_port_latch: string, charge_rate: float, charger_actual_current: int, charger_phases: null, charger_pilot_current: int, charger_power: int, charger_voltage: int, charging_schedule_override: bool, charging_state: string, conn_charge_cable: string, energy_remaining: float, est_battery_range: float, fast_charger_brand: string, fast_charger_present: bool, fast_charger_type: string, ideal_battery_range: float, lifetime_energy_used: float, max_range_charge_counter: int, minutes_to_full_charge: int, module_temp_max: float, module_temp_min: float, not_enough_power_to_heat: null, off_peak_charging_enabled: bool, off_peak_charging_times: string, off_peak_hours_end_time: int, preconditioning_enabled: bool, preconditioning_times: string, scheduled_charging_mode: string, scheduled_charging_pending: bool, scheduled_charging_start_time: null, scheduled_charging_start_time_app: int, scheduled_charging_start_time_minutes: int, scheduled_departure_time: int, scheduled_departure_time_minutes: int, supercharger_session_trip_planner: bool, time_to_full_charge: float, timestamp: int, trip_charging: bool, usable_battery_level: int, user_charge_enable_request: null",
      "climate_state: object": "allow_cabin_overheat_protection: bool, auto_seat_climate_left: bool, auto_seat_climate_right: bool, auto_steering_wheel_heat: bool, battery_heater: bool, battery_heater_no_power: null, cabin_overheat_protection: string, cabin_overheat_protection_actively_cooling: bool, climate_keeper_mode: string, cop_activation_temperature: string, defrost_mode: int, driver_temp_setting: float, fan_status: int, hvac_auto_request: string, inside_temp: float, is_auto_conditioning_on: bool, is_climate_on: bool, is_front_defroster_on: bool, is_preconditioning: bool, is_rear_defroster_on: bool, left_temp_direction: int, max_avail_temp: float, min_avail_temp: float, outside_temp: float, passenger_temp_setting: float, remote_heater_control_enabled: bool, right_temp_direction: int, seat_heater_left: int, seat_heater_rear_center: int, seat_heater_rear_left: int, seat_heater_rear_right: int, seat_heater_right: int, side_mirror_heaters: bool, steering_wheel_heat_level: int, steering_wheel_heater: bool, supports_fan_only_cabin_overheat_protection: bool, timestamp: int, wiper_blade_heater: bool",
      "closures_state: object": "center_display_state: int, df: int, dr: int, fd_window: int, fp_window: int, ft: int, is_user_present: bool, locked: bool, pf: int, pr: int, rd_window: int, remote_start: bool, rp_window: int, rt: int, sentry_mode: bool, sentry_mode_available: bool, speed_limit_mode: object, timestamp: int, valet_mode: bool, valet_pin_needed: bool",
      "color: null": "",
      "drive_state: object": "gps_as_of: int, heading: int, latitude: float, longitude: float, native_latitude: float, native_location_supported: int, native_longitude: float, native_type: string, power: int, shift_state: null, speed: null, timestamp: int",
      "granular_access: object": "hide_private: bool",
      "gui_settings: object": "gui_24_hour_time: bool, gui_charge_rate_units: string, gui_distance_units: string, gui_range_display: string, gui_temperature_units: string, gui_tirepressure_units: string, show_range_units: bool, timestamp: int",
      "id: int": "",
      "id_s: string": "",
      "in_service: bool": "",
      "preconditioning_schedule_data: object": "max_num_precondition_schedules: int, next_schedule: bool, precondition_schedules: array, preconditioning_schedule_window: null, timestamp: int",
      "state: string": "",
      "tokens: array": "",
      "user_id: int": "",
      "vehicle_config: object": "aux_park_lamps: string, badge_version: int, can_accept_navigation_requests: bool, can_actuate_trunks: bool, car_special_type: string, car_type: string, charge_port_type: string, cop_user_set_temp_supported: bool, dashcam_clip_save_supported: bool, default_charge_to_max: bool, driver_assist: string, ece_restrictions: bool, efficiency_package: string, eu_vehicle: bool, exterior_color: string, exterior_trim: string, exterior_trim_override: string, has_air_suspension: bool, has_ludicrous_mode: bool, has_seat_cooling: bool, headlamp_type: string, interior_trim_type: string, key_version: int, motorized_charge_port: bool, paint_color_override: string, performance_package: string, plg: bool, pws: bool, rear_drive_unit: string, rear_seat_heaters: int, rear_seat_type: int, rhd: bool, roof_color: string, seat_type: null, spoiler_type: string, sun_roof_installed: null, supports_qr_pairing: bool, third_row_seats: string, timestamp: int, trim_badging: string, use_range_badging: bool, utc_offset: int, webcam_selfie_supported: bool, webcam_supported: bool, wheel_type: string",
      "vehicle_id: int": "",
      "vehicle_state: object": "api_version: int, autopark_state_v3: string, calendar_supported: bool, car_version: string, center_display_state: int, dashcam_clip_save_available: bool, dashcam_state: string, df: int, dr: int, fd_window: int, feature_bitmask: string, fp_window: int, ft: int, is_user_present: bool, keep_accessory_power_on: bool, locked: bool, low_power_mode: bool, media_info: object, media_state: object, notifications_supported: bool, odometer: float, parsed_calendar_supported: bool, pf: int, pr: int, rd_window: int, remote_start: bool, remote_start_enabled: bool, remote_start_supported: bool, rp_window: int, rt: int, santa_mode: int, sentry_mode: bool, sentry_mode_available: bool, service_mode: bool, service_mode_plus: bool, smart_summon_available: bool, software_update: object, speed_limit_mode: object, summon_standby_mode_enabled: bool, timestamp: int, tpms_hard_warning_fl: bool, tpms_hard_warning_fr: bool, tpms_hard_warning_rl: bool, tpms_hard_warning_rr: bool, tpms_last_seen_pressure_time_fl: int, tpms_last_seen_pressure_time_fr: int, tpms_last_seen_pressure_time_rl: int, tpms_last_seen_pressure_time_rr: int, tpms_pressure_fl: float, tpms_pressure_fr: float, tpms_pressure_rl: float, tpms_pressure_rr: float, tpms_rcp_front_value: float, tpms_rcp_rear_value: float, tpms_soft_warning_fl: bool, tpms_soft_warning_fr: bool, tpms_soft_warning_rl: bool, tpms_soft_warning_rr: bool, valet_mode: bool, valet_pin_needed: bool, vehicle_name: string, vehicle_self_test_progress: int, vehicle_self_test_requested: bool, webcam_available: bool",
      "vin: string": ""
    }
    "#);
}

/// The keys of some blocks, as `block.key`.
fn keys_of(car: &Vehicle) -> std::collections::BTreeSet<String> {
    let data = json(car.data(BlockSet::COMBO, true, AccessType::Owner, NOW));
    let blocks = ["climate_state", "closures_state", "vehicle_config", "vehicle_state"];
    let keys = |block: &str| -> Vec<String> {
        data[block].as_object().unwrap().keys().map(|key| format!("{block}.{key}")).collect()
    };
    blocks.into_iter().flat_map(keys).collect()
}

#[test]
fn hardware_and_options_decide_which_keys_there_are() {
    let car = |model, hardware, changes| {
        let mut profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, model);
        profile.hardware = hardware;
        profile.options = Options::of(model, hardware).changed(changes);
        Vehicle::new(profile, Connectivity::Online, NOW)
    };
    let ordinary = keys_of(&car(Model::Model3, Hardware::New, OptionChanges::default()));
    let difference = |model, hardware, changes| {
        let keys = keys_of(&car(model, hardware, changes));
        let more = keys.difference(&ordinary).map(|key| format!("+ {key}"));
        let less = ordinary.difference(&keys).map(|key| format!("- {key}"));
        more.chain(less).filter(|key| !key.contains("climate_state.seat")).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(difference(Model::ModelY, Hardware::New, OptionChanges::default()), @"+ climate_state.bioweapon_mode");
    insta::assert_snapshot!(difference(Model::Cybertruck, Hardware::New, OptionChanges::default()), @r"
    + climate_state.bioweapon_mode
    + closures_state.tonneau_in_motion
    + closures_state.tonneau_percent_open
    + closures_state.tonneau_state
    + vehicle_state.tonneau_in_motion
    + vehicle_state.tonneau_percent_open
    + vehicle_state.tonneau_state
    ");
    let sunroof = OptionChanges { sunroof: Some(true), bioweapon_defence: Some(false), ..OptionChanges::default() };
    insta::assert_snapshot!(difference(Model::ModelS, Hardware::Old, sunroof), @r"
    + closures_state.sun_roof_percent_open
    + closures_state.sun_roof_state
    + vehicle_state.autopark_state_v2
    + vehicle_state.autopark_style
    + vehicle_state.homelink_device_count
    + vehicle_state.homelink_nearby
    + vehicle_state.last_autopark_error
    + vehicle_state.sun_roof_percent_open
    + vehicle_state.sun_roof_state
    - vehicle_state.autopark_state_v3
    ");
}

#[test]
fn each_option_is_shown() {
    let shown = |changes, pointer: &str| {
        let mut profile = VehicleProfile::new("5YJSA1E47PF000001", 1, 2, Model::ModelS);
        profile.options = profile.options.changed(changes);
        let car = Vehicle::new(profile, Connectivity::Online, NOW);
        let data = json(car.data(BlockSet::COMBO, true, AccessType::Owner, NOW));
        data.pointer(pointer).cloned().unwrap_or_default()
    };
    type Change = fn(Option<bool>) -> OptionChanges;
    let options: [(&str, Value, Value, Change); 10] = [
        ("/vehicle_config/has_air_suspension", true.into(), false.into(), |it| OptionChanges {
            air_suspension: it,
            ..Default::default()
        }),
        ("/climate_state/bioweapon_mode", false.into(), Value::Null, |it| OptionChanges {
            bioweapon_defence: it,
            ..Default::default()
        }),
        ("/vehicle_config/webcam_supported", true.into(), false.into(), |it| OptionChanges {
            cabin_camera: it,
            ..Default::default()
        }),
        ("/vehicle_state/homelink_device_count", 1.into(), Value::Null, |it| OptionChanges {
            homelink: it,
            ..Default::default()
        }),
        ("/vehicle_config/motorized_charge_port", true.into(), false.into(), |it| OptionChanges {
            motorized_charge_port: it,
            ..Default::default()
        }),
        ("/vehicle_config/pws", true.into(), false.into(), |it| OptionChanges {
            pedestrian_speaker: it,
            ..Default::default()
        }),
        ("/vehicle_config/plg", true.into(), false.into(), |it| OptionChanges {
            powered_rear_trunk: it,
            ..Default::default()
        }),
        ("/vehicle_config/rear_seat_heaters", 1.into(), 0.into(), |it| OptionChanges {
            rear_seat_heaters: it,
            ..Default::default()
        }),
        ("/vehicle_config/has_seat_cooling", true.into(), false.into(), |it| OptionChanges {
            seat_cooling: it,
            ..Default::default()
        }),
        ("/vehicle_config/sun_roof_installed", 1.into(), 0.into(), |it| OptionChanges {
            sunroof: it,
            ..Default::default()
        }),
    ];
    for (pointer, with, without, change) in options {
        assert_eq!(shown(change(Some(true)), pointer), with, "{pointer}");
        assert_eq!(shown(change(Some(false)), pointer), without, "{pointer}");
    }
}

#[test]
fn the_vin_tells_the_hardware() {
    for (vin, hardware) in [
        ("5YJXCDE28LF230915", Some(Hardware::Old)),
        ("5YJ3E1EB7PF900417", Some(Hardware::New)),
        ("5YJ3E1EB71F900417", None),
        ("5YJ3", None),
    ] {
        assert_eq!(Hardware::from_vin(vin), hardware, "{vin}");
    }
}

#[test]
fn a_car_has_the_plugs_of_the_region_it_was_built_for() {
    let shown = |region: Region, charger: fn(&VehicleProfile) -> Charger| {
        let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, Model::Model3).of_region(region);
        assert_eq!((profile.region(), profile.home), (region, Coordinates::of_region(region)));
        let mut car = Vehicle::new(profile, Connectivity::Online, NOW).with_charge(40.0);
        car.plug_in(charger(&car.profile), NOW);
        let data = json(car.data(BlockSet::DEFAULT, false, AccessType::Owner, NOW));
        ["charge_state/conn_charge_cable", "charge_state/fast_charger_type", "vehicle_config/charge_port_type"]
            .map(|name| data.pointer(&format!("/{name}")).and_then(Value::as_str).unwrap().to_owned())
            .join(" ")
    };
    let (home, fast) = (VehicleProfile::home_charger, VehicleProfile::fast_charger);
    assert_eq!([shown(Region::Na, home), shown(Region::Na, fast)], ["SAE ACSingleWireCAN US", "SAE Tesla US"]);
    assert_eq!([shown(Region::Eu, home), shown(Region::Eu, fast)], ["IEC <invalid> CCS", "IEC Combo CCS"]);
    assert_eq!([shown(Region::Cn, home), shown(Region::Cn, fast)], ["GB_AC <invalid> GB", "GB_DC Tesla GB"]);
}

#[test]
fn a_car_has_one_paint_and_one_interior() {
    let mut paints = std::collections::BTreeSet::new();
    for number in 0..60 {
        for model in [Model::ModelS, Model::Model3, Model::ModelX, Model::ModelY, Model::Cybertruck] {
            let profile = VehicleProfile::new(format!("5YJ3E1EB7PF{number:06}"), 1, 2, model);
            let options = profile.options();
            let named = |part: &str| options.codes.iter().any(|option| option.display_name.contains(part));
            let paint = match profile.exterior_color.as_str() {
                "MidnightSilver" => "Midnight Silver",
                "PearlWhite" => "Pearl White",
                "DeepBlue" => "Deep Blue",
                "SolidBlack" => "Solid Black",
                "RedMulticoat" => "Red Multi-Coat",
                "SilverMetallic" => "Stainless Steel",
                other => panic!("{other}"),
            };
            assert!(named(paint), "{profile:?}");
            assert_eq!(options.codes.iter().filter(|option| option.color_code.is_some()).count(), 1);
            assert_eq!(profile.interior_trim == "White2", named("Black and White"), "{profile:?}");
            paints.insert(paint);
        }
    }
    assert_eq!(paints.len(), 6);
}
