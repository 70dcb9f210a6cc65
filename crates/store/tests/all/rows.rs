use fleetgate_protocol::Region;
use fleetgate_store::{
    Acceptance, DatabaseUrl, Device, DeviceKind, DocumentKind, NewCode, PairedKey, Store, StoredInvitation,
    StoredTelemetryConfig, StoredTelemetryError, Withdrawal,
};

use crate::support::{DAY, NOW, code, id, on_both, open, world};

on_both!(
    keys_are_paired_and_taken_out,
    a_vehicle_holds_so_many_configurations,
    what_an_application_has_in_vehicles_ends_with_the_consent,
    an_application_loses_what_it_had_vehicles_stream_and_not_what_comes_later,
    errors_are_kept_for_thirty_days,
    an_invitation_is_good_once_and_for_a_time,
    an_invitation_is_taken_back,
    documents_of_an_account_are_counted,
    a_payer_is_kept,
);

const VIN: &str = "KEY1";

fn client(number: u32) -> String {
    format!("client-{number}")
}

/// An account allows the first application something.
async fn allow(store: &Store, account: u8) {
    let code = NewCode { account_id: id(account.into()), ..code(account) };
    assert!(store.approve(None, Some(&code.scopes), &code).await.expect("approved"));
}

/// A world with a car of the first account.
async fn with_a_car(url: &DatabaseUrl) -> Store {
    let store = open(url).await;
    world(&store).await;
    let car = Device {
        kind: DeviceKind::Vehicle,
        key: VIN.to_owned(),
        number: 1,
        owner_account_id: id(1),
        region: Region::Na,
        document: "{}".to_owned(),
        version: 1,
        updated_at: NOW,
    };
    store.insert_device(&car).await.expect("car");
    store
}

fn key(public_key: &str) -> PairedKey {
    PairedKey { vin: VIN.to_owned(), public_key: public_key.to_owned(), client_id: client(1), paired_at: NOW }
}

async fn keys_are_paired_and_taken_out(url: DatabaseUrl) {
    let store = with_a_car(&url).await;
    for public_key in ["04aa", "04bb", "04aa"] {
        store.pair_key(&key(public_key)).await.expect("paired");
    }
    assert_eq!(store.paired_keys(Some(VIN)).await.expect("list"), [key("04aa"), key("04bb")]);
    assert_eq!(store.paired_keys(None).await.expect("list").len(), 2);
    assert!(store.paired_keys(Some("KEY2")).await.expect("list").is_empty());
    assert!(store.unpair_key(VIN, "04aa").await.expect("taken out"));
    assert!(!store.unpair_key(VIN, "04aa").await.expect("taken out"));
    assert_eq!(store.paired_keys(Some(VIN)).await.expect("list"), [key("04bb")]);
}

fn config(ends_at: i64) -> StoredTelemetryConfig {
    StoredTelemetryConfig { document: Some("{}".to_owned()), ends_at, changed_at: NOW }
}

async fn set(store: &Store, client_id: &str, ends_at: i64, most: i64) -> usize {
    let full = store.set_telemetry_config(vec![VIN.to_owned()], client_id, config(ends_at), most).await;
    full.expect("set").len()
}

async fn a_vehicle_holds_so_many_configurations(url: DatabaseUrl) {
    let store = with_a_car(&url).await;
    let (one, two) = (client(1), client(2));
    assert_eq!((set(&store, &one, NOW + DAY, 1).await, set(&store, &two, NOW + DAY, 1).await), (0, 1));
    assert_eq!(set(&store, &one, i64::MAX, 1).await, 0, "its own is replaced");
    assert_eq!(store.telemetry_config(VIN, &one).await.expect("read"), Some(config(i64::MAX)));
    assert_eq!(store.telemetry_config(VIN, &two).await.expect("read"), None);
    assert!(store.remove_telemetry_config(VIN, &one, NOW + 1).await.expect("removed"));
    assert!(!store.remove_telemetry_config(VIN, &one, NOW + 2).await.expect("removed"));
    let removed = StoredTelemetryConfig { document: None, ends_at: NOW + 1, changed_at: NOW + 1 };
    assert_eq!(store.telemetry_config(VIN, &one).await.expect("read"), Some(removed));
    assert_eq!(set(&store, &two, NOW + DAY, 1).await, 0, "there is room again");
    assert_eq!(store.count_telemetry_configs(VIN, NOW).await.expect("count"), 1);
    assert_eq!(store.count_telemetry_configs(VIN, NOW + DAY).await.expect("count"), 0, "it has lapsed");
}

async fn what_an_application_has_in_vehicles_ends_with_the_consent(url: DatabaseUrl) {
    let store = with_a_car(&url).await;
    let (one, two) = (client(1), client(2));
    set(&store, &one, i64::MAX, 5).await;
    set(&store, &two, i64::MAX, 5).await;
    store.pair_key(&key("04aa")).await.expect("paired");
    allow(&store, 1).await;
    allow(&store, 2).await;
    store.revoke_consent(&id(2), &one, "consent_revoked", NOW + 1).await.expect("revoked");
    assert_eq!(store.paired_keys(Some(VIN)).await.expect("list").len(), 1, "of another person");
    store.revoke_consent(&id(1), &one, "consent_revoked", NOW + 1).await.expect("revoked");
    assert!(store.paired_keys(Some(VIN)).await.expect("list").is_empty());
    assert_eq!(store.telemetry_config(VIN, &one).await.expect("read").expect("there").document, None);
    assert_eq!(store.telemetry_config(VIN, &two).await.expect("read"), Some(config(i64::MAX)));
}

async fn an_application_loses_what_it_had_vehicles_stream_and_not_what_comes_later(url: DatabaseUrl) {
    let store = with_a_car(&url).await;
    let (one, two) = (client(1), client(2));
    set(&store, &one, i64::MAX, 5).await;
    set(&store, &two, i64::MAX, 5).await;
    store.remove_telemetry_configs(&one, NOW - 1).await.expect("removed");
    assert_eq!(store.telemetry_config(VIN, &one).await.expect("read"), Some(config(i64::MAX)), "it came later");
    store.remove_telemetry_configs(&one, NOW + 1).await.expect("removed");
    let removed = StoredTelemetryConfig { document: None, ends_at: NOW + 1, changed_at: NOW + 1 };
    assert_eq!(store.telemetry_config(VIN, &one).await.expect("read"), Some(removed));
    assert_eq!(store.telemetry_config(VIN, &two).await.expect("read"), Some(config(i64::MAX)));
}

async fn errors_are_kept_for_thirty_days(url: DatabaseUrl) {
    let store = with_a_car(&url).await;
    let error = |days: i64, error: &str| StoredTelemetryError {
        client_id: client(1),
        vin: VIN.to_owned(),
        occurred_at: NOW + days * DAY,
        error: error.to_owned(),
    };
    for (days, text) in [(0, "first"), (29, "second"), (29, "again")] {
        store.add_telemetry_error(&error(days, text)).await.expect("added");
    }
    let told = async |days: i64| store.telemetry_errors(&client(1), Some(VIN), NOW + days * DAY).await.expect("list");
    assert_eq!(told(29).await, [error(29, "again"), error(0, "first")]);
    assert_eq!(told(30).await, [error(29, "again")]);
    assert!(store.telemetry_errors(&client(2), None, NOW + DAY).await.expect("list").is_empty());
    store.add_telemetry_error(&error(31, "third")).await.expect("added");
    assert_eq!(told(29).await.len(), 2, "the first is forgotten");
}

fn invitation(number: i64) -> StoredInvitation {
    StoredInvitation {
        id: number,
        vin: VIN.to_owned(),
        code_hash: [number as u8; 32],
        sealed_code: vec![1],
        created_at: NOW,
        expires_at: NOW + DAY,
        revoked_at: None,
        redeemed_at: None,
        redeemed_by: None,
    }
}

async fn an_invitation_is_good_once_and_for_a_time(url: DatabaseUrl) {
    let store = with_a_car(&url).await;
    for number in [1, 2] {
        store.insert_invitation(&invitation(number)).await.expect("invitation");
    }
    let redeem = async |code: u8, account: u32, most, now| {
        store.redeem_invitation(&[code; 32], &id(account), "driver", most, now).await.expect("redeemed")
    };
    assert_eq!(redeem(9, 2, 5, NOW).await, Acceptance::Unknown);
    assert_eq!(redeem(1, 1, 5, NOW).await, Acceptance::UsesItAlready);
    assert_eq!(redeem(1, 2, 0, NOW).await, Acceptance::TooManyDrivers);
    assert_eq!(redeem(1, 2, 5, NOW + DAY).await, Acceptance::Over);
    assert_eq!(redeem(1, 2, 5, NOW).await, Acceptance::Accepted { vin: VIN.to_owned() });
    assert_eq!(redeem(2, 2, 5, NOW).await, Acceptance::UsesItAlready);
    assert!(store.remove_driver(VIN, &id(2)).await.expect("removed"));
    assert!(!store.remove_driver(VIN, &id(2)).await.expect("removed"));
    assert_eq!(redeem(1, 2, 5, NOW).await, Acceptance::Over);
    assert_eq!(redeem(2, 2, 5, NOW + 1).await, Acceptance::Accepted { vin: VIN.to_owned() });
    assert_eq!(store.drivers(VIN).await.expect("list"), [(id(2), "driver".to_owned())]);
    let (page, total) = store.invitations(VIN, 1, 1).await.expect("list");
    assert_eq!((page[0].id, page[0].redeemed_by.as_deref(), total), (1, Some(id(2).as_str()), 2));
}

async fn an_invitation_is_taken_back(url: DatabaseUrl) {
    let store = with_a_car(&url).await;
    store.insert_invitation(&invitation(1)).await.expect("invitation");
    let revoke = async |vin, number, now| store.revoke_invitation(vin, number, now).await.expect("revoked");
    assert_eq!(revoke(VIN, 2, NOW).await, Withdrawal::Unknown);
    assert_eq!(revoke("KEY2", 1, NOW).await, Withdrawal::Unknown);
    assert_eq!(revoke(VIN, 1, NOW).await, Withdrawal::Revoked);
    assert_eq!(revoke(VIN, 1, NOW + 1).await, Withdrawal::Revoked);
    assert_eq!(store.invitations(VIN, 0, 9).await.expect("list").0[0].revoked_at, Some(NOW), "the first time counts");
    let outcome = store.redeem_invitation(&[1; 32], &id(2), "driver", 5, NOW).await.expect("redeemed");
    assert_eq!(outcome, Acceptance::Over);
}

async fn documents_of_an_account_are_counted(url: DatabaseUrl) {
    let store = with_a_car(&url).await;
    let set = async |key: &str, text: &str, now| {
        let kind = DocumentKind::PublicKey;
        store.set_account_document(&id(1), kind, key, text.to_owned(), 2, now).await.expect("kept")
    };
    assert!(set("a", "1", NOW).await && set("b", "2", NOW + 1).await);
    assert!(!set("c", "3", NOW + 2).await, "there are two");
    assert!(set("a", "4", NOW + 3).await, "one is replaced");
    let all = store.account_documents(&id(1), DocumentKind::PublicKey).await.expect("list");
    assert_eq!(all, ["4", "2"], "the newest first");
    let one = async |kind, key| store.account_document(&id(1), kind, key).await.expect("read");
    assert_eq!(one(DocumentKind::PublicKey, "a").await.as_deref(), Some("4"));
    assert_eq!(one(DocumentKind::Subscription, "a").await, None);
}

async fn a_payer_is_kept(url: DatabaseUrl) {
    let store = with_a_car(&url).await;
    assert_eq!(store.payer(VIN).await.expect("read"), None);
    store.set_payer(VIN, "{}").await.expect("kept");
    assert_eq!(store.payer(VIN).await.expect("read").as_deref(), Some("{}"));
    assert_eq!(store.payer("KEY2").await.expect("read"), None);
}
