//! What PostgreSQL can do by itself.

use anyhow::{Context as _, Result};
use futures_util::future::try_join_all;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls, Statement};

use crate::PostgresCommits;
use crate::commits::{FAMILIES, PRESENTED, ROTATE};
use crate::devices::{CHANGE, DOCUMENT, VEHICLES};
use crate::stopwatch::Stopwatch;

/// Copies a database, which nobody may be using, to `bare` on the same server.
pub(crate) async fn copy(url: &str) -> Result<()> {
    let (server, name) = url.rsplit_once('/').context("the URL names no database")?;
    let client = connect(&format!("{server}/template1")).await?;
    client.batch_execute("DROP DATABASE IF EXISTS bare").await?;
    Ok(client.batch_execute(&format!("CREATE DATABASE bare TEMPLATE \"{name}\"")).await?)
}

/// What is changed in turn.
#[derive(Clone, Debug)]
enum Row {
    /// The grant of a family, and its generation.
    Family(String, i64),
    /// A vehicle.
    Vehicle(String),
}

/// Changes every row in turn, a commit each.
pub(crate) async fn run(work: &PostgresCommits) -> Result<()> {
    let clients = try_join_all((0..work.connections).map(|_| connect(&work.url))).await?;
    let first = clients.first().context("there is no connection")?;
    let (rows, statements): (Vec<Row>, _) = if work.devices {
        let vehicles = first.query(VEHICLES, &[]).await?;
        (vehicles.iter().map(|row| Row::Vehicle(row.get(0))).collect(), [DOCUMENT, CHANGE])
    } else {
        let families = first.query(FAMILIES, &[]).await?;
        (families.iter().map(|row| Row::Family(row.get(0), row.get(1))).collect(), [PRESENTED, ROTATE])
    };
    let shares = rows.chunks(rows.len().div_ceil(work.connections));
    let stopwatch = Stopwatch::own()?;
    let each = clients.into_iter().zip(shares);
    let each = each.map(|(client, share)| change_in_turn(client, statements, share.to_vec(), work.seconds));
    let count = try_join_all(each).await?.iter().sum();
    stopwatch.print(count, stopwatch.elapsed())
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn change_in_turn(
    mut client: Client,
    [read, write]: [&str; 2],
    mut rows: Vec<Row>,
    seconds: f64,
) -> Result<usize> {
    client.batch_execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE").await?;
    client.batch_execute("SET enable_seqscan = off").await?;
    let statements = [&client.prepare(read).await?, &client.prepare(write).await?];
    let stopwatch = Stopwatch::own()?;
    let mut count = 0;
    while stopwatch.elapsed().as_secs_f64() < seconds {
        let index = count % rows.len();
        match change(&mut client, statements, &mut rows[index]).await {
            // It lost a race, as the server's own do, which try again too.
            Err(error) if error.code() == Some(&SqlState::T_R_SERIALIZATION_FAILURE) => continue,
            changed => changed?,
        }
        count += 1;
    }
    Ok(count)
}

async fn change(
    client: &mut Client,
    [read, write]: [&Statement; 2],
    row: &mut Row,
) -> Result<(), tokio_postgres::Error> {
    let transaction = client.transaction().await?;
    match row {
        Row::Family(id, generation) => {
            transaction.query(read, &[id]).await?;
            transaction.execute(write, &[id, generation, &1_i64, &i64::MAX, &1_i64]).await?;
        }
        Row::Vehicle(vin) => {
            let stored = transaction.query_one(read, &[vin]).await?;
            let (document, version): (String, i64) = (stored.get(0), stored.get(1));
            transaction.execute(write, &[vin, &version, &document, &1_i64]).await?;
        }
    }
    transaction.commit().await?;
    if let Row::Family(_, generation) = row {
        *generation += 1;
    }
    Ok(())
}
