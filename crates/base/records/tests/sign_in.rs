//! Failures that lead to a pause: counted once for all nodes, forgotten in time, bounded.

use base_core::limit::Limit;
use base_core::time::{MINUTE_US, Moment};
use base_db::Db;
use base_records::sign_in::{self, Counted, Failure};
use tallyhouse_support::each_database;

const LIMIT: Limit = Limit { failures_max: 3, window_us: 10 * MINUTE_US, pause_us: MINUTE_US, grows: true };

async fn fail(db: &Db, key: &str, limit: Limit, at: i64) -> Counted {
    let mut tx = db.write().await.expect("a transaction");
    let counted = sign_in::failed(tx.conn(), Failure { key, account: None, limit }, Moment(at)).await.expect("counted");
    tx.commit().await.expect("a commit");
    counted
}

async fn is_paused(db: &Db, key: &str, at: i64) -> bool {
    let mut reader = db.read().await.expect("a reader");
    let found = sign_in::paused(reader.conn(), [key, "", "", ""], Moment(at)).await.expect("an answer");
    !found.is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_pause_is_twice_as_long_up_to_sixteen_times_and_a_success_forgets_them() {
    for test in each_database().await {
        let db = &test.db;
        let mut now = 100 * MINUTE_US;
        for minutes in [1, 2, 4, 8, 16, 16] {
            for failures in [1, 2] {
                assert_eq!(fail(db, "a", LIMIT, now).await.failures, failures);
            }
            let third = fail(db, "a", LIMIT, now).await;
            assert_eq!((third.failures, third.paused_until - now), (0, minutes * MINUTE_US));
            assert!(is_paused(db, "a", now + minutes * MINUTE_US - 1).await);
            now += minutes * MINUTE_US;
            assert!(!is_paused(db, "a", now).await && !is_paused(db, "b", now).await);
        }
        let mut tx = db.write().await.expect("a transaction");
        sign_in::forget(tx.conn(), "a").await.expect("forgotten");
        tx.commit().await.expect("a commit");
        assert_eq!(fail(db, "a", LIMIT, now).await, Counted { failures: 1, paused_until: 0 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_failures_are_forgotten_and_one_is_enough_where_one_is_the_limit() {
    for test in each_database().await {
        let db = &test.db;
        fail(db, "a", LIMIT, 0).await;
        fail(db, "a", LIMIT, MINUTE_US).await;
        assert_eq!(fail(db, "a", LIMIT, 10 * MINUTE_US).await.failures, 1, "the window begins anew");
        let at_once = Limit { failures_max: 1, ..LIMIT };
        assert_eq!(fail(db, "b", at_once, 5).await, Counted { failures: 0, paused_until: 5 + MINUTE_US });
        let even = Limit { grows: false, failures_max: 1, ..LIMIT };
        for _ in 0..3 {
            assert_eq!(fail(db, "c", even, 5).await.paused_until, 5 + MINUTE_US, "a pause that does not grow");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_longer_matters_is_removed_and_of_too_many_those_that_matter_least() {
    for test in each_database().await {
        let db = &test.db;
        for n in 0..20 {
            fail(db, &format!("key{n}"), Limit { grows: false, ..LIMIT }, n * MINUTE_US).await;
        }
        let removed = sign_in::remove_old(db, Moment(14 * MINUTE_US), 100).await.expect("removed");
        assert_eq!(removed, 5, "each is kept for its window of ten minutes");
        assert_eq!(sign_in::remove_old(db, Moment(14 * MINUTE_US), 10).await.expect("removed"), 5);
        assert_eq!(fail(db, "key19", LIMIT, 20 * MINUTE_US).await.failures, 2, "the newest stays");
        assert_eq!(fail(db, "key9", LIMIT, 20 * MINUTE_US).await.failures, 1);
    }
}
