//! The answers that operations have in common.

use serde_json::{Map, Value, json};

use crate::TokenType;
use crate::fleet_error::{DOCUMENTATION_URL, FleetError};
use crate::operations::{Device, Method, Operation, Place, Price};

/// An error that operations can answer.
struct Failure {
    /// The component's name.
    name: &'static str,
    description: &'static str,
    /// Headers beside `x-fleetgate-reason`, as names of header components.
    headers: &'static [&'static str],
    /// What stands on the wire, status included.
    example: fn() -> FleetError,
    /// Which operations can answer it, beside those whose rows name its status.
    applies: fn(&Operation) -> bool,
}

const NA: &str = "https://fleet-api.prd.na.vn.cloud.tesla.com";
const EU: &str = "https://fleet-api.prd.eu.vn.cloud.tesla.com";

const FAILURES: [Failure; 13] = [
    Failure {
        name: "BadRequest",
        description: "A parameter is missing or has a value that it cannot have, or the body is no JSON object.",
        headers: &[],
        example: || FleetError::invalid_field("The field `percent` is a whole number."),
        applies: |row| row.method != Method::Get || row.parameters.iter().any(|it| it.place != Place::Path),
    },
    Failure {
        name: "Unauthorized",
        description: "There is no access token, or it is malformed, expired, revoked or for another audience.",
        headers: &["WWW-Authenticate"],
        example: FleetError::token_expired,
        applies: needs_token,
    },
    Failure {
        name: "Forbidden",
        description: "The token is of another type, or has none of the scopes, or the account is disabled.",
        headers: &["WWW-Authenticate"],
        example: FleetError::missing_scopes,
        applies: needs_token,
    },
    Failure {
        name: "NotFound",
        description: "There is no such thing, or the token may not see it.",
        headers: &[],
        example: FleetError::not_found,
        applies: |row| row.device.is_some(),
    },
    Failure {
        name: "NotAcceptable",
        description: "The body has another type than `application/json`.",
        headers: &[],
        example: FleetError::not_json,
        applies: |row| row.method != Method::Get,
    },
    Failure {
        name: "VehicleOffline",
        description: "The vehicle is asleep or offline; wake it and ask again.",
        headers: &[],
        example: FleetError::vehicle_unavailable,
        applies: |row| row.device == Some(Device::OnlineVehicle),
    },
    Failure {
        name: "PreconditionFailed",
        description: "The application is not registered in the region that serves the call, or it registers a domain of \
                      none of its origins.",
        headers: &[],
        example: || FleetError::not_registered("7b1f0f6e-3a52-4f0f-9d0e-2f4a6d9c1b5a", NA, DOCUMENTATION_URL),
        applies: |row| row.registration,
    },
    Failure {
        name: "OutOfRegion",
        description: "The person lives in another region; `error` and `Alt-Svc` name the base URL to use.",
        headers: &["Alt-Svc"],
        example: || FleetError::out_of_region(EU, DOCUMENTATION_URL),
        applies: |row| row.home_region && (row.allows(TokenType::ThirdParty) || row.allows(TokenType::OpenSource)),
    },
    Failure {
        name: "Unprocessable",
        description: "Something that was sent cannot be used; `messages` may name the fields.",
        headers: &[],
        example: || FleetError::unprocessable("Validation failed: Domain has already been taken"),
        applies: |_| false,
    },
    Failure {
        name: "FailedDependency",
        description: "The public key could not be fetched from the domain.",
        headers: &[],
        example: FleetError::public_key_download_failed,
        applies: |_| false,
    },
    Failure {
        name: "TooManyRequests",
        description: "There were too many calls for the device of late; `Retry-After` tells when to ask again.",
        headers: &["Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"],
        example: || FleetError::too_many_requests(41),
        applies: |row| row.device.is_some() && row.price != Price::None,
    },
    Failure {
        name: "InternalError",
        description: "The service failed. Such an answer costs nothing.",
        headers: &[],
        example: FleetError::internal,
        applies: needs_token,
    },
    Failure {
        name: "Unavailable",
        description: "The service is too busy; ask again a little later.",
        headers: &["Retry-After"],
        example: FleetError::unavailable,
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
    for failure in &FAILURES {
        let status = (failure.example)().status;
        if (failure.applies)(row) || row.refusals.contains(&status) {
            let reference = json!({ "$ref": format!("#/components/responses/{}", failure.name) });
            answers.insert(status.to_string(), reference);
        }
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
            "example": serde_json::from_slice::<Value>(&(failure.example)().body()).unwrap_or_default(),
        } },
    })
}

/// `components.headers`.
pub(super) fn headers() -> Value {
    let header = |kind: &str, description: &str| json!({ "description": description, "schema": { "type": kind } });
    json!({
        "Alt-Svc": header("string", "`h2=` and the base URL of the person's region (RFC 7838)."),
        "RateLimit-Limit": header("integer", "How many calls the window has."),
        "RateLimit-Remaining": header("integer", "How many of them are left."),
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
                    "messages": {
                        "type": "object",
                        "description": "What is wrong with each field; only with 422.",
                        "additionalProperties": { "type": "array", "items": { "type": "string" } },
                    },
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
