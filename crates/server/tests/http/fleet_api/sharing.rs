//! Invitations to drive a vehicle.

use super::*;
use crate::harness::{DAY, Place, on_both};

on_both!(
    an_invitation_makes_a_driver_once,
    invitations_end,
    only_the_owner_invites,
    a_car_has_five_drivers,
    parallel_redemptions_make_one_driver,
);

const REDEEM: &str = "/api/1/invitations/redeem";

fn path_of(vin: &str) -> String {
    format!("/api/1/vehicles/{vin}/invitations")
}

async fn invite(sandbox: &Sandbox, vin: &str, token: &str) -> Value {
    let answer = post(sandbox, &path_of(vin), token, json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["response"].take()
}

async fn redeem(sandbox: &Sandbox, token: &str, invitation: &Value) -> Answer {
    post(sandbox, REDEEM, token, json!({"code": invitation["code"]})).await
}

async fn an_invitation_makes_a_driver_once(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (couriers, robin) = (courier_token(&sandbox).await, token_of(&sandbox, ROBIN).await);
    let invitation = invite(&sandbox, VAN_2, &couriers).await;
    assert_eq!(
        (&invitation["state"], &invitation["vin"], &invitation["share_user_id"]),
        (&json!("pending"), &json!(VAN_2), &Value::Null)
    );
    assert_eq!(invitation["expires_at"], "2026-10-02T12:00:00.000Z");
    let code = invitation["code"].as_str().expect("a code");
    assert_eq!(invitation["share_link"], format!("{}/_rs/1/{code}", sandbox.base_url()));
    assert!(code.len() >= 32 && !sandbox.contents().await.contains(code), "it does not stand in the database");

    let redeemed = redeem(&sandbox, &robin, &invitation).await.json();
    assert_eq!(redeemed["response"]["vin"], VAN_2, "{redeemed}");
    let car = response(&sandbox, &format!("/api/1/vehicles/{VAN_2}"), &robin).await;
    assert_eq!(car["access_type"], "DRIVER");
    assert_eq!(redeemed["response"]["vehicle_id_s"], car["vehicle_id"].to_string());
    let drivers = get(&sandbox, &format!("/api/1/vehicles/{VAN_2}/drivers"), &couriers).await.json();
    assert_eq!((&drivers["count"], &drivers["response"][0]["driver_first_name"]), (&json!(1), &json!("Robin")));

    // It is used up, for everybody.
    for person in [ROBIN, SAM] {
        assert_error(&redeem(&sandbox, &token_of(&sandbox, person).await, &invitation).await, 422, "invalid_resource");
    }
    let listed = get(&sandbox, &path_of(VAN_2), &couriers).await.json();
    let listed = &listed["response"][0];
    assert_eq!((&listed["state"], &listed["code"]), (&json!("accepted"), &invitation["code"]));
    assert_eq!(listed["share_user_id"], drivers["response"][0]["user_id"]);
    let revoke = format!("{}/{}/revoke", path_of(VAN_2), invitation["id_s"].as_str().expect("text"));
    assert_error(&post(&sandbox, &revoke, &couriers, json!({})).await, 422, "invalid_resource");
}

async fn invitations_end(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (couriers, robin) = (courier_token(&sandbox).await, token_of(&sandbox, ROBIN).await);
    let (first, second) = (invite(&sandbox, VAN_2, &couriers).await, invite(&sandbox, VAN_2, &couriers).await);
    let revoke = |id: &str| format!("{}/{id}/revoke", path_of(VAN_2));
    for _ in 0..2 {
        let revoked = post(&sandbox, &revoke(first["id_s"].as_str().expect("text")), &couriers, json!({})).await;
        assert_eq!(revoked.json(), json!({"response": true}));
    }
    assert_error(&redeem(&sandbox, &robin, &first).await, 422, "invalid_resource");
    for id in ["1", "nothing"] {
        assert_error(&post(&sandbox, &revoke(id), &couriers, json!({})).await, 404, "not_found");
    }
    sandbox.clock.advance(DAY);
    let (couriers, robin) = (courier_token(&sandbox).await, token_of(&sandbox, ROBIN).await);
    assert_error(&redeem(&sandbox, &robin, &second).await, 422, "invalid_resource");

    let page = get(&sandbox, &format!("{}?per_page=1", path_of(VAN_2)), &couriers).await.json();
    assert_eq!((&page["pagination"]["pages"], &page["count"]), (&json!(2), &json!(1)));
    let all = get(&sandbox, &path_of(VAN_2), &couriers).await.json();
    let mut states: Vec<_> = all["response"].as_array().expect("a list").iter().map(|item| &item["state"]).collect();
    states.sort_by_key(ToString::to_string);
    assert_eq!(states, ["expired", "revoked"]);
    for query in ["per_page=26", "per_page=0", "page=0", "page=x"] {
        assert_error(&get(&sandbox, &format!("{}?{query}", path_of(VAN_2)), &couriers).await, 400, "invalid_field");
    }
    for body in [json!({}), json!({"code": 1}), json!({"code": ""}), json!({"code": "x".repeat(129)})] {
        assert_error(&post(&sandbox, REDEEM, &robin, body).await, 400, "invalid_field");
    }
    assert_error(&post(&sandbox, REDEEM, &robin, json!({"code": "never-was"})).await, 404, "not_found");
}

async fn only_the_owner_invites(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let (robin, sam) = (token_of(&sandbox, ROBIN).await, token_of(&sandbox, SAM).await);
    let invitation = invite(&sandbox, HERON, &robin).await;
    let revoke = format!("{}/{}/revoke", path_of(HERON), invitation["id_s"].as_str().expect("text"));
    for refused in [
        post(&sandbox, &path_of(HERON), &sam, json!({})).await,
        get(&sandbox, &path_of(HERON), &sam).await,
        post(&sandbox, &revoke, &sam, json!({})).await,
    ] {
        assert_error(&refused, 403, "forbidden");
    }
    for refused in
        [post(&sandbox, &path_of(VAN_1), &robin, json!({})).await, get(&sandbox, &path_of(VAN_1), &robin).await]
    {
        assert_error(&refused, 404, "not_found");
    }
    // Neither the owner nor a driver can become a driver.
    for token in [&robin, &sam] {
        assert_error(&redeem(&sandbox, token, &invitation).await, 422, "invalid_resource");
    }
    assert_eq!(get(&sandbox, &path_of(HERON), &robin).await.json()["response"][0]["state"], "pending");
}

/// People who can drive.
const CROWD: &str = r#"
    name = "crowd"
    [[accounts]]
    email = "owner@example.com"
    [[accounts]]
    email = "a@example.com"
    [[accounts]]
    email = "b@example.com"
    [[accounts]]
    email = "c@example.com"
    [[accounts]]
    email = "d@example.com"
    [[accounts]]
    email = "e@example.com"
    [[accounts]]
    email = "f@example.com"
    [[applications]]
    name = "App"
    kind = "third_party"
    redirect_uris = ["http://127.0.0.1:3000/callback"]
    domain = "app.test"
    registered_regions = ["na"]
    [[vehicles]]
    vin = "5YJ3E1EB7PF900417"
    owner = "owner@example.com"
"#;

async fn a_car_has_five_drivers(place: Place) {
    let sandbox = Sandbox::start_world(place, CROWD).await;
    let token = async |name: &str| {
        mint(&sandbox, json!({"application": "App", "account": format!("{name}@example.com")})).await
    };
    let owner = token("owner").await;
    let spare = invite(&sandbox, KESTREL, &owner).await;
    for name in ["a", "b", "c", "d", "e"] {
        let invitation = invite(&sandbox, KESTREL, &owner).await;
        assert_eq!(redeem(&sandbox, &token(name).await, &invitation).await.status, 200);
    }
    assert_error(&redeem(&sandbox, &token("f").await, &spare).await, 422, "invalid_resource");
    assert_error(&post(&sandbox, &path_of(KESTREL), &owner, json!({})).await, 422, "invalid_resource");
    let leave = format!("/api/1/vehicles/{KESTREL}/drivers");
    assert_eq!(sandbox.api("DELETE", &leave, &token("a").await).await.status, 200);
    assert_eq!(redeem(&sandbox, &token("f").await, &spare).await.status, 200);
}

async fn parallel_redemptions_make_one_driver(place: Place) {
    let sandbox = Sandbox::start_world(place, CROWD).await;
    let owner = mint(&sandbox, json!({"application": "App", "account": "owner@example.com"})).await;
    let invitation = invite(&sandbox, KESTREL, &owner).await;
    let mut tokens = Vec::new();
    for name in ["a", "b", "c", "d", "e", "f"] {
        tokens.push(mint(&sandbox, json!({"application": "App", "account": format!("{name}@example.com")})).await);
    }
    let answers = futures_util::future::join_all(tokens.iter().map(|token| redeem(&sandbox, token, &invitation))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let drivers = get(&sandbox, &format!("/api/1/vehicles/{KESTREL}/drivers"), &owner).await.json();
    assert_eq!(drivers["count"], 1);
}
