//! The history of scans: filtered, newest first, paged by cursor to the very end.
//!
//! Invariant: every page is read along one index (three for a code: as code, as parent, as bill); where the index does
//! not cover the filter, a page looks at [`BUDGET`] scans and says so.

use std::fmt;

use bags_rules::outcome::Outcome;
use base_core::account::AccountId;
use base_core::area::{Area, Scope};
use base_core::time::Moment;
use base_db::dialect::Dialect;
use base_db::query::Query;
use base_db::{Conn, Db, StoreError};

use super::line::{COLUMNS, JOINS, ScanLine, ScanRow};
use crate::bag::{InArea, NothingToSee};
use crate::window::Window;

/// Scans that one page looks at where no index answers it.
const BUDGET: u32 = 500;

/// The outcomes of scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Results {
    /// Everything that no rule refused.
    Accepted,
    /// Everything that a rule refused.
    Refused,
    /// This alone.
    One(Outcome),
}

/// Which scans are asked for. Everything may be combined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanFilter {
    /// The code, the parent or the bill. When no scan names exactly this, those that contain it.
    pub text: Option<String>,
    /// Who scanned.
    pub person: Option<AccountId>,
    /// Their outcomes.
    pub results: Option<Results>,
    /// At this moment or later.
    pub from: Option<Moment>,
    /// Before this moment.
    pub until: Option<Moment>,
    /// The area they count in.
    pub area: Option<InArea>,
}

/// Where a page begins: after this scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The text is searched inside codes.
    inside: bool,
    at: i64,
    seq: i64,
}

impl Cursor {
    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let inside = match parts.next()? {
            "e" => false,
            "h" => true,
            _ => return None,
        };
        let (at, seq) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(Self { inside, at, seq })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", if self.inside { 'h' } else { 'e' }, self.at, self.seq)
    }
}

/// A page of history.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The scans.
    pub lines: Vec<ScanLine>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// How many scans were looked at, where that ended the page before it was full.
    pub looked_through: Option<u32>,
    /// No scan names exactly the text; these contain it.
    pub inside: bool,
}

/// Moment and number, from the newest down: `after` is excluded, `to` is included.
#[derive(Clone, Copy)]
struct Span {
    after: (i64, i64),
    to: (i64, i64),
}

struct Keys<'a> {
    filter: &'a ScanFilter,
    area: Option<&'a InArea>,
    inside: bool,
    dialect: Dialect,
}

/// One page: up to `limit` scans after `cursor`.
pub async fn list(
    mut conn: Conn<'_>,
    filter: &ScanFilter,
    scope: &Scope,
    cursor: Option<Cursor>,
    limit: u32,
) -> Result<Page, StoreError> {
    let Ok(area) = area_within(filter, scope) else { return Ok(Page::default()) };
    let inside = cursor.is_some_and(|cursor| cursor.inside);
    let mut keys = Keys { filter, area: area.as_ref(), inside, dialect: conn.dialect() };
    let page = keys.page(conn.reborrow(), cursor, limit).await?;
    if cursor.is_some() || !page.lines.is_empty() || page.next.is_some() || keys.text().is_none() {
        return Ok(page);
    }
    keys.inside = true;
    keys.page(conn, None, limit).await
}

fn area_within(filter: &ScanFilter, scope: &Scope) -> Result<Option<InArea>, NothingToSee> {
    let asked = crate::bag::BagFilter { area: filter.area.clone(), ..crate::bag::BagFilter::default() };
    asked.area_within(scope)
}

impl Keys<'_> {
    async fn page(&self, mut conn: Conn<'_>, cursor: Option<Cursor>, limit: u32) -> Result<Page, StoreError> {
        let mut span = self.span();
        if let Some(cursor) = cursor {
            span.after = (cursor.at, cursor.seq);
        }
        let mut end = None;
        if self.asks() {
            let last = select_query!(conn, self.select(span, Window::one_after(BUDGET - 1), false), (i64, i64));
            end = last.into_iter().next();
        }
        span.to = end.unwrap_or(span.to);
        let rows = select_packed!(conn, self.lines(span, limit + 1), ScanRow);
        let full = rows.len() > limit as usize;
        let lines = rows.into_iter().take(limit as usize).map(ScanRow::into_line).collect::<Result<Vec<_>, _>>()?;
        let last = lines.last().map(|line| (line.at.0, line.seq));
        let behind = if full { last } else { end };
        let next = behind.map(|(at, seq)| Cursor { inside: self.inside, at, seq });
        let looked_through = (!full).then_some(end).flatten().map(|_| BUDGET);
        Ok(Page { lines, next, looked_through, inside: self.inside })
    }

    fn text(&self) -> Option<String> {
        let text = self.filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.map(str::to_ascii_uppercase)
    }

    fn exact(&self) -> Option<String> {
        self.text().filter(|_| !self.inside)
    }

    fn has_days(&self) -> bool {
        self.filter.from.is_some() || self.filter.until.is_some()
    }

    /// True where the walk goes by moments; otherwise it goes by numbers.
    fn by_time(&self) -> bool {
        self.has_days() && self.exact().is_none()
    }

    /// True where the walk goes along the scans of one person, or of one area.
    fn by_owner(&self) -> (bool, bool) {
        let free = self.exact().is_none() && !self.by_time();
        let by_person = free && self.filter.person.is_some();
        (by_person, free && !by_person && self.area.is_some())
    }

    /// True where the index of the walk does not cover the filter.
    fn asks(&self) -> bool {
        let filter = self.filter;
        let inside = self.inside && self.text().is_some();
        let known = if self.exact().is_some() {
            filter.person.is_none() && self.area.is_none() && !self.has_days()
        } else if self.by_time() {
            filter.person.is_none() && self.area.is_none()
        } else {
            filter.person.is_none() || self.area.is_none()
        };
        inside || filter.results.is_some() || !known
    }

    fn span(&self) -> Span {
        let from = self.filter.from.map_or(i64::MIN, |from| from.0);
        let until = self.filter.until.map_or(i64::MAX, |until| until.0);
        if self.by_time() {
            Span { after: (until, i64::MIN), to: (from, i64::MIN) }
        } else {
            Span { after: (i64::MAX, i64::MAX), to: (i64::MIN, i64::MIN) }
        }
    }

    fn lines(&self, span: Span, limit: u32) -> Query {
        let mut query = Query::new(COLUMNS);
        query.push(" from (").append(self.select(span, Window::first(limit), true)).push(") k cross join scans s");
        query.push(JOINS).push("where s.seq = k.seq");
        query.push(if self.by_time() { " order by k.at desc, k.seq desc" } else { " order by k.seq desc" });
        query.bind(" limit ?", [i64::from(limit).into()]);
        query
    }

    /// The scans on the way as `(at, seq)`. Not `asking` gives the candidates.
    fn select(&self, span: Span, window: Window, asking: bool) -> Query {
        if let Some(exact) = self.exact() {
            return self.along_names(&exact, span, window, asking);
        }
        let mut query = Query::new("select s.at, s.seq from scans s");
        if self.by_time() {
            query.hint(self.dialect, " indexed by scans_by_time");
            let ends = [span.after.0.into(), span.to.0.into()];
            query.bind(" where s.at <= ? and s.at >= ?", ends);
            let ends = [span.after.0.into(), span.after.1.into(), span.to.0.into(), span.to.1.into()];
            query.bind(" and (s.at, s.seq) < (?, ?) and (s.at, s.seq) >= (?, ?)", ends);
        } else if let Some(person) = self.filter.person {
            query.hint(self.dialect, " indexed by scans_by_account");
            let ends = [person.into(), span.after.1.into(), person.into(), span.to.1.into()];
            let of_person = self.dialect.of_owner(
                " where s.account_id = ? and s.seq < ? and s.account_id = ? and s.seq >= ?",
                " where (s.account_id, s.seq) < (?, ?) and (s.account_id, s.seq) >= (?, ?)",
            );
            query.bind(of_person, ends);
        } else if let Some(area) = self.area {
            query.hint(self.dialect, " indexed by scans_by_area");
            if let InArea::Of(area) = area {
                let ends = [area.as_str().into(), span.after.1.into(), area.as_str().into(), span.to.1.into()];
                let of_area = self.dialect.of_owner(
                    " where s.area = ? and s.seq < ? and s.area = ? and s.seq >= ?",
                    " where (s.area, s.seq) < (?, ?) and (s.area, s.seq) >= (?, ?)",
                );
                query.bind(of_area, ends);
            } else {
                query.push(" where s.area is null");
                numbers(&mut query, span);
            }
        } else {
            query.push(" where 1 = 1");
            numbers(&mut query, span);
        }
        if asking {
            self.ask(&mut query);
        }
        // For the owner, see `Dialect::of_owner`.
        query.push(match (self.by_time(), self.filter.person, self.area) {
            (true, ..) => " order by s.at desc, s.seq desc",
            (false, Some(_), _) => " order by s.account_id desc, s.seq desc",
            (false, None, Some(_)) => " order by s.area desc, s.seq desc",
            (false, None, None) => " order by s.seq desc",
        });
        query.bind(" limit ? offset ?", window.values());
        query
    }

    fn along_names(&self, exact: &str, span: Span, window: Window, asking: bool) -> Query {
        let mut query = Query::default();
        let branches = [
            ("select at, seq from (select s.at, s.seq from scans s", " indexed by scans_by_code", " where s.code = ?"),
            (
                " union select at, seq from (select s.at, s.seq from scans s",
                " indexed by scans_by_parent",
                " where s.parent = ?",
            ),
            (
                " union select at, seq from (select s.at, s.seq from scans s",
                " indexed by scans_by_bill",
                " where s.bill = ?",
            ),
        ];
        for (begin, index, named) in branches {
            query.push(begin).hint(self.dialect, index).bind(named, [exact.into()]);
            numbers(&mut query, span);
            if asking {
                self.ask(&mut query);
            }
            query.bind(" order by s.seq desc limit ?) x", [i64::from(window.limit + window.offset).into()]);
        }
        query.bind(" order by seq desc limit ? offset ?", window.values());
        query
    }

    /// The filter for each scan on the way.
    fn ask(&self, query: &mut Query) {
        let filter = self.filter;
        let (by_person, by_area) = self.by_owner();
        if let Some(person) = filter.person.filter(|_| !by_person) {
            query.bind(" and coalesce(s.account_id, 0) = ?", [person.into()]);
        }
        if let Some(area) = self.area.filter(|_| !by_area) {
            let area = if let InArea::Of(area) = area { Area::as_str(area) } else { "" };
            query.bind(" and coalesce(s.area, '') = ?", [area.into()]);
        }
        if let Some(from) = filter.from {
            query.bind(" and s.at + 0 >= ?", [from.0.into()]);
        }
        if let Some(until) = filter.until {
            query.bind(" and s.at + 0 < ?", [until.0.into()]);
        }
        if let Some(results) = filter.results {
            let wanted = |outcome: &&Outcome| match results {
                Results::Accepted => !outcome.is_refusal(),
                Results::Refused => outcome.is_refusal(),
                Results::One(one) => **outcome == one,
            };
            query.push(" and s.outcome in ('-'");
            for outcome in Outcome::ALL.iter().filter(wanted) {
                query.bind(", ?", [outcome.code().into()]);
            }
            query.push(")");
        }
        if let Some(text) = self.text().filter(|_| self.inside) {
            let pattern = base_db::query::anywhere(&text);
            query.bind(
                " and (upper(s.code) like ? escape '\\' or upper(s.parent) like ? escape '\\'
                    or upper(s.bill) like ? escape '\\')",
                [pattern.clone().into(), pattern.clone().into(), pattern.into()],
            );
        }
    }
}

fn numbers(query: &mut Query, span: Span) {
    query.bind(" and s.seq < ? and s.seq >= ?", [span.after.1.into(), span.to.1.into()]);
}

/// How SQLite would answer a page of this filter, a line for each step. For tests.
pub async fn plans(db: &Db, filter: &ScanFilter, scope: &Scope) -> Result<Vec<String>, StoreError> {
    let Ok(area) = area_within(filter, scope) else { return Ok(Vec::new()) };
    let mut reader = db.read().await?;
    let mut conn = reader.conn();
    let mut steps = Vec::new();
    for inside in [false, true] {
        let keys = Keys { filter, area: area.as_ref(), inside, dialect: conn.dialect() };
        for statement in [keys.lines(keys.span(), 21), keys.select(keys.span(), Window::one_after(BUDGET - 1), false)] {
            let mut explain = Query::new("explain query plan ");
            explain.append(statement);
            let rows = select_query!(conn, explain, (i64, i64, i64, String));
            steps.extend(rows.into_iter().map(|(_, _, _, step)| step));
        }
    }
    Ok(steps)
}
