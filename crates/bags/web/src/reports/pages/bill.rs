//! The report of one bill: its header, its weights and every parent on it; on paper with every child, for the truck.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use bags_rules::bill::BillNumber;
use bags_rules::permission::BILL_READ;
use bags_store::report::bills;
use bags_store::report::bills::{BillChild, BillParent, OneBill};
use base_sheet::report::{Fact, Figure, Report, Slip, Table, Target};
use base_sheet::{Cell, Kind};
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::report::download::Form;
use base_web::session::Caller;
use base_web::view::{Frame, TIME, grouped, path_part};
use serde::Deserialize;

use super::ReportPage;
use crate::reports::cells::kilograms;
use crate::reports::work::Words;
use crate::state::Bags;

/// The names of the tables.
const PARENTS: &str = "parents";
const CHILDREN: &str = "children";

/// The filters of the report.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BillQuery {
    format: String,
    table: String,
}

/// `GET /bills/{number}/report`
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Path(number): Path<String>,
    Parameters(query): Parameters<BillQuery>,
) -> Result<Response, Problem> {
    caller.must(BILL_READ)?;
    let form = Form::parse(&query.format)?;
    let key = BillNumber::kept(&number).ok_or_else(|| Problem::not_found("This bill"))?.key();
    let mut reader = app.db.snapshot().await?;
    let found = bills::one(reader.conn(), &key, &caller.scope()).await?;
    let bill = found.ok_or_else(|| Problem::not_found("This bill"))?;
    // The page leads to them; paper and files have them all.
    let mut children = Vec::new();
    if form.is_some() {
        children = bills::children(reader.conn(), &key, &caller.scope()).await?;
    }
    drop(reader);
    let frame = Frame::of(&caller, "reports");
    let words = Words { app: &app, frame: &frame };
    let mut report = of_bill(words, &bill);
    match form {
        None => {}
        Some(Form::Pdf) => for_the_truck(words, &mut report, &bill, children),
        Some(_) => report.tables.push(of_children(words, children)),
    }
    let address = format!("/bills/{}/report", path_part(&bill.line.number));
    let stem = format!("bill_{}", bill.line.number);
    let title = words.t("children");
    let table = if query.table.is_empty() { PARENTS.to_owned() } else { query.table };
    let mut page = ReportPage::new(frame, report, address).link_to(0, 0, "/bags/", "").of_table(table);
    page.other_tables.push((CHILDREN, title));
    page.answer(&app, form, &stem).await
}

fn of_bill(words: Words<'_>, bill: &OneBill) -> Report {
    let line = &bill.line;
    let capacity = words.app.rules.capacity;
    let weights = line.weights(capacity);
    let figures = vec![
        words.figure("report-parents", line.parents),
        words.figure("report-capacity", line.capacity),
        words.figure("children", line.children),
        words.kilograms("weight", weights.actual_kg),
        words.kilograms("report-expected", weights.expected_kg),
        words.kilograms("report-target", weights.target_kg),
        words.kilograms("report-variance", weights.variance_kg),
    ];
    let mut bars = words
        .bars("report-children-by-parent", bill.parents.iter().map(|parent| (parent.code.clone(), parent.children)));
    bars.target = Some(Target { label: words.t("report-full-parent"), value: f64::from(capacity) });
    let columns = [
        ("parent", Kind::Text),
        ("area", Kind::Text),
        ("children", Kind::Int),
        ("report-weight-kg", Kind::Kilograms),
        ("linked", Kind::Time),
        ("person", Kind::Text),
    ];
    let rows = bill.parents.iter().map(|parent| row(words, parent)).collect();
    Report {
        title: words.frame.t1("report-bill-title", "bill", &line.number),
        lines: lines(words, bill),
        made: words.made(),
        figures,
        bars: Some(bars).filter(|bars| !bars.bars.is_empty()),
        tables: vec![words.table("report-parents", &columns, rows)],
        no_data: words.t("report-no-data").into(),
        ..Report::default()
    }
}

fn lines(words: Words<'_>, bill: &OneBill) -> Vec<String> {
    let line = &bill.line;
    let zone = &words.app.settings.zone;
    let shown = |at: base_core::time::Moment| at.display(zone, TIME);
    let by = |at, who: &Option<String>| match who {
        Some(name) => words.t2("report-time-by", ("time", &shown(at)), ("name", name)),
        None => shown(at),
    };
    let mut lines = vec![words.frame.t1("report-created-line", "text", &by(line.created_at, &line.created_by))];
    lines.push(match bill.completed_at {
        Some(at) => words.frame.t1("report-completed-line", "text", &by(at, &bill.completed_by)),
        None => words.t(&format!("report-status-{}", line.status.name())),
    });
    let texts = &bill.texts;
    let named = |key: &str, text: &str| (!text.is_empty()).then(|| format!("{}: {text}", words.frame.t(key)));
    lines.extend(named("bill-destination", &texts.destination));
    lines.extend(named("bill-vehicle", &texts.vehicle_number));
    lines.extend((!texts.description.is_empty()).then(|| texts.description.clone()));
    let other_areas = line.parents - i64::try_from(bill.parents.len()).unwrap_or(i64::MAX);
    lines.extend((other_areas > 0).then(|| words.frame.t1("bill-other-areas", "n", &other_areas.to_string())));
    lines
}

fn row(words: Words<'_>, parent: &BillParent) -> Vec<Cell<'static>> {
    vec![
        Cell::text(parent.code.clone()),
        words.area(parent.area.as_ref()),
        Cell::Int(parent.children),
        kilograms(parent.children * i64::from(bags_rules::mark::CHILD_WEIGHT_KG)),
        words.time(parent.linked_at),
        words.person(parent.linked_by.clone()),
    ]
}

fn of_children(words: Words<'_>, children: Vec<BillChild>) -> Table {
    let rows = children.into_iter().map(|child| vec![Cell::text(child.parent), Cell::text(child.code)]).collect();
    Table { name: CHILDREN.into(), ..words.table("children", &[("parent", Kind::Text), ("child", Kind::Text)], rows) }
}

/// Makes the report the paper for the truck: its number as a barcode, each parent with its children below it, and lines
/// to fill in and to sign on.
fn for_the_truck(words: Words<'_>, report: &mut Report, bill: &OneBill, children: Vec<BillChild>) {
    let line = &bill.line;
    let weights = line.weights(words.app.rules.capacity);
    let beside = |key: &str, text: &str| words.frame.t1(key, "n", text);
    report.figures = vec![
        Figure { note: beside("paper-of", &grouped(line.capacity)), ..words.figure("report-parents", line.parents) },
        words.figure("children", line.children),
        Figure {
            note: beside("paper-expected", &words.frame.kg(grouped(weights.expected_kg))),
            ..words.kilograms("weight", weights.actual_kg)
        },
        words.kilograms("report-variance", weights.variance_kg),
    ];
    report.lines.insert(0, words.t("paper-title"));
    report.made = words.t2("paper-printed", ("time", &words.now()), ("name", words.frame.person_name()));
    let mut by_parent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for child in children {
        by_parent.entry(child.parent).or_default().push(child.code);
    }
    if let Some(table) = report.tables.first_mut() {
        table.title = words.t("paper-parents");
        table.below = bill.parents.iter().map(|parent| by_parent.remove(&parent.code).unwrap_or_default()).collect();
    }
    let to_fill_in = |key: &str| Fact { label: words.t(key), value: String::new() };
    report.slip = Some(Slip {
        number: line.number.clone(),
        facts: ["paper-to", "paper-vehicle", "paper-driver"].map(to_fill_in).to_vec(),
        signatures: ["paper-loaded-by", "paper-checked-by", "paper-driver"].map(|key| words.t(key)).to_vec(),
    });
}
