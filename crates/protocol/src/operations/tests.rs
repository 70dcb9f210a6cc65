use std::collections::HashSet;

use super::*;

#[test]
fn names_and_routes_are_unique() {
    let mut names = HashSet::new();
    let mut routes = HashSet::new();
    for operation in OperationId::all().map(OperationId::row) {
        assert!(names.insert(operation.name), "{} stands twice", operation.name);
        assert!(routes.insert((operation.method, operation.path)), "{} stands twice", operation.path);
    }
}

#[test]
fn every_path_parameter_is_described_and_every_described_one_is_in_the_path() {
    for operation in OperationId::all().map(OperationId::row) {
        let described: Vec<_> =
            operation.parameters.iter().filter(|p| p.place == Place::Path).map(|p| p.name).collect();
        let in_path: Vec<_> =
            operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(described, in_path, "{}", operation.name);
    }
}

#[test]
fn examples_are_json_of_the_stated_kind() {
    for parameter in OperationId::all().flat_map(|id| id.row().parameters) {
        let value: serde_json::Value = serde_json::from_str(parameter.example).expect(parameter.name);
        let fits = match parameter.kind {
            Kind::String => value.is_string(),
            Kind::Integer => value.is_i64(),
            Kind::Number => value.is_number(),
            Kind::Boolean => value.is_boolean(),
            Kind::Object => value.is_object(),
            Kind::Array => value.is_array(),
        };
        assert!(fits, "{}", parameter.name);
    }
}

#[test]
fn what_needs_a_scope_needs_a_token_and_its_scopes_are_known() {
    for operation in OperationId::all().map(OperationId::row) {
        assert!(operation.scopes_any.is_empty() || !operation.is_public(), "{}", operation.name);
        for scope in operation.scopes_any {
            assert!(scope.description().is_some(), "{}: {scope}", operation.name);
        }
        assert!(!operation.summary.is_empty() && operation.summary.ends_with('.'), "{}", operation.name);
    }
}
