//! What every request asks about, kept in memory: applications and where they are registered.
//!
//! The store counts its changes; a node reads everything again when the count has moved (see [`crate::jobs`]), and at
//! once after a change of its own.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use fleetgate_gate::Registry;
use fleetgate_protocol::Region;
use fleetgate_store::{Application, Error, Store};

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
}

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
        let mut registered: HashMap<String, Vec<Region>> = HashMap::new();
        for known in registrations {
            registered.entry(known.client_id).or_default().push(known.region);
        }
        let snapshot = Snapshot {
            version,
            applications: applications.into_iter().map(|app| (app.client_id.clone(), Arc::new(app))).collect(),
            registered,
            disabled_businesses,
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

    fn look<T>(&self, look: impl FnOnce(&Snapshot) -> T) -> T {
        look(&self.read.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Registry for Directory {
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
