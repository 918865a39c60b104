//! Forgetting: the salts of what is masked go, their commitments stay, so that every proof stays good.
//!
//! Invariant: whoever changes or removes what is part of a leaf calls [`begin`] first in that transaction, and forgets the
//! salts before the fields change.

use std::collections::BTreeMap;

use base_core::account::AccountId;
use base_core::audit::Origin;
use base_db::{Conn, StoreError};
use base_proof::leaf::{Fields, Part};
use base_proof::salts::{Known, LeafSalts, Salts};

use super::grow::{LeafTile, LeafTileRow, put_leaves};
use super::row;

/// Entries of a person that are looked at together.
const AT_ONCE: i64 = 4_096;

/// The origin of entries of a person who was masked: no address.
pub fn nowhere() -> Origin {
    Origin { agent: "removed person".into(), ..Origin::default() }
}

/// Announces a change of what is part of leaves: nobody gives leaves to entries until it is committed.
pub async fn begin(mut conn: Conn<'_>) -> Result<(), StoreError> {
    execute!(conn, "update audit_tree set changes = changes + 1 where id = 1");
    Ok(())
}

/// Forgets what the entries about an account say of it and from where its person did what they did. The fields are to be
/// masked after this, in the same transaction.
pub async fn person(mut conn: Conn<'_>, account: AccountId, name: &str) -> Result<(), StoreError> {
    begin(conn.reborrow()).await?;
    let mut after = i64::MIN;
    loop {
        let entries = row::about_account(conn.reborrow(), name, after, AT_ONCE).await?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        hide(conn.reborrow(), &entries, &[Part::Entity, Part::Values]).await?;
    }
    after = i64::MIN;
    loop {
        let entries = row::of_actor(conn.reborrow(), account, after, AT_ONCE).await?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        hide(conn.reborrow(), &entries, &[Part::Origin]).await?;
    }
    Ok(())
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
