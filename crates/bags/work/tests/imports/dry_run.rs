//! The dry run writes nothing and says what the run then does.

use bags_rules::import::ImportKind;
use base_core::import::{ImportMode, ImportState};
use base_files::import::check::ROWS_CHECKED_MAX;
use base_records::import::Phase;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tallyhouse_support::assert_counts_are_true;

use crate::common::{each_site, full};

fn code() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..6_u32).prop_map(|n| format!("SB0000{n}")),
        8 => (0..90_u32).prop_map(|n| format!("KID{n}")),
        1 => Just("x".to_owned()),
        1 => Just(String::new()),
        1 => Just("K<D".to_owned()),
    ]
}

fn bill() -> impl Strategy<Value = String> {
    prop_oneof![6 => (0..5_u32).prop_map(|n| format!("bill-{n}")), 1 => Just("b".to_owned())]
}

fn file() -> impl Strategy<Value = (ImportKind, String)> {
    let bags = (code(), prop_oneof![5 => Just("child"), 2 => Just("PARENT"), 1 => Just("box")], code())
        .prop_map(|(code, kind, parent)| format!("{code},{kind},{parent}\n"));
    let bills =
        (bill(), prop_oneof!["[0-9]{0,2}", Just("many".to_owned())]).prop_map(|(bill, n)| format!("{bill},,{n},\n"));
    let children = (code(), code()).prop_map(|(child, parent)| format!("{child},{parent}\n"));
    let parents = (code(), bill()).prop_map(|(parent, bill)| format!("{parent},{bill}\n"));
    let rows = |row: BoxedStrategy<String>, header: &'static str, kind| {
        prop::collection::vec(row, 1..120).prop_map(move |rows| (kind, format!("{header}\n{}", rows.concat())))
    };
    prop_oneof![
        3 => rows(bags.boxed(), "qr_id,type,parent_qr_id", ImportKind::Bags),
        1 => rows(bills.boxed(), "bill_id,description,parent_bag_count,expected_weight_kg", ImportKind::Bills),
        2 => rows(children.boxed(), "child,parent", ImportKind::Children),
        2 => rows(parents.boxed(), "parent,bill_id", ImportKind::Parents),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_of_any_file_writes_nothing_and_predicts_the_run_exactly() {
    for site in each_site().await {
        let mut random = TestRunner::deterministic();
        for _ in 0..40 {
            let (kind, text) = file().new_tree(&mut random).expect("a file").current();
            let before = site.hash().await;
            let Ok(import) = site.bring(kind, &text).await else { continue };
            site.work().await;
            let checked = site.import(&import.id).await;
            assert_eq!(checked.state, ImportState::Checked);
            assert_eq!(site.hash().await, before, "a dry run wrote something\n{text}");
            site.start(&import.id, ImportMode::SkipBad).await.expect("it starts");
            site.work().await;
            let done = site.import(&import.id).await;
            let said = checked.checked.expect("a result");
            assert_eq!(said.counts, done.counts, "{}\n{text}", site.db.name());
            assert_eq!(said.outcomes, done.outcomes, "{text}");
            assert_eq!(site.rows(&done, Phase::Check).await, site.rows(&done, Phase::Run).await, "{text}");
        }
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_longer_than_a_dry_run_looks_at_is_tried_as_if_it_ended_there() {
    let site = each_site().await.remove(0);
    let mut text = String::from("child,parent\n");
    for n in 0..=ROWS_CHECKED_MAX {
        text += &format!("KID{n},SB1\n");
    }
    let import = site.checked(ImportKind::Children, &text).await;
    let checked = import.checked.expect("a result");
    assert!(checked.is_cut);
    assert_eq!((checked.rows, checked.counts.refused), (ROWS_CHECKED_MAX, ROWS_CHECKED_MAX));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_that_was_cut_off_begins_anew_and_forgets_what_it_had_noted() {
    for site in each_site().await {
        let text = full(0, 50) + "KID1,child,SB99999\n";
        let import = site.bring(ImportKind::Bags, &text).await.expect("a good file");
        for wait_ms in [1, 20, 60] {
            let runner = site.runner.clone();
            let running = tokio::spawn(async move { runner.run_next().await });
            tokio::time::sleep(std::time::Duration::from_millis(wait_ms)).await;
            running.abort();
            drop(running.await);
            base_records::import::release(&site.db, &import.id, &site.runner.node).await.expect("released");
        }
        site.work().await;
        let checked = site.import(&import.id).await;
        assert_eq!(checked.checked.clone().expect("a result").counts.refused, 1);
        assert_eq!(site.rows(&checked, Phase::Check).await.len(), 1);
    }
}
