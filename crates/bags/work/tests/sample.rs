//! The large site that measurements look at is a true one: every figure in it equals a recount.

use bags_store::sample;
use bags_store::sample::Sizes;
use base_core::permission::Role;
use base_core::time::Moment;
use tallyhouse_support::{assert_counts_are_true, create_account, each_database};

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_site_counts_true() {
    for test in each_database().await {
        let first = create_account(&test.db, "p0", Role::Dispatcher, None, "no password").await;
        for n in 1..5 {
            create_account(&test.db, &format!("p{n}"), Role::Dispatcher, None, "no password").await;
        }
        let sizes = Sizes { parents: 650, bills: 20, days: 90 };
        sample::fill(&test.db, sizes, sample::People { first, count: 5 }, Moment(1_790_000_000_000_000))
            .await
            .expect("a sample");
        assert_counts_are_true(&test.db).await;
    }
}
