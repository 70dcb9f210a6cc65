//! Operations on the person for whom the token was issued.

use super::*;
use crate::harness::{Place, on_both};

on_both!(
    people_ask_about_themselves,
    people_tell_of_their_keys,
    the_region_names_the_hosts_that_were_asked,
    the_region_is_told_in_every_region,
);

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

/// The base point of P-256, which is a point like any other.
const POINT: &str = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                     4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

async fn people_tell_of_their_keys(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (robin, sam) = (token_of(&sandbox, ROBIN).await, token_of(&sandbox, SAM).await);
    let (keys, backup) = ("/api/1/users/keys", "/api/1/users/backup_key");
    assert_eq!(get(&sandbox, backup, &sam).await.json(), json!({"response": {"backup_key": null}}));
    let key = json!({"public_key": POINT, "kind": "mobile_device", "model": "3rd Party Application", "name": "Phone"});
    assert_eq!(post(&sandbox, keys, &sam, key.clone()).await.json(), json!({"response": true}));
    let drivers = response(&sandbox, &format!("/api/1/vehicles/{HERON}/drivers"), &robin).await;
    assert_eq!((&drivers[0]["active_pubkeys"], &drivers[0]["public_key"]), (&json!([POINT]), &json!(POINT)));
    assert_eq!(get(&sandbox, backup, &sam).await.json(), json!({"response": {"backup_key": null}}));
    // Told again, it is another kind of key.
    let mut again = key.clone();
    again["kind"] = json!("backup");
    again["tag"] = json!("my-app/1.0");
    assert_eq!(post(&sandbox, keys, &sam, again).await.json(), json!({"response": true}));
    assert_eq!(get(&sandbox, backup, &sam).await.json(), json!({"response": {"backup_key": POINT}}));
    assert_eq!(get(&sandbox, backup, &robin).await.json(), json!({"response": {"backup_key": null}}));

    for (member, value) in [
        ("public_key", Value::Null),
        ("public_key", json!("04")),
        ("public_key", json!("04".repeat(65))),
        ("kind", json!("")),
        ("model", json!(7)),
        ("name", json!("x".repeat(257))),
        ("tag", json!([])),
    ] {
        let mut wrong = key.clone();
        wrong[member] = value;
        assert_error(&post(&sandbox, keys, &sam, wrong).await, 400, "invalid_field");
    }
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
}

async fn the_region_is_told_in_every_region(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (robin, noor) = (token_of(&sandbox, ROBIN).await, token_of(&sandbox, NOOR).await);
    let path = "/api/1/users/region";
    let port = sandbox.address.port();
    let (na, eu) = ("fleet-api.prd.na.vn.cloud.tesla.com", "fleet-api.prd.eu.vn.cloud.tesla.com");
    let (own_na, own_eu) = (sandbox.base_url().to_owned(), format!("http://eu.localhost:{port}"));
    for (host, home_of_robin, home_of_noor) in [
        ("127.0.0.1", own_na.clone(), own_eu.clone()),
        ("eu.localhost", own_na, own_eu),
        (na, format!("https://{na}"), format!("https://{eu}")),
        (eu, format!("https://{na}"), format!("https://{eu}")),
    ] {
        for (token, region, home) in [(&robin, "na", home_of_robin), (&noor, "eu", home_of_noor)] {
            let answer = get_as(&sandbox, host, path, token).await;
            let expected = json!({"response": {"region": region, "fleet_api_base_url": home}});
            assert_eq!((answer.status.as_u16(), answer.json()), (200, expected), "{host}");
        }
    }
    // China knows no tokens of elsewhere.
    assert_eq!(get_as(&sandbox, "cn.localhost", path, &robin).await.status, 401);
    // Other operations send people home.
    assert_eq!(get(&sandbox, "/api/1/users/me", &noor).await.status, 421);
}
