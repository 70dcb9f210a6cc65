//! `[[regions]]`: which regions are served, and that no name is two regions'.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;

use fleetgate_protocol::Region;
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::check_name;
use super::located::{LocatedError, Source};
use crate::config::RegionConfig;
use crate::spelling::{host, public_url};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegionSettings {
    region: Spanned<Region>,
    base_url: Option<Spanned<String>>,
    #[serde(default)]
    audiences: Vec<Spanned<String>>,
    #[serde(default)]
    hosts: Vec<Spanned<String>>,
    #[serde(default = "no")]
    own_issuer: Spanned<bool>,
    listen: Option<SocketAddr>,
}

fn no() -> Spanned<bool> {
    Spanned::new(0..0, false)
}

/// The regions that are served, and the one that answers under other names; without any, one by the server's own names.
pub(super) fn regions(
    source: Source<'_>,
    given: Option<Vec<RegionSettings>>,
    default: Option<Spanned<Region>>,
    base_url: &str,
) -> Result<(Vec<RegionConfig>, Region), LocatedError> {
    let given = given.unwrap_or_default();
    let Some(first) = given.first() else {
        let region = default.map_or(Region::Na, Spanned::into_inner);
        return Ok((vec![RegionConfig::plain(region)], region));
    };
    let default_region = match &default {
        None => *first.region.get_ref(),
        Some(region) if given.iter().any(|known| known.region.get_ref() == region.get_ref()) => *region.get_ref(),
        Some(region) => {
            let problem = format!("The region `{}` is none of `[[regions]]`; add it there.", region.get_ref());
            return Err(source.complain(&region.span(), "default_region", problem));
        }
    };
    let mut reader = Reader { source, base_url, default_region, taken: BTreeMap::new(), seen: Vec::new() };
    let regions = given.iter().map(|settings| reader.region(settings)).collect::<Result<_, _>>()?;
    Ok((regions, default_region))
}

struct Reader<'s> {
    source: Source<'s>,
    base_url: &'s str,
    default_region: Region,
    /// Whose each audience and each host is.
    taken: BTreeMap<String, Region>,
    seen: Vec<Region>,
}

impl Reader<'_> {
    fn region(&mut self, settings: &RegionSettings) -> Result<RegionConfig, LocatedError> {
        let region = *settings.region.get_ref();
        if self.seen.contains(&region) {
            let problem = format!("The region `{region}` stands in this file already.");
            return Err(self.source.complain(&settings.region.span(), "regions.region", problem));
        }
        self.seen.push(region);
        let base_url = settings.base_url.as_ref().map(|given| {
            public_url(given.get_ref())
                .map_err(|problem| self.source.complain(&given.span(), "regions.base_url", problem))
        });
        let audiences = settings.audiences.iter().map(|given| self.audience(given, region));
        let audiences = audiences.collect::<Result<Vec<_>, _>>()?;
        let hosts = settings.hosts.iter().map(|given| self.host(given, region)).collect::<Result<Vec<_>, _>>()?;
        let own_issuer = *settings.own_issuer.get_ref();
        if own_issuer && region == self.default_region {
            let problem = "The default region has the server's own issuer; leave `own_issuer` out.";
            return Err(self.source.complain(&settings.own_issuer.span(), "regions.own_issuer", problem));
        }
        let (base_url, listen) = (base_url.transpose()?, settings.listen);
        let config = RegionConfig { region, base_url, audiences, hosts, own_issuer, listen };
        self.own_url(settings, &config)?;
        Ok(config)
    }

    fn audience(&mut self, given: &Spanned<String>, region: Region) -> Result<String, LocatedError> {
        check_name(self.source, given, "regions.audiences")?;
        let audience = given.get_ref().trim_end_matches('/').to_owned();
        self.take(&audience, region, "regions.audiences", given.span())?;
        Ok(audience)
    }

    fn host(&mut self, given: &Spanned<String>, region: Region) -> Result<String, LocatedError> {
        let host = host(given.get_ref());
        let host = host.map_err(|problem| self.source.complain(&given.span(), "regions.hosts", problem))?;
        self.take(&host, region, "regions.hosts", given.span())?;
        Ok(host)
    }

    /// People are sent to the URL of their region, so that no two regions can have one. The region of a request is known
    /// by its host alone, without the port.
    fn own_url(&mut self, settings: &RegionSettings, config: &RegionConfig) -> Result<(), LocatedError> {
        let span = settings.base_url.as_ref().map_or_else(|| settings.region.span(), Spanned::span);
        let own = config.own_base_url(self.default_region, self.base_url);
        if own == self.base_url && config.region != self.default_region {
            let problem = format!(
                "The region `{}` needs a `base_url` other than the server's, which is that of the region `{}`.",
                config.region, self.default_region
            );
            return Err(self.source.complain(&span, "regions.base_url", problem));
        }
        self.take(&own, config.region, "regions.base_url", span.clone())?;
        match Url::parse(&own).ok().and_then(|url| url.host_str().map(str::to_owned)) {
            Some(host) => self.take(&host, config.region, "regions.base_url", span),
            None => Ok(()),
        }
    }

    /// Refuses a name that another region has.
    fn take(&mut self, name: &str, region: Region, key: &str, span: Range<usize>) -> Result<(), LocatedError> {
        let owner = *self.taken.entry(name.to_owned()).or_insert(region);
        if owner == region {
            return Ok(());
        }
        Err(self.source.complain(&span, key, format!("`{name}` is a name of the region `{owner}` already.")))
    }
}
