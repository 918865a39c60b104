//! The tree over the trail as the database keeps it: how far it has come, its tiles of hashes and its tiles of leaves.

use base_core::entropy::Entropy;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_proof::leaf::{Fields, Part};
use base_proof::note::Signer;
use base_proof::salts::{Known, Salts};
use base_proof::tiles::{TileId, Tiles};
use base_proof::tree::Hash;
use serde::{Deserialize, Serialize};

/// Numbers that were passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
    /// When they were passed over, in microseconds.
    pub at: i64,
}

/// How far the tree has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Leaves.
    pub size: u64,
    /// The highest number that was looked at.
    pub seen: i64,
    /// How often something was forgotten or removed.
    pub changes: i64,
    /// Numbers below it that may still come.
    pub gaps: Vec<Gap>,
}

/// A number of leaves or tiles as the database stores it.
pub(super) fn stored(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A stored number of leaves or tiles.
pub(super) fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

/// Reads how far the tree has come.
pub async fn state(mut conn: Conn<'_>) -> Result<State, StoreError> {
    const STATE: &str = "select size, seen, changes, gaps from audit_tree where id = 1";
    let (size, seen, changes, gaps): (i64, i64, i64, String) =
        on!(conn, c => sqlx::query_as(STATE).fetch_one(&mut **c).await?);
    let unreadable = |_| StoreError::Unreadable { what: "list of gaps of the trail", value: gaps.clone() };
    let gaps = serde_json::from_str(&gaps).map_err(unreadable)?;
    Ok(State { size: count(size), seen, changes, gaps })
}

/// The leaves of one tile, as they are stored.
#[derive(Clone, Debug)]
pub(super) struct LeafTile {
    pub(super) index: u64,
    pub(super) seqs: Vec<i64>,
    pub(super) salts: Salts,
    /// The earliest and the latest time of its entries.
    pub(super) first_at: i64,
    pub(super) last_at: i64,
}

#[derive(sqlx::FromRow)]
pub(super) struct LeafTileRow {
    pub(super) tile: i64,
    first_at: i64,
    last_at: i64,
    seqs: Vec<u8>,
    salts: Vec<u8>,
}

impl LeafTileRow {
    pub(super) fn read(self) -> Result<LeafTile, StoreError> {
        let unreadable = || StoreError::Unreadable { what: "tile of salts", value: self.tile.to_string() };
        let salts = Salts::read(&self.salts).ok_or_else(unreadable)?;
        let seqs = self.seqs.chunks(8).map(|bytes| bytes.try_into().map(i64::from_be_bytes));
        let seqs = seqs.collect::<Result<_, _>>().map_err(|_| unreadable())?;
        Ok(LeafTile { index: count(self.tile), seqs, salts, first_at: self.first_at, last_at: self.last_at })
    }

    /// What can be read of it, and whether that is all.
    pub(super) fn read_what_can_be(self) -> (LeafTile, bool) {
        let salts = Salts::read(&self.salts);
        let is_whole = salts.is_some() && self.seqs.len().is_multiple_of(8);
        let seqs = self.seqs.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok().map(i64::from_be_bytes));
        let salts = salts.unwrap_or_else(|| Salts::Listed(Vec::new()));
        let (index, seqs) = (count(self.tile), seqs.collect());
        (LeafTile { index, seqs, salts, first_at: self.first_at, last_at: self.last_at }, is_whole)
    }
}

/// Loads a tile of leaves.
pub(super) async fn leaf_tile(mut conn: Conn<'_>, index: u64) -> Result<Option<LeafTile>, StoreError> {
    const ONE: &str = "select tile, first_at, last_at, seqs, salts from audit_leaves where tile = $1";
    let row: Option<LeafTileRow> =
        on!(conn, c => sqlx::query_as(ONE).bind(stored(index)).fetch_optional(&mut **c).await?);
    row.map(LeafTileRow::read).transpose()
}

/// Loads tiles of hashes.
pub(super) async fn load(mut conn: Conn<'_>, ids: impl IntoIterator<Item = TileId>) -> Result<Tiles, StoreError> {
    const ONE: &str = "select hashes from audit_tiles where level = $1 and tile = $2";
    let mut tiles = Tiles::default();
    for id in ids {
        let hashes: Option<Vec<u8>> = on!(conn, c => sqlx::query_scalar(ONE)
            .bind(i64::from(id.level)).bind(stored(id.index)).fetch_optional(&mut **c).await?);
        if let Some(hashes) = hashes {
            tiles.put(id, &hashes);
        }
    }
    Ok(tiles)
}

/// What a step needs.
pub struct Step<'s> {
    /// Signs the checkpoint.
    pub signer: &'s Signer,
    /// When.
    pub now: Moment,
    /// Where salts come from.
    pub entropy: &'s dyn Entropy,
}

/// The commitments of an entry.
pub(super) fn commitments(entry: &Fields, known: &[Known; 3]) -> [Hash; 3] {
    Part::ALL.map(|part| match &known[part as usize] {
        Known::Salt(salt) => entry.commitment(part, salt),
        Known::Commitment(hash) => *hash,
    })
}

/// Stores a tile of hashes.
pub(super) async fn put_tile(mut conn: Conn<'_>, id: TileId, hashes: &[u8]) -> Result<(), StoreError> {
    const PUT: &str = "insert into audit_tiles (level, tile, hashes) values ($1, $2, $3)
        on conflict (level, tile) do update set hashes = excluded.hashes";
    execute!(conn, PUT, i64::from(id.level), stored(id.index), hashes);
    Ok(())
}

/// Stores a tile of leaves.
pub(super) async fn put_leaves(mut conn: Conn<'_>, tile: &LeafTile) -> Result<(), StoreError> {
    const PUT: &str = "insert into audit_leaves (tile, first_seq, last_seq, first_at, last_at, cut, seqs, salts)
        values ($1, $2, $3, $4, $5, 0, $6, $7)
        on conflict (tile) do update set first_seq = excluded.first_seq, last_seq = excluded.last_seq,
            first_at = excluded.first_at, last_at = excluded.last_at, seqs = excluded.seqs, salts = excluded.salts";
    let seqs: Vec<u8> = tile.seqs.iter().flat_map(|seq| seq.to_be_bytes()).collect();
    let first = tile.seqs.iter().min().copied().unwrap_or_default();
    let last = tile.seqs.iter().max().copied().unwrap_or_default();
    let (at, salts) = ((tile.first_at, tile.last_at), tile.salts.stored());
    execute!(conn, PUT, stored(tile.index), first, last, at.0, at.1, &seqs, &salts);
    Ok(())
}
