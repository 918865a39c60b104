//! The report of one bill: its header, its weights and every parent on it.

use axum::extract::{Path, State};
use axum::response::Response;
use bags_rules::bill::BillNumber;
use bags_rules::permission::BILL_READ;
use bags_store::report::bills;
use bags_store::report::bills::{BillParent, OneBill};
use base_sheet::report::{Report, Target};
use base_sheet::{Cell, Kind};
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::report::download::Form;
use base_web::session::Caller;
use base_web::view::{Frame, path_part};
use serde::Deserialize;

use super::ReportPage;
use crate::reports::cells::kilograms;
use crate::reports::work::Words;
use crate::state::Bags;

/// The filters of the report.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BillQuery {
    format: String,
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
    drop(reader);
    let bill = found.ok_or_else(|| Problem::not_found("This bill"))?;
    let frame = Frame::of(&caller, "reports");
    let report = of_bill(Words { app: &app, frame: &frame }, &bill);
    let address = format!("/bills/{}/report", path_part(&bill.line.number));
    let stem = format!("bill_{}", bill.line.number);
    ReportPage::new(frame, report, address).link_to(0, 0, "/bags/", "").answer(&app, form, &stem).await
}

fn of_bill(words: Words<'_>, bill: &OneBill) -> Report {
    let line = &bill.line;
    let capacity = words.app.rules.capacity;
    let weights = line.weights(capacity);
    let zone = &words.app.settings.zone;
    let shown = |at: base_core::time::Moment| at.display(zone, "%d/%m/%y %H:%M");
    let created = format!("{} {}", shown(line.created_at), line.created_by.clone().unwrap_or_default());
    let mut lines = vec![words.frame.t1("report-created-line", "text", created.trim())];
    if let Some(at) = bill.completed_at {
        let completed = format!("{} {}", shown(at), bill.completed_by.clone().unwrap_or_default());
        lines.push(words.frame.t1("report-completed-line", "text", completed.trim()));
    }
    lines.push(words.t(&format!("report-status-{}", line.status.name())));
    lines.extend((!bill.description.is_empty()).then(|| bill.description.clone()));
    let other_areas = line.parents - i64::try_from(bill.parents.len()).unwrap_or(i64::MAX);
    lines.extend((other_areas > 0).then(|| words.frame.t1("bill-other-areas", "n", &other_areas.to_string())));
    lines.push(words.made());
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
        lines,
        figures,
        bars: Some(bars).filter(|bars| !bars.bars.is_empty()),
        tables: vec![words.table("report-parents", &columns, rows)],
        no_data: words.t("report-no-data").into(),
    }
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
