//! Errors of the Fleet API as they stand on the wire.
//!
//! Fleet API page: conventions. The texts are the service's own, because clients compare them; where none is known,
//! the constructor says that it is inferred.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Scope;

/// Where the documentation of the real service is; it stands in some of its error texts.
pub const DOCUMENTATION_URL: &str = "https://developer.tesla.com/docs/fleet-api";

/// What a token of another type is answered with where nothing is known of the real service. It is inferred.
pub const WRONG_TOKEN_TYPE: &str = "forbidden";

/// An error answer: status and JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetError {
    /// The HTTP status.
    pub status: u16,
    /// The short text.
    pub error: String,
    /// The longer text, mostly empty.
    pub error_description: String,
    /// The form of the body.
    pub form: Form,
    /// What is wrong with each field; only with 422.
    pub messages: BTreeMap<String, Vec<String>>,
}

/// The two forms of error bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `{"response":null,"error":…,"error_description":…}`: the API itself.
    Envelope,
    /// `{"error":…}`: what stands before it.
    Gateway,
}

impl FleetError {
    /// Any error of the API itself.
    #[must_use]
    pub fn envelope(status: u16, error: impl Into<String>) -> Self {
        Self::new(status, error, Form::Envelope)
    }

    /// Any error of what stands before the API.
    #[must_use]
    pub fn gateway(status: u16, error: impl Into<String>) -> Self {
        Self::new(status, error, Form::Gateway)
    }

    fn new(status: u16, error: impl Into<String>, form: Form) -> Self {
        Self { status, error: error.into(), error_description: String::new(), form, messages: BTreeMap::new() }
    }

    /// With a longer text.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.error_description = description.into();
        self
    }

    /// 400: a field of the request is missing or wrong.
    #[must_use]
    pub fn invalid_field(description: impl Into<String>) -> Self {
        Self::envelope(400, "invalid_field").with_description(description)
    }

    /// 400: the request as a whole is wrong.
    #[must_use]
    pub fn invalid_request() -> Self {
        Self::envelope(400, "invalid_request")
    }

    /// 400: there is no such command.
    #[must_use]
    pub fn invalid_command() -> Self {
        Self::envelope(400, "invalid_command")
    }

    /// 401: no token. The body is inferred.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::envelope(401, "unauthorized")
    }

    /// 401: the access token is over.
    #[must_use]
    pub fn token_expired() -> Self {
        Self::gateway(401, "token expired (401)")
    }

    /// 401: not a token of ours, or one that was ended.
    #[must_use]
    pub fn invalid_bearer_token() -> Self {
        Self::gateway(401, "invalid bearer token")
    }

    /// 401: the person took the consent back.
    #[must_use]
    pub fn consent_revoked() -> Self {
        Self::envelope(401, "User revoked consent")
    }

    /// 401: the person never used the service.
    #[must_use]
    pub fn unknown_user() -> Self {
        Self::envelope(401, "unknown user")
    }

    /// 401: the owner switched remote access to the vehicle off.
    #[must_use]
    pub fn mobile_access_disabled() -> Self {
        Self::envelope(401, "mobile_access_disabled")
    }

    /// 403: the account or application is disabled, for example for `EXCEEDED_LIMIT`.
    #[must_use]
    pub fn account_disabled(why: &str) -> Self {
        Self::gateway(403, format!("account disabled: {why}"))
    }

    /// 403: another type of token is needed; the text is the operation's own, or [`WRONG_TOKEN_TYPE`].
    #[must_use]
    pub fn wrong_token_type(text: impl Into<String>) -> Self {
        Self::envelope(403, text)
    }

    /// 403: the token lacks a scope.
    #[must_use]
    pub fn missing_scopes() -> Self {
        Self::envelope(403, "Unauthorized missing scopes")
    }

    /// 403: the token lacks the scope for a part of the answer.
    #[must_use]
    pub fn missing_scope_for(scope: &Scope, purpose: &str) -> Self {
        Self::envelope(403, format!("Unauthorized missing scopes {scope} for {purpose}"))
    }

    /// 403: the vehicle takes signed commands only. Clients look for the first words.
    #[must_use]
    pub fn command_protocol_required(documentation_url: &str) -> Self {
        Self::envelope(
            403,
            format!(
                "Tesla Vehicle Command Protocol required, please refer to the documentation here: {documentation_url}"
            ),
        )
    }

    /// 403: only the owner can do this, and not somebody who drives the vehicle. The text is inferred.
    #[must_use]
    pub fn not_the_owner() -> Self {
        Self::envelope(403, "forbidden").with_description("Only the owner of the vehicle can do this.")
    }

    /// 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self::envelope(404, "not_found")
    }

    /// 404: the vehicle is unknown to the one who asks.
    #[must_use]
    pub fn vehicle_not_found(vehicle_tag: &str) -> Self {
        Self::envelope(404, format!("{vehicle_tag} not_found"))
    }

    /// 405.
    #[must_use]
    pub fn invalid_method() -> Self {
        Self::envelope(405, "invalid_method")
    }

    /// 406: a request with another `Content-Type` than `application/json`.
    #[must_use]
    pub fn not_json() -> Self {
        Self::envelope(406, "not_a_JSON_request")
    }

    /// 408: the vehicle sleeps. Clients look for `vehicle is offline`.
    #[must_use]
    pub fn vehicle_unavailable() -> Self {
        Self::envelope(408, "vehicle unavailable: vehicle is offline or asleep")
    }

    /// 412: the application is not registered in the region at `base_url`.
    #[must_use]
    pub fn not_registered(client_id: &str, base_url: &str, documentation_url: &str) -> Self {
        Self::gateway(
            412,
            format!(
                "Account {client_id} must be registered in the current region {base_url}, please see {documentation_url}#register"
            ),
        )
    }

    /// 412: the domain's root is that of no allowed origin.
    #[must_use]
    pub fn root_domain_mismatch(root_domain: &str) -> Self {
        Self::envelope(412, format!("Root domain {root_domain} must match registered allowed origin"))
    }

    /// 421: the person's home is the region at `base_url`. Clients read the URL out of the text; the header
    /// `Alt-Svc` of [`alt_svc`] belongs to it.
    #[must_use]
    pub fn out_of_region(base_url: &str, documentation_url: &str) -> Self {
        Self::envelope(
            421,
            format!("user out of region, use base URL: {base_url}, see {documentation_url}#regional-requirements"),
        )
    }

    /// 422: something is wrong with the fields.
    #[must_use]
    pub fn unprocessable(error: impl Into<String>) -> Self {
        Self::envelope(422, error)
    }

    /// The same with a problem of one field.
    #[must_use]
    pub fn with_message(mut self, field: &str, problem: impl Into<String>) -> Self {
        self.messages.entry(field.to_owned()).or_default().push(problem.into());
        self
    }

    /// 424: the public key could not be fetched from the domain.
    #[must_use]
    pub fn public_key_download_failed() -> Self {
        Self::envelope(424, "Public key download failed")
    }

    /// 429: too many requests. The text is the service's, which sends it plain; here, as all over, it is in JSON,
    /// because clients read every answer as JSON.
    #[must_use]
    pub fn too_many_requests(retry_after_seconds: u64) -> Self {
        Self::envelope(429, format!("Retry in {retry_after_seconds} seconds"))
    }

    /// 500.
    #[must_use]
    pub fn internal() -> Self {
        Self::envelope(500, "upstream internal error")
    }

    /// 503. The text is inferred.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::envelope(503, "service unavailable")
    }

    /// The JSON body.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Envelope<'a> {
            response: Option<()>,
            error: &'a str,
            error_description: &'a str,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            messages: &'a BTreeMap<String, Vec<String>>,
        }
        #[derive(Serialize)]
        struct Gateway<'a> {
            error: &'a str,
        }
        let json = match self.form {
            Form::Envelope => serde_json::to_vec(&Envelope {
                response: None,
                error: &self.error,
                error_description: &self.error_description,
                messages: &self.messages,
            }),
            Form::Gateway => serde_json::to_vec(&Gateway { error: &self.error }),
        };
        // Texts and maps with texts as keys are always JSON; the fallback keeps the answer one, whatever happens.
        json.unwrap_or_else(|_| br#"{"error":"upstream internal error"}"#.to_vec())
    }
}

/// The value of `Alt-Svc` that sends a client to another region. A widely used proxy follows this form and no other,
/// so it names `https` even where a sandbox has none. `None` when `base_url` has no host.
#[must_use]
pub fn alt_svc(base_url: &str) -> Option<String> {
    let (_, rest) = base_url.split_once("://")?;
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    Some(format!("h2=https://{host}"))
}

#[cfg(test)]
mod tests;
