//! No list reads a whole table, and none sorts more than its own page: SQLite says how it would read it.

use bags_rules::bag::{BagKind, BagStatus};
use bags_rules::outcome::Outcome;
use bags_store::bag::{BagFilter, InArea, ScannedBy, Sort};
use bags_store::scan::{Results, ScanFilter};
use bags_store::{bag, scan};
use base_core::area::{Area, Scope};
use base_core::time::Moment;
use tallyhouse_support::each_database;

/// Steps that read a table or an index from end to end. `k`, `x` and such are pages.
fn reads_everything(step: &str) -> bool {
    let Some(table) = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()) else { return false };
    let along_key = ["s", "p"].contains(&table) && step.ends_with("SCAN s");
    !along_key && ["b", "s", "l", "p", "i", "a", "w", "o", "u"].contains(&table)
}

#[tokio::test]
async fn no_list_of_bags_reads_everything() {
    let test = each_database().await.remove(0);
    let scopes = [Scope::All, Scope::Area(Area::new("lucknow"))];
    let mut filters = Vec::new();
    for sort in [Sort::Newest, Sort::Oldest, Sort::Code] {
        for kind in [None, Some(BagKind::Parent), Some(BagKind::Child)] {
            for area in [None, Some(InArea::Of(Area::new("lucknow"))), Some(InArea::Nowhere)] {
                let plain = BagFilter { sort, kind, area, ..BagFilter::default() };
                filters.push(plain.clone());
                filters.push(BagFilter { linked: Some(true), ..plain.clone() });
                filters.push(BagFilter { linked: Some(false), billed: Some(true), ..plain.clone() });
                filters.push(BagFilter { status: Some(BagStatus::Pending), ..plain.clone() });
                filters.push(BagFilter { from: Some(Moment(5)), until: Some(Moment(9)), ..plain.clone() });
                filters.push(BagFilter { scanned: Some(ScannedBy::Nobody), ..plain.clone() });
                filters.push(BagFilter { scanned: Some(ScannedBy::Person(1)), ..plain.clone() });
                for text in ["SB", "SB00", "B000"] {
                    filters.push(BagFilter { text: Some(text.into()), ..plain.clone() });
                }
            }
        }
    }
    for filter in filters {
        for scope in &scopes {
            let steps = bag::plans(&test.db, &filter, scope).await.expect("plans");
            for step in &steps {
                assert!(!reads_everything(step), "{step} in {filter:?}: {steps:#?}");
            }
            // Limited reads (`x`) and the page itself (`k`) may be sorted, never an index or a table.
            for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.contains("TEMP B-TREE")) {
                let of_page = steps[..at].iter().any(|step| step == "SCAN k");
                assert!(of_page || steps[at - 1] == "SCAN x", "{step} in {filter:?}: {steps:#?}");
            }
        }
    }
}

#[tokio::test]
async fn no_list_of_scans_reads_everything() {
    let test = each_database().await.remove(0);
    for scope in [Scope::All, Scope::Area(Area::new("lucknow"))] {
        for text in [None, Some("SB00001".to_owned())] {
            for person in [None, Some(1)] {
                for from in [None, Some(Moment(5))] {
                    for results in [None, Some(Results::Refused), Some(Results::One(Outcome::Linked))] {
                        let filter = ScanFilter { text: text.clone(), person, results, from, until: None, area: None };
                        let steps = scan::plans(&test.db, &filter, &scope).await.expect("plans");
                        for step in &steps {
                            assert!(!reads_everything(step), "{step} in {filter:?}: {steps:#?}");
                        }
                    }
                }
            }
        }
    }
}
