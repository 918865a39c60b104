//! What differs there and here is told afterwards.

use std::ops::ControlFlow;
use std::sync::Arc;

use bags_rules::scan::Action;
use bags_traitortrack::store::Kind;
use bags_traitortrack::{Compared, ComparedCounts, Report, compare};
use base_db::scratch;
use tallyhouse_support::{TestClock, desk, each_database, outcomes, scan, system};

use crate::common::*;

async fn compared(site: &Site, earlier: &Earlier, report: &mut Report) -> Compared {
    let mut source = earlier.open().await;
    compare(&site.target(), &mut source, report, &mut |_, _, _| ControlFlow::Continue(())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_import_nothing_differs_until_somebody_changes_something() {
    for test in each_database().await {
        let Some(earlier) = Earlier::dump().await else { return };
        let site = site(test.db.clone());
        assert_eq!(compared(&site, &earlier, &mut no_report()).await.0[&Kind::Bag].same, 0, "before it");
        run(&site, &earlier, &mut no_report()).await;
        let before = scratch::contents(&site.db).await.unwrap();
        assert_eq!(compared(&site, &earlier, &mut no_report()).await.different(), 0);
        assert_eq!(scratch::contents(&site.db).await.unwrap(), before, "nothing is written");

        let (desk, _tasks) = desk(&site.db, Arc::new(TestClock::default()));
        let child = earlier_child(&site).await;
        outcomes(&desk, &system(), vec![scan(Action::Unlink, &child, None)]).await;
        earlier.feed(
            b"alter table bill add column destination text;
            update bill set destination = 'Indore';
            insert into bag (id, qr_id, type) values (9999, 'SB77777', 'parent');",
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("differs.csv");
        let mut report = Report::new(Some(&path)).unwrap();
        let found = compared(&site, &earlier, &mut report).await;
        assert_eq!(found.0[&Kind::Bag], ComparedCounts { there: 394, same: 393, different: 1 });
        assert_eq!(found.0[&Kind::Link].different, 1);
        let told = std::fs::read_to_string(&path).unwrap();
        for part in ["SB77777,differs,\"is there, not here\"", "Indore", &child] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
}

/// A child that is in a parent that is not complete on a bill.
async fn earlier_child(site: &Site) -> String {
    let all = scratch::contents(&site.db).await.unwrap();
    let bills: Vec<&String> = all["bill_parents"].iter().collect();
    let free = |row: &&String| {
        let parent = row.split('"').find(|part| part.starts_with("SB")).unwrap();
        !bills.iter().any(|row| row.contains(parent))
    };
    let row = all["links"].iter().find(free).unwrap();
    row.split('"').find(|part| part.starts_with("KID")).unwrap().to_owned()
}
