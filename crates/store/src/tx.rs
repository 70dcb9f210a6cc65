//! A transaction, the same to its body on both databases.

use futures_util::future::BoxFuture;

use crate::client;
use crate::error::Result;
use crate::link::Link;
use crate::value::{FromRow, Row, Value};

/// The work of one transaction: it waits for nothing but its own statements, and may run more than once.
///
/// `Err` undoes everything that it did; an outcome that must be kept, such as a revocation, is an `Ok`.
pub(crate) type Body<I, T> = for<'t, 'c> fn(&'t mut Tx<'c>, &'t I) -> BoxFuture<'t, Result<T>>;

/// An open transaction.
pub(crate) enum Tx<'c> {
    Sqlite(&'c mut Link),
    Postgres(&'c deadpool_postgres::Transaction<'c>),
}

impl Tx<'_> {
    /// Runs a statement and answers how many rows it wrote.
    pub(crate) async fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64> {
        match self {
            Self::Sqlite(link) => link.execute(sql, params),
            Self::Postgres(transaction) => Box::pin(client::execute(*transaction, sql, params)).await,
        }
    }

    /// Runs a statement and answers its rows.
    pub(crate) async fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(link) => link.query(sql, params),
            Self::Postgres(transaction) => Box::pin(client::query(*transaction, sql, params)).await,
        }
    }

    /// The rows of a statement, read as `T`.
    pub(crate) async fn all<T: FromRow>(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<T>> {
        self.query(sql, params).await?.iter_mut().map(T::from_row).collect()
    }

    /// The first row of a statement, read as `T`.
    pub(crate) async fn optional<T: FromRow>(&mut self, sql: &'static str, params: &[Value]) -> Result<Option<T>> {
        self.query(sql, params).await?.first_mut().map(T::from_row).transpose()
    }
}
