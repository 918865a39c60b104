//! What an import made and changed: what there is to take back.

use bags_rules::bag::Bag;
use bags_rules::bill::{BillKey, BillStatus};
use bags_rules::code::Code;
use bags_rules::intent::Restore;
use bags_rules::loaded::Loaded;
use bags_rules::mark::Mark;
use base_core::area::Area;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::{Conn, StoreError};
use serde::{Deserialize, Serialize};

static NOTE: Batch = Batch::rows(
    "with r (import_id, what, name, was) as (values ",
    4,
    ") insert into import_changes (import_id, what, name, was)
     select import_id, what, name, was from r where import_id is not null
     on conflict (import_id, what, name) do nothing",
);
static AS_CODE: Batch = Batch::list("select code, max(at) from scans where code in (", ") group by code");
static AS_PARENT: Batch =
    Batch::list("select parent, max(at) from scans where parent is not null and parent in (", ") group by parent");
static OF_IMPORT: Batch =
    Batch::list("select child, import_id from links where import_id is not null and child in (", ")");
static ON_BILL: Batch =
    Batch::list("select parent, import_id from bill_parents where import_id is not null and parent in (", ")");

/// One kind of thing that an import makes, in the order in which it is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Parents on bills.
    BillLinks,
    /// Children in parents.
    Links,
    /// Changes of bags and bills that were there before.
    Changes,
    /// Bills.
    Bills,
    /// Children.
    Children,
    /// Parents.
    Parents,
}

impl Made {
    /// In the order of taking back: nothing is removed that something else still hangs on.
    pub const ALL: [Self; 6] =
        [Self::BillLinks, Self::Links, Self::Changes, Self::Bills, Self::Children, Self::Parents];
}

/// Some of what was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MadePage {
    /// The child, parent or bill; with the parent or bill that it was put into; and whether it was changed by hand.
    pub things: Vec<(String, Option<String>, bool)>,
    /// Only for [`Made::Changes`].
    pub changes: Vec<Restore>,
    /// Where the next page begins; `None` when there is none.
    pub next: Option<String>,
}

/// What was of a bag or a bill.
#[derive(Serialize, Deserialize)]
struct Was {
    area: Option<String>,
    closed_at: Option<i64>,
    closed_by: Option<i64>,
    children: u32,
}

impl Was {
    fn of(bag: &Bag) -> Self {
        Self {
            area: bag.area.as_ref().map(ToString::to_string),
            closed_at: bag.closed.map(|closed| closed.at.0),
            closed_by: bag.closed.and_then(|closed| closed.by),
            children: bag.children,
        }
    }

    fn text(&self) -> String {
        serde_json::to_string(self).expect("plain numbers and texts")
    }

    fn read(text: &str) -> Result<Self, StoreError> {
        serde_json::from_str(text).map_err(|_| StoreError::Unreadable { what: "part of an import", value: text.into() })
    }
}

/// Notes what bags and bills in the loaded rows were, where more than their counts has changed.
pub async fn note_changes(mut conn: Conn<'_>, loaded: &Loaded, import_id: &str) -> Result<(), StoreError> {
    let mut changes: Vec<(&'static str, &str, String)> = Vec::new();
    for (code, row) in loaded.bags() {
        let (Some(was), Some(now)) = (&row.was, &row.now) else { continue };
        if was.area != now.area || was.closed != now.closed {
            changes.push(("bag", code.as_str(), Was::of(was).text()));
        }
    }
    for (key, row) in loaded.bills() {
        let (Some(was), Some(now)) = (&row.was, &row.now) else { continue };
        if was.status == BillStatus::New && now.status != BillStatus::New {
            changes.push(("bill", key.as_str(), "{}".into()));
        }
    }
    changes.sort_unstable();
    let _written = execute_rows!(conn, NOTE, &changes, |row| [
        import_id => &str,
        row.0 => &str,
        row.1 => &str,
        row.2.as_str() => &str,
    ]);
    Ok(())
}

/// A page of what an import made, after one of its names.
pub async fn made_after(
    mut conn: Conn<'_>,
    import_id: &str,
    made: Made,
    after: &str,
    limit: u32,
) -> Result<MadePage, StoreError> {
    const BILL_LINKS: &str = "select p.parent, i.bill as other, 0 as touched
        from bill_parents p join bills i on i.key = p.bill
        where p.import_id = $1 and p.parent > $2 order by p.parent limit $3";
    const LINKS: &str = "select child, parent as other, 0 as touched from links
        where import_id = $1 and child > $2 order by child limit $3";
    const BILLS: &str = "select key, bill as other,
            case when edited_at is not null or status <> 'new' or parents > 0 then 1 else 0 end as touched
        from bills where import_id = $1 and key > $2 order by key limit $3";
    const CHILDREN: &str = "select code, null as other, 0 as touched from bags
        where import_id = $1 and code > $2 and kind = 'child' order by code limit $3";
    const PARENTS: &str = "select code, null as other, 0 as touched from bags
        where import_id = $1 and code > $2 and kind = 'parent' order by code limit $3";
    let statement = match made {
        Made::BillLinks => BILL_LINKS,
        Made::Links => LINKS,
        Made::Bills => BILLS,
        Made::Children => CHILDREN,
        Made::Parents => PARENTS,
        Made::Changes => return changes_after(conn, import_id, after, limit).await,
    };
    let rows: Vec<(String, Option<String>, i32)> = on!(conn, c => sqlx::query_as(statement)
        .bind(import_id).bind(after).bind(i64::from(limit)).fetch_all(&mut **c).await?);
    let is_full = rows.len() == limit as usize;
    let next = rows.last().filter(|_| is_full).map(|row| row.0.clone());
    let things = rows.into_iter().map(|(name, other, touched)| (name, other, touched == 1)).collect();
    Ok(MadePage { things, changes: Vec::new(), next })
}

async fn changes_after(mut conn: Conn<'_>, import_id: &str, after: &str, limit: u32) -> Result<MadePage, StoreError> {
    const CHANGES: &str = "select what, name, was from import_changes
        where import_id = $1 and (what, name) > ($2, $3) order by what, name limit $4";
    let (what, name) = after.split_once(' ').unwrap_or_default();
    let rows: Vec<(String, String, String)> = on!(conn, c => sqlx::query_as(CHANGES)
        .bind(import_id).bind(what).bind(name).bind(i64::from(limit)).fetch_all(&mut **c).await?);
    let is_full = rows.len() == limit as usize;
    let next = rows.last().filter(|_| is_full).map(|row| format!("{} {}", row.0, row.1));
    let mut changes = Vec::with_capacity(rows.len());
    for (what, name, was) in rows {
        if what == "bill" {
            changes.push(Restore::Bill(BillKey::stored(&name)));
            continue;
        }
        let was = Was::read(&was)?;
        changes.push(Restore::Bag {
            code: Code::stored(&name),
            area: was.area.as_deref().map(Area::new),
            closed: was.closed_at.map(|at| Mark { at: Moment(at), by: was.closed_by }),
            children: was.children,
        });
    }
    Ok(MadePage { things: Vec::new(), changes, next })
}

/// Which of these children are linked, or of these parents on a bill, by this very import. Read while their bags are
/// locked, so that it stays so.
pub async fn still_linked(
    mut conn: Conn<'_>,
    import_id: &str,
    made: Made,
    names: &[&str],
) -> Result<Vec<String>, StoreError> {
    let batch = if made == Made::BillLinks { &ON_BILL } else { &OF_IMPORT };
    let rows = select_in!(conn, batch, (String, String), names);
    Ok(rows.into_iter().filter(|(_, by)| by == import_id).map(|(name, _)| name).collect())
}

/// Which of these bags were named in a scan at or after a moment.
pub async fn scanned_since(mut conn: Conn<'_>, codes: &[&str], since: Moment) -> Result<Vec<String>, StoreError> {
    let mut found = select_in!(conn, AS_CODE, (String, i64), codes);
    found.extend(select_in!(conn, AS_PARENT, (String, i64), codes));
    Ok(found.into_iter().filter(|(_, at)| *at >= since.0).map(|(code, _)| code).collect())
}
