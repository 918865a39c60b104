//! Links: which child is in which parent.

use bags_rules::bag::Link;
use bags_rules::code::Code;
use bags_rules::loaded::Loaded;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, StoreError};
use uuid::Uuid;

static OF_CHILDREN: Batch =
    Batch::list("select child, parent, linked_at, linked_by, scan_id from links where child in (", ")");
static OF_PARENTS: Batch =
    Batch::list("select child, parent, linked_at, linked_by, scan_id from links where parent in (", ")");
static PUT: Batch = Batch::rows(
    "with r (child, parent, linked_at, linked_by, scan_id, import_id) as (values ",
    6,
    ") insert into links (child, parent, linked_at, linked_by, scan_id, import_id)
     select child, parent, linked_at, linked_by, scan_id, import_id from r where child is not null
     on conflict (child) do nothing",
);
static MOVE: Batch = Batch::rows(
    "with r (child, parent, linked_at, linked_by, scan_id, import_id) as (values ",
    6,
    ") update links set parent = r.parent, linked_at = r.linked_at, linked_by = r.linked_by, scan_id = r.scan_id,
     import_id = r.import_id from r where links.child = r.child",
);
static CUT: Batch = Batch::list("delete from links where child in (", ")");

#[derive(sqlx::FromRow)]
struct LinkRow {
    child: String,
    parent: String,
    linked_at: i64,
    linked_by: Option<i64>,
    scan_id: Option<String>,
}

impl LinkRow {
    fn into_link(self) -> (Code, Link) {
        let link = Link {
            parent: Code::stored(&self.parent),
            linked_at: Moment(self.linked_at),
            linked_by: self.linked_by,
            scan_id: self.scan_id.and_then(|id| Uuid::parse_str(&id).ok()),
        };
        (Code::stored(&self.child), link)
    }
}

/// The links of these children.
pub async fn of_children(mut conn: Conn<'_>, children: &[&str]) -> Result<Vec<(Code, Link)>, StoreError> {
    let rows = select_in!(conn, OF_CHILDREN, LinkRow, children);
    Ok(rows.into_iter().map(LinkRow::into_link).collect())
}

/// Every link of these parents.
pub async fn of_parents(mut conn: Conn<'_>, parents: &[&str]) -> Result<Vec<(Code, Link)>, StoreError> {
    let rows = select_in!(conn, OF_PARENTS, LinkRow, parents);
    Ok(rows.into_iter().map(LinkRow::into_link).collect())
}

/// Collects every loaded link that changed, apart from those that were removed.
pub fn gather<'f>(loaded: &'f Loaded, import_id: Option<&'f str>, writes: &mut Writes<'f>) {
    let (mut put, mut moved) = (Vec::new(), Vec::new());
    for (child, row) in loaded.links() {
        match (&row.was, &row.now) {
            (None, Some(link)) => put.push((child.as_str(), link)),
            (Some(was), Some(now)) if was != now => moved.push((child.as_str(), now)),
            _ => {}
        }
    }
    // Sorted, so that two nodes with the same keys wait for each other instead of deadlocking.
    put.sort_unstable_by_key(|(child, _)| *child);
    moved.sort_unstable_by_key(|(child, _)| *child);
    for (batch, rows) in [(&PUT, put), (&MOVE, moved)] {
        writes.add(batch, rows, |(child, link)| {
            [
                child.into(),
                link.parent.as_str().into(),
                link.linked_at.0.into(),
                link.linked_by.into(),
                link.scan_id.map(|id| id.to_string()).into(),
                import_id.into(),
            ]
        });
    }
}

/// Deletes the links that were removed.
pub async fn cut(mut conn: Conn<'_>, loaded: &Loaded) -> Result<(), StoreError> {
    let gone = loaded.links().filter(|(_, row)| row.was.is_some() && row.now.is_none());
    let mut children: Vec<&str> = gone.map(|(child, _)| child.as_str()).collect();
    children.sort_unstable();
    execute_in!(conn, CUT, &children);
    Ok(())
}
