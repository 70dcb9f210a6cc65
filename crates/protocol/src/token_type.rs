//! Token types, application kinds and grant types.

use serde::{Deserialize, Serialize};

use crate::names::named;

/// What kind of application a client is.
///
/// Fleet API page: authentication overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationKind {
    /// Closed-source software, or a hobbyist's, that acts for people.
    ThirdParty,
    /// A business, or the application itself.
    Partner,
    /// Publicly distributed software without any secret.
    OpenSource,
}

impl ApplicationKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::ThirdParty, Self::Partner, Self::OpenSource];

    /// The name in configuration, database and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThirdParty => "third_party",
            Self::Partner => "partner",
            Self::OpenSource => "open_source",
        }
    }

    /// The grants that an application of this kind can have; it has all of them unless it is told otherwise.
    #[must_use]
    pub const fn grant_types(self) -> &'static [GrantType] {
        match self {
            Self::ThirdParty => &GrantType::ALL,
            Self::Partner => &[GrantType::ClientCredentials],
            Self::OpenSource => &[GrantType::AuthorizationCode],
        }
    }

    /// Checks the grants that somebody chose for an application of this kind.
    ///
    /// # Errors
    /// The first one that it cannot have.
    pub fn check_grants(self, chosen: &[GrantType]) -> Result<(), ImpossibleGrant> {
        match chosen.iter().find(|grant| !self.grant_types().contains(grant)) {
            Some(grant) => Err(ImpossibleGrant { kind: self, grant: *grant }),
            None => Ok(()),
        }
    }
}

/// A grant that an application of a kind cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an application of the kind `{kind}` cannot have `{grant}`: {}", self.reason())]
pub struct ImpossibleGrant {
    /// The kind.
    pub kind: ApplicationKind,
    /// The grant.
    pub grant: GrantType,
}

impl ImpossibleGrant {
    const fn reason(&self) -> &'static str {
        match self.grant {
            GrantType::AuthorizationCode => "it acts for itself, and for no person",
            GrantType::ClientCredentials => "it has no secret",
        }
    }
}

/// A grant type that an application may use (RFC 6749).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749, section 4.1; it brings `refresh_token` (section 6) with it.
    AuthorizationCode,
    /// RFC 6749, section 4.4.
    ClientCredentials,
}

impl GrantType {
    /// Every grant type.
    pub const ALL: [Self; 2] = [Self::AuthorizationCode, Self::ClientCredentials];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

/// The type of an access token; each is for its own use.
///
/// Fleet API page: authentication overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenType {
    /// An application acting for a person.
    ThirdParty,
    /// The application or business itself.
    Partner,
    /// An open-source application acting for a person.
    OpenSource,
    /// An application acting for a business, by a business consent.
    ThirdPartyBusiness,
}

impl TokenType {
    /// Every token type.
    pub const ALL: [Self; 4] = [Self::ThirdParty, Self::Partner, Self::OpenSource, Self::ThirdPartyBusiness];

    /// The name in the table of operations and in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThirdParty => "third_party",
            Self::Partner => "partner",
            Self::OpenSource => "open_source",
            Self::ThirdPartyBusiness => "third_party_business",
        }
    }

    /// The name in sentences.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ThirdParty => "third-party token",
            Self::Partner => "partner token",
            Self::OpenSource => "open-source token",
            Self::ThirdPartyBusiness => "third-party business token",
        }
    }
}

named!(ApplicationKind);
named!(GrantType);
named!(TokenType);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_wire() {
        assert_eq!(ApplicationKind::ALL.map(ApplicationKind::as_str), ["third_party", "partner", "open_source"]);
        assert_eq!(GrantType::ALL.map(GrantType::as_str), ["authorization_code", "client_credentials"]);
        let types = ["third_party", "partner", "open_source", "third_party_business"];
        assert_eq!(TokenType::ALL.map(TokenType::as_str), types);
        let titles = ["third-party", "partner", "open-source", "third-party business"];
        assert_eq!(TokenType::ALL.map(TokenType::title), titles.map(|title| format!("{title} token")));
    }

    #[test]
    fn a_kind_has_the_grants_that_it_can_have() {
        use ApplicationKind::{OpenSource, Partner, ThirdParty};
        use GrantType::{AuthorizationCode, ClientCredentials};
        for kind in ApplicationKind::ALL {
            assert_eq!(kind.check_grants(kind.grant_types()), Ok(()));
            assert_eq!(kind.check_grants(&[]), Ok(()));
        }
        assert_eq!(ThirdParty.check_grants(&GrantType::ALL), Ok(()));
        let refused = |kind: ApplicationKind, chosen: &[_]| kind.check_grants(chosen).unwrap_err().to_string();
        insta::assert_snapshot!(refused(Partner, &[ClientCredentials, AuthorizationCode]), @"an application of the kind `partner` cannot have `authorization_code`: it acts for itself, and for no person");
        insta::assert_snapshot!(refused(OpenSource, &[ClientCredentials]), @"an application of the kind `open_source` cannot have `client_credentials`: it has no secret");
    }
}
