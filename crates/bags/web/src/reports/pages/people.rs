//! What people have done: the list of people, and one person. An admin sees everybody, others
//! themselves.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use bags_rules::report::{Activity, ScanCounts};
use bags_store::report::people;
use bags_store::report::people::{Figures, OwnEntry, OwnScan, PersonLine};
use base_core::account::AccountId;
use base_core::permission::{ACCOUNT_MANAGE, AUDIT_READ, HOME_READ};
use base_core::report::{Range, date_text};
use base_core::time::Moment;
use base_records::account;
use base_sheet::report::{Figure, Number, Report, Table};
use base_sheet::{Cell, Kind};
use base_web::cursor;
use base_web::cursor::Given;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::report::download::Form;
use base_web::report::range;
use base_web::session::{Caller, STAFF};
use base_web::view::{Frame, TIME, grouped, path_part};
use serde::Deserialize;

use super::ReportPage;
use crate::activity;
use crate::reports::work::{Words, accepted_codes, bag_codes};
use crate::state::Bags;

/// People on one page.
const PAGE: u32 = 50;
/// Up to this many scans, the page counts their bags without being asked: with more it would be slow.
const COUNTED_UNASKED: i64 = 2_000;
const SCANS: u32 = 20;
const ENTRIES: u32 = 15;
const REFUSALS: u32 = 10;

/// The filters of the report.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PeopleQuery {
    cursor: String,
    format: String,
    table: String,
    /// `bags`: count how many different bags they scanned, however many scans there are.
    count: String,
}

/// `GET /reports/people`
pub async fn list(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<PeopleQuery>,
) -> Result<Response, Problem> {
    caller.must(ACCOUNT_MANAGE)?;
    let form = Form::parse(&query.format)?;
    let today = Range::day(range::today(&app));
    let span = today.bounds(&app.settings.zone);
    let is_first = query.cursor.is_empty();
    let given = cursor::read(&app, &caller, Given::of(Some(&query.cursor)), |text| Some(text.to_owned()))?;
    let (mut lines, mut after) = (Vec::new(), given.unwrap_or_default());
    let mut has_more = true;
    // A page shows `PAGE` people; a file holds all of them.
    while has_more && (form.is_some() || lines.is_empty()) {
        let mut reader = app.db.read().await?;
        let mut page = people::list(reader.conn(), &after, span, PAGE + 1).await?;
        drop(reader);
        has_more = page.len() > PAGE as usize;
        page.truncate(PAGE as usize);
        after = page.last().map(|last| last.cursor.clone()).unwrap_or_default();
        lines.extend(page);
    }
    let frame = Frame::of(&caller, "reports");
    let mut report = of_people(Words { app: &app, frame: &frame }, today, lines);
    if form.is_none() && (has_more || !is_first) {
        // What is on a page is not all there is.
        report.tables[0].total.clear();
    }
    let mut page = ReportPage::new(frame, report, "/reports/people").link_to(0, 0, "/reports/people/", "");
    page.paged = true;
    page.next = has_more.then(|| cursor::write(&app, &caller, &after));
    page.of_table(query.table).answer(&app, form, "people").await
}

fn of_people(words: Words<'_>, today: Range, lines: Vec<PersonLine>) -> Report {
    let columns = [
        ("person", Kind::Text),
        ("report-role", Kind::Text),
        ("area", Kind::Text),
        ("report-scans-today", Kind::Int),
        ("report-scans-total", Kind::Int),
        ("report-last-scan", Kind::Time),
        ("report-last-sign-in", Kind::Time),
        ("status", Kind::Text),
    ];
    let row = |line: PersonLine| {
        let roles: Vec<String> = line.roles.iter().map(|role| words.t(&format!("role-{}", role.name()))).collect();
        let time = |at: Option<Moment>| at.map_or(Cell::Empty, |at| words.time(at));
        vec![
            Cell::text(line.name),
            Cell::text(roles.join(", ")),
            Cell::maybe(line.area.map(|area| area.title())),
            Cell::Int(line.scans),
            Cell::Int(line.scans_total),
            time(line.scanned_at),
            time(line.signed_in_at),
            Cell::text(words.t(if line.is_active { "report-active" } else { "report-inactive" })),
        ]
    };
    let busiest =
        lines.iter().filter(|line| line.scans > 0).map(|line| (line.name.clone(), line.scans)).collect::<Vec<_>>();
    Report {
        title: words.t("report-people-title"),
        lines: vec![words.days(today.from, today.to)],
        made: words.made(),
        figures: Vec::new(),
        bars: Some(words.bars("report-scans-today", busiest)).filter(|bars| !bars.bars.is_empty()),
        tables: vec![words.table("report-people-title", &columns, lines.into_iter().map(row).collect())],
        no_data: words.t("report-no-data").into(),
        ..Report::default()
    }
}

/// `GET /reports/me`
pub async fn me(caller: Caller) -> Response {
    Redirect::to(&format!("/reports/people/{}", path_part(&caller.person.name))).into_response()
}

/// `GET /reports/people/{name}`
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Path(name): Path<String>,
    Parameters(query): Parameters<PeopleQuery>,
) -> Result<Response, Problem> {
    let is_own = caller.person.name == name;
    caller.must(if is_own { HOME_READ } else { ACCOUNT_MANAGE })?;
    let form = Form::parse(&query.format)?;
    let all = account::credentials(app.db.read().await?.conn(), STAFF, &name, app.clock.now()).await?;
    let found = all.ok_or_else(|| Problem::not_found("This person"))?;
    let frame = Frame::of(&caller, "reports");
    let words = Words { app: &app, frame: &frame };
    // A file always has this count; a page has it on request.
    let wants_bags = form.is_some() || query.count == "bags";
    let wanted = Wanted { entries: caller.person.may(AUDIT_READ), bags: wants_bags };
    let own = read(&app, found.id, wanted).await?;
    let address = format!("/reports/people/{}", path_part(&found.username));
    let to_count = own.bags.is_none().then(|| (words.t("report-bags"), format!("{address}?count=bags")));
    let report = of_person(words, &found.username, own);
    let mut page = ReportPage::new(frame, report, address).link_to(0, 2, "/lookup?q=", "");
    page.to_count = to_count;
    let table = if query.table.is_empty() { "last-scans".to_owned() } else { query.table };
    page.of_table(table).answer(&app, form, "activity").await
}

struct Own {
    activity: Activity,
    total: ScanCounts,
    /// How many different bags the scans name, if that was counted.
    bags: Option<i64>,
    last: Option<Moment>,
    signed_in: Option<Moment>,
    scans: Vec<OwnScan>,
    refusals: Vec<OwnScan>,
    /// `None` for those who may not read the audit trail.
    entries: Option<Vec<OwnEntry>>,
}

/// What is read of a person besides their scans.
#[derive(Clone, Copy)]
struct Wanted {
    /// Their entries in the audit trail.
    entries: bool,
    /// How many different bags their scans name, however many scans there are.
    bags: bool,
}

async fn read(app: &Bags, id: AccountId, wanted: Wanted) -> Result<Own, Problem> {
    let mut reader = app.db.snapshot().await?;
    let (figures, activity) = activity::of_person(app, reader.conn(), id).await?;
    let scans = people::scans(reader.conn(), id, SCANS).await?;
    let refusals = people::refusals(reader.conn(), id, &accepted_codes(), REFUSALS).await?;
    let mut entries = None;
    if wanted.entries {
        entries = Some(people::entries(reader.conn(), id, ENTRIES).await?);
    }
    let mut bags = None;
    if wanted.bags || figures.total.accepted() + figures.total.refused <= COUNTED_UNASKED {
        bags = Some(people::bags(reader.conn(), id, &bag_codes()).await?);
    }
    let Figures { total, last_at: last, signed_in_at: signed_in, .. } = figures;
    Ok(Own { activity, total, bags, last, signed_in, scans, refusals, entries })
}

fn of_person(words: Words<'_>, name: &str, own: Own) -> Report {
    let mut tables = vec![scans_table(words, "report-last-scans", own.scans)];
    tables.push(scans_table(words, "report-last-refusals", own.refusals));
    if let Some(entries) = own.entries {
        tables.push(entries_table(words, entries));
    }
    let chart = own.activity.chart.iter();
    let label = |day: jiff::civil::Date| date_text(day).chars().take(5).collect();
    let line = |key: &str, at: Option<Moment>| {
        at.map(|at| words.frame.t1(key, "time", &at.display(&words.app.settings.zone, TIME)))
    };
    let known = [line("report-last-scan-line", own.last), line("report-last-sign-in-line", own.signed_in)];
    let mut lines: Vec<String> = known.into_iter().flatten().collect();
    lines.push(words.t("report-person-note"));
    Report {
        title: words.frame.t1("report-person-title", "name", name),
        lines,
        made: words.made(),
        figures: figures(words, &own.activity, own.total, own.bags),
        bars: Some(words.until_today(words.bars("report-scans-by-day", chart.map(|(day, n)| (label(*day), *n))))),
        tables,
        no_data: words.t("report-nothing-yet").into(),
        ..Report::default()
    }
}

fn figures(words: Words<'_>, activity: &Activity, total: ScanCounts, bags: Option<i64>) -> Vec<Figure> {
    // A figure with the day or the hour that it belongs to.
    let of = |key: &str, note: String, n: i64| Figure { note, ..words.figure(key, n) };
    let tenths = activity.average_tenths;
    let average = Figure {
        label: words.t("report-average"),
        value: format!("{}.{}", grouped(tenths / 10), tenths % 10),
        number: Some(Number { value: tenths_as_float(tenths), unit: String::new() }),
        ..Figure::default()
    };
    let mut figures = vec![
        words.figure("report-scans-today", activity.today),
        words.figure("report-scans-week", activity.week),
        words.figure("report-scans-quarter", activity.quarter),
        words.figure("report-scans-year", activity.year),
        words.figure("report-scans-total", total.accepted()),
        words.figure("report-parent-scans", total.parents),
        words.figure("report-child-scans", total.children),
        words.figure("report-refused", total.refused),
        words.figure("report-active-days", activity.active_days),
        average,
    ];
    figures.extend(bags.map(|bags| words.figure("report-bags", bags)));
    figures.extend(activity.best_day.map(|(day, n)| of("report-best-day", date_text(day), n)));
    figures.extend(activity.busiest_hour.map(|(hour, n)| of("report-busiest-hour", format!("{hour:02}:00"), n)));
    figures
}

fn tenths_as_float(tenths: i64) -> f64 {
    f64::from(i32::try_from(tenths).unwrap_or(i32::MAX)) / 10.0
}

fn scans_table(words: Words<'_>, title: &str, scans: Vec<OwnScan>) -> Table {
    let columns = [
        ("time", Kind::Time),
        ("result", Kind::Text),
        ("code", Kind::Text),
        ("parent", Kind::Text),
        ("bill", Kind::Text),
        ("report-undone", Kind::Time),
    ];
    let row = |scan: OwnScan| {
        vec![
            words.time(Moment(scan.at)),
            Cell::text(words.t(&format!("outcome-{}", scan.outcome))),
            Cell::text(scan.code),
            Cell::maybe(scan.parent),
            Cell::maybe(scan.bill),
            scan.undone_at.map_or(Cell::Empty, |at| words.time(Moment(at))),
        ]
    };
    words.table(title, &columns, scans.into_iter().map(row).collect())
}

fn entries_table(words: Words<'_>, entries: Vec<OwnEntry>) -> Table {
    let columns = [("time", Kind::Time), ("report-action", Kind::Text), ("report-subject", Kind::Text)];
    let row = |entry: OwnEntry| {
        let thing = format!("{} {}", words.frame.words_for("entity", &entry.entity_type), entry.entity);
        vec![
            words.time(Moment(entry.at)),
            Cell::text(words.frame.words_for("action", &entry.action)),
            Cell::text(thing),
        ]
    };
    words.table("report-last-entries", &columns, entries.into_iter().map(row).collect())
}
