//! The regions of the Fleet API.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A region of the Fleet API. People live in one, applications register in each that they serve.
///
/// Fleet API page: base URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// North America and Asia-Pacific without China.
    Na,
    /// Europe, the Middle East and Africa.
    Eu,
    /// China.
    Cn,
}

impl Region {
    /// Every region.
    pub const ALL: [Self; 3] = [Self::Na, Self::Eu, Self::Cn];

    /// The name in answers of the API: `na`, `eu` or `cn`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Na => "na",
            Self::Eu => "eu",
            Self::Cn => "cn",
        }
    }

    /// The name in the claim `ou_code` and in front of codes and refresh tokens: `NA`, `EU` or `CN`.
    #[must_use]
    pub const fn ou_code(self) -> &'static str {
        match self {
            Self::Na => "NA",
            Self::Eu => "EU",
            Self::Cn => "CN",
        }
    }

    /// The host names of the real service's authorization servers in this region. North America and Europe share theirs,
    /// which stand with the first.
    #[must_use]
    pub const fn public_authorization_servers(self) -> &'static [&'static str] {
        match self {
            Self::Na => &["auth.tesla.com", "fleet-auth.prd.vn.cloud.tesla.com"],
            Self::Eu => &[],
            Self::Cn => &["auth.tesla.cn"],
        }
    }

    /// The base URL of the real service in this region, which its clients also send as an audience.
    #[must_use]
    pub const fn public_base_url(self) -> &'static str {
        match self {
            Self::Na => "https://fleet-api.prd.na.vn.cloud.tesla.com",
            Self::Eu => "https://fleet-api.prd.eu.vn.cloud.tesla.com",
            Self::Cn => "https://fleet-api.prd.cn.vn.cloud.tesla.cn",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no region; the regions are `na`, `eu` and `cn`")]
pub struct UnknownRegion(pub String);

impl FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|region| region.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownRegion(text.to_owned()))
    }
}
