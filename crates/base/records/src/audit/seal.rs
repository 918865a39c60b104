//! The seal: the newest checkpoint. Whoever adds to the tree or removes from it looks first whether the tree that is stored is
//! the one that was signed last, so that nothing is signed that somebody has changed in the database.
//!
//! Invariant: a tree with leaves has a checkpoint over all of them, which is stored in the transaction of the last of them.

use base_core::time::HOUR_US;
use base_db::{Conn, Db, StoreError};
use base_proof::note::{Checkpoint, PublicKey};
use base_proof::tiles::{Tiles, WIDTH};
use base_proof::tree::{inclusion, root_of_inclusion};

use super::tree::{State, Step, load, state, stored};

/// What is stored is not what was signed. It is logged by whoever was asked to add or to remove, and stays until somebody has
/// looked at it: nothing is signed meanwhile.
pub(super) fn broken(value: impl Into<String>) -> StoreError {
    StoreError::Unreadable { what: "seal of the audit trail", value: value.into() }
}

/// The newest checkpoint, which is the largest; its signature is good.
pub(super) async fn newest(mut conn: Conn<'_>, key: &PublicKey) -> Result<Option<Checkpoint>, StoreError> {
    const NEWEST: &str = "select size, note from audit_checkpoints order by size desc, hour desc limit 1";
    let newest: Option<(i64, String)> = on!(conn, c => sqlx::query_as(NEWEST).fetch_optional(&mut **c).await?);
    let Some((size, note)) = newest else { return Ok(None) };
    let signed = key.checkpoint(&note).map_err(|error| broken(format!("the checkpoint of {size} leaves: {error}")))?;
    if stored(signed.size) != size {
        return Err(broken(format!("the checkpoint of {size} leaves is over {}", signed.size)));
    }
    Ok(Some(signed))
}

/// Refuses a tree that is not the one that was signed last. `tiles` are those at its edge, `leaves` how many leaves are
/// stored of the tile that is not full.
pub(super) fn check(
    size: u64,
    newest: Option<&Checkpoint>,
    tiles: &Tiles,
    leaves: Option<usize>,
) -> Result<(), StoreError> {
    let Some(signed) = newest else {
        // Before the very first leaf nothing is signed.
        return if size == 0 { Ok(()) } else { Err(broken(format!("no checkpoint of {size} leaves is stored"))) };
    };
    if signed.size != size {
        return Err(broken(format!("{size} leaves are stored, and {} were signed", signed.size)));
    }
    if leaves.unwrap_or_default() as u64 != size % WIDTH || !tiles.is_edge_of(size) {
        return Err(broken(format!("the last tile does not end at leaf {size}")));
    }
    if tiles.growing(size).map(|tree| tree.root()) != Some(signed.root) {
        return Err(broken(format!("the tree of {size} leaves has another root than what was signed")));
    }
    Ok(())
}

/// Refuses a place up to which entries were looked at where none of them has a leaf: what comes would wait for ever.
pub(super) async fn check_seen(mut conn: Conn<'_>, state: &State) -> Result<(), StoreError> {
    const LAST: &str = "select max(last_seq) from audit_leaves";
    let last: Option<i64> = on!(conn, c => sqlx::query_scalar(LAST).fetch_one(&mut **c).await?);
    let last = last.unwrap_or_default();
    if state.seen > last {
        return Err(broken(format!("entries are said to have leaves up to {}, and the last is {last}", state.seen)));
    }
    Ok(())
}

/// Whether the hashes of a full tile are those that a checkpoint has signed.
pub(super) async fn is_signed(conn: Conn<'_>, signed: &Checkpoint, tile: u64) -> Result<bool, StoreError> {
    let first = tile * WIDTH;
    if first + WIDTH > signed.size {
        return Ok(false);
    }
    // The path of one leaf is computed from all the others of its tile.
    let spans = inclusion(first, signed.size);
    let mut needed = Tiles::needed(&spans);
    needed.insert(base_proof::tiles::TileId { level: 0, index: tile });
    let tiles = load(conn, needed).await?;
    let leaf = tiles.leaves(tile).first().copied();
    let root =
        leaf.zip(tiles.hashes(&spans)).and_then(|(leaf, path)| root_of_inclusion(first, signed.size, leaf, &path));
    Ok(root == Some(signed.root))
}

/// Signs the tree as it is stored, where no checkpoint is: a new key begins with it.
pub async fn begin(db: &Db, step: &Step<'_>) -> Result<(), StoreError> {
    const ANY: &str = "select count(*) from audit_checkpoints";
    let mut tx = db.write().await?;
    let n: i64 = on!(tx.conn(), c => sqlx::query_scalar(ANY).fetch_one(&mut **c).await?);
    let size = state(tx.conn()).await?.size;
    if n > 0 || size == 0 {
        return Ok(());
    }
    let tiles = load(tx.conn(), Tiles::edge(size)).await?;
    let root = tiles.growing(size).map(|tree| tree.root());
    let root = root.ok_or_else(|| broken(format!("a hash of the tree of {size} leaves is missing")))?;
    put(tx.conn(), step, Checkpoint { size, root }).await?;
    tx.commit().await
}

/// Stores a signed checkpoint.
pub(super) async fn put(mut conn: Conn<'_>, step: &Step<'_>, checkpoint: Checkpoint) -> Result<(), StoreError> {
    const PUT: &str = "insert into audit_checkpoints (hour, at, size, note) values ($1, $2, $3, $4)
        on conflict (hour) do update set at = excluded.at, size = excluded.size, note = excluded.note";
    let note = step.signer.checkpoint(&checkpoint);
    let hour = step.now.0.div_euclid(HOUR_US);
    execute!(conn, PUT, hour, step.now.0, stored(checkpoint.size), &note);
    Ok(())
}
