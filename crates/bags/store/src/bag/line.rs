//! A bag as lists and pages show it.

use bags_rules::bag::{BagKind, BagStatus};
use bags_rules::code::Code;
use base_core::area::Area;
use base_core::time::Moment;
use base_db::{Conn, StoreError};

use super::cursor::Cursor;
use super::stored::{read_kind, read_status};

/// A bag as lists and pages show it.
#[derive(Clone, Debug)]
pub struct BagLine {
    /// Its code.
    pub code: Code,
    /// Parent or child.
    pub kind: BagKind,
    /// Its area.
    pub area: Option<Area>,
    /// Parents: how many children.
    pub children: u32,
    /// Parents: the status.
    pub status: BagStatus,
    /// Parents that were finished early.
    pub closed_at: Option<Moment>,
    /// First scan or import.
    pub created_at: Moment,
    /// Who scanned it first.
    pub created_by: Option<String>,
    /// The import it came with.
    pub import_id: Option<String>,
    /// Children: the parent it is in.
    pub parent: Option<Code>,
    /// Children: when they were put there.
    pub linked_at: Option<Moment>,
    /// Children: who put it there.
    pub linked_by: Option<String>,
    /// Parents: the number of the bill it is on.
    pub bill: Option<String>,
    /// The newest scan that names it, accepted or refused.
    pub scanned_at: Option<Moment>,
    /// The position of the bag in the list that it was read for.
    pub(super) n: i64,
}

packed_row! {
    pub(super) struct BagLineRow {
        code: String,
        kind: String,
        area: Option<String>,
        children: i64,
        status: String,
        closed_at: Option<i64>,
        created_at: i64,
        import_id: Option<String>,
        parent: Option<String>,
        linked_at: Option<i64>,
        created_by: Option<String>,
        linked_by: Option<String>,
        bill: Option<String>,
        scanned_at: Option<i64>,
        parent_scanned_at: Option<i64>,
        n: i64,
    }
}

/// What [`BagLine`] is read from, for `bags b`; `n` and the rest of the statement follow.
macro_rules! line_columns {
    () => {
        "select b.code, b.kind, b.area, b.children, b.status, b.closed_at, b.created_at, b.import_id,
            l.parent, l.linked_at, a.called as created_by, w.called as linked_by, i.bill,
            (select s.at from scans s where s.code = b.code order by s.seq desc limit 1) as scanned_at,
            (select s.at from scans s where s.parent = b.code order by s.seq desc limit 1) as parent_scanned_at, "
    };
}
/// What a [`BagLine`] needs besides its bag.
macro_rules! line_joins {
    () => {
        " left join links l on l.child = b.code
        left join accounts a on a.id = b.created_by
        left join accounts w on w.id = l.linked_by
        left join bill_parents p on p.parent = b.code
        left join bills i on i.key = p.bill "
    };
}
pub(super) const COLUMNS: &str = line_columns!();
pub(super) const JOINS: &str = line_joins!();

impl BagLineRow {
    pub(super) fn into_line(self) -> Result<BagLine, StoreError> {
        Ok(BagLine {
            code: Code::stored(&self.code),
            kind: read_kind(&self.kind)?,
            area: self.area.as_deref().map(Area::new),
            children: u32::try_from(self.children).unwrap_or_default(),
            status: read_status(&self.status)?,
            closed_at: self.closed_at.map(Moment),
            created_at: Moment(self.created_at),
            created_by: self.created_by,
            import_id: self.import_id,
            parent: self.parent.as_deref().map(Code::stored),
            linked_at: self.linked_at.map(Moment),
            linked_by: self.linked_by,
            bill: self.bill,
            scanned_at: self.scanned_at.max(self.parent_scanned_at).map(Moment),
            n: self.n,
        })
    }
}

/// One bag, without a scope.
pub(super) async fn find(mut conn: Conn<'_>, code: &Code) -> Result<Option<BagLine>, StoreError> {
    const FIND: &str =
        concat!(line_columns!(), "cast(0 as bigint) as n from bags b", line_joins!(), "where b.code = $1");
    let row: Option<BagLineRow> =
        on!(conn, c => sqlx::query_as(FIND).bind(code.as_str()).fetch_optional(&mut **c).await?);
    row.map(BagLineRow::into_line).transpose()
}

/// The children of a parent, newest link first, after a cursor: up to `limit` of them, and where the next page begins.
pub async fn page_of_children(
    mut conn: Conn<'_>,
    parent: &Code,
    cursor: Option<&Cursor>,
    limit: u32,
) -> Result<(Vec<BagLine>, Option<Cursor>), StoreError> {
    const CHILDREN: &str =
        "select b.code, b.kind, b.area, b.children, b.status, b.closed_at, b.created_at, b.import_id,
            l.parent, l.linked_at, a.called as created_by, w.called as linked_by, cast(null as text) as bill,
            cast(null as bigint) as scanned_at, cast(null as bigint) as parent_scanned_at, l.linked_at as n
        from (select * from links where parent = $1 and (linked_at, child) < ($2, $3)
            order by linked_at desc, child desc limit $4) l
        join bags b on b.code = l.child
        left join accounts a on a.id = b.created_by
        left join accounts w on w.id = l.linked_by
        order by l.linked_at desc, l.child desc";
    let (at, code) = cursor.map_or((i64::MAX, ""), |cursor| (cursor.n, cursor.code.as_str()));
    let rows: Vec<BagLineRow> = on!(conn, c => sqlx::query_as(CHILDREN)
        .bind(parent.as_str()).bind(at).bind(code).bind(i64::from(limit) + 1).fetch_all(&mut **c).await?);
    let mut lines = rows.into_iter().map(BagLineRow::into_line).collect::<Result<Vec<_>, _>>()?;
    let more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let next = lines.last().filter(|_| more).map(|line| Cursor::behind(line.n, &line.code));
    Ok((lines, next))
}
