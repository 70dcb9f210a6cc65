use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use fleetgate_protocol::jws::{JwkSet, VerifyingKey};

/// Parsed public keys by their name (`kid`).
#[derive(Debug, Default)]
pub struct Keys {
    by_kid: HashMap<String, VerifyingKey>,
}

impl Keys {
    /// Parses a key set. Keys without a name or of a kind that is not ours are left out (RFC 7517, section 5), and so
    /// is a name that stands twice, since it would not say which key is meant.
    #[must_use]
    pub fn from_jwk_set(set: &JwkSet) -> Self {
        let unique = |kid: &str| set.keys.iter().filter(|jwk| jwk.kid.as_deref() == Some(kid)).count() == 1;
        let usable = set.keys.iter().filter_map(|jwk| {
            let kid = jwk.kid.as_deref().filter(|kid| unique(kid))?;
            Some((kid.to_owned(), VerifyingKey::from_jwk(jwk).ok()?))
        });
        Self { by_kid: usable.collect() }
    }

    /// The key with this name.
    #[must_use]
    pub fn get(&self, kid: &str) -> Option<&VerifyingKey> {
        self.by_kid.get(kid)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_kid.len()
    }

    /// Whether there is none, so that no token can pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_kid.is_empty()
    }
}

/// The keys of now. They can be replaced while requests are checked; what was verified with older keys is then
/// verified again.
#[derive(Debug, Default)]
pub struct KeyRing {
    current: RwLock<Arc<Keys>>,
}

impl KeyRing {
    /// A ring with these keys.
    #[must_use]
    pub fn new(keys: Keys) -> Self {
        Self { current: RwLock::new(Arc::new(keys)) }
    }

    /// Replaces all keys at once.
    pub fn replace(&self, keys: Keys) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// The keys of now.
    #[must_use]
    pub fn current(&self) -> Arc<Keys> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests;
