//! What a server is told before it starts: resolved settings, whichever file or flag they came from.

pub mod file;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use fleetgate_protocol::jws::Algorithm;
use fleetgate_protocol::{Region, Scope, ScopeSet};
use fleetgate_store::DatabaseUrl;
use serde::{Deserialize, Serialize};
use url::Url;

/// Everything that `serve` needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Sandbox or production.
    pub mode: Mode,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The public URL, without a trailing slash; `None` in the sandbox, which then takes the listener's own.
    pub base_url: Option<String>,
    /// Where `fleetgate.db`, `requests.db` and `master.key` are kept.
    pub data_dir: PathBuf,
    /// Where state is kept.
    pub database: DatabaseUrl,
    /// How answers differ between the Fleet API's habits and the letter of the RFCs.
    pub dialect: Dialect,
    /// Lifetimes and habits of tokens.
    pub tokens: Tokens,
    /// The regions that are served, and by which names.
    pub regions: Vec<RegionConfig>,
    /// Which region answers under a Host name that no region has.
    pub default_region: Region,
    /// Whether location has a scope of its own.
    pub location_scope: LocationScope,
    /// Whether telemetry configurations are taken without a signature, which the Fleet API refuses.
    pub telemetry_unsigned: bool,
    /// An operator's own scopes.
    pub own_scopes: Vec<OwnScope>,
    /// Certificate and key, when this listener speaks TLS.
    pub tls: Option<Tls>,
    /// Whether requests are written to the request log.
    pub request_log: bool,
    /// Bounds on what one peer may take.
    pub limits: Limits,
    /// Whether the sandbox may be reached from other machines.
    pub expose: bool,
    /// Whether the sandbox keeps clients to the real service's rate limits. Production never does.
    pub rate_limits: RateLimits,
}

/// Whether the sandbox keeps clients to the real service's rate limits and quotas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RateLimits {
    /// As the real service does.
    #[default]
    Real,
    /// Everybody may ask as often as they like.
    Off,
}

impl std::str::FromStr for RateLimits {
    type Err = fleetgate_protocol::UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "real" => Ok(Self::Real),
            "off" => Ok(Self::Off),
            _ => Err(fleetgate_protocol::UnknownName { given: text.to_owned(), known: "`real`, `off`".to_owned() }),
        }
    }
}

/// Sandbox or production. Nothing of the sandbox exists in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `fleetgate dev`.
    Sandbox,
    /// `fleetgate serve`.
    Production,
}

/// The name of a whole dialect, from which single settings may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DialectName {
    /// As the Fleet API behaves.
    #[default]
    FleetApi,
    /// As the RFCs demand.
    Rfc,
}

impl DialectName {
    /// The name as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FleetApi => "fleet-api",
            Self::Rfc => "rfc",
        }
    }
}

impl std::str::FromStr for DialectName {
    type Err = fleetgate_protocol::UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "fleet-api" => Ok(Self::FleetApi),
            "rfc" => Ok(Self::Rfc),
            _ => {
                Err(fleetgate_protocol::UnknownName { given: text.to_owned(), known: "`fleet-api`, `rfc`".to_owned() })
            }
        }
    }
}

/// The settings that a dialect consists of; each can be set alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Error codes, statuses and bodies.
    pub errors: DialectName,
    /// Whether a refresh token is enough, without the client's secret.
    pub refresh_without_secret: bool,
    /// Whether a code challenge without a method means `S256` (or is refused, since RFC 7636 makes it `plain`).
    pub challenge_means_s256: bool,
    /// Whether Basic and body credentials may come together when they agree.
    pub two_credentials: bool,
    /// Whether a refresh that asks for wider scopes is answered with what was granted.
    pub ignore_wider_scope: bool,
    /// Whether access tokens are typed `at+jwt` (RFC 9068) and carry `client_id` and `scope`.
    pub at_jwt: bool,
    /// Whether `aud` names every region, or only the audience that was asked for.
    pub every_audience: bool,
}

impl From<DialectName> for Dialect {
    fn from(name: DialectName) -> Self {
        let fleet_api = name == DialectName::FleetApi;
        Self {
            errors: name,
            refresh_without_secret: fleet_api,
            challenge_means_s256: fleet_api,
            two_credentials: fleet_api,
            ignore_wider_scope: fleet_api,
            at_jwt: !fleet_api,
            every_audience: fleet_api,
        }
    }
}

/// Lifetimes and habits of tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The claim `iss`; the issuer of the metadata unless set.
    pub issuer: Option<String>,
    /// With what new keys sign.
    pub algorithm: Algorithm,
    /// How long a signing key signs before the next one does; without it the first key signs for ever.
    pub key_lifetime: Option<Duration>,
    /// How long an access token is good. 8 hours.
    pub access_lifetime: Duration,
    /// How long a code is good. Two minutes.
    pub code_lifetime: Duration,
    /// How long one generation of a refresh token is good. 90 days.
    pub refresh_lifetime: Duration,
    /// How long a family can live at all; no end unless set.
    pub refresh_absolute_lifetime: Option<Duration>,
    /// How long the token before the newest is answered with the newest again.
    pub refresh_grace: Duration,
    /// Whether a rotation ends the access tokens of the generations before it.
    pub rotation_ends_access: bool,
    /// Whether a new grant ends the older grants of the same person and application.
    pub grant_ends_older: bool,
    /// How far the clocks of issuer and gate may differ.
    pub leeway: Duration,
    /// How long a browser stays signed in.
    pub session_lifetime: Duration,
}

impl Tokens {
    /// The defaults of a mode under a dialect.
    #[must_use]
    pub fn defaults(mode: Mode, dialect: DialectName) -> Self {
        const HOUR: u64 = 60 * 60;
        let sandbox = mode == Mode::Sandbox;
        Self {
            issuer: None,
            algorithm: Algorithm::Rs256,
            key_lifetime: (!sandbox).then_some(Duration::from_secs(90 * 24 * HOUR)),
            access_lifetime: Duration::from_secs(8 * HOUR),
            code_lifetime: Duration::from_secs(120),
            refresh_lifetime: Duration::from_secs(90 * 24 * HOUR),
            refresh_absolute_lifetime: None,
            refresh_grace: match (dialect, sandbox) {
                (DialectName::Rfc, _) => Duration::ZERO,
                (DialectName::FleetApi, true) => Duration::from_secs(24 * HOUR),
                (DialectName::FleetApi, false) => Duration::from_secs(60),
            },
            rotation_ends_access: sandbox,
            grant_ends_older: false,
            leeway: Duration::ZERO,
            session_lifetime: Duration::from_secs(12 * HOUR),
        }
    }
}

/// One region as this server serves it.
#[derive(Debug, Clone)]
pub struct RegionConfig {
    /// Which.
    pub region: Region,
    /// Its own base URL, without a trailing slash; `None` makes one from the server's.
    pub base_url: Option<String>,
    /// Names under which clients ask for it as an audience.
    pub audiences: Vec<String>,
    /// Host names (without port) under which it answers, beside the host of its base URL.
    pub hosts: Vec<String>,
    /// Whether it has an authorization server of its own: an issuer, keys and people that no other region knows.
    pub own_issuer: bool,
    /// Where it answers whatever the Host name is, beside the server's own address.
    pub listen: Option<SocketAddr>,
}

impl RegionConfig {
    /// A region by its own names alone.
    #[must_use]
    pub const fn plain(region: Region) -> Self {
        Self { region, base_url: None, audiences: Vec::new(), hosts: Vec::new(), own_issuer: false, listen: None }
    }

    /// A region by the real service's names. China has an authorization server of its own.
    #[must_use]
    pub fn public(region: Region) -> Self {
        let audience = region.public_base_url().to_owned();
        let host = audience.trim_start_matches("https://").to_owned();
        let authorization_servers = region.public_authorization_servers().iter().map(|host| (*host).to_owned());
        Self {
            hosts: [host, format!("{region}.localhost")].into_iter().chain(authorization_servers).collect(),
            audiences: vec![audience],
            own_issuer: region == Region::Cn,
            ..Self::plain(region)
        }
    }

    /// The region's own base URL: the configured one, the server's for the default region, `{region}.localhost` beside a
    /// loopback one, `{region}.name.localhost` beside `name.localhost`.
    #[must_use]
    pub fn own_base_url(&self, default_region: Region, server: &str) -> String {
        if let Some(url) = &self.base_url {
            return url.trim_end_matches('/').to_owned();
        }
        match Url::parse(server) {
            Ok(url) if self.region != default_region && is_loopback(&url) => {
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                let zone = url.host_str().filter(|host| host.ends_with(".localhost")).unwrap_or("localhost");
                format!("{}://{}.{zone}{port}", url.scheme(), self.region)
            }
            _ => server.to_owned(),
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host_str()
        .is_some_and(|host| matches!(host, "127.0.0.1" | "[::1]" | "localhost") || host.ends_with(".localhost"))
}

/// Whether location is a scope of its own, as since November 2024, or counts under `vehicle_device_data`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LocationScope {
    /// `vehicle_location` is needed.
    #[default]
    Separate,
    /// `vehicle_device_data` is enough.
    Included,
}

/// A scope that an operator adds for an own API.
#[derive(Debug, Clone, Serialize)]
pub struct OwnScope {
    /// The value on the wire.
    pub name: Scope,
    /// The name on the consent page.
    pub title: String,
    /// What it opens.
    pub description: String,
}

/// Checks that scopes are the Fleet API's, or of the `own` ones.
///
/// # Errors
/// A sentence about one that is neither.
pub fn check_scopes(scopes: &ScopeSet, own: &[OwnScope]) -> Result<(), String> {
    let is_own = |name: &Scope| own.iter().any(|own| own.name == *name);
    match scopes.iter().find(|scope| scope.description().is_none() && !is_own(scope)) {
        Some(unknown) => Err(format!("There is no scope `{unknown}`; `[[scopes]]` names scopes of your own.")),
        None => Ok(()),
    }
}

/// Where the certificate and its key are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate chain, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

/// Bounds on what one peer may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How many connections are open at once.
    pub connections: usize,
    /// How long a request's headers may take.
    pub header_time: Duration,
    /// How long a request's body may take, and how long a peer may take nothing of its answer.
    pub body_time: Duration,
    /// How long a connection stays open without a request; over HTTP/1, `header_time` ends it before.
    pub idle_time: Duration,
    /// How long a request may take altogether.
    pub request_time: Duration,
    /// How many bytes a body may have.
    pub body_bytes: usize,
    /// How many requests are worked on at once.
    pub requests: usize,
    /// How long SIGTERM waits for requests that have begun.
    pub drain_time: Duration,
    /// Failed sign-ins that one account may have within the window.
    pub sign_ins: i64,
    /// The window of `sign_ins`.
    pub sign_in_window: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            header_time: Duration::from_secs(10),
            body_time: Duration::from_secs(20),
            idle_time: Duration::from_secs(75),
            request_time: Duration::from_secs(60),
            body_bytes: 1 << 20,
            requests: 1024,
            drain_time: Duration::from_secs(20),
            sign_ins: 10,
            sign_in_window: Duration::from_secs(15 * 60),
        }
    }
}

impl Config {
    /// Whose authorization server people of a region sign in at: that region's own, or (`None`) the one of all others.
    #[must_use]
    pub fn realm_of(&self, region: Region) -> Option<Region> {
        self.regions.iter().any(|known| known.region == region && known.own_issuer).then_some(region)
    }

    /// The sandbox with everything by default, its data in `data_dir`.
    #[must_use]
    pub fn sandbox(listen: SocketAddr, data_dir: PathBuf, dialect: DialectName) -> Self {
        Self {
            mode: Mode::Sandbox,
            listen,
            base_url: None,
            database: DatabaseUrl::Sqlite(data_dir.join("fleetgate.db")),
            data_dir,
            dialect: dialect.into(),
            tokens: Tokens::defaults(Mode::Sandbox, dialect),
            regions: Region::ALL.map(RegionConfig::public).to_vec(),
            default_region: Region::Na,
            location_scope: LocationScope::default(),
            telemetry_unsigned: false,
            own_scopes: Vec::new(),
            tls: None,
            request_log: true,
            limits: Limits::default(),
            expose: false,
            rate_limits: RateLimits::Real,
        }
    }
}
