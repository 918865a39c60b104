//! Bills of the earlier system, and the parents on them. The newest bill of a parent wins; the others are reported.
//!
//! Invariant: a bill keeps its capacity, however many parents were put on it there; weights and counts are computed
//! again.

use std::collections::{BTreeSet, HashMap};

use bags_rules::bag::BagKind;
use bags_rules::bill::{BillStatus, BillTexts, NUMBER_LENGTH_MIN};
use bags_rules::code::Code;
use bags_rules::counter::{Counter, Deltas};
use base_core::area::Area;
use base_core::time::Moment;
use serde::Deserialize;
use uuid::Uuid;

use super::site::{Finding, moment};

/// A row of `bill`. Its totals and weights are not read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EarlierBill {
    /// Its number in the database.
    pub id: i64,
    /// The number that the biller typed.
    pub bill_id: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Where it goes.
    pub destination: Option<String>,
    /// The number of its vehicle.
    pub vehicle_number: Option<String>,
    /// How many parents it is for.
    pub parent_bag_count: Option<i64>,
    /// `new`, `processing`, `completed`, `active`, `draft`.
    pub status: Option<String>,
    /// Who created it.
    pub created_by_id: Option<i64>,
    /// When it was created.
    pub created_at: Option<String>,
    /// When it last changed.
    pub updated_at: Option<String>,
}

/// A bill as it is imported, before its parents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBill {
    /// Its number in the database there.
    pub earlier_id: i64,
    /// The number that is wanted; the caller makes sure that it is free.
    pub number: String,
    /// What is written about it, whatever its length.
    pub texts: BillTexts,
    /// How many parents it is for.
    pub capacity: i64,
    /// Its status.
    pub status: BillStatus,
    /// Who created it, by their number there.
    pub created_by: Option<i64>,
    /// When it was created.
    pub created_at: Moment,
    /// When it was completed, as far as that is known: when it last changed.
    pub completed_at: Option<Moment>,
    /// When it last changed.
    pub updated_at: Moment,
}

/// Decides what becomes of a bill.
pub fn bill(row: &EarlierBill) -> (KeptBill, Vec<Finding>) {
    let mut findings = Vec::new();
    let given = row.bill_id.as_deref().map(str::trim).filter(|number| !number.is_empty());
    let number = given.map_or_else(|| format!("BILL {}", row.id), str::to_owned);
    let mut tell = |found: &'static str, done: String| {
        findings.push(Finding::new("bill", row.id, &number, found, done));
    };
    if given.is_none() {
        tell("no_number", "kept under the number that is shown here".into());
    } else if number.chars().count() < NUMBER_LENGTH_MIN {
        tell("short_number", "kept; new bills have longer numbers".into());
    }
    let capacity = row.parent_bag_count.unwrap_or_default();
    if capacity < 1 {
        tell("no_capacity", format!("capacity {capacity} became 1"));
    }
    let status_name = row.status.as_deref().unwrap_or_default().trim().to_lowercase();
    let status = match status_name.as_str() {
        "new" | "draft" => BillStatus::New,
        "processing" | "active" => BillStatus::Processing,
        "completed" => BillStatus::Completed,
        _ => {
            tell("unknown_status", format!("status {status_name:?} became new"));
            BillStatus::New
        }
    };
    let updated_at = moment(row.updated_at.as_deref());
    let kept = KeptBill {
        earlier_id: row.id,
        texts: BillTexts {
            description: row.description.clone().unwrap_or_default(),
            destination: row.destination.as_deref().unwrap_or_default().trim().to_owned(),
            vehicle_number: row.vehicle_number.as_deref().unwrap_or_default().trim().to_owned(),
        },
        capacity: capacity.max(1),
        status,
        created_by: row.created_by_id,
        created_at: moment(row.created_at.as_deref()).unwrap_or(Moment::UNKNOWN),
        completed_at: updated_at.filter(|_| status == BillStatus::Completed),
        updated_at: updated_at.unwrap_or(Moment::UNKNOWN),
        number,
    };
    (kept, findings)
}

/// A number that no bill has yet: the wanted one, otherwise with a number after it. Numbers may differ by case alone
/// there, but not here.
pub fn free_number(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_u64..).map(|n| format!("{wanted} ({n})"));
    let mut numbers = std::iter::once(wanted.to_owned()).chain(numbered);
    numbers.find(|number| !is_taken(&number.to_uppercase())).unwrap_or_else(|| wanted.to_owned())
}

/// A row of `bill_bag`, with what was found for it.
#[derive(Clone, Debug, Default)]
pub struct EarlierBillBag {
    /// Its number.
    pub id: i64,
    /// The bill's key here; `None` when that bill did not come over.
    pub bill: Option<String>,
    /// The bag's code; `None` when there is no such bag.
    pub parent: Option<String>,
    /// When it was put there.
    pub linked_at: Option<Moment>,
    /// Who put it there, by their number here.
    pub linked_by: Option<i64>,
    /// The scan that put it there.
    pub scan_id: Option<Uuid>,
}

/// A bill as it is in our database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownBill {
    /// How many parents it is for.
    pub capacity: i64,
    /// Its status.
    pub status: BillStatus,
    /// How many parents are on it.
    pub parents: i64,
}

/// That a parent is on a bill, as it is in our database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnBillNow {
    /// The bill's key.
    pub bill: String,
    /// When it was put there.
    pub linked_at: Moment,
    /// Who put it there.
    pub linked_by: Option<i64>,
    /// The scan that put it there.
    pub scan_id: Option<Uuid>,
    /// Whether it came over with this import; others are left alone.
    pub came_over: bool,
}

/// A bag as it is in our database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownParent {
    /// Parent or child.
    pub kind: BagKind,
    /// Its area.
    pub area: Option<Area>,
    /// Whether it came over with this import; others are left alone.
    pub came_over: bool,
    /// The bill it was loaded with.
    pub was_on: Option<OnBillNow>,
    /// The bill it is on now.
    pub on: Option<OnBillNow>,
}

/// The bills and parents that a page of `bill_bag` touches.
#[derive(Clone, Debug, Default)]
pub struct LoadedBills {
    /// Bills by key: as loaded, and as they are now.
    pub bills: HashMap<String, (KnownBill, KnownBill)>,
    /// Bags.
    pub parents: HashMap<Code, KnownParent>,
}

impl LoadedBills {
    /// Puts one parent on its bill, or returns why not.
    pub fn place(&mut self, row: &EarlierBillBag) -> Result<Vec<Finding>, Finding> {
        let code = row.parent.as_deref().and_then(Code::kept);
        let shown = code.as_ref().map_or_else(String::new, ToString::to_string);
        let tell = |found, done: String| Finding::new("bill_bag", row.id, &shown, found, done);
        let known = code.as_ref().and_then(|code| self.parents.get_mut(code));
        let (Some(code), Some(parent)) = (code.as_ref(), known) else {
            return Err(tell("end_missing", "not kept: its bag did not come over".into()));
        };
        let bill = row.bill.as_ref().and_then(|key| Some((key, self.bills.get_mut(key)?)));
        let Some((key, (_, bill))) = bill else {
            return Err(tell("end_missing", format!("not kept: the bill of {code} did not come over")));
        };
        if parent.kind != BagKind::Parent {
            return Err(tell("wrong_type", format!("not kept: {code} is a child")));
        }
        if !parent.came_over {
            return Err(tell("already_here", format!("not kept: {code} was here before, and stays as it is")));
        }
        let linked_at = row.linked_at.unwrap_or_default();
        let mut findings = Vec::new();
        let mut left = None;
        match &parent.on {
            Some(on) if on.bill == *key => return Ok(findings),
            Some(on) if !on.came_over => {
                return Err(tell("already_here", format!("not kept: {code} was put on {} here", on.bill)));
            }
            Some(on) if on.linked_at > linked_at => {
                let done = format!("not kept: {code} was put on {} later than on {key}", on.bill);
                return Err(tell("several_bills", done));
            }
            Some(on) => {
                let done = format!("kept: {code} is on {key}, the newest; not kept: its place on {}", on.bill);
                findings.push(tell("several_bills", done));
                left = Some(on.bill.clone());
            }
            None => {}
        }
        bill.parents += 1;
        if bill.status == BillStatus::New {
            bill.status = BillStatus::Processing;
        }
        if bill.parents > bill.capacity {
            let done = format!("kept: {key} holds {} parents, its capacity stays {}", bill.parents, bill.capacity);
            findings.push(tell("bill_over_capacity", done));
        }
        let (linked_by, scan_id) = (row.linked_by, row.scan_id);
        parent.on = Some(OnBillNow { bill: key.clone(), linked_at, linked_by, scan_id, came_over: true });
        if let Some((_, left)) = left.and_then(|left| self.bills.get_mut(&left)) {
            left.parents -= 1;
        }
        Ok(findings)
    }

    /// Every bill whose parents changed.
    pub fn touched(&self) -> Vec<&str> {
        let changed = self.parents.values().filter(|parent| parent.was_on != parent.on);
        let bills: BTreeSet<&str> =
            changed.flat_map(|parent| [&parent.was_on, &parent.on]).flatten().map(|on| on.bill.as_str()).collect();
        bills.into_iter().collect()
    }

    /// The differences for the counters.
    pub fn deltas(&self) -> Deltas {
        let mut deltas = Deltas::default();
        for (was, now) in self.bills.values() {
            for (bill, by) in [(was, -1), (now, 1)] {
                deltas.add(Counter::of_bill(bill.status), None, Moment(0), by);
            }
        }
        for parent in self.parents.values() {
            let by = i64::from(parent.on.is_some()) - i64::from(parent.was_on.is_some());
            deltas.add(Counter::ParentsBilled, parent.area.clone(), Moment(0), by);
        }
        deltas
    }
}

#[cfg(test)]
mod tests {
    use super::super::site::testing::found;
    use super::*;

    #[test]
    fn statuses_numbers_and_capacities_become_those_of_this_program() {
        for (number, count, status, wanted, told) in [
            ("B-1", Some(5), "new", BillStatus::New, vec![]),
            ("B-2", Some(5), "draft", BillStatus::New, vec![]),
            ("B-3", Some(5), "active", BillStatus::Processing, vec![]),
            ("B-4", Some(5), "Completed", BillStatus::Completed, vec![]),
            ("B", None, "lost", BillStatus::New, vec!["short_number", "no_capacity", "unknown_status"]),
            (" ", Some(5), "processing", BillStatus::Processing, vec!["no_number"]),
        ] {
            let row = EarlierBill {
                id: 9,
                bill_id: Some(number.into()),
                parent_bag_count: count,
                status: Some(status.into()),
                ..EarlierBill::default()
            };
            let (kept, findings) = bill(&row);
            assert_eq!((kept.status, found(&findings)), (wanted, told), "{number}");
            assert_eq!((kept.created_at, kept.completed_at), (Moment::UNKNOWN, None), "a missing time stays missing");
            assert_eq!(kept.capacity, count.unwrap_or(1));
        }
        assert_eq!(free_number("bill-7", |key| key == "BILL-7"), "bill-7 (2)");
    }

    fn loaded() -> LoadedBills {
        let bill = |capacity, status| {
            let bill = KnownBill { capacity, status, parents: 0 };
            (bill, bill)
        };
        let parent = |kind, came_over| KnownParent { kind, area: None, came_over, was_on: None, on: None };
        LoadedBills {
            bills: HashMap::from([
                ("B-1".into(), bill(1, BillStatus::New)),
                ("B-2".into(), bill(5, BillStatus::Completed)),
            ]),
            parents: HashMap::from([
                (Code::stored("SB00001"), parent(BagKind::Parent, true)),
                (Code::stored("SB00002"), parent(BagKind::Parent, true)),
                (Code::stored("SB00003"), parent(BagKind::Parent, false)),
                (Code::stored("KID1"), parent(BagKind::Child, true)),
            ]),
        }
    }

    fn row(bill: &str, parent: &str, at: i64) -> EarlierBillBag {
        let (bill, parent) = (Some(bill.into()), Some(parent.into()));
        EarlierBillBag { id: 1, bill, parent, linked_at: Some(Moment(at)), ..EarlierBillBag::default() }
    }

    #[test]
    fn the_newest_bill_of_a_parent_wins() {
        for order in [[0, 1], [1, 0]] {
            let mut loaded = loaded();
            let rows = [row("B-1", "sb00001", 1), row("B-2", "SB00001", 2)];
            let told: Vec<_> = order.iter().map(|at| loaded.place(&rows[*at])).collect();
            let second = told[1].as_ref().map_or_else(Some, |told| told.first()).expect("told");
            assert_eq!(second.found, "several_bills");
            assert_eq!((loaded.bills["B-1"].1.parents, loaded.bills["B-2"].1.parents), (0, 1));
            assert_eq!(loaded.touched(), ["B-2"]);
        }
    }

    #[test]
    fn a_bill_with_a_parent_is_under_way_and_one_with_too_many_keeps_them() {
        let mut loaded = loaded();
        assert_eq!(loaded.place(&row("B-1", "SB00001", 1)), Ok(vec![]));
        assert_eq!(loaded.bills["B-1"].1.status, BillStatus::Processing);
        let second = loaded.place(&row("B-1", "SB00002", 1)).expect("kept");
        assert_eq!(found(&second), ["bill_over_capacity"]);
        assert_eq!((loaded.bills["B-1"].1.parents, loaded.bills["B-1"].1.capacity), (2, 1));
        assert_eq!(loaded.place(&row("B-1", "SB00002", 9)), Ok(vec![]), "twice is once");
    }

    #[test]
    fn what_cannot_be_on_a_bill_is_reported_and_left_out() {
        let mut loaded = loaded();
        for (bill, parent, wanted) in [
            ("B-1", "KID1", "wrong_type"),
            ("B-1", "SB00003", "already_here"),
            ("B-1", "SB99999", "end_missing"),
            ("B-9", "SB00001", "end_missing"),
        ] {
            assert_eq!(loaded.place(&row(bill, parent, 1)).expect_err("left out").found, wanted, "{bill} {parent}");
        }
        assert!(loaded.touched().is_empty());
    }
}
