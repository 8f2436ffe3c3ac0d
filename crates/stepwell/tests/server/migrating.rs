//! Several processes that start at once bring one empty database up.

use stepwell::database::OWNER;
use store::{Role, Store};
use tokio::task::JoinSet;

use crate::cluster::TestDatabase;

#[tokio::test]
async fn eight_processes_that_migrate_at_once_all_end_well() {
    let database = TestDatabase::empty().await;
    let mut migrating = JoinSet::new();
    for _ in 0..8 {
        migrating.spawn(Store::migrate(database.login(OWNER)));
    }
    for migrated in migrating.join_all().await {
        migrated.unwrap();
    }
    let store = Store::connect(database.login(Role::App.name()), Role::App, 1).await.unwrap();
    assert!(store.is_current().await.unwrap());
    assert_eq!(store.organizations().await.unwrap(), []);
    store.close().await;
    database.drop_it().await;
}

#[tokio::test]
async fn a_database_that_was_never_migrated_is_not_current() {
    let database = TestDatabase::empty().await;
    let store = Store::connect(database.login(Role::App.name()), Role::App, 1).await.unwrap();
    assert!(!store.is_current().await.unwrap_or(false));
    store.close().await;
    database.drop_it().await;
}
