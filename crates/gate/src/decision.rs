use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::{Principal, Rejection};

/// What the gate found out about one request, for a request log. It never holds the token.
///
/// The layer puts it into the extensions of the response.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// The name of the operation, as its [`Requirement`](crate::Requirement) has it.
    pub operation: Cow<'static, str>,
    /// Who asked, when the token had a valid signature, even if it was then refused.
    pub principal: Option<Arc<Principal>>,
    /// The checks in the order in which they were made; the last one is the one that refused.
    pub checks: Vec<Check>,
    /// Why the request was refused, in one sentence.
    pub reason: Option<String>,
}

impl Decision {
    /// The application that asked.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.principal.as_deref().map(|principal| principal.client_id.as_str())
    }

    /// For whom it asked.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.principal.as_deref().map(|principal| principal.subject.as_str())
    }

    pub(crate) fn record<T>(&mut self, name: CheckName, outcome: Result<T, Rejection>) -> Result<T, Rejection> {
        self.checks.push(Check { name, passed: outcome.is_ok() });
        outcome
    }

    /// Notes a check that was made after the gate's own. One of the same name counts as made again.
    pub fn note(&mut self, name: CheckName, passed: bool) {
        self.checks.retain(|check| check.name != name);
        self.checks.push(Check { name, passed });
    }

    /// Whether the request was let through.
    #[must_use]
    pub const fn allowed(&self) -> bool {
        self.reason.is_none()
    }
}

/// One check and its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked.
    pub name: CheckName,
    /// Whether it passed.
    pub passed: bool,
}

impl Check {
    /// The check and its outcome in a few words, for a request log.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match (self.name, self.passed) {
            (CheckName::Token, true) => "token: passed",
            (CheckName::Token, false) => "token: refused",
            (CheckName::Registration, true) => "registration: passed",
            (CheckName::Registration, false) => "registration: refused",
            (CheckName::Account, true) => "account: passed",
            (CheckName::Account, false) => "account: refused",
            (CheckName::TokenType, true) => "token_type: passed",
            (CheckName::TokenType, false) => "token_type: refused",
            (CheckName::HomeRegion, true) => "home_region: passed",
            (CheckName::HomeRegion, false) => "home_region: refused",
            (CheckName::Scope, true) => "scope: passed",
            (CheckName::Scope, false) => "scope: refused",
            (CheckName::Rate, true) => "rate: passed",
            (CheckName::Rate, false) => "rate: refused",
            (CheckName::Ownership, true) => "ownership: passed",
            (CheckName::Ownership, false) => "ownership: refused",
            (CheckName::Awake, true) => "awake: passed",
            (CheckName::Awake, false) => "awake: refused",
        }
    }
}

/// A check, in the order in which they are made. The gate makes those up to the scope; the service behind it adds the
/// others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckName {
    /// A token is there, verifies, is for this API, in time and not revoked.
    Token,
    /// The application is registered in the serving region.
    Registration,
    /// Neither application nor account is disabled.
    Account,
    /// The token is of a type that the operation takes.
    TokenType,
    /// The person's home is the serving region.
    HomeRegion,
    /// The token has one of the scopes.
    Scope,
    /// There were not too many calls of late. The gate itself counts none; a service that does notes it here.
    Rate,
    /// The device is there, and the token's account may see it.
    Ownership,
    /// The vehicle is online.
    Awake,
}

impl CheckName {
    /// The name in a request log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Registration => "registration",
            Self::Account => "account",
            Self::TokenType => "token_type",
            Self::HomeRegion => "home_region",
            Self::Scope => "scope",
            Self::Rate => "rate",
            Self::Ownership => "ownership",
            Self::Awake => "awake",
        }
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CheckName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_is_made_again_counts_once_and_last() {
        let mut decision = Decision::default();
        for (name, passed) in [(CheckName::Rate, true), (CheckName::Awake, false), (CheckName::Rate, false)] {
            decision.note(name, passed);
        }
        let noted: Vec<_> = decision.checks.iter().map(|check| check.describe()).collect();
        assert_eq!(noted, ["awake: refused", "rate: refused"]);
    }

    #[test]
    fn a_check_is_described_by_its_name_and_outcome() {
        use CheckName::{Account, Awake, HomeRegion, Ownership, Rate, Registration, Scope, Token, TokenType};
        for name in [Token, Registration, Account, TokenType, HomeRegion, Scope, Rate, Ownership, Awake] {
            assert_eq!(Check { name, passed: true }.describe(), format!("{name}: passed"));
            assert_eq!(Check { name, passed: false }.describe(), format!("{name}: refused"));
        }
    }
}
