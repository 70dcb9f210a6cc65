//! Redirect URIs: which may be registered, and which request matches a registered one.

use url::{Host, Url};

use crate::ApplicationKind;

/// Why a URI may not be registered as a redirect URI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedirectUri {
    /// It is no absolute URL, or holds characters that browsers rewrite.
    #[error("`{0}` is no absolute URL in its normal form")]
    NotAUrl(String),
    /// RFC 6749, section 3.1.2.
    #[error("`{0}` has a fragment; a redirect URI must not")]
    Fragment(String),
    /// User information in front of the host confuses readers of the consent page.
    #[error("`{0}` has user information in it; a redirect URI must not")]
    UserInfo(String),
    /// Only `https`, and `http` on loopback.
    #[error("`{0}` must be https, or http on localhost, 127.0.0.1 or [::1]")]
    Scheme(String),
}

/// Checks a redirect URI for registration: any `https` URL, or `http` on `localhost`, `127.0.0.1` or `[::1]` with any
/// port; no fragment (RFC 6749, section 3.1.2), no user information, in the form that a URL parser writes.
///
/// # Errors
/// What is wrong with it.
pub fn validate(uri: &str) -> Result<(), InvalidRedirectUri> {
    let url = Url::parse(uri).map_err(|_| InvalidRedirectUri::NotAUrl(uri.to_owned()))?;
    if url.fragment().is_some() {
        return Err(InvalidRedirectUri::Fragment(uri.to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() || uri.contains('@') && url.path().find('@').is_none() {
        return Err(InvalidRedirectUri::UserInfo(uri.to_owned()));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => return Err(InvalidRedirectUri::Scheme(uri.to_owned())),
    }
    // A text that the parser would rewrite (`\`, tabs, upper-case hosts, `..`) means different things to different
    // readers. Only the missing path of a bare origin is forgiven.
    if url.as_str() != uri && url.as_str() != format!("{uri}/") {
        return Err(InvalidRedirectUri::NotAUrl(uri.to_owned()));
    }
    Ok(())
}

fn is_loopback(url: &Url) -> bool {
    url.host_str() == Some("localhost") || is_loopback_literal(url)
}

fn is_loopback_literal(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        _ => false,
    }
}

/// Whether `requested` matches a registered redirect URI.
///
/// The match is exact, character by character (RFC 9700, section 2.1). For an open-source application the port of a
/// loopback IP literal may differ (RFC 8252, section 7.3); `localhost` has no such freedom, and path and query must
/// still be the same.
#[must_use]
pub fn matches(kind: ApplicationKind, registered: &[String], requested: &str) -> bool {
    registered.iter().any(|known| {
        known == requested || kind == ApplicationKind::OpenSource && same_but_for_the_port(known, requested)
    })
}

fn same_but_for_the_port(known: &str, requested: &str) -> bool {
    let (Ok(mut known), Ok(mut asked)) = (Url::parse(known), Url::parse(requested)) else { return false };
    if validate(requested).is_err() || known.scheme() != "http" || !is_loopback_literal(&known) {
        return false;
    }
    known.set_port(None).is_ok() && asked.set_port(None).is_ok() && known == asked
}

#[cfg(test)]
mod tests;
