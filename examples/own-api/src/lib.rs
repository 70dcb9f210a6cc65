//! An API of one's own behind Fleetgate: two operations on chargers, each with a scope that the Fleet API does not know.
//!
//! It reads the metadata of a running Fleetgate, follows its keys, and checks tokens without asking it again.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use fleetgate_gate::{
    FetchFailed, Gate, GateConfig, KeyFollower, KeyRing, KeySource, Keys, Permit, Requirement, Serving, SystemClock,
};
use fleetgate_protocol::jws::JwkSet;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};

/// What this service wants to know from the metadata.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
    /// Only where tokens carry another `iss` than the metadata's.
    access_token_issuer: Option<String>,
}

#[derive(Debug)]
struct KeySetUrl {
    http: reqwest::Client,
    url: String,
}

impl KeySource for KeySetUrl {
    fn fetch(&self) -> BoxFuture<'_, Result<JwkSet, FetchFailed>> {
        let answer = async { self.http.get(&self.url).send().await?.error_for_status()?.json().await };
        answer.map(|set| set.map_err(|error: reqwest::Error| FetchFailed(error.into()))).boxed()
    }
}

/// The service, for tokens that the Fleetgate with this issuer gives out.
///
/// # Errors
/// When the metadata or the key set cannot be read, or the metadata names another issuer (RFC 8414, section 3.3).
pub async fn app(issuer: &str) -> Result<Router, Box<dyn Error + Send + Sync>> {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
    let metadata = http.get(format!("{issuer}/.well-known/openid-configuration")).send().await?.error_for_status()?;
    let metadata: Metadata = metadata.json().await?;
    if metadata.issuer != issuer {
        return Err(format!("the metadata names the issuer `{}` instead of `{issuer}`", metadata.issuer).into());
    }
    // Every token of a Fleetgate has its base URL in `aud`.
    let audience = issuer.strip_suffix("/oauth2/v3/thirdparty").unwrap_or(issuer);
    let keys = KeySetUrl { http, url: metadata.jwks_uri };
    let ring = Arc::new(KeyRing::new(Keys::from_jwk_set(&keys.fetch().await?)));
    let config = GateConfig::new(metadata.access_token_issuer.unwrap_or(metadata.issuer));
    let gate = Gate::new(config, Serving::without_regions(audience), ring, Arc::new(SystemClock));
    let gate = Arc::new(gate.following(KeyFollower::new(keys)));
    let list = Requirement::any_of("list_chargers", ["charger_data".parse()?]);
    let start = Requirement::any_of("start_charger", ["charger_cmds".parse()?]);
    Ok(Router::new()
        .route("/chargers", get(list_chargers).layer(gate.layer(list)))
        .route("/chargers/{charger}/start", post(start_charger).layer(gate.layer(start)))
        .fallback(async || (StatusCode::NOT_FOUND, Json(json!({ "error": "not_found" })))))
}

async fn list_chargers(Extension(permit): Extension<Permit>) -> Json<Value> {
    Json(json!({ "owner": permit.principal().subject, "chargers": ["carport", "yard"] }))
}

async fn start_charger(Extension(permit): Extension<Permit>, Path(charger): Path<String>) -> Json<Value> {
    Json(json!({ "charger": charger, "started_by": permit.principal().client_id }))
}

#[cfg(test)]
mod tests;
