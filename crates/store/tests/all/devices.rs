use fleetgate_protocol::Region;
use fleetgate_store::{DatabaseUrl, Device, DeviceChange, DeviceKind, DeviceName, Error, StoredChargingSession};

use crate::support::{DAY, NOW, id, on_both, open, world};

on_both!(
    a_device_comes_back_as_it_was_stored,
    roles_are_owner_and_what_was_shared,
    no_change_of_a_document_is_lost,
    a_refused_change_writes_nothing,
    a_change_for_an_account_knows_its_role,
    charging_history_is_narrowed_and_paged,
);

fn device(kind: DeviceKind, number: i64) -> Device {
    Device {
        kind,
        key: format!("KEY{number}"),
        number,
        owner_account_id: id(1),
        region: Region::Na,
        document: "0".to_owned(),
        version: 1,
        updated_at: NOW,
    }
}

async fn a_device_comes_back_as_it_was_stored(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let (car, site) = (device(DeviceKind::Vehicle, 7), device(DeviceKind::EnergySite, 7));
    store.insert_device(&car).await.expect("car");
    store.insert_device(&site).await.expect("site");
    assert_eq!(store.device(DeviceKind::Vehicle, "KEY7").await.expect("read"), Some(car.clone()));
    assert_eq!(store.device_by_number(DeviceKind::EnergySite, 7).await.expect("read"), Some(site));
    assert_eq!(store.device_by_number(DeviceKind::Vehicle, 8).await.expect("read"), None);
    let same_number = Device { key: "KEY8".to_owned(), ..car.clone() };
    assert!(matches!(store.insert_device(&same_number).await, Err(Error::Conflict { what: "device" })));
    assert_eq!(store.all_devices(DeviceKind::Vehicle).await.expect("list"), [car]);
}

async fn roles_are_owner_and_what_was_shared(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    for number in [3, 2, 1] {
        store.insert_device(&device(DeviceKind::Vehicle, number)).await.expect("car");
    }
    let own = Device { owner_account_id: id(2), ..device(DeviceKind::Vehicle, 0) };
    store.insert_device(&own).await.expect("car");
    store.share_device(DeviceKind::Vehicle, "KEY2", &id(2), "guest").await.expect("share");
    store.share_device(DeviceKind::Vehicle, "KEY2", &id(2), "driver").await.expect("share again");
    let shown = async |account: u32| {
        let devices = store.devices_of(DeviceKind::Vehicle, &id(account)).await.expect("list");
        devices.into_iter().map(|(device, role)| format!("{} {role}", device.key)).collect::<Vec<_>>()
    };
    assert_eq!(shown(1).await, ["KEY1 owner", "KEY2 owner", "KEY3 owner"]);
    assert_eq!(shown(2).await, ["KEY0 owner", "KEY2 driver"]);
    let role = async |key, account: u32| store.device_role(DeviceKind::Vehicle, key, &id(account)).await.expect("role");
    assert_eq!(role("KEY2", 1).await.as_deref(), Some("owner"));
    assert_eq!(role("KEY2", 2).await.as_deref(), Some("driver"));
    assert_eq!(role("KEY1", 2).await, None);
    assert_eq!(role("KEY9", 1).await, None);
    let shares = store.shares(DeviceKind::Vehicle).await.expect("list");
    assert_eq!(shares, [("KEY2".to_owned(), id(2), "driver".to_owned())]);
}

async fn no_change_of_a_document_is_lost(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    store.insert_device(&device(DeviceKind::Vehicle, 1)).await.expect("car");
    let changes: Vec<_> = (0..24)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let add_one = |document: &str| {
                    let count = document.parse::<u32>().map_err(|error| error.to_string())? + 1;
                    Ok((Some(count.to_string()), count))
                };
                store.modify_device(DeviceKind::Vehicle, "KEY1", NOW + 1, add_one).await.expect("change").expect("car")
            })
        })
        .collect();
    let mut counts = Vec::new();
    for change in changes {
        counts.push(change.await.expect("change"));
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=24).collect::<Vec<_>>(), "each saw the one before");
    let changed = store.device(DeviceKind::Vehicle, "KEY1").await.expect("read").expect("there");
    assert_eq!((changed.document.as_str(), changed.version, changed.updated_at), ("24", 25, NOW + 1));
}

async fn a_refused_change_writes_nothing(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let car = device(DeviceKind::Vehicle, 1);
    store.insert_device(&car).await.expect("car");
    let refused = store
        .modify_device(DeviceKind::Vehicle, "KEY1", NOW, |_| Err::<(Option<String>, ()), _>("asleep".to_owned()))
        .await;
    assert!(matches!(refused, Err(Error::Document(reason)) if reason == "asleep"));
    let read_only = |document: &str| Ok((None, document.len()));
    assert_eq!(store.modify_device(DeviceKind::Vehicle, "KEY1", NOW, read_only).await.expect("read"), Some(1));
    assert_eq!(store.modify_device(DeviceKind::Vehicle, "KEY2", NOW, read_only).await.expect("read"), None);
    assert_eq!(store.device(DeviceKind::Vehicle, "KEY1").await.expect("read"), Some(car));
}

async fn a_change_for_an_account_knows_its_role(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let car = device(DeviceKind::Vehicle, 1);
    store.insert_device(&car).await.expect("car");
    store.share_device(DeviceKind::Vehicle, "KEY1", &id(2), "driver").await.expect("share");
    // Writes the document for the owner alone.
    let change = |found: &Device, role: Option<&str>| {
        assert_eq!((found.key.as_str(), found.owner_account_id.as_str()), ("KEY1", id(1).as_str()));
        let document = (role == Some("owner")).then(|| format!("{}1", found.document));
        Ok(DeviceChange { document, sessions: Vec::new(), answer: role.map(str::to_owned) })
    };
    let ask = async |account: u32, name| {
        store.change_device_for(&id(account), DeviceKind::Vehicle, name, NOW + 1, change).await.expect("change")
    };
    let key = || DeviceName::Key("KEY1".to_owned());
    assert_eq!(ask(2, key()).await, Some(Some("driver".to_owned())));
    assert_eq!(ask(3, DeviceName::Number(1)).await, Some(None));
    assert_eq!(store.device(DeviceKind::Vehicle, "KEY1").await.expect("read"), Some(car.clone()), "nobody changed it");
    assert_eq!(ask(1, key()).await, Some(Some("owner".to_owned())));
    assert_eq!(ask(1, DeviceName::Number(1)).await, Some(Some("owner".to_owned())));
    let changed = Device { document: "011".to_owned(), version: 3, updated_at: NOW + 1, ..car };
    assert_eq!(store.device(DeviceKind::Vehicle, "KEY1").await.expect("read"), Some(changed));
    assert_eq!(ask(1, DeviceName::Key("KEY2".to_owned())).await, None);
    assert_eq!(ask(1, DeviceName::Number(2)).await, None);
}

async fn charging_history_is_narrowed_and_paged(url: DatabaseUrl) {
    let store = open(&url).await;
    world(&store).await;
    let session = |number: i64| StoredChargingSession {
        id: number,
        vin: if number % 2 == 0 { "EVEN" } else { "ODD" }.to_owned(),
        owner_account_id: id(1),
        started_at: NOW + number * DAY,
        document: "{}".to_owned(),
    };
    store.insert_charging_sessions(&(1..=6).map(session).collect::<Vec<_>>()).await.expect("sessions");
    let list = async |vin, from, to, newest_first, offset, limit| {
        let (page, total) =
            store.charging_sessions(&id(1), None, vin, from, to, newest_first, offset, limit).await.expect("list");
        (page.iter().map(|session| session.id).collect::<Vec<_>>(), total)
    };
    assert_eq!(list(None, None, None, true, 0, 4).await, (vec![6, 5, 4, 3], 6));
    assert_eq!(list(None, None, None, false, 4, 4).await, (vec![5, 6], 6));
    assert_eq!(list(Some("EVEN"), None, None, false, 0, 9).await, (vec![2, 4, 6], 3));
    assert_eq!(list(None, Some(NOW + 2 * DAY), Some(NOW + 3 * DAY), true, 0, 9).await, (vec![3, 2], 2));
    assert_eq!(list(None, None, None, true, 10, 9).await, (vec![], 6), "beyond the end");
    let even = Device { key: "EVEN".to_owned(), region: Region::Eu, ..device(DeviceKind::Vehicle, 2) };
    store.insert_device(&even).await.expect("car");
    for (region, expected) in [(Region::Na, 3), (Region::Eu, 6)] {
        let listed = store.charging_sessions(&id(1), Some(region), None, None, None, true, 0, 9).await.expect("list");
        assert_eq!((listed.0.len(), listed.1), (expected, expected as i64), "{region}");
    }
    let (page, total) = store.charging_sessions(&id(2), None, None, None, None, true, 0, 9).await.expect("list");
    assert_eq!((page.len(), total), (0, 0), "nobody sees another's");

    store.insert_order(&id(1), "b", "second").await.expect("order");
    store.insert_order(&id(1), "a", "first").await.expect("order");
    assert_eq!(store.orders_of(&id(1)).await.expect("list"), ["first", "second"]);
    assert!(store.orders_of(&id(2)).await.expect("list").is_empty());
}
