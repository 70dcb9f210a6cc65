//! What can go wrong.

use std::fmt;
use std::str::FromStr;

use fleetgate_protocol::operations::Device;
use serde::{Deserialize, Serialize};

use super::Place;

/// Declares the kinds, each with its name, what it does, and where.
macro_rules! kinds {
    ($($(#[$meta:meta])* $variant:ident = $name:literal, $happens:ident;)+) => {
        /// What happens to a request.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(into = "&'static str", try_from = "String")]
        pub enum Kind {
            $($(#[$meta])* $variant),+
        }

        impl Kind {
            /// Every kind, in the order of `docs/faults.md`.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name by which it is asked for.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            const fn happens(self) -> Happens {
                match self {
                    $(Self::$variant => Happens::$happens),+
                }
            }
        }
    };
}

/// Where a kind of fault can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Happens {
    /// To any request of the API or the authorization server.
    Anywhere,
    /// To calls of the API.
    Api,
    /// To calls of the API about a device.
    Device,
    /// To calls of the API about a vehicle.
    Vehicle,
    /// To calls of the API, and when a refresh token is shown.
    ApiAndRefresh,
    /// When a refresh token is shown.
    Refresh,
}

kinds! {
    /// 401: the access token has expired.
    ExpiredToken = "expired_token", Api;
    /// 401: the access token is none.
    InvalidToken = "invalid_token", Api;
    /// 401: the person of the token is not known.
    UnknownUser = "unknown_user", Api;
    /// 401: the consent is taken back, by mistake: nobody did it. At the token endpoint, `login_required`.
    ConsentRevoked = "consent_revoked", ApiAndRefresh;
    /// 401: `login_required` for a refresh token that is good.
    LoginRequired = "login_required", Refresh;
    /// 401: remote access to the vehicle is off.
    MobileAccessDisabled = "mobile_access_disabled", Vehicle;
    /// 403: the account is disabled for `EXCEEDED_LIMIT`.
    AccountDisabled = "account_disabled", Api;
    /// 403: the token lacks the operation's scopes.
    MissingScopes = "missing_scopes", Api;
    /// 403 with a page in HTML, as a web application firewall sends it.
    Firewall = "firewall", Anywhere;
    /// 408: the device is offline or asleep.
    DeviceOffline = "device_offline", Device;
    /// 412: the application is not registered in the region.
    NotRegistered = "not_registered", Api;
    /// 421: the person's home is another region.
    OutOfRegion = "out_of_region", Api;
    /// 424: the public key cannot be fetched.
    KeyDownloadFailed = "key_download_failed", Api;
    /// 429: too many requests; wait for so many seconds.
    RateLimited = "rate_limited", Anywhere;
    /// 500.
    ServerError = "server_error", Anywhere;
    /// 503.
    Unavailable = "unavailable", Anywhere;
    /// 504.
    GatewayTimeout = "gateway_timeout", Anywhere;
    /// 540: the device answers what nobody expects.
    DeviceError = "device_error", Device;
    /// The answer comes so many seconds late.
    Latency = "latency", Anywhere;
    /// The body of the answer takes so many seconds.
    SlowBody = "slow_body", Anywhere;
    /// The connection is cut before anything is done.
    CutConnection = "cut_connection", Anywhere;
    /// Everything is done, and then the connection is cut: the answer is lost.
    LostAnswer = "lost_answer", Anywhere;
    /// Another process of the application shows the same refresh token first.
    RacingRefresh = "racing_refresh", Refresh;
}

impl Kind {
    /// Whether it can happen to requests for this.
    pub(super) fn happens_to(self, place: Place) -> bool {
        let happens = self.happens();
        match place {
            // The gate is not asked about what is public, and neither are faults.
            Place::Api(row) if row.is_public() => false,
            Place::Api(row) => match happens {
                Happens::Anywhere | Happens::Api | Happens::ApiAndRefresh => true,
                Happens::Device => row.device.is_some(),
                Happens::Vehicle => matches!(row.device, Some(Device::Vehicle | Device::OnlineVehicle)),
                Happens::Refresh => false,
            },
            Place::AuthorizationServer(name) => match happens {
                Happens::Anywhere => true,
                Happens::Refresh | Happens::ApiAndRefresh => name == super::authorization_server::TOKEN,
                Happens::Api | Happens::Device | Happens::Vehicle => false,
            },
        }
    }

    /// Whether it happens there to refresh tokens alone.
    pub(super) fn needs_refresh_token(self, place: Place) -> bool {
        let of_refreshes = matches!(self.happens(), Happens::Refresh | Happens::ApiAndRefresh);
        of_refreshes && matches!(place, Place::AuthorizationServer(_))
    }

    /// Whether it has a length of time, and the longest in seconds.
    pub(super) const fn longest_seconds(self) -> Option<f64> {
        match self {
            Self::RateLimited => Some(86_400.0),
            Self::Latency | Self::SlowBody => Some(600.0),
            _ => None,
        }
    }

    /// How long it takes unless told, in seconds.
    pub(super) const fn usual_seconds(self) -> f64 {
        match self {
            Self::RateLimited => 60.0,
            Self::Latency | Self::SlowBody => 5.0,
            _ => 0.0,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Kind> for &'static str {
    fn from(kind: Kind) -> Self {
        kind.as_str()
    }
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().copied().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|kind| format!("`{kind}`")).collect();
            format!("`{text}` is no kind of fault; there are {}", known.join(", "))
        })
    }
}
