//! What every request asks about, kept in memory: applications and where they are registered.
//!
//! The store counts its changes; a node reads everything again when the count has moved (see [`crate::jobs`]), and at
//! once after a change of its own.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use fleetgate_gate::Registry;
use fleetgate_protocol::Region;
use fleetgate_store::{Application, Error, Store};
use serde::{Deserialize, Serialize};

/// Applications and registrations, as last read from the store.
#[derive(Debug, Default)]
pub struct Directory {
    read: RwLock<Snapshot>,
}

#[derive(Debug, Default)]
struct Snapshot {
    version: i64,
    applications: HashMap<String, Arc<Application>>,
    registered: HashMap<String, Vec<Region>>,
    disabled_businesses: HashSet<String>,
    misnamed: HashMap<String, Misnamed>,
}

/// A person whose tokens name another region than the home: a mistake of the real service that a sandbox can make.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Misnamed {
    /// The home region.
    pub(crate) home: Region,
    /// What the claim `ou_code` says.
    pub(crate) ou_code: Region,
}

/// The setting with those people, by the account's id.
pub(crate) const MISNAMED: &str = "misnamed_regions";

impl Snapshot {
    /// Whether an application is switched off, itself or by its business.
    fn is_disabled(&self, application: &Application) -> bool {
        let business = application.business_account_id.as_ref();
        application.disabled_at.is_some() || business.is_some_and(|id| self.disabled_businesses.contains(id))
    }
}

impl Directory {
    /// Reads everything.
    ///
    /// # Errors
    /// When the store fails; what was known stays known.
    pub async fn reload(&self, store: &Store) -> Result<(), Error> {
        // The version is read first: a change in between is read again at the next look, never missed.
        let version = store.directory_version().await?;
        let applications = store.applications().await?;
        let registrations = store.registrations().await?;
        let disabled_businesses = store.disabled_businesses().await?.into_iter().collect();
        let misnamed = misnamed(store).await?;
        let mut registered: HashMap<String, Vec<Region>> = HashMap::new();
        for known in registrations {
            registered.entry(known.client_id).or_default().push(known.region);
        }
        let snapshot = Snapshot {
            version,
            applications: applications.into_iter().map(|app| (app.client_id.clone(), Arc::new(app))).collect(),
            registered,
            disabled_businesses,
            misnamed,
        };
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
        Ok(())
    }

    /// Reads everything again if the store has changed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn follow(&self, store: &Store) -> Result<(), Error> {
        if store.directory_version().await? != self.look(|snapshot| snapshot.version) {
            self.reload(store).await?;
        }
        Ok(())
    }

    /// The application of a client id.
    #[must_use]
    pub fn application(&self, client_id: &str) -> Option<Arc<Application>> {
        self.look(|snapshot| snapshot.applications.get(client_id).cloned())
    }

    /// The application of a name, or of a client id.
    #[must_use]
    pub fn application_named(&self, name: &str) -> Option<Arc<Application>> {
        self.look(|snapshot| {
            let mut all = snapshot.applications.values();
            all.find(|application| application.name == name || application.client_id == name).cloned()
        })
    }

    /// Whether an application is switched off, itself or by its business.
    #[must_use]
    pub fn is_disabled(&self, application: &Application) -> bool {
        self.look(|snapshot| snapshot.is_disabled(application))
    }

    /// What the claim `ou_code` says of somebody whose home it does not name.
    #[must_use]
    pub fn wrong_ou_code(&self, account_id: &str) -> Option<Region> {
        self.look(|snapshot| snapshot.misnamed.get(account_id).map(|person| person.ou_code))
    }

    fn look<T>(&self, look: impl FnOnce(&Snapshot) -> T) -> T {
        look(&self.read.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The people whose tokens name another region than the home.
///
/// # Errors
/// When the store fails.
pub(crate) async fn misnamed(store: &Store) -> Result<HashMap<String, Misnamed>, Error> {
    match store.setting(MISNAMED).await? {
        Some(text) => serde_json::from_str(&text).map_err(|error| Error::Document(error.to_string())),
        None => Ok(HashMap::new()),
    }
}

impl Registry for Directory {
    fn home_region(&self, subject: &str) -> Option<Region> {
        self.look(|snapshot| snapshot.misnamed.get(subject).map(|person| person.home))
    }

    fn registered(&self, client_id: &str, region: Region) -> bool {
        self.look(|snapshot| snapshot.registered.get(client_id).is_some_and(|regions| regions.contains(&region)))
    }

    fn disabled(&self, client_id: &str, _: Option<&str>) -> Option<String> {
        // A person's account needs no look here: switching it off ends its grants, which the revocation view knows.
        self.look(|snapshot| match snapshot.applications.get(client_id) {
            Some(application) => snapshot.is_disabled(application).then(|| "DISABLED".to_owned()),
            None => Some("REMOVED".to_owned()),
        })
    }
}
