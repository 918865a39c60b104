//! Lists of bags, paged by cursor to the very end.

use bags_rules::bag::{BagKind, BagStatus};
use bags_rules::code::Code;
use bags_rules::counter::Counter;
use base_core::area::{Area, Scope};
use base_db::query::Query;
use base_db::{Conn, Db, StoreError};

use super::cursor::{Cursor, Part};
use super::filter::{BagFilter, InArea, ScannedBy, Sort};
use super::line::{BagLine, BagLineRow};
use super::walk::{Keys, Span, Walk};
use crate::counter;
use crate::window::Window;

/// Bags that are counted one by one where no counter has the figure; beyond that, the answer is "more".
const COUNTED_MAX: u32 = 1_000;

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The bags.
    pub lines: Vec<BagLine>,
    /// Where the next page begins; `None` on the last page.
    pub next: Option<Cursor>,
    /// How many bags were looked at, where that ended the page before it was full.
    pub looked_through: Option<u32>,
}

/// How many bags there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly so many.
    Exact(i64),
    /// More than so many.
    MoreThan(i64),
    /// Unknown: counting would mean looking at all of them.
    Unknown,
}

fn walks(filter: &BagFilter) -> Vec<(Part, Walk)> {
    if filter.branches().is_empty() {
        return Vec::new();
    }
    match filter.scanned {
        _ if filter.is_search() => vec![(Part::Tails, Walk::Tails), (Part::Waiting, Walk::Waiting)],
        Some(ScannedBy::Person(person)) if filter.sort != Sort::Code => vec![(Part::Only, Walk::Scans(person))],
        _ if filter.is_beginning() || filter.sort == Sort::Code => vec![(Part::Only, Walk::Codes)],
        _ => vec![(Part::Only, Walk::Age)],
    }
}

/// One page: up to `limit` bags after `cursor`.
pub async fn list(
    mut conn: Conn<'_>,
    filter: &BagFilter,
    scope: &Scope,
    cursor: Option<&Cursor>,
    limit: u32,
) -> Result<Page, StoreError> {
    let mut page = Page::default();
    let Ok(area) = filter.area_within(scope) else { return Ok(page) };
    let walks = walks(filter);
    let began = cursor.is_some_and(|cursor| walks.iter().any(|(part, _)| *part == cursor.part));
    let mut cursor = cursor.filter(|_| began);
    if cursor.is_none() && filter.is_search() && !walks.is_empty() {
        page.lines.extend(exact(conn.reborrow(), filter, scope).await?);
    }
    for (part, walk) in walks {
        if cursor.is_some_and(|cursor| cursor.part != part) {
            continue;
        }
        let keys = Keys { filter, area: area.as_ref(), walk, dialect: conn.dialect() };
        let mut span = keys.span();
        if let Some(cursor) = cursor.take() {
            span.after = (cursor.n, cursor.code.to_string());
        }
        if let Some((n, code)) = go_on(conn.reborrow(), &keys, span, &mut page, limit).await? {
            page.next = Some(Cursor { part, n, code: Code::stored(&code) });
            return Ok(page);
        }
    }
    Ok(page)
}

/// Fills the page from one walk; where the walk stopped, if it has more.
async fn go_on(
    mut conn: Conn<'_>,
    keys: &Keys<'_>,
    mut span: Span,
    page: &mut Page,
    limit: u32,
) -> Result<Option<(i64, String)>, StoreError> {
    let budget = keys.budget();
    let mut end = None;
    if let Some(budget) = budget {
        let last: Vec<(i64, String)> =
            select_query!(conn, keys.select(&span, Window::one_after(budget - 1), false), (i64, String));
        end = last.into_iter().next();
    }
    if let Some(end) = &end {
        span.to.clone_from(end);
    }
    let room = limit.saturating_sub(u32::try_from(page.lines.len()).unwrap_or(limit));
    let rows: Vec<BagLineRow> = select_packed!(conn, keys.lines(&span, room + 1), BagLineRow);
    let full = rows.len() > room as usize;
    for row in rows.into_iter().take(room as usize) {
        page.lines.push(row.into_line()?);
    }
    Ok(if full {
        // The page may have been full before this walk began; then the next page begins where this walk does.
        let (n, code) = if room == 0 { span.after } else { page.lines.last().map_or(span.after, BagLine::key) };
        Some((n, code))
    } else {
        page.looked_through = end.as_ref().and(budget);
        end
    })
}

impl BagLine {
    fn key(&self) -> (i64, String) {
        (self.n, self.code.to_string())
    }
}

/// The bag whose code is the whole text, when it fits the rest of the filter.
async fn exact(mut conn: Conn<'_>, filter: &BagFilter, scope: &Scope) -> Result<Option<BagLine>, StoreError> {
    let Some(capitals) = filter.capitals() else { return Ok(None) };
    let found = super::find(conn.reborrow(), &Code::stored(&capitals), scope).await?;
    let Some(line) = found.filter(|line| filter.fits(line)) else { return Ok(None) };
    let unscanned = filter.scanned != Some(ScannedBy::Nobody) || line.scanned_at.is_none();
    Ok(Some(line).filter(|_| unscanned))
}

impl BagFilter {
    /// True when a bag is of this filter, as far as the bag itself shows; text and scans are not checked.
    pub fn fits(&self, line: &BagLine) -> bool {
        let parent = line.kind == BagKind::Parent;
        let linked = if parent { line.children > 0 } else { line.parent.is_some() };
        let in_area = match &self.area {
            None => true,
            Some(InArea::Of(area)) => line.area.as_ref() == Some(area),
            Some(InArea::Nowhere) => line.area.is_none(),
        };
        self.kind.is_none_or(|kind| kind == line.kind)
            && self.status.is_none_or(|status| parent && status == line.status)
            && self.linked.is_none_or(|asked| asked == linked)
            && self.billed.is_none_or(|asked| parent && asked == line.bill.is_some())
            && self.from.is_none_or(|from| line.created_at >= from)
            && self.until.is_none_or(|until| line.created_at < until)
            && in_area
    }

    /// The count from the counters, for a filter by kind, status, links, bills and area alone.
    fn counted(&self, totals: &counter::Totals) -> Option<i64> {
        let plain = Self {
            kind: self.kind,
            status: self.status,
            linked: self.linked,
            billed: self.billed,
            area: self.area.clone(),
            sort: self.sort,
            ..Self::default()
        };
        if *self != plain {
            return None;
        }
        let n = |counter: Counter| totals.get(&counter).copied().unwrap_or_default();
        let of_status = |status: BagStatus| match status {
            BagStatus::Pending => n(Counter::ParentsPending),
            BagStatus::InProgress => n(Counter::ParentsInProgress),
            BagStatus::Completed => n(Counter::ParentsCompleted),
        };
        let all_parents =
            of_status(BagStatus::Pending) + of_status(BagStatus::InProgress) + of_status(BagStatus::Completed);
        if let Some(billed) = self.billed.filter(|_| self.kind != Some(BagKind::Child)) {
            let on_bills = n(Counter::ParentsBilled);
            let known = self.status.is_none() && self.linked.is_none();
            return known.then_some(if billed { on_bills } else { all_parents - on_bills });
        }
        let mut statuses: Vec<Option<BagStatus>> = Vec::new();
        let mut sum = 0;
        for branch in self.branches() {
            match (branch.kind, branch.placed) {
                (BagKind::Child, true) => sum += n(Counter::Links),
                (BagKind::Child, false) => sum += n(Counter::Children) - n(Counter::Links),
                // Parents on a bill and on none are counted together.
                (BagKind::Parent, _) if statuses.contains(&branch.status) => {}
                (BagKind::Parent, _) => {
                    sum += branch.status.map_or(all_parents, of_status);
                    statuses.push(branch.status);
                }
            }
        }
        Some(sum)
    }
}

/// How many bags a filter finds: from the counters where possible, otherwise counted up to a thousand, otherwise
/// unknown.
pub async fn count(mut conn: Conn<'_>, filter: &BagFilter, scope: &Scope) -> Result<Count, StoreError> {
    let Ok(area) = filter.area_within(scope) else { return Ok(Count::Exact(0)) };
    let totals = match &area {
        None => counter::totals(conn.reborrow(), &Scope::All).await?,
        Some(InArea::Of(area)) => counter::totals(conn.reborrow(), &Scope::Area(area.clone())).await?,
        // Bags without an area are counted under the empty name.
        Some(InArea::Nowhere) => counter::totals_of(conn.reborrow(), &Area::new("")).await?,
    };
    if let Some(n) = filter.counted(&totals) {
        return Ok(Count::Exact(n));
    }
    let mut n = 0;
    if filter.is_search() {
        n += i64::from(exact(conn.reborrow(), filter, scope).await?.is_some());
    }
    for (part, walk) in walks(filter) {
        let keys = Keys { filter, area: area.as_ref(), walk, dialect: conn.dialect() };
        match (part, keys.budget()) {
            (_, None) => {}
            // There are few codes waiting for the index, except after an import: then they are not counted.
            (Part::Waiting, Some(budget)) => {
                let last = keys.select(&keys.span(), Window::one_after(budget), false);
                if !select_query!(conn, last, (i64, String)).is_empty() {
                    return Ok(Count::Unknown);
                }
            }
            (_, Some(_)) => return Ok(Count::Unknown),
        }
        let counted: Vec<(i64, String)> = select_query!(conn, keys.count(COUNTED_MAX + 1), (i64, String));
        n += counted.first().map_or(0, |(n, _)| *n);
    }
    Ok(if n > i64::from(COUNTED_MAX) { Count::MoreThan(i64::from(COUNTED_MAX)) } else { Count::Exact(n) })
}

/// How SQLite would answer a page of this filter, a line for each step, the statements in order. For tests.
pub async fn plans(db: &Db, filter: &BagFilter, scope: &Scope) -> Result<Vec<String>, StoreError> {
    let Ok(area) = filter.area_within(scope) else { return Ok(Vec::new()) };
    let mut reader = db.read().await?;
    let mut conn = reader.conn();
    let mut steps = Vec::new();
    for (_, walk) in walks(filter) {
        let keys = Keys { filter, area: area.as_ref(), walk, dialect: conn.dialect() };
        let mut asked = vec![keys.lines(&keys.span(), 21)];
        if let Some(budget) = keys.budget() {
            asked.push(keys.select(&keys.span(), Window::one_after(budget - 1), false));
        }
        for statement in asked {
            let mut explain = Query::new("explain query plan ");
            explain.append(statement);
            let rows = select_query!(conn, explain, (i64, i64, i64, String));
            steps.extend(rows.into_iter().map(|(_, _, _, step)| step));
        }
    }
    Ok(steps)
}
