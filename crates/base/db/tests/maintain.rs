//! Upkeep on both databases: it changes no row, and what is whole is said to be.

use base_db::dialect::Dialect;
use base_db::maintain::expected_indexes;
use base_db::{Migration, scratch};
use tallyhouse_support::{MIGRATIONS, each_database, plant};

#[tokio::test(flavor = "multi_thread")]
async fn upkeep_changes_no_row_and_every_index_is_there_afterwards() {
    for test in each_database().await {
        let db = &test.db;
        plant(db, "BILL-1", "SB00001", &["CHILD1", "CHILD2"]).await;
        let before = scratch::contents(db).await.expect("rows");
        let analyzed = db.analyze().await.expect("analyzed");
        let vacuumed = db.vacuum().await.expect("vacuumed");
        let built = db.reindex().await.expect("built");
        assert!(built.done >= 50 && built.left.is_empty(), "{}: {built:?}", db.name());
        if db.is_shared() {
            assert!(analyzed.done > 30 && vacuumed.done == analyzed.done, "{analyzed:?} {vacuumed:?}");
            let found = db.connections().await.expect("an answer").expect("PostgreSQL counts them");
            assert!(found.max >= found.now && found.now > 0, "{found:?}");
        } else {
            assert!(vacuumed.done == 0 && vacuumed.left[0].contains("pages are free"), "{vacuumed:?}");
            assert_eq!(db.connections().await.expect("an answer"), None);
        }
        assert_eq!(scratch::contents(db).await.expect("rows"), before, "{}", db.name());
        assert_eq!(db.missing_indexes(MIGRATIONS).await.expect("an answer"), [] as [String; 0], "{}", db.name());
        assert_eq!(db.integrity_faults().await.expect("an answer"), [] as [String; 0], "{}", db.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_a_migration_makes_and_the_database_lacks_is_named() {
    const LATER: &[Migration] = &[Migration {
        number: 999,
        name: "0999_base_later",
        sqlite: "create index accounts_by_day on accounts (created_at); -- create index not_this on accounts (id);\n\
            create index gone_again on accounts (id); drop index gone_again;",
        postgres: "create unique index accounts_by_day on accounts (created_at);",
    }];
    let lists = [MIGRATIONS, &[LATER]].concat().leak();
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let names = expected_indexes(lists, dialect);
        assert!(names.contains("accounts_by_day") && !names.contains("not_this"), "{names:?}");
        assert!(!names.contains("gone_again"), "it was dropped");
    }
    for test in each_database().await {
        assert_eq!(test.db.missing_indexes(lists).await.expect("an answer"), ["accounts_by_day"], "{}", test.db.name());
    }
}
