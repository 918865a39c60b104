//! The kinds of export, their filters, and where their rows come from.

use std::sync::Arc;

use async_trait::async_trait;
use bags_rules::bag::BagKind;
use bags_rules::bill::BillStatus;
use bags_rules::counter::Counter;
use bags_rules::file;
use bags_store::export::{FIELD, PAGE_ROWS, ROW, TextPage};
use bags_store::{counter, export};
use base_core::area::Scope;
use base_core::realm::Realm;
use base_core::report::{date_of, start_of};
use base_db::{Db, StoreError};
use base_files::export::{
    ChoiceFault, Content, ExportError, ExportKind, ExportSource, Exports, FilterField, Given, Page, Setting, Values,
    columns_of,
};
use base_records::account;
use base_sheet::write::RowWriter;
use base_sheet::{Column, Kind};
use serde_json::{Map, Value};

use super::rows;

/// Days of activity unless asked otherwise.
pub const DAYS_DEFAULT: u32 = 30;
/// Most days of activity.
pub const DAYS_MAX: u32 = 3_660;
/// People of a page.
const PEOPLE: i64 = 500;
/// The name under which a [`Setting`] keeps how many children a full parent holds.
const FULL_CHILDREN: &str = "full_children";

const TYPE: FilterField = FilterField {
    name: "type",
    label: "filter-type",
    values: Values::OneOf(&[("parent", "kind-parent"), ("child", "kind-child")]),
    elsewhere: "Only bags have a type. Leave it out.",
};
const STATUS: FilterField = FilterField {
    name: "status",
    label: "status",
    values: Values::OneOf(&[
        ("new", "bill-status-new"),
        ("processing", "bill-status-processing"),
        ("completed", "bill-status-completed"),
    ]),
    elsewhere: "Only bills have a status. Leave it out.",
};
const DAYS: FilterField = FilterField {
    name: "days",
    label: "export-days",
    values: Values::Number { max: Some(DAYS_MAX as u64), default: Some(DAYS_DEFAULT as u64), help: None },
    elsewhere: "Only activity has days. Leave it out.",
};
const LIMIT: FilterField = FilterField::limit("Only bags and bills have a limit. Leave it out.");

/// The exports of this wing, in the order in which pages show them.
pub fn kinds() -> Vec<Arc<dyn ExportKind>> {
    vec![Arc::new(BagFile), Arc::new(BillFile), Arc::new(ActivityFile), Arc::new(StatisticsFile)]
}

/// The same, ready to be chosen from.
pub fn exports() -> Exports {
    Exports::new(kinds())
}

/// What the site has set that a file is made with: how many children a full parent holds, which is what a bill is expected to
/// weigh.
pub fn site_setting(full_children: u32) -> Map<String, Value> {
    only(FULL_CHILDREN, full_children)
}

pub(super) fn full_children(setting: &Setting) -> u32 {
    setting.site[FULL_CHILDREN].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or_default()
}

fn only(name: &str, value: impl Into<Value>) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value.into())])
}

/// How many rows a page of text may have.
fn page_rows(rows_max: u64) -> i64 {
    i64::try_from(rows_max).unwrap_or(PAGE_ROWS).min(PAGE_ROWS)
}

fn text_page(read: TextPage, rows_max: i64) -> Page {
    let is_last = read.rows < rows_max.unsigned_abs();
    Page { rows: read.rows, content: Content::Text(read.text), last: read.last, is_last }
}

async fn counted(db: &Db, counters: &[Counter]) -> Result<u64, StoreError> {
    let mut reader = db.read().await?;
    let totals = counter::totals(reader.conn(), &Scope::All).await?;
    let n = counters.iter().filter_map(|counter| totals.get(counter)).sum::<i64>();
    Ok(u64::try_from(n).unwrap_or_default())
}

/// The fields of a line, if they are so many.
fn fields<const N: usize>(line: &str) -> Option<[&str; N]> {
    let mut found = [""; N];
    let mut parts = line.split(FIELD);
    for field in &mut found {
        *field = parts.next()?;
    }
    parts.next().is_none().then_some(found)
}

fn unreadable(line: &str) -> StoreError {
    StoreError::Unreadable { what: "row of an export", value: line.into() }
}

/// Bags, perhaps of one kind only.
#[derive(Debug)]
struct BagFile;

#[derive(Debug)]
struct Bags(Option<BagKind>);

impl ExportKind for BagFile {
    fn name(&self) -> &'static str {
        file::BAGS.name
    }

    fn title(&self) -> &'static str {
        "Bags"
    }

    fn no_data(&self) -> &'static str {
        "There are no bags."
    }

    fn fields(&self) -> &'static [FilterField] {
        &[TYPE, LIMIT]
    }

    fn choose(&self, given: &Given) -> Result<Arc<dyn ExportSource>, ChoiceFault> {
        let fault = ChoiceFault { field: "type".into(), detail: "This is parent, child or all." };
        let kind = given.get("type").map(|kind| BagKind::parse(kind).ok_or(fault)).transpose()?;
        Ok(Arc::new(Bags(kind)))
    }
}

#[async_trait]
impl ExportSource for Bags {
    fn filter(&self) -> Map<String, Value> {
        only("type", self.0.map_or("all", BagKind::name))
    }

    fn stem(&self) -> String {
        match self.0 {
            None => "bags_all",
            Some(BagKind::Parent) => "bags_parents",
            Some(BagKind::Child) => "bags_children",
        }
        .into()
    }

    fn columns(&self) -> Vec<Column> {
        columns_of(&file::BAGS)
    }

    async fn expected(&self, db: &Db) -> Result<u64, StoreError> {
        let [pending, in_progress, completed] =
            [Counter::ParentsPending, Counter::ParentsInProgress, Counter::ParentsCompleted];
        match self.0 {
            Some(BagKind::Child) => counted(db, &[Counter::Children]).await,
            Some(BagKind::Parent) => counted(db, &[pending, in_progress, completed]).await,
            None => counted(db, &[pending, in_progress, completed, Counter::Children]).await,
        }
    }

    async fn page(&self, db: &Db, _: &Setting, after: &str, rows_max: u64) -> Result<Page, StoreError> {
        let rows_max = page_rows(rows_max);
        Ok(text_page(export::bags(db, self.0, after, rows_max).await?, rows_max))
    }

    fn write_text(&self, text: &str, setting: &Setting, writer: &mut dyn RowWriter) -> Result<u64, ExportError> {
        let mut written = 0;
        for line in text.split(ROW) {
            let cells = fields(line).and_then(|fields| rows::bag(fields, setting));
            writer.row(&cells.ok_or_else(|| unreadable(line))?)?;
            written += 1;
        }
        Ok(written)
    }
}

/// Bills, perhaps of one status only.
#[derive(Debug)]
struct BillFile;

#[derive(Debug)]
struct Bills(Option<BillStatus>);

impl ExportKind for BillFile {
    fn name(&self) -> &'static str {
        file::BILLS.name
    }

    fn title(&self) -> &'static str {
        "Bills"
    }

    fn no_data(&self) -> &'static str {
        "There are no bills."
    }

    fn fields(&self) -> &'static [FilterField] {
        &[STATUS, LIMIT]
    }

    fn choose(&self, given: &Given) -> Result<Arc<dyn ExportSource>, ChoiceFault> {
        let fault = ChoiceFault { field: "status".into(), detail: "This is new, processing, completed or all." };
        let status = given.get("status").map(|status| BillStatus::parse(status).ok_or(fault)).transpose()?;
        Ok(Arc::new(Bills(status)))
    }
}

#[async_trait]
impl ExportSource for Bills {
    fn filter(&self) -> Map<String, Value> {
        only("status", self.0.map_or("all", BillStatus::name))
    }

    fn stem(&self) -> String {
        format!("bills_{}", self.0.map_or("all", BillStatus::name))
    }

    fn columns(&self) -> Vec<Column> {
        columns_of(&file::BILLS)
    }

    async fn expected(&self, db: &Db) -> Result<u64, StoreError> {
        match self.0 {
            Some(status) => counted(db, &[Counter::of_bill(status)]).await,
            None => counted(db, &BillStatus::ALL.map(Counter::of_bill)).await,
        }
    }

    async fn page(&self, db: &Db, _: &Setting, after: &str, rows_max: u64) -> Result<Page, StoreError> {
        let rows_max = page_rows(rows_max);
        Ok(text_page(export::bills(db, self.0, after, rows_max).await?, rows_max))
    }

    fn write_text(&self, text: &str, setting: &Setting, writer: &mut dyn RowWriter) -> Result<u64, ExportError> {
        let (mut written, full_children) = (0, full_children(setting));
        for line in text.split(ROW) {
            let cells = fields(line).and_then(|fields| rows::bill(fields, setting, full_children));
            writer.row(&cells.ok_or_else(|| unreadable(line))?)?;
            written += 1;
        }
        Ok(written)
    }
}

/// People, with their scans of so many days, today included.
#[derive(Debug)]
struct ActivityFile;

#[derive(Debug)]
struct Activity {
    days: u32,
}

impl ExportKind for ActivityFile {
    fn name(&self) -> &'static str {
        "activity"
    }

    fn title(&self) -> &'static str {
        "User activity"
    }

    fn no_data(&self) -> &'static str {
        "There are no people."
    }

    fn fields(&self) -> &'static [FilterField] {
        &[DAYS]
    }

    fn choose(&self, given: &Given) -> Result<Arc<dyn ExportSource>, ChoiceFault> {
        let days = given.number("days", DAYS_MAX.into(), "This is a number from 1 to 3660.")?;
        let days = days.and_then(|days| u32::try_from(days).ok()).unwrap_or(DAYS_DEFAULT);
        Ok(Arc::new(Activity { days }))
    }
}

#[async_trait]
impl ExportSource for Activity {
    fn filter(&self) -> Map<String, Value> {
        only("days", self.days)
    }

    fn stem(&self) -> String {
        format!("user_activity_{}_days", self.days)
    }

    fn columns(&self) -> Vec<Column> {
        let text = |title: &'static str, width| Column::new(title, Kind::Text, width);
        vec![
            text("Username", 20),
            text("Email", 28),
            text("Role", 18),
            text("Dispatch Area", 18),
            Column::new(format!("Scans (Last {} Days)", self.days), Kind::Int, 22),
            Column::new("Total Scans", Kind::Int, 18),
            text("Account Status", 16),
            Column::new("Joined", Kind::Time, 16),
        ]
    }

    async fn expected(&self, db: &Db) -> Result<u64, StoreError> {
        Ok(u64::try_from(account::count(db, Realm::Staff).await?).unwrap_or_default())
    }

    async fn page(&self, db: &Db, setting: &Setting, after: &str, _: u64) -> Result<Page, StoreError> {
        let today = date_of(setting.at, &setting.zone);
        let back = jiff::Span::new().days(i64::from(self.days) - 1);
        let since = start_of(today.checked_sub(back).unwrap_or(today), &setting.zone);
        let people = export::activity(db, after, since, PEOPLE).await?;
        let is_last = people.len() < usize::try_from(PEOPLE).unwrap_or_default();
        let last = people.last().map(|row| row.username_folded.clone()).unwrap_or_default();
        let cells: Vec<_> = people.into_iter().map(|row| rows::person(row, setting)).collect();
        Ok(Page { rows: cells.len() as u64, content: Content::Cells(cells), last, is_last })
    }

    fn write_text(&self, text: &str, _: &Setting, _: &mut dyn RowWriter) -> Result<u64, ExportError> {
        Err(unreadable(text).into())
    }
}

/// Totals.
#[derive(Debug)]
struct StatisticsFile;

#[derive(Debug)]
struct Statistics;

impl ExportKind for StatisticsFile {
    fn name(&self) -> &'static str {
        "statistics"
    }

    fn title(&self) -> &'static str {
        "System statistics"
    }

    fn no_data(&self) -> &'static str {
        "There are no figures."
    }

    fn fields(&self) -> &'static [FilterField] {
        &[]
    }

    fn choose(&self, _: &Given) -> Result<Arc<dyn ExportSource>, ChoiceFault> {
        Ok(Arc::new(Statistics))
    }
}

#[async_trait]
impl ExportSource for Statistics {
    fn filter(&self) -> Map<String, Value> {
        Map::new()
    }

    fn stem(&self) -> String {
        "system_stats".into()
    }

    fn columns(&self) -> Vec<Column> {
        vec![Column::new("Metric", Kind::Text, 28), Column::new("Value", Kind::Text, 24)]
    }

    async fn expected(&self, _: &Db) -> Result<u64, StoreError> {
        Ok(rows::STATISTICS)
    }

    async fn page(&self, db: &Db, setting: &Setting, _: &str, _: u64) -> Result<Page, StoreError> {
        let cells = rows::statistics(db, setting).await?;
        Ok(Page { rows: cells.len() as u64, content: Content::Cells(cells), last: String::new(), is_last: true })
    }

    fn write_text(&self, text: &str, _: &Setting, _: &mut dyn RowWriter) -> Result<u64, ExportError> {
        Err(unreadable(text).into())
    }
}
