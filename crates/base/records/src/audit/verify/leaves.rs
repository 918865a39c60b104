//! Checks the leaves of some tiles: each entry against its leaf, and what was forgotten or removed.

use std::collections::{BTreeMap, BTreeSet};

use base_proof::leaf::Part;
use base_proof::salts::{Known, LeafSalts};
use base_proof::tiles::WIDTH;
use base_proof::tree::{Growing, Hash};

use super::page::Page;
use crate::audit::forget::nowhere;
use crate::audit::masked::Removals;
use crate::audit::tree::{LeafTile, commitments};

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

/// A leaf whose values cannot be checked any more; there are none.
pub(super) struct Hidden {
    pub(super) leaf: u64,
    pub(super) seq: i64,
    /// Under which name it stands now, where its thing cannot be checked either.
    pub(super) entity: Option<String>,
}

/// What checking a page gave.
#[derive(Default)]
pub(super) struct Checked {
    /// The stored hash of each leaf.
    pub(super) hashes: Vec<Hash>,
    pub(super) full_tiles: Vec<Hash>,
    pub(super) faults: Vec<Fault>,
    pub(super) gone: Vec<u64>,
    /// Leaves whose thing or values were removed.
    pub(super) hidden: Vec<Hidden>,
    pub(super) forgotten: u64,
    /// Accounts whose address was forgotten, with the first leaf of each.
    pub(super) without_origin: BTreeMap<i64, (u64, i64)>,
    /// Accounts that were removed, and what was masked for it.
    pub(super) removed: Removals,
    /// Whether leaves that are stored could not be read.
    pub(super) is_cut_short: bool,
    pub(super) strangers: BTreeSet<i64>,
    pub(super) seqs: BTreeSet<i64>,
}

pub(super) fn check(mut page: Page) -> Checked {
    let mut found = Checked::default();
    let tiles = std::mem::take(&mut page.tiles);
    let count = tiles.len();
    for (n, tile) in tiles.into_iter().enumerate() {
        let first = (page.first + n as u64) * WIDTH;
        for what in &tile.faults {
            found.fault(first, None, what);
        }
        if tile.leaves.index != page.first + n as u64 || tile.leaves.seqs.len() != tile.hashes.len() {
            found.fault(first, None, "the leaves from here on are not stored as they should be");
            found.is_cut_short = true;
            break;
        }
        let is_full = tile.hashes.len() as u64 == WIDTH;
        if !is_full && n + 1 < count {
            found.fault(first + tile.hashes.len() as u64, None, "leaves are missing here");
        }
        found.times(first, &tile.leaves, &page);
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
    pub(super) fn fault(&mut self, leaf: u64, seq: Option<i64>, what: &str) {
        self.faults.push(Fault { leaf: Some(leaf), seq, what: what.to_owned() });
    }

    /// Retention and the days of a list go by the times of a tile: no entry is outside of them.
    fn times(&mut self, first: u64, leaves: &LeafTile, page: &Page) {
        let times = || leaves.seqs.iter().filter_map(|seq| page.entries.get(seq)).map(|entry| entry.at);
        let (earliest, latest, n) = (times().min(), times().max(), times().count());
        let is_within = earliest.is_none_or(|at| at >= leaves.first_at) && latest.is_none_or(|at| at <= leaves.last_at);
        let is_all = n == leaves.seqs.len() && n > 0;
        let is_same = earliest == Some(leaves.first_at) && latest == Some(leaves.last_at);
        if !is_within || (is_all && !is_same) {
            self.fault(first, None, "the times that stand beside these leaves are not those of their entries");
        }
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
        let is_hidden = |part: Part| matches!(known[part as usize], Known::Commitment(_));
        self.forgotten += u64::from(Part::ALL.into_iter().any(is_hidden));
        if is_hidden(Part::Origin) {
            let origin = nowhere();
            if entry.address != origin.address || entry.agent != origin.agent {
                return self.fault(leaf, Some(seq), "its address was forgotten, and another one stands there");
            }
            self.without_origin.entry(entry.actor.unwrap_or_default()).or_insert((leaf, seq));
        }
        if is_hidden(Part::Entity) || is_hidden(Part::Values) {
            if entry.before.is_some() || entry.after.is_some() {
                return self.fault(leaf, Some(seq), "its values were removed, and others stand there");
            }
            let entity = is_hidden(Part::Entity).then_some(entry.entity);
            self.hidden.push(Hidden { leaf, seq, entity });
        } else if entry.action == "user_deleted" {
            self.removed.add(&entry.entity, entry.after.as_deref());
        }
    }
}
