//! The tree over the trail grows: entries get their leaf, and a signed checkpoint closes what there is.
//!
//! Entries are numbered when they are written, but over several nodes they come into sight in another order. So the order of
//! leaves is made here, by whoever holds the lease of the job. Invariants: an entry has one leaf at most; a leaf never
//! changes; a step is written only while the tree is as it was read, and nothing was forgotten meanwhile.

use base_core::entropy::{self, Entropy};
use base_core::time::{HOUR_US, MINUTE_US, Moment, SECOND_US};
use base_db::{Conn, Db, StoreError};
use base_proof::leaf::{Fields, Part};
use base_proof::note::Checkpoint;
use base_proof::salts::{Known, LeafSalts, Salts};
use base_proof::tiles::{Tiles, WIDTH};
use base_proof::tree::Hash;

use super::tree::{Gap, LeafTile, State, Step, commitments, leaf_tile, load, put_leaves, put_tile, state, stored};
use super::{row, seal};

/// Entries that get their leaf in one step.
pub const AT_ONCE: i64 = 8_192;
/// How long a number that is missing holds up those behind it.
const HOLD_US: i64 = 2 * SECOND_US;
/// How long an entry with a number that was passed over may still come: longer than any transaction takes.
const GAP_US: i64 = HOUR_US;
/// Most gaps that are remembered.
const GAPS_MAX: usize = 1_000;

/// What one step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grown {
    /// Entries that got their leaf.
    pub added: u64,
    /// Whether there may be more at once.
    pub is_more: bool,
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

async fn advance(mut conn: Conn<'_>, was: &State, is: &State) -> Result<(), StoreError> {
    const ADVANCE: &str = "update audit_tree set size = $1, seen = $2, gaps = $3
        where id = 1 and size = $4 and seen = $5 and changes = $6";
    let gaps = serde_json::to_string(&is.gaps).unwrap_or_default();
    let advanced = execute!(conn, ADVANCE, stored(is.size), is.seen, &gaps, stored(was.size), was.seen, was.changes);
    if advanced == 1 { Ok(()) } else { Err(StoreError::Conflict) }
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
