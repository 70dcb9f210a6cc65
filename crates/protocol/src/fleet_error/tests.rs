use super::*;

fn body(error: &FleetError) -> String {
    format!("{} {}", error.status, String::from_utf8(error.body()).unwrap())
}

#[test]
fn bodies_are_those_that_clients_compare() {
    let docs = "https://developer.example/docs/fleet-api";
    let errors = [
        FleetError::invalid_field("The field `percent` is missing."),
        FleetError::unauthorized(),
        FleetError::token_expired(),
        FleetError::invalid_bearer_token(),
        FleetError::consent_revoked(),
        FleetError::unknown_user(),
        FleetError::account_disabled("EXCEEDED_LIMIT"),
        FleetError::wrong_token_type(WRONG_TOKEN_TYPE),
        FleetError::missing_scopes(),
        FleetError::command_protocol_required(docs),
        FleetError::not_found(),
        FleetError::vehicle_not_found("5YJ3E1EA7PF000001"),
        FleetError::invalid_method(),
        FleetError::not_json(),
        FleetError::vehicle_unavailable(),
        FleetError::not_registered("abc", "https://na.example", docs),
        FleetError::root_domain_mismatch("example.com"),
        FleetError::out_of_region("https://eu.example", docs),
        FleetError::unprocessable("Validation failed: Domain has already been taken"),
        FleetError::public_key_download_failed(),
        FleetError::too_many_requests(37829),
        FleetError::internal(),
        FleetError::unavailable(),
    ];
    let bodies: Vec<String> = errors.iter().map(body).collect();
    insta::assert_snapshot!(bodies.join("\n"), @r#"
    400 {"response":null,"error":"invalid_field","error_description":"The field `percent` is missing."}
    401 {"response":null,"error":"unauthorized","error_description":""}
    401 {"error":"token expired (401)"}
    401 {"error":"invalid bearer token"}
    401 {"response":null,"error":"User revoked consent","error_description":""}
    401 {"response":null,"error":"unknown user","error_description":""}
    403 {"error":"account disabled: EXCEEDED_LIMIT"}
    403 {"response":null,"error":"forbidden","error_description":""}
    403 {"response":null,"error":"Unauthorized missing scopes","error_description":""}
    403 {"response":null,"error":"Tesla Vehicle Command Protocol required, please refer to the documentation here: https://developer.example/docs/fleet-api","error_description":""}
    404 {"response":null,"error":"not_found","error_description":""}
    404 {"response":null,"error":"5YJ3E1EA7PF000001 not_found","error_description":""}
    405 {"response":null,"error":"invalid_method","error_description":""}
    406 {"response":null,"error":"not_a_JSON_request","error_description":""}
    408 {"response":null,"error":"vehicle unavailable: vehicle is offline or asleep","error_description":""}
    412 {"error":"Account abc must be registered in the current region https://na.example, please see https://developer.example/docs/fleet-api#register"}
    412 {"response":null,"error":"Root domain example.com must match registered allowed origin","error_description":""}
    421 {"response":null,"error":"user out of region, use base URL: https://eu.example, see https://developer.example/docs/fleet-api#regional-requirements","error_description":""}
    422 {"response":null,"error":"Validation failed: Domain has already been taken","error_description":""}
    424 {"response":null,"error":"Public key download failed","error_description":""}
    429 {"response":null,"error":"Retry in 37829 seconds","error_description":""}
    500 {"response":null,"error":"upstream internal error","error_description":""}
    503 {"response":null,"error":"service unavailable","error_description":""}
    "#);
}

#[test]
fn messages_name_the_fields() {
    let error = FleetError::unprocessable("invalid_resource")
        .with_message("domain", "is taken")
        .with_message("domain", "is \"x\"");
    insta::assert_snapshot!(body(&error), @r#"422 {"response":null,"error":"invalid_resource","error_description":"","messages":{"domain":["is taken","is \"x\""]}}"#);
}

#[test]
fn alt_svc_has_the_only_form_that_is_followed() {
    assert_eq!(alt_svc("https://eu.example:8443/x").as_deref(), Some("h2=https://eu.example:8443"));
    assert_eq!(alt_svc("http://127.0.0.1:8080").as_deref(), Some("h2=https://127.0.0.1:8080"));
    assert_eq!(alt_svc("https://"), None);
    assert_eq!(alt_svc(""), None);
}
