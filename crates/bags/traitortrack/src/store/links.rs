//! Writing links, with the changes to their parents, their children and the bills of their parents.

use std::collections::BTreeSet;

use bags_rules::bag::{BagKind, BagStatus};
use bags_rules::code::Code;
use bags_store::{bill, counter, link};
use base_core::area::Area;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, StoreError};
use uuid::Uuid;

use super::bills;
use super::import::{Brought, Import, SHARD};
use super::rows::LinkRow;
use crate::rules::{EarlierLink, KnownBag, KnownLink, LoadedLinks, scan_id};

static SHELF: Batch = Batch::list(
    "select b.code, b.kind, b.area, b.children, b.legacy, b.import_id, l.parent, l.linked_at, l.linked_by, l.scan_id,
        l.import_id as link_import_id
     from bags b left join links l on l.child = b.code where b.code in (",
    ") order by b.kind desc, b.code",
)
.locking(" of b");
static PUT: Batch = Batch::rows(
    "with r (child, parent, linked_at, linked_by, scan_id, import_id) as (values ",
    6,
    ") insert into links (child, parent, linked_at, linked_by, scan_id, import_id)
     select child, parent, linked_at, linked_by, scan_id, import_id from r where child is not null
     on conflict (child) do update set parent = excluded.parent, linked_at = excluded.linked_at,
        linked_by = excluded.linked_by, scan_id = excluded.scan_id, import_id = excluded.import_id",
);
static CHILDREN: Batch = Batch::rows(
    "with r (code, area) as (values ",
    2,
    ") update bags set area = r.area, placed = 1 from r where bags.code = r.code",
);
static PARENTS: Batch = Batch::rows(
    "with r (code, children, status, legacy) as (values ",
    4,
    ") update bags set children = r.children, status = r.status, legacy = r.legacy from r where bags.code = r.code",
);

#[derive(sqlx::FromRow)]
struct ShelfRow {
    code: String,
    kind: String,
    area: Option<String>,
    children: i64,
    legacy: Option<String>,
    import_id: Option<String>,
    parent: Option<String>,
    linked_at: Option<i64>,
    linked_by: Option<i64>,
    scan_id: Option<String>,
    link_import_id: Option<String>,
}

pub(super) async fn bring(mut conn: Conn<'_>, import: &Import<'_>, rows: &[LinkRow]) -> Result<Brought, StoreError> {
    let codes: BTreeSet<Code> =
        rows.iter().flat_map(|row| [&row.parent, &row.child]).flatten().filter_map(|code| Code::kept(code)).collect();
    let mut loaded = load(conn.reborrow(), import, codes).await?;
    let capacity = import.site.rules.capacity;
    let mut brought = Brought::default();
    for row in rows {
        let linked_before =
            row.child.as_deref().and_then(Code::kept).and_then(|child| loaded.links.get(&child)?.1.clone());
        match loaded.place(&earlier_link(import, row), capacity) {
            Ok(finding) => {
                let child = row.child.as_deref().and_then(Code::kept);
                let changed = child.and_then(|child| loaded.links.get(&child)?.1.clone()) != linked_before;
                brought.brought += u64::from(changed);
                brought.replaced += u64::from(changed && linked_before.is_some());
                brought.known += u64::from(!changed);
                brought.findings.extend(finding);
            }
            Err(finding) => {
                brought.leave_out(finding);
            }
        }
    }
    write(conn, import, &loaded).await?;
    Ok(brought)
}

fn earlier_link(import: &Import<'_>, row: &LinkRow) -> EarlierLink {
    let child = row.child.as_deref().and_then(Code::kept);
    EarlierLink {
        id: row.id,
        parent: row.parent.clone(),
        child: row.child.clone(),
        linked_at: row.linked_at,
        linked_by: import.account(row.user_id),
        scan_id: row.scan.zip(child).map(|((scan, at), child)| scan_id(scan, at, &child)),
    }
}

async fn load(mut conn: Conn<'_>, import: &Import<'_>, mut codes: BTreeSet<Code>) -> Result<LoadedLinks, StoreError> {
    let texts: Vec<&str> = codes.iter().map(Code::as_str).collect();
    // A child that is in another parent leaves it, so that parent is needed too.
    let led_to = link::of_children(conn.reborrow(), &texts).await?;
    codes.extend(led_to.into_iter().map(|(_, link)| link.parent));
    let texts: Vec<&str> = codes.iter().map(Code::as_str).collect();
    let ours = |id: &Option<String>| id.as_deref() == Some(import.source.as_str());
    let mut loaded = LoadedLinks::default();
    for row in select_in!(conn, SHELF, ShelfRow, &texts) {
        let kind = BagKind::parse(&row.kind);
        let kind = kind.ok_or_else(|| StoreError::Unreadable { what: "kind of bag", value: row.kind.clone() })?;
        let bag = KnownBag {
            kind,
            area: row.area.as_deref().map(Area::new),
            children: u32::try_from(row.children).unwrap_or_default(),
            came_over: ours(&row.import_id),
            legacy: row.legacy,
        };
        let link = row.parent.as_deref().map(|parent| KnownLink {
            parent: Code::stored(parent),
            linked_at: Moment(row.linked_at.unwrap_or_default()),
            linked_by: row.linked_by,
            scan_id: row.scan_id.as_deref().and_then(|id| Uuid::parse_str(id).ok()),
            came_over: ours(&row.link_import_id),
        });
        loaded.load(Code::stored(&row.code), bag, link);
    }
    Ok(loaded)
}

async fn write(mut conn: Conn<'_>, import: &Import<'_>, loaded: &LoadedLinks) -> Result<(), StoreError> {
    let mut links: Vec<(&Code, &KnownLink)> = Vec::new();
    for (child, (was, now)) in &loaded.links {
        links.extend(now.as_ref().filter(|_| was != now).map(|link| (child, link)));
    }
    links.sort_unstable_by_key(|(child, _)| *child);
    let mut parents: Vec<(&Code, &KnownBag)> = Vec::new();
    for (code, (was, now)) in &loaded.bags {
        if now.kind == BagKind::Parent && was != now {
            parents.push((code, now));
        }
    }
    parents.sort_unstable_by_key(|(code, _)| *code);
    let _written = execute_rows!(conn, PUT, &links, |row| [
        row.0.as_str() => &str,
        row.1.parent.as_str() => &str,
        row.1.linked_at.0 => i64,
        row.1.linked_by => i64,
        row.1.scan_id.map(|id| id.to_string()) => String,
        import.source.as_str() => &str,
    ]);
    let area = |child: &Code| loaded.bags.get(child).and_then(|(_, now)| now.area.as_ref().map(Area::as_str));
    let _placed = execute_rows!(conn, CHILDREN, &links, |row| [
        row.0.as_str() => &str,
        area(row.0) => &str,
    ]);
    let capacity = import.site.rules.capacity;
    let _filled = execute_rows!(conn, PARENTS, &parents, |row| [
        row.0.as_str() => &str,
        i64::from(row.1.children) => i64,
        BagStatus::of(row.1.children, capacity).name() => &str,
        row.1.legacy.as_deref() => &str,
    ]);
    let codes: Vec<&str> = parents.iter().map(|(code, _)| code.as_str()).collect();
    let on = bill::of_parents(conn.reborrow(), &codes).await?;
    let on: BTreeSet<&str> = on.iter().map(|(_, key)| key.as_str()).collect();
    bills::recount(conn.reborrow(), &on.into_iter().collect::<Vec<_>>()).await?;
    let deltas = loaded.deltas(capacity);
    let mut writes = Writes::default();
    counter::gather(&deltas, SHARD, &mut writes);
    writes.run(conn).await
}
