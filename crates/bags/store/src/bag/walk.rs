//! The statements behind lists of bags: which index is walked, from where to where, and how each bag on the way is
//! filtered.
//!
//! Invariant: every walk goes along one index, or along a few that are merged, each with its own limit; a walk that
//! filters bags by more than its index contains has a budget.

use bags_rules::bag::BagKind;
use base_core::account::AccountId;
use base_core::area::Area;
use base_db::dialect::Dialect;
use base_db::query::{Query, Value};

use super::filter::{BagFilter, Branch, InArea, ScannedBy, Sort};
use super::line;
use crate::search;
use crate::search::LAST;
use crate::window::Window;

/// Bags that are looked at in one request where no index answers it.
const BUDGET: u32 = 500;
/// The same along the tails of codes, each of which leads to a bag elsewhere in its table.
const BUDGET_OF_TAILS: u32 = 300;
/// The same where each of them costs a look into the scans.
const BUDGET_OF_SCANS: u32 = 300;
/// The same among the codes that wait to be indexed; looking at one costs next to nothing.
const BUDGET_OF_WAITING: u32 = 5_000;
/// Ends a walk whose candidates are read separately from the bags. Its budget is part of the text: PostgreSQL estimates
/// a limit given as a value at a tenth of all rows, and would then read all bags instead.
const APART: &str = " limit 300) s cross join bags b where 1 = 1";
const _: () = assert!(BUDGET_OF_TAILS == 300 && BUDGET_OF_SCANS == 300, "the budgets that APART writes");

/// What is walked along. The number beside the code is the order: a moment, the number of a scan, or the number of
/// characters before a tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    /// First scans.
    Age,
    /// Codes.
    Codes,
    /// The scans of a person.
    Scans(AccountId),
    /// Codes that wait to be indexed.
    Waiting,
    /// The tails of codes.
    Tails,
}

/// From where to where, in the direction of the walk: `after` is excluded, `to` is included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub after: (i64, String),
    pub to: (i64, String),
}

/// One walk.
pub(super) struct Keys<'a> {
    pub filter: &'a BagFilter,
    pub area: Option<&'a InArea>,
    pub walk: Walk,
    pub dialect: Dialect,
}

impl Keys<'_> {
    /// True when numbers decrease along the walk.
    pub fn falls(&self) -> bool {
        match self.walk {
            Walk::Codes | Walk::Waiting | Walk::Tails => false,
            Walk::Age | Walk::Scans(_) => self.filter.sort != Sort::Oldest,
        }
    }

    /// The whole walk.
    pub fn span(&self) -> Span {
        let from = self.filter.from.map_or(i64::MIN, |from| from.0);
        let until = self.filter.until.map_or(i64::MAX, |until| until.0);
        let none = String::new;
        match self.walk {
            Walk::Age if self.falls() => Span { after: (until, none()), to: (from, none()) },
            Walk::Age => Span { after: (from, none()), to: (until, none()) },
            Walk::Codes | Walk::Waiting => {
                let begins = self.filter.capitals().filter(|_| self.filter.is_beginning());
                let to = begins.as_deref().map_or_else(|| LAST.to_owned(), search::end_of);
                Span { after: (0, begins.as_deref().map(search::before).unwrap_or_default()), to: (0, to) }
            }
            Walk::Tails => {
                let wanted = self.filter.capitals().unwrap_or_default();
                Span { after: (0, search::before(&wanted)), to: (0, search::end_of(&wanted)) }
            }
            _ if self.falls() => Span { after: (i64::MAX, none()), to: (i64::MIN, none()) },
            Walk::Scans(_) => Span { after: (i64::MIN, none()), to: (i64::MAX, none()) },
        }
    }

    /// How many bags may be looked at; `None` where every bag on the way belongs to the answer.
    pub fn budget(&self) -> Option<u32> {
        let nobody = self.filter.scanned == Some(ScannedBy::Nobody);
        match self.walk {
            Walk::Age if !nobody => None,
            Walk::Codes | Walk::Tails if self.only_text_matters() => None,
            Walk::Waiting => Some(BUDGET_OF_WAITING),
            Walk::Tails => Some(BUDGET_OF_TAILS),
            _ if nobody || matches!(self.walk, Walk::Scans(_)) => Some(BUDGET_OF_SCANS),
            Walk::Codes if self.filter.scanned.is_some() => Some(BUDGET_OF_SCANS),
            _ => Some(BUDGET),
        }
    }

    fn only_text_matters(&self) -> bool {
        let filter = self.filter;
        let is_along = self.walk == Walk::Tails || filter.is_beginning();
        let open = BagFilter {
            kind: filter.kind.filter(|kind| self.walk == Walk::Codes && *kind == BagKind::Parent),
            text: filter.text.clone().filter(|_| is_along),
            sort: filter.sort,
            ..BagFilter::default()
        };
        open == *filter && self.area.is_none()
    }

    /// The bags on the way as `(n, code)`, in the order of the walk. Not `asking` gives the candidates.
    pub fn select(&self, span: &Span, window: Window, asking: bool) -> Query {
        let page = window.values();
        match self.walk {
            Walk::Age => self.along_age(span, window, asking),
            Walk::Codes => self.along_codes(span, page, asking),
            Walk::Scans(person) => self.along_scans(person, span, page, asking),
            Walk::Waiting => self.along_waiting(span, page, asking),
            Walk::Tails => self.along_tails(span, page, asking),
        }
    }

    /// The same as whole lines.
    pub fn lines(&self, span: &Span, limit: u32) -> Query {
        let mut query = Query::new(line::COLUMNS);
        query.push("k.n from (").append(self.select(span, Window::first(limit), true));
        query.push(") k cross join bags b").push(line::JOINS).push(" where b.code = k.code");
        query.push(match (self.walk, self.falls()) {
            (Walk::Tails, _) => " order by k.tail, k.code",
            (_, true) => " order by k.n desc, k.code desc",
            (_, false) => " order by k.n, k.code",
        });
        query.bind(" limit ?", [i64::from(limit).into()]);
        query
    }

    /// How many there are, up to `limit`.
    pub fn count(&self, limit: u32) -> Query {
        let mut query = Query::new("select count(*) as n, cast('' as text) as code from (");
        query.append(self.select(&self.span(), Window::first(limit), true)).push(") k");
        query
    }

    fn along_age(&self, span: &Span, window: Window, asking: bool) -> Query {
        let branches = self.filter.branches();
        if let [only] = branches[..] {
            return self.branch(only, span, window, asking);
        }
        let mut query = Query::default();
        for (at, branch) in branches.into_iter().enumerate() {
            query.push(if at == 0 { "select n, code from (" } else { " union all select n, code from (" });
            query.append(self.branch(branch, span, Window::first(window.limit + window.offset), asking)).push(") x");
        }
        query.push(if self.falls() { " order by n desc, code desc" } else { " order by n, code" });
        query.bind(" limit ? offset ?", window.values());
        query
    }

    fn branch(&self, branch: Branch, span: &Span, window: Window, asking: bool) -> Query {
        let mut query = Query::new(match (branch.kind, branch.placed) {
            (BagKind::Parent, false) => {
                "select b.created_at as n, b.code from bags b where b.kind = 'parent' and b.placed = 0"
            }
            (BagKind::Parent, true) => {
                "select b.created_at as n, b.code from bags b where b.kind = 'parent' and b.placed = 1"
            }
            (BagKind::Child, false) => {
                "select b.created_at as n, b.code from bags b where b.kind = 'child' and b.placed = 0"
            }
            (BagKind::Child, true) => {
                "select b.created_at as n, b.code from bags b where b.kind = 'child' and b.placed = 1"
            }
        });
        if let Some(status) = branch.status {
            query.bind(" and b.status = ?", [status.name().into()]);
        }
        match self.area {
            Some(InArea::Of(area)) => query.bind(" and b.area = ?", [area.as_str().into()]),
            Some(InArea::Nowhere) => query.push(" and b.area is null"),
            None => &mut query,
        };
        let ends = [span.after.0.into(), text(&span.after.1), span.to.0.into(), text(&span.to.1)];
        query.bind(
            if self.falls() {
                " and (b.created_at, b.code) < (?, ?) and (b.created_at, b.code) >= (?, ?)"
            } else {
                " and (b.created_at, b.code) > (?, ?) and (b.created_at, b.code) <= (?, ?)"
            },
            ends,
        );
        if asking && self.filter.scanned == Some(ScannedBy::Nobody) {
            query.push(NEVER_SCANNED);
        }
        // PostgreSQL does not know that an area that `is null` is always the same, unless the order names it.
        query.push(match (self.area, self.falls()) {
            (Some(InArea::Nowhere), true) => " order by b.area desc, b.created_at desc, b.code desc",
            (Some(InArea::Nowhere), false) => " order by b.area, b.created_at, b.code",
            (_, true) => " order by b.created_at desc, b.code desc",
            (_, false) => " order by b.created_at, b.code",
        });
        query.bind(" limit ? offset ?", window.values());
        query
    }

    fn along_codes(&self, span: &Span, page: [Value; 2], asking: bool) -> Query {
        let mut query = Query::new("select cast(0 as bigint) as n, b.code from bags b");
        if self.filter.kind == Some(BagKind::Parent) {
            query.hint(self.dialect, " indexed by parents_by_code");
            query.push(" where b.kind = 'parent' and ");
        } else {
            query.push(" where ");
        }
        query.bind("b.code > ? and b.code <= ?", [text(&span.after.1), text(&span.to.1)]);
        if asking {
            self.ask(&mut query);
        }
        query.bind(" order by b.code limit ? offset ?", page);
        query
    }

    /// Each bag once, at the newest of the person's scans of it; at the oldest where the oldest come first. For the
    /// person, see [`Dialect::of_owner`].
    fn along_scans(&self, person: AccountId, span: &Span, page: [Value; 2], asking: bool) -> Query {
        let mut query = Query::new("select s.seq as n, s.code from ");
        // SQLite looks at tables in the order in which they are named. PostgreSQL would begin with all bags where it
        // estimates that few fit, so the scans that one page may look at are read separately.
        let apart = asking && self.dialect == Dialect::Postgres;
        query.push(if apart { "(select s.account_id, s.seq, s.code from scans s" } else { "scans s" });
        query.hint(self.dialect, " indexed by scans_by_account");
        if asking && !apart {
            query.push(" cross join bags b");
        }
        let (between, order) = if self.falls() {
            (
                self.dialect.of_owner(
                    " where s.account_id = ? and s.seq < ? and s.account_id = ? and s.seq >= ?",
                    " where (s.account_id, s.seq) < (?, ?) and (s.account_id, s.seq) >= (?, ?)",
                ),
                " order by s.account_id desc, s.seq desc",
            )
        } else {
            (
                self.dialect.of_owner(
                    " where s.account_id = ? and s.seq > ? and s.account_id = ? and s.seq <= ?",
                    " where (s.account_id, s.seq) > (?, ?) and (s.account_id, s.seq) <= (?, ?)",
                ),
                " order by s.account_id, s.seq",
            )
        };
        query.bind(between, [person.into(), span.after.0.into(), person.into(), span.to.0.into()]);
        if apart {
            query.push(order).push(APART);
        }
        if asking {
            query.push(" and b.code = s.code and not exists (select 1 from scans o");
            query.hint(self.dialect, " indexed by scans_by_code");
            query.push(if self.falls() {
                " where o.code = s.code and o.seq > s.seq"
            } else {
                " where o.code = s.code and o.seq < s.seq"
            });
            query.bind(" and o.account_id = ?)", [person.into()]);
            self.ask(&mut query);
        }
        query.push(order).bind(" limit ? offset ?", page);
        query
    }

    fn along_waiting(&self, span: &Span, page: [Value; 2], asking: bool) -> Query {
        let mut query = Query::new("select cast(0 as bigint) as n, s.code from search_pending s");
        if asking {
            query.push(" cross join bags b");
        }
        query.bind(" where s.code > ? and s.code <= ? and s.what = 'bag'", [text(&span.after.1), text(&span.to.1)]);
        if asking {
            let capitals = self.filter.capitals().unwrap_or_default();
            let pattern = base_db::query::anywhere(&capitals).into();
            query.bind(" and b.code = s.code and upper(s.code) like ? escape '\\'", [pattern]);
            query.bind(" and s.code <> ?", [capitals.into()]);
            self.ask(&mut query);
        }
        query.bind(" order by s.code limit ? offset ?", page);
        query
    }

    /// Those that end with the text come first. A code that contains it twice is found twice and taken at the first
    /// place.
    fn along_tails(&self, span: &Span, page: [Value; 2], asking: bool) -> Query {
        let wanted = self.filter.capitals().unwrap_or_default();
        let mut query = Query::new("select cast(length(s.code) - length(s.tail) as bigint) as n, s.code, s.tail from ");
        // The candidates of one page are read separately; see `along_scans`.
        let apart = asking && self.budget().is_some();
        query.push(if apart { "(select s.tail, s.code from code_tails s" } else { "code_tails s" });
        if asking && !apart {
            query.push(" cross join bags b");
        }
        let tail = |(n, code): &(i64, String)| search::tail(code, usize::try_from(*n).unwrap_or_default());
        let ends = [tail(&span.after).into(), text(&span.after.1), tail(&span.to).into(), text(&span.to.1)];
        query.bind(" where s.what = 'bag' and (s.tail, s.code) > (?, ?) and (s.tail, s.code) <= (?, ?)", ends);
        if apart {
            query.push(" order by s.tail, s.code").push(APART);
        }
        if asking {
            query.bind(
                " and upper(substr(s.code, 1, length(s.code) - length(s.tail) + length(cast(? as text)) - 1))
                    not like ? escape '\\'",
                [text(&wanted), base_db::query::anywhere(&wanted).into()],
            );
            query.bind(" and b.code = s.code and s.code <> ?", [wanted.into()]);
            self.ask(&mut query);
        }
        query.bind(" order by s.tail, s.code limit ? offset ?", page);
        query
    }

    /// The filter for each bag on the way. Columns are wrapped in `coalesce` so that no other index looks usable.
    fn ask(&self, query: &mut Query) {
        let filter = self.filter;
        match filter.kind {
            // Its index has nothing else; with the condition repeated, PostgreSQL would estimate that hardly any row
            // fits.
            Some(BagKind::Parent) if self.walk == Walk::Codes => &mut *query,
            Some(BagKind::Parent) => query.push(" and coalesce(b.kind, '') = 'parent'"),
            Some(BagKind::Child) => query.push(" and coalesce(b.kind, '') = 'child'"),
            None => &mut *query,
        };
        if let Some(status) = filter.status {
            query.bind(" and coalesce(b.kind, '') = 'parent' and coalesce(b.status, '') = ?", [status.name().into()]);
        }
        match filter.linked {
            Some(true) => query.push(" and case b.kind when 'child' then b.placed else b.children end > 0"),
            Some(false) => query.push(" and case b.kind when 'child' then b.placed else b.children end = 0"),
            None => &mut *query,
        };
        match filter.billed {
            Some(true) => query.push(" and b.kind || '' = 'parent' and b.placed + 0 = 1"),
            Some(false) => query.push(" and b.kind || '' = 'parent' and b.placed + 0 = 0"),
            None => &mut *query,
        };
        if let Some(area) = self.area {
            let area = if let InArea::Of(area) = area { Area::as_str(area) } else { "" };
            query.bind(" and coalesce(b.area, '') = ?", [area.into()]);
        }
        if let Some(from) = filter.from {
            query.bind(" and b.created_at >= ?", [from.0.into()]);
        }
        if let Some(until) = filter.until {
            query.bind(" and b.created_at < ?", [until.0.into()]);
        }
        self.ask_scans(query);
        self.ask_text(query);
    }

    fn ask_scans(&self, query: &mut Query) {
        match self.filter.scanned {
            Some(ScannedBy::Nobody) => {
                query.push(NEVER_SCANNED);
            }
            Some(ScannedBy::Person(person)) if self.walk == Walk::Codes => {
                query.push(" and exists (select 1 from scans o").hint(self.dialect, " indexed by scans_by_code");
                query.bind(" where o.code = b.code and o.account_id = ?)", [person.into()]);
            }
            _ => {}
        }
    }

    fn ask_text(&self, query: &mut Query) {
        if matches!(self.walk, Walk::Waiting | Walk::Tails) {
            return;
        }
        let Some(capitals) = self.filter.capitals() else { return };
        if !self.filter.is_beginning() {
            query.bind(" and upper(b.code) like ? escape '\\'", [base_db::query::anywhere(&capitals).into()]);
        } else if self.walk != Walk::Codes {
            query.bind(" and b.code >= ? and b.code <= ?", [text(&capitals), search::end_of(&capitals).into()]);
        }
    }
}

const NEVER_SCANNED: &str = " and not exists (select 1 from scans o where o.code = b.code)
    and not exists (select 1 from scans o where o.parent = b.code)";

fn text(text: &str) -> Value {
    text.into()
}
