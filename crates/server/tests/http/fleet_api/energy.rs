//! Energy sites, and the list of all products.

use fleetgate_simulator::EnergySite;
use fleetgate_simulator::energy_site::{EnergySiteProfile, Spell};
use fleetgate_store::DeviceKind;

use super::*;
use crate::harness::{HOUR, Place, on_both};

on_both!(
    products_are_of_the_kinds_that_the_scopes_open,
    a_site_tells_its_flows_and_its_setup,
    whole_numbers_may_have_a_fraction_of_zero,
    settings_change_a_site_and_wrong_ones_do_not,
    a_tariff_is_kept_and_a_wrong_one_is_not,
    the_rule_of_one_direction_leaves_the_other_alone,
    a_site_without_batteries_refuses_what_is_for_them,
    histories_add_up_and_end_now,
    a_day_of_the_site_has_23_or_25_hours_when_clocks_change,
    wrong_questions_about_the_past_are_refused,
    an_outage_of_the_seed_is_lived_through_and_told_afterwards,
    commands_reach_the_gateway,
    a_year_of_history_has_a_row_a_month,
);

async fn products_are_of_the_kinds_that_the_scopes_open(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for (scope, vehicles, sites) in
        [("vehicle_device_data energy_device_data", 2, 1), ("vehicle_device_data", 2, 0), ("energy_device_data", 0, 1)]
    {
        let token = token_with(&sandbox, scope).await;
        let products = get(&sandbox, "/api/1/products", &token).await.json();
        let list = products["response"].as_array().expect("a list");
        let of = |kind: &str| list.iter().filter(|product| product["device_type"] == kind).count();
        assert_eq!((of("vehicle"), of("energy"), list.len()), (vehicles, sites, vehicles + sites), "{scope}");
        assert_eq!(products["count"], list.len());
    }
    let sam = response(&sandbox, "/api/1/products", &token_of(&sandbox, SAM).await).await;
    let kestrel = sam.as_array().expect("a list").iter().find(|product| product["vin"] == KESTREL).expect("shared");
    assert_eq!(kestrel["granular_access"]["hide_private"], true);
    assert_eq!(kestrel["command_signing"], "off");
}

/// The path of Robin's site.
async fn site(sandbox: &Sandbox, token: &str) -> String {
    let products = response(sandbox, "/api/1/products", token).await;
    let mut products = products.as_array().expect("a list").iter();
    let id = products.find_map(|product| product["energy_site_id"].as_i64()).expect("a site");
    format!("/api/1/energy_sites/{id}")
}

async fn whole_numbers_may_have_a_fraction_of_zero(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    let backup = format!("{site}/backup");
    assert_eq!(post(&sandbox, &backup, &token, json!({"backup_reserve_percent": 30.0})).await.status, 200);
    assert_eq!(response(&sandbox, &format!("{site}/site_info"), &token).await["backup_reserve_percent"], 30);
    let refused = post(&sandbox, &backup, &token, json!({"backup_reserve_percent": 30.5})).await;
    assert_error(&refused, 400, "invalid_field");
}

async fn a_site_tells_its_flows_and_its_setup(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    let flows = response(&sandbox, &format!("{site}/live_status"), &token).await;
    let watts = |name: &str| flows[name].as_i64().expect(name);
    let balance = watts("solar_power") + watts("battery_power") + watts("grid_power") - watts("load_power");
    assert!(balance.abs() <= 2, "{flows}");
    let setup = response(&sandbox, &format!("{site}/site_info"), &token).await;
    assert_eq!((&setup["site_name"], &setup["battery_count"]), (&json!("Vale home"), &json!(2)));
    sandbox.clock.advance(6 * HOUR);
    let later = response(&sandbox, &format!("{site}/live_status"), &token).await;
    assert_ne!(later["percentage_charged"], flows["percentage_charged"]);

    let sam = token_of(&sandbox, SAM).await;
    for path in ["/api/1/energy_sites/1".to_owned(), "/api/1/energy_sites/nothing".to_owned()] {
        assert_error(&get(&sandbox, &format!("{path}/live_status"), &token).await, 404, "not_found");
    }
    assert_error(&get(&sandbox, &format!("{site}/live_status"), &sam).await, 404, "not_found");
    assert_error(&get(&sandbox, &format!("{site}/site_info"), &sam).await, 404, "not_found");
    let foreign = post(&sandbox, &format!("{site}/backup"), &sam, json!({"backup_reserve_percent": 50})).await;
    assert_error(&foreign, 404, "not_found");
}

async fn settings_change_a_site_and_wrong_ones_do_not(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    for (setting, body, code) in [
        ("backup", json!({"backup_reserve_percent": 35}), 201),
        ("operation", json!({"default_real_mode": "autonomous"}), 201),
        ("storm_mode", json!({"enabled": true}), 201),
        ("off_grid_vehicle_charging_reserve", json!({"off_grid_vehicle_charging_reserve_percent": 65}), 201),
        (
            "grid_import_export",
            json!({
                "disallow_charge_from_grid_with_solar_installed": false,
                "customer_preferred_export_rule": "battery_ok",
            }),
            204,
        ),
    ] {
        let updated = json!({"response": {"code": code, "message": "Updated"}});
        let answer = post(&sandbox, &format!("{site}/{setting}"), &token, body).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, updated), "{setting}");
    }
    let setup = response(&sandbox, &format!("{site}/site_info"), &token).await;
    assert_eq!((&setup["backup_reserve_percent"], &setup["default_real_mode"]), (&json!(35), &json!("autonomous")));
    assert_eq!(setup["user_settings"]["storm_mode_enabled"], true);
    assert_eq!(setup["off_grid_vehicle_charging_reserve_percent"], 65);
    assert_eq!(setup["components"]["disallow_charge_from_grid_with_solar_installed"], false);
    assert_eq!(setup["components"]["customer_preferred_export_rule"], "battery_ok");
    let status = response(&sandbox, &format!("{site}/site_status"), &token).await;
    assert_eq!((&status["storm_mode_enabled"], &status["resource_type"]), (&json!(true), &json!("battery")));
    assert_eq!(response(&sandbox, &format!("{site}/programs"), &token).await, json!({"programs": []}));

    for (setting, body) in [
        ("backup", json!({})),
        ("backup", json!({"backup_reserve_percent": 101})),
        ("backup", json!({"backup_reserve_percent": -1})),
        ("backup", json!({"backup_reserve_percent": "20"})),
        ("backup", json!({"backup_reserve_percent": 20.5})),
        ("operation", json!({})),
        ("operation", json!({"default_real_mode": "perpetual_motion"})),
        ("operation", json!({"default_real_mode": 1})),
        ("storm_mode", json!({})),
        ("storm_mode", json!({"enabled": "true"})),
        ("storm_mode", json!({"enabled": 1})),
        ("off_grid_vehicle_charging_reserve", json!({})),
        ("off_grid_vehicle_charging_reserve", json!({"off_grid_vehicle_charging_reserve_percent": 101})),
        ("off_grid_vehicle_charging_reserve", json!({"off_grid_vehicle_charging_reserve_percent": -1})),
        ("off_grid_vehicle_charging_reserve", json!({"off_grid_vehicle_charging_reserve_percent": "50"})),
        ("grid_import_export", json!({})),
        ("grid_import_export", json!({"customer_preferred_export_rule": null})),
        ("grid_import_export", json!({"customer_preferred_export_rule": "all"})),
        ("grid_import_export", json!({"customer_preferred_export_rule": 1})),
        ("grid_import_export", json!({"disallow_charge_from_grid_with_solar_installed": "no"})),
        (
            "grid_import_export",
            json!({"disallow_charge_from_grid_with_solar_installed": true, "customer_preferred_export_rule": "all"}),
        ),
    ] {
        let answer = post(&sandbox, &format!("{site}/{setting}"), &token, body).await;
        assert_error(&answer, 400, "invalid_field");
    }
    assert_eq!(response(&sandbox, &format!("{site}/site_info"), &token).await, setup);
}

/// A client sends what it leaves alone as `null`.
async fn the_rule_of_one_direction_leaves_the_other_alone(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    for (body, disallowed, rule) in [
        (json!({"disallow_charge_from_grid_with_solar_installed": false}), false, "pv_only"),
        (
            json!({
                "disallow_charge_from_grid_with_solar_installed": null,
                "customer_preferred_export_rule": "never",
            }),
            false,
            "never",
        ),
    ] {
        assert_eq!(post(&sandbox, &format!("{site}/grid_import_export"), &token, body).await.status, 200);
        let components = &response(&sandbox, &format!("{site}/site_info"), &token).await["components"];
        assert_eq!(components["disallow_charge_from_grid_with_solar_installed"], disallowed);
        assert_eq!(components["customer_preferred_export_rule"], rule);
    }
}

/// One season with one price, and a higher one in the evening.
fn tariff() -> Value {
    let spell = |from: i64, to: i64| json!({"fromDayOfWeek": 0, "toDayOfWeek": 6, "fromHour": from, "toHour": to});
    json!({
        "name": "Evenings", "utility": "Harbor Power", "currency": "USD",
        "energy_charges": {"Year": {"rates": {"ON_PEAK": 0.5, "OFF_PEAK": 0.2}}},
        "seasons": {"Year": {
            "fromMonth": 1, "fromDay": 1, "toMonth": 12, "toDay": 31,
            "tou_periods": {"ON_PEAK": {"periods": [spell(18, 22)]}, "OFF_PEAK": {"periods": [spell(22, 18)]}},
        }},
    })
}

async fn a_tariff_is_kept_and_a_wrong_one_is_not(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    let set = format!("{site}/time_of_use_settings");
    let taken = post(&sandbox, &set, &token, json!({"tou_settings": {"tariff_content_v2": tariff()}})).await;
    assert_eq!(taken.json(), json!({"response": {"code": 201, "message": "Updated"}}));
    let setup = response(&sandbox, &format!("{site}/site_info"), &token).await;
    assert_eq!((&setup["tariff_content_v2"], &setup["tariff_content"]), (&tariff(), &tariff()));
    let peak =
        json!({"target": "peak", "week_days": [0, 1, 2, 3, 4, 5, 6], "start_seconds": 64800, "end_seconds": 79200});
    assert!(setup["tou_settings"]["schedule"].as_array().expect("a list").contains(&peak), "{setup}");

    let without = |pointer: &str, name: &str| {
        let mut content = tariff();
        content.pointer_mut(pointer).and_then(Value::as_object_mut).expect("an object").remove(name);
        json!({"tou_settings": {"tariff_content_v2": content}})
    };
    for body in [
        json!({}),
        json!({"tou_settings": []}),
        json!({"tou_settings": {}}),
        json!({"tou_settings": {"tariff_content_v2": "cheap"}}),
        without("", "seasons"),
        without("/seasons/Year/tou_periods", "OFF_PEAK"),
        without("/energy_charges/Year/rates", "OFF_PEAK"),
    ] {
        assert_error(&post(&sandbox, &set, &token, body).await, 400, "invalid_field");
    }
    let gap = post(&sandbox, &set, &token, without("/seasons/Year/tou_periods", "OFF_PEAK")).await;
    assert_eq!(
        gap.header("x-fleetgate-reason"),
        "The tariff is not taken: day 0 of the week at minute 0 is in 0 periods of the season `Year`."
    );
    assert_eq!(response(&sandbox, &format!("{site}/site_info"), &token).await, setup);
}

/// Changes Robin's site behind the service's back.
async fn rebuild(sandbox: &Sandbox, site: &str, rebuild: impl Fn(&mut EnergySiteProfile) + Send + Sync + 'static) {
    let key = site.rsplit('/').next().expect("an id");
    let now = sandbox.now();
    let rebuilt = sandbox.state.store.modify_device(DeviceKind::EnergySite, key, now, move |document| {
        let site: EnergySite = serde_json::from_str(document).map_err(|error| error.to_string())?;
        let mut profile = site.profile;
        rebuild(&mut profile);
        let site = EnergySite::new(profile, now);
        Ok((Some(serde_json::to_string(&site).map_err(|error| error.to_string())?), ()))
    });
    rebuilt.await.expect("the store").expect("the site");
}

async fn a_site_without_batteries_refuses_what_is_for_them(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    rebuild(&sandbox, &site, |profile| profile.powerwalls = 0).await;
    for (setting, body) in [
        ("backup", json!({"backup_reserve_percent": 35})),
        ("operation", json!({"default_real_mode": "autonomous"})),
        ("storm_mode", json!({"enabled": true})),
        ("off_grid_vehicle_charging_reserve", json!({"off_grid_vehicle_charging_reserve_percent": 65})),
        ("grid_import_export", json!({"customer_preferred_export_rule": "never"})),
        ("time_of_use_settings", json!({"tou_settings": {"tariff_content_v2": tariff()}})),
    ] {
        let answer = post(&sandbox, &format!("{site}/{setting}"), &token, body).await;
        assert_error(&answer, 422, "invalid_resource");
    }
    assert_eq!(response(&sandbox, &format!("{site}/site_status"), &token).await["resource_type"], "solar");
    let soe = response(&sandbox, &format!("{site}/calendar_history?kind=soe"), &token).await;
    assert_eq!(soe["time_series"], json!([]));
    rebuild(&sandbox, &site, |profile| (profile.powerwalls, profile.wall_connectors) = (1, 0)).await;
    let body = json!({"off_grid_vehicle_charging_reserve_percent": 65});
    let answer = post(&sandbox, &format!("{site}/off_grid_vehicle_charging_reserve"), &token, body).await;
    assert_error(&answer, 422, "invalid_resource");
}

/// The sum of a member of every row.
fn sum(history: &Value, name: &str) -> f64 {
    let rows = history["time_series"].as_array().expect("rows").iter();
    rows.map(|row| row[name].as_f64().expect(name)).sum()
}

async fn histories_add_up_and_end_now(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    let history = async |query: &str| response(&sandbox, &format!("{site}/calendar_history?{query}"), &token).await;
    let yesterday = "start_date=2026-09-30T00:00:00-07:00&end_date=2026-09-30T23:59:59-07:00";
    let energy = history(&format!("kind=energy&{yesterday}")).await;
    let power = history(&format!("kind=power&period=day&{yesterday}")).await;
    let week = history(&format!("kind=energy&period=week&{yesterday}")).await;
    for rows in [&energy, &power] {
        let rows = rows["time_series"].as_array().expect("rows");
        assert_eq!((rows.len(), &rows[0]["timestamp"]), (288, &json!("2026-09-30T00:00:00-07:00")));
    }
    assert_eq!((&energy["period"], &energy["installation_time_zone"]), (&json!("day"), &json!("America/Los_Angeles")));
    assert!((sum(&power, "solar_power") / 12.0 - sum(&energy, "solar_energy_exported")).abs() < 1.0);
    let grid = sum(&energy, "grid_energy_imported") - sum(&energy, "total_grid_energy_exported");
    assert!((sum(&power, "grid_power") / 12.0 - grid).abs() < 1.0);
    assert!((sum(&week, "total_home_usage") - sum(&energy, "total_home_usage")).abs() < 1.0);
    assert!(sum(&week, "total_home_usage") > 5_000.0);

    // It is five in the morning at the site: five hours of today, and a day whose rows are of another zone.
    let rows = |history: &Value| history["time_series"].as_array().expect("rows").len();
    assert_eq!(rows(&history("kind=energy").await), 60);
    assert_eq!(rows(&history("kind=energy&time_zone=Europe/Amsterdam").await), 14 * 12);
    assert_eq!(rows(&history("kind=soe&period=day").await), 60);
    assert_eq!(rows(&history("kind=energy&period=month").await), 1);
    assert_eq!(rows(&history("kind=energy&period=month&end_date=2026-10-01T00:00:00-07:00").await), 30);
    assert_eq!(rows(&history("kind=self_consumption&period=year").await), 10);
    assert_eq!(rows(&history("kind=energy&period=lifetime").await), 3);
    // Without an offset it is the site's clock; an offset may be badly encoded.
    assert_eq!(rows(&history("kind=power&start_date=2026-09-30T12:00:00&end_date=2026-09-30T13:00:00").await), 12);
    let encoded = "start_date=2026-09-30T12:00:00%2B02:00&end_date=2026-09-30T13:00:00+02:00";
    assert_eq!(rows(&history(&format!("kind=power&{encoded}")).await), 12);
    sandbox.clock.advance(HOUR);
    assert_eq!(rows(&history("kind=energy").await), 72);

    let backup = history("kind=backup&period=lifetime").await;
    let events = backup["events"].as_array().expect("events");
    assert_eq!(backup["total_events"], events.len());
    assert!(events.iter().all(|event| event["duration"].as_i64().is_some_and(|seconds| seconds > 0)));
    let charges = "telemetry_history?kind=charge&start_date=2026-09-01T00:00:00Z&end_date=2026-10-01T00:00:00Z";
    let charges = response(&sandbox, &format!("{site}/{charges}"), &token).await;
    let charges = charges["charge_history"].as_array().expect("sessions");
    assert!((5..25).contains(&charges.len()), "{charges:?}");
    assert!(charges.iter().all(|session| session["energy_added_wh"].as_i64().is_some_and(|energy| energy > 3_000)));
}

async fn a_day_of_the_site_has_23_or_25_hours_when_clocks_change(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    for (day, offset, hours) in
        [("2026-03-08", "-08:00", 23), ("2025-11-02", "-07:00", 25), ("2026-07-04", "-07:00", 24)]
    {
        let query = format!("calendar_history?kind=energy&period=day&start_date={day}T00:00:00{offset}");
        let history = response(&sandbox, &format!("{site}/{query}"), &token).await;
        assert_eq!(history["time_series"].as_array().expect("rows").len(), hours * 12, "{day}");
    }
}

async fn wrong_questions_about_the_past_are_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    let days = "start_date=2026-09-01T00:00:00Z&end_date=2026-09-08T00:00:00Z";
    for (query, description) in [
        ("calendar_history", "missing kind param"),
        ("calendar_history?kind=", "missing kind param"),
        ("calendar_history?kind=weather", "invalid kind param"),
        ("calendar_history?kind=energy&period=decade", "invalid period param"),
        ("calendar_history?kind=energy&time_zone=Mars/Olympus", "invalid time_zone param"),
        ("calendar_history?kind=energy&start_date=yesterday", "invalid start_date param"),
        ("calendar_history?kind=energy&end_date=1767268800", "invalid end_date param"),
        (
            "calendar_history?kind=energy&start_date=2026-09-08T00:00:00Z&end_date=2026-09-01T00:00:00Z",
            "invalid end_date param",
        ),
        (
            "calendar_history?kind=power&start_date=2026-08-01T00:00:00Z&end_date=2026-09-01T00:00:00Z",
            "invalid end_date param",
        ),
        ("telemetry_history", "missing kind param"),
        (&format!("telemetry_history?kind=energy&{days}"), "invalid kind param"),
        ("telemetry_history?kind=charge", "missing start_date param"),
        ("telemetry_history?kind=charge&start_date=2026-09-01T00:00:00Z", "missing end_date param"),
        (&format!("telemetry_history?kind=charge&{days}&time_zone=here"), "invalid time_zone param"),
        (
            "telemetry_history?kind=charge&start_date=2026-09-08T00:00:00Z&end_date=2026-09-01T00:00:00Z",
            "invalid end_date param",
        ),
    ] {
        let refused = get(&sandbox, &format!("{site}/{query}"), &token).await;
        assert_error(&refused, 400, "invalid_field");
        assert_eq!(refused.text_of("error_description"), description, "{query}");
    }
    assert_error(
        &get(&sandbox, &format!("{site}/calendar_history?kind=energy&kind=power"), &token).await,
        400,
        "invalid_request",
    );
    assert_eq!(get(&sandbox, &format!("{site}/calendar_history?kind=energy&{days}"), &token).await.status, 200);
    // Ends of the calendar are told nothing of.
    for query in ["start_date=-009998-01-01T00:00:00Z&period=year", "start_date=9998-01-01T00:00:00Z&period=week"] {
        let history = response(&sandbox, &format!("{site}/calendar_history?kind=energy&{query}"), &token).await;
        assert_eq!(history["time_series"], json!([]), "{query}");
    }
}

async fn an_outage_of_the_seed_is_lived_through_and_told_afterwards(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    let begin = sandbox.now() + HOUR;
    rebuild(&sandbox, &site, move |profile| profile.outages = vec![Spell { from: begin, until: begin + 2 * HOUR }])
        .await;
    let status = async || {
        let status = response(&sandbox, &format!("{site}/live_status"), &token).await;
        (status["grid_status"].clone(), status["island_status"].clone(), status["grid_power"] == 0)
    };
    assert_eq!(status().await.0, "Active");
    sandbox.clock.advance(2 * HOUR);
    assert_eq!(status().await, (json!("Inactive"), json!("off_grid_unintentional"), true));
    let backup = format!("{site}/calendar_history?kind=backup&period=day");
    assert_eq!(response(&sandbox, &backup, &token).await["total_events"], 0);
    sandbox.clock.advance(HOUR);
    assert_eq!(status().await.0, "Active");
    let told = json!({"events": [{"timestamp": "2026-10-01T06:00:00-07:00", "duration": 7200}], "total_events": 1});
    assert_eq!(response(&sandbox, &backup, &token).await, told);
}

async fn commands_reach_the_gateway(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    let path = format!("{site}/command");
    let order = |message: Value, identifier_type: i64| {
        json!({
            "command_type": "grpc_command",
            "command_properties": {"message": message, "identifier_type": identifier_type},
        })
    };
    let info = post(&sandbox, &path, &token, order(json!({"common": {"get_system_info_request": {}}}), 1)).await;
    let din = &info.json()["response"]["message"]["Payload"]["Common"]["Message"]["GetSystemInfoResponse"]["din"];
    assert_eq!(*din, response(&sandbox, &format!("{site}/site_info"), &token).await["id"]);
    let client = json!({"authorization": {"add_authorized_client_request": {"public_key": "TUlJQg=="}}});
    assert_eq!(post(&sandbox, &path, &token, order(client, 1)).await.status, 200);
    let sandbox = sandbox.restart().await;
    let list = order(json!({"authorization": {"list_authorized_clients_request": {}}}), 1);
    assert!(post(&sandbox, &path, &token, list).await.text.contains("TUlJQg=="), "it is durable");

    for (body, status, error) in [
        (json!({}), 400, "invalid_field"),
        (json!({"command_type": "smoke_signal", "command_properties": {}}), 400, "invalid_field"),
        (json!({"command_type": "grpc_command"}), 400, "invalid_field"),
        (json!({"command_type": "grpc_command", "command_properties": {}}), 400, "invalid_field"),
        (order(json!({"common": {}}), 1), 400, "invalid_field"),
        (order(json!({"common": {"get_system_info_request": {}}}), 5), 400, "invalid_field"),
        (order(json!({"common": {"get_system_info_request": {}}}), 3), 422, "invalid_resource"),
        (order(json!({"common": {"open_the_door_request": {}}}), 1), 422, "invalid_resource"),
    ] {
        assert_error(&post(&sandbox, &path, &token, body).await, status, error);
    }
}

async fn a_year_of_history_has_a_row_a_month(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let site = site(&sandbox, &token).await;
    sandbox.clock.advance(400 * 24 * HOUR);
    // The first token is over.
    let token = token_of(&sandbox, ROBIN).await;
    let year = format!("{site}/calendar_history?kind=energy&period=year&start_date=2026-01-01T00:00:00-08:00");
    response(&sandbox, &format!("{site}/live_status"), &token).await;
    let history = response(&sandbox, &year, &token).await;
    assert_eq!(history["time_series"].as_array().expect("rows").len(), 12);
}
