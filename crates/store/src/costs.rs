//! What answers cost, summed up by day.

use crate::Store;
use crate::error::Result;
use crate::tx::Tx;
use crate::value::{FromRow, Row, params, statements};

/// What the answers of one operation about one device cost an application on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// The day, counted from 1970-01-01 in UTC.
    pub day: i64,
    /// The application.
    pub client_id: String,
    /// The operation of the table.
    pub operation: String,
    /// The VIN or the number of the device; empty when the answers were about none.
    pub device: String,
    /// How many answers.
    pub answers: i64,
    /// Their price in thousandths of a dollar.
    pub thousandths: i64,
}

impl FromRow for Cost {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            day: row.next()?,
            client_id: row.next()?,
            operation: row.next()?,
            device: row.next()?,
            answers: row.next()?,
            thousandths: row.next()?,
        })
    }
}

statements! {
    ADD = ["INSERT INTO costs (day, client_id, operation, device, answers, thousandths) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (day, client_id, operation, device) DO UPDATE SET \
            answers = costs.answers + excluded.answers, thousandths = costs.thousandths + excluded.thousandths"];
    BETWEEN = ["SELECT day, client_id, operation, device, answers, thousandths FROM costs \
                WHERE day >= $1 AND day < $2 ORDER BY day, client_id, operation, device"];
}

impl Store {
    /// Adds to what stands for the same day, application, operation and device: all of it, or nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_costs(&self, costs: Vec<Cost>) -> Result<()> {
        self.write(costs, |tx, costs| Box::pin(add(tx, costs))).await
    }

    /// Every sum from the day `from` to the day before `until`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn costs(&self, from: i64, until: i64) -> Result<Vec<Cost>> {
        self.all(BETWEEN, params![from, until]).await
    }
}

async fn add(tx: &mut Tx<'_>, costs: &[Cost]) -> Result<()> {
    for Cost { day, client_id, operation, device, answers, thousandths } in costs {
        tx.execute(ADD, &params![day, client_id, operation, device, answers, thousandths]).await?;
    }
    Ok(())
}
