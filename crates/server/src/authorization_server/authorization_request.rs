//! The authorization request: parsed, checked, and kept while a person decides.

mod decide;
mod pending;

use fleetgate_protocol::claims::to_wire_json;
use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::pkce::CodeChallenge;
use fleetgate_protocol::{ApplicationKind, GrantType, Scope, ScopeSet, TokenType};
use fleetgate_store::Application;
use serde::{Deserialize, Serialize};

pub use self::decide::{Step, decide};
pub(super) use self::pending::Pending;
use crate::config::Dialect;

/// A checked authorization request (RFC 6749, section 4.1.1, with PKCE, OpenID Connect and the Fleet API's own
/// parameters). It is stored; the browser carries only its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The client.
    pub client_id: String,
    /// Where the answer goes; proven to be registered.
    pub redirect_uri: String,
    /// What the application may ask of a person, of what it asked.
    pub scopes: ScopeSet,
    /// Echoed.
    pub state: Option<String>,
    /// For the tokens.
    pub nonce: Option<String>,
    /// PKCE, method `S256`.
    pub code_challenge: Option<String>,
    /// The only audience that its tokens may have (RFC 8707, section 2.1).
    pub audience: Option<String>,
    /// Language and country, echoed.
    pub locale: Option<String>,
    /// The e-mail address to start with (OpenID Connect Core, section 3.1.2.1).
    pub login_hint: Option<String>,
    /// Whether to sign in, consent, or ask nothing at all.
    pub prompt: Prompt,
    /// How many seconds old a sign-in may be.
    pub max_age: Option<i64>,
    /// Whether to ask for scopes that a remembered consent lacks.
    pub prompt_missing_scopes: bool,
    /// Whether it is all or nothing.
    pub require_requested_scopes: bool,
    /// Whether to say that pairing a key comes next.
    pub show_keypair_step: bool,
}

/// `prompt` (OpenID Connect Core, section 3.1.2.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Ask nothing; fail instead.
    pub none: bool,
    /// Sign in even if signed in.
    pub login: bool,
    /// Ask for consent even if it was given.
    pub consent: bool,
}

/// Why a request is answered with an error at the redirect URI (RFC 6749, section 4.1.2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError {
    /// The code on the wire.
    pub error: &'static str,
    /// A sentence for the developer.
    pub description: String,
}

impl RequestError {
    /// An error with its description.
    #[must_use]
    pub fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: description.into() }
    }
}

fn invalid(description: impl Into<String>) -> RequestError {
    RequestError::new("invalid_request", description)
}

/// What is kept or sent back as it came, and the bytes that each may have.
const ECHOED: [&str; 4] = ["state", "nonce", "login_hint", "scope"];
pub(super) const LONGEST: usize = 4096;
/// The bytes that a nonce may take in a token, where characters beyond a few plain ones take six.
const LONGEST_NONCE: usize = 2048;

/// Scopes of OpenID Connect that clients ask for and that open nothing here.
const IGNORED: [&str; 3] = ["email", "profile", "metadata"];

impl AuthorizationRequest {
    /// Reads a request whose client and redirect URI are proven.
    ///
    /// # Errors
    /// What is wrong, for the redirect URI.
    pub fn read(
        parameters: &Parameters,
        application: &Application,
        redirect_uri: &str,
        dialect: Dialect,
    ) -> Result<Self, RequestError> {
        if ECHOED.iter().any(|name| parameters.get(name).is_some_and(|value| value.len() > LONGEST)) {
            return Err(invalid(format!("A parameter is longer than {LONGEST} bytes.")));
        }
        for (name, error) in [("request", "request_not_supported"), ("request_uri", "request_uri_not_supported")] {
            if parameters.get(name).is_some() {
                return Err(RequestError::new(error, format!("The parameter '{name}' is not supported.")));
            }
        }
        match parameters.get("response_type") {
            Some("code") => {}
            None => return Err(invalid("The parameter 'response_type' is required.")),
            Some(_) => return Err(RequestError::new("unsupported_response_type", "Use response_type=code.")),
        }
        if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
            return Err(invalid("Use response_mode=query."));
        }
        if !application.grant_types.contains(&GrantType::AuthorizationCode) {
            return Err(RequestError::new("unauthorized_client", "This client may not use authorization_code."));
        }
        let max_age = match parameters.get("max_age").map(str::parse) {
            None => None,
            Some(Ok(seconds)) if seconds >= 0 => Some(seconds),
            Some(_) => return Err(invalid("The parameter 'max_age' is a number of seconds.")),
        };
        Ok(Self {
            client_id: application.client_id.clone(),
            redirect_uri: redirect_uri.to_owned(),
            scopes: scopes(parameters, application)?,
            state: parameters.get("state").map(str::to_owned),
            nonce: nonce(parameters)?,
            code_challenge: challenge(parameters, application.kind, dialect)?,
            audience: audience(parameters, dialect)?,
            locale: locale(parameters),
            login_hint: parameters.get("login_hint").map(str::to_owned),
            prompt: prompt(parameters.get("prompt"))?,
            max_age,
            prompt_missing_scopes: parameters.flag("prompt_missing_scopes"),
            require_requested_scopes: parameters.flag("require_requested_scopes"),
            show_keypair_step: parameters.flag("show_keypair_step"),
        })
    }
}

/// The scopes that a person can grant to this application, of those that were asked for. Others are not offered.
fn scopes(parameters: &Parameters, application: &Application) -> Result<ScopeSet, RequestError> {
    let text = parameters.get("scope").ok_or_else(|| invalid("The parameter 'scope' is required."))?;
    let asked: ScopeSet = text
        .parse()
        .map_err(|error: fleetgate_protocol::InvalidScope| RequestError::new("invalid_scope", error.to_string()))?;
    let offered = grantable(&application.scopes).intersection(&asked);
    let all_ignored = asked.iter().all(|scope| IGNORED.contains(&scope.as_str()));
    if offered.is_empty() {
        let description = if all_ignored {
            "None of the scopes opens anything; ask for openid or for one of the Fleet API's scopes."
        } else {
            "The application does not have any of the requested scopes."
        };
        return Err(RequestError::new("invalid_scope", description));
    }
    Ok(offered)
}

/// The scopes of an application that a person can grant, `offline_access` among them: no application needs to be given
/// that one to ask for it.
#[must_use]
pub fn grantable(held: &ScopeSet) -> ScopeSet {
    let mut scopes = held.for_token(TokenType::ThirdParty);
    scopes.insert(Scope::OFFLINE_ACCESS);
    scopes
}

/// A nonce that leaves the access token, which holds it too, within what this server takes.
fn nonce(parameters: &Parameters) -> Result<Option<String>, RequestError> {
    let Some(nonce) = parameters.get("nonce") else { return Ok(None) };
    let written = to_wire_json(&nonce).map_or(usize::MAX, |json| json.len());
    if written > LONGEST_NONCE {
        return Err(invalid(format!("The parameter 'nonce' is longer than {LONGEST_NONCE} bytes in a token.")));
    }
    Ok(Some(nonce.to_owned()))
}

/// The resource that the tokens will be for (RFC 8707, section 2.1), or the `audience` that clients of the Fleet API send.
/// Where every token has every audience, neither means anything.
fn audience(parameters: &Parameters, dialect: Dialect) -> Result<Option<String>, RequestError> {
    let (audience, resource) = (parameters.get("audience"), parameters.get("resource"));
    let Some(asked) = resource.or(audience).filter(|_| !dialect.every_audience) else { return Ok(None) };
    if audience.is_some_and(|audience| audience != asked) {
        return Err(RequestError::new("invalid_target", "The parameters 'audience' and 'resource' differ."));
    }
    Ok(Some(asked.trim_end_matches('/').to_owned()))
}

/// PKCE (RFC 7636): `S256` only, and mandatory for open-source applications.
fn challenge(parameters: &Parameters, kind: ApplicationKind, dialect: Dialect) -> Result<Option<String>, RequestError> {
    let method = parameters.get("code_challenge_method");
    let Some(challenge) = parameters.get("code_challenge") else {
        return match (kind, method) {
            (ApplicationKind::OpenSource, _) => Err(invalid("An open-source application must send a code_challenge.")),
            (_, Some(_)) => Err(invalid("A code_challenge_method came without a code_challenge.")),
            (_, None) => Ok(None),
        };
    };
    match method {
        Some("S256") => {}
        None if dialect.challenge_means_s256 => {}
        _ => return Err(invalid("Use code_challenge_method=S256.")),
    }
    CodeChallenge::parse(challenge).map_err(|error| invalid(error.to_string()))?;
    Ok(Some(challenge.to_owned()))
}

fn prompt(text: Option<&str>) -> Result<Prompt, RequestError> {
    let mut prompt = Prompt::default();
    for word in text.unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            "login" | "select_account" => prompt.login = true,
            "consent" => prompt.consent = true,
            _ => return Err(invalid("The parameter 'prompt' knows none, login, consent and select_account.")),
        }
    }
    if prompt.none && (prompt.login || prompt.consent) {
        return Err(invalid("prompt=none allows nothing beside it."));
    }
    Ok(prompt)
}

/// A locale such as `en-US`; anything else is as if it had not been sent.
fn locale(parameters: &Parameters) -> Option<String> {
    let text = parameters.get("locale").or_else(|| parameters.get("ui_locales")?.split(' ').next())?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    ((2..=16).contains(&text.len()) && text.bytes().all(allowed)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
