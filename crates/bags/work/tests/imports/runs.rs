//! Runs: every kind by its rules, cut off and carried on, all or nothing.

use std::ops::ControlFlow;
use std::sync::Arc;

use bags_rules::import::ImportKind;
use bags_rules::scan::Action;
use base_core::import::{ImportMode, ImportState};
use base_files::import::{Mapping, Table, intake};
use base_records::import;
use base_records::import::{Import, Phase};
use base_sheet::read::Book;
use tallyhouse_support::{assert_counts_are_true, scan};

use crate::common::{Site, each_site, full};

async fn refused(site: &Site, import: &Import) -> Vec<(i64, String)> {
    site.rows(import, Phase::Run).await.into_iter().map(|note| (note.row_number, note.outcome)).collect()
}

fn expected(rows: &[(i64, &str)]) -> Vec<(i64, String)> {
    rows.iter().map(|(row, code)| (*row, (*code).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_row_obeys_the_rules_and_refusals_name_their_rows() {
    for site in each_site().await {
        let text = full(0, 1)
            + "KID9,child,SB00000\nsb00001,Parent,\nKID10,child,SB00001\nkid10,child,sb00001\n\
            KID10,child,SB00000\nSB00001,child,SB00000\nXX1,parent,\nKID11,child,\nKID13,box,SB00001\n";
        let bags = site.done(ImportKind::Bags, &text).await;
        let counts = bags.counts;
        assert_eq!((counts.created, counts.linked, counts.known, counts.refused), (33, 31, 1, 6));
        let rows = [
            (33, "parent_completed"),
            (37, "child_elsewhere"),
            (38, "is_parent"),
            (39, "bad_code"),
            (40, "unknown_parent"),
            (41, "bad_type"),
        ];
        assert_eq!(refused(&site, &bags).await, expected(&rows), "{}", site.db.name());

        let text = "Bill ID;Description;parents;expected_weight\nBILL-1;rice;2;900\nbill-1;again;2;\nBILL-1;;3;\nx;;1;\n\
            BILL-2;;;\nBILL-3;;501;\nBILL-4;;many;\n";
        let bills = site.done(ImportKind::Bills, text).await;
        assert_eq!((bills.counts.created, bills.counts.known, bills.counts.refused), (2, 1, 4));
        let rows = [(4, "bill_exists"), (5, "bad_bill"), (7, "bad_capacity"), (8, "bad_capacity")];
        assert_eq!(refused(&site, &bills).await, expected(&rows));

        let text = "child,parent\nKID20,SB00001\nKID21,SB99999\nKID20,SB00001\nKID10,SB00001\nk000000,SB00001\n";
        let children = site.done(ImportKind::Children, text).await;
        assert_eq!((children.counts.created, children.counts.linked, children.counts.known), (1, 1, 2));
        assert_eq!(refused(&site, &children).await, expected(&[(3, "unknown_parent"), (6, "child_elsewhere")]));

        let text = "parent,bill_id\nSB00000,BILL-1\nsb00000,bill-1\nSB00001,BILL-9\nSB77777,BILL-1\nKID20,BILL-1\n\
            SB00000,BILL-2\nSB00001,BILL-2\n";
        let parents = site.done(ImportKind::Parents, text).await;
        assert_eq!((parents.counts.linked, parents.counts.known), (2, 1));
        let rows = [(4, "unknown_bill"), (5, "unknown_bag"), (6, "is_child"), (7, "already_on_bill")];
        assert_eq!(refused(&site, &parents).await, expected(&rows));
        assert_counts_are_true(&site.db).await;
    }
}

async fn table(site: &Site, import: &Import) -> Arc<Table> {
    let bytes = import::read_file(&site.db, &import.id, import.file_bytes).await.expect("an answer").expect("a file");
    let book = Book::of_bytes(bytes).expect("a book");
    let kind = ImportKind::parse(&import.kind).expect("a kind");
    Arc::new(Table::open(book, kind.file(), Some(0), &Mapping::stored(&import.mapping)).expect("a table"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_cut_off_between_steps_ends_as_one_that_was_not() {
    for (whole, cut) in each_site().await.into_iter().zip(each_site().await) {
        let text = full(0, 120);
        whole.done(ImportKind::Bags, &text).await;
        let import = cut.checked(ImportKind::Bags, &text).await;
        cut.start(&import.id, ImportMode::SkipBad).await.expect("it starts");
        let table = table(&cut, &import).await;
        let mut steps = 0;
        loop {
            let now = cut.import(&import.id).await;
            if now.state == ImportState::Done {
                break;
            }
            let mut once = |_: &Import| ControlFlow::Break(());
            cut.runner.run(now, &table, &mut once).await.expect("a step");
            steps += 1;
        }
        assert_eq!(steps, 5, "one step of parents, four of 3,600 children");
        let done = cut.import(&import.id).await;
        assert_eq!((done.counts.created, done.counts.linked, done.counts.refused), (3720, 3600, 0));
        assert_eq!(cut.hash().await, whole.hash().await, "{}", cut.db.name());
        assert_eq!(cut.audited("import_rows").await, 5);
        assert_counts_are_true(&cut.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_whose_runner_dies_within_a_step_goes_on_with_the_next_one() {
    for (whole, cut) in each_site().await.into_iter().zip(each_site().await) {
        let text = full(0, 200);
        whole.done(ImportKind::Bags, &text).await;
        let import = cut.checked(ImportKind::Bags, &text).await;
        cut.start(&import.id, ImportMode::SkipBad).await.expect("it starts");
        let mut wait_ms = 1;
        while cut.import(&import.id).await.state == ImportState::Running {
            let runner = cut.runner.clone();
            let running = tokio::spawn(async move { runner.run_next().await });
            tokio::time::sleep(std::time::Duration::from_millis(wait_ms)).await;
            running.abort();
            drop(running.await);
            wait_ms += 7;
            // The dead node's lease has run out.
            import::release(&cut.db, &import.id, &cut.runner.node).await.expect("released");
        }
        cut.work().await;
        let done = cut.import(&import.id).await;
        assert_eq!((done.state, done.counts.created, done.counts.linked), (ImportState::Done, 6200, 6000));
        assert_eq!(cut.hash().await, whole.hash().await, "{}", cut.db.name());
        assert_counts_are_true(&cut.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_or_nothing_takes_everything_back_when_the_world_has_changed_meanwhile() {
    for site in each_site().await {
        let text = full(0, 60);
        let import = site.checked(ImportKind::Bags, &text).await;
        // Somebody else puts a child of the file's last parent somewhere else, after the dry run.
        let scans = vec![scan(Action::Parent, "SB90000", None), scan(Action::Child, "K005900", Some("SB90000"))];
        assert_eq!(site.scan(scans).await, ["parent_created", "linked"]);
        let before = site.hash().await;
        site.start(&import.id, ImportMode::AllOrNothing).await.expect("it was clean");
        site.work().await;
        let done = site.import(&import.id).await;
        assert_eq!((done.state, done.fault.as_deref()), (ImportState::RolledBack, Some("row_refused")));
        assert_eq!(refused(&site, &done).await.len(), 1);
        assert_eq!(site.hash().await, before, "{}", site.db.name());
        assert_counts_are_true(&site.db).await;
        assert_eq!(site.audited("import_rolled_back").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_or_nothing_does_not_begin_where_rows_would_be_refused() {
    for site in each_site().await {
        let import = site.checked(ImportKind::Children, "child,parent\nKID1,SB00001\n").await;
        let refusal = site.start(&import.id, ImportMode::AllOrNothing).await.expect_err("it is not clean");
        assert_eq!(refusal.code(), "import_not_clean");
        assert_eq!(site.import(&import.id).await.state, ImportState::Checked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_stops_keeps_what_it_has_and_goes_on_when_asked() {
    for site in each_site().await {
        let import = site.checked(ImportKind::Bags, &full(0, 120)).await;
        let running = site.start(&import.id, ImportMode::SkipBad).await.expect("it starts");
        let table = table(&site, &import).await;
        let mut once = |_: &Import| ControlFlow::Break(());
        site.runner.run(running, &table, &mut once).await.expect("a step");
        intake::cancel(&site.db, &import.id, &site.origin(), site.now()).await.expect("cancelled");
        site.work().await;
        let stopped = site.import(&import.id).await;
        assert_eq!((stopped.state, stopped.counts.created), (ImportState::Cancelled, 120));
        let again = intake::cancel(&site.db, &import.id, &site.origin(), site.now()).await;
        assert_eq!(again.expect_err("it is cancelled").code(), "import_state");
        site.start(&import.id, ImportMode::SkipBad).await.expect("it goes on");
        site.work().await;
        let done = site.import(&import.id).await;
        assert_eq!((done.state, done.counts.created, done.counts.linked), (ImportState::Done, 3720, 3600));
        assert_counts_are_true(&site.db).await;
    }
}
