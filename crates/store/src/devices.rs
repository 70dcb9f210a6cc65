//! Devices: vehicles and energy sites by one mechanism, each with its state as a document.

use fleetgate_protocol::Region;

use crate::Store;
use crate::charging::{self, StoredChargingSession};
use crate::error::{Error, Result};
use crate::tx::Tx;
use crate::value::{FromRow, Row, names, params, statements};

/// What kind of device it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// A vehicle, whose key is its VIN.
    Vehicle,
    /// An energy site, whose key is its id in decimal.
    EnergySite,
}

names!(DeviceKind, "kind of device", { Vehicle = "vehicle", EnergySite = "energy_site" });

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Vehicle or energy site.
    pub kind: DeviceKind,
    /// VIN or site id.
    pub key: String,
    /// The id in paths, unique in its kind.
    pub number: i64,
    /// Whose it is.
    pub owner_account_id: String,
    /// Where it is.
    pub region: Region,
    /// Its state, in JSON.
    pub document: String,
    /// Raised by every change of the document.
    pub version: i64,
    /// When the document was last changed.
    pub updated_at: i64,
}

/// How a device is named: by its key or its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceName {
    /// VIN or site id.
    Key(String),
    /// The id in paths.
    Number(i64),
}

/// What a change of a device leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceChange<T> {
    /// The new document, if it is to be written.
    pub document: Option<String>,
    /// Charging sessions that ended in it, written with the document or not at all.
    pub sessions: Vec<StoredChargingSession>,
    /// What the change answers.
    pub answer: T,
}

impl FromRow for Device {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            kind: row.next()?,
            key: row.next()?,
            number: row.next()?,
            owner_account_id: row.next()?,
            region: row.next()?,
            document: row.next()?,
            version: row.next()?,
            updated_at: row.next()?,
        })
    }
}

macro_rules! columns {
    () => {
        "devices.kind, devices.device_key, devices.number, devices.owner_account_id, devices.region, devices.document, \
         devices.version, devices.updated_at"
    };
}

/// The role of account `$3` with a device; NULL when it has nothing to do with it.
macro_rules! role {
    () => {
        "CASE WHEN devices.owner_account_id = $3 THEN 'owner' ELSE (SELECT device_shares.role FROM device_shares \
         WHERE device_shares.kind = devices.kind AND device_shares.device_key = devices.device_key \
         AND device_shares.account_id = $3) END"
    };
}

statements! {
    INSERT = ["INSERT INTO devices (kind, device_key, number, owner_account_id, region, document, version, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"];
    BY_KEY = ["SELECT ", columns!(), " FROM devices WHERE kind = $1 AND device_key = $2"];
    BY_NUMBER = ["SELECT ", columns!(), " FROM devices WHERE kind = $1 AND number = $2"];
    ALL = ["SELECT ", columns!(), " FROM devices WHERE kind = $1 ORDER BY number"];
    OF_ACCOUNT = ["SELECT ", columns!(), ", 'owner' AS role FROM devices WHERE kind = $1 AND owner_account_id = $2 \
                   UNION ALL SELECT ", columns!(), ", device_shares.role FROM device_shares \
                   JOIN devices ON devices.kind = device_shares.kind \
                   AND devices.device_key = device_shares.device_key \
                   WHERE device_shares.kind = $1 AND device_shares.account_id = $2 \
                   AND devices.owner_account_id <> $2 ORDER BY 3"];
    SHARE = ["INSERT INTO device_shares (kind, device_key, account_id, role) VALUES ($1, $2, $3, $4) \
              ON CONFLICT (kind, device_key, account_id) DO UPDATE SET role = excluded.role"];
    SHARES = ["SELECT device_key, account_id, role FROM device_shares WHERE kind = $1 ORDER BY device_key, account_id"];
    SEEN_BY_KEY = ["SELECT ", columns!(), ", ", role!(), " FROM devices WHERE kind = $1 AND device_key = $2"];
    SEEN_BY_NUMBER = ["SELECT ", columns!(), ", ", role!(), " FROM devices WHERE kind = $1 AND number = $2"];
    ROLE = ["SELECT ", role!(), " FROM devices WHERE kind = $1 AND device_key = $2"];
    DOCUMENT = ["SELECT document, version FROM devices WHERE kind = $1 AND device_key = $2"];
    CHANGE = ["UPDATE devices SET document = $4, version = version + 1, updated_at = $5 \
               WHERE kind = $1 AND device_key = $2 AND version = $3"];
}

impl Store {
    /// Adds a device.
    ///
    /// # Errors
    /// [`Error::Conflict`] when its key or number is taken.
    pub async fn insert_device(&self, device: &Device) -> Result<()> {
        self.write(device.clone(), |tx, device| Box::pin(insert(tx, device))).await
    }

    /// The device of this key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn device(&self, kind: DeviceKind, key: &str) -> Result<Option<Device>> {
        self.optional(BY_KEY, params![kind, key]).await
    }

    /// The device of this number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn device_by_number(&self, kind: DeviceKind, number: i64) -> Result<Option<Device>> {
        self.optional(BY_NUMBER, params![kind, number]).await
    }

    /// Shares a device with an account, in a role such as `driver`.
    ///
    /// # Errors
    /// When the database fails, or there is no such device or account.
    pub async fn share_device(&self, kind: DeviceKind, key: &str, account_id: &str, role: &str) -> Result<()> {
        self.execute(SHARE, params![kind, key, account_id, role]).await.map(drop)
    }

    /// The devices that an account owns or shares, each with its role (`owner` or that of the share), by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn devices_of(&self, kind: DeviceKind, account_id: &str) -> Result<Vec<(Device, String)>> {
        self.all(OF_ACCOUNT, params![kind, account_id]).await
    }

    /// The role of an account with a device; `None` when it has nothing to do with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn device_role(&self, kind: DeviceKind, key: &str, account_id: &str) -> Result<Option<String>> {
        let role = self.optional::<Option<String>>(ROLE, params![kind, key, account_id]).await?;
        Ok(role.flatten())
    }

    /// Every device of a kind, by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_devices(&self, kind: DeviceKind) -> Result<Vec<Device>> {
        self.all(ALL, params![kind]).await
    }

    /// Every share of a kind of device: its key, the account and the role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shares(&self, kind: DeviceKind) -> Result<Vec<(String, String, String)>> {
        self.all(SHARES, params![kind]).await
    }

    /// Changes the document of a device by `change`, which is given the document and answers the new one, if it is to be
    /// written, and what this method answers. Changes of one device happen one after the other; `change` may be called more
    /// than once. `None` when there is no such device.
    ///
    /// # Errors
    /// [`Error::Document`] with what `change` refused with.
    pub async fn modify_device<T, F>(&self, kind: DeviceKind, key: &str, now: i64, change: F) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: Fn(&str) -> Result<(Option<String>, T), String> + Send + Sync + 'static,
    {
        self.change_device(kind, key, now, move |document| {
            let (document, answer) = change(document)?;
            Ok(DeviceChange { document, sessions: Vec::new(), answer })
        })
        .await
    }

    /// The same for a change in which charging sessions may end: they are stored with the new document, or not at all.
    ///
    /// # Errors
    /// [`Error::Document`] with what `change` refused with.
    pub async fn change_device<T, F>(&self, kind: DeviceKind, key: &str, now: i64, change: F) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: Fn(&str) -> Result<DeviceChange<T>, String> + Send + Sync + 'static,
    {
        self.write((kind, key.to_owned(), now, change), |tx, (kind, key, now, change)| {
            Box::pin(modify(tx, *kind, key, *now, change))
        })
        .await
    }

    /// The same for whoever asks: `change` is also given whose the device is, and the role of this account with it, so
    /// that it can refuse. So one transaction finds out who may change a device, and changes it.
    ///
    /// # Errors
    /// [`Error::Document`] with what `change` refused with.
    pub async fn change_device_for<T, F>(
        &self,
        account_id: &str,
        kind: DeviceKind,
        name: DeviceName,
        now: i64,
        change: F,
    ) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: Fn(&Device, Option<&str>) -> Result<DeviceChange<T>, String> + Send + Sync + 'static,
    {
        let input = (account_id.to_owned(), kind, name, now, change);
        self.write(input, |tx, (account_id, kind, name, now, change)| {
            Box::pin(modify_for(tx, account_id, *kind, name, *now, change))
        })
        .await
    }
}

pub(crate) async fn insert(tx: &mut Tx<'_>, device: &Device) -> Result<()> {
    let d = device;
    let params = params![d.kind, d.key, d.number, d.owner_account_id, d.region, d.document, d.version, d.updated_at];
    match tx.execute(INSERT, &params).await? {
        0 => Err(Error::Conflict { what: "device" }),
        _ => Ok(()),
    }
}

async fn modify<T, F>(tx: &mut Tx<'_>, kind: DeviceKind, key: &str, now: i64, change: &F) -> Result<Option<T>>
where
    F: Fn(&str) -> Result<DeviceChange<T>, String>,
{
    let found = tx.optional::<(String, i64)>(DOCUMENT, &params![kind, key]).await?;
    let Some((document, version)) = found else { return Ok(None) };
    let change = change(&document).map_err(Error::Document)?;
    write(tx, kind, key, version, now, change).await.map(Some)
}

async fn modify_for<T, F>(
    tx: &mut Tx<'_>,
    account_id: &str,
    kind: DeviceKind,
    name: &DeviceName,
    now: i64,
    change: &F,
) -> Result<Option<T>>
where
    F: Fn(&Device, Option<&str>) -> Result<DeviceChange<T>, String>,
{
    let found = match name {
        DeviceName::Key(key) => tx.optional(SEEN_BY_KEY, &params![kind, key, account_id]).await?,
        DeviceName::Number(number) => tx.optional(SEEN_BY_NUMBER, &params![kind, number, account_id]).await?,
    };
    let Some((device, role)) = found else { return Ok(None) };
    let (device, role): (Device, Option<String>) = (device, role);
    let change = change(&device, role.as_deref()).map_err(Error::Document)?;
    write(tx, kind, &device.key, device.version, now, change).await.map(Some)
}

/// Writes what a change of a version leaves behind.
async fn write<T>(
    tx: &mut Tx<'_>,
    kind: DeviceKind,
    key: &str,
    version: i64,
    now: i64,
    change: DeviceChange<T>,
) -> Result<T> {
    let DeviceChange { document: changed, sessions, answer } = change;
    let Some(changed) = changed else { return Ok(answer) };
    if tx.execute(CHANGE, &params![kind, key, version, changed, now]).await? == 0 {
        return Err(Error::Busy);
    }
    for session in &sessions {
        charging::insert_session(tx, session).await?;
    }
    Ok(answer)
}
