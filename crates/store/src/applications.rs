//! Applications: the clients of RFC 6749.

use std::fmt;

use fleetgate_protocol::{ApplicationKind, GrantType, Region, ScopeSet};

use crate::Store;
use crate::error::{Error, Result};
use crate::grants::{self, GrantKind, NewGrant};
use crate::registrations::raise_directory_version;
use crate::revocations::{Ending, OF_CLIENT, revoke};
use crate::tx::Tx;
use crate::value::{FromRow, Row, params, statements};

/// An application. `Debug` shows its client id and name only.
#[derive(Clone, PartialEq, Eq)]
pub struct Application {
    /// RFC 6749, section 2.2.
    pub client_id: String,
    /// The name on the consent page; no two applications have the same.
    pub name: String,
    /// What it says of itself.
    pub description: String,
    /// Third-party, partner or open-source.
    pub kind: ApplicationKind,
    /// What it may use at the token endpoint.
    pub grant_types: Vec<GrantType>,
    /// SHA-256 of the client secret; `None` for a public client.
    pub secret_hash: Option<[u8; 32]>,
    /// The secret under the master key, where it must be shown again (the sandbox).
    pub sealed_secret: Option<Vec<u8>>,
    /// Where the authorization endpoint may redirect to.
    pub redirect_uris: Vec<String>,
    /// Where the logout endpoint may redirect to.
    pub post_logout_redirect_uris: Vec<String>,
    /// The origins of the application's pages.
    pub allowed_origins: Vec<String>,
    /// The domain that it registers with.
    pub domain: Option<String>,
    /// Its public command key.
    pub public_key_pem: Option<String>,
    /// Its private command key under the master key (the sandbox).
    pub sealed_private_key: Option<Vec<u8>>,
    /// What it may ask for.
    pub scopes: ScopeSet,
    /// The business that it belongs to.
    pub business_account_id: Option<String>,
    /// The grant of its partner tokens, which is made with it.
    pub machine_grant_id: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// Since when it is disabled, if it is.
    pub disabled_at: Option<i64>,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("client_id", &self.client_id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

macro_rules! columns {
    () => {
        "client_id, name, description, kind, grant_types, secret_hash, sealed_secret, redirect_uris, \
         post_logout_redirect_uris, allowed_origins, domain, public_key_pem, sealed_private_key, scopes, \
         business_account_id, machine_grant_id, created_at, updated_at, disabled_at"
    };
}

impl FromRow for Application {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            client_id: row.next()?,
            name: row.next()?,
            description: row.next()?,
            kind: row.next()?,
            grant_types: row.next()?,
            secret_hash: row.next()?,
            sealed_secret: row.next()?,
            redirect_uris: row.next()?,
            post_logout_redirect_uris: row.next()?,
            allowed_origins: row.next()?,
            domain: row.next()?,
            public_key_pem: row.next()?,
            sealed_private_key: row.next()?,
            scopes: row.next()?,
            business_account_id: row.next()?,
            machine_grant_id: row.next()?,
            created_at: row.next()?,
            updated_at: row.next()?,
            disabled_at: row.next()?,
        })
    }
}

statements! {
    INSERT = ["INSERT INTO applications (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
               $13, $14, $15, $16, $17, $18, $19) ON CONFLICT DO NOTHING"];
    NAME_TAKEN = ["SELECT client_id FROM applications WHERE name = $1 AND client_id <> $2"];
    UPDATE = ["UPDATE applications SET name = $2, description = $3, kind = $4, grant_types = $5, redirect_uris = $6, \
               post_logout_redirect_uris = $7, allowed_origins = $8, domain = $9, public_key_pem = $10, \
               sealed_private_key = $11, scopes = $12, business_account_id = $13, updated_at = $14, disabled_at = $15 \
               WHERE client_id = $1"];
    BY_ID = ["SELECT ", columns!(), " FROM applications WHERE client_id = $1"];
    BY_NAME = ["SELECT ", columns!(), " FROM applications WHERE name = $1"];
    LIST = ["SELECT ", columns!(), " FROM applications ORDER BY created_at, client_id"];
    ROTATE_SECRET = ["UPDATE applications SET secret_hash = $2, sealed_secret = $3, updated_at = $4 WHERE client_id = $1"];
    SET_DISABLED = ["UPDATE applications SET disabled_at = $2, updated_at = $3 WHERE client_id = $1"];
    DELETE = ["DELETE FROM applications WHERE client_id = $1"];
}

impl Store {
    /// Adds an application, and the grant of its partner tokens with it.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the client id, the name or the machine grant's id is taken.
    pub async fn insert_application(&self, application: &Application) -> Result<()> {
        let input = (application.clone(), self.ending("", application.created_at));
        self.write(input, |tx, (application, ending)| Box::pin(insert(tx, application, ending))).await
    }

    /// Changes everything of an application but its client id, creation, secret and machine grant; `false` when there is
    /// no such application. `now` becomes its `updated_at`.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the name is taken.
    pub async fn update_application(&self, application: &Application, now: i64) -> Result<bool> {
        self.write((application.clone(), now), |tx, (application, now)| Box::pin(update(tx, application, *now))).await
    }

    /// The application of this client id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn application(&self, client_id: &str) -> Result<Option<Application>> {
        self.optional(BY_ID, params![client_id]).await
    }

    /// The application of this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn application_by_name(&self, name: &str) -> Result<Option<Application>> {
        self.optional(BY_NAME, params![name]).await
    }

    /// Every application, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn applications(&self) -> Result<Vec<Application>> {
        self.all(LIST, Vec::new()).await
    }

    /// Gives an application another secret; `false` when there is no such application.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate_secret(
        &self,
        client_id: &str,
        secret_hash: [u8; 32],
        sealed_secret: Option<Vec<u8>>,
        now: i64,
    ) -> Result<bool> {
        self.change_directory(ROTATE_SECRET, params![client_id, secret_hash, sealed_secret, now].into()).await
    }

    /// Disables an application or, with `None`, enables it; `false` when there is no such application.
    /// Its grants stay, and are refused for as long.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_application_disabled(&self, client_id: &str, disabled_at: Option<i64>, now: i64) -> Result<bool> {
        self.change_directory(SET_DISABLED, params![client_id, disabled_at, now].into()).await
    }

    /// Removes an application and all that is its own; its grants are revoked first. `false` when there is no such
    /// application.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_application(&self, client_id: &str, now: i64) -> Result<bool> {
        let ending = self.ending("application_removed", now);
        self.write((client_id.to_owned(), ending), |tx, (client_id, ending)| {
            Box::pin(async move {
                revoke(tx, OF_CLIENT, &[client_id], ending).await?;
                let found = tx.execute(DELETE, &params![client_id]).await? > 0;
                raise_directory_version(tx).await?;
                Ok(found)
            })
        })
        .await
    }

    async fn change_directory(&self, sql: &'static str, params: Vec<crate::value::Value>) -> Result<bool> {
        self.write((sql, params), |tx, (sql, params)| {
            Box::pin(async move {
                let found = tx.execute(sql, params).await? > 0;
                raise_directory_version(tx).await?;
                Ok(found)
            })
        })
        .await
    }
}

pub(crate) async fn insert(tx: &mut Tx<'_>, application: &Application, ending: &Ending) -> Result<()> {
    let a = application;
    let params = params![
        a.client_id,
        a.name,
        a.description,
        a.kind,
        a.grant_types,
        a.secret_hash,
        a.sealed_secret,
        a.redirect_uris,
        a.post_logout_redirect_uris,
        a.allowed_origins,
        a.domain,
        a.public_key_pem,
        a.sealed_private_key,
        a.scopes,
        a.business_account_id,
        a.machine_grant_id,
        a.created_at,
        a.updated_at,
        a.disabled_at
    ];
    if tx.execute(INSERT, &params).await? == 0 {
        return Err(Error::Conflict { what: "application" });
    }
    grants::insert(tx, &machine_grant(application), ending).await?;
    raise_directory_version(tx).await
}

/// The grant of an application's partner tokens: it never expires, is never refreshed, and belongs to no region.
fn machine_grant(application: &Application) -> NewGrant {
    NewGrant {
        id: application.machine_grant_id.clone(),
        kind: GrantKind::ClientCredentials,
        client_id: application.client_id.clone(),
        account_id: None,
        region: Region::Na,
        scopes: application.scopes.clone(),
        refreshable: false,
        mac_key_id: 0,
        auth_time: None,
        amr: Vec::new(),
        locale: None,
        audience: None,
        created_at: application.created_at,
        generation_expires_at: None,
        absolute_expires_at: None,
        end_older: false,
    }
}

async fn update(tx: &mut Tx<'_>, application: &Application, now: i64) -> Result<bool> {
    let a = application;
    if tx.optional::<String>(NAME_TAKEN, &params![a.name, a.client_id]).await?.is_some() {
        return Err(Error::Conflict { what: "application" });
    }
    let params = params![
        a.client_id,
        a.name,
        a.description,
        a.kind,
        a.grant_types,
        a.redirect_uris,
        a.post_logout_redirect_uris,
        a.allowed_origins,
        a.domain,
        a.public_key_pem,
        a.sealed_private_key,
        a.scopes,
        a.business_account_id,
        now,
        a.disabled_at
    ];
    let found = tx.execute(UPDATE, &params).await? > 0;
    raise_directory_version(tx).await?;
    Ok(found)
}
