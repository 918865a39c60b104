//! The bills of the month: what was packed goes on bills in the order in which it was left, by the people who bill.
//! Some are finished, some are not, one or two were closed too early. The random numbers are the same each time.

use bags_rules::scan::{Action, Details, Scan};
use base_core::permission::Role;
use base_core::time::{HOUR_US, MINUTE_US, Moment, SECOND_US};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::people::DemoPeople;
use super::session::{Batch, Fate, Sack, scan};

const SEED: u64 = 26;
const STATION: &str = "bill-desk";
/// Bills that were just created, without parents.
const NEW: u32 = 3;
/// How many of the last bills with parents are not finished.
const UNFINISHED: usize = 6;
const GOODS: [&str; 6] = [
    "Mustard for the oil mill",
    "Moong for the wholesale market",
    "Mustard, second lot of the week",
    "Moong, cleaned, for the packing house",
    "Mustard for the railway siding",
    "",
];

/// What becomes of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Completed.
    Completed,
    /// Completed, and opened again.
    Reopened,
    /// As many parents as it can hold, not completed yet.
    Full,
    /// Some are missing.
    Filling,
}

/// What is done with bills in the month before `now`.
pub fn of_month(now: Moment, sacks: &[Sack], people: &DemoPeople) -> Vec<Batch> {
    let bills = |role| matches!(role, Role::Biller | Role::Admin);
    let billers = (0..people.people.len()).filter(|place| bills(people.people[*place].role)).collect();
    let mut billing = Billing { rng: StdRng::seed_from_u64(SEED), now, billers, number: 140, batches: Vec::new() };
    let lots = billing.lots(sacks);
    let count = lots.len();
    for (at, lot) in lots.into_iter().enumerate() {
        let end = match count - at {
            left if left > UNFINISHED && at % 7 == 3 => End::Reopened,
            left if left > UNFINISHED => End::Completed,
            left if left % 3 == 0 => End::Full,
            _ => End::Filling,
        };
        billing.bill(&lot, end);
    }
    for turn in 0..NEW {
        let at = now.plus_us(-i64::from(NEW - turn) * 11 * MINUTE_US);
        let capacity = billing.rng.random_range(5..20);
        billing.create(at, capacity);
    }
    billing.batches
}

struct Billing {
    rng: StdRng,
    now: Moment,
    billers: Vec<usize>,
    number: u32,
    batches: Vec<Batch>,
}

/// Who works on which bill, and when.
#[derive(Clone, Copy)]
struct Turn<'b> {
    person: usize,
    at: Moment,
    bill: &'b str,
}

impl Billing {
    /// Sacks that go on one bill each, in the order of time. Most empty ones are left out.
    fn lots<'s>(&mut self, sacks: &'s [Sack]) -> Vec<Vec<&'s Sack>> {
        let mut left: Vec<&Sack> = sacks.iter().collect();
        left.sort_by_key(|sack| (sack.left_at, sack.parent.clone()));
        left.retain(|sack| match sack.fate {
            Fate::Full => true,
            Fate::Closed(_) => self.rng.random_bool(0.8),
            Fate::Open(_) => self.rng.random_bool(0.3),
            Fate::Empty => self.rng.random_bool(0.1),
        });
        // Sacks of the last hours are billed tomorrow.
        left.retain(|sack| sack.left_at.plus_us(4 * HOUR_US) < self.now);
        let mut lots = Vec::new();
        while !left.is_empty() {
            let count = self.rng.random_range(3..9).min(left.len());
            lots.push(left.drain(..count).collect());
        }
        lots
    }

    fn bill(&mut self, lot: &[&Sack], end: End) {
        let Some(last_left_at) = lot.iter().map(|sack| sack.left_at).max() else { return };
        let mut at = last_left_at.plus_us(self.rng.random_range(25..120) * MINUTE_US);
        let missing = if end == End::Filling { self.rng.random_range(1..5) } else { 0 };
        let capacity = i64::try_from(lot.len()).unwrap_or(1) + missing;
        let (bill, person) = self.create(at, capacity);
        at = at.plus_us(self.rng.random_range(2..20) * MINUTE_US);
        for sack in lot {
            at = at.plus_us(self.rng.random_range(6..25) * SECOND_US);
            self.scan(Turn { person, at, bill: &bill }, Action::BillLink, &sack.parent);
            if self.rng.random_bool(0.06) {
                at = at.plus_us(4 * SECOND_US);
                self.scan(Turn { person, at, bill: &bill }, Action::BillLink, &sack.parent);
            }
            if self.rng.random_bool(0.03) {
                at = at.plus_us(5 * SECOND_US);
                self.scan(Turn { person, at, bill: &bill }, Action::BillUnlink, &sack.parent);
                at = at.plus_us(9 * SECOND_US);
                self.scan(Turn { person, at, bill: &bill }, Action::BillLink, &sack.parent);
            }
        }
        if matches!(end, End::Completed | End::Reopened) {
            at = at.plus_us(self.rng.random_range(1..6) * MINUTE_US);
            self.scan(Turn { person, at, bill: &bill }, Action::BillComplete, "");
        }
        if end == End::Reopened {
            at = at.plus_us(self.rng.random_range(10..70) * MINUTE_US);
            self.scan(Turn { person, at, bill: &bill }, Action::BillReopen, "");
        }
    }

    fn create(&mut self, at: Moment, capacity: i64) -> (String, usize) {
        self.number += 1;
        let bill = format!("INV/26-{:04}", self.number);
        let person = self.billers.choose(&mut self.rng).copied().unwrap_or_default();
        let description = (*GOODS.choose(&mut self.rng).unwrap_or(&"")).to_owned();
        let details = Details { capacity: Some(capacity), description: Some(description), ..Details::default() };
        let scan = Scan { bill: Some(bill.clone()), ..scan(&mut self.rng, at, Action::BillCreate, "") };
        self.batches.push(Batch { at, person, station: STATION.into(), scans: vec![scan.with(details)] });
        (bill, person)
    }

    fn scan(&mut self, turn: Turn<'_>, action: Action, code: &str) {
        let Turn { person, at, bill } = turn;
        if at >= self.now {
            return;
        }
        let scan = Scan { bill: Some(bill.to_owned()), ..scan(&mut self.rng, at, action, code) };
        self.batches.push(Batch { at, person, station: STATION.into(), scans: vec![scan] });
    }
}
