//! Energy sites, and the list of all products.

use super::*;
use crate::harness::{HOUR, Place, on_both};

on_both!(
    products_are_of_the_kinds_that_the_scopes_open,
    a_site_tells_its_flows_and_its_setup,
    whole_numbers_may_have_a_fraction_of_zero,
    settings_change_a_site_and_wrong_ones_do_not,
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
    let updated = json!({"response": {"code": 201, "message": "Updated"}});
    let reserve = post(&sandbox, &format!("{site}/backup"), &token, json!({"backup_reserve_percent": 35})).await;
    assert_eq!((reserve.status.as_u16(), reserve.json()), (200, updated.clone()));
    let mode = post(&sandbox, &format!("{site}/operation"), &token, json!({"default_real_mode": "autonomous"})).await;
    assert_eq!((mode.status.as_u16(), mode.json()), (200, updated));
    let setup = response(&sandbox, &format!("{site}/site_info"), &token).await;
    assert_eq!((&setup["backup_reserve_percent"], &setup["default_real_mode"]), (&json!(35), &json!("autonomous")));

    for (setting, body) in [
        ("backup", json!({})),
        ("backup", json!({"backup_reserve_percent": 101})),
        ("backup", json!({"backup_reserve_percent": -1})),
        ("backup", json!({"backup_reserve_percent": "20"})),
        ("backup", json!({"backup_reserve_percent": 20.5})),
        ("operation", json!({})),
        ("operation", json!({"default_real_mode": "perpetual_motion"})),
        ("operation", json!({"default_real_mode": 1})),
    ] {
        assert_error(&post(&sandbox, &format!("{site}/{setting}"), &token, body).await, 400, "invalid_field");
    }
    assert_eq!(response(&sandbox, &format!("{site}/site_info"), &token).await, setup);
}
