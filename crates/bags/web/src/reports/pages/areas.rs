//! The dispatch-area report: bags, dispatchers, scans, bills and weights of each area, or of one.

use axum::extract::State;
use axum::response::Response;
use bags_rules::permission::REPORT_READ;
use bags_rules::report::{AREA_DAYS_MAX, AreaLine, AreaReport};
use bags_store::report::areas;
use base_core::report::Range;
use base_sheet::report::Report;
use base_sheet::{Cell, Kind};
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::report::download::Form;
use base_web::report::range;
use base_web::session::Caller;
use base_web::view::Frame;
use serde::Deserialize;

use super::ReportPage;
use crate::reports::cells::kilograms;
use crate::reports::work::Words;
use crate::state::Bags;

const ADDRESS: &str = "/reports/areas";
const TITLE: &str = "report-areas-title";

/// The filters of the report.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AreasQuery {
    from: String,
    to: String,
    /// Names of areas with commas between them; empty for all.
    area: String,
    format: String,
    table: String,
}

/// `GET /reports/areas`
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<AreasQuery>,
) -> Result<Response, Problem> {
    caller.must(REPORT_READ)?;
    let form = Form::parse(&query.format)?;
    let frame = Frame::of(&caller, "reports");
    let days = match range::read(&app, &query.from, &query.to).and_then(|days| days.within(AREA_DAYS_MAX)) {
        Ok(days) => days,
        Err(fault) => {
            return Ok(filtered(ReportPage::blank(frame, TITLE, ADDRESS), (&app, &caller), query).refused(fault.into()));
        }
    };
    let span = days.bounds(&app.settings.zone);
    let mut reader = app.db.snapshot().await?;
    let mut lines = areas::lines(reader.conn(), &caller.scope(), &app.settings.areas, span).await?;
    drop(reader);
    let wanted: Vec<&str> = query.area.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let is_wanted = |line: &AreaLine| line.area.as_ref().is_some_and(|area| wanted.contains(&area.as_str()));
    lines.retain(|line| wanted.is_empty() || is_wanted(line));
    let report = of_areas(Words { app: &app, frame: &frame }, days, &AreaReport { areas: lines });
    let table = query.table.clone();
    filtered(ReportPage::new(frame, report, ADDRESS), (&app, &caller), query)
        .of_table(table)
        .answer(&app, form, "area_report")
        .await
}

fn filtered(page: ReportPage, (app, caller): (&Bags, &Caller), query: AreasQuery) -> ReportPage {
    let seen = app.settings.areas.iter().filter(|area| caller.scope().covers(Some(area)));
    let areas = seen.map(|area| (area.to_string(), area.title()));
    page.field("report-from", "from", "date", query.from)
        .field("report-to", "to", "date", query.to)
        .choice("area", "area", query.area, areas)
}

fn of_areas(words: Words<'_>, days: Range, areas: &AreaReport) -> Report {
    let figures = vec![
        words.figure("report-parents-now", areas.sum(|line| line.parents)),
        words.figure("report-children-now", areas.sum(|line| line.children)),
        words.kilograms("report-weight-now", areas.sum(AreaLine::weight_kg)),
        words.figure("report-parents-created", areas.sum(|line| line.parents_created)),
        words.figure("report-dispatchers", areas.sum(|line| line.dispatchers)),
        words.figure("scans", areas.sum(|line| line.scans.accepted())),
        words.figure("report-refused", areas.sum(|line| line.scans.refused)),
        words.kilograms("report-bill-weight", areas.sum(AreaLine::bill_weight_kg)),
    ];
    let columns = [
        ("area", Kind::Text),
        ("report-parents-now", Kind::Int),
        ("report-children-now", Kind::Int),
        ("report-billed-now", Kind::Int),
        ("report-weight-now-kg", Kind::Kilograms),
        ("report-parents-created", Kind::Int),
        ("report-dispatchers", Kind::Int),
        ("scans", Kind::Int),
        ("report-scans-each", Kind::Int),
        ("report-refused-share", Kind::Percent),
        ("report-bills", Kind::Int),
        ("report-bill-parents", Kind::Int),
        ("report-bill-weight-kg", Kind::Kilograms),
    ];
    let name = |line: &AreaLine| words.area(line.area.as_ref());
    let row = |line: &AreaLine| {
        vec![
            name(line),
            Cell::Int(line.parents),
            Cell::Int(line.children),
            Cell::Int(line.billed),
            kilograms(line.weight_kg()),
            Cell::Int(line.parents_created),
            Cell::Int(line.dispatchers),
            Cell::Int(line.scans.accepted()),
            line.scans_each().map_or(Cell::Empty, Cell::Int),
            Cell::Percent(line.refused_percent()),
            Cell::Int(line.bills),
            Cell::Int(line.bill_parents),
            kilograms(line.bill_weight_kg()),
        ]
    };
    let bars = areas.areas.iter().map(|line| (name(line).to_string(), line.bill_weight_kg()));
    Report {
        title: words.t(TITLE),
        lines: vec![words.days(days.from, days.to), words.t("report-areas-note")],
        made: words.made(),
        figures,
        bars: Some(words.bars("report-bill-weight-kg", bars)),
        tables: vec![words.table("report-by-area", &columns, areas.areas.iter().map(row).collect())],
        no_data: words.t("report-no-area-yet").into(),
        ..Report::default()
    }
}
