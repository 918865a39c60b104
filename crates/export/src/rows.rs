//! The rows of an export, page by page, and how each becomes cells.

use bags_rules::bag::BagKind;
use bags_rules::bill::{BillStatus, BillWeights};
use bags_rules::counter::Counter;
use bags_store::export::{ActivityRow, FIELD, PAGE_ROWS, ROW};
use bags_store::{counter, export};
use base_core::area::{Area, Scope};
use base_core::realm::Realm;
use base_core::report::{date_of, start_of};
use base_core::time::Moment;
use base_db::{Db, StoreError};
use base_records::account;
use base_sheet::Cell;
use base_sheet::write::RowWriter;

use crate::{Choice, ExportError, Setting};

/// People of a page.
const PEOPLE: i64 = 500;

/// Reads an export from its beginning to its end.
#[derive(Clone, Debug)]
pub struct Rows {
    db: Db,
    choice: Choice,
    setting: Setting,
    after: String,
    /// How many rows there may be still.
    left: u64,
    has_ended: bool,
}

/// Some rows, as they were read.
#[derive(Debug)]
pub(crate) enum Page {
    /// As the store gives them.
    Text(u64, String),
    /// Ready to be written.
    Cells(Vec<Vec<Cell<'static>>>),
}

impl Rows {
    /// Begins at the first row.
    pub fn new(db: &Db, choice: Choice, setting: Setting) -> Self {
        Self {
            db: db.clone(),
            choice,
            setting,
            after: String::new(),
            left: choice.limit().unwrap_or(u64::MAX),
            has_ended: false,
        }
    }

    /// What is asked for.
    pub fn choice(&self) -> &Choice {
        &self.choice
    }

    /// What the file is made with.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// How many rows there are now, by the counters; cheap whatever the number.
    pub async fn expected(&self) -> Result<u64, StoreError> {
        let mut reader = self.db.read().await?;
        let totals = counter::totals(reader.conn(), &Scope::All).await?;
        drop(reader);
        let of = |counters: &[Counter]| counters.iter().filter_map(|counter| totals.get(counter)).sum::<i64>();
        let parents = [Counter::ParentsPending, Counter::ParentsInProgress, Counter::ParentsCompleted];
        let n = match self.choice {
            Choice::Bags(Some(BagKind::Child), _) => of(&[Counter::Children]),
            Choice::Bags(Some(BagKind::Parent), _) => of(&parents),
            Choice::Bags(None, _) => of(&parents) + of(&[Counter::Children]),
            Choice::Bills(Some(status), _) => of(&[Counter::of_bill(status)]),
            Choice::Bills(None, _) => of(&BillStatus::ALL.map(Counter::of_bill)),
            Choice::Activity(_) => account::count(&self.db, Realm::Staff).await?,
            Choice::Statistics => 8,
        };
        Ok(u64::try_from(n).unwrap_or_default().min(self.choice.limit().unwrap_or(u64::MAX)))
    }

    /// The next rows; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Page>, StoreError> {
        if self.has_ended {
            return Ok(None);
        }
        let page = i64::try_from(self.left).unwrap_or(PAGE_ROWS).min(PAGE_ROWS);
        let read = match self.choice {
            Choice::Bags(kind, _) => export::bags(&self.db, kind, &self.after, page).await?,
            Choice::Bills(status, _) => export::bills(&self.db, status, &self.after, page).await?,
            Choice::Activity(days) => return self.people(days).await,
            Choice::Statistics => {
                self.has_ended = true;
                return statistics(&self.db, &self.setting).await.map(Some);
            }
        };
        self.left = self.left.saturating_sub(read.rows);
        self.has_ended = read.rows < page.unsigned_abs() || self.left == 0;
        self.after = read.last;
        Ok((read.rows > 0).then_some(Page::Text(read.rows, read.text)))
    }

    async fn people(&mut self, days: u32) -> Result<Option<Page>, StoreError> {
        let today = date_of(self.setting.at, &self.setting.zone);
        let back = jiff::Span::new().days(i64::from(days) - 1);
        let since = start_of(today.checked_sub(back).unwrap_or(today), &self.setting.zone);
        let people = export::activity(&self.db, &self.after, since, PEOPLE).await?;
        self.has_ended = people.len() < usize::try_from(PEOPLE).unwrap_or_default();
        let Some(last) = people.last() else { return Ok(None) };
        self.after.clone_from(&last.username_folded);
        Ok(Some(Page::Cells(people.into_iter().map(|row| person(row, &self.setting)).collect())))
    }
}

impl Page {
    /// Writes the rows and tells how many they were.
    pub(crate) fn write(
        &self,
        choice: &Choice,
        setting: &Setting,
        writer: &mut dyn RowWriter,
    ) -> Result<u64, ExportError> {
        match self {
            Self::Cells(rows) => {
                for cells in rows {
                    writer.row(cells)?;
                }
                Ok(rows.len() as u64)
            }
            Self::Text(rows, text) => {
                let mut written = 0;
                for line in text.split(ROW) {
                    let cells = match choice {
                        Choice::Bills(..) => bill(line, setting).map(|cells| writer.row(&cells)),
                        _ => bag(line, setting).map(|cells| writer.row(&cells)),
                    };
                    cells.ok_or_else(|| unreadable(line))??;
                    written += 1;
                }
                if written == *rows { Ok(written) } else { Err(unreadable("a page").into()) }
            }
        }
    }
}

fn unreadable(line: &str) -> StoreError {
    StoreError::Unreadable { what: "row of an export", value: line.into() }
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

fn moment(text: &str) -> Option<Moment> {
    text.parse().ok().map(Moment)
}

/// The name of an area as people read it; most rows have no underscore and need no new text.
fn title(area: &str) -> Cell<'static> {
    if area.is_empty() { Cell::Empty } else { Cell::text(Area::new(area).title()) }
}

fn bag<'l>(line: &'l str, setting: &Setting) -> Option<[Cell<'l>; 7]> {
    let [code, kind, children, bill, created_at, area, parent] = fields(line)?;
    let is_parent = kind == BagKind::Parent.name();
    Some([
        Cell::text(code),
        Cell::text(if is_parent { "PARENT" } else { "CHILD" }),
        if is_parent { Cell::Whole(children.parse().ok()?) } else { Cell::text("N/A") },
        Cell::text(if bill.is_empty() { "Not linked" } else { bill }),
        Cell::Time(setting.local(moment(created_at)?)),
        title(area),
        if parent.is_empty() { Cell::Empty } else { Cell::text(parent) },
    ])
}

fn bill<'l>(line: &'l str, setting: &Setting) -> Option<[Cell<'l>; 11]> {
    let [number, description, status, capacity, parents, children, person, created_at, updated_at] = fields(line)?;
    let whole = |text: &str| text.parse::<i64>().ok();
    let (capacity, parents, children) = (whole(capacity)?, whole(parents)?, whole(children)?);
    let weights = BillWeights::of(parents, children, capacity, setting.full_children);
    #[expect(clippy::cast_precision_loss, reason = "no bill weighs as much as a lorry of lorries")]
    let weight = |kg: i64| Cell::Kilograms(kg as f64);
    Some([
        Cell::text(number),
        Cell::text(description),
        Cell::text(status.to_ascii_uppercase()),
        Cell::Whole(capacity),
        Cell::Whole(parents),
        Cell::Whole(children),
        weight(weights.actual_kg),
        weight(weights.expected_kg),
        Cell::text(person),
        Cell::Time(setting.local(moment(created_at)?)),
        Cell::Time(setting.local(moment(updated_at)?)),
    ])
}

fn person(row: ActivityRow, setting: &Setting) -> Vec<Cell<'static>> {
    let is_locked = row.locked_until.is_some_and(|until| until > setting.at.0);
    let status = match (row.is_active, is_locked) {
        (false, _) => "Inactive",
        (true, true) => "Locked",
        (true, false) => "Active",
    };
    vec![
        Cell::text(row.username),
        Cell::maybe(row.email),
        Cell::maybe(row.roles),
        title(row.area.as_deref().unwrap_or_default()),
        Cell::Whole(row.scans),
        Cell::Whole(row.scans_total),
        Cell::text(status),
        Cell::Time(setting.local(Moment(row.created_at))),
    ]
}

async fn statistics(db: &Db, setting: &Setting) -> Result<Page, StoreError> {
    let mut reader = db.read().await?;
    let totals = counter::totals(reader.conn(), &Scope::All).await?;
    drop(reader);
    let of = |counters: &[Counter]| counters.iter().filter_map(|counter| totals.get(counter)).sum::<i64>();
    let parents = of(&[Counter::ParentsPending, Counter::ParentsInProgress, Counter::ParentsCompleted]);
    let children = of(&[Counter::Children]);
    let scans = [Counter::ScansParent, Counter::ScansChild, Counter::ScansBill, Counter::ScansOther];
    let figures = [
        ("Total Bags", parents + children),
        ("Parent Bags", parents),
        ("Child Bags", children),
        ("Total Bills", of(&BillStatus::ALL.map(Counter::of_bill))),
        ("Total Users", account::count(db, Realm::Staff).await?),
        ("Total Scans", of(&scans)),
        ("Total Links", of(&[Counter::Links])),
    ];
    let mut rows: Vec<Vec<Cell<'static>>> =
        figures.into_iter().map(|(label, n)| vec![Cell::text(label), Cell::Whole(n)]).collect();
    rows.push(vec![Cell::text("Generated"), Cell::Time(setting.local(setting.at))]);
    Ok(Page::Cells(rows))
}
