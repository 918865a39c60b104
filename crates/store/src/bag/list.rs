//! Lists of bags, paged by cursor to the very end.

use tallyhouse_core::area::{Area, Scope};
use tallyhouse_core::bag::{BagKind, BagStatus};
use tallyhouse_core::code::Code;
use tallyhouse_core::time::Moment;

use super::{read_kind, read_status};
use crate::db::Conn;
use crate::error::StoreError;

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
    /// Parents: where it stands.
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
    /// Children: since when.
    pub linked_at: Option<Moment>,
    /// Children: who put it there.
    pub linked_by: Option<String>,
    /// Parents: the bill it stands on.
    pub bill: Option<String>,
}

#[derive(sqlx::FromRow)]
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
}

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
        })
    }
}

/// Where a page begins: after this bag, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The bag's first scan.
    pub created_at: Moment,
    /// The bag.
    pub code: Code,
}

/// Which bags are asked for.
#[derive(Clone, Debug, Default)]
pub struct BagFilter {
    /// Only parents, or only children.
    pub kind: Option<BagKind>,
    /// Only this area.
    pub area: Option<Area>,
    /// Only codes that begin so; upper case.
    pub begins_with: Option<String>,
}

macro_rules! columns {
    () => {
        "select b.code, b.kind, b.area, b.children, b.status, b.closed_at, b.created_at, b.import_id,
            l.parent, l.linked_at, a.username as created_by, cast(null as text) as linked_by, i.bill
        from ("
    };
}
macro_rules! joins {
    () => {
        ") b
        left join links l on l.child = b.code
        left join accounts a on a.id = b.created_by
        left join bill_parents p on p.parent = b.code
        left join bills i on i.key = p.bill
        order by b.created_at desc, b.code desc"
    };
}

// Each filter has the text whose rows stand in an index in the order of the answer, so that a page costs the same
// however many bags there are. `(x, y) < ($n, $m)` is a range in that index on both databases.
macro_rules! newest {
    ($kind:literal, $area:literal) => {
        concat!(
            "select code, kind, area, children, status, closed_at, created_at, created_by, import_id from bags
            where kind = ",
            $kind,
            $area,
            " and (created_at, code) < ($1, $2) order by created_at desc, code desc limit $3"
        )
    };
}
macro_rules! page {
    ($area:literal) => {
        [
            concat!(columns!(), newest!("'parent'", $area), joins!()),
            concat!(columns!(), newest!("'child'", $area), joins!()),
            concat!(
                columns!(),
                "select * from (select * from (",
                newest!("'parent'", $area),
                ") x union all select * from (",
                newest!("'child'", $area),
                ") y) z order by created_at desc, code desc limit $3",
                joins!()
            ),
        ]
    };
}
/// For parents, children and both; everywhere, and in one area.
const BY_AGE: [&str; 3] = page!("");
const BY_AREA: [&str; 3] = page!(" and area = $4");
const BY_CODE: &str = concat!(
    columns!(),
    "select code, kind, area, children, status, closed_at, created_at, created_by, import_id from bags
        where code >= $1 and code < $2 and code > $3 and ($4 = '' or kind = $4) and ($5 = '' or area = $5)
        order by code limit $6",
    ") b
        left join links l on l.child = b.code
        left join accounts a on a.id = b.created_by
        left join bill_parents p on p.parent = b.code
        left join bills i on i.key = p.bill
        order by b.code"
);

/// One page: up to `limit` bags after `cursor`, newest first; by code where codes are searched.
/// Ask for one more than is shown to know whether there is a next page.
pub async fn list(
    conn: Conn<'_>,
    filter: &BagFilter,
    scope: &Scope,
    cursor: Option<&Cursor>,
    limit: u32,
) -> Result<Vec<BagLine>, StoreError> {
    let area = match scope {
        Scope::All => filter.area.clone(),
        Scope::Area(own) if filter.area.as_ref().is_none_or(|asked| asked == own) => Some(own.clone()),
        Scope::Area(_) | Scope::Nothing => return Ok(Vec::new()),
    };
    let area = area.as_ref().map(Area::as_str);
    match &filter.begins_with {
        Some(beginning) => by_code(conn, beginning, (filter.kind, area), cursor, limit).await,
        None => by_age(conn, filter.kind, area, cursor, limit).await,
    }
}

async fn by_age(
    mut conn: Conn<'_>,
    kind: Option<BagKind>,
    area: Option<&str>,
    cursor: Option<&Cursor>,
    limit: u32,
) -> Result<Vec<BagLine>, StoreError> {
    let (at, code) = cursor.map_or((i64::MAX, ""), |cursor| (cursor.created_at.0, cursor.code.as_str()));
    let which = match kind {
        Some(BagKind::Parent) => 0,
        Some(BagKind::Child) => 1,
        None => 2,
    };
    let text = if area.is_some() { BY_AREA[which] } else { BY_AGE[which] };
    let rows: Vec<BagLineRow> = on!(conn, c => {
        let query = sqlx::query_as(text).bind(at).bind(code).bind(i64::from(limit));
        let query = if let Some(area) = area { query.bind(area) } else { query };
        query.fetch_all(&mut **c).await?
    });
    rows.into_iter().map(BagLineRow::into_line).collect()
}

async fn by_code(
    mut conn: Conn<'_>,
    beginning: &str,
    (kind, area): (Option<BagKind>, Option<&str>),
    cursor: Option<&Cursor>,
    limit: u32,
) -> Result<Vec<BagLine>, StoreError> {
    // The highest sign of a code is `~`; DEL sorts behind every code that begins so.
    let end = format!("{beginning}\u{7f}");
    let after = cursor.map_or("", |cursor| cursor.code.as_str());
    let rows: Vec<BagLineRow> = on!(conn, c => sqlx::query_as(BY_CODE)
        .bind(beginning).bind(&end).bind(after)
        .bind(kind.map_or("", BagKind::name)).bind(area.unwrap_or_default())
        .bind(i64::from(limit)).fetch_all(&mut **c).await?);
    rows.into_iter().map(BagLineRow::into_line).collect()
}

/// The children of a parent, newest link first, after a cursor.
pub async fn page_of_children(
    mut conn: Conn<'_>,
    parent: &Code,
    cursor: Option<&Cursor>,
    limit: u32,
) -> Result<Vec<BagLine>, StoreError> {
    const CHILDREN: &str =
        "select b.code, b.kind, b.area, b.children, b.status, b.closed_at, b.created_at, b.import_id,
            l.parent, l.linked_at, a.username as created_by, w.username as linked_by, cast(null as text) as bill
        from links l
        join bags b on b.code = l.child
        left join accounts a on a.id = b.created_by
        left join accounts w on w.id = l.linked_by
        where l.parent = $1 and (l.linked_at, l.child) < ($2, $3)
        order by l.linked_at desc, l.child desc limit $4";
    let (at, code) = cursor.map_or((i64::MAX, ""), |cursor| (cursor.created_at.0, cursor.code.as_str()));
    let rows: Vec<BagLineRow> = on!(conn, c => sqlx::query_as(CHILDREN)
        .bind(parent.as_str()).bind(at).bind(code).bind(i64::from(limit)).fetch_all(&mut **c).await?);
    rows.into_iter().map(BagLineRow::into_line).collect()
}
