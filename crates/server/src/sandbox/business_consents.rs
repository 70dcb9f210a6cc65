//! What the administrator of a business does by hand elsewhere: allow an application to act for the business.

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::{GrantType, ScopeSet, TokenType};
use fleetgate_store::{Account, AccountKind, Application, BusinessConsent, GrantKind, NewGrant};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::mint::{MintError, body};
use super::refusal::Refused;
use crate::http::{Received, json as json_answer};
use crate::state::{Shared, State};

/// The body of `POST /sandbox/business-consents`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentOrder {
    application: String,
    business: Option<String>,
    scope: Option<String>,
}

/// `POST /sandbox/business-consents`: answers with the code that the application sends as `auth_code`.
pub(super) async fn create(Extract(state): Extract<Shared>, received: Received) -> Result<Response, Refused> {
    let order: ConsentOrder = body(&received, "{\"application\": …, \"business\": …, \"scope\": …}")?;
    state.directory.follow(&state.store).await?;
    let found = state.directory.application_named(&order.application);
    let application = found.ok_or(MintError::UnknownApplication(order.application))?;
    if !application.grant_types.contains(&GrantType::ClientCredentials) {
        let description = format!(
            "The application `{}` has no `client_credentials`, with which it would use the consent.",
            application.name
        );
        return Err(Refused::invalid(description));
    }
    let business = business(&state, order.business.as_deref()).await?;
    let scopes = scopes(&application, order.scope.as_deref())?;
    let auth_code = format!("{}_{}", business.region.ou_code(), state.entropy.hex::<30>());
    let home = state.home_of(business.region).ok_or(MintError::SignsInElsewhere(business.email.clone()))?;
    consent(home, &application, &business, scopes, &auth_code).await?;
    Ok(json_answer(StatusCode::OK, &json!({ "auth_code": auth_code })))
}

/// The business of an e-mail address, or the first one that there is.
async fn business(state: &State, email: Option<&str>) -> Result<Account, Refused> {
    let account = match email {
        Some(email) => state.store.account_by_email(email).await?.ok_or(MintError::UnknownAccount(email.to_owned()))?,
        None => {
            let mut all = super::describe_people(state).await?.accounts.into_iter();
            loop {
                let Some(next) = all.next() else {
                    return Err(Refused::invalid("This world has no business; name one with `business`."));
                };
                match state.store.account_by_email(&next.email).await? {
                    Some(account) if account.kind == AccountKind::Business => break account,
                    _ => {}
                }
            }
        }
    };
    match account {
        Account { kind: AccountKind::Person, .. } => {
            Err(Refused::invalid(format!("The account `{}` is a person's; a business is needed.", account.email)))
        }
        Account { disabled_at: Some(_), .. } => {
            Err(Refused::invalid(format!("The account `{}` is disabled.", account.email)))
        }
        business => Ok(business),
    }
}

/// The scopes that a business can grant to the application, or those of them that were asked for.
fn scopes(application: &Application, asked: Option<&str>) -> Result<ScopeSet, Refused> {
    let held = application.scopes.for_token(TokenType::ThirdPartyBusiness);
    let Some(text) = asked else { return Ok(held) };
    let asked: ScopeSet = text.parse().map_err(|_| MintError::MalformedScope(text.to_owned()))?;
    if asked.is_empty() {
        return Err(Refused::invalid("The `scope` is empty; leave it out for everything that can be granted."));
    }
    let missing = asked.difference(&held);
    if missing.is_empty() {
        return Ok(asked);
    }
    let name = &application.name;
    Err(Refused::invalid(format!(
        "A business cannot grant `{missing}` to the application `{name}`: it holds `{held}`."
    )))
}

async fn consent(
    state: &State,
    application: &Application,
    business: &Account,
    scopes: ScopeSet,
    auth_code: &str,
) -> Result<(), Refused> {
    let now = state.now();
    let grant = NewGrant {
        id: state.entropy.uuid(),
        kind: GrantKind::Business,
        client_id: application.client_id.clone(),
        account_id: Some(business.id.clone()),
        region: business.region,
        scopes: scopes.clone(),
        refreshable: false,
        mac_key_id: 0,
        auth_time: None,
        amr: Vec::new(),
        locale: None,
        audience: None,
        created_at: now,
        generation_expires_at: None,
        absolute_expires_at: None,
        end_older: false,
    };
    let consent = BusinessConsent {
        code_hash: state.hash(auth_code),
        client_id: application.client_id.clone(),
        business_account_id: business.id.clone(),
        scopes,
        grant_id: grant.id.clone(),
        created_at: now,
        revoked_at: None,
    };
    Ok(state.store.insert_business_consent(&consent, &grant).await?)
}
