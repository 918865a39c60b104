//! Proofs: that an entry is in the tree, and that an older tree is the beginning of the present one.

use base_db::{Conn, Db, StoreError};
use base_proof::check::{self, Parts};
use base_proof::note::Checkpoint;
use base_proof::salts::LeafSalts;
use base_proof::tiles::{Tiles, WIDTH};
use base_proof::tree::{Hash, consistency, inclusion};

use super::row;
use super::tree::{LeafTileRow, count, load, stored};

/// A signed checkpoint that is stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptCheckpoint {
    /// When it was signed, in microseconds.
    pub at: i64,
    /// Its leaves.
    pub size: i64,
    /// Its text.
    pub note: String,
}

/// Why there is no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproved {
    /// No entry has this number.
    Nothing,
    /// It is not yet under a checkpoint.
    NotYet,
    /// It was removed after its time.
    Gone,
}

/// The newest checkpoint.
pub async fn newest(db: &Db) -> Result<Option<KeptCheckpoint>, StoreError> {
    const NEWEST: &str = "select at, size, note from audit_checkpoints order by size desc, hour desc limit 1";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(NEWEST).fetch_optional(&mut **c).await?))
}

/// The proof that an entry is under the newest checkpoint, as the text of a file.
pub async fn entry(db: &Db, seq: i64) -> Result<Result<String, Unproved>, StoreError> {
    const WITH: &str = "select tile, first_at, last_at, seqs, salts from audit_leaves
        where last_seq >= $1 and first_seq <= $1 order by last_seq, tile";
    let newest = newest(db).await?;
    let mut snapshot = db.snapshot().await?;
    let rows: Vec<LeafTileRow> = on!(snapshot.conn(), c => sqlx::query_as(WITH).bind(seq).fetch_all(&mut **c).await?);
    let fields = row::listed(snapshot.conn(), &[seq]).await?.pop();
    for row in rows {
        let tile = row.read()?;
        let Some(at) = tile.seqs.iter().position(|leaf| *leaf == seq) else { continue };
        let index = tile.index * WIDTH + at as u64;
        let Some(newest) = newest.filter(|newest| count(newest.size) > index) else { break };
        let (Some(LeafSalts::Kept(known)), Some(fields)) = (tile.salts.leaf(at), &fields) else {
            return Ok(Err(Unproved::Gone));
        };
        let spans = inclusion(index, count(newest.size));
        let tiles = load(snapshot.conn(), Tiles::needed(&spans)).await?;
        let path = hashes(&tiles, &spans)?;
        let parts = Parts { fields, known: &known, index, path: &path, checkpoint: &newest.note };
        return Ok(Ok(check::write(&parts)));
    }
    Ok(Err(if fields.is_some() { Unproved::NotYet } else { Unproved::Nothing }))
}

fn hashes(tiles: &Tiles, spans: &[base_proof::tree::Span]) -> Result<Vec<Hash>, StoreError> {
    let missing = || StoreError::Unreadable { what: "tree over the trail", value: "a hash is missing".into() };
    tiles.hashes(spans).ok_or_else(missing)
}

/// The proof that the tree of `old` leaves is the beginning of that of a checkpoint.
pub async fn extension(db: &Db, old: u64, newest: &Checkpoint) -> Result<Vec<Hash>, StoreError> {
    let spans = consistency(old, newest.size);
    let mut reader = db.read().await?;
    let tiles = load(reader.conn(), Tiles::needed(&spans)).await?;
    hashes(&tiles, &spans)
}

/// Most waiting entries that are counted.
pub const WAITING_MAX: u64 = 1_000;

/// How many entries are not yet under a checkpoint, up to one more than [`WAITING_MAX`], and the time of the oldest of them.
pub async fn waiting(db: &Db) -> Result<(u64, Option<i64>), StoreError> {
    const WAITING: &str = "select count(*), min(at) from (select at from audit
        where seq > (select seen from audit_tree where id = 1) order by seq limit $1) x";
    let mut reader = db.read().await?;
    let (n, at): (i64, Option<i64>) =
        on!(reader.conn(), c => sqlx::query_as(WAITING).bind(stored(WAITING_MAX + 1)).fetch_one(&mut **c).await?);
    Ok((count(n), at))
}

/// Removes what another key has signed. The tree stays: the next checkpoint is over all of it.
pub async fn forget_checkpoints(mut conn: Conn<'_>) -> Result<(), StoreError> {
    execute!(conn, "delete from audit_checkpoints");
    Ok(())
}
