//! Bags: what the desk loads and writes, and what people look up.

use bags_rules::bag::{Bag, Link};
use bags_rules::bill::{BillKey, OnBill};
use bags_rules::code::Code;
use bags_rules::loaded::Loaded;
use bags_rules::mark::Mark;
use base_core::area::{Area, Scope};
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::packed::Fields;
use base_db::writes::Writes;
use base_db::{Conn, StoreError};
use uuid::Uuid;

pub(crate) use self::stored::{read_kind, read_status};
use crate::search;

mod cursor;
mod filter;
mod line;
mod list;
mod name;
mod stored;
mod walk;
pub use cursor::Cursor;
pub(crate) use filter::NothingToSee;
pub use filter::{BagFilter, InArea, ScannedBy, Sort};
pub use line::{BagLine, page_of_children};
pub use list::{Count, Page, count, list, plans};
pub use name::{give_name, name_of};

const LOAD: &str = concat!(
    "select coalesce(string_agg(line, ''), '') from (select ",
    packed!(
        "b.code",
        "b.kind",
        "b.area",
        "b.children",
        "b.status",
        "b.closed_at",
        "b.closed_by",
        "b.placed",
        "p.bill",
        "l.parent",
        "coalesce(p.linked_at, l.linked_at)",
        "coalesce(p.linked_by, l.linked_by)",
        "coalesce(p.scan_id, l.scan_id)",
    ),
    " as line
     from bags b
     left join bill_parents p on p.parent = b.code
     left join links l on l.child = b.code
     where b.code in ("
);
static LOOK: Batch = Batch::list(LOAD, ")").ending(") x");
// Parents before children, each by code: the lock order everywhere.
static LOCK: Batch = Batch::list(LOAD, ") order by b.kind desc, b.code").locking(" of b").ending(") x");
static CREATE: Batch = Batch::rows(
    "with r (code, kind, area, children, status, closed_at, closed_by, placed, created_at, created_by, import_id)
        as (values ",
    11,
    ") insert into bags (code, kind, area, children, status, closed_at, closed_by, placed, created_at, created_by,
        updated_at, import_id)
     select code, kind, area, children, status, closed_at, closed_by, placed, created_at, created_by, created_at,
        import_id
     from r
     where code is not null on conflict (code) do nothing",
);
static UPDATE: Batch = Batch::rows(
    "with r (code, area, children, status, closed_at, closed_by, placed, updated_at) as (values ",
    8,
    ") update bags set area = r.area, children = r.children, status = r.status, closed_at = r.closed_at,
     closed_by = r.closed_by, placed = r.placed, updated_at = r.updated_at from r where bags.code = r.code",
);
static DELETE: Batch = Batch::list("delete from bags where code in (", ")");
const FOLLOW_PARENT: &str = "update bags set area = $1, updated_at = $2
    where code in (select child from links where parent = $3)";

/// Reads the packed rows of [`LOAD`].
fn unpack(text: &str) -> Result<Vec<(Bag, Option<Link>)>, StoreError> {
    let (mut fields, mut found) = (Fields::of(text), Vec::new());
    while !fields.is_empty() {
        let mut bag = Bag {
            code: Code::stored(fields.some_text()?),
            kind: read_kind(fields.some_text()?)?,
            area: fields.text()?.map(Area::new),
            children: u32::try_from(fields.some_int()?).unwrap_or_default(),
            status: read_status(fields.some_text()?)?,
            closed: None,
            created: None,
            on_bill: None,
            placed: false,
        };
        let (closed_at, closed_by) = (fields.int()?, fields.int()?);
        bag.closed = closed_at.map(|at| Mark { at: Moment(at), by: closed_by });
        bag.placed = fields.some_int()? == 1;
        let (bill, parent) = (fields.text()?.map(BillKey::stored), fields.text()?.map(Code::stored));
        let (linked_at, linked_by) = (Moment(fields.int()?.unwrap_or_default()), fields.int()?);
        let scan_id = fields.text()?.and_then(|id| Uuid::parse_str(id).ok());
        bag.on_bill = bill.map(|bill| OnBill { bill, linked_at, linked_by, scan_id });
        found.push((bag, parent.map(|parent| Link { parent, linked_at, linked_by, scan_id })));
    }
    Ok(found)
}

/// The bags with these codes, locked until the transaction ends, with the bill each parent is on and the link each
/// child has. Where rows are locked one by one, a link may have changed while we waited: read it again.
pub async fn lock(mut conn: Conn<'_>, codes: &[&str]) -> Result<Vec<(Bag, Option<Link>)>, StoreError> {
    let rows = select_in!(conn, LOCK, (String,), codes);
    let found = rows.iter().map(|(text,)| unpack(text)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// The same for reading only: nothing is locked.
pub async fn look(mut conn: Conn<'_>, codes: &[&str]) -> Result<Vec<(Bag, Option<Link>)>, StoreError> {
    let rows = select_in!(conn, LOOK, (String,), codes);
    let found = rows.iter().map(|(text,)| unpack(text)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// One bag within a scope; `None` when there is none, or none that may be seen.
pub async fn find(mut conn: Conn<'_>, code: &Code, scope: &Scope) -> Result<Option<BagLine>, StoreError> {
    let line = line::find(conn.reborrow(), code).await?;
    Ok(line.filter(|line| scope.covers(line.area.as_ref())))
}

/// Collects every loaded bag that changed.
pub fn gather<'f>(loaded: &'f Loaded, at: Moment, import_id: Option<&'f str>, writes: &mut Writes<'f>) {
    let (mut create, mut update) = (Vec::new(), Vec::new());
    for (_, row) in loaded.bags() {
        match (&row.was, &row.now) {
            (None, Some(bag)) => create.push(bag),
            (Some(was), Some(now)) if was != now => update.push(now),
            _ => {}
        }
    }
    create.sort_unstable_by(|one, two| (two.kind.name(), &one.code).cmp(&(one.kind.name(), &two.code)));
    update.sort_unstable_by(|one, two| one.code.cmp(&two.code));
    search::gather("bag", create.iter().map(|bag| bag.code.as_str()), writes);
    writes.add(&CREATE, create, |bag| {
        [
            bag.code.as_str().into(),
            bag.kind.name().into(),
            bag.area.as_ref().map(Area::as_str).into(),
            i64::from(bag.children).into(),
            bag.status.name().into(),
            bag.closed.map(|closed| closed.at.0).into(),
            bag.closed.and_then(|closed| closed.by).into(),
            i64::from(bag.placed).into(),
            bag.created.map_or(at, |created| created.at).0.into(),
            bag.created.and_then(|created| created.by).into(),
            import_id.into(),
        ]
    });
    writes.add(&UPDATE, update, |bag| {
        [
            bag.code.as_str().into(),
            bag.area.as_ref().map(Area::as_str).into(),
            i64::from(bag.children).into(),
            bag.status.name().into(),
            bag.closed.map(|closed| closed.at.0).into(),
            bag.closed.and_then(|closed| closed.by).into(),
            i64::from(bag.placed).into(),
            at.0.into(),
        ]
    });
}

/// Moves children that were not loaded into the new area of their parent.
pub async fn follow_parents(mut conn: Conn<'_>, loaded: &Loaded, at: Moment) -> Result<(), StoreError> {
    for (parent, area) in loaded.taken_areas() {
        execute!(conn, FOLLOW_PARENT, area.as_str(), at.0, parent.as_str());
    }
    Ok(())
}

/// Deletes the bags that were removed. Called after their links are deleted.
pub async fn delete(mut conn: Conn<'_>, loaded: &Loaded) -> Result<(), StoreError> {
    let gone = loaded.bags().filter(|(_, row)| row.was.is_some() && row.now.is_none());
    let mut codes: Vec<&str> = gone.map(|(code, _)| code.as_str()).collect();
    codes.sort_unstable();
    execute_in!(conn, DELETE, &codes);
    search::withdraw(conn.reborrow(), "bag", &codes).await
}
