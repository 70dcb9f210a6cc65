//! Invitations to drive a vehicle, and the drivers that come of them.

use crate::Store;
use crate::devices::{DeviceKind, SHARE};
use crate::error::Result;
use crate::tx::Tx;
use crate::value::{FromRow, Row, Value, params, statements};

const VEHICLE: DeviceKind = DeviceKind::Vehicle;

/// An invitation to drive a vehicle.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredInvitation {
    /// Its number.
    pub id: i64,
    /// The vehicle.
    pub vin: String,
    /// SHA-256 of the code.
    pub code_hash: [u8; 32],
    /// The code, sealed.
    pub sealed_code: Vec<u8>,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When it was taken back, if it was.
    pub revoked_at: Option<i64>,
    /// When it was accepted, if it was.
    pub redeemed_at: Option<i64>,
    /// By whom.
    pub redeemed_by: Option<String>,
}

impl std::fmt::Debug for StoredInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredInvitation").field("id", &self.id).finish_non_exhaustive()
    }
}

impl FromRow for StoredInvitation {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            vin: row.next()?,
            code_hash: row.next()?,
            sealed_code: row.next()?,
            created_at: row.next()?,
            expires_at: row.next()?,
            revoked_at: row.next()?,
            redeemed_at: row.next()?,
            redeemed_by: row.next()?,
        })
    }
}

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// The account may drive this vehicle.
    Accepted {
        /// The VIN.
        vin: String,
    },
    /// There never was such a code.
    Unknown,
    /// It is used, expired or revoked.
    Over,
    /// The account owns or drives the vehicle already.
    UsesItAlready,
    /// The vehicle has as many drivers as it can have.
    TooManyDrivers,
}

/// What became of taking an invitation back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    /// It is taken back, now or before.
    Revoked,
    /// The vehicle has no such invitation.
    Unknown,
    /// Somebody accepted it.
    Accepted,
}

macro_rules! columns {
    () => {
        "id, device_key, code_hash, sealed_code, created_at, expires_at, revoked_at, redeemed_at, redeemed_by"
    };
}

statements! {
    INSERT = ["INSERT INTO invitations (kind, ", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"];
    LIST = ["SELECT ", columns!(), " FROM invitations WHERE kind = $1 AND device_key = $2 \
             ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4"];
    ALL = ["SELECT ", columns!(), " FROM invitations WHERE kind = $1 ORDER BY created_at, id"];
    COUNT = ["SELECT COUNT(*) FROM invitations WHERE kind = $1 AND device_key = $2"];
    REDEEM = ["UPDATE invitations SET redeemed_at = $3, redeemed_by = $2 WHERE code_hash = $1 AND expires_at > $3 \
               AND revoked_at IS NULL AND redeemed_at IS NULL"];
    BY_HASH = ["SELECT invitations.device_key, devices.owner_account_id FROM invitations \
                JOIN devices ON devices.kind = invitations.kind AND devices.device_key = invitations.device_key \
                WHERE code_hash = $1"];
    REVOKE = ["UPDATE invitations SET revoked_at = COALESCE(revoked_at, $4) WHERE kind = $1 AND device_key = $2 \
               AND id = $3 AND redeemed_at IS NULL"];
    IS_THERE = ["SELECT id FROM invitations WHERE kind = $1 AND device_key = $2 AND id = $3"];
    DRIVERS = ["SELECT account_id, role FROM device_shares WHERE kind = $1 AND device_key = $2 ORDER BY account_id"];
    UNSHARE = ["DELETE FROM device_shares WHERE kind = $1 AND device_key = $2 AND account_id = $3"];
}

/// What [`INSERT`] wants.
pub(crate) fn insertion(invitation: &StoredInvitation) -> [Value; 10] {
    let i = invitation;
    params![
        VEHICLE,
        i.id,
        i.vin,
        i.code_hash,
        i.sealed_code,
        i.created_at,
        i.expires_at,
        i.revoked_at,
        i.redeemed_at,
        i.redeemed_by
    ]
}

impl Store {
    /// Adds an invitation.
    ///
    /// # Errors
    /// When the database fails, there is no such vehicle, or the number or the code is taken.
    pub async fn insert_invitation(&self, invitation: &StoredInvitation) -> Result<()> {
        self.execute(INSERT, insertion(invitation)).await.map(drop)
    }

    /// The invitations of all vehicles, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_invitations(&self) -> Result<Vec<StoredInvitation>> {
        self.all(ALL, params![VEHICLE]).await
    }

    /// The invitations of a vehicle, newest first, from `offset`, and how many there are in all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitations(&self, vin: &str, offset: i64, limit: i64) -> Result<(Vec<StoredInvitation>, i64)> {
        let total = self.optional(COUNT, params![VEHICLE, vin]).await?.unwrap_or(0);
        Ok((self.all(LIST, params![VEHICLE, vin, limit, offset]).await?, total))
    }

    /// Makes an account a driver, in this role, of the vehicle of a code, which is used up by it. A vehicle has at most
    /// `most` drivers.
    ///
    /// # Errors
    /// When the database fails, or there is no such account.
    pub async fn redeem_invitation(
        &self,
        code_hash: &[u8; 32],
        account_id: &str,
        role: &str,
        most: i64,
        now: i64,
    ) -> Result<Acceptance> {
        let input = (*code_hash, account_id.to_owned(), role.to_owned(), most, now);
        self.write(input, |tx, (code_hash, account_id, role, most, now)| {
            Box::pin(redeem(tx, code_hash, account_id, role, *most, *now))
        })
        .await
    }

    /// Takes an invitation of a vehicle back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_invitation(&self, vin: &str, id: i64, now: i64) -> Result<Withdrawal> {
        self.write((vin.to_owned(), id, now), |tx, (vin, id, now)| {
            Box::pin(async move {
                if tx.execute(REVOKE, &params![VEHICLE, vin, id, now]).await? > 0 {
                    return Ok(Withdrawal::Revoked);
                }
                let found = tx.optional::<i64>(IS_THERE, &params![VEHICLE, vin, id]).await?;
                Ok(if found.is_some() { Withdrawal::Accepted } else { Withdrawal::Unknown })
            })
        })
        .await
    }

    /// Who drives a vehicle beside its owner: account and role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drivers(&self, vin: &str) -> Result<Vec<(String, String)>> {
        self.all(DRIVERS, params![VEHICLE, vin]).await
    }

    /// Takes a driver from a vehicle; `false` when the account does not drive it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_driver(&self, vin: &str, account_id: &str) -> Result<bool> {
        Ok(self.execute(UNSHARE, params![VEHICLE, vin, account_id]).await? > 0)
    }
}

async fn redeem(
    tx: &mut Tx<'_>,
    code_hash: &[u8; 32],
    account_id: &str,
    role: &str,
    most: i64,
    now: i64,
) -> Result<Acceptance> {
    let found = tx.optional::<(String, String)>(BY_HASH, &params![code_hash]).await?;
    let Some((vin, owner)) = found else { return Ok(Acceptance::Unknown) };
    let drivers = tx.all::<(String, String)>(DRIVERS, &params![VEHICLE, vin]).await?;
    if owner == account_id || drivers.iter().any(|(driver, _)| driver == account_id) {
        return Ok(Acceptance::UsesItAlready);
    }
    if drivers.len() as i64 >= most {
        return Ok(Acceptance::TooManyDrivers);
    }
    if tx.execute(REDEEM, &params![code_hash, account_id, now]).await? == 0 {
        return Ok(Acceptance::Over);
    }
    tx.execute(SHARE, &params![VEHICLE, vin, account_id, role]).await?;
    Ok(Acceptance::Accepted { vin })
}
