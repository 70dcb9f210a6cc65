//! A database that fails for a while.

use std::sync::{Mutex, PoisonError, mpsc};

use fleetgate_store::{DatabaseUrl, DeviceKind, Store};
use tokio::task::JoinHandle;

use super::Sandbox;

/// What is wrong with the database.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Another process holds SQLite's one lock for writing.
    Locked { release: mpsc::Sender<()>, holder: JoinHandle<()> },
    /// PostgreSQL lacks the table of what has ended, so that a transaction fails after its first statements.
    TableGone(tokio_postgres::Client),
}

impl Sandbox {
    /// From now on nothing can be written down as ended, until the fault is mended.
    pub(crate) async fn break_database(&self) -> Fault {
        match &self.place.database {
            url @ DatabaseUrl::Sqlite(_) => {
                let other = Store::open(url).await.expect("opened once more");
                let vin = self.world.vehicles[0].vin.clone();
                let (release, released) = mpsc::channel();
                let (begun, has_begun) = tokio::sync::oneshot::channel();
                let (released, begun) = (Mutex::new(released), Mutex::new(Some(begun)));
                let hold = move |_: &str| {
                    if let Some(begun) = begun.lock().unwrap_or_else(PoisonError::into_inner).take() {
                        begun.send(()).expect("awaited");
                    }
                    let released: Result<(), _> = released.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    Err::<(Option<String>, ()), _>(format!("{released:?}"))
                };
                let holder = tokio::spawn(async move {
                    other.modify_device(DeviceKind::Vehicle, &vin, 0, hold).await.expect_err("nothing is changed");
                });
                has_begun.await.expect("the lock");
                Fault::Locked { release, holder }
            }
            DatabaseUrl::Postgres(url) => {
                let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("a server");
                tokio::spawn(connection);
                client.batch_execute("ALTER TABLE revocations RENAME TO gone").await.expect("renamed");
                Fault::TableGone(client)
            }
        }
    }
}

impl Fault {
    pub(crate) async fn mend(self) {
        match self {
            Self::Locked { release, holder } => {
                release.send(()).expect("awaited");
                holder.await.expect("it ended");
            }
            Self::TableGone(client) => {
                client.batch_execute("ALTER TABLE gone RENAME TO revocations").await.expect("renamed");
            }
        }
    }
}
