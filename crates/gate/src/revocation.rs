use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::Principal;

/// What was ended before its time. It is in memory and asked on every request; something else keeps it up to date.
///
/// `until` is when no token that it concerns can be alive any more, in microseconds since the Unix epoch.
#[derive(Debug, Default)]
pub struct RevocationView {
    /// Most of the time nothing is revoked, and then nobody waits for the lock.
    any: AtomicBool,
    entries: RwLock<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    grants: HashMap<String, (GrantEnd, i64)>,
    tokens: HashMap<String, i64>,
    generations: HashMap<String, (i64, i64)>,
}

/// Why a grant ended; the API answers differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantEnd {
    /// The person took the consent back.
    ConsentRevoked,
    /// Anything else: a replay, a sign-out, a disabled account.
    Ended,
}

/// How a token was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// With its whole grant.
    Grant(GrantEnd),
    /// Alone.
    Token,
    /// Because its grant was refreshed.
    Generation,
}

impl RevocationView {
    /// Ends every token of a grant.
    pub fn revoke_grant(&self, grant_id: &str, end: GrantEnd, until: i64) {
        self.change(|entries| {
            let entry = entries.grants.entry(grant_id.to_owned()).or_insert((end, until));
            *entry = (end, entry.1.max(until));
        });
    }

    /// Ends one token.
    pub fn revoke_token(&self, jti: &str, until: i64) {
        self.change(|entries| {
            let entry = entries.tokens.entry(jti.to_owned()).or_insert(until);
            *entry = until.max(*entry);
        });
    }

    /// Ends the tokens of a grant that are older than this generation.
    pub fn end_generations_below(&self, grant_id: &str, generation: i64, until: i64) {
        self.change(|entries| {
            let entry = entries.generations.entry(grant_id.to_owned()).or_insert((generation, until));
            *entry = (generation.max(entry.0), until.max(entry.1));
        });
    }

    /// Whether, and how, the principal's token was ended.
    #[must_use]
    pub fn is_revoked(&self, principal: &Principal) -> Option<Revoked> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((end, _)) = entries.grants.get(principal.grant_id()) {
            return Some(Revoked::Grant(*end));
        }
        if entries.tokens.contains_key(principal.jti.as_str()) {
            return Some(Revoked::Token);
        }
        let newest = entries.generations.get(principal.grant_id()).map(|(generation, _)| *generation);
        newest.is_some_and(|newest| principal.generation() < newest).then_some(Revoked::Generation)
    }

    /// Forgets what concerns no living token any more.
    pub fn purge(&self, now: i64) {
        self.change(|entries| {
            entries.grants.retain(|_, (_, until)| *until > now);
            entries.tokens.retain(|_, until| *until > now);
            entries.generations.retain(|_, (_, until)| *until > now);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Entries)) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut entries);
        let any = !(entries.grants.is_empty() && entries.tokens.is_empty() && entries.generations.is_empty());
        self.any.store(any, Ordering::Release);
    }
}

#[cfg(test)]
mod tests;
