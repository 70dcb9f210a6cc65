//! The requests that get, show and end tokens.

use serde_json::{Value, json};

use super::super::{path, scope_parameter};
use super::{bearer_auth, no_auth, url};
use crate::TokenType;

/// The code verifier and its challenge, before the authorization request is sent (RFC 7636, section 4).
const PKCE: [&str; 5] = [
    "const hashes = require('crypto-js');",
    "const unpadded = (words) => words.toString(hashes.enc.Base64).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '');",
    "const verifier = unpadded(hashes.lib.WordArray.random(32));",
    "pm.collectionVariables.set('code_verifier', verifier);",
    "pm.collectionVariables.set('code_challenge', unpadded(hashes.SHA256(verifier)));",
];

/// The folder "Tokens": a folder for each token type, between the metadata and what concerns every token.
pub(super) fn folder() -> Value {
    json!({
        "name": "Tokens",
        "description": "How to get a token of each type. Every token request stores what it gets in the variables.",
        "item": [
            get("Metadata", path::METADATA, "The authorization server's metadata (OpenID Connect Discovery 1.0)."),
            get("Keys", path::KEYS, "The keys that verify tokens (RFC 7517)."),
            { "name": "Partner token", "item": [partner()] },
            { "name": "Third-party token", "item": third_party() },
            { "name": "Open-source token", "item": open_source() },
            { "name": "Third-party business token", "item": [business()] },
            { "name": "Every token", "item": every_token() },
        ],
    })
}

fn partner() -> Value {
    let scope = scope_parameter(TokenType::Partner);
    token_request(
        "Partner token",
        "For the application itself (RFC 6749, section 4.4).",
        &[
            ("grant_type", "client_credentials"),
            ("client_id", "{{client_id}}"),
            ("client_secret", "{{client_secret}}"),
            ("scope", &scope),
            ("audience", "{{audience}}"),
        ],
        &[("partner_token", "access_token")],
    )
}

fn third_party() -> Vec<Value> {
    let scope = scope_parameter(TokenType::ThirdParty);
    let stored = [("third_party_token", "access_token"), ("refresh_token", "refresh_token")];
    vec![
        authorize(&[
            ("response_type", "code"),
            ("client_id", "{{client_id}}"),
            ("redirect_uri", "{{redirect_uri}}"),
            ("scope", &scope),
            ("state", "{{authorization_state}}"),
        ]),
        token_request(
            "Exchange the code",
            "RFC 6749, section 4.1.3.",
            &[
                ("grant_type", "authorization_code"),
                ("client_id", "{{client_id}}"),
                ("client_secret", "{{client_secret}}"),
                ("code", "{{authorization_code}}"),
                ("redirect_uri", "{{redirect_uri}}"),
                ("audience", "{{audience}}"),
            ],
            &stored,
        ),
        token_request(
            "Refresh",
            "RFC 6749, section 6. The answer holds the next refresh token.",
            &[
                ("grant_type", "refresh_token"),
                ("client_id", "{{client_id}}"),
                ("client_secret", "{{client_secret}}"),
                ("refresh_token", "{{refresh_token}}"),
            ],
            &stored,
        ),
    ]
}

fn open_source() -> Vec<Value> {
    let scope = scope_parameter(TokenType::OpenSource);
    let mut authorize = authorize(&[
        ("response_type", "code"),
        ("client_id", "{{open_source_client_id}}"),
        ("redirect_uri", "{{redirect_uri}}"),
        ("scope", &scope),
        ("state", "{{authorization_state}}"),
        ("code_challenge", "{{code_challenge}}"),
        ("code_challenge_method", "S256"),
    ]);
    authorize["event"] = json!([event("prerequest", &PKCE.map(str::to_owned))]);
    vec![
        authorize,
        token_request(
            "Exchange the code",
            "RFC 7636, section 4.5. There is no secret; the code verifier proves who asked.",
            &[
                ("grant_type", "authorization_code"),
                ("client_id", "{{open_source_client_id}}"),
                ("code", "{{authorization_code}}"),
                ("redirect_uri", "{{redirect_uri}}"),
                ("code_verifier", "{{code_verifier}}"),
            ],
            &[("open_source_token", "access_token")],
        ),
    ]
}

fn business() -> Value {
    let scope = scope_parameter(TokenType::ThirdPartyBusiness);
    token_request(
        "Third-party business token",
        "As a partner token, with the code that the consent of a business gave.",
        &[
            ("grant_type", "client_credentials"),
            ("client_id", "{{client_id}}"),
            ("client_secret", "{{client_secret}}"),
            ("scope", &scope),
            ("audience", "{{audience}}"),
            ("auth_code", "{{auth_code}}"),
        ],
        &[("business_token", "access_token")],
    )
}

fn every_token() -> Vec<Value> {
    let about_the_token =
        [("token", "{{token}}"), ("client_id", "{{client_id}}"), ("client_secret", "{{client_secret}}")];
    vec![
        json!({
            "name": "Userinfo",
            "request": {
                "method": "GET",
                "header": [],
                "auth": bearer_auth("token"),
                "url": url(below(path::USERINFO), Vec::new()),
                "description": "The person of a token with `openid` (OpenID Connect Core 1.0, section 5.3).",
            },
        }),
        json!({
            "name": "Introspect",
            "request": form(path::INTROSPECT, "Whether a token is active, and what it says (RFC 7662).", &about_the_token),
        }),
        json!({
            "name": "Revoke",
            "request": form(path::REVOKE, "Ends a token and everything that came of the same grant (RFC 7009).", &about_the_token),
        }),
    ]
}

fn get(name: &str, path: &str, description: &str) -> Value {
    json!({
        "name": name,
        "request": {
            "method": "GET",
            "header": [],
            "auth": no_auth(),
            "url": url(below(path), Vec::new()),
            "description": description,
        },
    })
}

fn authorize(parameters: &[(&str, &str)]) -> Value {
    let query = parameters.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    json!({
        "name": "Authorize",
        "protocolProfileBehavior": { "followRedirects": false },
        "request": {
            "method": "GET",
            "header": [],
            "auth": no_auth(),
            "url": url(below(path::AUTHORIZE), query),
            "description": "Send it once, then open the same URL in a browser, sign in and allow. Copy the `code` of the address \
                            to which the browser is sent into the variable `authorization_code` (RFC 6749, section 4.1.1).",
        },
    })
}

fn token_request(name: &str, description: &str, fields: &[(&str, &str)], stored: &[(&str, &str)]) -> Value {
    let mut script = vec![
        "pm.test('A token is issued.', () => pm.response.to.have.status(200));".to_owned(),
        "const answer = pm.response.json();".to_owned(),
    ];
    script.extend(stored.iter().chain(&[("token", "access_token")]).map(|(variable, field)| {
        format!("if (answer.{field}) pm.collectionVariables.set('{variable}', answer.{field});")
    }));
    json!({
        "name": name,
        "event": [event("test", &script)],
        "request": form(path::TOKEN, description, fields),
    })
}

fn form(path: &str, description: &str, fields: &[(&str, &str)]) -> Value {
    let fields: Vec<_> =
        fields.iter().map(|(key, value)| json!({ "key": key, "value": value, "type": "text" })).collect();
    json!({
        "method": "POST",
        "header": [],
        "auth": no_auth(),
        "body": { "mode": "urlencoded", "urlencoded": fields },
        "url": url(below(path), Vec::new()),
        "description": description,
    })
}

pub(super) fn event(listen: &str, script: &[String]) -> Value {
    json!({ "listen": listen, "script": { "type": "text/javascript", "exec": script } })
}

/// A path without its leading slash.
fn below(path: &str) -> &str {
    path.trim_start_matches('/')
}
