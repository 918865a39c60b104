//! People's totals are checked against what they scanned.

use bags_store::sample::Sizes;
use bags_store::{person_scans, sample, scratch};
use base_core::time::Moment;
use base_db::Db;
use tallyhouse_support::each_database;

async fn wrong(db: &Db) -> Vec<i64> {
    let mut snapshot = db.snapshot().await.expect("a snapshot");
    person_scans::wrong(snapshot.conn()).await.expect("a check")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_total_is_reported() {
    for test in each_database().await {
        let sizes = Sizes { parents: 100, bills: 10, days: 60 };
        sample::fill(&test.db, sizes, sample::People { first: 1, count: 3 }, Moment(1_790_000_000_000_000))
            .await
            .expect("a sample");
        let mut before = test.db.snapshot().await.expect("a snapshot");
        assert_eq!(person_scans::wrong(before.conn()).await.expect("a check"), Vec::<i64>::new());
        scratch::spoil_person_totals(&test.db, 2).await.expect("a fault");
        let still = person_scans::wrong(before.conn()).await.expect("a check");
        assert_eq!(still, Vec::<i64>::new(), "what is compared is of one moment");
        assert_eq!(wrong(&test.db).await, [2], "{}", test.db.name());
    }
}
