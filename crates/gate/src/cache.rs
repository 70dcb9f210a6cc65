use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};

use crate::Keys;
use crate::verify::Verified;

const SHARDS: usize = 16;

/// Tokens whose signature was checked, by the SHA-256 of the whole token: a shortened or lengthened token is another.
///
/// Each shard has two generations. When the younger is full it becomes the older, and the older is forgotten; what is
/// used in the meantime moves to the younger. So the cache is bounded and forgets what is not used, without a list.
#[derive(Debug)]
pub(crate) struct Cache {
    shards: [Mutex<Shard>; SHARDS],
    /// Of one generation of one shard.
    capacity: usize,
}

pub(crate) type Fingerprint = [u8; 32];

#[derive(Debug, Default)]
struct Shard {
    young: HashMap<Fingerprint, Entry>,
    old: HashMap<Fingerprint, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    verified: Arc<Verified>,
    /// The keys that verified it; with others it counts no more. Holding them also keeps their address from being
    /// used again, so that comparing addresses is enough.
    keys: Arc<Keys>,
}

impl Cache {
    pub(crate) fn new(tokens: usize) -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), capacity: (tokens / SHARDS / 2).max(1) }
    }

    pub(crate) fn fingerprint(token: &str) -> Fingerprint {
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        fingerprint
    }

    pub(crate) fn get(&self, fingerprint: &Fingerprint, keys: &Arc<Keys>) -> Option<Arc<Verified>> {
        let mut shard = self.shard(fingerprint).lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match shard.young.get(fingerprint) {
            Some(entry) => entry.clone(),
            None => {
                let entry = shard.old.remove(fingerprint)?;
                shard.insert(*fingerprint, entry.clone(), self.capacity);
                entry
            }
        };
        Arc::ptr_eq(&entry.keys, keys).then_some(entry.verified)
    }

    pub(crate) fn insert(&self, fingerprint: Fingerprint, verified: Arc<Verified>, keys: Arc<Keys>) {
        let mut shard = self.shard(&fingerprint).lock().unwrap_or_else(PoisonError::into_inner);
        shard.insert(fingerprint, Entry { verified, keys }, self.capacity);
    }

    fn shard(&self, fingerprint: &Fingerprint) -> &Mutex<Shard> {
        &self.shards[usize::from(fingerprint[0]) % SHARDS]
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap()).map(|shard| shard.young.len() + shard.old.len()).sum()
    }
}

impl Shard {
    fn insert(&mut self, fingerprint: Fingerprint, entry: Entry, capacity: usize) {
        if self.young.len() >= capacity {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(fingerprint, entry);
    }
}

#[cfg(test)]
mod tests;
