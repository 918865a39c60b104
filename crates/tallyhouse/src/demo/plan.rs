//! A month of work, planned: which sack is packed when, by whom and how far. The random numbers are the same each time,
//! so that two demos differ only by their date.

use bags_rules::scan::{Action, Scan};
use base_core::permission::Role;
use base_core::time::{DAY_US, HOUR_US, MINUTE_US, Moment};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::bills;
use super::people::DemoPeople;
use super::session::{Batch, Fate, Packing, Sack, scan};
use crate::config::Bags;
use crate::labels;

const PARENTS: u32 = 200;
const DAYS: i64 = 29;
/// Sacks that were begun in the last hour and a half, whatever the time of day.
const RECENT: u32 = 14;
/// For this many microseconds before now nothing else happens.
const RECENT_US: i64 = 95 * MINUTE_US;
/// Parents that carry the second kind of label, where there is one.
const SECOND_LABELS: u32 = 40;
const CORRECTIONS: usize = 40;
/// Longer than any sack takes: nobody packs two at once.
const SACK_US: i64 = 7 * MINUTE_US;
/// How busy the hours from 7 to 19 are.
const BUSY: [(i64, u32); 12] =
    [(7, 4), (8, 8), (9, 10), (10, 11), (11, 10), (12, 6), (13, 4), (14, 9), (15, 10), (16, 9), (17, 6), (18, 3)];
const SEED: u64 = 444;

/// Everything that is scanned in the month before `now`, in the order of time.
pub fn month(now: Moment, bags: &Bags, people: &DemoPeople) -> Vec<Batch> {
    let mut plan = Plan {
        rng: StdRng::seed_from_u64(SEED),
        now,
        bags,
        people,
        children: 0,
        batches: Vec::new(),
        sacks: Vec::new(),
    };
    for (index, (at, person)) in plan.starts().into_iter().enumerate() {
        plan.pack(u32::try_from(index).unwrap_or_default(), at, person);
    }
    for _ in 0..CORRECTIONS {
        plan.correct();
    }
    let bills = bills::of_month(now, &plan.sacks, people);
    plan.batches.extend(bills);
    plan.batches.sort_by_key(|batch| batch.at);
    plan.batches
}

struct Plan<'p> {
    rng: StdRng,
    now: Moment,
    bags: &'p Bags,
    people: &'p DemoPeople,
    children: u64,
    batches: Vec<Batch>,
    sacks: Vec<Sack>,
}

impl Plan<'_> {
    /// When each sack is begun and by whom, in the order of time.
    fn starts(&mut self) -> Vec<(Moment, usize)> {
        let dispatchers: Vec<usize> =
            (0..self.people.people.len()).filter(|place| self.people.people[*place].role == Role::Dispatcher).collect();
        let mut starts = Vec::new();
        for turn in 0..PARENTS as usize {
            let person = dispatchers[turn % dispatchers.len()];
            let at = if turn < RECENT as usize {
                let minutes = self.rng.random_range(6..90);
                self.now.plus_us(-minutes * MINUTE_US)
            } else {
                self.working_hour()
            };
            starts.push((at, person));
        }
        starts.sort_unstable();
        let mut free_at = vec![Moment(0); self.people.people.len()];
        for (at, person) in &mut starts {
            let latest = self.now.plus_us(-SACK_US);
            *at = (*at).max(free_at[*person]).min(latest);
            free_at[*person] = at.plus_us(SACK_US);
        }
        starts.sort_unstable();
        starts
    }

    /// A moment of a past day, or of today if it has come to that, when people work.
    fn working_hour(&mut self) -> Moment {
        let all: u32 = BUSY.iter().map(|(_, weight)| weight).sum();
        loop {
            let day = self.now.plus_us(-self.rng.random_range(0..=DAYS) * DAY_US);
            let mut left = self.rng.random_range(0..all);
            let hour = BUSY.iter().find(|(_, weight)| {
                let here = left < *weight;
                left = left.saturating_sub(*weight);
                here
            });
            let hour = hour.map_or(9, |(hour, _)| *hour);
            let minute = self.rng.random_range(0..60);
            let at = day.start_of_day(&self.bags.zone).plus_us(hour * HOUR_US + minute * MINUTE_US);
            if at < self.now.plus_us(-RECENT_US) {
                return at;
            }
        }
    }

    fn pack(&mut self, index: u32, at: Moment, person: usize) {
        let parent = self.label(index);
        let back = self.rng.random_range(1..9);
        let other = self.label(index.saturating_sub(back));
        let fate = self.fate(index);
        let count = match fate {
            Fate::Empty => 0,
            Fate::Open(count) | Fate::Closed(count) => count,
            Fate::Full => self.bags.capacity,
        };
        let children = &mut self.children;
        let mut next_child = || {
            *children += 1;
            format!("KB{children:08}")
        };
        let mut packing = Packing::begin(&mut self.rng, parent, at);
        packing.pack(count, &mut next_child, &other);
        packing.end(fate, &mut next_child);
        let (sack, batches) = packing.finish(fate, person, &format!("dock-{}", person % 4 + 1));
        self.sacks.push(sack);
        self.batches.extend(batches);
    }

    /// More than half are filled; those that are not are mostly new.
    fn fate(&mut self, index: u32) -> Fate {
        let most = self.bags.capacity - 1;
        let some = |rng: &mut StdRng| if most == 0 { 0 } else { rng.random_range(1..=most) };
        let is_new = index + RECENT >= PARENTS;
        let (empty, open, closed) = if is_new { (4, 13, 15) } else { (2, 6, 9) };
        match self.rng.random_range(0..20) {
            dice if dice < empty => Fate::Empty,
            dice if dice < open => Fate::Open(some(&mut self.rng)),
            dice if dice < closed => Fate::Closed(some(&mut self.rng)),
            _ => Fate::Full,
        }
    }

    /// Somebody returns to an open sack: takes a child out, moves it, or scans one they may not.
    fn correct(&mut self) {
        let dice = self.rng.random_range(0..5);
        let is_open = |sack: &&Sack| matches!(sack.fate, Fate::Open(2..));
        let open: Vec<&Sack> = self.sacks.iter().filter(is_open).collect();
        let Some(from) = open.choose(&mut self.rng) else { return };
        let area = |sack: &Sack| &self.people.people[sack.person].area;
        let near = |sack: &&Sack| sack.parent != from.parent && (dice == 0 || area(sack) == area(from));
        let others: Vec<&Sack> = open.iter().copied().filter(near).collect();
        let Some(to) = others.choose(&mut self.rng) else { return };
        let Some(child) = from.children.choose(&mut self.rng) else {
            return;
        };
        let wait = self.rng.random_range(1..180) * MINUTE_US;
        let at = from.left_at.max(to.left_at).plus_us(wait);
        if at >= self.now {
            return;
        }
        let (action, parent) = match dice {
            1 => (Action::Unlink, None),
            2 | 3 => (Action::Relink, Some(to.parent.clone())),
            _ => (Action::Child, Some(to.parent.clone())),
        };
        let person = to.person;
        let scan = Scan { parent, ..scan(&mut self.rng, at, action, child) };
        self.batches.push(Batch { at, person, station: format!("dock-{}", person % 4 + 1), scans: vec![scan] });
    }

    fn label(&self, index: u32) -> String {
        let formats = self.bags.labels.formats();
        match (index.checked_sub(PARENTS - SECOND_LABELS), formats) {
            (Some(rest), [first, _, ..]) => {
                labels::parent_code(labels::capacity(first).saturating_add(rest.into()), &self.bags.labels)
            }
            _ => labels::parent_code(index.into(), &self.bags.labels),
        }
    }
}
