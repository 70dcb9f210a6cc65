//! PostgreSQL: a pool, cached statements, serializable transactions that are tried again when they lose a race.

use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::IsolationLevel;
use tokio_postgres::error::SqlState;

use crate::client::{execute, query};
use crate::error::{Error, Result};
use crate::tx::{Body, Tx};
use crate::url;
use crate::value::{Row, Value};

const CONNECTIONS: usize = 16;
/// How long to wait for a free connection, and for a new one.
const PATIENCE: Duration = Duration::from_secs(5);
/// One of many that want the same row at once wins each time: this is for some tens of them, and takes some seconds at most.
const ATTEMPTS: u32 = 40;

/// Every transaction is serializable, also that of a single statement: the guarantee holds only among such.
/// A commit is durable before it is acknowledged, whatever the server's default.
/// Reading through an index, PostgreSQL notes the rows that were read; reading a small table whole it would note the
/// table, and every two writers would seem to be in each other's way.
const SESSION: &str = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE; \
     SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'; \
     SET enable_seqscan = off";

/// A database on a server.
pub(crate) struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub(crate) fn new(url: &str) -> Result<Self> {
        let (config, tls) = url::postgres(url)?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match tls {
            Some(tls) => Manager::from_config(config, tls, recycling),
            None => Manager::from_config(config, tokio_postgres::NoTls, recycling),
        };
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move { client.batch_execute(SESSION).await.map_err(HookError::Backend) })
            }))
            .build()
            .map_err(|error| Error::Statement(error.into()))?;
        Ok(Self { pool })
    }

    pub(crate) async fn connection(&self) -> Result<Object> {
        self.pool.get().await.map_err(|error| match error {
            deadpool_postgres::PoolError::Timeout(_) => Error::Busy,
            other => Error::Statement(other.into()),
        })
    }

    /// Runs `body` in a serializable transaction, again when it lost a race.
    pub(crate) async fn write<I, T>(&self, input: I, body: Body<I, T>) -> Result<T> {
        let mut attempt = 0;
        loop {
            match self.attempt(&input, body).await {
                Err(error) if lost_race(&error) => pause(&mut attempt).await?,
                result => return result,
            }
        }
    }

    async fn attempt<I, T>(&self, input: &I, body: Body<I, T>) -> Result<T> {
        let mut connection = self.connection().await?;
        let transaction = connection.build_transaction().isolation_level(IsolationLevel::Serializable).start().await?;
        let result = body(&mut Tx::Postgres(&transaction), input).await;
        match result {
            Ok(value) => {
                transaction.commit().await?;
                Ok(value)
            }
            Err(error) => {
                if let Err(lost) = transaction.rollback().await {
                    tracing::debug!(error = &lost as &dyn std::error::Error, "the server ended a transaction itself");
                }
                Err(error)
            }
        }
    }

    /// Runs one statement, which is its own transaction, and answers how many rows it wrote.
    pub(crate) async fn execute(&self, sql: &'static str, params: &[Value]) -> Result<u64> {
        let mut attempt = 0;
        loop {
            let result = execute(&self.connection().await?, sql, params).await;
            match result {
                Err(error) if lost_race(&error) => pause(&mut attempt).await?,
                result => return result,
            }
        }
    }

    /// Runs one statement, which is its own transaction, and answers its rows.
    pub(crate) async fn query(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>> {
        let mut attempt = 0;
        loop {
            let result = query(&self.connection().await?, sql, params).await;
            match result {
                Err(error) if lost_race(&error) => pause(&mut attempt).await?,
                result => return result,
            }
        }
    }
}

/// The state that the server named, if the error is one of its own.
pub(crate) fn state(error: &Error) -> Option<&SqlState> {
    let Error::Statement(cause) = error else { return None };
    cause.downcast_ref::<tokio_postgres::Error>()?.code()
}

fn lost_race(error: &Error) -> bool {
    matches!(state(error), Some(state) if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(state))
}

/// Waits a random while, longer after each attempt; `Error::Busy` when there were enough.
pub(crate) async fn pause(attempt: &mut u32) -> Result<()> {
    *attempt += 1;
    if *attempt >= ATTEMPTS {
        return Err(Error::Busy);
    }
    let mut random = [0; 2];
    #[expect(clippy::disallowed_methods, reason = "how long to wait decides nothing that a test could want to repeat")]
    let filled = aws_lc_rs::rand::fill(&mut random);
    filled.map_err(|error| Error::Statement(error.into()))?;
    let longest = 1_000_u64 << (*attempt).min(6);
    tokio::time::sleep(Duration::from_micros(u64::from(u16::from_le_bytes(random)) % longest)).await;
    Ok(())
}
