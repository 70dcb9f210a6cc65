//! Charging history, and orders.

use fleetgate_protocol::Region;

use crate::Store;
use crate::error::Result;
use crate::tx::Tx;
use crate::value::{FromRow, Row, ToValue, params, statements};

/// One charging session of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChargingSession {
    /// Its id.
    pub id: i64,
    /// The vehicle.
    pub vin: String,
    /// Who paid.
    pub owner_account_id: String,
    /// When it began.
    pub started_at: i64,
    /// The rest, in JSON.
    pub document: String,
}

impl FromRow for StoredChargingSession {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            vin: row.next()?,
            owner_account_id: row.next()?,
            started_at: row.next()?,
            document: row.next()?,
        })
    }
}

macro_rules! selected {
    () => {
        " FROM charging_sessions WHERE owner_account_id = $1 AND vin = COALESCE($2, vin) \
         AND started_at >= $3 AND started_at <= $4 AND NOT EXISTS (SELECT device_key FROM devices \
         WHERE kind = 'vehicle' AND device_key = vin AND region <> COALESCE($5, region))"
    };
}

macro_rules! columns {
    () => {
        "id, vin, owner_account_id, started_at, document"
    };
}

statements! {
    INSERT = ["INSERT INTO charging_sessions (", columns!(), ") VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (id) DO UPDATE SET vin = excluded.vin, owner_account_id = excluded.owner_account_id, \
               started_at = excluded.started_at, document = excluded.document"];
    COUNT = ["SELECT COUNT(*)", selected!()];
    NEWEST_FIRST = ["SELECT ", columns!(), selected!(), " ORDER BY started_at DESC, id DESC LIMIT $6 OFFSET $7"];
    OLDEST_FIRST = ["SELECT ", columns!(), selected!(), " ORDER BY started_at, id LIMIT $6 OFFSET $7"];
    WITH_TEXT = ["SELECT ", columns!(), " FROM charging_sessions WHERE owner_account_id = $1 \
                  AND document LIKE $2 AND NOT EXISTS (SELECT device_key FROM devices \
                  WHERE kind = 'vehicle' AND device_key = vin AND region <> COALESCE($3, region))"];
    INSERT_ORDER = ["INSERT INTO orders (account_id, order_key, document) VALUES ($1, $2, $3) \
                     ON CONFLICT (account_id, order_key) DO UPDATE SET document = excluded.document"];
    ORDERS = ["SELECT document FROM orders WHERE account_id = $1 ORDER BY order_key"];
}

impl Store {
    /// Adds charging sessions, all or none; one whose id is there is replaced.
    ///
    /// # Errors
    /// When the database fails, or there is no such account.
    pub async fn insert_charging_sessions(&self, sessions: &[StoredChargingSession]) -> Result<()> {
        self.write(sessions.to_vec(), |tx, sessions| {
            Box::pin(async move {
                for session in sessions {
                    insert_session(tx, session).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// The charging sessions of an account that began between `from` and `to`, both included, and how many there are
    /// before `offset` and `limit`. With a region, those of vehicles in other regions are left out.
    ///
    /// # Errors
    /// When the database fails.
    #[expect(clippy::too_many_arguments, reason = "each narrows the list in its own way, as in the Fleet API's query")]
    pub async fn charging_sessions(
        &self,
        owner_account_id: &str,
        region: Option<Region>,
        vin: Option<&str>,
        from: Option<i64>,
        to: Option<i64>,
        newest_first: bool,
        offset: i64,
        limit: i64,
    ) -> Result<(Vec<StoredChargingSession>, i64)> {
        let mut params =
            params![owner_account_id, vin, from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX), region].to_vec();
        let total = self.optional(COUNT, params.clone()).await?.unwrap_or(0);
        params.extend([limit, offset].iter().map(ToValue::to_value));
        let page = self.all(if newest_first { NEWEST_FIRST } else { OLDEST_FIRST }, params).await?;
        Ok((page, total))
    }

    /// The charging session of an account with this invoice, a UUID. With a region, one of a vehicle in another region is
    /// none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn charging_session_of_invoice(
        &self,
        owner_account_id: &str,
        region: Option<Region>,
        invoice_id: &str,
    ) -> Result<Option<StoredChargingSession>> {
        // A UUID has nothing in it that `LIKE` reads otherwise, and stands in no other document.
        if invoice_id.len() != 36 || !invoice_id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
            return Ok(None);
        }
        self.optional(WITH_TEXT, params![owner_account_id, format!("%\"{invoice_id}\"%"), region]).await
    }

    /// Adds an order of an account; one of the same key is replaced.
    ///
    /// # Errors
    /// When the database fails, or there is no such account.
    pub async fn insert_order(&self, account_id: &str, key: &str, document: &str) -> Result<()> {
        self.execute(INSERT_ORDER, params![account_id, key, document]).await.map(drop)
    }

    /// The documents of an account's orders, by key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn orders_of(&self, account_id: &str) -> Result<Vec<String>> {
        self.all(ORDERS, params![account_id]).await
    }
}

pub(crate) async fn insert_session(tx: &mut Tx<'_>, session: &StoredChargingSession) -> Result<()> {
    let StoredChargingSession { id, vin, owner_account_id, started_at, document } = session;
    tx.execute(INSERT, &params![id, vin, owner_account_id, started_at, document]).await.map(drop)
}
