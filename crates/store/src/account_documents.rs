//! What people keep here that nobody else asks about: their public keys and their push subscriptions.

use crate::Store;
use crate::devices::DeviceKind;
use crate::error::Result;
use crate::value::{FromRow, Row, names, params, statements};

/// What kind of document it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// A public key and what the person tells of it; its key is the point in hexadecimal.
    PublicKey,
    /// The devices of which a phone gets notices; its key is the phone.
    Subscription,
}

names!(DocumentKind, "kind of document", { PublicKey = "public_key", Subscription = "subscription" });

/// A document of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDocument {
    /// Whose it is.
    pub account_id: String,
    /// What it is.
    pub kind: DocumentKind,
    /// What tells it from others of its kind.
    pub key: String,
    /// The document.
    pub document: String,
    /// When it was kept.
    pub updated_at: i64,
}

impl FromRow for AccountDocument {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            account_id: row.next()?,
            kind: row.next()?,
            key: row.next()?,
            document: row.next()?,
            updated_at: row.next()?,
        })
    }
}

statements! {
    SET = ["INSERT INTO account_documents (account_id, kind, document_key, document, updated_at) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, kind, document_key) DO UPDATE SET \
            document = excluded.document, updated_at = excluded.updated_at"];
    ALL = ["SELECT document FROM account_documents WHERE account_id = $1 AND kind = $2 \
            ORDER BY updated_at DESC, document_key"];
    OF_ALL = ["SELECT account_id, kind, document_key, document, updated_at FROM account_documents \
               ORDER BY updated_at, account_id, kind, document_key"];
    ONE = ["SELECT document FROM account_documents WHERE account_id = $1 AND kind = $2 AND document_key = $3"];
    OTHERS = ["SELECT COUNT(*) FROM account_documents WHERE account_id = $1 AND kind = $2 AND document_key <> $3"];
    PAYERS = ["SELECT device_key, payer FROM devices WHERE kind = $1 AND payer IS NOT NULL ORDER BY device_key"];
    PAYER = ["SELECT payer FROM devices WHERE kind = $1 AND device_key = $2"];
    SET_PAYER = ["UPDATE devices SET payer = $3 WHERE kind = $1 AND device_key = $2"];
}

impl Store {
    /// Keeps a document of an account, in place of the one of the same key. `false`, and nothing is done, when the account
    /// has `most` others of the kind.
    ///
    /// # Errors
    /// When the database fails, or there is no such account.
    pub async fn set_account_document(
        &self,
        account_id: &str,
        kind: DocumentKind,
        key: &str,
        document: String,
        most: i64,
        now: i64,
    ) -> Result<bool> {
        let input = (account_id.to_owned(), kind, key.to_owned(), document, most, now);
        self.write(input, |tx, (account_id, kind, key, document, most, now)| {
            Box::pin(async move {
                let others = tx.optional::<i64>(OTHERS, &params![account_id, kind, key]).await?;
                if others.unwrap_or(0) >= *most {
                    return Ok(false);
                }
                tx.execute(SET, &params![account_id, kind, key, document, now]).await.map(|_| true)
            })
        })
        .await
    }

    /// The documents of a kind of an account, the one that was changed last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_documents(&self, account_id: &str, kind: DocumentKind) -> Result<Vec<String>> {
        self.all(ALL, params![account_id, kind]).await
    }

    /// The documents of all accounts, the one that was changed last at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_account_documents(&self) -> Result<Vec<AccountDocument>> {
        self.all(OF_ALL, params![]).await
    }

    /// A document of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_document(&self, account_id: &str, kind: DocumentKind, key: &str) -> Result<Option<String>> {
        self.optional(ONE, params![account_id, kind, key]).await
    }

    /// Who pays for a vehicle, in JSON; `None` for its owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn payer(&self, vin: &str) -> Result<Option<String>> {
        let payer = self.optional::<Option<String>>(PAYER, params![DeviceKind::Vehicle, vin]).await?;
        Ok(payer.flatten())
    }

    /// Who pays for which vehicle instead of its owner: the VIN, and the payer in JSON.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn payers(&self) -> Result<Vec<(String, String)>> {
        self.all(PAYERS, params![DeviceKind::Vehicle]).await
    }

    /// Says who pays for a vehicle, in JSON.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_payer(&self, vin: &str, payer: &str) -> Result<()> {
        self.execute(SET_PAYER, params![DeviceKind::Vehicle, vin, payer]).await.map(drop)
    }
}
