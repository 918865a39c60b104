//! Scans, places on bills and the trail: what they say of whom, and what they do not know.

use bags_traitortrack::store::Kind;
use base_core::permission::Role;
use base_core::time::{Clock, Moment};
use base_db::scratch;
use base_records::audit;
use tallyhouse_support::{assert_counts_are_true, each_database, person};

use crate::common::*;

/// A biller, a dispatcher, and parents that both scanned.
const ON_BILLS: &str = "
alter table scan add column bag_id int;
alter table bill add column destination text, add column vehicle_number text;
insert into \"user\" (id, username, email, role, dispatch_area, verified) values
    (1, 'meera', null, 'biller', null, true), (2, 'arjun', null, 'dispatcher', 'lucknow', true);
insert into bag (id, qr_id, type, user_id, created_at) select n, 'sb0000' || n, 'parent', 2, '2025-02-01'
    from generate_series(1, 5) n;
insert into bag (id, qr_id, type, user_id, created_at) values (9, 'kid9', 'child', null, null);
insert into bill (id, bill_id, parent_bag_count, status, created_by_id, created_at) values
    (1, 'BILL-1', 9, 'processing', 1, '2025-03-01'), (2, 'BILL-2', 9, 'completed', null, null);
insert into bill_bag (id, bill_id, bag_id, created_at) values
    (1, 1, 1, '2025-03-01 10:00:00'), (2, 1, 2, '2025-03-01 10:01:00'), (3, 1, 3, '2025-03-01 10:02:00'),
    (4, 2, 4, null);
insert into link (id, parent_bag_id, child_bag_id, created_at) values (1, 5, 9, null);
insert into scan (id, \"timestamp\", parent_bag_id, child_bag_id, bag_id, user_id) values
    (1, '2025-03-01 10:00:01', 1, null, null, 1),
    (2, '2025-03-01 10:00:02', 1, null, null, 1),
    (3, '2025-03-01 10:01:01', 2, null, null, 2),
    (4, '2025-03-01 10:02:01', null, null, 3, 1),
    (5, '2025-03-01 10:03:00', null, null, 9, 2),
    (6, null, 4, null, null, 1);
update bill set destination = 'Indore', vehicle_number = ' MP 09 AB 1234' where id = 1;
insert into audit_log (id, \"timestamp\", user_id, action, entity_type, entity_id, before_state) values
    (1, '2025-04-01 00:00', 1, 'update_bag', 'bag', 1, null),
    (2, '2025-04-01 00:01', 1, 'user_updated', 'user', 2, null),
    (3, '2025-04-01 00:02', 1, 'delete_bag', 'bag', 77, '{\"qr_id\": \"sb00077\"}');
";

#[tokio::test(flavor = "multi_thread")]
async fn a_place_on_a_bill_has_one_scan_of_somebody_who_may_and_its_person() {
    for test in each_database().await {
        let Some(earlier) = Earlier::bare().await else { return };
        earlier.feed(ON_BILLS.as_bytes());
        let site = site(test.db.clone());
        person(&site.db, "Arjun", Role::Dispatcher, Some("lucknow")).await;
        let mut report = no_report();
        let summary = run(&site, &earlier, &mut report).await;
        assert_eq!(counts(&summary, Kind::Scan), (6, 5, 0, 1), "a scan without a time has no place in the history");
        let all = scratch::contents(&site.db).await.unwrap();
        let rows = |table: &str, parts: &[&str]| {
            all[table].iter().filter(|row| parts.iter().all(|part| row.contains(part))).count()
        };
        assert_eq!(rows("scans", &["bill_linked"]), 2, "the second of two and that of a dispatcher chose: {all:#?}");
        assert_eq!(rows("scans", &["bill_linked", "SB00003"]), 1, "named by the oldest column alone");
        assert_eq!(rows("scans", &["\"linked\"", "KID9"]), 1, "whatever kind of bag that names");
        assert_eq!(rows("scans", &["parent_selected"]), 2);
        assert_counts_are_true(&site.db).await;
        assert_eq!(rows("bills", &["BILL-1", "\"Indore\"", "\"MP 09 AB 1234\""]), 1, "{:?}", all["bills"]);

        let of = |code: &'static str| {
            let row = all["bill_parents"].iter().find(|row| row.contains(code)).unwrap();
            row.clone()
        };
        assert!(!of("SB00001").contains("null") && !of("SB00003").contains("null"));
        assert!(of("SB00002").contains("null") && of("SB00004").contains("null"), "nobody is made up");
        let entries = audit::latest(&site.db, 50).await.unwrap();
        let entity = |action: &str| {
            let of_then = |entry: &&audit::AuditLine| entry.action == action && entry.request_id.is_empty();
            entries.iter().find(of_then).unwrap().entity.clone()
        };
        assert_eq!(entity("update_bag"), "SB00001", "by the code as it is kept");
        assert_eq!(entity("user_updated"), "Arjun", "by the name here");
        assert_eq!(entity("delete_bag"), "SB00077", "though the bag is gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_time_stays_missing() {
    for test in each_database().await {
        let Some(earlier) = Earlier::bare().await else { return };
        earlier.feed(ON_BILLS.as_bytes());
        let site = site(test.db.clone());
        run(&site, &earlier, &mut no_report()).await;
        let kid = line(&site.db, "KID9").await.unwrap();
        assert_eq!((kid.created_at.known(), kid.linked_at.and_then(Moment::known)), (None, None));
        let all = scratch::contents(&site.db).await.unwrap();
        let bill = all["bills"].iter().find(|row| row.contains("BILL-2")).unwrap();
        assert!(bill.contains("completed"), "{bill}");
        let now = CLOCK.now().0.to_string();
        assert!(!bill.contains(&now) && !all["bags"].iter().any(|row| row.contains(&now)), "{now}: {bill}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_what_a_recount_gives() {
    let Some(earlier) = Earlier::nasty().await else { return };
    for test in each_database().await {
        let site = site(test.db.clone());
        let summary = run(&site, &earlier, &mut no_report()).await;
        let all = scratch::contents(&site.db).await.unwrap();
        for (kind, table) in [
            (Kind::User, "accounts"),
            (Kind::Bag, "bags"),
            (Kind::Link, "links"),
            (Kind::Bill, "bills"),
            (Kind::BillBag, "bill_parents"),
            (Kind::Scan, "scans"),
            (Kind::Promotion, "promotions"),
            (Kind::Notification, "notifications"),
        ] {
            let here = u64::try_from(all[table].len()).unwrap();
            assert_eq!(summary.counts[&kind].brought, here, "{kind:?}");
        }
    }
}
