//! Requests that this server makes to addresses that somebody else chose.
//!
//! They never reach private, loopback or link-local addresses, nor anything else that is not the public internet: what
//! is connected to is what was checked, since the client resolves names itself and follows redirects on the same origin
//! only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Url};

/// How long a connection may take.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// How long a request may take altogether.
const REQUEST_TIME: Duration = Duration::from_secs(10);
/// How many redirects are followed.
const REDIRECTS: usize = 3;

/// The one HTTP client: names resolve to public addresses only, and no proxy of the environment is used, since that
/// would resolve them itself. It is made when it is first needed, for most servers never fetch anything.
#[derive(Debug)]
pub struct Outbound {
    allowed: fn(IpAddr) -> bool,
    client: OnceLock<Client>,
}

impl Default for Outbound {
    fn default() -> Self {
        Self::to(is_public)
    }
}

/// Why something could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// The address in the URL is not on the public internet.
    #[error("the address is not on the public internet")]
    Address,
    /// The connection, the request or the answer failed.
    #[error("the request failed")]
    Request(#[from] reqwest::Error),
    /// Another status than 200.
    #[error("the answer has status {0}")]
    Status(u16),
    /// The body is larger than was asked for.
    #[error("the answer is too large")]
    TooLarge,
}

impl Outbound {
    fn to(allowed: fn(IpAddr) -> bool) -> Self {
        Self { allowed, client: OnceLock::new() }
    }

    fn client(&self) -> Result<&Client, reqwest::Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .user_agent(concat!("fleetgate/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIME)
            .timeout(REQUEST_TIME)
            .no_proxy()
            .referer(false)
            .redirect(Policy::custom(follow))
            .dns_resolver(Resolver { allowed: self.allowed })
            .build()?;
        Ok(self.client.get_or_init(|| client))
    }

    /// Fetches a small file.
    ///
    /// # Errors
    /// When the address is not public, the request fails or takes too long, the status is not 200, or the body has more
    /// than `limit` bytes.
    pub(crate) async fn fetch(&self, url: &str, limit: usize) -> Result<Vec<u8>, FetchError> {
        let client = self.client()?;
        let request = client.get(url).build()?;
        // The client asks its resolver about names, not about addresses.
        if address_of(request.url()).is_some_and(|address| !(self.allowed)(address)) {
            return Err(FetchError::Address);
        }
        let mut response = client.execute(request).await?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > limit {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// The address that stands in a URL in place of a name.
fn address_of(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Follows a redirect on the same origin; another one is the answer itself, and not a 200.
fn follow(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let same_origin = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if same_origin && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
}

/// Resolves names with the system, and leaves out addresses that are not allowed.
#[derive(Debug)]
struct Resolver {
    allowed: fn(IpAddr) -> bool,
}

/// A name has no address that may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the name has no address on the public internet")]
struct NoPublicAddress;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.filter(|address| allowed(address.ip())).collect();
            if addresses.is_empty() {
                return Err(NoPublicAddress.into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is on the public internet (the registries of RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match a {
        // This network, private, loopback; multicast and reserved.
        0 | 10 | 127 | 224..=255 => true,
        // Shared by carriers (RFC 6598).
        100 => (64..128).contains(&b),
        // Link-local.
        169 => b == 254,
        // Private.
        172 => (16..32).contains(&b),
        // Protocol assignments, documentation, 6to4 relays, private.
        192 => matches!((b, c), (0, 0 | 2) | (88, 99) | (168, _)),
        // Benchmarks and documentation.
        198 => matches!((b, c), (18 | 19, _) | (51, 100)),
        // Documentation.
        203 => (b, c) == (0, 113),
        _ => false,
    };
    !special
}

/// Global unicast is `2000::/3`. Addresses that stand for an IPv4 address are as public as that one.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    match segments {
        // IPv4-mapped, and NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
        }
        // Protocol assignments and Teredo, documentation, 6to4.
        [0x2001, 0..0x200 | 0xdb8, ..] | [0x2002, ..] => false,
        // Documentation (RFC 9637).
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests;
