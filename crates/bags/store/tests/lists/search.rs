//! Search finds every part of every code, before and after it is in the index.

use bags_rules::scan::Action;
use bags_store::bag::{BagFilter, Count, Cursor, ScannedBy};
use bags_store::{bag, search};
use base_core::area::Scope;
use base_db::Db;
use tallyhouse_support::{TestClock, each_database, outcomes, scan, system};

use crate::site::{Site, areas};

async fn found(db: &Db, filter: &BagFilter, scope: &Scope, limit: u32) -> Vec<String> {
    let mut codes = Vec::new();
    let mut cursor: Option<Cursor> = None;
    loop {
        let mut reader = db.read().await.expect("a reader");
        let page = bag::list(reader.conn(), filter, scope, cursor.as_ref(), limit).await.expect("a page");
        codes.extend(page.lines.iter().map(|line| line.code.to_string()));
        let Some(next) = page.next else { return codes };
        cursor = Some(next);
    }
}

fn of(text: &str) -> BagFilter {
    BagFilter { text: Some(text.to_owned()), ..BagFilter::default() }
}

async fn take_all_over(db: &Db) {
    while search::take_over(db, 40).await.expect("it takes over") > 0 {}
    assert_eq!(search::waiting(db).await.expect("a number"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_part_of_every_code_is_found_before_and_after_the_index_has_it() {
    for test in each_database().await {
        let site = Site::fill(test, 9).await;
        for stage in ["all wait", "some wait", "none waits"] {
            for (n, line) in site.bags.iter().enumerate() {
                let code = line.code.as_str();
                let length = 3 + n % 6;
                let begin = n % (code.len().saturating_sub(length) + 1);
                let part = &code[begin..code.len().min(begin + length)];
                let scope = &areas()[n % 3];
                let mut expected: Vec<String> = site
                    .bags
                    .iter()
                    .filter(|bag| bag.code.as_str().contains(part) && scope.covers(bag.area.as_ref()))
                    .map(|bag| bag.code.to_string())
                    .collect();
                let mut codes = found(site.db(), &of(&part.to_ascii_lowercase()), scope, 5).await;
                if expected.iter().any(|code| code == part) {
                    assert_eq!(codes[0], part, "the exact one is first");
                }
                expected.sort();
                codes.sort();
                assert_eq!(codes, expected, "{part} in {scope:?}, {stage}");
                let mut reader = site.db().read().await.expect("a reader");
                let counted = bag::count(reader.conn(), &of(part), scope).await.expect("a count");
                let n = i64::try_from(expected.len()).expect("few");
                assert!(
                    matches!(counted, Count::Unknown) || counted == Count::Exact(n),
                    "{part}: {counted:?}, {stage}"
                );
                assert!(*scope != Scope::All || counted == Count::Exact(n), "few enough to count: {part}, {stage}");
            }
            match stage {
                "all wait" => drop(search::take_over(site.db(), 50).await.expect("it takes over")),
                _ => take_all_over(site.db()).await,
            }
        }
        let unscanned = BagFilter { scanned: Some(ScannedBy::Nobody), ..of("SET") };
        let codes = found(site.db(), &unscanned, &Scope::All, 3).await;
        let expected =
            site.bags.iter().filter(|bag| bag.code.as_str().starts_with("SET")).filter(|bag| bag.scanned_at.is_none());
        assert_eq!(codes.len(), expected.count());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn characters_that_are_special_in_sql_are_ordinary_in_a_search() {
    for test in each_database().await {
        let (desk, _tasks) = tallyhouse_support::desk(&test.db, std::sync::Arc::new(TestClock::default()));
        let new = ["SB00001", "SB00002", "M444-00003"].map(|code| scan(Action::Parent, code, None));
        outcomes(&desk, &system(), new.to_vec()).await;
        for taken_over in [false, true] {
            if taken_over {
                take_all_over(&test.db).await;
            }
            for text in ["%%%", "___", "S_0", "SB%1", "\\\\\\", "\"\"\"", "' or", "SB0*", "not", "NEAR(SB0", "-000\\"] {
                let codes = found(&test.db, &of(text), &Scope::All, 5).await;
                assert_eq!(codes, Vec::<String>::new(), "{text}");
            }
            assert_eq!(found(&test.db, &of("4-0"), &Scope::All, 5).await, ["M444-00003"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bag_that_was_removed_is_not_found_and_one_that_came_again_is_found_once() {
    for test in each_database().await {
        let (desk, _tasks) = tallyhouse_support::desk(&test.db, std::sync::Arc::new(TestClock::default()));
        let register = || scan(Action::Parent, "SB00077", None);
        let remove = || scan(Action::Delete, "SB00077", None);
        for take_over_between in [false, true, true] {
            outcomes(&desk, &system(), vec![register()]).await;
            assert_eq!(found(&test.db, &of("0077"), &Scope::All, 1).await, ["SB00077"], "once");
            take_all_over(&test.db).await;
            assert_eq!(found(&test.db, &of("0077"), &Scope::All, 1).await, ["SB00077"], "once");
            outcomes(&desk, &system(), vec![remove()]).await;
            assert_eq!(found(&test.db, &of("0077"), &Scope::All, 1).await, Vec::<String>::new());
            if take_over_between {
                take_all_over(&test.db).await;
            }
        }
        outcomes(&desk, &system(), vec![register(), remove(), register()]).await;
        take_all_over(&test.db).await;
        assert_eq!(found(&test.db, &of("0077"), &Scope::All, 1).await, ["SB00077"], "once");
    }
}
