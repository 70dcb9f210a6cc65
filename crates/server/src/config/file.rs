//! The operator's `fleetgate.toml`. `docs/configuration.md` describes every key; a test compares the two.

pub(crate) mod human;
pub mod located;
mod regions;
pub(crate) mod scopes;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use fleetgate_protocol::Region;
use fleetgate_protocol::jws::Algorithm;
use fleetgate_store::DatabaseUrl;
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use self::human::{Count, HumanDuration, Lasting, LongDuration};
use self::located::{LocatedError, Source};
use self::regions::{RegionSettings, regions};
use self::scopes::{ScopeSettings, own_scopes};
use super::{Config, Dialect, DialectName, Limits, LocationScope, Mode, RateLimits, Tls, Tokens};
use crate::spelling::{public_url, sentence};

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("The configuration `{file}` cannot be read.")]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// Something in it is wrong.
    #[error(transparent)]
    Located(#[from] LocatedError),
    /// An environment variable is wrong.
    #[error("The environment variable `{name}` cannot be used: {problem}")]
    Environment {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Neither file nor environment names the public URL.
    #[error("`{file}`: `base_url` is missing; it is the public URL under which clients reach this server.")]
    NoBaseUrl {
        /// The file.
        file: String,
    },
}

/// In seconds.
const MINUTE: u64 = 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    base_url: Option<Spanned<String>>,
    listen: Option<SocketAddr>,
    data_dir: Option<PathBuf>,
    database: Option<Spanned<String>>,
    #[serde(default)]
    dialect: DialectName,
    #[serde(default)]
    dialect_settings: DialectSettings,
    token_issuer: Option<Spanned<String>>,
    #[serde(default)]
    tokens: TokenSettings,
    regions: Option<Vec<RegionSettings>>,
    default_region: Option<Spanned<Region>>,
    #[serde(default)]
    location_scope: LocationScope,
    #[serde(default)]
    telemetry_unsigned: bool,
    #[serde(default)]
    scopes: Vec<ScopeSettings>,
    tls: Option<Tls>,
    request_log: Option<bool>,
    #[serde(default)]
    limits: LimitSettings,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DialectSettings {
    errors: Option<DialectName>,
    refresh_without_secret: Option<bool>,
    challenge_means_s256: Option<bool>,
    two_credentials: Option<bool>,
    ignore_wider_scope: Option<bool>,
    at_jwt: Option<bool>,
    every_audience: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenSettings {
    algorithm: Option<Algorithm>,
    key_lifetime: Option<Lasting>,
    access_lifetime: Option<LongDuration>,
    code_lifetime: Option<LongDuration<{ 10 * MINUTE }>>,
    refresh_lifetime: Option<LongDuration>,
    refresh_absolute_lifetime: Option<Lasting>,
    refresh_grace: Option<HumanDuration<{ 24 * 60 * MINUTE }>>,
    rotation_ends_access: Option<bool>,
    grant_ends_older: Option<bool>,
    leeway: Option<HumanDuration<{ 2 * MINUTE }>>,
    session_lifetime: Option<LongDuration>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitSettings {
    connections: Option<Count<1_000_000>>,
    header_time: Option<LongDuration>,
    body_time: Option<LongDuration>,
    idle_time: Option<LongDuration>,
    request_time: Option<LongDuration>,
    body_bytes: Option<Count<{ 64 << 20 }>>,
    requests: Option<Count<1_000_000>>,
    drain_time: Option<HumanDuration>,
    sign_ins: Option<Count<100_000>>,
    sign_in_window: Option<LongDuration>,
}

/// Reads the configuration of a production server. The environment (`FLEETGATE_BASE_URL`, `FLEETGATE_LISTEN`,
/// `FLEETGATE_DATABASE`) comes before the file; relative paths begin at the file.
///
/// # Errors
/// [`ConfigError`]; what is wrong in the file has its line.
pub fn read(path: &Path, environment: impl Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    let file = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { file: file.clone(), source })?;
    let directory = path.parent().unwrap_or(Path::new(""));
    parse(Source { file: &file, text: &text }, directory, environment)
}

/// As [`read`], from a text whose relative paths begin at `directory`.
///
/// # Errors
/// As [`read`].
pub fn parse(
    source: Source<'_>,
    directory: &Path,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Config, ConfigError> {
    let file: File = source.read()?;
    let data_dir = directory.join(file.data_dir.as_deref().unwrap_or(Path::new("/var/lib/fleetgate")));
    let base_url = base_url(source, file.base_url, &environment)?;
    let (regions, default_region) = regions(source, file.regions, file.default_region, &base_url)?;
    Ok(Config {
        mode: Mode::Production,
        listen: listen(file.listen, &environment)?,
        base_url: Some(base_url),
        database: database(source, file.database, directory, &data_dir, &environment)?,
        data_dir,
        dialect: file.dialect_settings.over(file.dialect.into()),
        tokens: file.tokens.over(
            &Tokens::defaults(Mode::Production, file.dialect),
            file.token_issuer.map(|given| token_issuer(source, &given)).transpose()?,
        ),
        regions,
        default_region,
        location_scope: file.location_scope,
        telemetry_unsigned: file.telemetry_unsigned,
        own_scopes: own_scopes(source, file.scopes)?,
        tls: file.tls.map(|tls| Tls { certificate: directory.join(tls.certificate), key: directory.join(tls.key) }),
        request_log: file.request_log.unwrap_or(true),
        limits: file.limits.over(&Limits::default()),
        expose: false,
        rate_limits: RateLimits::Off,
    })
}

fn base_url(
    source: Source<'_>,
    given: Option<Spanned<String>>,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<String, ConfigError> {
    const NAME: &str = "FLEETGATE_BASE_URL";
    if let Some(text) = environment(NAME) {
        return public_url(&text).map_err(|problem| ConfigError::Environment { name: NAME, problem });
    }
    let given = given.ok_or_else(|| ConfigError::NoBaseUrl { file: source.file.to_owned() })?;
    Ok(public_url(given.get_ref()).map_err(|problem| source.complain(&given.span(), "base_url", problem))?)
}

fn listen(given: Option<SocketAddr>, environment: &impl Fn(&str) -> Option<String>) -> Result<SocketAddr, ConfigError> {
    const NAME: &str = "FLEETGATE_LISTEN";
    match environment(NAME) {
        Some(text) => text.parse().map_err(|_| {
            let problem = format!("`{text}` is no address and port, such as `127.0.0.1:8080`.");
            ConfigError::Environment { name: NAME, problem }
        }),
        None => Ok(given.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)))),
    }
}

fn database(
    source: Source<'_>,
    given: Option<Spanned<String>>,
    directory: &Path,
    data_dir: &Path,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<DatabaseUrl, ConfigError> {
    const NAME: &str = "FLEETGATE_DATABASE";
    let parse = |text: &str| text.parse::<DatabaseUrl>().map_err(|error| sentence(&error));
    let url = match (environment(NAME), given) {
        (Some(text), _) => parse(&text).map_err(|problem| ConfigError::Environment { name: NAME, problem })?,
        (None, Some(given)) => {
            parse(given.get_ref()).map_err(|problem| source.complain(&given.span(), "database", problem))?
        }
        (None, None) => return Ok(DatabaseUrl::Sqlite(data_dir.join("fleetgate.db"))),
    };
    Ok(url.below(directory))
}

/// The claim `iss`, as it is written: clients compare it letter by letter.
fn token_issuer(source: Source<'_>, given: &Spanned<String>) -> Result<String, LocatedError> {
    check_name(source, given, "token_issuer").map(|()| given.get_ref().clone())
}

/// Checks a URL that stands in tokens as a name: nobody fetches it, but clients compare it, and a widely used one reads
/// tokens only when they hold neither `>`, `?` and `~` nor anything beyond ASCII.
fn check_name(source: Source<'_>, given: &Spanned<String>, key: &str) -> Result<(), LocatedError> {
    let text = given.get_ref();
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b">?~".contains(&byte));
    if plain && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Ok(());
    }
    let problem = format!("`{text}` is no URL that can stand in tokens; write it as `https://fleet.example.com`.");
    Err(source.complain(&given.span(), key, problem))
}

impl DialectSettings {
    fn over(self, dialect: Dialect) -> Dialect {
        Dialect {
            errors: self.errors.unwrap_or(dialect.errors),
            refresh_without_secret: self.refresh_without_secret.unwrap_or(dialect.refresh_without_secret),
            challenge_means_s256: self.challenge_means_s256.unwrap_or(dialect.challenge_means_s256),
            two_credentials: self.two_credentials.unwrap_or(dialect.two_credentials),
            ignore_wider_scope: self.ignore_wider_scope.unwrap_or(dialect.ignore_wider_scope),
            at_jwt: self.at_jwt.unwrap_or(dialect.at_jwt),
            every_audience: self.every_audience.unwrap_or(dialect.every_audience),
        }
    }
}

impl TokenSettings {
    fn over(self, tokens: &Tokens, issuer: Option<String>) -> Tokens {
        Tokens {
            issuer,
            algorithm: self.algorithm.unwrap_or(tokens.algorithm),
            key_lifetime: self.key_lifetime.map_or(tokens.key_lifetime, Into::into),
            access_lifetime: self.access_lifetime.map_or(tokens.access_lifetime, Into::into),
            code_lifetime: self.code_lifetime.map_or(tokens.code_lifetime, Into::into),
            refresh_lifetime: self.refresh_lifetime.map_or(tokens.refresh_lifetime, Into::into),
            refresh_absolute_lifetime: self
                .refresh_absolute_lifetime
                .map_or(tokens.refresh_absolute_lifetime, Into::into),
            refresh_grace: self.refresh_grace.map_or(tokens.refresh_grace, Into::into),
            rotation_ends_access: self.rotation_ends_access.unwrap_or(tokens.rotation_ends_access),
            grant_ends_older: self.grant_ends_older.unwrap_or(tokens.grant_ends_older),
            leeway: self.leeway.map_or(tokens.leeway, Into::into),
            session_lifetime: self.session_lifetime.map_or(tokens.session_lifetime, Into::into),
        }
    }
}

impl LimitSettings {
    fn over(self, limits: &Limits) -> Limits {
        Limits {
            connections: self.connections.map_or(limits.connections, |count| count.0),
            header_time: self.header_time.map_or(limits.header_time, Into::into),
            body_time: self.body_time.map_or(limits.body_time, Into::into),
            idle_time: self.idle_time.map_or(limits.idle_time, Into::into),
            request_time: self.request_time.map_or(limits.request_time, Into::into),
            body_bytes: self.body_bytes.map_or(limits.body_bytes, |count| count.0),
            requests: self.requests.map_or(limits.requests, |count| count.0),
            drain_time: self.drain_time.map_or(limits.drain_time, Into::into),
            sign_ins: self.sign_ins.map_or(limits.sign_ins, |count| i64::try_from(count.0).unwrap_or(i64::MAX)),
            sign_in_window: self.sign_in_window.map_or(limits.sign_in_window, Into::into),
        }
    }
}

#[cfg(test)]
mod tests;
