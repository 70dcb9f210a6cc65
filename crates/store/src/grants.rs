//! Grants: one row is one grant and, if it may be refreshed, one family of refresh tokens.

pub(crate) mod business;
pub(crate) mod rotation;

use fleetgate_protocol::{Region, ScopeSet};

use crate::Store;
use crate::error::{Error, Result};
use crate::revocations::{Ending, OLDER_OF_PAIR, revoke};
use crate::tx::Tx;
use crate::value::{FromRow, Row, names, params, statements};

/// What a grant came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantKind {
    /// A person's consent.
    AuthorizationCode,
    /// The application itself.
    ClientCredentials,
    /// A business's consent.
    Business,
}

names!(GrantKind, "kind of grant", {
    AuthorizationCode = "authorization_code",
    ClientCredentials = "client_credentials",
    Business = "business",
});

/// A grant to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// A UUID in its canonical form, lower-case and hyphenated.
    pub id: String,
    /// What it came from.
    pub kind: GrantKind,
    /// The application.
    pub client_id: String,
    /// The person or business; `None` when the application acts for itself.
    pub account_id: Option<String>,
    /// The region in front of its refresh tokens.
    pub region: Region,
    /// What was granted.
    pub scopes: ScopeSet,
    /// Whether it has refresh tokens.
    pub refreshable: bool,
    /// The key that authenticates the refresh token of the newest generation.
    pub mac_key_id: i64,
    /// When the person proved who they are.
    pub auth_time: Option<i64>,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// As it was asked for.
    pub locale: Option<String>,
    /// The only audience that its tokens may have (RFC 8707, section 2.2), if it is bound to one.
    pub audience: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// When the first generation expires.
    pub generation_expires_at: Option<i64>,
    /// When no rotation helps any more.
    pub absolute_expires_at: Option<i64>,
    /// Whether the older grants of the same account and application end.
    pub end_older: bool,
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// A UUID in its canonical form, lower-case and hyphenated.
    pub id: String,
    /// What it came from.
    pub kind: GrantKind,
    /// The application.
    pub client_id: String,
    /// The person or business; `None` when the application acts for itself.
    pub account_id: Option<String>,
    /// The region in front of its refresh tokens.
    pub region: Region,
    /// What was granted.
    pub scopes: ScopeSet,
    /// Whether it has refresh tokens.
    pub refreshable: bool,
    /// The key that authenticates the refresh token of the newest generation.
    pub mac_key_id: i64,
    /// When the person proved who they are.
    pub auth_time: Option<i64>,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// As it was asked for.
    pub locale: Option<String>,
    /// The only audience that its tokens may have (RFC 8707, section 2.2), if it is bound to one.
    pub audience: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// When the newest generation expires.
    pub generation_expires_at: Option<i64>,
    /// When no rotation helps any more.
    pub absolute_expires_at: Option<i64>,
    /// The newest generation, counted from one.
    pub generation: i64,
    /// When it was last rotated.
    pub rotated_at: Option<i64>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<i64>,
    /// Why.
    pub revoked_reason: Option<String>,
}

/// The columns of a grant, also beside those of other tables.
macro_rules! grant_columns {
    () => {
        "grants.id, grants.kind, grants.client_id, grants.account_id, grants.region, grants.scopes, \
         grants.refreshable, grants.mac_key_id, grants.auth_time, grants.amr, grants.locale, grants.audience, grants.created_at, \
         grants.generation_expires_at, grants.absolute_expires_at, grants.generation, grants.rotated_at, \
         grants.revoked_at, grants.revoked_reason"
    };
}
pub(crate) use grant_columns;

impl FromRow for Grant {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            kind: row.next()?,
            client_id: row.next()?,
            account_id: row.next()?,
            region: row.next()?,
            scopes: row.next()?,
            refreshable: row.next()?,
            mac_key_id: row.next()?,
            auth_time: row.next()?,
            amr: row.next()?,
            locale: row.next()?,
            audience: row.next()?,
            created_at: row.next()?,
            generation_expires_at: row.next()?,
            absolute_expires_at: row.next()?,
            generation: row.next()?,
            rotated_at: row.next()?,
            revoked_at: row.next()?,
            revoked_reason: row.next()?,
        })
    }
}

statements! {
    INSERT = ["INSERT INTO grants (id, kind, client_id, account_id, region, scopes, refreshable, mac_key_id, auth_time, \
               amr, locale, audience, created_at, generation_expires_at, absolute_expires_at, generation) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1) ON CONFLICT DO NOTHING"];
    BY_ID = ["SELECT ", grant_columns!(), " FROM grants WHERE id = $1"];
    OF_CLIENT = ["SELECT ", grant_columns!(), " FROM grants WHERE client_id = $1 ORDER BY created_at, id"];
    OF_ACCOUNT = ["SELECT ", grant_columns!(), " FROM grants WHERE account_id = $1 ORDER BY created_at, id"];
    OF_PAIR = ["SELECT ", grant_columns!(), " FROM grants WHERE client_id = $1 AND account_id = $2 \
                ORDER BY created_at, id"];
    ALL = ["SELECT ", grant_columns!(), " FROM grants ORDER BY created_at, id"];
}

impl Store {
    /// The grant of this id, revoked or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grant(&self, id: &str) -> Result<Option<Grant>> {
        self.optional(BY_ID, params![id]).await
    }

    /// The grants of an application, of an account, of the two together, or all; revoked or not, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grants_of(&self, client_id: Option<&str>, account_id: Option<&str>) -> Result<Vec<Grant>> {
        match (client_id, account_id) {
            (Some(client_id), Some(account_id)) => self.all(OF_PAIR, params![client_id, account_id]).await,
            (Some(client_id), None) => self.all(OF_CLIENT, params![client_id]).await,
            (None, Some(account_id)) => self.all(OF_ACCOUNT, params![account_id]).await,
            (None, None) => self.all(ALL, Vec::new()).await,
        }
    }
}

/// Adds a grant and, if it says so, ends the older ones of the same two parties.
pub(crate) async fn insert(tx: &mut Tx<'_>, new: &NewGrant, ending: &Ending) -> Result<Grant> {
    let n = new;
    let params = params![
        n.id,
        n.kind,
        n.client_id,
        n.account_id,
        n.region,
        n.scopes,
        n.refreshable,
        n.mac_key_id,
        n.auth_time,
        n.amr,
        n.locale,
        n.audience,
        n.created_at,
        n.generation_expires_at,
        n.absolute_expires_at
    ];
    if tx.execute(INSERT, &params).await? == 0 {
        return Err(Error::Conflict { what: "grant" });
    }
    if let (true, Some(account_id)) = (new.end_older, &new.account_id) {
        let ending = ending.because("replaced_by_newer_grant");
        revoke(tx, OLDER_OF_PAIR, &[account_id, &new.client_id, &new.id], &ending).await?;
    }
    let new = new.clone();
    Ok(Grant {
        id: new.id,
        kind: new.kind,
        client_id: new.client_id,
        account_id: new.account_id,
        region: new.region,
        scopes: new.scopes,
        refreshable: new.refreshable,
        mac_key_id: new.mac_key_id,
        auth_time: new.auth_time,
        amr: new.amr,
        locale: new.locale,
        audience: new.audience,
        created_at: new.created_at,
        generation_expires_at: new.generation_expires_at,
        absolute_expires_at: new.absolute_expires_at,
        generation: 1,
        rotated_at: None,
        revoked_at: None,
        revoked_reason: None,
    })
}
