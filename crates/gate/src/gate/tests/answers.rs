use http::request::Parts;
use serde_json::json;

use crate::fixture::*;

fn both(prepare: impl Fn(&World), parts: &Parts) -> (String, String) {
    let (fleet_api, rfc) = (World::default(), rfc());
    prepare(&fleet_api);
    prepare(&rfc);
    (fleet_api.answer(parts), rfc.answer(parts))
}

#[test]
fn no_token() {
    let (fleet_api, rfc) = both(|_| (), &request("/", &[]));
    insta::assert_snapshot!(fleet_api, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer
    x-fleetgate-reason: The operation needs a third-party token or open-source token, but the request has no `Authorization: Bearer` header.

    {"response":null,"error":"unauthorized","error_description":""}
    "#);
    insta::assert_snapshot!(rfc, @r"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer
    x-fleetgate-reason: The operation needs a third-party token or open-source token, but the request has no `Authorization: Bearer` header.

    {}
    ");
}

#[test]
fn a_token_in_the_query() {
    let (fleet_api, rfc) = both(|_| (), &request("/?access_token=x", &[]));
    insta::assert_snapshot!(fleet_api, @r#"
    400 Bad Request
    content-type: application/json
    www-authenticate: Bearer error="invalid_request", error_description="The access token was not sent as it must be"
    x-fleetgate-reason: The token stands in the query, where it is never taken; send it in the `Authorization` header alone.

    {"response":null,"error":"invalid_request","error_description":""}
    "#);
    insta::assert_snapshot!(rfc, @r#"
    400 Bad Request
    content-type: application/json
    www-authenticate: Bearer error="invalid_request", error_description="The access token was not sent as it must be"
    x-fleetgate-reason: The token stands in the query, where it is never taken; send it in the `Authorization` header alone.

    {"error":"invalid_request","error_description":"The access token was not sent as it must be"}
    "#);
}

#[test]
fn no_token_at_all_but_another_text() {
    let (fleet_api, rfc) = both(|_| (), &bearing("NA_a90869e9d0"));
    insta::assert_snapshot!(fleet_api, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer error="invalid_token", error_description="The access token is invalid"
    x-fleetgate-reason: What was sent is no access token: it does not have three parts.

    {"error":"invalid bearer token"}
    "#);
    insta::assert_snapshot!(rfc, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer error="invalid_token", error_description="The access token is invalid"
    x-fleetgate-reason: What was sent is no access token: it does not have three parts.

    {"error":"invalid_token","error_description":"The access token is invalid"}
    "#);
}

#[test]
fn expired() {
    let (fleet_api, rfc) = both(|_| (), &bearing(&token(json!({ "exp": ISSUED_AT }))));
    insta::assert_snapshot!(fleet_api, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer error="invalid_token", error_description="The access token expired"
    x-fleetgate-reason: The access token expired 0 seconds ago.

    {"error":"token expired (401)"}
    "#);
    insta::assert_snapshot!(rfc, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer error="invalid_token", error_description="The access token expired"
    x-fleetgate-reason: The access token expired 0 seconds ago.

    {"error":"invalid_token","error_description":"The access token expired"}
    "#);
}

#[test]
fn consent_revoked() {
    let revoke = |world: &World| world.revocations.revoke_grant(GRANT, crate::GrantEnd::ConsentRevoked, i64::MAX);
    let (fleet_api, rfc) = both(revoke, &bearing(&token(json!({}))));
    insta::assert_snapshot!(fleet_api, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer error="invalid_token", error_description="The access token was revoked"
    x-fleetgate-reason: The person revoked the consent under which the token was issued.

    {"response":null,"error":"User revoked consent","error_description":""}
    "#);
    insta::assert_snapshot!(rfc, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer error="invalid_token", error_description="The access token was revoked"
    x-fleetgate-reason: The person revoked the consent under which the token was issued.

    {"error":"invalid_token","error_description":"The access token was revoked"}
    "#);
}

#[test]
fn not_registered() {
    let unregister = |world: &World| {
        let na = fleetgate_protocol::Region::Na;
        world.registry.unregistered.lock().unwrap().insert(("client".to_owned(), na));
    };
    let (fleet_api, rfc) = both(unregister, &bearing(&token(json!({}))));
    insta::assert_snapshot!(fleet_api, @r#"
    412 Precondition Failed
    content-type: application/json
    x-fleetgate-reason: The application `client` is not registered in the region at https://na.example; register it there first.

    {"error":"Account client must be registered in the current region https://na.example, please see https://developer.example/docs/fleet-api#register"}
    "#);
    insta::assert_snapshot!(rfc, @r#"
    412 Precondition Failed
    content-type: application/json
    x-fleetgate-reason: The application `client` is not registered in the region at https://na.example; register it there first.

    {"error":"unauthorized_client","error_description":"Account client must be registered in the current region https://na.example, please see https://developer.example/docs/fleet-api#register"}
    "#);
}

#[test]
fn disabled() {
    let disable = |world: &World| {
        world.registry.disabled.lock().unwrap().insert("client".to_owned(), "EXCEEDED_LIMIT".to_owned());
    };
    let (fleet_api, rfc) = both(disable, &bearing(&token(json!({}))));
    insta::assert_snapshot!(fleet_api, @r#"
    403 Forbidden
    content-type: application/json
    x-fleetgate-reason: The account or application is disabled: EXCEEDED_LIMIT.

    {"error":"account disabled: EXCEEDED_LIMIT"}
    "#);
    insta::assert_snapshot!(rfc, @r#"
    403 Forbidden
    content-type: application/json
    x-fleetgate-reason: The account or application is disabled: EXCEEDED_LIMIT.

    {"error":"access_denied","error_description":"account disabled: EXCEEDED_LIMIT"}
    "#);
}

#[test]
fn wrong_token_type() {
    let (fleet_api, rfc) = both(|_| (), &bearing(&partner_token(json!({}))));
    insta::assert_snapshot!(fleet_api, @r#"
    403 Forbidden
    content-type: application/json
    www-authenticate: Bearer error="insufficient_scope", error_description="A token of another type is needed"
    x-fleetgate-reason: The operation needs a third-party token or open-source token, but a partner token was shown.

    {"response":null,"error":"forbidden","error_description":""}
    "#);
    insta::assert_snapshot!(rfc, @r#"
    403 Forbidden
    content-type: application/json
    www-authenticate: Bearer error="insufficient_scope", error_description="A token of another type is needed"
    x-fleetgate-reason: The operation needs a third-party token or open-source token, but a partner token was shown.

    {"error":"insufficient_scope","error_description":"A token of another type is needed"}
    "#);
}

#[test]
fn out_of_region() {
    let (fleet_api, rfc) = both(|_| (), &bearing(&token(json!({ "ou_code": "EU" }))));
    insta::assert_snapshot!(fleet_api, @r#"
    421 Misdirected Request
    alt-svc: h2=https://eu.example
    content-type: application/json
    x-fleetgate-reason: The person's home region is `eu`, which is served at https://eu.example; use that base URL.

    {"response":null,"error":"user out of region, use base URL: https://eu.example, see https://developer.example/docs/fleet-api#regional-requirements","error_description":""}
    "#);
    insta::assert_snapshot!(rfc, @r#"
    421 Misdirected Request
    alt-svc: h2=https://eu.example
    content-type: application/json
    x-fleetgate-reason: The person's home region is `eu`, which is served at https://eu.example; use that base URL.

    {"error":"out_of_region","error_description":"user out of region, use base URL: https://eu.example, see https://developer.example/docs/fleet-api#regional-requirements"}
    "#);
}

#[test]
fn missing_scope() {
    let (fleet_api, rfc) = both(|_| (), &bearing(&token(json!({ "scp": ["openid", "energy_cmds"] }))));
    insta::assert_snapshot!(fleet_api, @r#"
    403 Forbidden
    content-type: application/json
    www-authenticate: Bearer error="insufficient_scope", error_description="The access token lacks a scope", scope="vehicle_device_data vehicle_cmds"
    x-fleetgate-reason: The operation needs the scope `vehicle_device_data` or `vehicle_cmds`, but the token has `openid energy_cmds`.

    {"response":null,"error":"Unauthorized missing scopes","error_description":""}
    "#);
    insta::assert_snapshot!(rfc, @r#"
    403 Forbidden
    content-type: application/json
    www-authenticate: Bearer error="insufficient_scope", error_description="The access token lacks a scope", scope="vehicle_device_data vehicle_cmds"
    x-fleetgate-reason: The operation needs the scope `vehicle_device_data` or `vehicle_cmds`, but the token has `openid energy_cmds`.

    {"error":"insufficient_scope","error_description":"The access token lacks a scope"}
    "#);
}

#[test]
fn reasons_are_kept_to_the_log_unless_configured() {
    let quiet = World::new(crate::GateConfig::new(ISSUER));
    insta::assert_snapshot!(quiet.answer(&bearing(&token(json!({ "scp": [] })))), @r#"
    403 Forbidden
    content-type: application/json
    www-authenticate: Bearer error="insufficient_scope", error_description="The access token lacks a scope", scope="vehicle_device_data vehicle_cmds"

    {"response":null,"error":"Unauthorized missing scopes","error_description":""}
    "#);
}
