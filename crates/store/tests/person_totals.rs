//! People's totals: made from what an older program left, and told when they are wrong.

use tallyhouse_core::time::Moment;
use tallyhouse_store::sample::{self, Sizes};
use tallyhouse_store::{Db, person_scans, scratch};
use tallyhouse_support::{assert_counts_are_true, each_database};

async fn wrong(db: &Db) -> Vec<i64> {
    let mut snapshot = db.snapshot().await.expect("a snapshot");
    person_scans::wrong(snapshot.conn()).await.expect("a check")
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_are_made_from_the_quarters_of_an_older_house() {
    for test in each_database().await {
        let sizes = Sizes { parents: 100, bills: 10, days: 60 };
        sample::fill(&test.db, sizes, (1, 3), Moment(1_790_000_000_000_000)).await.expect("a sample");
        let before = scratch::contents(&test.db).await.expect("the rows");
        assert_eq!(before["person_totals"].len(), 3);
        scratch::without_person_totals(&test.db).await.expect("an older schema");
        test.db.migrate().await.expect("the schema is made");
        assert_counts_are_true(&test.db).await;
        let after = scratch::contents(&test.db).await.expect("the rows");
        assert_eq!(after["person_totals"], before["person_totals"], "{}", test.db.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_total_is_told() {
    for test in each_database().await {
        let sizes = Sizes { parents: 100, bills: 10, days: 60 };
        sample::fill(&test.db, sizes, (1, 3), Moment(1_790_000_000_000_000)).await.expect("a sample");
        let mut before = test.db.snapshot().await.expect("a snapshot");
        assert_eq!(person_scans::wrong(before.conn()).await.expect("a check"), Vec::<i64>::new());
        scratch::spoil_person_totals(&test.db, 2).await.expect("a fault");
        let still = person_scans::wrong(before.conn()).await.expect("a check");
        assert_eq!(still, Vec::<i64>::new(), "what is compared is of one moment");
        assert_eq!(wrong(&test.db).await, [2], "{}", test.db.name());
    }
}
