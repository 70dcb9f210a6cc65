use std::fmt;

use fleetgate_protocol::Region;

/// What the gate must ask about applications and accounts. It is asked on every request, so it answers from memory.
pub trait Registry: Send + Sync + fmt::Debug {
    /// Whether the application is registered in this region.
    fn registered(&self, client_id: &str, region: Region) -> bool;

    /// Where a person lives whose token names another region; `None` where the token is right.
    fn home_region(&self, _subject: &str) -> Option<Region> {
        None
    }

    /// Why the application or the account is disabled, for example `EXCEEDED_LIMIT`; `None` when neither is.
    fn disabled(&self, client_id: &str, account_id: Option<&str>) -> Option<String>;
}

/// For a service that has no applications of its own: everybody is registered, nobody is disabled.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRegistry;

impl Registry for NoRegistry {
    fn registered(&self, _client_id: &str, _region: Region) -> bool {
        true
    }

    fn disabled(&self, _client_id: &str, _account_id: Option<&str>) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_registry_everybody_is_registered_and_nobody_disabled() {
        for region in Region::ALL {
            assert!(NoRegistry.registered("anybody", region));
        }
        assert_eq!(NoRegistry.disabled("anybody", Some("account")), None);
        assert_eq!(NoRegistry.home_region("person"), None);
    }
}
