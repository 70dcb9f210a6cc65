//! Short texts: scopes, redirect URIs, challenges, vehicle tags, block lists.

use fleetgate_protocol::pkce::CodeChallenge;
use fleetgate_protocol::vehicle_data::{Block, BlockSet};
use fleetgate_protocol::{ApplicationKind, ScopeSet, VehicleTag, redirect_uri as uri};
use url::{Host, Url};

use super::text;

/// A list of scopes survives being written and read, and holds nothing that was not asked for.
pub(super) fn scope_set(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    let Ok(set) = text.parse::<ScopeSet>() else { return false };
    let written = set.to_string();
    assert_eq!(written.parse::<ScopeSet>().as_ref(), Ok(&set), "{written}");
    for scope in &set {
        assert!(text.split(' ').any(|word| word == scope.as_str()), "{scope} came from nowhere");
    }
    assert!(set.is_subset(&set) && set.difference(&set).is_empty() && set.union(&set) == set);
    true
}

/// The first lines are registered, the last one is requested.
pub(super) fn redirect_uri(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let Some(requested) = lines.pop() else { return false };
    let valid = uri::validate(&requested).is_ok();
    if valid {
        let url = Url::parse(&requested).expect("a valid redirect URI is a URL");
        assert!(matches!(url.scheme(), "http" | "https"), "{requested}");
        assert!(url.fragment().is_none() && url.username().is_empty() && url.password().is_none(), "{requested}");
        assert!(url.scheme() == "https" || is_loopback(&url), "{requested}");
        assert!(!requested.chars().any(|c| c.is_control() || c == '\\' || c == ' '), "{requested:?}");
    }
    let exact = lines.contains(&requested);
    assert_eq!(uri::matches(ApplicationKind::ThirdParty, &lines, &requested), exact, "{requested}");
    if uri::matches(ApplicationKind::OpenSource, &lines, &requested) && !exact {
        assert!(valid, "{requested}");
        let mut asked = Url::parse(&requested).expect("it is valid");
        assert!(is_loopback_literal(&asked), "{requested}");
        asked.set_port(None).expect("http has ports");
        let known = lines.iter().filter_map(|line| Url::parse(line).ok()).filter(is_loopback_literal);
        let without_ports = known.filter_map(|mut known| known.set_port(None).is_ok().then_some(known));
        assert!(without_ports.into_iter().any(|known| known == asked), "only the port may differ: {requested}");
    }
    valid
}

fn is_loopback(url: &Url) -> bool {
    url.host_str() == Some("localhost") || is_loopback_literal(url)
}

fn is_loopback_literal(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}

/// The first line is the challenge, the rest the verifier.
pub(super) fn code_challenge(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    let (challenge, verifier) = text.split_once('\n').unwrap_or((text, text));
    let Ok(read) = CodeChallenge::parse(challenge) else { return false };
    assert_eq!((read.as_str(), challenge.len()), (challenge, 43));
    let met = read.is_met_by(verifier);
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let allowed = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    assert_eq!(met, allowed && CodeChallenge::of(verifier) == read, "{verifier:?}");
    true
}

/// A tag is a VIN of 17 characters or a number that every JSON reader can hold.
pub(super) fn vehicle_tag(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    match text.parse::<VehicleTag>() {
        Ok(VehicleTag::Vin(vin)) => {
            assert!(vin.as_str().len() == 17 && vin.as_str().eq_ignore_ascii_case(text), "{text:?}");
            assert_eq!(vin.as_str().parse::<VehicleTag>(), Ok(VehicleTag::Vin(vin.clone())));
            true
        }
        Ok(VehicleTag::Id(id)) => {
            assert!((0..1 << 53).contains(&id) && text.bytes().all(|byte| byte.is_ascii_digit()), "{text:?}");
            assert_eq!(id.to_string().parse::<VehicleTag>(), Ok(VehicleTag::Id(id)));
            true
        }
        Err(_) => false,
    }
}

/// A block is in the set exactly when it is named, alone or as part of everything.
pub(super) fn block_set(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    let set = BlockSet::parse(text);
    let names: Vec<&str> = text.split(';').map(str::trim).filter(|name| !name.is_empty()).collect();
    let everything = names.contains(&"vehicle_data_combo");
    for block in Block::ALL {
        let named = match names.is_empty() {
            true => BlockSet::DEFAULT.contains(block),
            false => everything || names.contains(&block.as_str()),
        };
        assert_eq!(set.contains(block), named, "{} in {text:?}", block.as_str());
    }
    set != BlockSet::EMPTY
}
