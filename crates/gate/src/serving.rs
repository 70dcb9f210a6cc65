use fleetgate_protocol::Region;

/// As what a request is served. A gate has one by default; an outer layer may put an `Arc<Serving>` into the request's
/// extensions, for example by the name under which the request came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serving {
    /// The region; `None` in a service that is not divided into regions, which then checks neither registration nor
    /// home region.
    pub region: Option<Region>,
    /// The own base URL, without a trailing slash.
    pub base_url: String,
    /// A token must be for one of these; a trailing slash makes no difference.
    pub audiences: Vec<String>,
    /// Where a person of another region is sent.
    pub region_urls: RegionUrls,
    /// The page that errors point to, without a fragment.
    pub documentation_url: String,
}

/// The base URL of each region, without a trailing slash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionUrls {
    /// North America and Asia-Pacific.
    pub na: String,
    /// Europe, the Middle East and Africa.
    pub eu: String,
    /// China.
    pub cn: String,
}

impl RegionUrls {
    /// The base URL of one region.
    #[must_use]
    pub fn get(&self, region: Region) -> &str {
        match region {
            Region::Na => &self.na,
            Region::Eu => &self.eu,
            Region::Cn => &self.cn,
        }
    }
}

impl Serving {
    /// A service without regions: tokens must be for `base_url`.
    #[must_use]
    pub fn without_regions(base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        Self {
            region: None,
            audiences: vec![base_url.clone()],
            region_urls: RegionUrls::default(),
            documentation_url: base_url.clone(),
            base_url,
        }
    }

    pub(crate) fn accepts(&self, audiences: &[String]) -> bool {
        let bare = |url: &'_ str| -> usize { url.strip_suffix('/').unwrap_or(url).len() };
        let same = |a: &str, b: &str| a[..bare(a)] == b[..bare(b)];
        audiences.iter().any(|shown| self.audiences.iter().any(|accepted| same(shown, accepted)))
    }
}
