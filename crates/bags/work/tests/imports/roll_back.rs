//! Roll backs: after one of an untouched import all is as before; of a touched one, what was touched stays and is told.

use bags_rules::import::ImportKind;
use bags_rules::scan::{Action, Details, Scan};
use base_core::import::ImportState;
use base_files::import::intake;
use base_records::import::Phase;
use tallyhouse_support::{assert_counts_are_true, bill_scan, scan};

use crate::common::{Site, each_site, full};

/// Bags and bills that were there before, some of them in states that an import disturbs.
async fn furnish(site: &Site) {
    site.done(ImportKind::Bags, &full(500, 3)).await;
    let bill = |number: &str| Scan { bill: Some(number.into()), ..Scan::default() };
    let create = |number: &str| {
        let asked = Scan { action: Action::BillCreate, ..bill(number) };
        Scan { id: scan(Action::Parent, "", None).id, ..asked }
            .with(Details { capacity: Some(5), ..Details::default() })
    };
    let scans = vec![
        scan(Action::Parent, "SB00700", None),
        scan(Action::Child, "OLD1", Some("SB00700")),
        scan(Action::Child, "OLD2", Some("SB00700")),
        scan(Action::Unlink, "OLD2", None),
        scan(Action::Close, "SB00700", None),
        create("OLD-NEW"),
        create("OLD-USED"),
        bill_scan(Action::BillLink, "SB00500", "OLD-USED"),
    ];
    let came = site.scan(scans).await;
    assert!(came.iter().all(|outcome| !outcome.contains("bad") && !outcome.contains("unknown")), "{came:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_roll_back_of_an_untouched_import_everything_is_as_before() {
    for site in each_site().await {
        furnish(&site).await;
        let files = [
            (ImportKind::Bags, full(0, 40) + "OLD2,child,SB00700\nNEW1,child,SB00700\n"),
            (ImportKind::Bills, "bill_id,parent_bag_count\nBILL-1,3\nBILL-2,\nold-new,5\n".to_owned()),
            (ImportKind::Children, "child,parent\nOLD2,SB00700\nKID1,SB00700\n".to_owned()),
            (ImportKind::Parents, "parent,bill_id\nSB00501,OLD-NEW\nSB00502,OLD-USED\nSB00700,OLD-NEW\n".to_owned()),
        ];
        for (kind, text) in files {
            let before = site.hash().await;
            let import = site.done(kind, &text).await;
            assert_ne!(site.hash().await, before, "{}", kind.name());
            let back = site.rolled_back(&import.id).await;
            let taken = back.taken_back.expect("a report");
            assert_eq!(taken.kept, 0, "{:?}", taken.outcomes);
            assert_eq!(site.hash().await, before, "{} on {}", kind.name(), site.db.name());
            assert_counts_are_true(&site.db).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_that_build_on_each_other_are_taken_back_in_turn() {
    for site in each_site().await {
        let before = site.hash().await;
        let bags = site.done(ImportKind::Bags, &full(0, 2)).await;
        let bills = site.done(ImportKind::Bills, "bill_id,parent_bag_count\nBILL-1,3\n").await;
        let parents = site.done(ImportKind::Parents, "parent,bill_id\nSB00000,BILL-1\nSB00001,BILL-1\n").await;
        for import in [parents, bills, bags] {
            assert_eq!(site.rolled_back(&import.id).await.taken_back.expect("a report").kept, 0);
        }
        assert_eq!(site.hash().await, before, "{}", site.db.name());
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_touched_since_stays_and_the_report_says_why() {
    for site in each_site().await {
        let bags = site.done(ImportKind::Bags, &full(0, 4)).await;
        let bills = site.done(ImportKind::Bills, "bill_id\nBILL-1\nBILL-2\nBILL-3\n").await;
        let edit = Scan { id: scan(Action::Parent, "", None).id, bill: Some("BILL-2".into()), ..Scan::default() };
        let edit = Scan { action: Action::BillEdit, ..edit }
            .with(Details { description: Some("changed".into()), ..Details::default() });
        let scans = vec![
            // SB00000 goes on a bill that is completed: neither it nor its children may change.
            bill_scan(Action::BillLink, "SB00000", "BILL-1"),
            bill_scan(Action::BillComplete, "", "BILL-1"),
            // A child moves, its old and its new parent were named by a scan.
            scan(Action::Parent, "SB00009", None),
            scan(Action::Relink, "K000100", Some("SB00009")),
            edit,
        ];
        let came = site.scan(scans).await;
        assert_eq!(came, ["bill_linked", "bill_finished", "parent_created", "relinked", "bill_edited"]);

        let back = site.rolled_back(&bags.id).await.taken_back.expect("a report");
        let kept = site.rows(&site.import(&bags.id).await, Phase::Back).await;
        let why = |code: &str| {
            kept.iter().filter(|note| note.code == code).map(|note| note.outcome.clone()).collect::<Vec<_>>()
        };
        assert_eq!(back.outcomes.0["parent_on_completed_bill"].n, 30);
        assert_eq!(why("SB00000"), ["scanned_since"]);
        assert_eq!(why("K000100"), ["scanned_since"]);
        assert_eq!(why("K000000"), ["parent_on_completed_bill", "is_linked"]);
        // The other 29 of SB00001, and SB00001 to SB00003 with theirs are gone.
        assert_eq!((back.figures.get("links"), back.figures.get("bags")), (89, 92));
        assert_eq!(i64::try_from(kept.len()).expect("few"), back.kept);

        let back = site.rolled_back(&bills.id).await.taken_back.expect("a report");
        assert_eq!((back.figures.get("bills"), back.kept), (1, 2), "the completed and the edited one stay");
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_back_that_was_stopped_goes_on_where_it_stood() {
    for site in each_site().await {
        let before = site.hash().await;
        let import = site.done(ImportKind::Bags, &full(0, 100)).await;
        let (db, origin) = (&site.db, site.origin());
        let mut rolling = intake::roll_back(db, &import.id, &origin, site.now()).await.expect("it rolls back");
        for round in 0.. {
            let mut once = |_: &base_records::import::Import| std::ops::ControlFlow::Break(());
            rolling = site.runner.roll_back(rolling, &mut once).await.expect("a step");
            if rolling.state == ImportState::RolledBack {
                assert!(round > 6, "in many steps");
                break;
            }
            intake::cancel(db, &import.id, &origin, site.now()).await.expect("stopped");
            let refusal = site.start(&import.id, base_core::import::ImportMode::SkipBad).await;
            assert_eq!(refusal.expect_err("half is taken back").code(), "import_state");
            rolling = intake::roll_back(db, &import.id, &origin, site.now()).await.expect("it goes on");
        }
        assert_eq!(site.hash().await, before, "{}", site.db.name());
        assert_counts_are_true(&site.db).await;
    }
}
