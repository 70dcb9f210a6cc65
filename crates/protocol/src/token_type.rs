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
