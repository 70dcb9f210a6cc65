//! Settings that the server keeps for itself, by name.

use crate::Store;
use crate::error::{Error, Result};
use crate::tx::Tx;
use crate::value::{params, statements};

statements! {
    PING = ["SELECT 1"];
    SELECT = ["SELECT value FROM settings WHERE name = $1"];
    UPSERT = ["INSERT INTO settings (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value"];
    INSERT = ["INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"];
}

impl Store {
    /// Asks the database whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        self.optional::<i64>(PING, Vec::new()).await.map(drop)
    }

    /// The value of a setting.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        self.optional(SELECT, params![name]).await
    }

    /// Sets a setting, whatever its value was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<()> {
        self.execute(UPSERT, params![name, value]).await.map(drop)
    }

    /// Sets a setting unless it is set, and answers the value that stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_setting_if_absent(&self, name: &str, value: &str) -> Result<String> {
        self.write((name.to_owned(), value.to_owned()), |tx, (name, value)| {
            Box::pin(async move {
                tx.execute(INSERT, &params![name, value]).await?;
                let standing = tx.optional(SELECT, &params![name]).await?;
                standing.ok_or(Error::Corrupt { expected: "setting" })
            })
        })
        .await
    }

    /// Changes a setting by `change`, which is given the value that stands, if one does, and answers the new one, if it is to
    /// be written, and what this method answers. Changes happen one after the other; `change` may be called more than once.
    ///
    /// # Errors
    /// [`Error::Document`] with what `change` refused with.
    pub async fn modify_setting<T, F>(&self, name: &str, change: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(Option<&str>) -> Result<(Option<String>, T), String> + Send + Sync + 'static,
    {
        self.write((name.to_owned(), change), |tx, (name, change)| Box::pin(modify(tx, name, change))).await
    }
}

async fn modify<T, F>(tx: &mut Tx<'_>, name: &str, change: &F) -> Result<T>
where
    F: Fn(Option<&str>) -> Result<(Option<String>, T), String>,
{
    let standing = tx.optional::<String>(SELECT, &params![name]).await?;
    let (changed, answer) = change(standing.as_deref()).map_err(Error::Document)?;
    if let Some(changed) = changed {
        tx.execute(UPSERT, &params![name, changed]).await?;
    }
    Ok(answer)
}
