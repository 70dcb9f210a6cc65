//! Scopes and sets of scopes.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::TokenType;

/// One scope: a name of printable ASCII without space, `"` and `\` (RFC 6749, section 3.3).
///
/// The names of the Fleet API are constants; an operator may add own ones.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope(Cow<'static, str>);

/// Who may hold a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Only a token that acts for a person.
    Person,
    /// Any token.
    Anyone,
    /// Only a partner token.
    Partner,
    /// Only a token of a business: partner or third-party business.
    Business,
}

impl Holder {
    /// Whether a token of this type may hold the scope: the one place that says so.
    #[must_use]
    pub const fn admits(self, token_type: TokenType) -> bool {
        match self {
            Self::Anyone => true,
            Self::Person => matches!(token_type, TokenType::ThirdParty | TokenType::OpenSource),
            Self::Partner => matches!(token_type, TokenType::Partner),
            Self::Business => matches!(token_type, TokenType::Partner | TokenType::ThirdPartyBusiness),
        }
    }
}

/// What the documentation says of a scope.
#[derive(Clone, Copy, Debug)]
pub struct ScopeDescription {
    /// The value on the wire.
    pub name: &'static str,
    /// The name on the consent page.
    pub title: &'static str,
    /// What it opens.
    pub description: &'static str,
    /// Who may hold it.
    pub holder: Holder,
}

/// The scopes of the Fleet API in the order of its documentation: the seed's eight, then the later ones.
pub const SCOPES: [ScopeDescription; 12] = [
    ScopeDescription {
        name: "openid",
        title: "Sign in with Tesla",
        description: "Allow Tesla customers to sign in to the application with their Tesla credentials.",
        holder: Holder::Anyone,
    },
    ScopeDescription {
        name: "offline_access",
        title: "Refresh Tokens",
        description: "Allow getting a refresh token without needing user to log in again.",
        holder: Holder::Person,
    },
    ScopeDescription {
        name: "user_data",
        title: "Profile Information",
        description: "Contact information, home address, profile picture, and referral information.",
        holder: Holder::Anyone,
    },
    ScopeDescription {
        name: "vehicle_device_data",
        title: "Vehicle Information",
        description: "Vehicle live data, location, eligible upgrades, nearby superchargers, ownership, and service scheduling data.",
        holder: Holder::Anyone,
    },
    ScopeDescription {
        name: "vehicle_cmds",
        title: "Vehicle Commands",
        description: "Commands like add/remove driver, access Live Camera, unlock, wake up, remote start, and schedule software updates.",
        holder: Holder::Anyone,
    },
    ScopeDescription {
        name: "vehicle_charging_cmds",
        title: "Vehicle Charging Management",
        description: "Vehicle charging history, billed amount, charging location, commands to schedule, and start/stop charging.",
        holder: Holder::Anyone,
    },
    ScopeDescription {
        name: "energy_device_data",
        title: "Energy Product Information",
        description: "Energy live status, site info, backup history, energy history, and charge history.",
        holder: Holder::Anyone,
    },
    ScopeDescription {
        name: "energy_cmds",
        title: "Energy Product Settings",
        description: "Update settings like backup reserve percent, operation mode, and storm mode.",
        holder: Holder::Anyone,
    },
    ScopeDescription {
        name: "vehicle_location",
        title: "Vehicle Location",
        description: "Where a vehicle is, precisely or roughly.",
        holder: Holder::Anyone,
    },
    ScopeDescription {
        name: "vehicle_specs",
        title: "Vehicle Specs",
        description: "Detailed specifications of any vehicle, without its owner's authorization.",
        holder: Holder::Partner,
    },
    ScopeDescription {
        name: "vehicle_pricing_info",
        title: "Vehicle Pricing Information",
        description: "Options, fees and specifications for each market and model.",
        holder: Holder::Partner,
    },
    ScopeDescription {
        name: "enterprise_management",
        title: "Enterprise Management",
        description: "Functions for businesses that manage their vehicles.",
        holder: Holder::Business,
    },
];

macro_rules! scope_constants {
    ($($constant:ident = $name:literal),* $(,)?) => {
        impl Scope {
            $(#[doc = concat!("`", $name, "`.")] pub const $constant: Self = Self(Cow::Borrowed($name));)*
        }
    };
}

scope_constants! {
    OPENID = "openid",
    OFFLINE_ACCESS = "offline_access",
    USER_DATA = "user_data",
    VEHICLE_DEVICE_DATA = "vehicle_device_data",
    VEHICLE_LOCATION = "vehicle_location",
    VEHICLE_CMDS = "vehicle_cmds",
    VEHICLE_CHARGING_CMDS = "vehicle_charging_cmds",
    VEHICLE_SPECS = "vehicle_specs",
    VEHICLE_PRICING_INFO = "vehicle_pricing_info",
    ENERGY_DEVICE_DATA = "energy_device_data",
    ENERGY_CMDS = "energy_cmds",
    ENTERPRISE_MANAGEMENT = "enterprise_management",
}

impl Scope {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the documentation says of this scope; `None` for an operator's own.
    #[must_use]
    pub fn description(&self) -> Option<&'static ScopeDescription> {
        SCOPES.iter().find(|known| known.name == self.0)
    }

    /// Who may hold this scope. An operator's own may be held by anyone.
    #[must_use]
    pub fn holder(&self) -> Holder {
        self.description().map_or(Holder::Anyone, |known| known.holder)
    }

    fn rank(&self) -> usize {
        SCOPES.iter().position(|known| known.name == self.0).unwrap_or(SCOPES.len())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no scope, or no list of scopes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a scope is printable ASCII without space, `\"` and `\\`; several are separated by one space")]
pub struct InvalidScope;

impl FromStr for Scope {
    type Err = InvalidScope;

    /// RFC 6749, section 3.3: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`, here at most 128 characters.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        if text.is_empty() || text.len() > 128 || !text.bytes().all(allowed) {
            return Err(InvalidScope);
        }
        let known = SCOPES.iter().find(|known| known.name == text);
        Ok(Self(known.map_or_else(|| Cow::Owned(text.to_owned()), |known| Cow::Borrowed(known.name))))
    }
}

/// A set of scopes, kept in the order of the documentation (own scopes last, by name).
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ScopeSet(Vec<Scope>);

impl ScopeSet {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a scope; adding one twice changes nothing.
    pub fn insert(&mut self, scope: Scope) {
        let key = |scope: &Scope| (scope.rank(), scope.clone());
        if let Err(place) = self.0.binary_search_by(|probe| key(probe).cmp(&key(&scope))) {
            self.0.insert(place, scope);
        }
    }

    /// Whether the set holds `scope`.
    #[must_use]
    pub fn contains(&self, scope: &Scope) -> bool {
        self.0.contains(scope)
    }

    /// Whether every scope of `self` is in `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().all(|scope| other.contains(scope))
    }

    /// The scopes that both sets hold.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.filter(|scope| other.contains(scope))
    }

    /// The scopes that only `self` holds.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.filter(|scope| !other.contains(scope))
    }

    /// The scopes that at least one of the sets holds.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).cloned().collect()
    }

    /// The scopes for which `keep` is true.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&Scope) -> bool) -> Self {
        Self(self.0.iter().filter(|scope| keep(scope)).cloned().collect())
    }

    /// The scopes that a token of this type may hold.
    #[must_use]
    pub fn for_token(&self, token_type: TokenType) -> Self {
        self.filter(|scope| scope.holder().admits(token_type))
    }

    /// The scopes in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Scope> {
        self.0.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a> IntoIterator for &'a ScopeSet {
    type Item = &'a Scope;
    type IntoIter = std::slice::Iter<'a, Scope>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let mut set = Self::new();
        for scope in scopes {
            set.insert(scope);
        }
        set
    }
}

impl fmt::Display for ScopeSet {
    /// RFC 6749, section 3.3: separated by one space.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl FromStr for ScopeSet {
    type Err = InvalidScope;

    /// RFC 6749, section 3.3; more than one space between scopes is tolerated, the empty text is the empty set.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split(' ').filter(|part| !part.is_empty()).map(str::parse).collect()
    }
}

impl Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for ScopeSet {
    /// A list of names, as in the claim `scp`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Scope>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
