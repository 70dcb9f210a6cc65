//! How a vehicle was built and sold, what can be bought for it, who pays.

use super::*;
use crate::harness::{DAY, Place, on_both};

on_both!(
    options_and_offers_are_the_cars,
    warranties_end,
    any_cars_specifications_are_sold,
    prices_are_of_a_model_in_a_market,
    somebody_else_can_pay,
);

async fn options_and_offers_are_the_cars(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let options = response(&sandbox, &format!("/api/1/dx/vehicles/options?vin={KESTREL}"), &token).await;
    let codes = options["codes"].as_array().expect("a list");
    assert_eq!(codes[0], json!({"code": "$MDL3", "displayName": "Model 3", "isActive": true}));
    let paint = json!({"code": "$PPMR", "colorCode": "PPMR", "displayName": "Red Multi-Coat", "isActive": true});
    assert!(codes.contains(&paint), "{options}");

    let path = "/api/1/dx/vehicles/subscriptions/eligibility";
    let offers = response(&sandbox, &format!("{path}?vin={KESTREL}"), &token).await;
    let first = &offers["eligible"][0];
    assert_eq!(
        (&offers["country"], &offers["vin"], &first["product"]),
        (&json!("US"), &json!(KESTREL), &json!("PREMIUM_CONNECTIVITY"))
    );
    let monthly = json!({"billingPeriod": "MONTHLY", "currencyCode": "USD", "optionCode": "$CPF1", "price": 9.99, "tax": 0.0, "total": 9.99});
    assert_eq!((&first["billingOptions"][0], &first["startDate"]), (&monthly, &json!("2026-10-01T00:00:00Z")));

    // In Europe, in the currency there, and with tax.
    let noor = token_of(&sandbox, NOOR).await;
    let upgrades =
        get_as(&sandbox, "eu.localhost", &format!("/api/1/dx/vehicles/upgrades/eligibility?vin={WULP}"), &noor).await;
    let upgrades = upgrades.json()["response"].take();
    assert_eq!((&upgrades["country"], &upgrades["type"]), (&json!("NL"), &json!("VEHICLE")));
    let boost = &upgrades["eligible"][0];
    assert_eq!((&boost["optionCode"], &boost["currentOptionCode"]), (&json!("$FM3U"), &json!("$FM3B")));
    assert_eq!(boost["pricing"], json!([{"price": 2000.0, "total": 2420.0, "currencyCode": "EUR", "isPrimary": true}]));

    for operation in ["vehicles/options", "vehicles/subscriptions/eligibility", "vehicles/upgrades/eligibility"] {
        let path = format!("/api/1/dx/{operation}");
        assert_error(&get(&sandbox, &path, &token).await, 400, "invalid_field");
        assert_error(&get(&sandbox, &format!("{path}?vin=short"), &token).await, 400, "invalid_field");
        assert_error(&get(&sandbox, &format!("{path}?vin={VAN_1}"), &token).await, 404, "not_found");
        assert_eq!(get(&sandbox, &format!("{path}?vin={KESTREL}"), &token_of(&sandbox, SAM).await).await.status, 200);
    }
}

async fn warranties_end(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    let path = "/api/1/dx/warranty/details";
    let of = |answer: &Value, member: &str| answer[member].as_array().expect("a list").len();
    let now = response(&sandbox, &format!("{path}?vin={KESTREL}"), &token).await;
    let (active, expired) = (of(&now, "activeWarranty"), of(&now, "expiredWarranty"));
    assert!(active > 0 && active + expired == 3 && of(&now, "upcomingWarranty") == 0, "{now}");
    assert_eq!(now["activeWarranty"][0]["odometerUnit"], "MI");
    sandbox.clock.advance(10 * 366 * DAY);
    let token = token_of(&sandbox, ROBIN).await;
    let later = response(&sandbox, &format!("{path}?vin={KESTREL}"), &token).await;
    assert_eq!((of(&later, "activeWarranty"), of(&later, "expiredWarranty")), (0, 3));
    assert!(later["expiredWarranty"][0]["warrantyExpiredOn"].is_string(), "{later}");
    // Without a VIN it is about the first car.
    let all = get(&sandbox, "/api/1/vehicles", &token).await.json();
    let first = all["response"][0]["vin"].as_str().expect("a VIN");
    let of_the_first = response(&sandbox, &format!("{path}?vin={first}"), &token).await;
    assert_eq!(response(&sandbox, path, &token).await, of_the_first);
    assert_error(&get(&sandbox, &format!("{path}?vin={VAN_1}"), &token).await, 404, "not_found");
}

async fn any_cars_specifications_are_sold(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let couriers = courier_token(&sandbox).await;
    for vin in [KESTREL, VAN_1] {
        let specs = response(&sandbox, &format!("/api/1/vehicles/{vin}/specs"), &couriers).await;
        let health = specs["batterySoH"].as_f64().expect("a number");
        assert!(
            specs["vin"] == vin && specs["batteryCapacityKwh"].is_f64() && (60.0..100.0).contains(&health),
            "{specs}"
        );
    }
    for tag in ["5YJ3E1EB7PF900418", WULP, "nothing"] {
        let refused = get(&sandbox, &format!("/api/1/vehicles/{tag}/specs"), &couriers).await;
        assert_error(&refused, 404, &format!("{tag} not_found"));
    }
    let robin = token_of(&sandbox, ROBIN).await;
    assert_error(&get(&sandbox, &format!("/api/1/vehicles/{KESTREL}/specs"), &robin).await, 403, "forbidden");
}

async fn prices_are_of_a_model_in_a_market(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let couriers = courier_token(&sandbox).await;
    let path = "/api/1/dx/vehicles/pricing";
    let prices =
        post(&sandbox, path, &couriers, json!({"model": "m3", "market": "nl", "locale": "nl_NL"})).await.json();
    let prices = &prices["response"];
    assert_eq!(
        (&prices["market"], &prices["model"], &prices["currencyCode"]),
        (&json!("NL"), &json!("m3"), &json!("EUR"))
    );
    assert!(prices["options"].as_array().expect("a list").len() > 3 && prices["fees"].is_array(), "{prices}");
    for (body, complaint) in [
        (json!({"market": "NL"}), "missing model param"),
        (json!({"model": "m3"}), "missing market param"),
        (json!({"model": "t1", "market": "NL"}), "invalid model param"),
        (json!({"model": "m3", "market": "XX"}), "invalid market param"),
        (json!({"model": 3, "market": "NL"}), "invalid model param"),
        (json!({"model": "m3", "market": "NL", "locale": 1}), "invalid locale param"),
    ] {
        let refused = post(&sandbox, path, &couriers, body).await;
        assert_error(&refused, 400, "invalid_field");
        assert_eq!(refused.json()["error_description"], complaint);
    }
}

async fn somebody_else_can_pay(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let couriers = courier_token(&sandbox).await;
    let enterprise = format!("/api/1/dx/enterprise/v1/{VAN_1}");
    let (roles, payer) = (format!("{enterprise}/roles"), format!("{enterprise}/payer"));
    let before = response(&sandbox, &roles, &couriers).await;
    let owner = before["roles"][0]["accountId"].clone();
    let role = |role: &str, account: &Value, federation: Value| json!({"role": role, "accountId": account, "federationId": federation});
    assert_eq!(before["roles"], json!([role("OWNER", &owner, Value::Null), role("PAYER", &owner, Value::Null)]));
    for body in [
        json!({"role": "PAYER", "account_id": "acct-1", "federation_id": "fed-1"}),
        json!({"role": "PAYER", "accountId": "acct-1", "federationId": "fed-1"}),
    ] {
        let named = post(&sandbox, &payer, &couriers, body).await;
        assert_eq!((named.status.as_u16(), named.json()), (200, json!({"response": null})), "{}", named.text);
        let after = response(&sandbox, &roles, &couriers).await;
        assert_eq!(after["roles"][1], role("PAYER", &json!("acct-1"), json!("fed-1")));
        assert_eq!(after["roles"][0], before["roles"][0]);
        post(&sandbox, &payer, &couriers, json!({"role": "PAYER"})).await;
        assert_eq!(response(&sandbox, &roles, &couriers).await, before, "the caller's own unless told");
    }
    for body in [json!({}), json!({"role": "DRIVER"}), json!({"role": 1}), json!({"role": "PAYER", "account_id": 7})] {
        assert_error(&post(&sandbox, &payer, &couriers, body).await, 400, "invalid_field");
    }
    let foreign = format!("/api/1/dx/enterprise/v1/{KESTREL}");
    assert_error(&get(&sandbox, &format!("{foreign}/roles"), &couriers).await, 404, &format!("{KESTREL} not_found"));
    let refused = post(&sandbox, &format!("{foreign}/payer"), &couriers, json!({"role": "PAYER"})).await;
    assert_error(&refused, 404, &format!("{KESTREL} not_found"));
}
