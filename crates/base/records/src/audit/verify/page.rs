//! Reads the trail in parts: some tiles of the tree with the entries of their leaves.

use std::collections::{BTreeSet, HashMap};

use base_db::{Cause, Conn, StoreError};
use base_proof::leaf::Fields;
use base_proof::tree::Hash;

use crate::audit::row;
use crate::audit::tree::{LeafTile, LeafTileRow, stored};

/// Tiles that are read together.
const TILES_AT_ONCE: u64 = 32;

pub(super) struct Tile {
    pub(super) leaves: LeafTile,
    pub(super) hashes: Vec<Hash>,
    /// What is wrong with how it is stored.
    pub(super) faults: Vec<&'static str>,
}

/// The leaves of a tile with what is stored beside them.
#[derive(sqlx::FromRow)]
struct Stored {
    #[sqlx(flatten)]
    leaves: LeafTileRow,
    first_seq: i64,
    last_seq: i64,
}

impl Stored {
    /// The tile as far as it can be read: what is damaged is told, and keeps nobody from checking the rest.
    fn read(self, hashes: &[u8]) -> Tile {
        let mut faults = Vec::new();
        let Self { leaves, first_seq, last_seq } = self;
        let (leaves, is_whole) = leaves.read_what_can_be();
        if !is_whole {
            faults.push("the numbers or the salts of the leaves from here on cannot be read");
        }
        if !hashes.len().is_multiple_of(32) {
            faults.push("the stored hashes of the leaves from here on cannot be read");
        }
        let ends = (leaves.seqs.iter().min().copied(), leaves.seqs.iter().max().copied());
        if ends != (Some(first_seq), Some(last_seq)) {
            faults.push("the numbers that stand beside these leaves are not those of their entries");
        }
        Tile { leaves, hashes: hashes.chunks_exact(32).filter_map(|hash| hash.try_into().ok()).collect(), faults }
    }
}

/// Some tiles with their entries.
pub(super) struct Page {
    pub(super) first: u64,
    pub(super) tiles: Vec<Tile>,
    pub(super) entries: HashMap<i64, Fields>,
    /// Entries that could not be read.
    pub(super) broken: BTreeSet<i64>,
    /// Up to which number all entries were read.
    pub(super) swept: i64,
}

pub(super) async fn read_page(mut conn: Conn<'_>, first: u64, swept: i64) -> Result<Page, StoreError> {
    const LEAVES: &str = "select tile, first_seq, last_seq, first_at, last_at, seqs, salts from audit_leaves
        where tile >= $1 order by tile limit $2";
    const HASHES: &str = "select tile, hashes from audit_tiles where level = 0 and tile >= $1 order by tile limit $2";
    let limit = stored(TILES_AT_ONCE);
    let leaves: Vec<Stored> =
        on!(conn, c => sqlx::query_as(LEAVES).bind(stored(first)).bind(limit).fetch_all(&mut **c).await?);
    let hashes: Vec<(i64, Vec<u8>)> =
        on!(conn, c => sqlx::query_as(HASHES).bind(stored(first)).bind(limit).fetch_all(&mut **c).await?);
    let mut hashes: HashMap<i64, Vec<u8>> = hashes.into_iter().collect();
    let mut page = Page { first, tiles: Vec::new(), entries: HashMap::new(), broken: BTreeSet::new(), swept };
    for row in leaves {
        let of_tile = hashes.remove(&row.leaves.tile).unwrap_or_default();
        page.tiles.push(row.read(&of_tile));
    }
    let seqs = || page.tiles.iter().flat_map(|tile| tile.leaves.seqs.iter().copied());
    let last = seqs().max().unwrap_or(swept).max(swept);
    // Late ones are behind what was read already.
    let late: Vec<i64> = seqs().filter(|seq| *seq <= swept).collect();
    let mut after = swept;
    while after < last {
        let entries = entries(conn.reborrow(), after, last, &mut page.broken).await?;
        after = entries.1;
        page.entries.extend(entries.0.into_iter().map(|entry| (entry.seq, entry)));
    }
    page.entries.extend(row::listed(conn.reborrow(), &late).await?.into_iter().map(|entry| (entry.seq, entry)));
    page.swept = last;
    Ok(page)
}

/// Entries behind a number, and up to which number these are all. Where the text of one cannot be read, each is read by itself.
async fn entries(
    mut conn: Conn<'_>,
    after: i64,
    last: i64,
    broken: &mut BTreeSet<i64>,
) -> Result<(Vec<Fields>, i64), StoreError> {
    const NUMBERS: &str = "select seq from audit where seq > $1 and seq <= $2 order by seq limit $3";
    const LIMIT: i64 = 8_192;
    let error = match row::between(conn.reborrow(), after, last, LIMIT).await {
        Ok(found) => {
            let is_full = stored(found.len() as u64) == LIMIT;
            let until = found.last().filter(|_| is_full).map_or(last, |entry| entry.seq);
            return Ok((found, until));
        }
        Err(error) => error,
    };
    if Cause::of(&error) == Cause::Passing || conn.dialect().locks_rows() {
        return Err(error);
    }
    let numbers: Vec<i64> = on!(conn, c => sqlx::query_scalar(NUMBERS)
        .bind(after).bind(last).bind(LIMIT).fetch_all(&mut **c).await?);
    let mut found = Vec::new();
    for seq in &numbers {
        match row::listed(conn.reborrow(), &[*seq]).await {
            Ok(entry) => found.extend(entry),
            Err(_) => {
                broken.insert(*seq);
            }
        }
    }
    let is_full = stored(numbers.len() as u64) == LIMIT;
    Ok((found, numbers.last().filter(|_| is_full).map_or(last, |seq| *seq)))
}
