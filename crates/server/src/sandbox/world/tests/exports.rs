//! Worlds that are planted from what an export wrote.

use fleetgate_store::{DocumentKind, StoredInvitation, StoredTelemetryConfig, StoredTelemetryError};

use super::*;

/// Planted from its own export, a world has the same people, keys, devices in the same state, history and consents, at the
/// same time.
#[tokio::test]
async fn an_exported_world_is_the_same_world() {
    let order = "[[accounts.orders]]\nmodel = \"model_x\"\n";
    let consent = "[[consents]]\naccount = \"sam@example.com\"\napplication = \"Open Garage\"\n\
                   scopes = [\"openid\"]\ngranted_ago = \"3h\"\n";
    let scope = "[[scopes]]\nname = \"doors\"\ntitle = \"Doors\"\ndescription = \"Opens doors.\"\n";
    let text = DEFAULT_WORLD.replacen("[[accounts.orders]]", &format!("{order}[[accounts.orders]]"), 1);
    let world = World::read("world.toml", &format!("{text}{consent}{scope}")).unwrap();
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let open = async |directory: &Path, world: &World| {
        planted(directory, world, false).await.unwrap();
        crate::open_with(config(directory), "http://127.0.0.1:8080", std::sync::Arc::new(Stopped(NOON)), entropy())
            .await
            .unwrap()
    };
    let state = open(first.path(), &world).await;
    let clock = state.sandbox_clock.as_ref().unwrap();
    clock.change(&state.store, Change::Advance("90d".parse().unwrap())).await.unwrap();
    clock.change(&state.store, Change::Freeze(true)).await.unwrap();
    keep_everything(&state.store, &state.master).await;
    let text = export(&state).await.unwrap();

    let copy = open(second.path(), &World::read("export.toml", &text).unwrap()).await;
    assert_eq!(copy.now(), state.now());
    assert_eq!(export(&copy).await.unwrap(), text);
    assert_eq!(copy.keys.published(), state.keys.published());
    let described = async |state: &crate::state::State| {
        serde_json::to_string_pretty(&crate::sandbox::describe_world(state).await.unwrap()).unwrap()
    };
    assert_eq!(described(&copy).await, described(&state).await);
    let devices = async |store: &Store| store.all_devices(DeviceKind::Vehicle).await.unwrap();
    let documents = |devices: Vec<fleetgate_store::Device>| -> Vec<_> {
        devices.into_iter().map(|device| (device.key, device.document)).collect()
    };
    assert_eq!(documents(devices(&copy.store).await), documents(devices(&state.store).await));
    assert!(text.contains("[[charging_sessions]]") && text.contains("ta-secret."), "{text}");

    // The codes are hidden under the copy's own master key, and what they are looked up by is the same.
    let invitation = async |store: &Store| store.all_invitations().await.unwrap().pop().unwrap();
    let (kept, copied) = (invitation(&state.store).await, invitation(&copy.store).await);
    assert_eq!(copied.code_hash, kept.code_hash);
    assert_eq!(crate::fleet_api::sharing::opened(&copy.master, &copied).as_deref(), Some("b2xkLXNob2Vz"));
    assert_eq!(copy.store.all_telemetry_configs().await.unwrap(), state.store.all_telemetry_configs().await.unwrap());
    assert_eq!(copy.store.all_telemetry_errors().await.unwrap(), state.store.all_telemetry_errors().await.unwrap());
    assert_eq!(copy.store.payers().await.unwrap(), state.store.payers().await.unwrap());
    assert_eq!(copy.store.all_account_documents().await.unwrap(), state.store.all_account_documents().await.unwrap());
}

/// One of everything that is kept beside people, applications and devices.
async fn keep_everything(store: &Store, master: &MasterKey) {
    let vin = store.all_devices(DeviceKind::Vehicle).await.unwrap().remove(0).key;
    let client_id = store.applications().await.unwrap().remove(0).client_id;
    let account_id = account_id(store, "sam@example.com").await;
    let code = "b2xkLXNob2Vz";
    let invitation = StoredInvitation {
        id: 7,
        vin: vin.clone(),
        code_hash: crate::entropy::hash(code),
        sealed_code: crate::fleet_api::sharing::sealed(master, code),
        created_at: NOON,
        expires_at: NOON + 5,
        revoked_at: None,
        redeemed_at: Some(NOON + 1),
        redeemed_by: Some(account_id.clone()),
    };
    store.insert_invitation(&invitation).await.unwrap();
    let config = r#"{"hostname": "telemetry.example.com", "port": 443, "ca": "", "fields": {}}"#;
    let config = StoredTelemetryConfig { document: Some(config.to_owned()), ends_at: NOON + 9, changed_at: NOON };
    store.set_telemetry_config(vec![vin.clone()], &client_id, config, 9).await.unwrap();
    let error = StoredTelemetryError { client_id, vin: vin.clone(), occurred_at: NOON, error: "no network".to_owned() };
    store.add_telemetry_error(&error).await.unwrap();
    let payer = r#"{"role": "PAYER", "accountId": "1", "federationId": null}"#;
    store.set_payer(&vin, payer).await.unwrap();
    for (kind, document) in [
        (DocumentKind::PublicKey, r#"{"public_key": "04", "kind": "a", "model": "b", "name": "c", "tag": null}"#),
        (DocumentKind::Subscription, r#"{"vehicles": [1], "energy_sites": []}"#),
    ] {
        assert!(store.set_account_document(&account_id, kind, "key", document.to_owned(), 9, NOON).await.unwrap());
    }
}

#[test]
fn complaints_about_states_and_clocks() {
    let with = |rest: &str| error(&format!("name = \"a\"\n{rest}"));
    let car = "[[accounts]]\nemail = \"a@example.com\"\n[[vehicles]]\nvin = \"5YJ3E1EB7PF900417\"\nid = 7\nowner = \"a@example.com\"\n";
    insta::assert_snapshot!(with("clock = \"2200-01-01T00:00:00Z\""), @"`world.toml`, line 2, `clock`: The sandbox's clock shows times from 1970 to 2100.");
    insta::assert_snapshot!(with(&format!("{car}document = \"x\"")), @"`world.toml`, line 8, `vehicles.document`: This is nothing that `fleetgate world export` wrote (expected value at line 1 column 1).");
    let other = serde_json::to_string(&fleetgate_simulator::Vehicle::new(
        fleetgate_simulator::VehicleProfile::new("5YJ3E1EB7PF900417", 8, 1, Model::Model3),
        Connectivity::Online,
        NOON,
    ));
    insta::assert_snapshot!(with(&format!("{car}document = '{}'", other.unwrap())), @"`world.toml`, line 8, `vehicles.document`: This is the state of a vehicle with another VIN or id.");
}
