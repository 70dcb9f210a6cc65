//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::{Error, Result};

/// Where the database is: `sqlite:PATH` or `postgres://USER@HOST/DATABASE`.
///
/// A PostgreSQL URL may name a file of trusted certificates, `?sslrootcert=FILE`. With it, the connection is encrypted and
/// the server's certificate and name are checked; without it, the connection is plain, and `sslmode=require` is refused.
/// Neither `Display` nor `Debug` shows a password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// The URL of a database on a server.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(Error::Url { reason: "the path is missing".to_owned() });
            }
            return Ok(Self::Sqlite(path.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            options(text)?;
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(Error::Url { reason: "it begins with neither `sqlite:` nor `postgres://`".to_owned() })
    }
}

impl DatabaseUrl {
    /// The same database, where relative paths, also that of `sslrootcert`, begin at `directory`.
    #[must_use]
    pub fn below(self, directory: &Path) -> Self {
        let url = match self {
            Self::Sqlite(path) => return Self::Sqlite(directory.join(path)),
            Self::Postgres(url) => url,
        };
        let Some((address, query)) = url.split_once('?') else { return Self::Postgres(url) };
        let parameters = query.split('&').map(|parameter| match parameter.strip_prefix(TRUSTED) {
            Some(file) => format!("{TRUSTED}{}", directory.join(slashes(file)).display()),
            None => parameter.to_owned(),
        });
        Self::Postgres(format!("{address}?{}", parameters.collect::<Vec<_>>().join("&")))
    }
}

/// The parameter that names the file of trusted certificates.
const TRUSTED: &str = "sslrootcert=";

/// Some write the slashes of a path in a query as RFC 3986 lets them.
fn slashes(file: &str) -> String {
    file.replace("%2F", "/")
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = match self {
            Self::Sqlite(path) => return write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => url,
        };
        let Ok(Options { config, .. }) = options(url) else {
            return f.write_str("postgres://");
        };
        f.write_str("postgres://")?;
        if let Some(user) = config.get_user() {
            write!(f, "{user}@")?;
        }
        if let Some(host) = config.get_hosts().first() {
            match host {
                Host::Tcp(name) => f.write_str(name)?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "[{}]", path.display())?,
            }
        }
        if let Some(port) = config.get_ports().first() {
            write!(f, ":{port}")?;
        }
        write!(f, "/{}", config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

struct Options {
    config: tokio_postgres::Config,
    /// The file of trusted certificates.
    trusted: Option<String>,
}

/// Takes `sslrootcert` out, which `tokio_postgres` does not know, and parses the rest.
fn options(url: &str) -> Result<Options> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let mut trusted = None;
    let mut rest = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.strip_prefix(TRUSTED) {
            Some(file) => trusted = Some(slashes(file)),
            None if parameter == "sslmode=verify-full" => rest.push("sslmode=require"),
            None => rest.push(parameter),
        }
    }
    let config = format!("{address}?{}", rest.join("&"))
        .parse::<tokio_postgres::Config>()
        .map_err(|error| Error::Url { reason: cause(&error) })?;
    Ok(Options { config, trusted })
}

/// What the parser found wrong: it names the option, never a value.
fn cause(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// How to reach a PostgreSQL server, and with which trust, if encrypted.
pub(crate) fn postgres(url: &str) -> Result<(tokio_postgres::Config, Option<MakeRustlsConnect>)> {
    let Options { mut config, trusted } = options(url)?;
    config.application_name("fleetgate");
    let Some(file) = trusted else {
        if config.get_ssl_mode() == SslMode::Require {
            return Err(Error::Url { reason: "`sslmode=require` needs `sslrootcert=FILE`".to_owned() });
        }
        config.ssl_mode(SslMode::Disable);
        return Ok((config, None));
    };
    let unreadable = |what: String| Error::Url { reason: format!("`sslrootcert` names `{file}`: {what}") };
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(&file).map_err(|error| unreadable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unreadable("it holds no certificate".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unreadable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.ssl_mode(SslMode::Require);
    Ok((config, Some(MakeRustlsConnect::new(tls))))
}

#[cfg(test)]
mod tests;
