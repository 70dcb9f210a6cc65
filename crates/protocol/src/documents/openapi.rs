//! The OpenAPI 3.1 document.

mod responses;

use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{path, scopes_of};
use crate::operations::{Kind, Operation, OperationId, Parameter, Place, Response};
use crate::{Scope, TokenType};

/// The OpenAPI 3.1 document of the table, for a service at `base_url` whose tokens come from `issuer`.
///
/// Each token type is a security scheme of its own. What OpenAPI has no word for stands in `x-token-types`,
/// `x-scopes-of-parts`, `x-registration-required`, `x-price`, `x-confidence` and `x-decision`.
#[must_use]
pub fn openapi(base_url: &str, issuer: &str) -> Value {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();

    let mut paths = Map::new();
    let mut tags: Vec<&str> = Vec::new();
    for id in OperationId::all() {
        let row = id.row();
        let item = paths.entry(row.path).or_insert_with(|| json!({}));
        item[row.method.as_str().to_lowercase()] = operation(id, &mut generator);
        if !tags.contains(&id.group()) {
            tags.push(id.group());
        }
    }
    let mut schemas = generator.take_definitions(true);
    schemas.extend(responses::schemas());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Fleet API",
            "summary": "Vehicles, energy sites and charging, behind four types of tokens.",
            "description": format!(
                "Generated from Fleetgate's table of operations. The authorization server's metadata is at `{base_url}{}`, \
                 its keys at `{base_url}{}`.",
                path::METADATA,
                path::KEYS,
            ),
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": base_url }],
        "tags": tags.into_iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": path_parameters(),
            "headers": responses::headers(),
            "responses": responses::components(),
            "securitySchemes": security_schemes(base_url, issuer),
        },
    })
}

fn operation(id: OperationId, generator: &mut SchemaGenerator) -> Value {
    let row = id.row();
    let mut value = json!({
        "operationId": row.name,
        "tags": [id.group()],
        "summary": row.summary,
        "security": security(row),
        "responses": responses::of(row, &success(row.response, generator)),
        "x-token-types": row.token_types,
        "x-scopes-of-parts": row.parts.iter().map(|part| (part.name, &part.scope)).collect::<BTreeMap<_, _>>(),
        "x-registration-required": row.registration,
        "x-price": row.price,
        "x-confidence": row.confidence,
    });
    if !row.decision.is_empty() {
        value["x-decision"] = row.decision.into();
    }
    let outside_the_body: Vec<_> = row.parameters.iter().filter(|p| p.place != Place::Body).map(parameter).collect();
    if !outside_the_body.is_empty() {
        value["parameters"] = outside_the_body.into();
    }
    let body: Vec<_> = row.parameters.iter().filter(|p| p.place == Place::Body).collect();
    if !body.is_empty() {
        value["requestBody"] = request_body(&body);
    }
    value
}

/// One alternative for each token type and scope: OpenAPI joins the scopes of one entry by "and", the table by "or".
fn security(row: &Operation) -> Vec<Value> {
    let alternatives = |token_type: &TokenType| {
        let scheme = token_type.as_str();
        let held = |scope: &&Scope| scopes_of(*token_type).any(|known| known.name == scope.as_str());
        match row.scopes_any {
            [] => vec![json!({ scheme: [] })],
            scopes => scopes.iter().filter(held).map(|scope| json!({ scheme: [scope] })).collect(),
        }
    };
    row.token_types.iter().flat_map(alternatives).collect()
}

fn parameter(parameter: &Parameter) -> Value {
    match parameter.place {
        Place::Path => json!({ "$ref": format!("#/components/parameters/{}", parameter.name) }),
        Place::Query | Place::Body => described(parameter),
    }
}

fn described(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": schema_of(parameter.kind),
        "example": example(parameter),
    })
}

/// The schema of a parameter's value. Generators refuse an array that says nothing of its items.
fn schema_of(kind: Kind) -> Value {
    match kind {
        Kind::Array => json!({ "type": "array", "items": {} }),
        kind => json!({ "type": kind.as_str() }),
    }
}

/// The parameters of paths, which many operations share.
fn path_parameters() -> Map<String, Value> {
    let in_path = OperationId::all().flat_map(|id| id.row().parameters).filter(|p| p.place == Place::Path);
    in_path.map(|parameter| (parameter.name.to_owned(), described(parameter))).collect()
}

fn request_body(parameters: &[&Parameter]) -> Value {
    let properties: Map<_, _> = parameters
        .iter()
        .map(|p| {
            let mut schema = schema_of(p.kind);
            schema["description"] = p.description.into();
            (p.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<_> = parameters.iter().filter(|p| p.required).map(|p| p.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    let example = body_example(parameters);
    json!({
        "required": !required.is_empty(),
        "content": { "application/json": { "schema": schema, "example": example } },
    })
}

/// A body that works.
fn body_example(parameters: &[&Parameter]) -> Value {
    parameters.iter().map(|parameter| (parameter.name.to_owned(), example(parameter))).collect::<Map<_, _>>().into()
}

/// The example of a parameter. A test of the table makes sure that each is JSON.
pub(super) fn example(parameter: &Parameter) -> Value {
    serde_json::from_str(parameter.example).unwrap_or_else(|_| Value::from(parameter.example))
}

/// The content of a success: the envelope around the type that the row names.
fn success(response: Response, generator: &mut SchemaGenerator) -> Value {
    let count = json!({ "type": "integer", "description": "How many items `response` has." });
    let schema = match response {
        Response::Text(text) => return json!({ "text/plain": { "schema": { "type": "string", "const": text } } }),
        Response::Pdf => {
            return json!({ "application/pdf": { "schema": { "type": "string", "contentMediaType": "application/pdf" } } });
        }
        Response::Bare(schema) => schema(generator).into(),
        Response::One(schema) => json!({
            "type": "object",
            "required": ["response"],
            "properties": { "response": schema(generator) },
        }),
        Response::List(schema) => json!({
            "type": "object",
            "required": ["response", "count"],
            "properties": { "response": { "type": "array", "items": schema(generator) }, "count": count },
        }),
        Response::Page(schema) => json!({
            "type": "object",
            "required": ["response", "pagination", "count"],
            "properties": {
                "response": { "type": "array", "items": schema(generator) },
                "pagination": { "$ref": "#/components/schemas/Pagination" },
                "count": count,
            },
        }),
    };
    json!({ "application/json": { "schema": schema } })
}

fn security_schemes(base_url: &str, issuer: &str) -> Value {
    let scheme = |token_type: TokenType, how: &str| {
        let scopes: Map<_, _> =
            scopes_of(token_type).map(|scope| (scope.name.to_owned(), Value::from(scope.description))).collect();
        let token_url = format!("{base_url}{}", path::TOKEN);
        let flows = match token_type {
            TokenType::ThirdParty | TokenType::OpenSource => json!({ "authorizationCode": {
                "authorizationUrl": format!("{base_url}{}", path::AUTHORIZE),
                "tokenUrl": token_url,
                "refreshUrl": token_url,
                "scopes": scopes,
            } }),
            TokenType::Partner | TokenType::ThirdPartyBusiness => {
                json!({ "clientCredentials": { "tokenUrl": token_url, "scopes": scopes } })
            }
        };
        let description = format!("A {}, issued by `{issuer}`: {how}", token_type.title());
        (token_type.as_str().to_owned(), json!({ "type": "oauth2", "description": description, "flows": flows }))
    };
    Map::from_iter([
        scheme(TokenType::ThirdParty, "a person consents; the code is exchanged with the client secret."),
        scheme(TokenType::Partner, "the application itself, with its secret and an audience."),
        scheme(TokenType::OpenSource, "a person consents; PKCE (RFC 7636) with `S256` stands in for a secret."),
        scheme(
            TokenType::ThirdPartyBusiness,
            "as a partner token, with the `auth_code` of a business's consent added.",
        ),
    ])
    .into()
}
