//! A request that waits for a person.

use fleetgate_store::PendingAuthorization;
use serde::{Deserialize, Serialize};

use super::AuthorizationRequest;
use crate::authorization_server::browser::Browser;
use crate::error::PageError;
use crate::state::State;

/// How long a person has to sign in and decide.
const LIFETIME: i64 = 30 * 60 * 1_000_000;

/// What is stored of a request that waits for a person. The browser carries only its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::authorization_server) struct Pending {
    pub(in crate::authorization_server) request: AuthorizationRequest,
    /// The browser that began it, and alone may finish it.
    browser: String,
    pub(in crate::authorization_server) created_at: i64,
}

impl Pending {
    /// A request that this browser begins now.
    pub(in crate::authorization_server) fn new(
        state: &State,
        browser: &Browser,
        request: AuthorizationRequest,
    ) -> Self {
        Self { request, browser: browser.binding(), created_at: state.now() }
    }

    /// Stores it under an id.
    pub(in crate::authorization_server) async fn keep(&self, state: &State, id: &str) -> Result<(), PageError> {
        let stored = PendingAuthorization {
            id_hash: state.hash(id),
            client_id: self.request.client_id.clone(),
            parameters: serde_json::to_string(self).map_err(PageError::Pending)?,
            account_id: None,
            created_at: self.created_at,
            expires_at: self.created_at + LIFETIME,
        };
        Ok(state.store.insert_pending(&stored).await?)
    }

    /// The stored request of an id, for the browser that began it.
    pub(in crate::authorization_server) async fn of(
        state: &State,
        browser: &Browser,
        id: Option<&str>,
    ) -> Result<(String, Self), PageError> {
        let id = id.ok_or(PageError::Gone)?;
        let row = state.store.pending(&state.hash(id), state.now()).await?.ok_or(PageError::Gone)?;
        let pending: Self = serde_json::from_str(&row.parameters).map_err(PageError::Pending)?;
        if pending.browser != browser.binding() {
            return Err(PageError::OtherBrowser);
        }
        Ok((id.to_owned(), pending))
    }
}
