//! One sack being packed: a parent is scanned, children follow, and now and then something goes wrong.

use bags_rules::scan::{Action, Scan};
use base_core::time::{MINUTE_US, Moment, SECOND_US};
use rand::rngs::StdRng;
use rand::{Rng, RngExt};
use uuid::Builder;

/// Scans that a station sends in one call.
const SCANS_PER_CALL: usize = 12;
/// How long a call takes to arrive, in microseconds.
const TRAVEL_US: i64 = 300_000;

/// What becomes of a parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Scanned and left alone.
    Empty,
    /// Left with so many children.
    Open(u32),
    /// Finished early with so many children.
    Closed(u32),
    /// Filled.
    Full,
}

/// What a station sends at one moment.
pub struct Batch {
    /// When it arrives.
    pub at: Moment,
    /// Who scanned, as a place in the list of people.
    pub person: usize,
    /// Where.
    pub station: String,
    /// What.
    pub scans: Vec<Scan>,
}

/// A sack, packed.
pub struct Sack {
    /// The parent.
    pub parent: String,
    /// What became of it.
    pub fate: Fate,
    /// Its children.
    pub children: Vec<String>,
    /// Who packed it.
    pub person: usize,
    /// When it was left.
    pub left_at: Moment,
}

/// Writes down the scans of a sack as they happen.
pub struct Packing<'p> {
    rng: &'p mut StdRng,
    at: Moment,
    scans: Vec<Scan>,
    parent: String,
    children: Vec<String>,
}

impl<'p> Packing<'p> {
    /// Begins with the parent.
    pub fn begin(rng: &'p mut StdRng, parent: String, at: Moment) -> Self {
        let mut packing = Self { rng, at, scans: Vec::new(), parent, children: Vec::new() };
        let code = packing.parent.clone();
        packing.scan(Action::Parent, &code);
        packing
    }

    /// Packs children, with the small mishaps of a working day. `next_child` gives unused codes, `other` is the label
    /// of some other parent.
    pub fn pack(&mut self, count: u32, next_child: &mut dyn FnMut() -> String, other: &str) {
        for _ in 0..count {
            let child = next_child();
            self.scan(Action::Child, &child);
            match self.rng.random_range(0..100) {
                0 | 1 => self.scan(Action::Child, &child),
                2 => self.scan(Action::Child, other),
                3 => self.scan(Action::Child, &format!("{child}<")),
                4 => {
                    self.scan(Action::Undo, "");
                    self.scan(Action::Child, &child);
                }
                _ => {}
            }
            self.children.push(child);
        }
    }

    /// Adds the last scans, as `fate` says.
    pub fn end(&mut self, fate: Fate, next_child: &mut dyn FnMut() -> String) {
        let parent = self.parent.clone();
        match fate {
            Fate::Closed(_) => self.scan(Action::Close, &parent),
            Fate::Full if self.rng.random_bool(0.15) => self.scan(Action::Child, &next_child()),
            Fate::Empty if self.rng.random_bool(0.3) => {
                self.scan(Action::Child, &next_child());
                self.scan(Action::Undo, "");
            }
            _ => {}
        }
    }

    /// The sack, and what the station sent.
    pub fn finish(self, fate: Fate, person: usize, station: &str) -> (Sack, Vec<Batch>) {
        let batches = self.scans.chunks(SCANS_PER_CALL).map(|scans| Batch {
            at: scans.last().map_or(self.at, |scan| scan.client_at).plus_us(TRAVEL_US),
            person,
            station: station.to_owned(),
            scans: scans.to_vec(),
        });
        let batches = batches.collect();
        let sack =
            Sack { parent: self.parent, fate, children: self.children, person, left_at: self.at.plus_us(MINUTE_US) };
        (sack, batches)
    }

    fn scan(&mut self, action: Action, code: &str) {
        let named = matches!(action, Action::Child | Action::Undo).then(|| self.parent.clone());
        self.scans.push(Scan { parent: named, ..scan(self.rng, self.at, action, code) });
        self.at = self.at.plus_us(self.rng.random_range(3..9) * SECOND_US);
    }
}

/// A scan with an id of its time.
pub fn scan(rng: &mut StdRng, at: Moment, action: Action, code: &str) -> Scan {
    let mut bytes = [0; 10];
    rng.fill_bytes(&mut bytes);
    let millis = u64::try_from(at.0 / 1000).unwrap_or_default();
    Scan {
        id: Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid(),
        client_at: at,
        action,
        code: code.to_owned(),
        ..Scan::default()
    }
}
