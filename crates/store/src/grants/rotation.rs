//! Rotation of refresh tokens (RFC 9700, section 4.14.2): one conditional statement, in the row of the family.

use std::cmp::Ordering;

use fleetgate_protocol::{Scope, ScopeSet};

use super::{Grant, grant_columns};
use crate::Store;
use crate::accounts::{Account, account_columns};
use crate::error::{Error, Result};
use crate::revocations::{self, Ending, ONE, Revocation, RevocationKind, revoke};
use crate::tx::Tx;
use crate::value::{params, statements};

/// A refresh token, whose MAC was found right, is presented.
#[derive(Clone, Debug)]
pub struct Rotate {
    /// The family that it names.
    pub grant_id: String,
    /// Who presents it.
    pub client_id: String,
    /// What a person can grant to the application now.
    pub grantable: ScopeSet,
    /// What is asked for of the grant's scopes (RFC 6749, section 6).
    pub asked: Option<ScopeSet>,
    /// Whether asking for more than was granted is refused, rather than ignored.
    pub refuse_wider: bool,
    /// The audience that is asked for (RFC 8707).
    pub audience: Option<String>,
    /// The generation that it names.
    pub presented: i64,
    /// The time.
    pub now: i64,
    /// For how long after a rotation the generation before it is answered with the same successor, in microseconds.
    pub grace: i64,
    /// How long the next generation lives, in microseconds.
    pub generation_lifetime: i64,
    /// The key that will authenticate the next generation.
    pub mac_key_id: i64,
    /// Whether the access tokens of older generations end.
    pub end_older_access: bool,
}

/// All that a new access token is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshedGrant {
    /// The grant, with the new generation.
    pub grant: Grant,
    /// Whom it acts for.
    pub account: Account,
    /// What the access token is good for: of the grant's scopes those that consent and application still have, and of
    /// those the ones that were asked for. Never empty.
    pub scopes: ScopeSet,
}

/// What became of a refresh token. Whatever it is, it is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// It was the newest, and its successor is out.
    Rotated(RefreshedGrant),
    /// It was the one before the newest, within the grace: the same successor again, and nothing was written.
    Repeated(RefreshedGrant),
    /// It had been superseded: the family is revoked.
    Replayed(Revocation),
    /// It names a generation that was never issued.
    Ahead,
    /// There is no such family.
    Unknown,
    /// It belongs to another application; nothing was spent.
    WrongClient,
    /// The generation, or the whole grant, has expired.
    Expired,
    /// The grant was revoked before.
    Revoked {
        /// Why.
        reason: String,
    },
    /// The consent is gone.
    ConsentRevoked,
    /// The account is disabled.
    AccountDisabled,
    /// The application is disabled.
    ApplicationDisabled,
    /// More was asked for than was granted; nothing was spent.
    WiderScope,
    /// Nothing of what was asked for is granted any more; nothing was spent.
    NothingGranted,
    /// The grant is bound to another audience than was asked for; nothing was spent.
    WrongAudience,
}

statements! {
    PRESENTED = ["SELECT ", grant_columns!(), ", ", account_columns!(), ", consents.scopes, applications.disabled_at \
                  FROM grants JOIN accounts ON accounts.id = grants.account_id \
                  JOIN applications ON applications.client_id = grants.client_id \
                  LEFT JOIN consents ON consents.account_id = grants.account_id \
                  AND consents.client_id = grants.client_id WHERE grants.id = $1"];
    ROTATE = ["UPDATE grants SET generation = $2 + 1, rotated_at = $3, generation_expires_at = $4, mac_key_id = $5 \
               WHERE id = $1 AND generation = $2 AND revoked_at IS NULL"];
}

impl Store {
    /// Answers a refresh token with its successor, or says why not; see [`Rotation`].
    ///
    /// # Errors
    /// When the database fails, [`Error::Busy`] when too many others rotated the same family at the same time.
    pub async fn rotate(&self, rotate: Rotate) -> Result<Rotation> {
        let ending = self.ending("refresh_token_replayed", rotate.now);
        self.write((rotate, ending), |tx, (rotate, ending)| Box::pin(run(tx, rotate, ending))).await
    }
}

async fn run(tx: &mut Tx<'_>, rotate: &Rotate, ending: &Ending) -> Result<Rotation> {
    type Presented = (Grant, Account, Option<ScopeSet>, Option<i64>);
    let presented = tx.optional::<Presented>(PRESENTED, &params![rotate.grant_id]).await?;
    let Some((grant, account, consent_scopes, application_disabled_at)) = presented else {
        return Ok(Rotation::Unknown);
    };
    if !grant.refreshable {
        return Ok(Rotation::Unknown);
    }
    if grant.client_id != rotate.client_id {
        return Ok(Rotation::WrongClient);
    }
    if application_disabled_at.is_some() {
        return Ok(Rotation::ApplicationDisabled);
    }
    if account.disabled_at.is_some() {
        return Ok(Rotation::AccountDisabled);
    }
    if grant.revoked_at.is_some() {
        return Ok(Rotation::Revoked { reason: grant.revoked_reason.unwrap_or_default() });
    }
    // Refreshing is itself a scope: a person can take back that one alone.
    let Some(consent_scopes) = consent_scopes.filter(|scopes| scopes.contains(&Scope::OFFLINE_ACCESS)) else {
        return Ok(Rotation::ConsentRevoked);
    };
    let expired = |expires_at: Option<i64>| expires_at.is_some_and(|expires_at| expires_at <= rotate.now);
    if expired(grant.generation_expires_at) || expired(grant.absolute_expires_at) {
        return Ok(Rotation::Expired);
    }
    if rotate.audience.is_some() && grant.audience.is_some() && rotate.audience != grant.audience {
        return Ok(Rotation::WrongAudience);
    }
    let mut scopes = grant.scopes.intersection(&consent_scopes).intersection(&rotate.grantable);
    match &rotate.asked {
        Some(asked) if asked.is_subset(&grant.scopes) => scopes = scopes.intersection(asked),
        Some(_) if rotate.refuse_wider => return Ok(Rotation::WiderScope),
        _ => {}
    }
    if scopes.is_empty() {
        return Ok(Rotation::NothingGranted);
    }
    let refreshed = RefreshedGrant { grant, account, scopes };
    match rotate.presented.cmp(&refreshed.grant.generation) {
        Ordering::Greater => Ok(Rotation::Ahead),
        Ordering::Equal => advance(tx, rotate, refreshed, ending).await.map(Rotation::Rotated),
        Ordering::Less if within_grace(rotate, &refreshed.grant) => Ok(Rotation::Repeated(refreshed)),
        Ordering::Less => {
            let revocation = revoke(tx, ONE, &[&refreshed.grant.id], ending).await?.pop();
            revocation.map(Rotation::Replayed).ok_or(Error::Busy)
        }
    }
}

/// Whether the generation before the newest is presented, soon enough after the rotation that superseded it.
fn within_grace(rotate: &Rotate, grant: &Grant) -> bool {
    let since = grant.rotated_at.map(|rotated_at| rotate.now.saturating_sub(rotated_at));
    rotate.presented == grant.generation - 1 && rotate.grace > 0 && since.is_some_and(|since| since < rotate.grace)
}

async fn advance(
    tx: &mut Tx<'_>,
    rotate: &Rotate,
    mut refreshed: RefreshedGrant,
    ending: &Ending,
) -> Result<RefreshedGrant> {
    let grant = &mut refreshed.grant;
    let expires_at = rotate.now.saturating_add(rotate.generation_lifetime);
    let params = params![grant.id, rotate.presented, rotate.now, expires_at, rotate.mac_key_id];
    if tx.execute(ROTATE, &params).await? == 0 {
        return Err(Error::Busy);
    }
    grant.generation += 1;
    grant.rotated_at = Some(rotate.now);
    grant.generation_expires_at = Some(expires_at);
    grant.mac_key_id = rotate.mac_key_id;
    if rotate.end_older_access {
        let superseded = Revocation {
            kind: RevocationKind::Generation,
            subject: grant.id.clone(),
            before_generation: Some(grant.generation),
            reason: "superseded_by_refresh".to_owned(),
            at: rotate.now,
            expires_at: ending.expires_at,
        };
        revocations::insert(tx, &superseded).await?;
    }
    Ok(refreshed)
}
