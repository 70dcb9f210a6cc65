//! Operations on the person for whom the token was issued.

use super::*;
use crate::harness::{Place, on_both};

on_both!(people_ask_about_themselves, the_region_names_the_hosts_that_were_asked);

async fn people_ask_about_themselves(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;

    let me = response(&sandbox, "/api/1/users/me", &token).await;
    assert_eq!((&me["email"], &me["full_name"]), (&json!(ROBIN), &json!("Robin Vale")));
    assert!(me["vault_uuid"].is_string() && me["profile_image_url"].is_string(), "{me}");

    let features = get(&sandbox, "/api/1/users/feature_config", &token).await;
    let signaling = json!({"enabled": true, "subscribe_connectivity": false, "use_auth_token": false});
    assert_eq!(features.json(), json!({"response": {"signaling": signaling}}));

    let orders = get(&sandbox, "/api/1/users/orders", &token).await.json();
    assert_eq!((&orders["count"], &orders["response"][0]["modelCode"]), (&json!(1), &json!("my")), "{orders}");
    let none = get(&sandbox, "/api/1/users/orders", &token_of(&sandbox, SAM).await).await;
    assert_eq!(none.json(), json!({"response": [], "count": 0}));
}

async fn the_region_names_the_hosts_that_were_asked(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let robin = token_of(&sandbox, ROBIN).await;
    let path = "/api/1/users/region";
    let own = json!({"response": {"region": "na", "fleet_api_base_url": sandbox.base_url()}});
    assert_eq!(get(&sandbox, path, &robin).await.json(), own);
    let public = "fleet-api.prd.na.vn.cloud.tesla.com";
    let real = json!({"response": {"region": "na", "fleet_api_base_url": format!("https://{public}")}});
    assert_eq!(get_as(&sandbox, public, path, &robin).await.json(), real);

    let noor = token_of(&sandbox, NOOR).await;
    assert_eq!(get(&sandbox, path, &noor).await.status, 421);
    let europe = get_as(&sandbox, "eu.localhost", path, &noor).await;
    assert_eq!(europe.json()["response"]["region"], "eu", "{}", europe.text);
}
