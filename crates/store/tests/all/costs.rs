use fleetgate_store::{Contents, Cost, DatabaseUrl};

use crate::support::{on_both, open};

on_both!(
    costs_add_up_by_day_application_operation_and_device,
    racing_batches_lose_nothing,
    a_wiped_database_has_no_costs
);

fn cost(day: i64, client_id: &str, device: &str, answers: i64) -> Cost {
    let (client_id, operation, device) = (client_id.to_owned(), "vehicle_data".to_owned(), device.to_owned());
    Cost { day, client_id, operation, device, answers, thousandths: 2 * answers }
}

async fn costs_add_up_by_day_application_operation_and_device(url: DatabaseUrl) {
    let store = open(&url).await;
    store.add_costs(Vec::new()).await.expect("nothing to add");
    store
        .add_costs(vec![cost(7, "app", "car", 1), cost(7, "app", "", 2), cost(8, "app", "car", 3)])
        .await
        .expect("added");
    store.add_costs(vec![cost(7, "app", "car", 10), cost(7, "other", "car", 5)]).await.expect("added");
    let all = [cost(7, "app", "", 2), cost(7, "app", "car", 11), cost(7, "other", "car", 5), cost(8, "app", "car", 3)];
    assert_eq!(store.costs(0, 100).await.expect("read"), all);
    assert_eq!(store.costs(8, 9).await.expect("read"), all[3..]);
    assert_eq!(store.costs(7, 7).await.expect("read"), []);
}

async fn racing_batches_lose_nothing(url: DatabaseUrl) {
    let store = open(&url).await;
    let racers: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    store.add_costs(vec![cost(7, "app", "car", 1), cost(7, "app", "van", 1)]).await.expect("added");
                }
            })
        })
        .collect();
    for racer in racers {
        racer.await.expect("racer");
    }
    let all = [cost(7, "app", "car", 80), cost(7, "app", "van", 80)];
    assert_eq!(store.costs(7, 8).await.expect("read"), all);
}

async fn a_wiped_database_has_no_costs(url: DatabaseUrl) {
    let store = open(&url).await;
    store.add_costs(vec![cost(7, "app", "car", 1)]).await.expect("added");
    store.replace_everything(Contents::default()).await.expect("replaced");
    assert_eq!(store.costs(0, 100).await.expect("read"), []);
}
