//! The daily scan report: the scans of one day by hour, area and person.

use axum::extract::State;
use axum::response::Response;
use bags_rules::permission::REPORT_READ;
use bags_rules::report::ScanDay;
use bags_store::report::scans;
use base_core::area::Scope;
use base_core::permission::ACCOUNT_MANAGE;
use base_core::report::Range;
use base_sheet::report::Report;
use base_sheet::{Cell, Kind};
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::report::download::Form;
use base_web::report::range;
use base_web::session::Caller;
use base_web::view::Frame;
use jiff::civil::Date;
use serde::Deserialize;

use super::ReportPage;
use crate::reports::cells::{SCAN_COLUMNS, scan_cells};
use crate::reports::work::Words;
use crate::state::Bags;

const ADDRESS: &str = "/reports/scans";
const TITLE: &str = "report-scans-title";

/// The filters of the report.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ScansQuery {
    date: String,
    format: String,
    table: String,
}

/// `GET /reports/scans`
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<ScansQuery>,
) -> Result<Response, Problem> {
    caller.must(REPORT_READ)?;
    let form = Form::parse(&query.format)?;
    let frame = Frame::of(&caller, "reports");
    let date = match range::read_day(&app, &query.date) {
        Ok(date) => date,
        Err(fault) => return Ok(filtered(ReportPage::blank(frame, TITLE, ADDRESS), query.date).refused(fault.into())),
    };
    let table = if query.table.is_empty() { "by-hour".to_owned() } else { query.table };
    let scope = caller.scope();
    let day = read(&app, &scope, date).await?;
    let report = of_day(Words { app: &app, frame: &frame }, &day, &scope);
    let page = filtered(ReportPage::new(frame, report, ADDRESS), date.to_string());
    let people = page.report.tables.len() - 1;
    let page = if caller.person.may(ACCOUNT_MANAGE) { page.link_to(people, 0, "/reports/people/", "") } else { page };
    page.of_table(table).answer(&app, form, "scan_report").await
}

fn filtered(page: ReportPage, date: String) -> ReportPage {
    page.field("report-date", "date", "date", date)
}

async fn read(app: &Bags, scope: &Scope, date: Date) -> Result<ScanDay, Problem> {
    let zone = &app.settings.zone;
    let span = Range::day(date).bounds(zone);
    let mut reader = app.db.snapshot().await?;
    let day = ScanDay::of(date, zone, scans::hours(reader.conn(), scope, span).await?);
    let people = scans::people(reader.conn(), scope, span).await?;
    Ok(ScanDay { people, ..day })
}

fn of_day(words: Words<'_>, day: &ScanDay, scope: &Scope) -> Report {
    let total = day.total();
    let mut lines = vec![words.days(day.date, day.date)];
    match scope {
        Scope::All => {}
        Scope::Area(area) => {
            lines.push(area.title());
            lines.push(words.t("report-people-of-area"));
        }
        Scope::Nothing => lines.push(words.t("report-no-area-yet")),
    }
    let figures = vec![
        words.figure("scans", total.accepted()),
        words.figure("report-parent-scans", total.parents),
        words.figure("report-child-scans", total.children),
        words.figure("report-bill-scans", total.bills),
        words.figure("report-corrections", total.others),
        words.figure("report-refused", total.refused),
    ];
    let labelled = || day.hours.iter().enumerate().map(|(hour, counts)| (format!("{hour:02}"), *counts));
    let columns = |first| std::iter::once((first, Kind::Text)).chain(SCAN_COLUMNS).collect::<Vec<_>>();
    let row = |first: Cell<'static>, counts| std::iter::once(first).chain(scan_cells(counts)).collect::<Vec<_>>();
    let hours = labelled().map(|(label, counts)| row(Cell::text(label), counts)).collect();
    let areas = day.areas.iter().map(|(area, counts)| row(words.area(area.as_ref()), *counts)).collect();
    let people = day.people.iter().map(|(name, counts)| row(words.person(name.clone()), *counts)).collect();
    Report {
        title: words.t(TITLE),
        lines,
        made: words.made(),
        figures,
        bars: Some(words.hours("report-scans-by-hour", labelled().map(|(label, counts)| (label, counts.accepted())))),
        tables: vec![
            words.table("report-by-area", &columns("area"), areas),
            words.table("report-by-hour", &columns("hour"), hours),
            words.table("report-by-person", &columns("person"), people),
        ],
        no_data: words.t("report-no-data").into(),
        ..Report::default()
    }
}
