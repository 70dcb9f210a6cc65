//! What PostgreSQL can do by itself.

use anyhow::{Context as _, Result};
use futures_util::future::try_join_all;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls, Statement};

use crate::PostgresCommits;
use crate::commits::{FAMILIES, PRESENTED, ROTATE};
use crate::stopwatch::Stopwatch;

/// Copies a database, which nobody may be using, to `bare` on the same server.
pub(crate) async fn copy(url: &str) -> Result<()> {
    let (server, name) = url.rsplit_once('/').context("the URL names no database")?;
    let client = connect(&format!("{server}/template1")).await?;
    client.batch_execute("DROP DATABASE IF EXISTS bare").await?;
    Ok(client.batch_execute(&format!("CREATE DATABASE bare TEMPLATE \"{name}\"")).await?)
}

/// Rotates every family in turn, a commit each.
pub(crate) async fn run(work: &PostgresCommits) -> Result<()> {
    let clients = try_join_all((0..work.connections).map(|_| connect(&work.url))).await?;
    let first = clients.first().context("there is no connection")?;
    let families: Vec<(String, i64)> =
        first.query(FAMILIES, &[]).await?.iter().map(|row| (row.get(0), row.get(1))).collect();
    let shares = families.chunks(families.len().div_ceil(work.connections));
    let stopwatch = Stopwatch::own()?;
    let each = clients.into_iter().zip(shares).map(|(client, share)| rotate(client, share.to_vec(), work.seconds));
    let count = try_join_all(each).await?.iter().sum();
    stopwatch.print(count, stopwatch.elapsed())
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn rotate(mut client: Client, mut families: Vec<(String, i64)>, seconds: f64) -> Result<usize> {
    client.batch_execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE").await?;
    client.batch_execute("SET enable_seqscan = off").await?;
    let (presented, update) = (client.prepare(PRESENTED).await?, client.prepare(ROTATE).await?);
    let stopwatch = Stopwatch::own()?;
    let mut count = 0;
    while stopwatch.elapsed().as_secs_f64() < seconds {
        let index = count % families.len();
        let (id, generation) = &mut families[index];
        match rotate_once(&mut client, [&presented, &update], id, *generation).await {
            // It lost a race, as the server's own do, which try again too.
            Err(error) if error.code() == Some(&SqlState::T_R_SERIALIZATION_FAILURE) => continue,
            rotated => rotated?,
        }
        *generation += 1;
        count += 1;
    }
    Ok(count)
}

async fn rotate_once(
    client: &mut Client,
    [presented, update]: [&Statement; 2],
    id: &String,
    generation: i64,
) -> Result<(), tokio_postgres::Error> {
    let transaction = client.transaction().await?;
    transaction.query(presented, &[id]).await?;
    transaction.execute(update, &[id, &generation, &1_i64, &i64::MAX, &1_i64]).await?;
    transaction.commit().await
}
