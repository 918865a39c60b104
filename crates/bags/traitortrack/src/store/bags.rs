//! Writing bags, each still empty and free: its links follow later.

use std::collections::HashMap;

use bags_rules::bag::BagKind;
use bags_rules::counter::{Counter, Deltas};
use bags_store::{counter, search};
use base_core::area::Area;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, StoreError};

use super::import::{Brought, Import, SHARD, count};
use crate::rules;
use crate::rules::{EarlierBag, Finding, KeptBag};

static PRESENT: Batch = Batch::list("select code, kind, import_id from bags where code in (", ")");
static INSERT: Batch = Batch::rows(
    "with r (code, kind, name, area, legacy, created_at, created_by, updated_at, import_id) as (values ",
    9,
    ") insert into bags (code, kind, name, area, legacy, children, status, created_at, created_by, updated_at, import_id)
     select code, kind, name, area, legacy, 0, 'pending', created_at, created_by, updated_at, import_id
     from r where code is not null on conflict (code) do nothing",
);

/// The bag that has a code already: its kind, and the import it came with.
type Holder = (String, Option<String>);

pub(super) async fn bring(mut conn: Conn<'_>, import: &Import<'_>, rows: &[EarlierBag]) -> Result<Brought, StoreError> {
    let mut brought = Brought::default();
    let mut kept: Vec<KeptBag> = Vec::with_capacity(rows.len());
    for row in rows {
        let (bag, findings) = rules::bag(row, &import.site);
        if bag.is_none() {
            brought.left_out += 1;
            brought.left_out_ids.push(row.id);
        }
        brought.findings.extend(findings);
        kept.extend(bag);
    }
    let codes: Vec<&str> = kept.iter().map(|bag| bag.code.as_str()).collect();
    let present: Vec<(String, String, Option<String>)> =
        select_in!(conn, PRESENT, (String, String, Option<String>), &codes);
    let mut holders: HashMap<String, Holder> =
        present.into_iter().map(|(code, kind, from)| (code, (kind, from))).collect();
    let mut new: Vec<&KeptBag> = Vec::with_capacity(kept.len());
    for bag in &kept {
        if let Some(holder) = holders.get(bag.code.as_str()) {
            brought.known += 1;
            brought.findings.push(meeting(bag, holder, &import.source));
            continue;
        }
        holders.insert(bag.code.to_string(), (bag.kind.name().to_owned(), Some(import.source.clone())));
        new.push(bag);
    }
    brought.brought = count(new.len());
    write(conn, import, &mut new).await?;
    Ok(brought)
}

/// The finding about a bag whose code is there already.
fn meeting(bag: &KeptBag, (kind, from): &Holder, source: &str) -> Finding {
    let code = bag.code.as_str();
    if from.as_deref() != Some(source) {
        return Finding::new(
            "bag",
            bag.earlier_id,
            code,
            "already_here",
            format!("not changed: {code} was here before, a {kind}"),
        );
    }
    let done = if bag.kind.name() == kind {
        format!("kept as one bag with {code}, which differs by case alone")
    } else {
        format!("kept as one bag with {code}, which is a {kind} and differs by case alone")
    };
    Finding::new("bag", bag.earlier_id, code, "code_twice", done)
}

async fn write(mut conn: Conn<'_>, import: &Import<'_>, new: &mut [&KeptBag]) -> Result<(), StoreError> {
    new.sort_unstable_by(|one, two| (two.kind.name(), &one.code).cmp(&(one.kind.name(), &two.code)));
    let written = execute_rows!(conn, INSERT, &*new, |bag| [
        bag.code.as_str() => &str,
        bag.kind.name() => &str,
        bag.name.as_deref() => &str,
        bag.area.as_ref().map(Area::as_str) => &str,
        bag.legacy => &str,
        bag.created_at.0 => i64,
        import.account(bag.created_by) => i64,
        bag.updated_at.0 => i64,
        import.source.as_str() => &str,
    ]);
    if written != count(new.len()) {
        return Err(StoreError::Conflict);
    }
    let mut deltas = Deltas::default();
    for bag in new.iter() {
        let counter = if bag.kind == BagKind::Child { Counter::Children } else { Counter::ParentsPending };
        deltas.add(counter, bag.area.clone(), Moment(0), 1);
    }
    let mut writes = Writes::default();
    search::gather("bag", new.iter().map(|bag| bag.code.as_str()), &mut writes);
    counter::gather(&deltas, SHARD, &mut writes);
    writes.run(conn).await
}
