//! Statements on a connection to PostgreSQL, or in a transaction of one.

use deadpool_postgres::GenericClient;
use tokio_postgres::types::ToSql;

use crate::error::Result;
use crate::value::{Row, Value};

/// Runs a statement and answers how many rows it wrote.
pub(crate) async fn execute<C: GenericClient>(client: &C, sql: &'static str, params: &[Value]) -> Result<u64> {
    let statement = client.prepare_cached(sql).await?;
    Ok(client.execute(&statement, &by_reference(params)).await?)
}

/// Runs a statement and answers its rows.
pub(crate) async fn query<C: GenericClient>(client: &C, sql: &'static str, params: &[Value]) -> Result<Vec<Row>> {
    let statement = client.prepare_cached(sql).await?;
    let rows = client.query(&statement, &by_reference(params)).await?;
    rows.iter()
        .map(|row| Ok(Row::new((0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>()?)))
        .collect()
}

fn by_reference(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}
