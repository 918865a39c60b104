//! Recomputes the whole tree from the entries, and names what does not fit: the first bad entry first.
//!
//! Nothing that is stored is believed but what the public key has signed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use base_db::{Cause, Conn, Db, StoreError};
use base_proof::cut::{Cut, Removed};
use base_proof::leaf::{Fields, Part};
use base_proof::note::PublicKey;
use base_proof::salts::{Known, LeafSalts};
use base_proof::tiles::WIDTH;
use base_proof::tree::{Growing, Hash};

use super::forget::nowhere;
use super::grow::{LeafTile, LeafTileRow, commitments, count, state, stored};
use super::prove::KeptCheckpoint;
use super::row;

/// Tiles that are read together.
const TILES_AT_ONCE: u64 = 32;
/// Most faults that are told.
const FAULTS_MAX: usize = 20;

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The leaf, where there is one.
    pub leaf: Option<u64>,
    /// The entry, where there is one.
    pub seq: Option<i64>,
    /// What is wrong with it.
    pub what: String,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Leaves that were recomputed.
    pub leaves: u64,
    /// Of these, entries that were removed after their time.
    pub gone: u64,
    /// Of these, entries of which something was forgotten.
    pub forgotten: u64,
    /// The newest checkpoint: its size and when it was signed.
    pub checkpoint: Option<(u64, i64)>,
    /// Entries that are not yet under a checkpoint, and the time of the oldest.
    pub waiting: u64,
    /// The time of the oldest of them.
    pub waiting_since: Option<i64>,
    /// What is wrong, the first first. Empty when all is well.
    pub faults: Vec<Fault>,
}

/// What is known from outside the database.
pub struct Asked<'a> {
    /// The public key of the site.
    pub key: &'a PublicKey,
    /// Checkpoints that somebody kept.
    pub kept: &'a [String],
    /// The name under which the entries about a removed account stand.
    pub removed_name: fn(i64) -> String,
}

/// Recomputes everything.
pub async fn verify(db: &Db, asked: &Asked<'_>) -> Result<Report, StoreError> {
    let mut snapshot = db.snapshot().await?;
    let mut run = Run::begin(snapshot.conn(), asked).await?;
    let mut next = 0;
    loop {
        let page = read_page(snapshot.conn(), next, run.swept).await?;
        let Some(last) = page.tiles.last().map(|tile| tile.leaves.index) else { break };
        next = last + 1;
        run.swept = run.swept.max(page.swept);
        // Hashing takes a core; the next page is read meanwhile by whoever else needs the database.
        let parts = tokio::task::spawn_blocking(move || check(page)).await;
        let parts = parts.map_err(|_| StoreError::Unreadable { what: "page of the trail", value: next.to_string() })?;
        run.take(parts);
    }
    run.end(snapshot.conn(), asked).await
}

struct Tile {
    leaves: LeafTile,
    hashes: Vec<Hash>,
}

/// Some tiles with their entries.
struct Page {
    first: u64,
    tiles: Vec<Tile>,
    entries: HashMap<i64, Fields>,
    /// Entries that could not be read.
    broken: BTreeSet<i64>,
    /// Up to which number all entries were read.
    swept: i64,
}

async fn read_page(mut conn: Conn<'_>, first: u64, swept: i64) -> Result<Page, StoreError> {
    const LEAVES: &str = "select tile, first_at, last_at, seqs, salts from audit_leaves
        where tile >= $1 order by tile limit $2";
    const HASHES: &str = "select tile, hashes from audit_tiles where level = 0 and tile >= $1 order by tile limit $2";
    let limit = stored(TILES_AT_ONCE);
    let leaves: Vec<LeafTileRow> =
        on!(conn, c => sqlx::query_as(LEAVES).bind(stored(first)).bind(limit).fetch_all(&mut **c).await?);
    let hashes: Vec<(i64, Vec<u8>)> =
        on!(conn, c => sqlx::query_as(HASHES).bind(stored(first)).bind(limit).fetch_all(&mut **c).await?);
    let mut hashes: HashMap<i64, Vec<u8>> = hashes.into_iter().collect();
    let mut page = Page { first, tiles: Vec::new(), entries: HashMap::new(), broken: BTreeSet::new(), swept };
    for row in leaves {
        let of_tile = hashes.remove(&row.tile).unwrap_or_default();
        let hashes = of_tile.chunks_exact(32).filter_map(|hash| hash.try_into().ok()).collect();
        page.tiles.push(Tile { leaves: row.read()?, hashes });
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

/// What checking a page gave.
#[derive(Default)]
struct Checked {
    /// The stored hash of each leaf.
    hashes: Vec<Hash>,
    full_tiles: Vec<Hash>,
    faults: Vec<Fault>,
    gone: Vec<u64>,
    /// Leaves whose values were removed.
    emptied: Vec<u64>,
    forgotten: u64,
    /// Accounts whose address was forgotten, with the first leaf of each.
    without_origin: BTreeMap<i64, (u64, i64)>,
    /// Names under which masked entries stand, with the first leaf of each.
    masked: BTreeMap<String, (u64, i64)>,
    /// Removed accounts, by the name that is left of them.
    removed: BTreeSet<String>,
    strangers: BTreeSet<i64>,
    seqs: BTreeSet<i64>,
}

fn check(mut page: Page) -> Checked {
    let mut found = Checked::default();
    let tiles = std::mem::take(&mut page.tiles);
    let count = tiles.len();
    for (n, tile) in tiles.into_iter().enumerate() {
        let first = (page.first + n as u64) * WIDTH;
        if tile.leaves.index != page.first + n as u64 || tile.leaves.seqs.len() != tile.hashes.len() {
            found.fault(first, None, "the leaves from here on are not stored as they should be");
            break;
        }
        let is_full = tile.hashes.len() as u64 == WIDTH;
        if !is_full && n + 1 < count {
            found.fault(first + tile.hashes.len() as u64, None, "leaves are missing here");
        }
        let mut tree = Growing::default();
        for (at, (seq, hash)) in tile.leaves.seqs.iter().zip(&tile.hashes).enumerate() {
            found.leaf((first + at as u64, *seq), tile.leaves.salts.leaf(at), &mut page, hash);
            found.hashes.push(*hash);
            found.seqs.insert(*seq);
            tree.push(*hash);
        }
        found.full_tiles.extend(is_full.then(|| tree.root()));
    }
    found.strangers = page.entries.into_keys().chain(page.broken).filter(|seq| !found.seqs.contains(seq)).collect();
    found
}

impl Checked {
    fn fault(&mut self, leaf: u64, seq: Option<i64>, what: &str) {
        self.faults.push(Fault { leaf: Some(leaf), seq, what: what.to_owned() });
    }

    /// Checks one leaf.
    fn leaf(&mut self, (leaf, seq): (u64, i64), salts: Option<LeafSalts>, page: &mut Page, hash: &Hash) {
        let entry = page.entries.remove(&seq);
        let (known, entry) = match (salts, entry) {
            (Some(LeafSalts::Gone), None) => return self.gone.push(leaf),
            (Some(LeafSalts::Gone), Some(_)) => {
                return self.fault(leaf, Some(seq), "the entry was removed after its time, and one stands there again");
            }
            (None, _) => return self.fault(leaf, Some(seq), "the salts of this entry are missing"),
            (Some(_), None) if page.broken.contains(&seq) => {
                return self.fault(leaf, Some(seq), "the entry cannot be read");
            }
            (Some(_), None) => return self.fault(leaf, Some(seq), "the entry is missing"),
            (Some(LeafSalts::Kept(known)), Some(entry)) => (known, entry),
        };
        if entry.hash(&commitments(&entry, &known)) != *hash {
            return self.fault(leaf, Some(seq), "the entry is not what it was, or its leaf was changed");
        }
        if entry.action == "user_deleted" {
            self.removed.insert(entry.entity.clone());
        }
        let is_hidden = |part: Part| matches!(known[part as usize], Known::Commitment(_));
        self.forgotten += u64::from(Part::ALL.into_iter().any(is_hidden));
        if is_hidden(Part::Origin) {
            let origin = nowhere();
            if entry.address != origin.address || entry.agent != origin.agent {
                return self.fault(leaf, Some(seq), "its address was forgotten, and another one stands there");
            }
            self.without_origin.entry(entry.actor.unwrap_or_default()).or_insert((leaf, seq));
        }
        if is_hidden(Part::Entity) {
            self.masked.entry(entry.entity).or_insert((leaf, seq));
        } else if is_hidden(Part::Values) {
            if entry.before.is_some() || entry.after.is_some() {
                return self.fault(leaf, Some(seq), "its values were removed, and others stand there");
            }
            self.emptied.push(leaf);
        }
    }
}

/// Leaves that signed records name, in order.
struct Cuts {
    rows: Vec<Range<u64>>,
    values: Vec<Range<u64>>,
}

impl Cuts {
    fn has(ranges: &[Range<u64>], leaf: u64) -> bool {
        let at = ranges.partition_point(|range| range.end <= leaf);
        ranges.get(at).is_some_and(|range| range.contains(&leaf))
    }
}

/// What is known so far.
struct Run {
    checkpoints: Vec<Signed>,
    next_checkpoint: usize,
    cuts: Cuts,
    tree: Growing,
    level: Vec<Hash>,
    all: Checked,
    report: Report,
    swept: i64,
}

/// A checkpoint whose signature is good.
struct Signed {
    size: u64,
    root: Hash,
    where_from: &'static str,
}

impl Run {
    async fn begin(mut conn: Conn<'_>, asked: &Asked<'_>) -> Result<Self, StoreError> {
        const CHECKPOINTS: &str = "select at, size, note from audit_checkpoints order by hour";
        const CUTS: &str = "select id, note from audit_cuts order by id";
        let mut report = Report::default();
        let mut checkpoints = Vec::new();
        let kept: Vec<KeptCheckpoint> = on!(conn, c => sqlx::query_as(CHECKPOINTS).fetch_all(&mut **c).await?);
        for kept in kept {
            match asked.key.checkpoint(&kept.note) {
                Ok(signed) if stored(signed.size) == kept.size => {
                    report.checkpoint = Some((signed.size, kept.at));
                    checkpoints.push(Signed { size: signed.size, root: signed.root, where_from: "stored" });
                }
                wrong => report.faults.push(Fault {
                    leaf: Some(count(kept.size)),
                    seq: None,
                    what: format!("the stored checkpoint of {} leaves is no good: {}", kept.size, told(wrong.err())),
                }),
            }
        }
        for note in asked.kept {
            match asked.key.checkpoint(note) {
                Ok(signed) => checkpoints.push(Signed { size: signed.size, root: signed.root, where_from: "kept" }),
                Err(error) => report.faults.push(Fault {
                    leaf: None,
                    seq: None,
                    what: format!("the checkpoint that was kept is no good: {error}"),
                }),
            }
        }
        checkpoints.sort_by_key(|signed| signed.size);
        let mut cuts = Cuts { rows: Vec::new(), values: Vec::new() };
        let notes: Vec<(i64, String)> = on!(conn, c => sqlx::query_as(CUTS).fetch_all(&mut **c).await?);
        for (id, note) in notes {
            match Cut::read(&note, asked.key) {
                Ok(Cut { removed: Removed::Rows, leaves }) => cuts.rows.extend(leaves),
                Ok(Cut { removed: Removed::Values, leaves }) => cuts.values.extend(leaves),
                Err(error) => {
                    let what = format!("the record {id} of a cut is no good: {error}");
                    report.faults.push(Fault { leaf: None, seq: None, what });
                }
            }
        }
        cuts.rows.sort_by_key(|range| range.start);
        cuts.values.sort_by_key(|range| range.start);
        let (tree, all, level) = (Growing::default(), Checked::default(), Vec::new());
        Ok(Self { checkpoints, next_checkpoint: 0, cuts, tree, level, all, report, swept: i64::MIN })
    }

    /// Adds a page.
    fn take(&mut self, page: Checked) {
        for leaf in page.gone.iter().filter(|leaf| !Cuts::has(&self.cuts.rows, **leaf)) {
            self.all.fault(*leaf, None, "the entry is gone, and no signed record says that its time was over");
        }
        for leaf in page.emptied.iter().filter(|leaf| !Cuts::has(&self.cuts.values, **leaf)) {
            self.all.fault(*leaf, None, "its values are gone, and no signed record says that their time was over");
        }
        self.report.gone += page.gone.len() as u64;
        self.report.forgotten += page.forgotten;
        self.all.faults.extend(page.faults);
        self.all.faults.truncate(10 * FAULTS_MAX);
        for (actor, first) in page.without_origin {
            self.all.without_origin.entry(actor).or_insert(first);
        }
        for (name, first) in page.masked {
            self.all.masked.entry(name).or_insert(first);
        }
        self.all.removed.extend(page.removed);
        self.all.strangers.extend(page.strangers);
        // Late ones were strangers where their number belongs.
        if !self.all.strangers.is_empty() {
            self.all.strangers.retain(|seq| !page.seqs.contains(seq));
        }
        for hash in page.hashes {
            self.check_roots();
            self.tree.push(hash);
        }
        self.level.extend(page.full_tiles);
    }

    /// Compares the root with the checkpoints of this size.
    fn check_roots(&mut self) {
        while let Some(signed) =
            self.checkpoints.get(self.next_checkpoint).filter(|signed| signed.size == self.tree.size())
        {
            if signed.root != self.tree.root() && !self.all.faults.iter().any(|fault| fault.what.contains("root")) {
                let before = self.next_checkpoint.checked_sub(1).map_or(0, |before| self.checkpoints[before].size);
                let what = format!(
                    "the tree of {} leaves has not the root of the {} checkpoint: an entry of the leaves {before} to {} was \
                     changed together with its hashes",
                    signed.size,
                    signed.where_from,
                    signed.size.saturating_sub(1)
                );
                self.all.faults.push(Fault { leaf: Some(before), seq: None, what });
            }
            self.next_checkpoint += 1;
        }
    }

    async fn end(mut self, mut conn: Conn<'_>, asked: &Asked<'_>) -> Result<Report, StoreError> {
        self.check_roots();
        let size = self.tree.size();
        if let Some(signed) = self.checkpoints.get(self.next_checkpoint) {
            let what = format!(
                "the {} checkpoint is over {} leaves: those from here on were cut off",
                signed.where_from, signed.size
            );
            self.all.faults.push(Fault { leaf: Some(size), seq: None, what });
        }
        let gaps = state(conn.reborrow()).await?.gaps;
        for seq in &self.all.strangers {
            if gaps.iter().any(|gap| (gap.first..=gap.last).contains(seq)) {
                self.report.waiting += 1;
            } else {
                let what = "the entry was put in later: no leaf is its own".to_owned();
                self.all.faults.push(Fault { leaf: None, seq: Some(*seq), what });
            }
        }
        self.check_forgotten(asked);
        self.check_levels(conn.reborrow()).await?;
        self.count_waiting(conn).await?;
        self.report.leaves = size;
        let mut faults = std::mem::take(&mut self.report.faults);
        let mut found = std::mem::take(&mut self.all.faults);
        // A root that does not fit says less than the entry that explains it.
        found.sort_by_key(|fault| (fault.seq.is_none(), fault.leaf.unwrap_or(u64::MAX), fault.seq));
        faults.splice(0..0, found);
        faults.truncate(FAULTS_MAX);
        self.report.faults = faults;
        Ok(self.report)
    }

    /// What was forgotten belongs to people who were removed.
    fn check_forgotten(&mut self, asked: &Asked<'_>) {
        let mut wrong = Vec::new();
        for (actor, (leaf, seq)) in &self.all.without_origin {
            if !self.all.removed.contains(&(asked.removed_name)(*actor)) {
                wrong.push((*leaf, *seq));
            }
        }
        wrong.extend(self.all.masked.iter().filter(|(name, _)| !self.all.removed.contains(*name)).map(|(_, at)| *at));
        for (leaf, seq) in wrong {
            self.all.fault(leaf, Some(seq), "something was forgotten, and no entry says that its person was removed");
        }
    }

    /// The stored hashes above the leaves are what they follow from: proofs are made of them.
    async fn check_levels(&mut self, mut conn: Conn<'_>) -> Result<(), StoreError> {
        const TILES: &str = "select tile, hashes from audit_tiles where level = $1 order by tile";
        let mut hashes = std::mem::take(&mut self.level);
        for level in 1_i64.. {
            let tiles: Vec<(i64, Vec<u8>)> =
                on!(conn, c => sqlx::query_as(TILES).bind(level).fetch_all(&mut **c).await?);
            if tiles.is_empty() && hashes.is_empty() {
                break;
            }
            let found: Vec<u8> = tiles.into_iter().flat_map(|(_, hashes)| hashes).collect();
            let pairs = found.chunks(32).zip(&hashes).take_while(|(found, hash)| found == &hash.as_slice()).count();
            if found.len() != hashes.len() * 32 || pairs != hashes.len() {
                let first = (pairs as u64) << (8 * level);
                let what = format!("the stored hashes of level {} do not follow from the leaves", 8 * level);
                self.all.faults.push(Fault { leaf: Some(first), seq: None, what });
            }
            hashes = hashes.chunks_exact(256).map(over).collect();
        }
        Ok(())
    }

    async fn count_waiting(&mut self, mut conn: Conn<'_>) -> Result<(), StoreError> {
        const WAITING: &str = "select count(*), min(at) from audit where seq > $1";
        let (n, at): (i64, Option<i64>) =
            on!(conn, c => sqlx::query_as(WAITING).bind(self.swept).fetch_one(&mut **c).await?);
        self.report.waiting += count(n);
        self.report.waiting_since = at;
        Ok(())
    }
}

fn over(hashes: &[Hash]) -> Hash {
    let mut tree = Growing::default();
    hashes.iter().for_each(|hash| tree.push(*hash));
    tree.root()
}

fn told(error: Option<base_proof::note::NoteError>) -> String {
    error.map_or_else(|| "its size is another".to_owned(), |error| error.to_string())
}
