//! The Postman collection, format v2.1.

mod tokens;

use serde_json::{Map, Value, json};

use crate::TokenType;
use crate::operations::{Operation, OperationId, Parameter, Place};

/// The variables of the collection and what they stand for, beside the parameters of paths; those that requests fill in are
/// empty. A parameter of the table that has the name of a variable is sent as that variable.
const VARIABLES: [(&str, &str); 21] = [
    ("base_url", "Where the authorization server and the API answer."),
    ("audience", "The base URL of the region that tokens are for."),
    ("client_id", "Of the third-party or partner application."),
    ("client_secret", "Of the third-party or partner application."),
    ("redirect_uri", "As the application registered it, to the letter."),
    (
        "authorization_state",
        "Comes back with the code; make it unguessable in a real application (RFC 6749, section 10.12).",
    ),
    ("authorization_code", "The `code` that came back to the redirect URI. It is good once, for two minutes."),
    ("refresh_token", "Set by the token requests. Every use of it brings the next one."),
    ("open_source_client_id", "Of the open-source application, which has no secret."),
    ("code_verifier", "Set by the open-source authorization request (RFC 7636)."),
    ("code_challenge", "Set by the open-source authorization request (RFC 7636)."),
    ("auth_code", "What the consent of a business gave."),
    ("third_party_token", "Set by the token requests."),
    ("partner_token", "Set by the token requests."),
    ("open_source_token", "Set by the token requests."),
    ("business_token", "Set by the token requests."),
    ("token", "Set by every token request: the newest token, which userinfo, introspection and revocation are about."),
    ("domain", "The domain under which the application is registered."),
    ("vin", "Of a vehicle of the vehicle list."),
    ("invitation_id", "Set by the request that makes an invitation to drive a vehicle."),
    ("invoice_id", "Set by the charging history: the `contentId` of its first invoice."),
];

/// Which operation's answer fills in which variable, and where it stands there.
const FOUND: [(&str, &str, &str); 2] = [
    ("share_invites_create", "invitation_id", "response?.id_s"),
    ("charging_history", "invoice_id", "response?.data?.flatMap(({ invoices }) => invoices)[0]?.contentId"),
];

/// After each operation: what a device or the world refuses is an answer, too.
const ANSWERED: [&str; 1] = ["pm.test('The token opens it, and it is answered.', () => \
     pm.expect(pm.response.code).to.be.below(500).and.not.be.oneOf([401, 403]));"];

/// The Postman collection of the table, for a service at `base_url`: how to get each token, then every operation.
#[must_use]
pub fn postman(base_url: &str) -> Value {
    let mut folders = vec![tokens::folder()];
    for id in OperationId::all() {
        let name = id.group();
        if folders.last().is_none_or(|folder| folder["name"] != name) {
            folders.push(
                json!({ "name": name, "event": [tokens::event("test", &ANSWERED.map(str::to_owned))], "item": [] }),
            );
        }
        if let Some(items) = folders.last_mut().and_then(|folder| folder["item"].as_array_mut()) {
            items.push(operation(id.row()));
        }
    }
    json!({
        "info": {
            "name": "Fleet API by Fleetgate",
            "description": "Generated from Fleetgate's table of operations. Fill in the variables of an application, run the \
                            requests of the folder Tokens for the token type that you need, then call the operations: each \
                            sends a token of the first type that it accepts. To try another, change its authorization.",
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "item": folders,
        "variable": variables()
            .map(|(key, description)| json!({
                "key": key,
                "value": default_value(key, base_url),
                "type": "string",
                "description": description,
            }))
            .collect::<Vec<_>>(),
    })
}

/// Every variable with its description.
fn variables() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut in_paths: Vec<(&str, &str)> = Vec::new();
    for parameter in OperationId::all().flat_map(|id| id.row().parameters).filter(|p| p.place == Place::Path) {
        if !VARIABLES.iter().chain(&in_paths).any(|(known, _)| *known == parameter.name) {
            in_paths.push((parameter.name, parameter.description));
        }
    }
    VARIABLES.into_iter().chain(in_paths)
}

/// Addresses, and an example of the table where a parameter has the variable's name.
fn default_value(variable: &str, base_url: &str) -> String {
    match variable {
        "base_url" | "audience" => base_url.to_owned(),
        "redirect_uri" => "http://127.0.0.1:3000/callback".to_owned(),
        "authorization_state" => "9f2c6f1e".to_owned(),
        name => OperationId::all()
            .flat_map(|id| id.row().parameters)
            .find(|parameter| parameter.name == name)
            .map(|parameter| parameter.example.trim_matches('"').to_owned())
            .unwrap_or_default(),
    }
}

fn operation(row: &Operation) -> Value {
    let mut segments = row.path.replace('{', "{{").replace('}', "}}");
    segments.remove(0);
    let of = |place| row.parameters.iter().filter(move |parameter| parameter.place == place);
    let query: Vec<_> = of(Place::Query)
        .map(|parameter| {
            json!({
                "key": parameter.name,
                "value": text(parameter),
                "description": parameter.description,
                // What may be left out is listed, but not sent until it is ticked.
                "disabled": !(parameter.required || is_variable(parameter.name)),
            })
        })
        .collect();
    let mut request = json!({
        "method": row.method.as_str(),
        "header": [],
        "auth": bearer(row).map_or_else(no_auth, bearer_auth),
        "url": url(&segments, query),
        "description": description(row),
    });
    if of(Place::Body).next().is_some() {
        let body: Map<_, _> =
            of(Place::Body).map(|parameter| (parameter.name.to_owned(), body_value(parameter))).collect();
        request["header"] = json!([{ "key": "Content-Type", "value": "application/json" }]);
        request["body"] = json!({
            "mode": "raw",
            "raw": format!("{:#}", Value::from(body)),
            "options": { "raw": { "language": "json" } },
        });
    }
    let mut item = json!({ "name": row.name, "request": request });
    if let Some((_, variable, place)) = FOUND.iter().find(|(name, ..)| *name == row.name) {
        let script = format!(
            "const found = pm.response.code === 200 ? pm.response.json().{place} : undefined;\n\
             if (found) pm.collectionVariables.set('{variable}', found);"
        );
        item["event"] = json!([tokens::event("test", &script.lines().map(str::to_owned).collect::<Vec<_>>())]);
    }
    item
}

fn description(row: &Operation) -> String {
    let scopes: Vec<_> = row.scopes_any.iter().map(|scope| format!("`{scope}`")).collect();
    let types: Vec<_> = row.token_types.iter().map(|token_type| format!("`{token_type}`")).collect();
    let mut sentences = vec![row.summary.to_owned()];
    if row.is_public() {
        sentences.push("It needs no token.".to_owned());
    } else {
        sentences.push(format!("Token types: {}.", types.join(", ")));
    }
    if !scopes.is_empty() {
        sentences.push(format!("Scopes, one of: {}.", scopes.join(", ")));
    }
    sentences.join(" ")
}

/// The variable with the token that the request sends: of the first type that the row accepts.
fn bearer(row: &Operation) -> Option<&'static str> {
    row.token_types.first().map(|token_type| match token_type {
        TokenType::ThirdParty => "third_party_token",
        TokenType::Partner => "partner_token",
        TokenType::OpenSource => "open_source_token",
        TokenType::ThirdPartyBusiness => "business_token",
    })
}

fn is_variable(name: &str) -> bool {
    variables().any(|(variable, _)| variable == name)
}

fn text(parameter: &Parameter) -> String {
    if is_variable(parameter.name) {
        format!("{{{{{}}}}}", parameter.name)
    } else {
        parameter.example.trim_matches('"').to_owned()
    }
}

fn body_value(parameter: &Parameter) -> Value {
    if is_variable(parameter.name) { text(parameter).into() } else { super::openapi::example(parameter) }
}

fn no_auth() -> Value {
    json!({ "type": "noauth" })
}

fn bearer_auth(variable: &str) -> Value {
    json!({
        "type": "bearer",
        "bearer": [{ "key": "token", "value": format!("{{{{{variable}}}}}"), "type": "string" }],
    })
}

/// A URL below the base URL, in the parts that Postman wants beside the text.
fn url(path: &str, query: Vec<Value>) -> Value {
    let sent: Vec<_> = query
        .iter()
        .filter(|pair| pair["disabled"] != true)
        .filter_map(|pair| Some(format!("{}={}", pair["key"].as_str()?, pair["value"].as_str()?)))
        .collect();
    let mark = if sent.is_empty() { "" } else { "?" };
    let mut url = json!({
        "raw": format!("{{{{base_url}}}}/{path}{mark}{}", sent.join("&")),
        "host": ["{{base_url}}"],
        "path": path.split('/').collect::<Vec<_>>(),
    });
    if !query.is_empty() {
        url["query"] = query.into();
    }
    url
}
