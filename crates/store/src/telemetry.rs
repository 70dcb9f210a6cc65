//! Virtual keys of applications in vehicles, and what the vehicles stream to them.

use crate::Store;
use crate::devices::DeviceKind;
use crate::error::Result;
use crate::tx::Tx;
use crate::value::{FromRow, Row, params, statements};

/// Errors older than this are not told, and are removed: thirty days, in microseconds.
pub(crate) const ERROR_KEPT: i64 = 30 * 24 * 60 * 60 * 1_000_000;
const VEHICLE: DeviceKind = DeviceKind::Vehicle;

/// A virtual key that is paired with a vehicle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairedKey {
    /// The vehicle.
    pub vin: String,
    /// The uncompressed P-256 point, in 130 hexadecimal digits.
    pub public_key: String,
    /// The application whose key it was when it was paired.
    pub client_id: String,
    /// When it was paired.
    pub paired_at: i64,
}

impl FromRow for PairedKey {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { vin: row.next()?, public_key: row.next()?, client_id: row.next()?, paired_at: row.next()? })
    }
}

/// What an application has a vehicle stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTelemetryConfig {
    /// The configuration, in JSON; `None` when it was removed.
    pub document: Option<String>,
    /// When it lapses.
    pub ends_at: i64,
    /// When it was given or removed.
    pub changed_at: i64,
}

impl FromRow for StoredTelemetryConfig {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { document: row.next()?, ends_at: row.next()?, changed_at: row.next()? })
    }
}

/// Why a vehicle could not stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTelemetryError {
    /// The application whose configuration it is.
    pub client_id: String,
    /// The vehicle.
    pub vin: String,
    /// When.
    pub occurred_at: i64,
    /// What went wrong.
    pub error: String,
}

impl FromRow for StoredTelemetryError {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { client_id: row.next()?, vin: row.next()?, occurred_at: row.next()?, error: row.next()? })
    }
}

statements! {
    PAIR = ["INSERT INTO vehicle_keys (kind, device_key, public_key, client_id, paired_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (kind, device_key, public_key) DO UPDATE SET client_id = excluded.client_id"];
    UNPAIR = ["DELETE FROM vehicle_keys WHERE kind = $1 AND device_key = $2 AND public_key = $3"];
    KEYS = ["SELECT device_key, public_key, client_id, paired_at FROM vehicle_keys WHERE kind = $1 \
             AND device_key = COALESCE($2, device_key) ORDER BY device_key, paired_at, public_key"];
    CONFIG = ["SELECT document, ends_at, changed_at FROM telemetry_configs \
               WHERE kind = $1 AND device_key = $2 AND client_id = $3"];
    ALL_CONFIGS = ["SELECT device_key, client_id, document, ends_at, changed_at FROM telemetry_configs WHERE kind = $1 \
                    ORDER BY device_key, client_id"];
    COUNT = ["SELECT COUNT(*) FROM telemetry_configs WHERE kind = $1 AND device_key = $2 AND document IS NOT NULL \
              AND ends_at > $3"];
    COUNT_OTHERS = ["SELECT COUNT(*) FROM telemetry_configs WHERE kind = $1 AND device_key = $2 AND client_id <> $3 \
                     AND document IS NOT NULL AND ends_at > $4"];
    SET = ["INSERT INTO telemetry_configs (kind, device_key, client_id, document, ends_at, changed_at) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, device_key, client_id) DO UPDATE SET \
            document = excluded.document, ends_at = excluded.ends_at, changed_at = excluded.changed_at"];
    REMOVE = ["UPDATE telemetry_configs SET document = NULL, ends_at = $4, changed_at = $4 \
               WHERE kind = $1 AND device_key = $2 AND client_id = $3 AND document IS NOT NULL AND ends_at > $4"];
    REMOVE_ALL = ["UPDATE telemetry_configs SET document = NULL, ends_at = $2, changed_at = $2 WHERE client_id = $1 \
                   AND document IS NOT NULL AND ends_at > $2 AND changed_at <= $2"];
    REMOVE_OF_PAIR = ["UPDATE telemetry_configs SET document = NULL, ends_at = $3, changed_at = $3 WHERE client_id = $2 \
                       AND document IS NOT NULL AND EXISTS (SELECT devices.device_key FROM devices \
                       WHERE devices.kind = telemetry_configs.kind \
                       AND devices.device_key = telemetry_configs.device_key AND devices.owner_account_id = $1)"];
    UNPAIR_OF_PAIR = ["DELETE FROM vehicle_keys WHERE client_id = $2 AND EXISTS (SELECT devices.device_key FROM devices \
                       WHERE devices.kind = vehicle_keys.kind AND devices.device_key = vehicle_keys.device_key \
                       AND devices.owner_account_id = $1)"];
    ADD_ERROR = ["INSERT INTO telemetry_errors (client_id, kind, device_key, occurred_at, error) \
                  VALUES ($1, $2, $3, $4, $5) ON CONFLICT (client_id, kind, device_key, occurred_at) \
                  DO UPDATE SET error = excluded.error"];
    ERRORS = ["SELECT client_id, device_key, occurred_at, error FROM telemetry_errors WHERE client_id = $1 \
               AND device_key = COALESCE($2, device_key) AND occurred_at > $3 ORDER BY occurred_at DESC, device_key"];
    ALL_ERRORS = ["SELECT client_id, device_key, occurred_at, error FROM telemetry_errors WHERE kind = $1 \
                   ORDER BY occurred_at, client_id, device_key"];
    FORGET_ERRORS = ["DELETE FROM telemetry_errors WHERE client_id = $1 AND occurred_at <= $2"];
}

impl Store {
    /// Pairs an application's key with a vehicle; doing so again is no error.
    ///
    /// # Errors
    /// When the database fails, or there is no such vehicle or application.
    pub async fn pair_key(&self, key: &PairedKey) -> Result<()> {
        let PairedKey { vin, public_key, client_id, paired_at } = key;
        self.execute(PAIR, params![VEHICLE, vin, public_key, client_id, paired_at]).await.map(drop)
    }

    /// Takes a key out of a vehicle; `false` when it is not in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unpair_key(&self, vin: &str, public_key: &str) -> Result<bool> {
        Ok(self.execute(UNPAIR, params![VEHICLE, vin, public_key]).await? > 0)
    }

    /// The keys in a vehicle or, without one, in all of them; by vehicle, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn paired_keys(&self, vin: Option<&str>) -> Result<Vec<PairedKey>> {
        self.all(KEYS, params![VEHICLE, vin]).await
    }

    /// What an application has a vehicle stream, or had.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn telemetry_config(&self, vin: &str, client_id: &str) -> Result<Option<StoredTelemetryConfig>> {
        self.optional(CONFIG, params![VEHICLE, vin, client_id]).await
    }

    /// Every configuration with the VIN and the application, removed ones too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_telemetry_configs(&self) -> Result<Vec<(String, String, StoredTelemetryConfig)>> {
        self.all(ALL_CONFIGS, params![VEHICLE]).await
    }

    /// Every error that is kept, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_telemetry_errors(&self) -> Result<Vec<StoredTelemetryError>> {
        self.all(ALL_ERRORS, params![VEHICLE]).await
    }

    /// How many configurations a vehicle has at `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_telemetry_configs(&self, vin: &str, now: i64) -> Result<i64> {
        Ok(self.optional(COUNT, params![VEHICLE, vin, now]).await?.unwrap_or(0))
    }

    /// Gives vehicles a configuration of an application, in place of its former one; one with `most` configurations of
    /// others is passed over. Answers the VINs of those.
    ///
    /// # Errors
    /// When the database fails, or there is no such vehicle or application.
    pub async fn set_telemetry_config(
        &self,
        vins: Vec<String>,
        client_id: &str,
        config: StoredTelemetryConfig,
        most: i64,
    ) -> Result<Vec<String>> {
        self.write((vins, client_id.to_owned(), config, most), |tx, (vins, client_id, config, most)| {
            Box::pin(async move {
                let StoredTelemetryConfig { document, ends_at, changed_at } = config;
                let mut full = Vec::new();
                for vin in vins {
                    let others =
                        tx.optional::<i64>(COUNT_OTHERS, &params![VEHICLE, vin, client_id, changed_at]).await?;
                    if others.unwrap_or(0) >= *most {
                        full.push(vin.clone());
                    } else {
                        let params = params![VEHICLE, vin, client_id, document, ends_at, changed_at];
                        tx.execute(SET, &params).await?;
                    }
                }
                Ok(full)
            })
        })
        .await
    }

    /// Removes an application's configuration from a vehicle; `false` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_telemetry_config(&self, vin: &str, client_id: &str, now: i64) -> Result<bool> {
        Ok(self.execute(REMOVE, params![VEHICLE, vin, client_id, now]).await? > 0)
    }

    /// Removes the configurations that an application had given by `now` from all vehicles; later ones stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_telemetry_configs(&self, client_id: &str, now: i64) -> Result<()> {
        self.execute(REMOVE_ALL, params![client_id, now]).await.map(drop)
    }

    /// Notes why a vehicle could not stream to an application, and forgets what is older than thirty days.
    ///
    /// # Errors
    /// When the database fails, or there is no such vehicle or application.
    pub async fn add_telemetry_error(&self, error: &StoredTelemetryError) -> Result<()> {
        self.write(error.clone(), |tx, error| {
            Box::pin(async move {
                let StoredTelemetryError { client_id, vin, occurred_at, error } = error;
                tx.execute(FORGET_ERRORS, &params![client_id, occurred_at - ERROR_KEPT]).await?;
                tx.execute(ADD_ERROR, &params![client_id, VEHICLE, vin, occurred_at, error]).await.map(drop)
            })
        })
        .await
    }

    /// Why vehicles, or one of them, could not stream to an application in the thirty days before `now`, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn telemetry_errors(
        &self,
        client_id: &str,
        vin: Option<&str>,
        now: i64,
    ) -> Result<Vec<StoredTelemetryError>> {
        self.all(ERRORS, params![client_id, vin, now - ERROR_KEPT]).await
    }
}

/// An application that a person does not allow any more has neither keys in the person's vehicles nor streams from them.
pub(crate) async fn end_access(tx: &mut Tx<'_>, account_id: &str, client_id: &str, now: i64) -> Result<()> {
    tx.execute(REMOVE_OF_PAIR, &params![account_id, client_id, now]).await?;
    tx.execute(UNPAIR_OF_PAIR, &params![account_id, client_id]).await.map(drop)
}
