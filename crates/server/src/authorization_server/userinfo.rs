//! The user-info endpoint (OpenID Connect Core, section 5.3).

use std::sync::Arc;

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_gate::Requirement;
use fleetgate_protocol::{Scope, TokenType};
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde::Serialize;

use super::token::TokenError;
use crate::http::{Received, empty, json, set_header};
use crate::state::Shared;

/// What is told about a person. Name and address come with `user_data` only.
#[derive(Serialize)]
struct UserInfo {
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
}

/// `GET|POST /oauth2/v3/userinfo` with a person's token that holds `openid`.
pub(super) async fn userinfo(Extract(state): Extract<Shared>, received: Received) -> Response {
    let requirement = Requirement::any_of("userinfo", [Scope::OPENID])
        .token_types(vec![TokenType::ThirdParty, TokenType::OpenSource]);
    let mut parts = received.parts;
    parts.extensions.insert(Arc::clone(&state.addresses.whole));
    let (outcome, decision) = state.gate.check(&parts, &requirement);
    let mut response = match outcome {
        Ok(Some(permit)) => match state.store.account(&permit.principal().subject).await {
            Ok(Some(account)) if account.disabled_at.is_none() => {
                let profile = permit.has(&Scope::USER_DATA);
                json(
                    StatusCode::OK,
                    &UserInfo {
                        sub: account.id,
                        email: profile.then_some(account.email),
                        name: profile.then_some(account.full_name),
                        picture: profile.then_some(account.profile_image_url),
                        locale: profile.then_some(account.locale),
                    },
                )
            }
            Ok(_) => {
                let mut response = json(StatusCode::UNAUTHORIZED, &serde_json::json!({"error": "invalid_token"}));
                set_header(&mut response, WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
                response
            }
            Err(error) => TokenError::from(error).response(state.config.dialect.errors),
        },
        Ok(None) => empty(StatusCode::UNAUTHORIZED),
        Err(rejection) => state.gate.respond(&rejection).map(axum::body::Body::from),
    };
    response.extensions_mut().insert(decision);
    response
}
