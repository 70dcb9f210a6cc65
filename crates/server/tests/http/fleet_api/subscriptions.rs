//! Push subscriptions.

use super::*;
use crate::harness::{Place, on_both};

on_both!(a_phone_subscribes_to_devices, only_own_devices_are_subscribed_to);

const ALL: &str = "/api/1/subscriptions?device_token=t1&device_type=android";
const VEHICLES: &str = "/api/1/vehicle_subscriptions?device_token=t1&device_type=android";

async fn number(sandbox: &Sandbox, vin: &str, token: &str) -> Value {
    response(sandbox, &format!("/api/1/vehicles/{vin}"), token).await["id"].take()
}

fn subscribed(vehicles: &[&Value], sites: &[&Value]) -> Value {
    let of = |ids: &[&Value]| json!({"ids": ids, "count": ids.len()});
    json!({"vehicle": of(vehicles), "energy_site": of(sites)})
}

async fn a_phone_subscribes_to_devices(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let kestrel = number(&sandbox, KESTREL, &token).await;
    let site = json!(sandbox.world.energy_sites[0].energy_site_id);
    assert_eq!(get(&sandbox, ALL, &token).await.json(), subscribed(&[], &[]), "without an envelope");
    let set = post(&sandbox, ALL, &token, json!({"ids": [kestrel, site]})).await;
    assert_eq!(set.json(), subscribed(&[&kestrel], &[&site]), "{}", set.text);
    assert_eq!(get(&sandbox, VEHICLES, &token).await.json(), json!({"response": [kestrel], "count": 1}));
    // Another phone has its own, and so has the application.
    for path in ["/api/1/vehicle_subscriptions?device_token=t2&device_type=android", "/api/1/vehicle_subscriptions"] {
        assert_eq!(get(&sandbox, path, &token).await.json(), json!({"response": [], "count": 0}));
    }
    // Vehicles are set by themselves, and nothing is an empty list.
    assert_eq!(post(&sandbox, VEHICLES, &token, json!({})).await.json(), json!({"response": [], "count": 0}));
    assert_eq!(get(&sandbox, ALL, &token).await.json(), subscribed(&[], &[&site]));
    let sandbox = sandbox.restart().await;
    assert_eq!(get(&sandbox, ALL, &token).await.json(), subscribed(&[], &[&site]));
}

async fn only_own_devices_are_subscribed_to(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (robin, sam) = (token_of(&sandbox, ROBIN).await, token_of(&sandbox, SAM).await);
    let van = number(&sandbox, VAN_1, &courier_token(&sandbox).await).await;
    for path in [ALL, VEHICLES] {
        assert_error(&post(&sandbox, path, &robin, json!({"ids": [van]})).await, 404, "not_found");
        for body in [json!({"ids": 1}), json!({"ids": ["x"]}), json!({"ids": [1.5]})] {
            assert_error(&post(&sandbox, path, &robin, body).await, 400, "invalid_field");
        }
    }
    for query in ["device_type=fridge", &format!("device_token={}", "x".repeat(513))] {
        let refused = get(&sandbox, &format!("/api/1/subscriptions?{query}"), &robin).await;
        assert_error(&refused, 400, "invalid_field");
    }
    // A car that is driven no more is told no more.
    let heron = number(&sandbox, HERON, &sam).await;
    assert_eq!(post(&sandbox, VEHICLES, &sam, json!({"ids": [heron]})).await.json()["count"], 1);
    sandbox.api("DELETE", &format!("/api/1/vehicles/{HERON}/drivers"), &sam).await;
    assert_eq!(get(&sandbox, VEHICLES, &sam).await.json()["count"], 0);
}
