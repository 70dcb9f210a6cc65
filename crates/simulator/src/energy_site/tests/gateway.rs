//! Commands to the gateway.

use serde_json::{Value, json};

use super::*;

fn ask(site: &mut EnergySite, category: &str, request: &str, params: &Value) -> Result<Value, GatewayError> {
    let answer = site.gateway_command(&json!({ category: { request: params } }), 1)?;
    Ok(serde_json::to_value(answer).unwrap())
}

#[test]
fn the_gateway_tells_of_itself() {
    let mut site = site();
    let info = ask(&mut site, "common", "get_system_info_request", &json!({})).unwrap();
    let info = &info["message"]["Payload"]["Common"]["Message"]["GetSystemInfoResponse"];
    assert_eq!(info["din"], site.site_info().id);
    let network = ask(&mut site, "common", "get_networking_status_request", &json!({})).unwrap();
    let wifi = &network["message"]["Payload"]["Common"]["Message"]["GetNetworkingStatusResponse"]["wifi"];
    let scan = ask(&mut site, "common", "wifi_scan_request", &json!({})).unwrap();
    assert_eq!(
        scan["message"]["Payload"]["Common"]["Message"]["WifiScanResponse"]["networks"][0]["ssid"],
        wifi["ssid"]
    );
    let connector = site.gateway_command(&json!({"common": {"get_system_info_request": {}}}), 4).unwrap();
    let connector = serde_json::to_value(connector).unwrap();
    let din = &connector["message"]["Payload"]["Common"]["Message"]["GetSystemInfoResponse"]["din"];
    assert_eq!(*din, site.live_status().wall_connectors[0].din);
}

#[test]
fn a_manual_backup_fills_the_batteries_until_it_is_over_or_called_off() {
    let mut site = charged(profile(), OperationMode::SelfConsumption, 40.0);
    let start = json!({"scheduling_info": {"start_time": "2026-06-22T01:00:00Z", "duration_seconds": 7200}});
    ask(&mut site, "teg", "schedule_manual_backup_event_request", &start).unwrap();
    let power = |site: &EnergySite, hour: f64| at(site.clone(), NOW + hours(hour)).live_status().battery_power.unwrap();
    assert!(power(&site, 0.5) > 0);
    assert_eq!(power(&site, 1.5), -3400);
    assert!(power(&site, 3.0) > 0);
    let events = ask(&mut site, "teg", "get_backup_events_request", &json!({})).unwrap();
    let manual = &events["message"]["Payload"]["Teg"]["Message"]["GetBackupEventsResponse"]["manualBackupEvent"];
    assert_eq!(*manual, json!({"startTime": "2026-06-22T01:00:00Z", "durationSeconds": 7200}));
    ask(&mut site, "teg", "cancel_manual_backup_event_request", &json!({})).unwrap();
    assert!(power(&site, 1.5) > 0);
    // Without a time it begins at once.
    ask(&mut site, "teg", "schedule_manual_backup_event_request", &json!({})).unwrap();
    assert_eq!(power(&site, 0.1), -3400);
}

#[test]
fn clients_are_added_listed_and_removed() {
    let mut site = site();
    let client = json!({"key_type": 1, "public_key": "TUlJQg==", "authorized_client_type": 1, "description": "Shed"});
    ask(&mut site, "authorization", "add_authorized_client_request", &client).unwrap();
    ask(&mut site, "authorization", "add_authorized_client_request", &client).unwrap();
    let list = ask(&mut site, "authorization", "list_authorized_clients_request", &json!({})).unwrap();
    let list = &list["message"]["Payload"]["Authorization"]["Message"]["ListAuthorizedClientsResponse"]["clients"];
    assert_eq!(list.as_array().unwrap().len(), 1);
    let key = json!({"public_key": "TUlJQg=="});
    ask(&mut site, "authorization", "remove_authorized_client_request", &key).unwrap();
    let again = ask(&mut site, "authorization", "remove_authorized_client_request", &key);
    assert_eq!(again, Err(GatewayError::Invalid("public_key")));
}

#[test]
fn what_is_malformed_or_unknown_changes_nothing() {
    let mut site = site();
    let before = site.clone();
    let (invalid, unsupported) = (GatewayError::Invalid, GatewayError::Unsupported);
    for (message, identifier_type, error) in [
        (json!({}), 1, invalid("message")),
        (json!({"common": {}}), 1, invalid("message")),
        (json!({"common": {"get_system_info_request": 1}}), 1, invalid("message")),
        (json!({"common": {"get_system_info_request": {}}, "teg": {}}), 1, invalid("message")),
        (json!({"common": {"get_system_info_request": {}}}), 9, invalid("identifier_type")),
        (json!({"common": {"get_system_info_request": {}}}), 3, unsupported.clone()),
        (json!({"common": {"self_destruct_request": {}}}), 1, unsupported.clone()),
        (json!({"teg": {"get_config_request": {}}}), 4, unsupported),
        (json!({"authorization": {"add_authorized_client_request": {}}}), 1, invalid("public_key")),
        (
            json!({"teg": {"schedule_manual_backup_event_request": {"scheduling_info": {"duration_seconds": 0}}}}),
            1,
            invalid("duration_seconds"),
        ),
        (
            json!({"teg": {"schedule_manual_backup_event_request": {"scheduling_info": {"start_time": "soon"}}}}),
            1,
            invalid("start_time"),
        ),
    ] {
        assert_eq!(site.gateway_command(&message, identifier_type), Err(error), "{message}");
    }
    assert_eq!(site, before);
}
