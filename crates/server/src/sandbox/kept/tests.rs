use fleetgate_store::DatabaseUrl;
use futures_util::future::join_all;

use super::*;

async fn store(folder: &tempfile::TempDir) -> Store {
    Store::open(&DatabaseUrl::Sqlite(folder.path().join("fleetgate.db"))).await.unwrap()
}

async fn kept(store: &Store) -> Kept<Vec<u32>> {
    Kept::open(store, "numbers").await.unwrap()
}

#[tokio::test]
async fn a_document_begins_empty_and_survives() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let numbers = kept(&store).await;
    assert!(numbers.document().is_empty());
    numbers.change(&store, |numbers| numbers.push(1)).await.unwrap();
    assert_eq!(*numbers.document(), [1]);
    assert_eq!(*kept(&store).await.document(), [1]);
}

#[tokio::test]
async fn racing_changes_all_count_and_the_latest_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let numbers = kept(&store).await;
    let changes = (0..50).map(|number| {
        numbers.change(&store, move |numbers| {
            numbers.push(number);
            numbers.len()
        })
    });
    let mut lengths: Vec<_> = join_all(changes).await.into_iter().map(Result::unwrap).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, (1..=50).collect::<Vec<_>>());
    assert_eq!(numbers.document().len(), 50);
    numbers.go_by(7, Arc::new(Vec::new()));
    assert_eq!(numbers.document().len(), 50, "what comes late is older");
}

#[tokio::test]
async fn a_change_beside_is_followed_and_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let (running, beside) = (kept(&store).await, kept(&store).await);
    let ((), version) = beside.change_beside(&store, |numbers| numbers.push(1)).await.unwrap();
    assert!(!beside.is_followed(&store, version).await.unwrap());
    assert!(running.document().is_empty());
    running.follow(&store).await.unwrap();
    assert!(beside.is_followed(&store, version).await.unwrap());
    assert_eq!(*running.document(), [1]);

    let ((), version) = beside.change_beside(&store, |numbers| numbers.push(2)).await.unwrap();
    running.change(&store, |numbers| numbers.push(3)).await.unwrap();
    assert!(beside.is_followed(&store, version).await.unwrap(), "a change of its own goes by those before it");
    assert_eq!((&*running.document(), &*beside.document()), (&vec![1, 2, 3], &vec![1, 2, 3]));
}

#[tokio::test]
async fn what_is_damaged_is_said_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let numbers = kept(&store).await;
    store.put_setting("numbers", "many").await.unwrap();
    let damage = numbers.change(&store, |numbers| numbers.push(1)).await.unwrap_err();
    assert_eq!(
        damage.to_string(),
        "What the database keeps of the sandbox's numbers cannot be read; `fleetgate dev --reset` starts anew."
    );
    assert!(matches!(numbers.follow(&store).await, Err(KeptError::Damaged { .. })));
    assert_eq!(store.setting("numbers").await.unwrap().as_deref(), Some("many"));
}
