use std::sync::Arc;

use bytes::Bytes;
use fleetgate_protocol::clock::Clock;
use http::Response;
use http::request::Parts;

use crate::cache::Cache;
use crate::verify::{Verified, verify};
use crate::{
    CheckName, Decision, Dialect, GateLayer, InvalidToken, KeyFollower, KeyRing, NoRegistry, Permit, Principal,
    Registry, Rejection, Requirement, RevocationView, Serving, bearer, render,
};

/// How a gate behaves.
#[derive(Clone, Debug)]
pub struct GateConfig {
    /// The claim `iss` of every token; compared octet by octet.
    pub issuer: String,
    /// How refusals look.
    pub dialect: Dialect,
    /// Whether `typ` may also be `JWT`, as in the Fleet API's own tokens; otherwise it must be `at+jwt` (RFC 9068).
    pub accept_plain_jwt: bool,
    /// Whether refusals carry the whole reason in [`REASON_HEADER`](crate::REASON_HEADER). For a sandbox.
    pub reveal_reasons: bool,
    /// How far the clock of the issuer may be off, in microseconds. It prolongs tokens by as much, so it is zero where
    /// gate and issuer share a clock, and at most a minute or two elsewhere.
    pub leeway: i64,
    /// How many verified tokens are kept.
    pub cached_tokens: usize,
    /// The longest token that is looked at, in octets; more than 8 KiB never are.
    pub max_token_length: usize,
}

impl GateConfig {
    /// The Fleet API's dialect, no leeway, reasons kept to the log.
    #[must_use]
    pub fn new(issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            dialect: Dialect::FleetApi,
            accept_plain_jwt: true,
            reveal_reasons: false,
            leeway: 0,
            cached_tokens: 64 * 1024,
            max_token_length: fleetgate_protocol::jws::MAX_LENGTH,
        }
    }
}

/// Checks bearer tokens. Make one, keep it in an [`Arc`], and make a layer of it for each route.
#[derive(Debug)]
pub struct Gate {
    config: GateConfig,
    serving: Arc<Serving>,
    keys: Arc<KeyRing>,
    clock: Arc<dyn Clock>,
    registry: Arc<dyn Registry>,
    revocations: Arc<RevocationView>,
    follower: Option<KeyFollower>,
    cache: Cache,
}

impl Gate {
    /// A gate for which every application is registered and nothing is revoked. `serving` is for requests that bring
    /// no `Arc<Serving>` of their own in their extensions.
    #[must_use]
    pub fn new(
        config: GateConfig,
        serving: impl Into<Arc<Serving>>,
        keys: Arc<KeyRing>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            cache: Cache::new(config.cached_tokens),
            config,
            serving: serving.into(),
            keys,
            clock,
            registry: Arc::new(NoRegistry),
            revocations: Arc::default(),
            follower: None,
        }
    }

    /// Asks about applications and accounts.
    #[must_use]
    pub fn with_registry(mut self, registry: Arc<dyn Registry>) -> Self {
        self.registry = registry;
        self
    }

    /// Looks at what was ended before its time.
    #[must_use]
    pub fn with_revocations(mut self, revocations: Arc<RevocationView>) -> Self {
        self.revocations = revocations;
        self
    }

    /// Follows the keys of a running authorization server.
    #[must_use]
    pub fn following(mut self, follower: KeyFollower) -> Self {
        self.follower = Some(follower);
        self
    }

    /// A layer that lets through what meets the requirement.
    #[must_use]
    pub fn layer(self: &Arc<Self>, requirement: impl Into<Requirement>) -> GateLayer {
        GateLayer::new(Arc::clone(self), requirement.into())
    }

    /// Checks one request. A public operation needs no permit and gets none.
    ///
    /// The order of the checks is the order in which the Fleet API refuses.
    pub fn check(&self, parts: &Parts, requirement: &Requirement) -> (Result<Option<Permit>, Rejection>, Decision) {
        let mut decision = Decision { operation: requirement.operation.clone(), ..Decision::default() };
        if requirement.token_types.is_empty() {
            return (Ok(None), decision);
        }
        let outcome = self.decide(parts, requirement, &mut decision);
        decision.reason = outcome.as_ref().err().map(Rejection::reason);
        (outcome.map(Some), decision)
    }

    /// The same, and fetches the keys anew when the token names an unknown one and the gate follows a server.
    pub async fn check_following(
        &self,
        parts: &Parts,
        requirement: &Requirement,
    ) -> (Result<Option<Permit>, Rejection>, Decision) {
        let seen = self.keys.current();
        let checked = self.check(parts, requirement);
        let Some(follower) = &self.follower else { return checked };
        let now = self.clock.now();
        let unknown_key = matches!(checked.0, Err(Rejection::InvalidToken(InvalidToken::UnknownKey)));
        if (unknown_key || follower.is_stale(now)) && follower.refresh(&self.keys, &seen, now, unknown_key).await {
            return self.check(parts, requirement);
        }
        checked
    }

    /// The answer to a request that was refused.
    #[must_use]
    pub fn respond(&self, rejection: &Rejection) -> Response<Bytes> {
        render::response(rejection, self.config.dialect, self.config.reveal_reasons)
    }

    fn decide(&self, parts: &Parts, needed: &Requirement, decision: &mut Decision) -> Result<Permit, Rejection> {
        let serving = parts.extensions.get::<Arc<Serving>>().unwrap_or(&self.serving);
        let authenticated = self.authenticate(parts, needed, serving, decision);
        let principal = decision.record(CheckName::Token, authenticated)?;
        if let Some(region) = serving.region.filter(|_| needed.registration && !principal.open_source) {
            let registered = self.registry.registered(&principal.client_id, region);
            decision.record(
                CheckName::Registration,
                ensure(registered, || Rejection::NotRegistered {
                    client_id: principal.client_id.clone(),
                    base_url: serving.base_url.clone(),
                    documentation_url: serving.documentation_url.clone(),
                }),
            )?;
        }
        let disabled = self.registry.disabled(&principal.client_id, principal.account_id.as_deref());
        decision.record(CheckName::Account, disabled.map_or(Ok(()), |why| Err(Rejection::Disabled(why))))?;
        let right_type = needed.token_types.contains(&principal.token_type);
        decision.record(
            CheckName::TokenType,
            ensure(right_type, || Rejection::TokenType {
                needed: needed.token_types.to_vec(),
                shown: principal.token_type,
                answer: needed.wrong_token_type.clone(),
            }),
        )?;
        let asks_home = needed.home_region && principal.is_person();
        let home = asks_home.then(|| self.registry.home_region(&principal.subject).or(principal.region)).flatten();
        if let (Some(region), Some(home)) = (serving.region, home) {
            decision.record(
                CheckName::HomeRegion,
                ensure(home == region, || Rejection::OutOfRegion {
                    home,
                    base_url: serving.region_urls.get(home).to_owned(),
                    documentation_url: serving.documentation_url.clone(),
                }),
            )?;
        }
        if !needed.scopes_any.is_empty() {
            let has_one = needed.scopes_any.iter().any(|scope| principal.scopes.contains(scope));
            decision.record(
                CheckName::Scope,
                ensure(has_one, || Rejection::MissingScope {
                    needed: needed.scopes_any.to_vec(),
                    shown: principal.scopes.clone(),
                }),
            )?;
        }
        Ok(Permit::new(principal))
    }

    fn authenticate(
        &self,
        parts: &Parts,
        needed: &Requirement,
        serving: &Serving,
        decision: &mut Decision,
    ) -> Result<Arc<Principal>, Rejection> {
        let token = bearer::token(parts, self.config.max_token_length, &needed.token_types)?;
        let keys = self.keys.current();
        let fingerprint = Cache::fingerprint(token);
        let kept = self.cache.get(&fingerprint, &keys);
        let fresh = kept.is_none();
        let verified: Arc<Verified> = match kept {
            Some(verified) => verified,
            None => Arc::new(verify(token, &keys, &self.config)?),
        };
        decision.principal = Some(Arc::clone(&verified.principal));
        verified.check(self.clock.now(), self.config.leeway, serving, &self.revocations)?;
        let principal = Arc::clone(&verified.principal);
        if fresh {
            self.cache.insert(fingerprint, verified, keys);
        }
        Ok(principal)
    }
}

fn ensure(condition: bool, otherwise: impl FnOnce() -> Rejection) -> Result<(), Rejection> {
    if condition { Ok(()) } else { Err(otherwise()) }
}

#[cfg(test)]
mod tests;
