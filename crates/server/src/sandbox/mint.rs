//! Tokens without a browser, through the very code of the flow: the consent is made, a code is issued and exchanged. What
//! a person with a browser could not get, nobody gets here.

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State as Extract;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::{ApplicationKind, GrantType, ScopeSet};
use fleetgate_store::{Account, AccountKind, Application};
use form_urlencoded::Serializer;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::describe_people;
use super::refusal::Refused;
use super::world::{DescribeError, secret_of};
use crate::authorization_server::authorization_request::{AuthorizationRequest, RequestError, grantable};
use crate::authorization_server::authorization_response::{Decision, grant};
use crate::authorization_server::token::{self, TokenError, TokenResponse};
use crate::http::{Received, json};
use crate::layers::Logged;
use crate::state::{Shared, State};

/// Why a token is not made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// No such application.
    #[error("There is no application `{0}`; `fleetgate world` lists them.")]
    UnknownApplication(String),
    /// No such account.
    #[error("There is no account `{0}`; `fleetgate world` lists them.")]
    UnknownAccount(String),
    /// There is nobody who could consent.
    #[error("This world has no person who could consent; add one to its seed.")]
    Nobody,
    /// The account cannot sign in.
    #[error("The account `{0}` is disabled; nobody could sign in with it.")]
    DisabledAccount(String),
    /// The account is no person's.
    #[error(
        "The account `{0}` is a business's, which does not sign in; it consents by `POST /sandbox/business-consents`."
    )]
    Business(String),
    /// The account belongs to another authorization server.
    #[error("The account `{0}` signs in at another authorization server; ask at the sandbox's own base URL.")]
    SignsInElsewhere(String),
    /// The application acts for itself only.
    #[error(
        "The application `{0}` has no `authorization_code`, so that nobody can consent to it; leave the account out."
    )]
    ActsForItself(String),
    /// The application has no redirect URI.
    #[error("The application `{0}` has no redirect URI, so that no code could reach it.")]
    NoRedirectUri(String),
    /// The application's secret is not kept.
    #[error("The secret of the application `{0}` is not kept here; use the token endpoint.")]
    NoSecret(String),
    /// The text is no list of scopes.
    #[error("`{0}` is no list of scopes; separate them by spaces.")]
    MalformedScope(String),
    /// A person would not be asked for these scopes.
    #[error("A person cannot grant `{missing}` to the application `{application}`, so that no token can have it.")]
    NotGrantable {
        /// The scopes.
        missing: ScopeSet,
        /// The application.
        application: String,
    },
    /// The authorization endpoint refuses.
    #[error("The authorization endpoint refuses: {}", .0.description)]
    Authorization(RequestError),
    /// The token endpoint refuses.
    #[error("The token endpoint refuses: {0}.")]
    Token(#[from] TokenError),
    /// There is no world.
    #[error(transparent)]
    World(#[from] DescribeError),
    /// The store failed.
    #[error("The database failed.")]
    Store(#[from] fleetgate_store::Error),
}

impl From<MintError> for Refused {
    fn from(error: MintError) -> Self {
        match error {
            MintError::UnknownApplication(_) | MintError::UnknownAccount(_) => {
                Self::new(StatusCode::NOT_FOUND, "not_found", error.to_string())
            }
            MintError::Store(cause) | MintError::Token(TokenError::Store(cause)) => cause.into(),
            MintError::World(cause) => cause.into(),
            MintError::Token(TokenError::Key(cause)) => Self::failed(&cause),
            _ => Self::invalid(error.to_string()),
        }
    }
}

/// The body of `POST /sandbox/tokens`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenOrder {
    application: String,
    account: Option<String>,
    scope: Option<String>,
}

/// `POST /sandbox/tokens`.
pub(super) async fn tokens(Extract(state): Extract<Shared>, received: Received) -> Result<Response, Refused> {
    let order: TokenOrder = body(&received, "{\"application\": …, \"account\": …, \"scope\": …}")?;
    let tokens = mint(&state, &order.application, order.account.as_deref(), order.scope.as_deref()).await?;
    let mut response = json(StatusCode::OK, &tokens);
    *Logged::of(&mut response) = Logged {
        operation: Some("mint_token"),
        application: Some(tokens.client_id),
        subject: Some(tokens.subject),
        ..Logged::default()
    };
    Ok(response)
}

/// Reads a JSON body; the complaint names what is wrong with it.
pub(super) fn body<'b, T: Deserialize<'b>>(received: &'b Received, shape: &str) -> Result<T, Refused> {
    // A list would be taken for the members of an object in their order.
    if received.body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Refused::invalid(format!("The body is no JSON object; send `{shape}`.")));
    }
    serde_json::from_slice(&received.body)
        .map_err(|error| Refused::invalid(format!("The body cannot be read ({error}); send `{shape}`.")))
}

/// Makes a token as the full flow would.
///
/// An application that can act for a person does so, for the demo account unless another is named; one that cannot gets a
/// partner token. Without `scope`, the token has everything that can be granted.
///
/// # Errors
/// What the flow would have refused.
pub async fn mint(
    state: &State,
    application: &str,
    account: Option<&str>,
    scope: Option<&str>,
) -> Result<TokenResponse, MintError> {
    state.directory.follow(&state.store).await?;
    let found = state.directory.application_named(application);
    let application = found.ok_or_else(|| MintError::UnknownApplication(application.to_owned()))?;
    if !application.grant_types.contains(&GrantType::AuthorizationCode) {
        return match account {
            Some(_) => Err(MintError::ActsForItself(application.name.clone())),
            None => for_itself(state, &application, scope).await,
        };
    }
    let account = match account {
        Some(email) => {
            state.store.account_by_email(email).await?.ok_or_else(|| MintError::UnknownAccount(email.to_owned()))?
        }
        None => demo_account(state).await?,
    };
    if account.disabled_at.is_some() {
        return Err(MintError::DisabledAccount(account.email));
    }
    if account.kind == AccountKind::Business {
        return Err(MintError::Business(account.email));
    }
    // Who signs in at a region's own authorization server gets its token there.
    let home = state.home_of(account.region).ok_or(MintError::SignsInElsewhere(account.email.clone()))?;
    for_person(home, &application, &account, scope).await
}

async fn demo_account(state: &State) -> Result<Account, MintError> {
    let world = describe_people(state).await?;
    let demo = world.demo_account().ok_or(MintError::Nobody)?;
    state.store.account_by_email(&demo.email).await?.ok_or_else(|| MintError::UnknownAccount(demo.email.clone()))
}

/// `client_credentials`, as the application itself would ask.
async fn for_itself(state: &State, application: &Application, scope: Option<&str>) -> Result<TokenResponse, MintError> {
    let secret = secret(state, application)?;
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", application.client_id.as_str()),
        ("audience", state.addresses.base_url.as_str()),
        ("client_secret", secret.as_str()),
    ];
    form.extend(scope.map(|scope| ("scope", scope)));
    Ok(token::answer(state, &HeaderMap::new(), &parameters(&form)).await?)
}

/// Consent, code, exchange.
async fn for_person(
    state: &State,
    application: &Application,
    account: &Account,
    scope: Option<&str>,
) -> Result<TokenResponse, MintError> {
    let redirect_uri =
        application.redirect_uris.first().ok_or_else(|| MintError::NoRedirectUri(application.name.clone()))?;
    let verifier = state.entropy.hex::<32>();
    let request = request(state, application, redirect_uri, scope, &challenge(&verifier))?;
    let decision = Decision {
        request: &request,
        account,
        scopes: &request.scopes,
        asked: true,
        auth_time: state.now(),
        amr: &["pwd".to_owned()],
        pending: None,
    };
    let code = grant(state, decision).await?.unwrap_or_default();
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", application.client_id.as_str()),
        ("redirect_uri", redirect_uri.as_str()),
        ("code", code.as_str()),
        ("code_verifier", verifier.as_str()),
    ];
    let secret = match application.kind {
        ApplicationKind::OpenSource => None,
        _ => Some(secret(state, application)?),
    };
    form.extend(secret.as_deref().map(|secret| ("client_secret", secret)));
    Ok(token::answer(state, &HeaderMap::new(), &parameters(&form)).await?)
}

/// The authorization request that such an application would send; PKCE is always part of it.
fn request(
    state: &State,
    application: &Application,
    redirect_uri: &str,
    scope: Option<&str>,
    challenge: &str,
) -> Result<AuthorizationRequest, MintError> {
    let offered = grantable(&application.scopes);
    let scopes = match scope {
        None => offered.to_string(),
        Some(text) => {
            let asked: ScopeSet = text.parse().map_err(|_| MintError::MalformedScope(text.to_owned()))?;
            let missing = asked.difference(&offered);
            if !missing.is_empty() {
                return Err(MintError::NotGrantable { missing, application: application.name.clone() });
            }
            asked.to_string()
        }
    };
    let form = [
        ("response_type", "code"),
        ("client_id", application.client_id.as_str()),
        ("redirect_uri", redirect_uri),
        ("scope", scopes.as_str()),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ];
    AuthorizationRequest::read(&parameters(&form), application, redirect_uri, state.config.dialect)
        .map_err(MintError::Authorization)
}

fn secret(state: &State, application: &Application) -> Result<String, MintError> {
    secret_of(application, &state.master).ok_or_else(|| MintError::NoSecret(application.name.clone()))
}

/// RFC 7636, section 4.2.
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

fn parameters(form: &[(&str, &str)]) -> Parameters {
    let text = Serializer::new(String::new()).extend_pairs(form).finish();
    // A text with control characters in it is no parameter: what it was meant for is then missing.
    Parameters::from_form(text.as_bytes()).unwrap_or_default()
}
