//! Forgetting: the salts of what is masked go, their commitments stay, so that every proof stays good.
//!
//! Invariant: whoever changes or removes what is part of a leaf calls [`begin`] first in that transaction, and forgets the
//! salts before the fields change.

use std::collections::BTreeMap;

use base_core::account::AccountId;
use base_core::audit::{Entry, Origin};
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_proof::leaf::{Fields, Part};
use base_proof::salts::{Known, LeafSalts, Salts};

use serde_json::Value;

use super::row::{self, About};
use super::tree::{LeafTile, LeafTileRow, put_leaves};
use super::{KnownOrigins, OriginId, Record, offer_origins};

/// Entries of a person that are looked at together.
const AT_ONCE: i64 = 4_096;
/// Most names of one account that are looked for.
const NAMES_MAX: usize = 100;

/// The origin of entries of a person who was masked: no address.
pub fn nowhere() -> Origin {
    Origin { agent: "removed person".into(), ..Origin::default() }
}

/// Announces a change of what is part of leaves: nobody gives leaves to entries until it is committed.
pub async fn begin(mut conn: Conn<'_>) -> Result<(), StoreError> {
    execute!(conn, "update audit_tree set changes = changes + 1 where id = 1");
    Ok(())
}

/// Somebody who is to be forgotten.
#[derive(Clone, Copy, Debug)]
pub struct Whom<'w> {
    /// The account.
    pub account: AccountId,
    /// Its realm.
    pub realm: Realm,
    /// What entries about accounts of that realm are about.
    pub entity_type: &'w str,
    /// Its name.
    pub name: &'w str,
    /// When it was made.
    pub since: Moment,
    /// What stands in entries instead of its names.
    pub removed_name: &'w str,
}

/// What was forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// The entries that lost a name and their values, in order: the entry of the removal must name them.
    pub entries: Vec<i64>,
    /// How many lost their address.
    pub without_address: u64,
}

/// Forgets what entries say of an account, under each name that it had, and from where its person did what they did. Entries of
/// another account that has or had one of the names stay.
pub async fn person(mut conn: Conn<'_>, whom: &Whom<'_>) -> Result<Forgotten, StoreError> {
    const NAMED: &str = "update audit set entity = $2, before = null, after = null where seq = $1";
    const COUNTED: &str = "update audit set before = null, after = null where seq = $1";
    const FROM: &str = "update audit set origin_id = $2 where actor_id = $1";
    begin(conn.reborrow()).await?;
    let mut forgotten = Forgotten::default();
    for held in names(conn.reborrow(), whom).await? {
        hide(conn.reborrow(), &held.entries, &[Part::Entity, Part::Values]).await?;
        for entry in &held.entries {
            execute!(conn, NAMED, entry.seq, whom.removed_name);
        }
        let counted = refusals(conn.reborrow(), whom, &held).await?;
        hide(conn.reborrow(), &counted, &[Part::Values]).await?;
        for entry in &counted {
            execute!(conn, COUNTED, entry.seq);
        }
        forgotten.entries.extend(held.entries.iter().chain(&counted).map(|entry| entry.seq));
    }
    forgotten.entries.sort_unstable();
    forgotten.entries.dedup();
    let mut after = i64::MIN;
    loop {
        let entries = row::of_actor(conn.reborrow(), whom.account, after, AT_ONCE).await?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        hide(conn.reborrow(), &entries, &[Part::Origin]).await?;
    }
    let nowhere = nowhere();
    let record = Record { at: whom.since, entry: Entry::new("user_deleted", "account", ""), origin: &nowhere };
    offer_origins(conn.reborrow(), &[record], &KnownOrigins::default()).await?;
    forgotten.without_address = execute!(conn, FROM, whom.account, OriginId::of(&nowhere).bytes());
    Ok(forgotten)
}

/// A name that an account had for a time.
struct Held {
    name: String,
    /// From which entry on, and before which.
    from: i64,
    until: i64,
    /// The entries about the account under this name.
    entries: Vec<Fields>,
}

/// The names that an account had, the last one first, each with the entries about it.
async fn names(mut conn: Conn<'_>, whom: &Whom<'_>) -> Result<Vec<Held>, StoreError> {
    let mut held: Vec<Held> = Vec::new();
    let (mut name, mut until) = (whom.name.to_owned(), i64::MAX);
    while held.len() < NAMES_MAX {
        let mut about =
            About { entity_type: whom.entity_type, entity: &name, since: whom.since.0, from: i64::MIN, until };
        let mut entries: Vec<Fields> = Vec::new();
        loop {
            let more = row::about(conn.reborrow(), &about, AT_ONCE).await?;
            let Some(last) = more.last() else { break };
            about.from = last.seq + 1;
            entries.extend(more);
        }
        // Whoever had the name before is somebody else.
        let begins = entries.iter().rposition(begins_a_name);
        let entries = begins.map_or(entries.as_slice(), |at| &entries[at..]);
        let first = entries.first().filter(|_| begins.is_some());
        let entries =
            if first.is_some_and(|first| ENDS.contains(&first.action.as_str())) { &entries[1..] } else { entries };
        let from = first.map_or(i64::MIN, |first| first.seq);
        let former = first.and_then(|first| renamed_from(first, &name));
        held.push(Held { name, from, until, entries: entries.to_vec() });
        let Some(former) = former else { break };
        (name, until) = (former, from);
    }
    Ok(held)
}

/// Entries that end a name.
const ENDS: [&str; 2] = ["user_deleted", "delete_user"];

/// Whether an entry is the first about its account under this name, or the last about whoever had it before.
fn begins_a_name(entry: &Fields) -> bool {
    let action = entry.action.as_str();
    ["user_created", "CUSTOMER_CREATE"].contains(&action)
        || ENDS.contains(&action)
        || renamed_from(entry, &entry.entity).is_some()
}

/// The name that an account had until an entry that gave it this one.
fn renamed_from(entry: &Fields, name: &str) -> Option<String> {
    let read = |text: &Option<String>| serde_json::from_str::<Value>(text.as_deref()?).ok();
    let (before, after) = (read(&entry.before)?, read(&entry.after)?);
    // The user name of a customer is their e-mail.
    let field = if entry.entity_type == "account" { "username" } else { "email" };
    let former = before.get(field)?.as_str().filter(|former| *former != name)?;
    (after.get(field)?.as_str() == Some(name)).then(|| former.to_owned())
}

/// Entries that count refusals, some of them of an account under a name that it had.
async fn refusals(mut conn: Conn<'_>, whom: &Whom<'_>, held: &Held) -> Result<Vec<Fields>, StoreError> {
    let (from, until) = (held.from, held.until);
    let mut about = About { entity_type: "session", entity: &held.name, since: whom.since.0, from, until };
    let mut found: Vec<Fields> = Vec::new();
    loop {
        let more = row::refusals(conn.reborrow(), whom.realm.name(), &about, AT_ONCE).await?;
        let Some(last) = more.last() else { break };
        about.from = last.seq + 1;
        found.extend(more);
    }
    let names = |entry: &Fields| {
        let after: Option<Value> = entry.after.as_deref().and_then(|after| serde_json::from_str(after).ok());
        after.is_some_and(|after| after.get("accounts").is_some_and(|accounts| accounts.get(&held.name).is_some()))
    };
    found.retain(names);
    Ok(found)
}

/// Replaces the salts of parts by their commitments. `entries` are as they were until now, in the order of their numbers.
async fn hide(mut conn: Conn<'_>, entries: &[Fields], parts: &[Part]) -> Result<(), StoreError> {
    let by_seq: BTreeMap<i64, &Fields> = entries.iter().map(|entry| (entry.seq, entry)).collect();
    let (Some(first), Some(last)) = (by_seq.keys().next(), by_seq.keys().next_back()) else { return Ok(()) };
    for mut tile in tiles_with(conn.reborrow(), *first, *last).await? {
        let mut leaves = tile.salts.listed(0..tile.seqs.len());
        let mut is_changed = false;
        for (seq, leaf) in tile.seqs.iter().zip(&mut leaves) {
            let (Some(entry), LeafSalts::Kept(known)) = (by_seq.get(seq), leaf) else { continue };
            for part in parts {
                is_changed |= forget(&mut known[*part as usize], entry, *part);
            }
        }
        if is_changed {
            tile.salts = Salts::Listed(leaves);
            put_leaves(conn.reborrow(), &tile).await?;
        }
    }
    Ok(())
}

/// Replaces a salt by the commitment. False where it was forgotten before.
pub(super) fn forget(known: &mut Known, entry: &Fields, part: Part) -> bool {
    let Known::Salt(salt) = *known else { return false };
    *known = Known::Commitment(entry.commitment(part, &salt));
    true
}

/// The tiles that hold leaves of entries with these numbers.
async fn tiles_with(mut conn: Conn<'_>, first: i64, last: i64) -> Result<Vec<LeafTile>, StoreError> {
    const WITH: &str = "select tile, first_at, last_at, seqs, salts from audit_leaves
        where last_seq >= $1 and first_seq <= $2 order by tile";
    let rows: Vec<LeafTileRow> = on!(conn, c => sqlx::query_as(WITH).bind(first).bind(last).fetch_all(&mut **c).await?);
    rows.into_iter().map(LeafTileRow::read).collect()
}
