//! Devices as they were read last. Reading a document costs more than all that a command does to the device, so what came
//! of it is kept beside the text: where the database holds the same text, the device is the same.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;

/// How many devices of a kind are kept at most; a car takes some 6 KiB.
const MOST: usize = 4_096;
/// A document that is longer is not kept, octets: an energy site with large tariffs has hundreds of KiB.
const LONGEST: usize = 16 * 1024;

/// The devices of one kind, by their key in the store.
pub struct ReadDevices<D> {
    kept: Mutex<HashMap<String, Arc<(String, D)>>>,
}

impl<D> Default for ReadDevices<D> {
    fn default() -> Self {
        Self { kept: Mutex::default() }
    }
}

impl<D> fmt::Debug for ReadDevices<D> {
    /// Documents have PINs in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadDevices").finish_non_exhaustive()
    }
}

impl<D: Clone + DeserializeOwned> ReadDevices<D> {
    fn kept(&self) -> MutexGuard<'_, HashMap<String, Arc<(String, D)>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The device of a document.
    ///
    /// # Errors
    /// When the document is none of this kind of device.
    pub(super) fn read(&self, key: &str, document: &str) -> serde_json::Result<D> {
        let kept = self.kept().get(key).cloned();
        match kept {
            Some(kept) if kept.0 == document => Ok(kept.1.clone()),
            _ => {
                let device: D = serde_json::from_str(document)?;
                self.keep(key, document, device.clone());
                Ok(device)
            }
        }
    }

    /// The device of a document that is to be replaced, by [`keep`](Self::keep) or by somebody else.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(super) fn take(&self, key: &str, document: &str) -> serde_json::Result<D> {
        let kept = self.kept().remove(key);
        match kept {
            Some(kept) if kept.0 == document => {
                Ok(Arc::try_unwrap(kept).map_or_else(|kept| kept.1.clone(), |(_, device)| device))
            }
            _ => serde_json::from_str(document),
        }
    }

    /// Keeps a device with the document that it was written to.
    pub(super) fn keep(&self, key: &str, document: &str, device: D) {
        let mut kept = self.kept();
        if document.len() > LONGEST {
            kept.remove(key);
            return;
        }
        if kept.len() >= MOST && !kept.contains_key(key) {
            kept.clear();
        }
        kept.insert(key.to_owned(), Arc::new((document.to_owned(), device)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_what_its_document_says() {
        let devices = ReadDevices::<Vec<u8>>::default();
        assert_eq!(devices.read("a", "[1]").unwrap(), [1]);
        assert_eq!(devices.read("a", "[1]").unwrap(), [1]);
        assert_eq!(devices.read("a", "[2]").unwrap(), [2], "it was changed by somebody else");
        assert_eq!(devices.read("b", "[3]").unwrap(), [3]);
        assert!(devices.read("a", "{").is_err());
        assert_eq!(devices.read("a", "[2]").unwrap(), [2]);
    }

    #[test]
    fn a_device_is_taken_from_what_was_kept() {
        let devices = ReadDevices::<Vec<u8>>::default();
        devices.keep("a", "no document at all", vec![4]);
        assert_eq!(devices.read("a", "no document at all").unwrap(), [4]);
        assert!(devices.read("b", "no document at all").is_err());
    }

    #[test]
    fn a_device_that_is_taken_is_kept_no_more() {
        let devices = ReadDevices::<Vec<u8>>::default();
        assert_eq!(devices.take("a", "[1]").unwrap(), [1], "nothing is kept");
        devices.keep("a", "[2]", vec![4]);
        assert_eq!(devices.take("a", "[2]").unwrap(), [4], "it is taken from what was kept");
        assert_eq!(devices.read("a", "[2]").unwrap(), [2], "and was kept no more");
        devices.keep("a", "[2]", vec![4]);
        assert_eq!(devices.take("a", "[3]").unwrap(), [3], "it was changed by somebody else");
        assert!(devices.take("a", "{").is_err());
    }

    #[test]
    fn no_more_are_kept_than_a_bound() {
        let devices = ReadDevices::<u8>::default();
        for number in 0..2 * MOST {
            devices.read(&number.to_string(), "1").unwrap();
        }
        assert!(devices.kept().len() <= MOST);
        devices.keep("long", "1", 1);
        devices.keep("long", &"1".repeat(16_385), 1);
        assert!(!devices.kept().contains_key("long"));
        devices.keep("long", &"1".repeat(16_384), 1);
        assert!(devices.kept().contains_key("long"));
    }
}
