//! Several processes may use one database.

use fleetgate_store::{DatabaseUrl, Error, Store};

use crate::support::{account, on_both, open};

on_both!(two_processes_share_one_database, several_nodes_may_open_a_new_database_at_once, a_newer_schema_is_refused);

async fn two_processes_share_one_database(url: DatabaseUrl) {
    let (server, tool) = (open(&url).await, open(&url).await);
    let writers: Vec<_> = (1..=40)
        .map(|number| {
            let store = if number % 2 == 0 { server.clone() } else { tool.clone() };
            tokio::spawn(async move { store.insert_account(&account(number)).await.expect("account") })
        })
        .collect();
    for writer in writers {
        writer.await.expect("writer");
    }
    for store in [&server, &tool] {
        assert_eq!(store.accounts(None, 100).await.expect("list").len(), 40);
    }
    assert_eq!(server.directory_version().await.expect("version"), tool.directory_version().await.expect("version"));
}

async fn several_nodes_may_open_a_new_database_at_once(url: DatabaseUrl) {
    let nodes: Vec<_> = (0..6)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Store::open(&url).await.map(drop) })
        })
        .collect();
    for node in nodes {
        node.await.expect("node").expect("opened");
    }
    open(&url).await.insert_account(&account(1)).await.expect("account");
}

async fn a_newer_schema_is_refused(url: DatabaseUrl) {
    drop(open(&url).await);
    let newer = "UPDATE schema_version SET version = version + 1";
    match &url {
        DatabaseUrl::Sqlite(path) => {
            rusqlite::Connection::open(path).expect("open").execute(newer, []).expect("update");
        }
        DatabaseUrl::Postgres(address) => {
            let (client, connection) =
                tokio_postgres::connect(address, tokio_postgres::NoTls).await.expect("connection");
            tokio::spawn(connection);
            client.execute(newer, &[]).await.expect("update");
        }
    }
    let refused = Store::open(&url).await.expect_err("refused");
    assert!(matches!(refused, Error::NewerSchema { found, known } if found == known + 1), "{refused:?}");
}
