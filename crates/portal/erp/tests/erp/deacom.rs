//! The rules of Deacom, on every database that is there: a table of cases, and any tables against a second
//! implementation that goes through them row by row.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::each_erp;
use jiff::civil::{Date, date};
use portal_erp::tables::{JobLine, Layer, Named, OrderLine, OrderVersion, Part, Tables};
use portal_erp::{Erp, Inventory};
use portal_rules::customer::Customer;
use portal_rules::quantity::Quantity;
use portal_rules::scope::Scope;
use portal_rules::status::Status;
use portal_rules::stock::Stock;
use portal_rules::view::put_in_order;
use proptest::prelude::*;

#[expect(clippy::unnecessary_wraps, reason = "the columns may be null")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A layer of part 1 at place 1 with stock left.
fn stock(lot: &str, segment: &str, quality: &str) -> Layer {
    Layer {
        part: 1,
        location: 1,
        balance: "2.5".into(),
        segment: some(segment),
        quality: some(quality),
        action: some("Receive"),
        lot_number: some(lot),
        user_lot: some(lot),
        posted: Some(date(2026, 11, 1)),
        ..Layer::default()
    }
}

/// A posting of a lot of which nothing is left.
fn posting(lot: &str, action: &str, reference: &str) -> Layer {
    Layer {
        balance: "0".into(),
        action: some(action),
        reference_of_posting: some(reference),
        ..stock(lot, "stock", "Passed")
    }
}

fn order(job: i64, line: i64, number: i64) -> (JobLine, OrderLine) {
    (JobLine { job, order_line: line }, OrderLine { id: line, order: number })
}

fn version(id: i64, order: i64, purchase_order: Option<&str>) -> OrderVersion {
    OrderVersion { id, order, purchase_order: purchase_order.map(str::to_owned) }
}

fn base() -> Tables {
    let customers = [(1, some("Acme")), (2, some("Nut|House")), (3, None), (4, some("  ")), (5, some("ACME  "))];
    Tables {
        customers: customers.into_iter().map(|(id, name)| Named { id, name }).collect(),
        units: vec![Named { id: 1, name: some("EA") }],
        locations: vec![Named { id: 1, name: some("A-01") }, Named { id: 2, name: some("B-02") }],
        parts: [Some(1), Some(2), Some(3), Some(4), Some(5), None, Some(99)]
            .into_iter()
            .zip(1..)
            .map(|(customer, id)| Part { id, number: format!("{id:05}"), customer, ..Part::default() })
            .collect(),
        ..Tables::default()
    }
}

/// What is expected of a lot: its state, and its purchase order as it is shown.
struct Case {
    lot: &'static str,
    segment: &'static str,
    quality: &'static str,
    postings: &'static [(&'static str, &'static str)],
    status: Status,
    order: &'static str,
}

const fn case(lot: &'static str, segment: &'static str, quality: &'static str, status: Status) -> Case {
    Case { lot, segment, quality, postings: &[], status, order: "N/A" }
}

const FAILED: (&str, &str) = ("Failed QC", "");

#[rustfmt::skip]
const CASES: [Case; 26] = [
    case("S1", "quarantine", "Pending", Status::Quarantined),
    case("S2", "job", "Pending", Status::IssuedToJob),
    case("S3", "sal-reserv", "", Status::SalesReserved),
    case("S4", "staging", "Passed", Status::StagedToJob),
    Case { postings: &[FAILED], ..case("S5", "stock", "Passed", Status::FailedQc) },
    case("S6", "stock", "Pending", Status::PendingQc),
    case("S7", "stock", "", Status::ApprovedQc),
    case("S8", "stock", "Passed", Status::Available),
    // The segment comes before a failed check, and a failed check before everything else.
    Case { postings: &[FAILED], ..case("S9", "quarantine", "Passed", Status::Quarantined) },
    Case { postings: &[FAILED, ("Passed QC", "")], ..case("S10", "stock", "", Status::FailedQc) },
    Case { postings: &[FAILED], ..case("S11", "", "Pending", Status::FailedQc) },
    // As SQL Server compares: regardless of case and of blanks at the end.
    case("S12", "Quarantine ", "Pending", Status::Quarantined),
    case("S13", "stock", "PENDING  ", Status::PendingQc),
    case("S14", "stock", "  ", Status::ApprovedQc),
    Case { postings: &[("FAILED QC ", "")], ..case("S15", "stock", "", Status::FailedQc) },
    case("S16", " job", "x", Status::Available),
    // One job, and the newest version of its order.
    Case { postings: &[("Finish Job", "JJ-100")], order: "PO-NEW", ..case("P1", "stock", "", Status::ApprovedQc) },
    // The highest job counts, not the newest posting; as numbers, not as texts.
    Case { postings: &[("Finish Job", "JJ-1000"), ("Finish Job", "JJ-200")], order: "PO-1000",
        ..case("P2", "stock", "", Status::ApprovedQc) },
    // A job without an order does not count.
    Case { postings: &[("Finish Job", "JJ-9999"), ("Finish Job", "JJ-200")], order: "PO-200",
        ..case("P3", "stock", "", Status::ApprovedQc) },
    // What is no number is ignored, and so is what is no finished job.
    Case { postings: &[("Finish Job", "JJ-200A"), ("Finish Job", "200"), ("Finish Job", "JJ-"), ("Receive", "JJ-200"),
        ("Finish Job", "JJ--200"), ("Finish Job", "JJ-2.5"), ("Finish Job", "JJ-99999999999999999999")],
        ..case("P4", "stock", "", Status::ApprovedQc) },
    Case { postings: &[("finish job", "jj- 0200 ")], order: "PO-200", ..case("P5", "stock", "", Status::ApprovedQc) },
    // No purchase order in the version that counts, though there was one in an older version.
    Case { postings: &[("Finish Job", "JJ-300")], ..case("P6", "stock", "", Status::ApprovedQc) },
    // An empty one stays empty.
    Case { postings: &[("Finish Job", "JJ-400")], order: "", ..case("P7", "stock", "", Status::ApprovedQc) },
    // A job for two orders: the version with the highest id.
    Case { postings: &[("Finish Job", "JJ-500")], order: "PO-B", ..case("P8", "stock", "", Status::ApprovedQc) },
    // An order line without an order.
    Case { postings: &[("Finish Job", "JJ-600")], ..case("P9", "stock", "", Status::ApprovedQc) },
    Case { postings: &[("Finish Job", "JJ-200"), FAILED], order: "PO-200", ..case("P10", "job", "", Status::IssuedToJob) },
];

fn table_of_cases() -> Tables {
    let mut tables = base();
    for case in &CASES {
        tables.layers.push(stock(case.lot, case.segment, case.quality));
        let postings = case.postings.iter().map(|(action, reference)| posting(case.lot, action, reference));
        tables.layers.extend(postings);
    }
    let lines = [
        order(100, 1, 1),
        order(200, 2, 2),
        order(1000, 3, 3),
        order(300, 4, 4),
        order(400, 5, 5),
        order(500, 6, 6),
        order(500, 7, 7),
        order(600, 8, 8),
    ];
    for (job_line, order_line) in lines {
        tables.job_lines.push(job_line);
        tables.order_lines.push(order_line);
    }
    tables.order_versions = vec![
        version(11, 1, Some("PO-NEW")),
        version(10, 1, Some("PO-OLD")),
        version(20, 2, Some("PO-200")),
        version(5, 3, Some("PO-1000")),
        version(30, 4, Some("PO-300")),
        version(31, 4, None),
        version(40, 5, Some("")),
        version(60, 7, Some("PO-B")),
        version(59, 6, Some("PO-A")),
    ];
    tables
}

#[tokio::test]
async fn each_case_has_its_state_and_its_purchase_order() {
    for erp in each_erp(&table_of_cases()).await {
        let inventory = erp.deacom().inventory(&Scope::All).await.expect("an answer");
        assert_eq!(inventory.rows.len(), CASES.len());
        for case in &CASES {
            let row = inventory.rows.iter().find(|row| row.lot.as_deref() == Some(case.lot)).expect("the lot is there");
            let found = (row.status, row.order_shown());
            assert_eq!(found, (case.status, case.order), "{} on {:?}", case.lot, erp.dialect);
        }
    }
}

#[tokio::test]
async fn a_lot_without_a_number_is_matched_by_nothing() {
    let mut tables = table_of_cases();
    let nameless = |layer: Layer| Layer { lot_number: None, ..layer };
    tables.layers = vec![
        nameless(stock("x", "stock", "Passed")),
        nameless(posting("x", "Failed QC", "")),
        nameless(posting("x", "Finish Job", "JJ-200")),
    ];
    for erp in each_erp(&tables).await {
        let inventory = erp.deacom().inventory(&Scope::All).await.expect("an answer");
        let found: Vec<_> = inventory.rows.iter().map(|row| (row.status, row.order_shown())).collect();
        assert_eq!(found, [(Status::Available, "N/A")]);
    }
}

#[tokio::test]
async fn each_scope_has_its_rows_and_no_others() {
    let mut tables = base();
    let layer =
        |part| Layer { part, lot_number: None, user_lot: some(&format!("of {part}")), ..stock("x", "stock", "") };
    tables.layers = (1..=7).map(layer).collect();
    tables.layers.push(Layer { balance: "0".into(), ..layer(1) });
    tables.layers.push(Layer { balance: "-3".into(), ..layer(1) });
    let by_name = |name: &str| Customer::named(name);
    let cases: [(Vec<Customer>, &[&str], usize); 7] = [
        (vec![Customer::keyed("1", "an older name")], &["of 1"], 0),
        (vec![by_name("acme")], &["of 1", "of 5"], 0),
        (vec![by_name("Nut|House"), Customer::keyed("1", "Acme")], &["of 1", "of 2"], 0),
        (vec![by_name("Nut")], &[], 1),
        (vec![by_name("All")], &[], 1),
        (vec![Customer::keyed("3", "a customer without a name"), Customer::keyed("77", "Acme")], &[], 2),
        (vec![by_name("' or 1=1 --"), by_name("%")], &[], 2),
    ];
    for erp in each_erp(&tables).await {
        let source = erp.deacom();
        for (customers, lots, missing) in &cases {
            let scope = Scope::chosen(false, customers.clone()).expect("somebody is chosen");
            let found = source.inventory(&scope).await.expect("an answer");
            let mut shown: Vec<&str> = found.rows.iter().filter_map(|row| row.lot.as_deref()).collect();
            shown.sort_unstable();
            assert_eq!((shown.as_slice(), found.missing.len()), (*lots, *missing), "{customers:?} {:?}", erp.dialect);
        }
        assert_eq!(source.inventory(&Scope::All).await.expect("an answer").rows.len(), 7);
        assert_eq!(source.inventory(&Scope::Nothing).await.expect("an answer"), Inventory::default());
        let names: Vec<String> = source.customers().await.expect("customers").into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["ACME", "Acme", "Nut|House"]);
    }
}

#[tokio::test]
async fn texts_stay_texts_and_days_are_days() {
    let mut tables = base();
    tables.parts.push(Part {
        id: 8,
        number: "12E4".into(),
        description: some("O'Neil \u{e9}\u{4e2d} "),
        ..Part::default()
    });
    tables.layers = vec![Layer {
        part: 8,
        location: 2,
        balance: "1234567.123456".into(),
        user_lot: some("00123"),
        expires: Some(date(2027, 2, 28)),
        received: Some(date(1999, 12, 31)),
        posted: None,
        ..stock("x", "stock", "")
    }];
    for erp in each_erp(&tables).await {
        let inventory = erp.deacom().inventory(&Scope::All).await.expect("an answer");
        let expected = Stock {
            customer: None,
            part: "12E4".into(),
            customer_part: None,
            description: "O'Neil \u{e9}\u{4e2d}".into(),
            on_hand: Quantity(1_234_567_123_456),
            unit: String::new(),
            bin: "B-02".into(),
            lot: some("00123"),
            expires: Some(date(2027, 2, 28)),
            reference: None,
            order: None,
            status: Status::ApprovedQc,
            received: Some(date(1999, 12, 31)),
            moved: None,
        };
        assert_eq!(inventory.rows, [expected], "{:?}", erp.dialect);
    }
}

/// The same once more, straightforwardly: every row looks through every table.
fn expected(tables: &Tables, scope: &Scope) -> Vec<Stock> {
    let by_id = |names: &[Named], id: i64| names.iter().find(|one| one.id == id).cloned();
    let mut rows = Vec::new();
    for layer in &tables.layers {
        let part = tables.parts.iter().find(|part| part.id == layer.part);
        let bin = by_id(&tables.locations, layer.location);
        let (Some(part), Some(bin)) = (part, bin) else { continue };
        let on_hand = Quantity::parse(&layer.balance).expect("a number");
        if on_hand.0 <= 0 {
            continue;
        }
        let customer = part.customer.and_then(|id| by_id(&tables.customers, id));
        let customer = customer.and_then(|one| Some(Customer::keyed(&one.id.to_string(), one.name?.trim_end())));
        let customer = customer.filter(|one| !one.name.is_empty());
        if !scope.covers(customer.as_ref()) {
            continue;
        }
        rows.push(Stock {
            customer,
            part: part.number.clone(),
            customer_part: None,
            description: part.description.clone().unwrap_or_default(),
            on_hand,
            unit: part.unit.and_then(|id| by_id(&tables.units, id)).and_then(|unit| unit.name).unwrap_or_default(),
            bin: bin.name.unwrap_or_default(),
            lot: layer.user_lot.clone(),
            expires: layer.expires,
            reference: layer.attribute.clone(),
            order: purchase_order(tables, layer),
            status: status(tables, layer),
            received: layer.received,
            moved: layer.posted,
        });
    }
    put_in_order(&mut rows);
    rows
}

fn is_of_lot(one: &Layer, layer: &Layer) -> bool {
    layer.lot_number.is_some() && one.lot_number == layer.lot_number
}

fn status(tables: &Tables, layer: &Layer) -> Status {
    let failed = |one: &Layer| is_of_lot(one, layer) && one.action.as_deref() == Some("Failed QC");
    match (layer.segment.as_deref(), layer.quality.as_deref()) {
        (Some("quarantine"), _) => Status::Quarantined,
        (Some("job"), _) => Status::IssuedToJob,
        (Some("sal-reserv"), _) => Status::SalesReserved,
        (Some("staging"), _) => Status::StagedToJob,
        _ if tables.layers.iter().any(failed) => Status::FailedQc,
        (_, Some("Pending")) => Status::PendingQc,
        (_, None | Some("")) => Status::ApprovedQc,
        _ => Status::Available,
    }
}

fn purchase_order(tables: &Tables, layer: &Layer) -> Option<String> {
    let mut found: BTreeMap<(i64, i64), Option<String>> = BTreeMap::new();
    for one in tables.layers.iter().filter(|one| is_of_lot(one, layer) && one.action.as_deref() == Some("Finish Job")) {
        let digits = one.reference_of_posting.as_deref().and_then(|text| text.strip_prefix("JJ-"));
        let Some(job) = digits.and_then(|text| text.parse::<i64>().ok()) else { continue };
        for line in tables.job_lines.iter().filter(|line| line.job == job) {
            for order_line in tables.order_lines.iter().filter(|one| one.id == line.order_line) {
                for version in tables.order_versions.iter().filter(|one| one.order == order_line.order) {
                    found.insert((job, version.id), version.purchase_order.clone());
                }
            }
        }
    }
    found.into_iter().next_back().and_then(|(_, number)| number)
}

fn maybe(texts: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(texts).prop_map(str::to_owned))
}

fn a_day() -> impl Strategy<Value = Option<Date>> {
    prop::option::of((2024..2029_i16, 1..13_i8, 1..29_i8).prop_map(|(year, month, day)| date(year, month, day)))
}

fn a_layer() -> impl Strategy<Value = Layer> {
    let places = (1..9_i64, 1..4_i64, prop::sample::select(vec!["0", "1", "2.25", "-1", "1000000.5"]));
    let texts = (
        maybe(&["quarantine", "job", "sal-reserv", "staging", "stock", ""]),
        maybe(&["Pending", "Passed", ""]),
        maybe(&["Failed QC", "Finish Job", "Receive"]),
        maybe(&["JJ-1", "JJ-2", "JJ-10", "JJ-x", "PO-1"]),
        maybe(&["L1", "L2", "L3"]),
        maybe(&["00123", "12E4"]),
    );
    (places, texts, a_day(), a_day()).prop_map(|((part, location, balance), texts, expires, posted)| {
        let (segment, quality, action, reference_of_posting, lot_number, user_lot) = texts;
        Layer {
            part,
            location,
            balance: balance.to_owned(),
            segment,
            quality,
            action,
            reference_of_posting,
            lot_number,
            user_lot,
            attribute: None,
            expires,
            posted,
            received: posted,
        }
    })
}

fn any_tables() -> impl Strategy<Value = Tables> {
    let job_lines = prop::collection::vec((prop::sample::select(vec![1, 2, 10_i64]), 1..6_i64), 0..8);
    let versions = prop::collection::btree_map(1..20_i64, (1..4_i64, maybe(&["PO-1", "PO-2", ""])), 0..8);
    (prop::collection::vec(a_layer(), 0..40), job_lines, versions).prop_map(|(layers, job_lines, versions)| Tables {
        layers,
        job_lines: job_lines.into_iter().map(|(job, order_line)| JobLine { job, order_line }).collect(),
        order_lines: (1..5).map(|id| OrderLine { id, order: 1 + id % 3 }).collect(),
        order_versions: versions
            .into_iter()
            .map(|(id, (order, purchase_order))| OrderVersion { id, order, purchase_order })
            .collect(),
        ..base()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tables_give_what_a_plain_reading_of_the_rules_gives(tables in any_tables()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let one = Scope::Customers(BTreeSet::from([Customer::keyed("2", "Nut|House")]));
            let some = Scope::Customers(BTreeSet::from([Customer::named("ACME")]));
            for erp in each_erp(&tables).await {
                let source = erp.deacom();
                for scope in [&Scope::All, &one, &some] {
                    let found = source.inventory(scope).await.expect("an answer");
                    assert_eq!(found.rows, expected(&tables, scope), "{:?} {scope:?}", erp.dialect);
                    assert!(!found.is_cut);
                }
            }
        });
    }
}
