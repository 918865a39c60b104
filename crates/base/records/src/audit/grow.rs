//! The tree over the trail grows: entries get their leaf, and a signed checkpoint closes what there is.
//!
//! Entries are numbered when they are written, but over several nodes they come into sight in another order. So the order of
//! leaves is made here, by whoever holds the lease of the job. Invariants: an entry has one leaf at most; a leaf never
//! changes; a step is written only while the tree is as it was read, and nothing was forgotten meanwhile.

use base_core::entropy::{self, Entropy};
use base_core::time::{HOUR_US, MINUTE_US, Moment, SECOND_US};
use base_db::{Conn, Db, StoreError};
use base_proof::leaf::{Fields, Part};
use base_proof::note::{Checkpoint, Signer};
use base_proof::salts::{Known, LeafSalts, Salts};
use base_proof::tiles::{TileId, Tiles, WIDTH};
use base_proof::tree::Hash;
use serde::{Deserialize, Serialize};

use super::{row, seal};

/// Entries that get their leaf in one step.
pub const AT_ONCE: i64 = 8_192;
/// How long a number that is missing holds up those behind it.
const HOLD_US: i64 = 2 * SECOND_US;
/// How long an entry with a number that was passed over may still come: longer than any transaction takes.
const GAP_US: i64 = HOUR_US;
/// Most gaps that are remembered.
const GAPS_MAX: usize = 1_000;

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

/// What one step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grown {
    /// Entries that got their leaf.
    pub added: u64,
    /// Whether there may be more at once.
    pub is_more: bool,
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

/// Gives a leaf to the entries that came since the last step, and closes them by a checkpoint. [`StoreError::Conflict`] when
/// something was forgotten meanwhile, or another node was faster: then nothing is written. Refuses where what is stored is not
/// what was signed last.
pub async fn grow(db: &Db, step: &Step<'_>) -> Result<Grown, StoreError> {
    let mut reader = db.snapshot().await?;
    let state = state(reader.conn()).await?;
    seal::check_seen(reader.conn(), &state).await?;
    let new = row::between(reader.conn(), state.seen, i64::MAX, AT_ONCE).await?;
    let is_full = stored(new.len() as u64) == AT_ONCE;
    let late = late_comers(reader.conn(), &state, step.now).await?;
    let taken = take(&state, new, late, step.now);
    if taken.state == state {
        return Ok(Grown::default());
    }
    let mut tiles = load(reader.conn(), Tiles::edge(state.size)).await?;
    let partial = leaf_tile(reader.conn(), state.size / WIDTH).await?.filter(|_| state.size % WIDTH != 0);
    let newest = seal::newest(reader.conn(), &step.signer.public()).await?;
    drop(reader);
    seal::check(state.size, newest.as_ref(), &tiles, partial.as_ref().map(|tile| tile.seqs.len()))?;
    let (leaves, hashes) = place(&state, partial, &taken.entries, step.entropy);
    let changed = tiles.append(state.size, &hashes);
    let size = state.size + hashes.len() as u64;
    let root = tiles.growing(size).map(|tree| tree.root());
    let root = root.ok_or(StoreError::Unreadable { what: "tree over the trail", value: format!("{size} leaves") })?;
    let mut tx = db.write().await?;
    advance(tx.conn(), &state, &State { size, ..taken.state }).await?;
    for id in changed {
        put_tile(tx.conn(), id, &tiles.stored(id)).await?;
    }
    for tile in &leaves {
        put_leaves(tx.conn(), tile).await?;
    }
    if !hashes.is_empty() {
        seal::put(tx.conn(), step, Checkpoint { size, root }).await?;
    }
    tx.commit().await?;
    Ok(Grown { added: hashes.len() as u64, is_more: is_full && !hashes.is_empty() })
}

/// Entries whose numbers were passed over and that have come since. Most gaps are of transactions that were rolled back and
/// stay for ever: those that are older than a minute are looked at for two seconds of each minute.
async fn late_comers(mut conn: Conn<'_>, state: &State, now: Moment) -> Result<Vec<Fields>, StoreError> {
    let is_due = |gap: &&Gap| now.since_us(Moment(gap.at)) < MINUTE_US || now.0 % MINUTE_US < 2 * SECOND_US;
    let mut found = Vec::new();
    for gap in state.gaps.iter().filter(is_due) {
        found.extend(row::between(conn.reborrow(), gap.first - 1, gap.last, AT_ONCE).await?);
    }
    Ok(found)
}

struct Taken {
    entries: Vec<Fields>,
    /// How far the tree is then, but for its size.
    state: State,
}

/// Decides which entries get a leaf now, and which numbers are passed over.
fn take(state: &State, new: Vec<Fields>, late: Vec<Fields>, now: Moment) -> Taken {
    let mut gaps: Vec<Gap> = Vec::new();
    for gap in state.gaps.iter().filter(|gap| now.since_us(Moment(gap.at)) < GAP_US) {
        let mut first = gap.first;
        for entry in late.iter().filter(|entry| (gap.first..=gap.last).contains(&entry.seq)) {
            gaps.extend((first < entry.seq).then_some(Gap { first, last: entry.seq - 1, at: gap.at }));
            first = entry.seq + 1;
        }
        gaps.extend((first <= gap.last).then_some(Gap { first, ..*gap }));
    }
    let mut seen = state.seen;
    let mut entries = late;
    for entry in new {
        if entry.seq > seen + 1 {
            // A number that is missing belongs to a transaction that was rolled back, or that is not committed yet. Who holds
            // up says when; a time far from now is a clock that is wrong, or nobody's, and holds up nothing.
            if now.since_us(Moment(entry.at)).unsigned_abs() < HOLD_US.unsigned_abs() {
                break;
            }
            gaps.push(Gap { first: seen + 1, last: entry.seq - 1, at: now.0 });
        }
        seen = entry.seq;
        entries.push(entry);
    }
    let too_many = gaps.len().saturating_sub(GAPS_MAX);
    gaps.drain(..too_many);
    Taken { entries, state: State { seen, gaps, ..state.clone() } }
}

/// Puts entries behind the leaves that there are: the tiles of leaves that changed, and the hashes of the new ones.
fn place(
    state: &State,
    partial: Option<LeafTile>,
    entries: &[Fields],
    entropy: &dyn Entropy,
) -> (Vec<LeafTile>, Vec<Hash>) {
    let mut tiles: Vec<LeafTile> = partial.into_iter().collect();
    let mut hashes = Vec::with_capacity(entries.len());
    for (index, entry) in (state.size..).zip(entries) {
        if tiles.last().is_none_or(|tile| tile.index != index / WIDTH) {
            let salts = Salts::Derived(entropy::bytes::<32>(entropy));
            let (first_at, last_at) = (entry.at, entry.at);
            tiles.push(LeafTile { index: index / WIDTH, seqs: Vec::new(), salts, first_at, last_at });
        }
        let Some(tile) = tiles.last_mut() else { continue };
        if let Salts::Listed(leaves) = &mut tile.salts {
            leaves.push(LeafSalts::Kept(Part::ALL.map(|_| Known::Salt(entropy::bytes::<16>(entropy)))));
        }
        let salts = tile.salts.leaf(tile.seqs.len());
        tile.seqs.push(entry.seq);
        (tile.first_at, tile.last_at) = (tile.first_at.min(entry.at), tile.last_at.max(entry.at));
        if let Some(LeafSalts::Kept(known)) = salts {
            hashes.push(entry.hash(&commitments(entry, &known)));
        }
    }
    (tiles, hashes)
}

/// The commitments of an entry.
pub(super) fn commitments(entry: &Fields, known: &[Known; 3]) -> [Hash; 3] {
    Part::ALL.map(|part| match &known[part as usize] {
        Known::Salt(salt) => entry.commitment(part, salt),
        Known::Commitment(hash) => *hash,
    })
}

async fn advance(mut conn: Conn<'_>, was: &State, is: &State) -> Result<(), StoreError> {
    const ADVANCE: &str = "update audit_tree set size = $1, seen = $2, gaps = $3
        where id = 1 and size = $4 and seen = $5 and changes = $6";
    let gaps = serde_json::to_string(&is.gaps).unwrap_or_default();
    let advanced = execute!(conn, ADVANCE, stored(is.size), is.seen, &gaps, stored(was.size), was.seen, was.changes);
    if advanced == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

async fn put_tile(mut conn: Conn<'_>, id: TileId, hashes: &[u8]) -> Result<(), StoreError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: i64, at: i64) -> Fields {
        Fields { seq, at, ..Fields::default() }
    }

    #[test]
    fn a_missing_number_holds_the_others_up_for_a_moment_and_its_entry_may_still_come() {
        let state = State { size: 0, seen: 0, changes: 0, gaps: Vec::new() };
        let seqs = |taken: &Taken| taken.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>();
        let new = || vec![entry(1, 10), entry(4, 10), entry(5, 10)];
        let taken = take(&state, new(), Vec::new(), Moment(20));
        assert_eq!((seqs(&taken), taken.state.seen, taken.state.gaps.len()), (vec![1], 1, 0));
        let later = Moment(10 + HOLD_US);
        let taken = take(&state, new(), Vec::new(), later);
        assert_eq!((seqs(&taken), taken.state.seen), (vec![1, 4, 5], 5));
        assert_eq!(taken.state.gaps, [Gap { first: 2, last: 3, at: later.0 }]);
        let after = take(&taken.state, vec![entry(6, 20)], vec![entry(2, 5)], later.plus_us(1));
        assert_eq!((seqs(&after), &after.state.gaps), (vec![2, 6], &vec![Gap { first: 3, last: 3, at: later.0 }]));
        let far = take(&state, vec![entry(4, i64::MAX / 2), entry(5, 10)], Vec::new(), later);
        assert_eq!((seqs(&far), far.state.seen), (vec![4, 5], 5), "a time that is far away holds up nothing");
        let end = take(&after.state, Vec::new(), Vec::new(), later.plus_us(GAP_US));
        assert_eq!(end.state.gaps, []);
    }
}
