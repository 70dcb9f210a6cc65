//! How names are written: the one place that says what an e-mail address, an origin or a base URL is, for seed files,
//! configurations and command lines. Each complaint is a sentence.

use url::{Host, Url};

/// An e-mail address, in lower case as accounts are known.
///
/// # Errors
/// What has no `@` inside, white space or control characters in it, or more than 254 bytes (RFC 5321, section 4.5.3.1).
pub fn email(text: &str) -> Result<String, String> {
    let email = text.trim().to_lowercase();
    let parts = email.split_once('@').filter(|(name, host)| !name.is_empty() && !host.is_empty());
    if parts.is_none() || email.len() > 254 || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(format!("`{}` is no e-mail address.", shown(text)));
    }
    Ok(email)
}

/// The origin of a web page: scheme, host and port.
///
/// # Errors
/// Anything else.
pub fn origin(text: &str) -> Result<String, String> {
    match Url::parse(text) {
        Ok(url) if is_origin(&url, text) => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err(format!("`{}` is no origin; write it as `https://app.example.com`.", shown(text))),
    }
}

/// A URL under which clients reach a server, without a trailing slash: scheme, host and port alone, since every path is
/// taken.
///
/// # Errors
/// Anything else.
pub fn base_url(text: &str) -> Result<String, String> {
    url(text, "http://192.0.2.7:8080").map(|_| text.trim_end_matches('/').to_owned())
}

/// The same in production: `https`, or `http` on loopback.
///
/// # Errors
/// Anything else.
pub fn public_url(text: &str) -> Result<String, String> {
    let url = url(text, "https://fleet.example.com")?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() == "http" && !loopback {
        return Err(format!("`{text}` must begin with `https://`; `http://` is for loopback only."));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn url(text: &str, example: &str) -> Result<Url, String> {
    let given = shown(text);
    let url = Url::parse(text).map_err(|_| format!("`{given}` is no URL; write it as `{example}`."))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{given}` must begin with `https://`."));
    }
    if !is_origin(&url, text) {
        return Err(format!("`{given}` must be scheme, host and port alone, such as `{example}`."));
    }
    Ok(url)
}

/// Whether a URL is scheme, host and port alone, in their normal form. URLs let a host have quotes in it; names of machines
/// do not (RFC 1123, section 2.1; some have `_`).
fn is_origin(url: &Url, text: &str) -> bool {
    let is_name = match url.host() {
        Some(Host::Domain(name)) => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
        address => address.is_some(),
    };
    is_name && url.origin().is_tuple() && url.origin().ascii_serialization() == text.trim_end_matches('/')
}

/// A host name without scheme, port and path, as it is compared.
///
/// # Errors
/// A sentence about what is none.
pub fn host(text: &str) -> Result<String, String> {
    let wrong = || format!("`{}` is no host name; write it without scheme, port and path.", shown(text));
    url::Host::parse(text).map(|host| host.to_string()).map_err(|_| wrong())
}

/// An error as a sentence.
pub fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// What was written, as it can stand in a complaint.
fn shown(text: &str) -> String {
    const LONGEST: usize = 100;
    let shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().count() > LONGEST { shown + "…" } else { shown }
}

#[cfg(test)]
mod tests;
