//! One bill: what its page shows of it.

use bags_rules::bag::BagStatus;
use bags_rules::bill::BillKey;
use bags_rules::code::Code;
use bags_rules::outcome::Outcome;
use base_core::area::{Area, Scope};
use base_core::time::Moment;
use base_db::{Conn, StoreError, packed};

use super::line::{BillLine, BillLineRow};
use crate::scan::ScanLine;

/// Scans that a bill's page shows.
pub const SCANS_SHOWN: u32 = 100;
/// Separators that are in no code, name or station, because those contain no control characters.
const FIELD: &str = "\u{1f}";
const LINE: &str = "\u{1e}";

/// Bills of a scope by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BillCounts {
    /// New or processing.
    pub open: i64,
    /// Completed.
    pub completed: i64,
}

/// Counts the bills of a scope: those of an area are the bills with a parent of it.
pub async fn counts(mut conn: Conn<'_>, scope: &Scope) -> Result<BillCounts, StoreError> {
    const EVERYWHERE: &str = "select name, cast(sum(n) as bigint) as n from counters
        where quarter = 0 and name in ('bills_new', 'bills_processing', 'bills_completed') group by name";
    const IN_AREA: &str = "select b.status, count(*) as n from bill_areas a join bills b on b.key = a.bill
        where a.area = $1 group by b.status";
    let rows: Vec<(String, i64)> = match scope {
        Scope::Nothing => return Ok(BillCounts::default()),
        Scope::All => on!(conn, c => sqlx::query_as(EVERYWHERE).fetch_all(&mut **c).await?),
        Scope::Area(area) => {
            on!(conn, c => sqlx::query_as(IN_AREA).bind(area.as_str()).fetch_all(&mut **c).await?)
        }
    };
    let sum =
        |completed: bool| rows.iter().filter(|row| row.0.ends_with("completed") == completed).map(|row| row.1).sum();
    Ok(BillCounts { open: sum(false), completed: sum(true) })
}

/// One bill within a scope; `None` when there is none, or none that may be seen.
pub async fn find(mut conn: Conn<'_>, key: &BillKey, scope: &Scope) -> Result<Option<BillLine>, StoreError> {
    const FIND: &str =
        "select i.key, i.bill, i.description, i.destination, i.vehicle_number, i.capacity, i.status, i.parents,
            i.children, i.created_at,
            i.completed_at, a.called as creator, c.called as completer
        from bills i left join accounts a on a.id = i.created_by left join accounts c on c.id = i.completed_by
        where i.key = $1 and ($2 = '' or exists (
            select 1 from bill_areas o where o.area = $2 and o.created_at = i.created_at and o.bill = i.key))";
    let area = match scope {
        Scope::Nothing => return Ok(None),
        Scope::All => "",
        Scope::Area(area) => area.as_str(),
    };
    let row: Option<BillLineRow> =
        on!(conn, c => sqlx::query_as(FIND).bind(key.as_str()).bind(area).fetch_optional(&mut **c).await?);
    row.map(BillLineRow::into_line).transpose()
}

/// A parent on its bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledParent {
    /// Its code.
    pub code: Code,
    /// How many children are in it.
    pub children: u32,
    /// Its status.
    pub status: BagStatus,
    /// True when the operator finished it early.
    pub is_closed: bool,
    /// Its area.
    pub area: Option<Area>,
    /// When it was put on the bill.
    pub linked_at: Moment,
    /// Who put it there.
    pub linked_by: Option<String>,
    /// The codes of its children, newest link first, if requested.
    pub child_codes: Vec<String>,
}

/// Where a page of parents begins: after this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParentCursor {
    /// When it was put on the bill.
    pub linked_at: Moment,
    /// Which it is.
    pub code: Code,
}

packed_row! {
    struct ParentRow {
        code: String,
        children: i64,
        status: String,
        closed_at: Option<i64>,
        area: Option<String>,
        linked_at: i64,
        linked_by: Option<String>,
        child_codes: Option<String>,
    }
}

impl ParentRow {
    fn into_parent(self) -> Result<BilledParent, StoreError> {
        let status = BagStatus::parse(&self.status)
            .ok_or_else(|| StoreError::Unreadable { what: "status of a bag", value: self.status.clone() })?;
        let codes = self.child_codes.filter(|codes| !codes.is_empty());
        Ok(BilledParent {
            code: Code::stored(&self.code),
            children: u32::try_from(self.children).unwrap_or_default(),
            status,
            is_closed: self.closed_at.is_some(),
            area: self.area.as_deref().map(Area::new),
            linked_at: Moment(self.linked_at),
            linked_by: self.linked_by,
            child_codes: codes.map(|codes| codes.split(FIELD).map(ToOwned::to_owned).collect()).unwrap_or_default(),
        })
    }
}

macro_rules! parents {
    ($children:literal) => {
        concat!(
            "select p.parent as code, b.children, b.status, b.closed_at, b.area, p.linked_at, w.called as linked_by, ",
            $children,
            " as child_codes
            from bill_parents p join bags b on b.code = p.parent left join accounts w on w.id = p.linked_by
            where p.bill = $1 and (p.linked_at, p.parent) < ($2, $3) and ($4 = '' or b.area = $4)
            order by p.linked_at desc, p.parent desc limit $5"
        )
    };
}

pub(super) const ALONE: &str = parents!("cast(null as text)");
pub(super) const WITH_CHILDREN: &str = parents!(
    "(select string_agg(l.child, $6 order by l.linked_at desc, l.child desc) from links l where l.parent = p.parent)"
);

/// The parents on a bill that a scope may see, newest first, with the codes of their children when `with_children`.
pub async fn parents(
    mut conn: Conn<'_>,
    key: &BillKey,
    scope: &Scope,
    (cursor, limit): (Option<&ParentCursor>, u32),
    with_children: bool,
) -> Result<Vec<BilledParent>, StoreError> {
    let area = match scope {
        Scope::Nothing => return Ok(Vec::new()),
        Scope::All => "",
        Scope::Area(area) => area.as_str(),
    };
    let (at, code) = cursor.map_or((i64::MAX, ""), |cursor| (cursor.linked_at.0, cursor.code.as_str()));
    let text = packed::around::<ParentRow>(if with_children { WITH_CHILDREN } else { ALONE });
    let packed: (String,) = on!(conn, c => {
        let query =
            sqlx::query_as(text).bind(key.as_str()).bind(at).bind(code).bind(area).bind(i64::from(limit));
        let query = if with_children { query.bind(FIELD) } else { query };
        query.fetch_one(&mut **c).await?
    });
    packed::rows::<ParentRow>(&[packed])?.into_iter().map(ParentRow::into_parent).collect()
}

/// What a scope may see of a bill's parents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct ParentFigures {
    /// How many.
    pub seen: i64,
    /// How many of those are not full (P9).
    pub short: i64,
}

impl ParentFigures {
    /// Counts all parents on a bill that may be seen; `full` children fill a parent.
    pub fn of(parents: &[BilledParent], full: u32) -> Self {
        let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let short = parents.iter().filter(|parent| parent.children < full).count();
        Self { seen: whole(parents.len()), short: whole(short) }
    }
}

/// Counts the parents on one bill that a scope may see; `full` children fill a parent.
pub async fn parent_figures(
    mut conn: Conn<'_>,
    key: &BillKey,
    scope: &Scope,
    full: u32,
) -> Result<ParentFigures, StoreError> {
    const FIGURES: &str = "select count(*) as seen, count(case when b.children < $2 then 1 end) as short
        from bill_parents p join bags b on b.code = p.parent where p.bill = $1 and ($3 = '' or b.area = $3)";
    let area = match scope {
        Scope::Nothing => return Ok(ParentFigures::default()),
        Scope::All => "",
        Scope::Area(area) => area.as_str(),
    };
    Ok(on!(conn, c => sqlx::query_as(FIGURES)
        .bind(key.as_str()).bind(i64::from(full)).bind(area).fetch_one(&mut **c).await?))
}

pub(super) const SCANS: &str = "with on_it (parent) as (
            select p.parent from bill_parents p where p.bill = $1
            and ($5 = '' or exists (select 1 from bags b where b.code = p.parent and b.area = $5))),
        newest (seq) as (
            select seq from (select seq from scans where bill = $1 and ($5 = '' or area = $5) order by seq desc limit $2) x
            union
            select seq from (
                select seq from scans where parent in (select parent from on_it) and ($5 = '' or area = $5)
                order by seq desc limit $2) y
            union
            select seq from (
                select seq from scans where code in (select parent from on_it) and ($5 = '' or area = $5)
                order by seq desc limit $2) z
            order by seq desc limit $2)
        select coalesce(string_agg(line, $4 order by seq desc), '') from (
            select s.seq, cast(s.seq as text) || $3 || cast(s.at as text) || $3 || cast(s.client_at as text) || $3
                || coalesce(a.called, '') || $3 || coalesce(s.station, '') || $3 || s.action || $3 || s.code || $3
                || coalesce(s.parent, '') || $3 || s.outcome || $3 || coalesce(cast(s.undone_at as text), '') || $3
                || coalesce(u.called, '') || $3 || coalesce(s.area, '') || $3 || coalesce(s.bill, '') as line
            from newest n join scans s on s.seq = n.seq left join accounts a on a.id = s.account_id
                left join accounts u on u.id = s.undone_by) l";

/// The newest scans of a bill and of the parents on it, in one row: a hundred rows would cost more than finding them.
pub async fn scans(mut conn: Conn<'_>, key: &BillKey, scope: &Scope) -> Result<Vec<ScanLine>, StoreError> {
    let area = match scope {
        Scope::Nothing => return Ok(Vec::new()),
        Scope::All => "",
        Scope::Area(area) => area.as_str(),
    };
    let packed: String = on!(conn, c => sqlx::query_scalar(SCANS)
        .bind(key.as_str()).bind(i64::from(SCANS_SHOWN)).bind(FIELD).bind(LINE).bind(area).fetch_one(&mut **c).await?);
    packed.split(LINE).filter(|line| !line.is_empty()).map(unpack).collect()
}

fn unpack(line: &str) -> Result<ScanLine, StoreError> {
    let mut fields = line.split(FIELD);
    let mut next = || fields.next().unwrap_or_default().to_owned();
    let unreadable = |what| StoreError::Unreadable { what, value: line.to_owned() };
    let (seq, at, client_at) = (next(), next(), next());
    let number = |text: &str| text.parse::<i64>().map_err(|_| unreadable("number in a scan"));
    let some = |text: String| (!text.is_empty()).then_some(text);
    Ok(ScanLine {
        seq: number(&seq)?,
        at: Moment(number(&at)?),
        client_at: Moment(number(&client_at)?),
        person: some(next()),
        station: some(next()),
        action: next(),
        code: next(),
        parent: some(next()),
        outcome: Outcome::parse(&next()).ok_or_else(|| unreadable("outcome of a scan"))?,
        undone_at: some(next()).map(|at| number(&at).map(Moment)).transpose()?,
        undone_by: some(next()),
        area: some(next()).as_deref().map(Area::new),
        bill: some(next()),
    })
}
