//! Recomputes the whole tree from the entries, and names what does not fit: the first bad entry first.
//!
//! Nothing that is stored is believed but what the public key has signed.

mod head;
mod leaves;
mod page;

use std::collections::BTreeSet;
use std::ops::Range;

use base_db::{Conn, Db, StoreError};
use base_proof::cut::{Cut, Removed};
use base_proof::note::PublicKey;
use base_proof::tree::{Growing, Hash};

use super::prove::KeptCheckpoint;
use super::tree::{count, stored};
pub use leaves::Fault;
use leaves::{Checked, Hidden, check};
use page::read_page;

/// Most faults that are told.
const FAULTS_MAX: usize = 20;

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
    /// The highest number that has a leaf.
    last_seq: i64,
}

/// A checkpoint whose signature is good.
struct Signed {
    size: u64,
    root: Hash,
    where_from: &'static str,
}

impl Run {
    async fn begin(mut conn: Conn<'_>, asked: &Asked<'_>) -> Result<Self, StoreError> {
        const CHECKPOINTS: &str = "select at, size, note from audit_checkpoints order by size, hour";
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
        Ok(Self { checkpoints, next_checkpoint: 0, cuts, tree, level, all, report, swept: i64::MIN, last_seq: 0 })
    }

    /// Adds a page.
    fn take(&mut self, page: Checked) {
        for leaf in page.gone.iter().filter(|leaf| !Cuts::has(&self.cuts.rows, **leaf)) {
            self.all.fault(*leaf, None, "the entry is gone, and no signed record says that its time was over");
        }
        // What lost its values alone because their time was over is all of what is old.
        let cuts = &self.cuts;
        let is_cut = |hidden: &Hidden| hidden.entity.is_none() && Cuts::has(&cuts.values, hidden.leaf);
        self.all.hidden.extend(page.hidden.into_iter().filter(|hidden| !is_cut(hidden)));
        self.all.is_cut_short |= page.is_cut_short;
        self.last_seq = self.last_seq.max(page.seqs.last().copied().unwrap_or_default());
        self.report.gone += page.gone.len() as u64;
        self.report.forgotten += page.forgotten;
        self.all.faults.extend(page.faults);
        self.all.faults.truncate(10 * FAULTS_MAX);
        for (actor, first) in page.without_origin {
            self.all.without_origin.entry(actor).or_insert(first);
        }
        self.all.removed.join(page.removed);
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
        let gaps = self.check_head(conn.reborrow(), size).await?;
        // Where leaves could not be read, whose they are is not known.
        let strangers = if self.all.is_cut_short { BTreeSet::new() } else { std::mem::take(&mut self.all.strangers) };
        for seq in &strangers {
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
            if !self.all.removed.has(&(asked.removed_name)(*actor)) {
                wrong.push((*leaf, *seq));
            }
        }
        for Hidden { leaf, seq, entity } in std::mem::take(&mut self.all.hidden) {
            if self.all.removed.names(entity.as_deref(), seq) {
                continue;
            }
            if entity.is_none() {
                self.all.fault(
                    leaf,
                    Some(seq),
                    "its values are gone, and no signed record says that their time was over",
                );
            } else {
                wrong.push((leaf, seq));
            }
        }
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
    for hash in hashes {
        tree.push(*hash);
    }
    tree.root()
}

fn told(error: Option<base_proof::note::NoteError>) -> String {
    error.map_or_else(|| "its size is another".to_owned(), |error| error.to_string())
}
