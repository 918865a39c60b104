//! The end of an entry's time: its values go after some days, then its row. Its leaf stays, so every proof stays good, and a
//! signed record says which leaves were cut.
//!
//! Invariants: a tile is cut once all of its entries are old enough, in a transaction with its signed record; what people
//! must answer for years later (`KEPT`) stays whole for ever. Age and action are believed only of an entry whose leaf was
//! signed: where one is not what it was, its tile stays as it is.

use base_core::time::{DAY_US, Moment};
use base_db::{Conn, Db, StoreError};
use base_proof::cut::{Cut, Removed};
use base_proof::leaf::{Fields, Part};
use base_proof::note::Signer;
use base_proof::salts::{LeafSalts, Salts};
use base_proof::tiles::{TileId, WIDTH};
use base_proof::tree::Hash;

use super::forget::{begin, forget};
use super::tree::{LeafTile, LeafTileRow, commitments, load, put_leaves, stored};
use super::{row, seal};

/// Actions whose entries stay for ever, with their values: who removed what, and who was given which rights.
pub const KEPT: [&str; 12] = [
    "user_deleted",
    "delete_user",
    "delete_bag",
    "delete_bill",
    "role_change",
    "promote_to_admin",
    "user_created",
    "work_handed_over",
    "2fa_disabled",
    "setting_changed",
    "person_data_export",
    "audit_retention",
];
/// Tiles that are cut in one transaction: about a thousand entries.
const AT_ONCE: i64 = 4;

/// How long entries are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods {
    /// Rows, in days.
    pub rows_days: i64,
    /// Values before and after, in days.
    pub values_days: i64,
}

/// What was cut, or would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries that go.
    pub rows: u64,
    /// Entries that lose their values.
    pub values: u64,
    /// Entries that were old enough and stay.
    pub kept: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.values += other.values;
        self.kept += other.kept;
    }
}

/// What the trail holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Held {
    /// Entries.
    pub rows: i64,
    /// Entries with values before or after.
    pub with_values: i64,
    /// The time of the oldest, in microseconds.
    pub oldest: Option<i64>,
    /// The time of the newest.
    pub newest: Option<i64>,
}

/// What the trail holds. Reads all of it.
pub async fn held(db: &Db) -> Result<Held, StoreError> {
    const HELD: &str = "select count(*) as rows,
            cast(coalesce(sum(case when before is not null or after is not null then 1 else 0 end), 0) as bigint)
                as with_values, min(at) as oldest, max(at) as newest from audit";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(HELD).fetch_one(&mut **c).await?))
}

/// Cuts what is old enough, tile by tile.
pub struct Cutter<'c> {
    /// The database.
    pub db: &'c Db,
    /// How long entries are kept.
    pub periods: Periods,
    /// Signs the record; `None` only counts.
    pub signer: Option<&'c Signer>,
    /// The present moment.
    pub now: Moment,
}

impl Cutter<'_> {
    /// Cuts everything that is old enough now, or counts it.
    pub async fn run(&self) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        for removed in [Removed::Rows, Removed::Values] {
            let mut after = -1;
            while let Some(last) = self.part(removed, after, &mut counts).await? {
                after = last;
            }
        }
        Ok(counts)
    }

    fn cut_of(removed: Removed) -> i64 {
        match removed {
            Removed::Values => 1,
            Removed::Rows => 2,
        }
    }

    /// Cuts some tiles behind `after`; gives the last of them.
    async fn part(&self, removed: Removed, after: i64, counts: &mut Counts) -> Result<Option<i64>, StoreError> {
        let mut tx = self.db.write().await?;
        if self.signer.is_some() {
            begin(tx.conn()).await?;
        }
        let signed = match self.signer {
            Some(signer) => seal::newest(tx.conn(), &signer.public()).await?,
            None => None,
        };
        let tiles = self.tiles(tx.conn(), removed, after).await?;
        let Some(last) = tiles.last().map(|tile| stored(tile.index)) else { return Ok(None) };
        let mut leaves: Vec<u64> = Vec::new();
        for mut tile in tiles {
            let entries = row::listed(tx.conn(), &tile.seqs).await?;
            let hashes = load(tx.conn(), [TileId { level: 0, index: tile.index }]).await?;
            let is_signed = match (&signed, self.signer) {
                (Some(signed), _) => seal::is_signed(tx.conn(), signed, tile.index).await?,
                (None, key) => key.is_none(),
            };
            let index = tile.index;
            let cut = self.tile(removed, &mut tile, (&entries, hashes.leaves(index)));
            let Some((found, cut)) = cut.filter(|_| is_signed) else {
                let first = tile.index * WIDTH;
                tracing::error!(leaf = first, "nothing is cut of the trail here: it is not what was signed");
                continue;
            };
            counts.add(found);
            if self.signer.is_some() {
                self.write(tx.conn(), removed, &tile, &cut).await?;
            }
            leaves.extend(cut.into_iter().map(|at| tile.index * WIDTH + at as u64));
        }
        if let Some(signer) = self.signer {
            if !leaves.is_empty() {
                const PUT: &str = "insert into audit_cuts (at, note) values ($1, $2)";
                execute!(tx.conn(), PUT, self.now.0, Cut::of(removed, &leaves).signed(signer));
            }
            tx.commit().await?;
        }
        Ok(Some(last))
    }

    /// Full tiles all of whose entries are old enough.
    async fn tiles(&self, mut conn: Conn<'_>, removed: Removed, after: i64) -> Result<Vec<LeafTile>, StoreError> {
        const OLD: &str = "select tile, first_at, last_at, seqs, salts from audit_leaves
            where cut < $1 and last_at < $2 and tile > $3 and tile < (select size / 256 from audit_tree where id = 1)
            order by tile limit $4";
        let before = self.limit(removed);
        let rows: Vec<LeafTileRow> = on!(conn, c => sqlx::query_as(OLD)
            .bind(Self::cut_of(removed)).bind(before).bind(after).bind(AT_ONCE).fetch_all(&mut **c).await?);
        rows.into_iter().map(LeafTileRow::read).collect()
    }

    /// Entries before this moment are old enough.
    fn limit(&self, removed: Removed) -> i64 {
        let days = match removed {
            Removed::Rows => self.periods.rows_days,
            Removed::Values => self.periods.values_days,
        };
        self.now.plus_us(-days * DAY_US).0
    }

    /// Forgets the salts of what goes; gives what was found and the places of the leaves that are cut. `None` where an entry is
    /// not what its leaf says, or is younger than the tile says.
    fn tile(
        &self,
        removed: Removed,
        tile: &mut LeafTile,
        (entries, hashes): (&[Fields], &[Hash]),
    ) -> Option<(Counts, Vec<usize>)> {
        let limit = self.limit(removed);
        let mut counts = Counts::default();
        let mut cut = Vec::new();
        let mut leaves = tile.salts.listed(0..tile.seqs.len());
        for (at, leaf) in leaves.iter_mut().enumerate() {
            let LeafSalts::Kept(known) = leaf else { continue };
            let found = entries.binary_search_by_key(&tile.seqs[at], |entry| entry.seq);
            // An entry that is not there and not marked as gone is a fault that `verify` tells.
            let Ok(entry) = found.map(|found| &entries[found]) else { continue };
            if entry.at >= limit || hashes.get(at) != Some(&entry.hash(&commitments(entry, known))) {
                return None;
            }
            if KEPT.contains(&entry.action.as_str()) {
                counts.kept += u64::from(removed == Removed::Rows);
                continue;
            }
            match removed {
                Removed::Rows => {
                    *leaf = LeafSalts::Gone;
                    counts.rows += 1;
                }
                Removed::Values if entry.before.is_none() && entry.after.is_none() => continue,
                Removed::Values => {
                    forget(&mut known[Part::Values as usize], entry, Part::Values);
                    counts.values += 1;
                }
            }
            cut.push(at);
        }
        if !cut.is_empty() {
            tile.salts = Salts::Listed(leaves);
        }
        Some((counts, cut))
    }

    async fn write(
        &self,
        mut conn: Conn<'_>,
        removed: Removed,
        tile: &LeafTile,
        cut: &[usize],
    ) -> Result<(), StoreError> {
        const MARK: &str = "update audit_leaves set cut = $2 where tile = $1";
        const DELETE: &str = "delete from audit where seq = $1";
        const EMPTY: &str = "update audit set before = null, after = null where seq = $1";
        put_leaves(conn.reborrow(), tile).await?;
        execute!(conn, MARK, stored(tile.index), Self::cut_of(removed));
        let text = if removed == Removed::Rows { DELETE } else { EMPTY };
        for at in cut {
            execute!(conn, text, tile.seqs[*at]);
        }
        Ok(())
    }
}
