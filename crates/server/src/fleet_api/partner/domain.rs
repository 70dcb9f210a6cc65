//! Which domains an application may register with.
//!
//! The root of a domain is what one can register at a registry (`example.co.uk` for `api.example.co.uk`), by the public
//! suffix list. Its private section counts too: everybody can get a name below `github.io`, so two of them are two
//! roots.

use url::{Host, Url};

/// A domain as it is registered: a host name in lower case, without scheme, port and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Domain<'a> {
    name: &'a str,
    root: &'a str,
}

/// A text that is no such domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid domain: {0}. Ensure that domain is lowercase and starts without https://")]
pub(crate) struct DomainError(String);

/// What a name on this machine counts as in the sandbox, where applications have loopback origins.
const LOCALHOST: &str = "localhost";

impl<'a> Domain<'a> {
    /// Reads a domain. `localhost` is one in the sandbox only.
    pub(crate) fn read(name: &'a str, sandbox: bool) -> Result<Self, DomainError> {
        match root(name, sandbox).filter(|_| is_host_name(name)) {
            Some(root) => Ok(Self { name, root }),
            None => Err(DomainError(name.chars().take(253).collect())),
        }
    }

    /// The whole name.
    pub(crate) const fn as_str(&self) -> &'a str {
        self.name
    }

    /// What can be registered at a registry.
    pub(super) const fn root(&self) -> &'a str {
        self.root
    }

    /// Whether an origin has the same root.
    pub(super) fn is_of_one_of(&self, origins: &[String], sandbox: bool) -> bool {
        origins.iter().filter_map(|origin| Url::parse(origin).ok()).any(|origin| match origin.host() {
            Some(Host::Domain(host)) => root(host, sandbox) == Some(self.root),
            Some(Host::Ipv4(address)) => sandbox && address.is_loopback() && self.root == LOCALHOST,
            Some(Host::Ipv6(address)) => sandbox && address.is_loopback() && self.root == LOCALHOST,
            None => false,
        })
    }
}

fn root(name: &str, sandbox: bool) -> Option<&str> {
    if sandbox && name == LOCALHOST {
        return Some(name);
    }
    psl::domain_str(name)
}

/// RFC 1123, section 2.1, in lower case: labels of letters, digits and inner hyphens, the last one not of digits alone
/// (that would be an address).
fn is_host_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(allowed)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last_is_number = name.rsplit('.').next().is_none_or(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
    name.len() <= 253 && name.split('.').all(is_label) && !last_is_number
}

#[cfg(test)]
mod tests;
