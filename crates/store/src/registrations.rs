//! Registrations of applications in regions, and the version of the whole directory.

use fleetgate_protocol::Region;

use crate::Store;
use crate::error::{Error, Result};
use crate::tx::Tx;
use crate::value::{FromRow, Row, params, statements};

/// An application's registration in a region. Fleet API page: partner endpoints, `register`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The application.
    pub client_id: String,
    /// The region.
    pub region: Region,
    /// The domain that serves the public key.
    pub domain: String,
    /// The uncompressed P-256 point, in 130 hexadecimal digits.
    pub public_key: String,
    /// When it was first made.
    pub created_at: i64,
    /// When it was last renewed.
    pub updated_at: i64,
}

/// What became of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterOutcome {
    /// It stands, new or renewed.
    Registered(Registration),
    /// Another application uses this public key.
    KeyTaken,
    /// Another application uses this domain.
    DomainTaken,
}

macro_rules! columns {
    () => {
        "registrations.client_id, registrations.region, registrations.domain, registrations.public_key, \
         registrations.created_at, registrations.updated_at"
    };
}

impl FromRow for Registration {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            client_id: row.next()?,
            region: row.next()?,
            domain: row.next()?,
            public_key: row.next()?,
            created_at: row.next()?,
            updated_at: row.next()?,
        })
    }
}

statements! {
    KEY_TAKEN = ["SELECT client_id FROM registrations WHERE public_key = $1 AND client_id <> $2 LIMIT 1"];
    DOMAIN_TAKEN = ["SELECT client_id FROM registrations WHERE domain = $1 AND client_id <> $2 LIMIT 1"];
    UPSERT = ["INSERT INTO registrations (client_id, region, domain, public_key, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (client_id, region) DO UPDATE SET \
               domain = excluded.domain, public_key = excluded.public_key, updated_at = excluded.updated_at \
               RETURNING ", columns!()];
    LIST = ["SELECT ", columns!(), " FROM registrations ORDER BY client_id, region"];
    OF_CLIENT = ["SELECT ", columns!(), " FROM registrations WHERE client_id = $1 AND region = $2"];
    BY_DOMAIN = ["SELECT ", columns!(), " FROM registrations WHERE domain = $1 AND region = $2"];
    VERSION = ["SELECT version FROM directory WHERE id = 1"];
    RAISE_VERSION = ["UPDATE directory SET version = version + 1 WHERE id = 1"];
}

impl Store {
    /// Registers an application in a region, or renews its registration: the time of the first one is kept.
    /// A domain, without regard to case, and a key belong to one application, in all regions.
    ///
    /// # Errors
    /// When the database fails, or there is no such application.
    pub async fn register(&self, registration: &Registration) -> Result<RegisterOutcome> {
        let mut registration = registration.clone();
        registration.domain.make_ascii_lowercase();
        registration.public_key.make_ascii_lowercase();
        self.write(registration, |tx, registration| Box::pin(register(tx, registration))).await
    }

    /// Every registration.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn registrations(&self) -> Result<Vec<Registration>> {
        self.all(LIST, Vec::new()).await
    }

    /// The registration of an application in a region.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn registration(&self, client_id: &str, region: Region) -> Result<Option<Registration>> {
        self.optional(OF_CLIENT, params![client_id, region]).await
    }

    /// The registration of a domain in a region. There is at most one: a domain belongs to one application.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn registration_by_domain(&self, domain: &str, region: Region) -> Result<Option<Registration>> {
        self.optional(BY_DOMAIN, params![domain.to_ascii_lowercase(), region]).await
    }

    /// A number that every change of accounts, applications and registrations raises, in the same transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn directory_version(&self) -> Result<i64> {
        self.optional(VERSION, Vec::new()).await?.ok_or(Error::Corrupt { expected: "version of the directory" })
    }
}

pub(crate) async fn register(tx: &mut Tx<'_>, registration: &Registration) -> Result<RegisterOutcome> {
    let Registration { client_id, region, domain, public_key, created_at, updated_at } = registration;
    if tx.optional::<String>(KEY_TAKEN, &params![public_key, client_id]).await?.is_some() {
        return Ok(RegisterOutcome::KeyTaken);
    }
    if tx.optional::<String>(DOMAIN_TAKEN, &params![domain, client_id]).await?.is_some() {
        return Ok(RegisterOutcome::DomainTaken);
    }
    let params = params![client_id, region, domain, public_key, created_at, updated_at];
    let standing = tx.optional(UPSERT, &params).await?.ok_or(Error::Corrupt { expected: "registration" })?;
    raise_directory_version(tx).await?;
    Ok(RegisterOutcome::Registered(standing))
}

/// Tells every node that accounts, applications or registrations changed.
pub(crate) async fn raise_directory_version(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(RAISE_VERSION, &[]).await.map(drop)
}
