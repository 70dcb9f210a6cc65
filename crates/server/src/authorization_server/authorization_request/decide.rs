//! What comes next for an authorization request: a pure decision.

use fleetgate_protocol::ScopeSet;

use super::{AuthorizationRequest, RequestError};

/// The next step of an authorization request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The person signs in.
    SignIn,
    /// The person decides, scope by scope.
    Consent,
    /// A remembered consent is enough, for these scopes.
    Grant(ScopeSet),
    /// The application gets an error.
    Refuse(RequestError),
}

/// Decides what comes next.
///
/// `created_at` is when the request arrived, `auth_time` when the person signed in (both in microseconds), `granted`
/// the remembered consent of this person to this application.
#[must_use]
pub fn decide(
    request: &AuthorizationRequest,
    created_at: i64,
    auth_time: Option<i64>,
    granted: Option<&ScopeSet>,
    now: i64,
) -> Step {
    let fresh_enough = |auth_time: i64| {
        let young = request.max_age.is_none_or(|age| auth_time.saturating_add(age.saturating_mul(1_000_000)) >= now);
        // A sign-in since the request arrived meets any demand for a new one.
        auth_time >= created_at || young && !request.prompt.login
    };
    if !auth_time.is_some_and(fresh_enough) {
        return if request.prompt.none {
            Step::Refuse(RequestError::new("login_required", "The person is not signed in."))
        } else {
            Step::SignIn
        };
    }
    if let Some(granted) = granted.filter(|_| !request.prompt.consent) {
        let missing = !request.scopes.is_subset(granted);
        let ask = missing && (request.prompt_missing_scopes || request.require_requested_scopes);
        let scopes = request.scopes.intersection(granted);
        if !ask && !scopes.is_empty() {
            return Step::Grant(scopes);
        }
    }
    if request.prompt.none {
        return Step::Refuse(RequestError::new("consent_required", "The person has not consented to this."));
    }
    Step::Consent
}

#[cfg(test)]
mod tests;
