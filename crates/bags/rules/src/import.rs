//! Imports: what a row of a file asks for, and what becomes of it (`bags.md` 7.5).
//!
//! Invariant: a row obeys the same rules as a scan; it is decided by the same function, in a dry run as in the run itself.

use base_core::account::Asked;
use base_core::time::Moment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::bill::DESCRIPTION_LENGTH_MAX;
use crate::change::Stamp;
use crate::code::readable;
use crate::decide;
use crate::decide::Decision;
use crate::floor::Floor;
use crate::intent::{BillIntent, Intent};
use crate::outcome::Outcome;
use crate::rules::Rules;
use crate::scan::{Action, Details, Scan};

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// Parents, and children with the parent that each is in.
    Bags,
    /// Bills.
    Bills,
    /// Children into parents that are there.
    Children,
    /// Parents that are there onto bills that are there.
    Parents,
}

/// A column that a kind of file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileColumn {
    /// Its name in a header row.
    pub name: &'static str,
    /// Other names that people give it.
    pub synonyms: &'static [&'static str],
    /// Whether a file without it cannot be read.
    pub is_needed: bool,
}

const fn needed(name: &'static str, synonyms: &'static [&'static str]) -> FileColumn {
    FileColumn { name, synonyms, is_needed: true }
}

const fn optional(name: &'static str, synonyms: &'static [&'static str]) -> FileColumn {
    FileColumn { name, synonyms, is_needed: false }
}

const BAG_COLUMNS: &[FileColumn] = &[
    needed("qr_id", &["qr", "qr_code", "code", "bag", "bag_id", "bag_code"]),
    needed("type", &["kind", "bag_type"]),
    optional("parent_qr_id", &["parent", "parent_qr", "parent_id", "parent_bag", "parent_bag_qr", "parent_code"]),
];
const BILL_COLUMNS: &[FileColumn] = &[
    needed("bill_id", &["bill", "bill_no", "bill_number"]),
    optional("description", &["note", "notes", "remark", "remarks"]),
    optional("parent_bag_count", &["capacity", "parents", "parent_bags", "bags", "no_of_bags", "sacks", "no_of_sacks"]),
    optional("expected_weight_kg", &["expected_weight", "weight", "weight_kg"]),
];
const CHILD_COLUMNS: &[FileColumn] = &[
    needed("child", &["child_qr_id", "child_qr", "child_id", "child_bag", "child_bag_qr", "child_code", "qr_id"]),
    needed("parent", &["parent_qr_id", "parent_qr", "parent_id", "parent_bag", "parent_bag_qr", "parent_code"]),
];
const PARENT_COLUMNS: &[FileColumn] = &[
    needed(
        "parent",
        &["parent_qr_id", "parent_qr", "parent_id", "parent_bag", "parent_bag_qr", "parent_code", "qr_id"],
    ),
    needed("bill_id", &["bill", "bill_no", "bill_number"]),
];

impl ImportKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Bags, Self::Bills, Self::Children, Self::Parents];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bags => "bags",
            Self::Bills => "bills",
            Self::Children => "children",
            Self::Parents => "parents",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The columns of such a file.
    pub fn columns(self) -> &'static [FileColumn] {
        match self {
            Self::Bags => BAG_COLUMNS,
            Self::Bills => BILL_COLUMNS,
            Self::Children => CHILD_COLUMNS,
            Self::Parents => PARENT_COLUMNS,
        }
    }

    /// How often the file is walked through: bags register all parents first, then their children.
    pub fn passes(self) -> i64 {
        if self == Self::Bags { 2 } else { 1 }
    }
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The file is there; which column is which is not settled.
    Waiting,
    /// The dry run is under way, or about to be.
    Checking,
    /// The dry run is done.
    Checked,
    /// Rows become true.
    Running,
    /// Every row was decided.
    Done,
    /// It cannot go on; why is noted.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// What it made is taken back.
    RollingBack,
    /// What it made was taken back, as far as that was possible.
    RolledBack,
}

impl ImportState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Checking,
        Self::Checked,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
        Self::RollingBack,
        Self::RolledBack,
    ];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::RollingBack => "rolling_back",
            Self::RolledBack => "rolled_back",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// True while somebody should be working on it.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Checking | Self::Running | Self::RollingBack)
    }

    /// True where it can be stopped.
    pub fn may_be_cancelled(self) -> bool {
        matches!(self, Self::Waiting | Self::Checking | Self::Checked | Self::Running | Self::RollingBack)
    }

    /// True where what it made, if anything, may be taken back.
    pub fn may_be_rolled_back(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// What happens when a row is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportMode {
    /// It is told in the result, and the others become true.
    #[default]
    SkipBad,
    /// Nothing of the file stays.
    AllOrNothing,
}

impl ImportMode {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::SkipBad => "skip_bad",
            Self::AllOrNothing => "all_or_nothing",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::SkipBad, Self::AllOrNothing].into_iter().find(|mode| mode.name() == name)
    }
}

/// A row that says nothing the rules could decide on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The stable code of the reason.
    pub outcome: &'static str,
    /// The reason in words.
    pub message: String,
}

/// The outcome of a row of bags whose type is neither parent nor child.
pub const BAD_TYPE: &str = "bad_type";

/// In which walk through the file it is a row's turn, from 1. `cells` are the texts of [`ImportKind::columns`], in that
/// order.
pub fn pass_of(kind: ImportKind, cells: &[&str]) -> i64 {
    let is_child =
        kind == ImportKind::Bags && cells.get(1).is_some_and(|kind| kind.trim().eq_ignore_ascii_case("child"));
    if is_child { 2 } else { 1 }
}

/// Reads a row. The scan id is not used.
pub fn read_row(kind: ImportKind, cells: &[&str], now: Moment) -> Result<Scan, RowFault> {
    let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
    let scan =
        |action, code: &str| Scan { id: Uuid::nil(), client_at: now, action, code: code.to_owned(), ..Scan::default() };
    match kind {
        ImportKind::Bags => match cell(1).trim() {
            kind if kind.eq_ignore_ascii_case("parent") => Ok(scan(Action::Parent, cell(0))),
            // A child without a parent is refused by the rules: its parent cannot be known.
            kind if kind.eq_ignore_ascii_case("child") => {
                Ok(Scan { parent: Some(cell(2).to_owned()), ..scan(Action::Child, cell(0)) })
            }
            kind => {
                let message = format!("The type is {:?}; write parent or child.", readable(kind));
                Err(RowFault { outcome: BAD_TYPE, message })
            }
        },
        ImportKind::Bills => read_bill(scan(Action::BillCreate, ""), cells),
        ImportKind::Children => Ok(Scan { parent: Some(cell(1).to_owned()), ..scan(Action::Child, cell(0)) }),
        ImportKind::Parents => Ok(Scan { bill: Some(cell(1).to_owned()), ..scan(Action::BillLink, cell(0)) }),
    }
}

/// The expected weight is passed over: a bill weighs what is on it (W3).
fn read_bill(scan: Scan, cells: &[&str]) -> Result<Scan, RowFault> {
    let cell = |at: usize| cells.get(at).copied().unwrap_or_default().trim();
    let capacity = match cell(2) {
        "" => None,
        text => Some(text.parse::<i64>().map_err(|_| RowFault {
            outcome: Outcome::BadCapacity.code(),
            message: format!("The number of parent bags is {:?}; write a whole number from 1 to 50.", readable(text)),
        })?),
    };
    // A little more than fits is enough for the rules to refuse it; a whole page is not carried along.
    let description: String = cell(1).chars().take(DESCRIPTION_LENGTH_MAX + 1).collect();
    let details = Details { capacity, description: Some(description), ..Details::default() };
    Ok(Scan { bill: Some(cell(0).to_owned()), ..scan }.with(details))
}

/// What a row is called in a result: its code, or its bill's number.
pub fn name_of(scan: &Scan) -> String {
    let bill = scan.bill.as_deref().filter(|_| scan.action == Action::BillCreate);
    readable(bill.unwrap_or(&scan.code))
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// Something is there that was not.
    Made {
        /// Bags or bills.
        created: i64,
        /// Children in parents, or parents on bills.
        linked: i64,
    },
    /// It was so already.
    Known,
    /// A rule said no.
    Refused,
}

/// Decides on a row and makes it true on the floor.
pub fn take_row(floor: &mut Floor, intent: &Intent, asked: Asked<'_>, rules: &Rules) -> (Decision, Became) {
    let mut decision = decide(floor, intent, asked, rules);
    let became = match decision.answer.outcome {
        Outcome::ParentCreated | Outcome::Registered | Outcome::BillCreated => Became::Made { created: 1, linked: 0 },
        Outcome::Linked => {
            let is_new = matches!(intent, Intent::Link { child, .. } if floor.bag(child).is_none());
            Became::Made { created: i64::from(is_new), linked: 1 }
        }
        Outcome::BillLinked => Became::Made { created: 0, linked: 1 },
        Outcome::ParentSelected | Outcome::Duplicate | Outcome::AlreadyOnThisBill => Became::Known,
        Outcome::BillExists if is_same_bill(floor, intent) => Became::Known,
        _ => Became::Refused,
    };
    if let Some(change) = &decision.change {
        floor.apply(change, Stamp { at: asked.now, by: asked.actor.account, scan_id: None }, rules);
    }
    if became == Became::Refused {
        decision.with_facts(floor, rules);
    }
    (decision, became)
}

fn is_same_bill(floor: &Floor, intent: &Intent) -> bool {
    let Intent::Bill(BillIntent::Create { bill, capacity, .. }) = intent else { return false };
    floor.bill(&bill.key()).is_some_and(|known| i64::from(known.capacity) == *capacity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(kind: ImportKind, cells: &[&str]) -> Result<Intent, &'static str> {
        read_row(kind, cells, Moment(1)).map(|scan| scan.intent()).map_err(|fault| fault.outcome)
    }

    #[test]
    fn a_row_of_bags_is_a_parent_in_the_first_walk_and_a_child_in_the_second() {
        let passes = ["Parent", " CHILD ", "box"].map(|kind| pass_of(ImportKind::Bags, &["SB1", kind, ""]));
        assert_eq!(passes, [1, 2, 1]);
        assert_eq!(asks(ImportKind::Bags, &["SB1", "box", ""]), Err(BAD_TYPE));
    }

    #[test]
    fn a_bill_without_a_count_holds_one_parent_and_a_count_that_is_no_number_is_refused() {
        let capacity = |cells: &[&str]| match asks(ImportKind::Bills, cells)? {
            Intent::Bill(BillIntent::Create { capacity, .. }) => Ok(capacity),
            other => panic!("{other:?}"),
        };
        assert_eq!(capacity(&["BILL-1", "", "", "900"]), Ok(1));
        assert_eq!(capacity(&["BILL-1", "rice", " 12 "]), Ok(12));
        assert_eq!(capacity(&["BILL-1", "", "a dozen"]), Err("bad_capacity"));
    }

    #[test]
    fn names_are_read_back() {
        for kind in ImportKind::ALL {
            assert_eq!(ImportKind::parse(kind.name()), Some(kind));
        }
        for state in ImportState::ALL {
            assert_eq!(ImportState::parse(state.name()), Some(state));
        }
    }
}
