//! Reading costs the same for each row, however many there are.

use std::time::Duration;

use bags_traitortrack::store::Kind;
use base_db::scratch;
use sqlx::{Connection, PgConnection};
use tallyhouse_support::{assert_counts_are_true, each_database};

use crate::common::*;

/// A database of some size that was just restored: without statistics, and as in the oldest ones without an index.
const GROW: &str = "
insert into \"user\" (id, username, email, role, verified) values (1, 'asha', 'a@example.com', 'admin', true);
insert into bag (id, qr_id, type, user_id, created_at)
    select n, 'SB' || lpad(n::text, 5, '0'), 'parent', 1, timestamp '2025-02-01' + n * interval '1 minute'
    from generate_series(1, 4000) n;
insert into bag (id, qr_id, type, user_id, created_at)
    select 10000 + n, 'KID' || n, 'child', 1, timestamp '2025-02-01' + n * interval '1 minute'
    from generate_series(1, 4000) n;
insert into link (id, parent_bag_id, child_bag_id, created_at)
    select n, n, 10000 + n, timestamp '2025-02-02' + n * interval '1 minute' from generate_series(1, 4000) n;
insert into bill (id, bill_id, parent_bag_count, status, created_by_id, created_at)
    values (1, 'BILL-1', 5000, 'processing', 1, '2025-02-03');
insert into bill_bag (id, bill_id, bag_id, created_at)
    select n, 1, n, timestamp '2025-02-09' + n * interval '1 minute' from generate_series(1, 4000) n;
insert into scan (id, \"timestamp\", child_bag_id, user_id)
    select n, timestamp '2025-02-02' + n * interval '1 minute', 10000 + n, 1 from generate_series(1, 4000) n;
insert into scan (id, \"timestamp\", parent_bag_id, user_id)
    select 4000 + n, timestamp '2025-02-09' + n * interval '1 minute', n, 1 from generate_series(1, 4000) n;
insert into scan (id, \"timestamp\", user_id)
    select 8000 + n, timestamp '2025-02-01' + n * interval '1 minute', 1 from generate_series(1, 4000) n;
";

#[tokio::test(flavor = "multi_thread")]
async fn each_row_is_read_a_few_times_however_many_there_are() {
    for test in each_database().await {
        let Some(earlier) = Earlier::bare().await else { return };
        earlier.feed(GROW.as_bytes());
        let before = tuples_read(&earlier).await;
        let site = site(test.db.clone());
        let summary = run(&site, &earlier, &mut no_report()).await;
        assert_eq!(counts(&summary, Kind::Bag), (8000, 8000, 0, 0));
        assert_eq!(counts(&summary, Kind::Link), (4000, 4000, 0, 0));
        assert_eq!(counts(&summary, Kind::BillBag), (4000, 4000, 0, 0));
        assert_eq!(counts(&summary, Kind::Scan), (12000, 12000, 0, 0));
        let mut read = before;
        // The server adds up what a session read when the session ends.
        for _ in 0..50 {
            read = tuples_read(&earlier).await;
            if read > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let rows = i64::try_from(summary.read()).unwrap();
        assert!((rows..12 * rows).contains(&(read - before)), "{} of {rows} rows", read - before);

        let all = scratch::contents(&site.db).await.unwrap();
        let on_bill = all["scans"].iter().filter(|row| row.contains("bill_linked")).count();
        assert_eq!(on_bill, 4000, "a scan for each place on the bill");
        assert!(all["bill_parents"].iter().all(|row| !row.contains("null")), "each with its person and scan");
        assert_counts_are_true(&site.db).await;
    }
}

/// How many rows sessions have read in this database, one by one or by an index.
async fn tuples_read(earlier: &Earlier) -> i64 {
    const READ: &str = "select cast(coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) as bigint)
        from pg_stat_user_tables";
    let mut connection = PgConnection::connect(&earlier.address).await.unwrap();
    sqlx::query_scalar(READ).fetch_one(&mut connection).await.unwrap()
}
