//! The bill summary of a range of days: a biller's own bills, or for an admin everybody's or one
//! person's.

use axum::extract::State;
use axum::response::Response;
use bags_rules::bill::BillStatus;
use bags_rules::permission::{BILL_SUMMARY, BILL_SUMMARY_ALL};
use bags_rules::report::{BillLine, BillSums, BillTotals};
use bags_store::report::bills;
use bags_store::report::bills::{BillCursor, BillFilter, Whose};
use base_core::report::{Range, by_day, by_hour, date_text};
use base_core::time::Moment;
use base_sheet::report::{Bars, Report, Table};
use base_sheet::{Cell, Kind};
use base_web::cursor;
use base_web::cursor::Given;
use base_web::error::Problem;
use base_web::names::{account_of, picked};
use base_web::parameters::Parameters;
use base_web::report::download::{Form, PDF_ROWS_MAX, Pages};
use base_web::report::{download, range};
use base_web::session::Caller;
use base_web::view::{Frame, render};
use serde::Deserialize;

use super::wrong::{Refusal, Wrong};
use super::{Field, ReportPage};
use crate::reports::cells::kilograms;
use crate::reports::work::Words;
use crate::state::Bags;

const ADDRESS: &str = "/reports/bills";
const TITLE: &str = "report-bills-title";
const STEM: &str = "bill_summary";
/// The name of the table of bills.
const BILLS: &str = "bills";

/// Bills on one page.
const PAGE: u32 = 50;
/// Bills that are read at once for a file.
const FILE_PAGE: u32 = 1000;
/// The most days that are drawn one by one; more are drawn as months.
const DAY_BARS_MAX: i32 = 62;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct BillsQuery {
    from: String,
    to: String,
    person: String,
    status: String,
    cursor: String,
    format: String,
    table: String,
}

/// What was asked for, parsed and allowed.
#[derive(Clone)]
struct Asked {
    range: Range,
    filter: BillFilter,
    cursor: Option<BillCursor>,
}

async fn parse(app: &Bags, caller: &Caller, query: &BillsQuery) -> Result<Asked, Refusal> {
    let range = range::read(app, &query.from, &query.to).map_err(Wrong::Days)?;
    let (from, until) = range.bounds(&app.settings.zone);
    let status = match query.status.as_str() {
        "" => None,
        text => Some(BillStatus::parse(text).ok_or(Wrong::Status)?),
    };
    let person = whose(app, caller, query.person.trim()).await?;
    let cursor = cursor::read(app, caller, Given::of(Some(&query.cursor)), parse_cursor)?;
    Ok(Asked { range, filter: BillFilter { from, until, person, status }, cursor })
}

/// Whose bills the caller gets. Those who may not see everybody's get their own, whatever they ask for.
async fn whose(app: &Bags, caller: &Caller, name: &str) -> Result<Whose, Refusal> {
    let own = caller.person.id;
    if !caller.person.may(BILL_SUMMARY_ALL) {
        caller.must(BILL_SUMMARY)?;
        let is_own = name.is_empty() || name.eq_ignore_ascii_case(&caller.person.name);
        let not_allowed = || Problem::not_allowed(BILL_SUMMARY_ALL.name()).into();
        return is_own.then_some(Whose::Of(own)).ok_or_else(not_allowed);
    }
    if name.is_empty() {
        return Ok(Whose::All);
    }
    match account_of(app, name).await {
        Ok(id) => Ok(Whose::Of(id)),
        Err(problem) if problem.code() == Problem::NOBODY => Err(Wrong::Person.into()),
        Err(problem) if problem.code() == Problem::SEVERAL => Err(Wrong::SeveralPeople.into()),
        Err(problem) => Err(problem.into()),
    }
}

fn parse_cursor(text: &str) -> Option<BillCursor> {
    let (at, key) = text.split_once('~')?;
    Some(BillCursor { created_at: Moment(at.parse().ok()?), key: key.to_owned() })
}

fn cursor_after(bill: &BillLine) -> BillCursor {
    BillCursor { created_at: bill.created_at, key: bill.key.clone() }
}

/// `GET /reports/bills`
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(mut query): Parameters<BillsQuery>,
) -> Result<Response, Problem> {
    let form = Form::parse(&query.format)?;
    let frame = Frame::of(&caller, "reports");
    query.person = picked(&app, &caller, Some(&query.person)).await?.text;
    let asked = match parse(&app, &caller, &query).await {
        Ok(asked) => asked,
        Err(Refusal::Filter(wrong)) => {
            return Ok(filtered(ReportPage::blank(frame, TITLE, ADDRESS), &query, &caller).refused(wrong));
        }
        Err(Refusal::Other(problem)) => return Err(problem),
    };
    let words = Words { app: &app, frame: &frame };
    let mut reader = app.db.snapshot().await?;
    let sums = bills::sums(reader.conn(), &asked.filter).await?;
    let quarters = bills::quarters(reader.conn(), &asked.filter).await?;
    let limit = match form {
        None => PAGE,
        Some(Form::Pdf) => u32::try_from(PDF_ROWS_MAX).unwrap_or(PAGE),
        Some(_) => 0,
    };
    let mut lines = Vec::new();
    if limit > 0 {
        lines = bills::page(reader.conn(), &asked.filter, asked.cursor.as_ref(), limit + 1).await?;
    }
    drop(reader);
    let has_more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let next = lines.last().filter(|_| has_more).map(|last| format!("{}~{}", last.created_at.0, last.key));
    let next = next.map(|next| cursor::write(&app, &caller, &next));
    let mut report = summary(words, &asked, &Figures { sums, quarters }, lines);
    describe(words, &mut report, &query, &caller);
    if form == Some(Form::Pdf) && has_more {
        let rows = base_web::view::grouped(i64::from(limit));
        report.lines.push(frame.t1("report-cut", "n", &rows));
    }
    let is_long = matches!(query.table.as_str(), "" | BILLS);
    match form {
        None => Ok(render(&ReportPage { next, ..page(frame, report, &query, &caller) })),
        // CSV of all bills is sent page by page.
        Some(Form::Csv) if is_long => {
            let table = report.tables.pop().unwrap_or_default();
            Ok(download::stream(&app, &caller, STEM, table, BillPages::of(&app, frame, asked.filter)))
        }
        Some(Form::Xlsx) => {
            let report = with_all_bills(report, BillPages::of(&app, frame.clone(), asked.filter)).await?;
            ReportPage::new(frame, report, ADDRESS).answer(&app, form, STEM).await
        }
        Some(_) => ReportPage::new(frame, report, ADDRESS).of_table(query.table).answer(&app, form, STEM).await,
    }
}

/// A workbook holds all bills, which the limit of 366 days keeps small enough.
async fn with_all_bills(mut report: Report, mut pages: BillPages) -> Result<Report, Problem> {
    loop {
        let rows = pages.next().await?;
        if rows.is_empty() {
            break;
        }
        if let Some(table) = report.tables.last_mut() {
            table.rows.extend(rows);
        }
    }
    Ok(report)
}

struct BillPages {
    app: Bags,
    frame: Frame,
    filter: BillFilter,
    cursor: Option<BillCursor>,
    is_over: bool,
}

impl BillPages {
    fn of(app: &Bags, frame: Frame, filter: BillFilter) -> Self {
        Self { app: app.clone(), frame, filter, cursor: None, is_over: false }
    }
}

impl Pages for BillPages {
    async fn next(&mut self) -> Result<Vec<Vec<Cell<'static>>>, Problem> {
        if self.is_over {
            return Ok(Vec::new());
        }
        let mut reader = self.app.db.read().await?;
        let lines = bills::page(reader.conn(), &self.filter, self.cursor.as_ref(), FILE_PAGE).await?;
        self.is_over = lines.len() < FILE_PAGE as usize;
        self.cursor = lines.last().map(cursor_after);
        let words = Words { app: &self.app, frame: &self.frame };
        Ok(lines.into_iter().map(|line| row(words, line)).collect())
    }
}

fn page(frame: Frame, report: Report, query: &BillsQuery, caller: &Caller) -> ReportPage {
    let mut page = filtered(ReportPage::new(frame, report, ADDRESS), query, caller);
    let bills = page.report.tables.len() - 1;
    page.paged = true;
    page.link_to(bills, 0, "/bills/", "/report")
}

fn filtered(page: ReportPage, query: &BillsQuery, caller: &Caller) -> ReportPage {
    let frame = &page.frame;
    let statuses = BillStatus::ALL
        .iter()
        .map(|status| (status.name().to_owned(), frame.t(&format!("report-status-{}", status.name()))));
    let options = std::iter::once((String::new(), frame.t("all"))).chain(statuses).collect();
    let status = Field { label: frame.t("status"), name: "status", kind: "text", value: query.status.clone(), options };
    let page = page.field("report-from", "from", "date", query.from.as_str());
    let mut page = page.field("report-to", "to", "date", query.to.as_str());
    if caller.person.may(BILL_SUMMARY_ALL) {
        page = page.field("person", "person", "person", query.person.as_str());
    }
    page.fields.push(status);
    page
}

fn describe(words: Words<'_>, report: &mut Report, query: &BillsQuery, caller: &Caller) {
    let may_see_all = caller.person.may(BILL_SUMMARY_ALL);
    let person = if may_see_all { query.person.trim() } else { caller.person.name.as_str() };
    if !person.is_empty() {
        report.lines.push(words.frame.t1("report-of-person", "name", person));
    }
    if !query.status.is_empty() {
        report.lines.push(words.t(&format!("report-status-{}", query.status)));
    }
}

/// What all the bills that were asked for add up to.
struct Figures {
    sums: Vec<BillSums>,
    /// How many bills were created in each quarter of an hour.
    quarters: Vec<(Moment, i64)>,
}

fn summary(words: Words<'_>, asked: &Asked, figures: &Figures, lines: Vec<BillLine>) -> Report {
    let Figures { sums, quarters } = figures;
    let total = BillTotals::of(sums);
    let weights = total.weights(words.app.rules.capacity);
    let foot = vec![
        Cell::text(words.t("report-total-bills")),
        Cell::Empty,
        Cell::Empty,
        Cell::Int(total.parents),
        Cell::Int(total.capacity),
        Cell::Int(total.children),
        kilograms(weights.actual_kg),
        kilograms(weights.expected_kg),
        kilograms(weights.variance_kg),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
    ];
    let figures = vec![
        words.figure("report-bills", total.bills),
        words.figure("report-parents", total.parents),
        words.figure("children", total.children),
        words.kilograms("weight", weights.actual_kg),
        words.kilograms("report-expected", weights.expected_kg),
        words.kilograms("report-variance", weights.variance_kg),
        words.figure("report-completed", total.full),
        words.figure("report-in-progress", total.in_progress()),
        words.figure("report-empty", total.empty),
    ];
    let mut tables = vec![by_status(words, sums)];
    if asked.filter.person == Whose::All {
        tables.push(by_person(words, sums));
    }
    let rows = lines.into_iter().map(|line| row(words, line)).collect();
    // A page shows some of the bills; the row at its foot counts them all.
    let total = if total.bills > 1 { foot } else { Vec::new() };
    tables.push(Table { total, ..words.table("report-bills", &COLUMNS, rows) });
    Report {
        title: words.t(TITLE),
        lines: vec![words.days(asked.range.from, asked.range.to)],
        made: words.made(),
        figures,
        bars: Some(bars(words, asked.range, quarters)),
        tables,
        no_data: words.t("report-no-data").into(),
        ..Report::default()
    }
}

const COLUMNS: [(&str, Kind); 12] = [
    ("bill", Kind::Text),
    ("report-created", Kind::Time),
    ("report-created-by", Kind::Text),
    ("report-parents", Kind::Int),
    ("report-capacity", Kind::Int),
    ("children", Kind::Int),
    ("report-weight-kg", Kind::Kilograms),
    ("report-expected-kg", Kind::Kilograms),
    ("report-variance-kg", Kind::Kilograms),
    ("status", Kind::Text),
    ("report-percent", Kind::Percent),
    ("bill-progress", Kind::Text),
];

/// A bill as a row of [`COLUMNS`]: its status as kept, and how much of its capacity is there (L12).
fn row(words: Words<'_>, line: BillLine) -> Vec<Cell<'static>> {
    let weights = line.weights(words.app.rules.capacity);
    let (percent, progress) = line.progress();
    vec![
        Cell::text(line.number),
        words.time(line.created_at),
        words.person(line.created_by),
        Cell::Int(line.parents),
        Cell::Int(line.capacity),
        Cell::Int(line.children),
        kilograms(weights.actual_kg),
        kilograms(weights.expected_kg),
        kilograms(weights.variance_kg),
        Cell::text(words.t(&format!("report-status-{}", line.status.name()))),
        Cell::Percent(percent),
        Cell::text(words.t(&format!("bill-fill-{progress}"))),
    ]
}

const GROUP: [(&str, Kind); 5] = [
    ("report-bills", Kind::Int),
    ("report-parents", Kind::Int),
    ("children", Kind::Int),
    ("report-weight-kg", Kind::Kilograms),
    ("report-variance-kg", Kind::Kilograms),
];

fn group_cells(words: Words<'_>, first: Cell<'static>, total: BillTotals) -> Vec<Cell<'static>> {
    let weights = total.weights(words.app.rules.capacity);
    vec![
        first,
        Cell::Int(total.bills),
        Cell::Int(total.parents),
        Cell::Int(total.children),
        kilograms(weights.actual_kg),
        kilograms(weights.variance_kg),
    ]
}

fn by_status(words: Words<'_>, sums: &[BillSums]) -> Table {
    let columns: Vec<_> = std::iter::once(("status", Kind::Text)).chain(GROUP).collect();
    let rows = BillStatus::ALL.iter().map(|status| {
        let total = BillTotals::of(sums.iter().filter(|group| group.status == *status));
        group_cells(words, Cell::text(words.t(&format!("report-status-{}", status.name()))), total)
    });
    words.table("report-by-status", &columns, rows.collect())
}

fn by_person(words: Words<'_>, sums: &[BillSums]) -> Table {
    let columns: Vec<_> = std::iter::once(("person", Kind::Text)).chain(GROUP).collect();
    let mut people: Vec<Option<String>> = sums.iter().map(|group| group.person.clone()).collect();
    people.sort();
    people.dedup();
    let rows = people.into_iter().map(|person| {
        let total = BillTotals::of(sums.iter().filter(|group| group.person == person));
        group_cells(words, words.person(person), total)
    });
    words.table("report-by-person", &columns, rows.collect())
}

/// One day is drawn by hours, some weeks by days, more by months.
fn bars(words: Words<'_>, range: Range, quarters: &[(Moment, i64)]) -> Bars {
    let zone = &words.app.settings.zone;
    if range.days() == 1 {
        let hours = by_hour(quarters, zone).into_iter().enumerate();
        return words.hours("report-bills-by-hour", hours.map(|(hour, n)| (format!("{hour:02}"), n)));
    }
    let days = by_day(quarters, range, zone);
    if range.days() <= DAY_BARS_MAX {
        let label = |day: jiff::civil::Date| date_text(day).chars().take(5).collect();
        return words.bars("report-bills-by-day", days.into_iter().map(|(day, n)| (label(day), n)));
    }
    let mut months: Vec<(String, i64)> = Vec::new();
    for (day, n) in days {
        let label = day.strftime("%m/%y").to_string();
        match months.last_mut().filter(|month| month.0 == label) {
            Some(month) => month.1 += n,
            None => months.push((label, n)),
        }
    }
    words.bars("report-bills-by-month", months)
}
