//! When the disk does not keep what was written: nobody gets an answer, and nothing more is written until a new start.

use std::sync::Arc;

use bags_rules::scan::{Action, Scan};
use base_core::permission::Role;
use base_db::{Db, OpenOptions, StoreError};
use base_desk::DeskError;
use tallyhouse_support::{
    TestClock, assert_counts_are_true, desk, each_database, origin, outcome_of, outcomes, person, scan,
};

fn parents(from: u32) -> Vec<Scan> {
    (from..from + 3).map(|n| scan(Action::Parent, &format!("SB{n:05}"), None)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_that_did_not_reach_the_disk_is_not_answered() {
    let test = each_database().await.remove(0);
    let clock = Arc::new(TestClock::default());
    let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
    let (first, tasks) = desk(&test.db, clock.clone());
    assert_eq!(outcomes(&first, &actor, parents(1)).await, ["parent_created"; 3]);

    // The log goes, as on a disk that is pulled out: SQLite writes on into a file that nobody will find again.
    let path = test.address.strip_prefix("sqlite:").expect("SQLite comes first");
    std::fs::remove_file(format!("{path}-wal")).expect("the log was there");
    let lost = parents(4);
    for _ in 0..2 {
        let error = first.submit(actor.clone(), origin(&actor), lost.clone()).await.expect_err("no answer");
        assert!(matches!(&error, DeskError::Store(cause) if matches!(**cause, StoreError::Disk(_))), "{error:?}");
    }
    let error = test.db.write().await.map(drop).expect_err("nobody else may write on, either");
    assert!(error.to_string().contains("start the program again"), "{error}");

    test.db.ping().await.expect_err("nor is the site ready");

    drop(first);
    tasks.finish().await;
    test.db.close().await;
    let db = Db::open(&test.address, OpenOptions::default()).await.expect("it opens again");
    db.migrate(tallyhouse_support::MIGRATIONS).await.expect("what was lost is made again");
    let (second, _tasks) = desk(&db, clock);
    let again = second.submit(actor.clone(), origin(&actor), lost).await.expect("the same scans, sent again");
    let known = ["parent_created", "parent_selected"];
    assert!(again.iter().all(|answer| known.contains(&outcome_of(answer).as_str())), "{again:?}");
    assert_counts_are_true(&db).await;
}
