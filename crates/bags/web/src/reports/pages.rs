//! Reports: the list of those that a person may see, and the page that shows any of them.

pub mod areas;
pub mod bill;
pub mod bills;
pub mod day;
pub mod people;
pub mod scans;
mod wrong;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use bags_rules::permission::{BILL_SUMMARY, BILL_SUMMARY_ALL, REPORT_READ};
use base_core::permission::ACCOUNT_MANAGE;
use base_sheet::Cell;
use base_sheet::report::{Report, Table};
use base_web::error::Problem;
use base_web::report::download;
use base_web::report::download::Form;
use base_web::report::picture::Picture;
use base_web::session::Caller;
use base_web::view::{Frame, Said, address_of, path_part, render};

use self::wrong::Wrong;
use crate::reports::work::Words;
use crate::state::Bags;

#[derive(Template)]
#[template(path = "reports/index.html")]
struct IndexPage {
    frame: Frame,
    reports: Vec<(&'static str, String, String)>,
}

/// `GET /reports`
pub async fn index(caller: Caller) -> Result<Response, Problem> {
    if !caller.person.may(BILL_SUMMARY) {
        caller.must(REPORT_READ)?;
    }
    let frame = Frame::of(&caller, "reports");
    let all = [
        (BILL_SUMMARY, "/reports/bills", "report-bills-title", "report-bills-help"),
        (BILL_SUMMARY_ALL, "/reports/day", "report-day-title", "report-day-help"),
        (REPORT_READ, "/reports/scans", "report-scans-title", "report-scans-help"),
        (REPORT_READ, "/reports/areas", "report-areas-title", "report-areas-help"),
        (ACCOUNT_MANAGE, "/reports/people", "report-people-title", "report-people-help"),
    ];
    let mine = all.into_iter().filter(|report| caller.person.may(report.0));
    let mut reports: Vec<_> = mine.map(|(_, address, title, help)| (address, frame.t(title), frame.t(help))).collect();
    if !caller.person.may(ACCOUNT_MANAGE) {
        reports.push(("/reports/me", frame.t("report-me-title"), frame.t("report-me-help")));
    }
    Ok(render(&IndexPage { frame, reports }))
}

/// A filter of a report.
pub(crate) struct Field {
    label: String,
    name: &'static str,
    kind: &'static str,
    value: String,
    options: Vec<(String, String)>,
}

/// Makes the cells of a column links.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    table: usize,
    column: usize,
    before: &'static str,
    after: &'static str,
}

/// The forms that only the day's report has: sending it now, and when it is sent each day.
pub(crate) struct DayForms {
    date: String,
    time: String,
    has_mail: bool,
}

/// The page of any report.
#[derive(Template)]
#[template(path = "reports/report.html")]
pub(crate) struct ReportPage {
    frame: Frame,
    report: Report,
    picture: Option<Picture>,
    address: String,
    fields: Vec<Field>,
    links: Vec<Link>,
    paged: bool,
    next: Option<String>,
    day: Option<DayForms>,
    /// A figure that takes long to count and is counted on request: its name, and the address that counts it.
    to_count: Option<(String, String)>,
    said: Option<Said>,
    /// Tables that only files have: their names and titles.
    other_tables: Vec<(&'static str, String)>,
    /// Which table a CSV has; empty for the last.
    table: String,
    /// The filter that is wrong; then there is no report, only its form.
    wrong: Option<Wrong>,
}

impl ReportPage {
    fn new(frame: Frame, report: Report, address: impl Into<String>) -> Self {
        let picture = report.bars.as_ref().map(Picture::of);
        Self {
            frame,
            report,
            picture,
            address: address.into(),
            fields: Vec::new(),
            links: Vec::new(),
            paged: false,
            next: None,
            day: None,
            to_count: None,
            said: None,
            other_tables: Vec::new(),
            table: String::new(),
            wrong: None,
        }
    }

    /// The page of a report that cannot be made: add its filters, then call [`Self::refused`].
    fn blank(frame: Frame, title: &str, address: &str) -> Self {
        let report = Report { title: frame.t(title), ..Report::default() };
        Self::new(frame, report, address)
    }

    /// The form alone, as it was filled in, with what is wrong.
    fn refused(mut self, wrong: Wrong) -> Response {
        self.wrong = Some(wrong);
        let mut response = render(&self);
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    }

    /// What is wrong with a field; empty if nothing is.
    fn fault(&self, field: &str) -> String {
        let wrong = self.wrong.filter(|wrong| wrong.field() == field);
        wrong.map(|wrong| wrong.words(&self.frame)).unwrap_or_default()
    }

    /// Adds a filter.
    fn field(mut self, label: &str, name: &'static str, kind: &'static str, value: impl Into<String>) -> Self {
        let label = self.frame.t(label);
        self.fields.push(Field { label, name, kind, value: value.into(), options: Vec::new() });
        self
    }

    /// Adds a filter with these choices, of which the first is everything. A value that is none of them stays one.
    fn choice(
        mut self,
        label: &str,
        name: &'static str,
        value: String,
        choices: impl Iterator<Item = (String, String)>,
    ) -> Self {
        let mut options: Vec<_> = std::iter::once((String::new(), self.frame.t("all"))).chain(choices).collect();
        if options.iter().all(|(option, _)| *option != value) {
            options.push((value.clone(), value.clone()));
        }
        self.fields.push(Field { label: self.frame.t(label), name, kind: "text", value, options });
        self
    }

    /// Makes the cells of a column links.
    fn link_to(mut self, table: usize, column: usize, before: &'static str, after: &'static str) -> Self {
        self.links.push(Link { table, column, before, after });
        self
    }

    /// Says which table a CSV has.
    fn of_table(mut self, name: String) -> Self {
        self.table = name;
        self
    }

    /// The page itself, or the file that was asked for.
    async fn answer(mut self, app: &Bags, form: Option<Form>, stem: &str) -> Result<Response, Problem> {
        let Some(form) = form else { return Ok(render(&self)) };
        let mut stem = stem.to_owned();
        self.report.words = Words { app, frame: &self.frame }.on_paper();
        if form == Form::Csv {
            download::only_table(&mut self.report, &self.table)?;
            let name = if self.table.is_empty() { String::new() } else { format!("_{}", self.table) };
            stem += &name;
        }
        download::whole(app, form, &stem, self.frame.locale, self.report).await
    }

    /// The files of the report: what they are called, and where they are. A CSV has one table, so each table has its own.
    fn files(&self) -> Vec<(String, String)> {
        let whole = [("PDF", "pdf"), ("Excel", "xlsx")];
        let mut files: Vec<_> = whole.map(|(name, form)| (name.to_owned(), self.file(form, ""))).to_vec();
        let shown = self.report.tables.iter().map(|table| (table.name.as_str(), table.title.as_str()));
        let others = self.other_tables.iter().map(|(name, title)| (*name, title.as_str()));
        let tables: Vec<_> = shown.chain(others).collect();
        if let [(name, _)] = tables[..] {
            files.push(("CSV".to_owned(), self.file("csv", name)));
            return files;
        }
        let of =
            |(name, title): (&str, &str)| (self.frame.t1("report-table-file", "table", title), self.file("csv", name));
        files.extend(tables.into_iter().map(of));
        files
    }

    /// The address of this report with its filters, and one more pair.
    fn with(&self, name: &str, value: &str) -> String {
        address_of(
            &self.address,
            self.fields.iter().map(|field| (field.name, Some(field.value.as_str()))),
            (name, value),
        )
    }

    fn file(&self, form: &str, table: &str) -> String {
        let address = self.with("format", form);
        if table.is_empty() { address } else { format!("{address}&table={}", path_part(table)) }
    }

    fn next_address(&self) -> String {
        self.with("cursor", self.next.as_deref().unwrap_or_default())
    }

    fn is_number(&self, table: &Table, column: &usize) -> bool {
        table.columns.get(*column).is_some_and(|column| column.kind.is_number())
    }

    fn head<'t>(&self, table: &'t Table, column: &usize) -> &'t str {
        table.columns.get(*column).map_or("", |column| &*column.title)
    }

    /// The address that a cell links to; empty for none.
    fn link(&self, table: &usize, column: &usize, cell: &Cell<'_>) -> String {
        let link = self.links.iter().find(|link| link.table == *table && link.column == *column);
        match (link, cell) {
            (Some(link), Cell::Text(text)) if !text.is_empty() => {
                format!("{}{}{}", link.before, path_part(text), link.after)
            }
            _ => String::new(),
        }
    }

    fn shown(&self, cell: &Cell<'_>) -> String {
        cell.shown()
    }

    /// What there is to say under the title.
    fn lines(&self) -> String {
        let lines = self.report.lines.iter().chain([&self.report.made]).filter(|line| !line.is_empty());
        lines.map(String::as_str).collect::<Vec<_>>().join(" · ")
    }
}
