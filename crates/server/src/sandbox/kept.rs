//! What somebody tells the sandbox and it keeps to: a document in a setting of the store.
//!
//! A running sandbox goes by its copy, and twice a second by what a command has changed beside it, which it then
//! acknowledges there.

use std::sync::{Arc, PoisonError, RwLock};

use fleetgate_store::Store;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A document that is kept in a setting, and the copy of it that requests look at.
#[derive(Debug)]
pub(super) struct Kept<T> {
    setting: &'static str,
    copy: RwLock<Current<T>>,
}

#[derive(Debug)]
struct Current<T> {
    version: u64,
    document: Arc<T>,
}

/// How it stands in the store.
#[derive(Default, Serialize, Deserialize)]
struct Stored<T> {
    /// Counts the changes.
    version: u64,
    /// By which of them the running sandbox goes.
    followed: u64,
    document: T,
}

/// Why a document cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// What is kept is no such document.
    #[error("What the database keeps of the sandbox's {setting} cannot be read; `fleetgate dev --reset` starts anew.")]
    Damaged {
        /// In which setting.
        setting: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// The store failed.
    #[error("The database failed.")]
    Store(#[from] fleetgate_store::Error),
}

impl<T: Default + Serialize + DeserializeOwned + Send + Sync + 'static> Kept<T> {
    /// The document of a setting; an empty one unless there is one.
    pub(super) async fn open(store: &Store, setting: &'static str) -> Result<Self, KeptError> {
        let kept = Self { setting, copy: RwLock::new(Current { version: 0, document: Arc::default() }) };
        let stored = kept.stored(store).await?;
        kept.go_by(stored.version, Arc::new(stored.document));
        Ok(kept)
    }

    /// The document as requests see it.
    pub(super) fn document(&self) -> Arc<T> {
        Arc::clone(&self.copy.read().unwrap_or_else(PoisonError::into_inner).document)
    }

    /// Changes the document of the running sandbox. What is answered is on disk. Changes happen one after the other;
    /// `change` may be called more than once.
    pub(super) async fn change<A, F>(&self, store: &Store, change: F) -> Result<A, KeptError>
    where
        A: Send + 'static,
        F: Fn(&mut T) -> A + Send + Sync + 'static,
    {
        let write = move |stored: &mut Stored<T>| {
            let answer = change(&mut stored.document);
            stored.version += 1;
            stored.followed = stored.version;
            answer
        };
        Ok(self.write(store, write).await?.0)
    }

    /// Changes the document from beside the sandbox, and answers the number of the change with what `change` answered: a
    /// sandbox that runs goes by it once [`Kept::is_followed`] says so.
    pub(super) async fn change_beside<A, F>(&self, store: &Store, change: F) -> Result<(A, u64), KeptError>
    where
        A: Send + 'static,
        F: Fn(&mut T) -> A + Send + Sync + 'static,
    {
        let write = move |stored: &mut Stored<T>| {
            stored.version += 1;
            change(&mut stored.document)
        };
        self.write(store, write).await
    }

    /// Whether the running sandbox goes by the change of this number; then this copy does, too.
    pub(super) async fn is_followed(&self, store: &Store, version: u64) -> Result<bool, KeptError> {
        let stored = self.stored(store).await?;
        let followed = stored.followed >= version;
        self.go_by(stored.version, Arc::new(stored.document));
        Ok(followed)
    }

    /// Goes by what was changed from beside the running sandbox, and says so in the store.
    pub(super) async fn follow(&self, store: &Store) -> Result<(), KeptError> {
        let stored = self.stored(store).await?;
        if stored.followed >= stored.version {
            return Ok(());
        }
        self.write(store, |stored: &mut Stored<T>| stored.followed = stored.version).await.map(drop)
    }

    async fn stored(&self, store: &Store) -> Result<Stored<T>, KeptError> {
        let text = store.setting(self.setting).await?;
        read(text.as_deref()).map_err(|source| KeptError::Damaged { setting: self.setting, source })
    }

    async fn write<A, F>(&self, store: &Store, change: F) -> Result<(A, u64), KeptError>
    where
        A: Send + 'static,
        F: Fn(&mut Stored<T>) -> A + Send + Sync + 'static,
    {
        let written = store.modify_setting(self.setting, move |standing| {
            let mut stored: Stored<T> = match read(standing) {
                Ok(stored) => stored,
                Err(damage) => return Ok((None, Err(damage))),
            };
            let answer = change(&mut stored);
            let text = serde_json::to_string(&stored).map_err(|error| error.to_string())?;
            Ok((Some(text), Ok((answer, stored.version, stored.document))))
        });
        let damaged = |source| KeptError::Damaged { setting: self.setting, source };
        let (answer, version, document) = written.await?.map_err(damaged)?;
        self.go_by(version, Arc::new(document));
        Ok((answer, version))
    }

    /// Changes at once may come back in another order than they were made in; the latest counts.
    fn go_by(&self, version: u64, document: Arc<T>) {
        let mut copy = self.copy.write().unwrap_or_else(PoisonError::into_inner);
        if version >= copy.version {
            *copy = Current { version, document };
        }
    }
}

fn read<T: Default + DeserializeOwned>(text: Option<&str>) -> Result<Stored<T>, serde_json::Error> {
    text.map_or_else(|| Ok(Stored::default()), serde_json::from_str)
}

#[cfg(test)]
mod tests;
