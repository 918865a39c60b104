//! Imports: what a row of a file asks for, and what happens to it.
//!
//! Invariant: a row obeys the same rules as a scan; it is decided by the same function, in a dry run as in the run itself.

use base_core::account::Asked;
use base_core::area::Area;
use base_core::file::{FileColumn, FileKind};
use base_core::time::Moment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::bag::BagKind;
use crate::bill::{BillNumber, BillTexts, DESCRIPTION_LENGTH_MAX, DESTINATION_LENGTH_MAX, VEHICLE_LENGTH_MAX};
use crate::change::Stamp;
use crate::code::{Code, readable};
use crate::decide::{Decision, Facts};
use crate::intent::{BillIntent, Intent, NewTexts, OddCodes};
use crate::loaded::Loaded;
use crate::outcome::Outcome;
use crate::rules::Rules;
use crate::scan::{Action, Details, Scan};
use crate::{decide, file};

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

impl ImportKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Bags, Self::Bills, Self::Children, Self::Parents];

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.file().name
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What such a file consists of.
    pub fn file(self) -> &'static FileKind {
        match self {
            Self::Bags => &file::BAGS,
            Self::Bills => &file::BILLS,
            Self::Children => &file::CHILDREN,
            Self::Parents => &file::PARENTS,
        }
    }

    /// The columns that are read of such a file.
    pub fn columns(self) -> impl Iterator<Item = &'static FileColumn> {
        self.file().read_columns()
    }

    /// How many rounds a file takes: for bags, the first registers all parents, the second their children.
    pub fn rounds(self) -> i64 {
        self.file().rounds
    }
}

/// Where the rows of a file come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Somebody's list: what is new has today's codes.
    #[default]
    List,
    /// The export of a site: what stands there was in it already, whatever codes new things may have.
    Site,
}

/// A row that the rules cannot decide on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The stable code of the reason.
    pub outcome: &'static str,
    /// The reason in words.
    pub message: String,
}

/// The outcome of a row of bags whose type is neither parent nor child.
pub const BAD_TYPE: &str = "bad_type";

/// The outcome of a row of bags whose area the site does not have.
pub const BAD_AREA: &str = "bad_area";

/// The area of a row of bags. Nothing where none is written.
pub fn read_area<'r>(text: &str, rules: &'r Rules) -> Result<Option<&'r Area>, RowFault> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("n/a") {
        return Ok(None);
    }
    rules.area(text).map(Some).ok_or_else(|| {
        let names: Vec<String> = rules.areas.iter().map(Area::title).collect();
        let message = format!("There is no area {:?}; the areas are {}.", readable(text), names.join(", "));
        RowFault { outcome: BAD_AREA, message }
    })
}

/// The round through the file in which a row is decided, from 1. `cells` are the texts of [`ImportKind::columns`], in
/// that order.
pub fn round_of(kind: ImportKind, cells: &[&str]) -> i64 {
    let is_child =
        kind == ImportKind::Bags && cells.get(1).is_some_and(|kind| kind.trim().eq_ignore_ascii_case("child"));
    if is_child { 2 } else { 1 }
}

/// Reads a row. The scan id is not used.
pub fn read_row(kind: ImportKind, cells: &[&str], now: Moment) -> Result<Scan, RowFault> {
    read_row_of(Origin::List, kind, cells, now)
}

/// The same, of a file that may come from a site.
pub fn read_row_of(origin: Origin, kind: ImportKind, cells: &[&str], now: Moment) -> Result<Scan, RowFault> {
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
        ImportKind::Bills => read_bill(origin, scan(Action::BillCreate, ""), cells),
        ImportKind::Children => Ok(Scan { parent: Some(cell(1).to_owned()), ..scan(Action::Child, cell(0)) }),
        ImportKind::Parents => Ok(Scan { bill: Some(cell(1).to_owned()), ..scan(Action::BillLink, cell(0)) }),
    }
}

/// The expected weight is ignored: a bill weighs what is on it (W3).
fn read_bill(origin: Origin, scan: Scan, cells: &[&str]) -> Result<Scan, RowFault> {
    let cell = |at: usize| cells.get(at).copied().unwrap_or_default().trim();
    let capacity = match cell(2) {
        "" => None,
        text => Some(text.parse::<i64>().map_err(|_| RowFault {
            outcome: Outcome::BadCapacity.code(),
            message: format!("The number of parent bags is {:?}; write a whole number from 1 to 500.", readable(text)),
        })?),
    };
    // A little more than fits is enough for the rules to refuse it; longer texts are cut, unless a bill had them already.
    let cut = |at: usize, most: usize| match origin {
        Origin::Site => Some(cell(at).to_owned()),
        Origin::List => Some(cell(at).chars().take(most + 1).collect::<String>()),
    };
    let details = Details {
        capacity,
        description: cut(1, DESCRIPTION_LENGTH_MAX),
        destination: cut(4, DESTINATION_LENGTH_MAX).filter(|text| !text.is_empty()),
        vehicle_number: cut(5, VEHICLE_LENGTH_MAX).filter(|text| !text.is_empty()),
        ..Details::default()
    };
    Ok(Scan { bill: Some(cell(0).to_owned()), ..scan }.with(details))
}

/// What a row asks for. A code that today's rules refuse may be that of a bag which is there already, and what comes from a
/// site had its code there.
pub fn intent_of(origin: Origin, kind: ImportKind, scan: &Scan) -> Intent {
    let brought = match origin {
        Origin::Site => bring(kind, scan),
        Origin::List => None,
    };
    if let Some(intent) = brought {
        return intent;
    }
    let intent = scan.intent();
    match intent {
        Intent::Unreadable { .. } | Intent::UnreadableParent { .. } => kept(scan).unwrap_or(intent),
        intent => intent,
    }
}

fn bring(kind: ImportKind, scan: &Scan) -> Option<Intent> {
    match (kind, scan.action) {
        (ImportKind::Bags, action @ (Action::Parent | Action::Child)) => {
            let text = scan.parent.as_deref().filter(|text| !text.trim().is_empty());
            let parent = match text {
                Some(text) => Some(Code::kept(text)?),
                None => None,
            };
            let kind = if action == Action::Parent { BagKind::Parent } else { BagKind::Child };
            Some(Intent::Bring { code: Code::kept(&scan.code)?, kind, parent })
        }
        (ImportKind::Bills, _) => {
            let bill = BillNumber::kept(scan.bill.as_deref()?)?;
            let details = scan.details.as_deref().cloned().unwrap_or_default();
            let capacity = details.capacity.unwrap_or(1);
            let texts = NewTexts::of(details).over(&BillTexts::default());
            Some(Intent::Bill(BillIntent::Bring { bill, capacity, texts }))
        }
        _ => None,
    }
}

/// A row whose odd codes must be those of bags that are there.
fn kept(scan: &Scan) -> Option<Intent> {
    let mut odd = OddCodes::new();
    let mut code = |text: &str| {
        Code::parse(text).ok().or_else(|| {
            let code = Code::kept(text)?;
            odd.push((code.clone(), readable(text)));
            Some(code)
        })
    };
    let intent = match scan.action {
        Action::Parent => Intent::ChooseParent(code(&scan.code)?),
        Action::Child => Intent::Link { child: code(&scan.code)?, parent: code(scan.parent.as_deref()?)? },
        action @ (Action::BillLink | Action::BillEnter) => Intent::Bill(BillIntent::Link {
            parent: code(&scan.code)?,
            bill: BillNumber::kept(scan.bill.as_deref()?)?,
            by_hand: action == Action::BillEnter,
        }),
        _ => return None,
    };
    Some(Intent::Kept { intent: Box::new(intent), odd })
}

/// The name of a row in a result: its code, or its bill's number.
pub fn name_of(scan: &Scan) -> String {
    let bill = scan.bill.as_deref().filter(|_| scan.action == Action::BillCreate);
    readable(bill.unwrap_or(&scan.code))
}

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// Something was created.
    Made {
        /// Bags or bills.
        created: i64,
        /// Children in parents, or parents on bills.
        linked: i64,
    },
    /// It existed already.
    Known,
    /// A rule refused it.
    Refused,
}

/// Decides on a row and applies the decision to the loaded rows.
pub fn take_row(loaded: &mut Loaded, intent: &Intent, asked: Asked<'_>, rules: &Rules) -> (Decision, Became) {
    let mut decision = decide(loaded, intent, asked, rules);
    let became = match decision.answer.outcome {
        Outcome::ParentCreated | Outcome::Registered | Outcome::BillCreated => Became::Made { created: 1, linked: 0 },
        Outcome::Linked => {
            let is_new = match intent {
                Intent::Link { child, .. } | Intent::Bring { code: child, .. } => loaded.bag(child).is_none(),
                _ => false,
            };
            Became::Made { created: i64::from(is_new), linked: 1 }
        }
        Outcome::BillLinked => Became::Made { created: 0, linked: 1 },
        Outcome::ParentSelected | Outcome::Duplicate | Outcome::AlreadyOnThisBill => Became::Known,
        Outcome::BillExists if is_same_bill(loaded, intent) => Became::Known,
        _ => Became::Refused,
    };
    if let Some(change) = &decision.change {
        loaded.apply(change, Stamp { at: asked.now, by: asked.actor.account, scan_id: None }, rules);
    }
    if became == Became::Refused {
        decision.with_facts(Facts { loaded, rules, scope: &asked.actor.scope });
    }
    (decision, became)
}

fn is_same_bill(loaded: &Loaded, intent: &Intent) -> bool {
    let Intent::Bill(BillIntent::Create { bill, capacity, .. } | BillIntent::Bring { bill, capacity, .. }) = intent
    else {
        return false;
    };
    loaded.bill(&bill.key()).is_some_and(|known| i64::from(known.capacity) == *capacity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(kind: ImportKind, cells: &[&str]) -> Result<Intent, &'static str> {
        read_row(kind, cells, Moment(1)).map(|scan| scan.intent()).map_err(|fault| fault.outcome)
    }

    #[test]
    fn a_row_of_bags_is_a_parent_in_the_first_round_and_a_child_in_the_second() {
        let rounds = ["Parent", " CHILD ", "box"].map(|kind| round_of(ImportKind::Bags, &["SB1", kind, ""]));
        assert_eq!(rounds, [1, 2, 1]);
        assert_eq!(asks(ImportKind::Bags, &["SB1", "box", ""]), Err(BAD_TYPE));
    }

    #[test]
    fn a_bill_without_a_count_is_for_one_parent_and_a_count_that_is_not_a_number_is_refused() {
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
    }
}
