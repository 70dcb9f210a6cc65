//! The answers that operations have in common.

use serde_json::{Map, Value, json};

use crate::TokenType;
use crate::operations::{Device, Operation, Place};

/// An error that several operations can answer.
struct Failure {
    /// The component's name.
    name: &'static str,
    status: u16,
    description: &'static str,
    /// Headers beside `x-fleetgate-reason`, as names of header components.
    headers: &'static [&'static str],
    /// The `error` of the example.
    error: &'static str,
    /// Which operations can answer it.
    applies: fn(&Operation) -> bool,
}

const FAILURES: [Failure; 10] = [
    Failure {
        name: "BadRequest",
        status: 400,
        description: "A parameter is missing or has a value that it cannot have.",
        headers: &[],
        error: "invalid_request",
        applies: |row| row.parameters.iter().any(|parameter| parameter.place != Place::Path),
    },
    Failure {
        name: "Unauthorized",
        status: 401,
        description: "There is no access token, or it is malformed, expired, revoked or for another audience.",
        headers: &["WWW-Authenticate"],
        error: "token expired (401)",
        applies: needs_token,
    },
    Failure {
        name: "Forbidden",
        status: 403,
        description: "The token is of another type, or has none of the scopes, or the account is disabled.",
        headers: &["WWW-Authenticate"],
        error: "Unauthorized missing scopes",
        applies: needs_token,
    },
    Failure {
        name: "NotFound",
        status: 404,
        description: "There is no such device, or the token may not see it.",
        headers: &[],
        error: "not_found",
        applies: |row| row.device.is_some(),
    },
    Failure {
        name: "VehicleOffline",
        status: 408,
        description: "The vehicle is asleep or offline; wake it and ask again.",
        headers: &[],
        error: "vehicle unavailable: vehicle is offline or asleep",
        applies: |row| row.device == Some(Device::OnlineVehicle),
    },
    Failure {
        name: "NotRegistered",
        status: 412,
        description: "The application is not registered in the region that serves the call.",
        headers: &[],
        error: "Account 7b1f0f6e-3a52-4f0f-9d0e-2f4a6d9c1b5a must be registered in the current region \
                https://fleet-api.prd.na.vn.cloud.tesla.com, please see \
                https://developer.tesla.com/docs/fleet-api/endpoints/partner-endpoints#register",
        applies: |row| row.registration,
    },
    Failure {
        name: "OutOfRegion",
        status: 421,
        description: "The person lives in another region; `error` and `Alt-Svc` name the base URL to use.",
        headers: &["Alt-Svc"],
        error: "user out of region, use base URL: https://fleet-api.prd.eu.vn.cloud.tesla.com, see \
                https://developer.tesla.com/docs/fleet-api#regional-requirements",
        applies: |row| row.allows(TokenType::ThirdParty) || row.allows(TokenType::OpenSource),
    },
    Failure {
        name: "TooManyRequests",
        status: 429,
        description: "The rate limit is reached.",
        headers: &["Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"],
        error: "Retry in 42 seconds",
        applies: needs_token,
    },
    Failure {
        name: "InternalError",
        status: 500,
        description: "The service failed. Such an answer costs nothing.",
        headers: &[],
        error: "upstream internal error",
        applies: needs_token,
    },
    Failure {
        name: "Unavailable",
        status: 503,
        description: "The service is too busy; ask again a little later.",
        headers: &["Retry-After"],
        error: "service unavailable",
        applies: needs_token,
    },
];

fn needs_token(row: &Operation) -> bool {
    !row.is_public()
}

/// The answers of one operation; `content` is that of a success.
pub(super) fn of(row: &Operation, content: &Value) -> Map<String, Value> {
    let mut answers = Map::new();
    answers.insert("200".to_owned(), json!({ "description": row.summary, "content": content }));
    for failure in FAILURES.iter().filter(|failure| (failure.applies)(row)) {
        let reference = json!({ "$ref": format!("#/components/responses/{}", failure.name) });
        answers.insert(failure.status.to_string(), reference);
    }
    answers
}

/// `components.responses`.
pub(super) fn components() -> Map<String, Value> {
    FAILURES.iter().map(|failure| (failure.name.to_owned(), component(failure))).collect()
}

fn component(failure: &Failure) -> Value {
    let headers: Map<_, _> = failure
        .headers
        .iter()
        .chain(&["x-fleetgate-reason"])
        .map(|name| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") })))
        .collect();
    json!({
        "description": failure.description,
        "headers": headers,
        "content": { "application/json": {
            "schema": { "$ref": "#/components/schemas/Error" },
            "example": { "response": null, "error": failure.error, "error_description": "" },
        } },
    })
}

/// `components.headers`.
pub(super) fn headers() -> Value {
    let header = |kind: &str, description: &str| json!({ "description": description, "schema": { "type": kind } });
    json!({
        "Alt-Svc": header("string", "`h2=` and the base URL of the person's region (RFC 7838)."),
        "RateLimit-Limit": header("integer", "How many requests the window admits."),
        "RateLimit-Remaining": header("integer", "How many requests are left in the window."),
        "RateLimit-Reset": header("integer", "Seconds until the window ends."),
        "Retry-After": header("integer", "Seconds to wait (RFC 9110, section 10.2.3)."),
        "WWW-Authenticate": header("string", "The challenge of RFC 6750, section 3."),
        "x-fleetgate-reason": header("string", "In the sandbox: one sentence that says why the call was refused."),
    })
}

/// The schemas that no operation's type brings along.
pub(super) fn schemas() -> Map<String, Value> {
    let page = |description: &str| json!({ "type": ["integer", "null"], "description": description });
    let number = |description: &str| json!({ "type": "integer", "description": description });
    Map::from_iter([
        (
            "Error".to_owned(),
            json!({
                "type": "object",
                "description": "What every refusal answers.",
                "required": ["error"],
                "properties": {
                    "response": { "type": "null" },
                    "error": { "type": "string", "description": "What is wrong, for programs." },
                    "error_description": { "type": "string", "description": "More of it, for people; often empty." },
                },
            }),
        ),
        (
            "Pagination".to_owned(),
            json!({
                "type": "object",
                "description": "Where this page stands among the others.",
                "required": ["previous", "next", "current", "per_page", "count", "pages"],
                "properties": {
                    "previous": page("The number of the page before, if there is one."),
                    "next": page("The number of the page after, if there is one."),
                    "current": number("The number of this page, from 1."),
                    "per_page": number("How many items a page has at most."),
                    "count": number("How many items there are on all pages."),
                    "pages": number("How many pages there are."),
                },
            }),
        ),
    ])
}
