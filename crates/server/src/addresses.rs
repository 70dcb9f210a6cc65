//! The names under which this server is known: public URL, issuer, audiences, regions.
//!
//! Everything here is configuration. Metadata, keys and issuer never vary by Host; the Host only selects the serving
//! region, from a fixed list.

use std::collections::BTreeMap;
use std::sync::Arc;

use fleetgate_gate::{RegionUrls, Serving};
use fleetgate_protocol::Region;
use fleetgate_protocol::fleet_error::DOCUMENTATION_URL;
use url::Url;

use crate::config::{Config, RegionConfig};
use crate::http::lower_case;

/// The names under which an authorization server is known, and the regions that it serves.
#[derive(Debug)]
pub struct Addresses {
    /// The public URL, without a trailing slash.
    pub base_url: String,
    /// Its host.
    host: Option<String>,
    /// The issuer of the metadata: `{base_url}/oauth2/v3/thirdparty`.
    pub issuer: String,
    /// The issuer in tokens: the same, unless configured.
    pub token_issuer: String,
    /// The serving region for each known Host name.
    by_host: BTreeMap<String, Arc<Serving>>,
    /// Each region as it is served under its own names.
    by_region: BTreeMap<Region, Arc<Serving>>,
    /// The serving region under any other name.
    default: Arc<Serving>,
    /// The server as a whole, for tokens that come to its own endpoints: every audience that any token may have.
    pub whole: Arc<Serving>,
    /// Region by audience; the public URL stands for the default region.
    audiences: BTreeMap<String, Region>,
    /// What `aud` holds when it names every region.
    every_audience: Vec<String>,
}

impl Addresses {
    /// Resolves the names of a server that is reached at `server`: those of the region `realm`, which has an authorization
    /// server of its own, or those of all regions that have none.
    #[must_use]
    pub fn new(config: &Config, server: &str, realm: Option<Region>) -> Self {
        let server = server.trim_end_matches('/');
        let own = |region: &RegionConfig| region.own_base_url(config.default_region, server);
        let own_urls: BTreeMap<Region, String> =
            config.regions.iter().map(|region| (region.region, own(region))).collect();
        let base_url = realm.and_then(|realm| own_urls.get(&realm)).map_or(server, String::as_str).to_owned();
        let issuer = format!("{base_url}/oauth2/v3/thirdparty");
        let default_region = realm.unwrap_or(config.default_region);
        let public_urls: BTreeMap<Region, String> = config
            .regions
            .iter()
            .filter_map(|region| Some((region.region, region.audiences.first()?.clone())))
            .collect();
        let served: Vec<&RegionConfig> =
            config.regions.iter().filter(|region| config.realm_of(region.region) == realm).collect();

        let mut audiences = BTreeMap::from([(base_url.clone(), default_region)]);
        let (mut by_host, mut by_region) = (BTreeMap::new(), BTreeMap::new());
        for region in &served {
            let own_url = &own_urls[&region.region];
            let mut accepted = region.audiences.clone();
            accepted.extend([own_url.clone(), base_url.clone()]);
            for audience in &accepted {
                audiences.entry(audience.clone()).or_insert(region.region);
            }
            let serving = |urls: &BTreeMap<Region, String>| {
                Arc::new(Serving {
                    region: Some(region.region),
                    base_url: urls.get(&region.region).unwrap_or(own_url).clone(),
                    audiences: accepted.clone(),
                    region_urls: region_urls(urls, &base_url),
                    documentation_url: DOCUMENTATION_URL.to_owned(),
                })
            };
            let own_serving = serving(&own_urls);
            for host in &region.hosts {
                let public = region.audiences.iter().any(|audience| host_of(audience).as_deref() == Some(host));
                by_host.insert(host.clone(), if public { serving(&public_urls) } else { Arc::clone(&own_serving) });
            }
            if let Some(host) = host_of(own_url).filter(|host| Some(host) != host_of(&base_url).as_ref()) {
                by_host.insert(host, Arc::clone(&own_serving));
            }
            by_region.insert(region.region, own_serving);
        }
        let default = by_region.get(&default_region).cloned().unwrap_or_else(|| {
            Arc::new(Serving {
                documentation_url: DOCUMENTATION_URL.to_owned(),
                ..Serving::without_regions(base_url.clone())
            })
        });
        let mut every_audience: Vec<String> = served.iter().flat_map(|region| region.audiences.clone()).collect();
        every_audience.extend([base_url.clone(), format!("{base_url}/oauth2/v3/userinfo")]);
        let mut whole = Serving::without_regions(base_url.clone());
        whole.audiences = every_audience.iter().chain(audiences.keys()).cloned().collect();
        Self {
            whole: Arc::new(whole),
            token_issuer: config.tokens.issuer.clone().filter(|_| realm.is_none()).unwrap_or_else(|| issuer.clone()),
            issuer,
            host: host_of(&base_url),
            base_url,
            by_host,
            by_region,
            default,
            audiences,
            every_audience,
        }
    }

    /// The region that serves a request with this `Host` header.
    #[must_use]
    pub fn serving(&self, host: Option<&str>) -> &Arc<Serving> {
        host.and_then(|host| self.by_host.get(&*lower_case(without_port(host)))).unwrap_or(&self.default)
    }

    /// A region as it is served at its own address; the default one if it is not served here.
    #[must_use]
    pub fn serving_region(&self, region: Region) -> &Arc<Serving> {
        self.by_region.get(&region).unwrap_or(&self.default)
    }

    /// Whether this is one of the server's own names: the public URL's host, or one of a region.
    #[must_use]
    pub fn has_host(&self, host: &str) -> bool {
        let name = lower_case(without_port(host));
        self.host.as_deref() == Some(&*name) || self.by_host.contains_key(&*name)
    }

    /// Whether `/sandbox/*` answers under this `Host` header: the public URL's host, loopback, or a region's own name.
    #[must_use]
    pub fn is_known_host(&self, host: &str) -> bool {
        let name = lower_case(without_port(host));
        matches!(&*name, "localhost" | "127.0.0.1" | "[::1]") || self.has_host(&name)
    }

    /// The region of an audience that a client asked for; a trailing slash does not matter.
    #[must_use]
    pub fn audience(&self, audience: &str) -> Option<Region> {
        self.audiences.get(audience.trim_end_matches('/')).copied()
    }

    /// What `aud` holds: every region's names, or just the one that was asked for.
    #[must_use]
    pub fn token_audiences(&self, every: bool, asked: Option<&str>) -> Vec<String> {
        let asked = asked.map(|asked| asked.trim_end_matches('/').to_owned());
        if !every {
            return vec![asked.unwrap_or_else(|| self.base_url.clone())];
        }
        let mut audiences = self.every_audience.clone();
        audiences.extend(asked.filter(|asked| !self.every_audience.contains(asked)));
        audiences
    }
}

/// Where people of each region are sent; one that is not served here is sent to this server.
fn region_urls(urls: &BTreeMap<Region, String>, base_url: &str) -> RegionUrls {
    let url = |region| urls.get(&region).map_or(base_url, String::as_str).to_owned();
    RegionUrls { na: url(Region::Na), eu: url(Region::Eu), cn: url(Region::Cn) }
}

pub(crate) fn host_of(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

/// The name of a `Host` header without its port; an IPv6 literal keeps its brackets.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
