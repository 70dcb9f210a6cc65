//! What the token endpoint refuses, and how each dialect says it.

use axum::response::Response;
use http::StatusCode;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Serialize;

use crate::authorization_server::client_authentication::ClientError;
use crate::authorization_server::error_text;
use crate::config::DialectName;
use crate::http::{json, set_header};
use crate::keys::KeyError;
use crate::sandbox::limits::Allowance;

/// Why the token endpoint refuses.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The body is of another media type.
    #[error("the body is neither a form nor JSON")]
    MediaType,
    /// The body cannot be read.
    #[error(transparent)]
    Parameters(#[from] fleetgate_protocol::parameters::ParametersError),
    /// A parameter is missing.
    #[error("the parameter '{0}' is missing")]
    Missing(&'static str),
    /// The client is not believed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The client must show its secret for this.
    #[error("the client did not show its secret")]
    SecretNeeded,
    /// A grant type that this server does not know.
    #[error("the grant type is not supported")]
    UnsupportedGrantType,
    /// A grant type that the application may not use.
    #[error("the application may not use {0}")]
    UnauthorizedGrantType(&'static str),
    /// A code that is unknown, spent, expired, or another client's.
    #[error("the code is refused: {0}")]
    Code(&'static str),
    /// The redirect URI is not the one of the authorization request.
    #[error("the redirect_uri is not the one that the code was issued for")]
    RedirectUri,
    /// The verifier is missing or does not fit the challenge, or came without one.
    #[error("the code_verifier is refused: {0}")]
    Verifier(&'static str),
    /// An audience that no region has.
    #[error("the audience is not one of this server's")]
    Audience,
    /// A scope that is malformed, or that the application or the grant does not hold.
    #[error("the scope is refused: {0}")]
    Scope(String),
    /// A refresh token that is refused.
    #[error("the refresh token is refused: {0}")]
    Refresh(RefreshRefusal),
    /// A business consent's code that is refused.
    #[error("the auth_code is refused: {0}")]
    AuthCode(&'static str),
    /// Too many requests of the application, in the sandbox.
    #[error("the application asked too often; it may ask again in {} seconds", .0.reset)]
    TooMany(Allowance),
    /// The store did not do it.
    #[error("store a grant")]
    Store(#[from] fleetgate_store::Error),
    /// A token could not be made.
    #[error("make a token")]
    Key(#[from] KeyError),
}

/// Why a refresh token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefreshRefusal {
    /// Not one of this server's, superseded, replayed, or another client's.
    #[error("it is not valid")]
    Invalid,
    /// Its time is over.
    #[error("it is expired")]
    Expired,
    /// The person took the consent back.
    #[error("the consent was revoked")]
    ConsentRevoked,
    /// The person's account is gone or switched off.
    #[error("the account is disabled")]
    AccountDisabled,
}

/// RFC 6749, section 5.2.
#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    error_description: &'a str,
}

const WRONG_CLIENT: &str = "We don't recognize this client_id and client_secret combination";
const WRONG_AUDIENCE: &str = "The 'audience' parameter is invalid. Include valid audience in the request.";
const WRONG_SCOPE: &str = "The client is not allowed to access the requested resource.";
const LOGIN_AGAIN: &str =
    "The refresh_token is invalid. Generate a new refresh_token by forcing user to re-authenticate.";

impl TokenError {
    /// The answer under a dialect.
    #[must_use]
    pub fn response(&self, dialect: DialectName) -> Response {
        match self {
            Self::Store(error) => tracing::error!(error = error as &dyn std::error::Error, "the token endpoint failed"),
            Self::Key(error) => tracing::error!(error = error as &dyn std::error::Error, "the token endpoint failed"),
            _ => {}
        }
        let (status, error, description) = match dialect {
            DialectName::FleetApi => self.fleet_api(),
            DialectName::Rfc => self.rfc(),
        };
        let mut response = json(status, &Body { error, error_description: &error_text(&description) });
        // RFC 9110, section 15.5.2, and RFC 6749, section 5.2. The Fleet API's own 401 asks for a sign-in instead.
        if error == "invalid_client" {
            set_header(&mut response, WWW_AUTHENTICATE, "Basic realm=\"fleetgate\"");
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            set_header(&mut response, RETRY_AFTER, "1");
        }
        if let Self::TooMany(allowance) = self {
            allowance.tell(&mut response);
        }
        response
    }

    /// The checks of a token request that passed all of them, for the request log.
    pub const PASSED: [&str; 6] = [
        "request: passed",
        "client: passed",
        "grant_type: passed",
        "audience: passed",
        "grant: passed",
        "scope: passed",
    ];

    /// The checks that were made, up to the one that refused; none of them when the server itself failed.
    #[must_use]
    pub fn checks(&self) -> Vec<&'static str> {
        let (passed, refused) = match self {
            Self::MediaType | Self::Parameters(_) | Self::Missing(_) => (0, "request: refused"),
            Self::Client(_) | Self::SecretNeeded => (1, "client: refused"),
            Self::UnsupportedGrantType | Self::UnauthorizedGrantType(_) => (2, "grant_type: refused"),
            Self::Audience => (3, "audience: refused"),
            Self::Code(_) | Self::RedirectUri | Self::Verifier(_) | Self::Refresh(_) | Self::AuthCode(_) => {
                (4, "grant: refused")
            }
            Self::Scope(_) => (5, "scope: refused"),
            Self::TooMany(_) => (1, "rate: refused"),
            Self::Store(_) | Self::Key(_) => return Vec::new(),
        };
        Self::PASSED.into_iter().take(passed).chain([refused]).collect()
    }

    /// As the Fleet API answers.
    fn fleet_api(&self) -> (StatusCode, &'static str, String) {
        let bad = StatusCode::BAD_REQUEST;
        match self {
            Self::Client(ClientError::Wrong | ClientError::Disabled) | Self::SecretNeeded => {
                (bad, "unauthorized_client", WRONG_CLIENT.to_owned())
            }
            Self::Client(ClientError::MalformedBasic) => {
                (bad, "invalid_request", "The Authorization header is not HTTP Basic.".to_owned())
            }
            Self::Code(_) => (bad, "invalid_auth_code", "The code is invalid or expired.".to_owned()),
            Self::RedirectUri => (
                bad,
                "invalid_redirect_url",
                "The 'redirect_uri' is not the one of the authorization request.".to_owned(),
            ),
            Self::Verifier(_) => (bad, "invalid_request", "Invalid code_verifier".to_owned()),
            Self::Audience => (bad, "invalid_audience", WRONG_AUDIENCE.to_owned()),
            Self::Refresh(refusal) => {
                let description = match refusal {
                    RefreshRefusal::Expired => "The refresh_token is expired.",
                    RefreshRefusal::ConsentRevoked => "User revoked the consent.",
                    RefreshRefusal::Invalid => LOGIN_AGAIN,
                    RefreshRefusal::AccountDisabled => "Login required",
                };
                (StatusCode::UNAUTHORIZED, "login_required", description.to_owned())
            }
            _ => self.rfc(),
        }
    }

    /// RFC 6749, section 5.2, and RFC 8707 for the audience.
    fn rfc(&self) -> (StatusCode, &'static str, String) {
        let bad = StatusCode::BAD_REQUEST;
        match self {
            Self::MediaType => (
                bad,
                "invalid_request",
                "The body must be application/x-www-form-urlencoded or application/json.".to_owned(),
            ),
            Self::Parameters(error) => (bad, "invalid_request", error.to_string()),
            Self::Missing(name) => (bad, "invalid_request", format!("The parameter '{name}' is required.")),
            Self::Client(ClientError::Missing) => Self::Missing("client_id").rfc(),
            Self::Client(ClientError::TwoCredentials) => {
                (bad, "invalid_request", "Send the client's credentials in one way only.".to_owned())
            }
            Self::Client(ClientError::MalformedBasic | ClientError::Wrong | ClientError::Disabled)
            | Self::SecretNeeded => (StatusCode::UNAUTHORIZED, "invalid_client", WRONG_CLIENT.to_owned()),
            Self::UnsupportedGrantType => (
                bad,
                "unsupported_grant_type",
                "Use authorization_code, refresh_token or client_credentials.".to_owned(),
            ),
            Self::UnauthorizedGrantType(grant_type) => {
                (bad, "unauthorized_client", format!("This client may not use the grant type {grant_type}."))
            }
            Self::Code(_) => (bad, "invalid_grant", "The code is invalid or expired.".to_owned()),
            Self::RedirectUri => {
                (bad, "invalid_grant", "The redirect_uri is not the one of the authorization request.".to_owned())
            }
            Self::Verifier(_) => (bad, "invalid_grant", "Invalid code_verifier".to_owned()),
            Self::Audience => (bad, "invalid_target", WRONG_AUDIENCE.to_owned()),
            Self::Scope(_) => (bad, "invalid_scope", WRONG_SCOPE.to_owned()),
            Self::Refresh(_) => (bad, "invalid_grant", "The refresh_token is invalid, expired or revoked.".to_owned()),
            Self::AuthCode(_) => (bad, "invalid_grant", "The auth_code is invalid or revoked.".to_owned()),
            Self::Store(fleetgate_store::Error::Busy) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "Too many requests for the same grant; try again.".to_owned(),
            ),
            // No standard has a code for it, and the real service's is not known.
            Self::TooMany(allowance) => (
                StatusCode::TOO_MANY_REQUESTS,
                "temporarily_unavailable",
                format!("Retry in {} seconds", allowance.reset),
            ),
            Self::Store(_) | Self::Key(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Internal server error".to_owned())
            }
        }
    }
}
