use std::collections::HashSet;

use serde_json::Value;

use super::*;
use crate::operations::{OperationId, Place};

const BASE_URL: &str = "http://127.0.0.1:8080";
const ISSUER: &str = "http://127.0.0.1:8080/oauth2/v3/thirdparty";

/// Calls `visit` with every value below `value`.
fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(members) => members.values().for_each(|member| walk(member, visit)),
        _ => {}
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

#[test]
fn the_openapi_document_is_valid() {
    // The OpenAPI Initiative's own, under Apache-2.0.
    let schema: Value = serde_json::from_str(include_str!("tests/openapi-3.1.schema.json")).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let document = openapi(BASE_URL, ISSUER);
    let errors: Vec<_> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");

    let mut broken = document;
    broken["paths"]["/status"]["get"]["responses"] = Value::from("none");
    assert!(!validator.is_valid(&broken), "the meta-schema says nothing of operations");
}

#[test]
fn every_schema_of_the_openapi_document_is_valid() {
    let document = openapi(BASE_URL, ISSUER);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas.len() > 20, "{} schemas", schemas.len());
    for (name, schema) in schemas {
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{name}");
    }
}

#[test]
fn every_reference_of_the_openapi_document_resolves_and_every_component_is_used() {
    let document = openapi(BASE_URL, ISSUER);
    let mut used = HashSet::new();
    walk(&document, &mut |value| {
        if let Some(reference) = value.get("$ref") {
            let pointer = text(reference).strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
            used.insert(pointer);
        }
    });
    for kind in ["schemas", "parameters", "headers", "responses"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(used.contains(format!("/components/{kind}/{name}").as_str()), "{kind}/{name} is not used");
        }
    }
}

#[test]
fn the_openapi_document_has_each_operation_once_with_its_token_types_and_scopes() {
    let document = openapi(BASE_URL, ISSUER);
    let mut count = 0;
    for item in document["paths"].as_object().unwrap().values() {
        count += item.as_object().unwrap().len();
    }
    assert_eq!(count, OperationId::all().count());

    for row in OperationId::all().map(OperationId::row) {
        let operation = &document["paths"][row.path][row.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], row.name);
        let mut offered = HashSet::new();
        for alternative in operation["security"].as_array().unwrap() {
            for (token_type, scopes) in alternative.as_object().unwrap() {
                let scheme = &document["components"]["securitySchemes"][token_type];
                let flow = scheme["flows"].as_object().unwrap().values().next().unwrap();
                for scope in scopes.as_array().unwrap() {
                    assert!(flow["scopes"][text(scope)].is_string(), "{}: {scope}", row.name);
                }
                offered.insert(token_type.as_str());
            }
        }
        assert_eq!(offered, row.token_types.iter().map(|token_type| token_type.as_str()).collect(), "{}", row.name);
        let has_body = row.parameters.iter().any(|parameter| parameter.place == Place::Body);
        assert_eq!(operation.get("requestBody").is_some(), has_body, "{}", row.name);
        assert_eq!(operation["responses"].get("401").is_some(), !row.is_public(), "{}", row.name);
        let registers = row.registration || row.refusals.contains(&412);
        assert_eq!(operation["responses"].get("412").is_some(), registers, "{}", row.name);
        assert!(
            row.refusals.iter().all(|status| operation["responses"].get(status.to_string()).is_some()),
            "{}",
            row.name
        );
    }
    // What stands on the wire, and not a second telling of it.
    let example = &document["components"]["responses"]["Unauthorized"]["content"]["application/json"]["example"];
    assert_eq!(*example, serde_json::json!({"error": "token expired (401)"}));
    let region = &document["paths"]["/api/1/users/region"]["get"]["responses"];
    assert!(region.get("421").is_none(), "it answers everywhere where a person's home is");
    for status in [400, 406] {
        let command = &document["paths"]["/api/1/vehicles/{vehicle_tag}/command/honk_horn"]["post"]["responses"];
        assert!(command.get(status.to_string()).is_some(), "{status}");
    }
}

#[test]
fn the_addresses_of_the_openapi_document_are_those_given() {
    let document = openapi("https://gate.example", "https://issuer.example/x");
    assert!(!document.to_string().contains("127.0.0.1"));
    assert_eq!(document["servers"][0]["url"], "https://gate.example");
    let flow = &document["components"]["securitySchemes"]["third_party"]["flows"]["authorizationCode"];
    assert_eq!(flow["authorizationUrl"], "https://gate.example/oauth2/v3/authorize");
}

/// The requests of a folder and of the folders in it, each under its path of names.
fn requests(items: &Value, below: &str, found: &mut Vec<(String, Value)>) {
    for item in items.as_array().unwrap() {
        let name = format!("{below}/{}", text(&item["name"]));
        match item.get("item") {
            Some(inner) => requests(inner, &name, found),
            None => found.push((name, item.clone())),
        }
    }
}

fn collection_requests() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    requests(&postman(BASE_URL)["item"], "", &mut found);
    found
}

#[test]
fn the_collection_has_each_operation_once() {
    let found = collection_requests();
    let names: HashSet<_> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), found.len(), "a name stands twice");
    let operations: Vec<_> = found.iter().filter(|(name, _)| !name.starts_with("/Tokens/")).collect();
    assert_eq!(operations.len(), OperationId::all().count());
    for id in OperationId::all() {
        let row = id.row();
        let name = format!("/{}/{}", id.group(), row.name);
        let (_, item) = operations.iter().find(|(found, _)| *found == name).unwrap();
        let request = &item["request"];
        assert_eq!(request["method"], row.method.as_str());
        let raw = text(&request["url"]["raw"]).split('?').next().unwrap();
        assert_eq!(raw, format!("{{{{base_url}}}}{}", row.path.replace('{', "{{").replace('}', "}}")));
        assert_eq!(request["auth"]["type"], if row.is_public() { "noauth" } else { "bearer" }, "{name}");
    }
}

#[test]
fn the_collection_gets_a_token_of_each_type_first() {
    let collection = postman(BASE_URL);
    assert_eq!(collection["item"][0]["name"], "Tokens");
    let scripts: String = collection_requests()
        .iter()
        .filter(|(name, _)| name.starts_with("/Tokens/"))
        .flat_map(|(_, item)| item["event"].as_array().cloned().unwrap_or_default())
        .map(|event| event["script"]["exec"].to_string())
        .collect();
    for variable in ["partner_token", "third_party_token", "open_source_token", "business_token", "refresh_token"] {
        assert!(scripts.contains(&format!("set('{variable}', answer.")), "{variable} is never stored");
    }
}

#[test]
fn an_operation_sends_nothing_that_belongs_to_the_token_requests() {
    let body = |name: &str| {
        let found = collection_requests();
        let (_, item) = found.iter().find(|(_, item)| item["name"] == name).unwrap();
        serde_json::from_str::<Value>(text(&item["request"]["body"]["raw"])).unwrap()
    };
    assert_eq!(body("sun_roof_control")["state"], "vent", "not the state of an authorization request");
    let code = &body("share_invites_redeem")["code"];
    assert!(!text(code).contains("{{"), "not the code of an authorization response: {code}");
}

#[test]
fn every_variable_of_the_collection_is_declared_once_and_used() {
    let collection = postman(BASE_URL);
    let declared: Vec<_> = collection["variable"].as_array().unwrap().iter().map(|v| text(&v["key"])).collect();
    assert_eq!(declared.iter().collect::<HashSet<_>>().len(), declared.len());
    let requests = collection["item"].to_string();
    let between = |before, after| requests.split(before).skip(1).filter_map(move |rest: &str| rest.split(after).next());
    let used: HashSet<_> = between("{{", "}}").chain(between("Variables.set('", "'")).collect();
    assert_eq!(used, declared.into_iter().collect::<HashSet<_>>());
}

#[test]
fn the_page_has_a_line_for_each_operation_and_its_tables_are_even() {
    let page = operations_markdown();
    for row in OperationId::all().map(OperationId::row) {
        let request = format!("`{} {}`", row.method.as_str(), row.path);
        assert_eq!(page.matches(&request).count(), 1, "{request}");
    }
    let mut columns = None;
    for line in page.lines() {
        let cells = line.starts_with('|').then(|| line.replace("\\|", "").matches('|').count());
        assert!(columns.is_none() || cells.is_none() || columns == cells, "{line}");
        columns = cells;
    }
    assert!(page.ends_with("|\n"), "the page ends in its last table");
}
