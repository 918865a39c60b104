//! Bills: one dispatch each, a list of parents with a capacity.
//!
//! Invariant: a bill's `parents` and `children` are those of the parents on it, and change with them.

use std::sync::Arc;

use base_core::account::AccountId;
use base_core::text::{as_shown, composed, has_look_alikes};
use base_core::time::Moment;
use serde::Serialize;
use uuid::Uuid;

use crate::mark::{CHILD_WEIGHT_KG, Mark};

/// Shortest bill number, in characters (L1).
pub const NUMBER_LENGTH_MIN: usize = 3;
/// Longest bill number, in characters (L1).
pub const NUMBER_LENGTH_MAX: usize = 50;
/// Longest number that a bill of an earlier system can have, in characters: the number itself, and what distinguishes
/// it from another.
pub const KEPT_NUMBER_LENGTH_MAX: usize = 100;
/// Longest description, in characters.
pub const DESCRIPTION_LENGTH_MAX: usize = 2_000;
/// Longest destination, in characters.
pub const DESTINATION_LENGTH_MAX: usize = 200;
/// Longest number of a vehicle, in characters.
pub const VEHICLE_LENGTH_MAX: usize = 50;
/// Largest capacity of a bill, in parents (L2).
pub const CAPACITY_MAX: i64 = 500;

/// Largest capacity that a bill of an earlier system can have, in parents.
pub const CAPACITY_MAX_OF_EARLIER: i64 = 1_000_000;

/// The status of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum BillStatus {
    /// Created, no parent was on it yet.
    New,
    /// At least one parent was put on it, or it was reopened.
    Processing,
    /// Closed: neither it nor the children of its parents change until it is reopened (L8).
    Completed,
}

impl BillStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::New, Self::Processing, Self::Completed];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Processing => "processing",
            Self::Completed => "completed",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// A bill's number in capitals and in Unicode's composed form: two numbers with the same key are the same (L1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct BillKey(Arc<str>);

impl BillKey {
    /// Takes a key as it is in the database.
    pub fn stored(text: &str) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Words that are pages at the place in an address where bill numbers are; `create` was one in the earlier system.
const PAGES: [&str; 4] = ["create", "new", "recalculate", "station"];

/// Invisible characters: two numbers that look the same would be two bills.
fn is_unseen(character: char) -> bool {
    let is_mark =
        matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}');
    character.is_control() || is_mark || character == '\u{feff}'
}

/// A bill's number as it was typed, blanks around it gone. A new one has 3 to 50 characters that can all be seen, and
/// is none of the reserved words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillNumber(Arc<str>);

impl BillNumber {
    /// Reads what was typed or scanned, in the form in which it is shown: letters with marks in one form (NFC), a run of
    /// blanks as one. `None` when no bill can have that number; characters that only look like others are refused.
    pub fn parse(text: &str) -> Option<Self> {
        if has_look_alikes(text.trim()) {
            return None;
        }
        let shown = as_shown(text);
        let length = shown.chars().count();
        let fits = (NUMBER_LENGTH_MIN..=NUMBER_LENGTH_MAX).contains(&length);
        let is_page = PAGES.iter().any(|page| page.eq_ignore_ascii_case(&shown));
        // Line ends are among the blanks that become one.
        let can_be_seen = !text.trim().chars().any(is_unseen);
        (fits && !is_page && can_be_seen).then(|| Self(shown.into()))
    }

    /// Reads the number of a bill that is there already: an earlier system accepted shorter and longer ones. `None`
    /// when no bill can have had that number.
    pub fn kept(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let fits = (1..=KEPT_NUMBER_LENGTH_MAX).contains(&trimmed.chars().count()) && !trimmed.contains('\0');
        fits.then(|| Self(trimmed.into()))
    }

    /// The number as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number in capitals.
    pub fn key(&self) -> BillKey {
        BillKey(composed(&self.0).to_uppercase().into())
    }
}

/// What people write about a bill. Each may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillTexts {
    /// What it is for.
    pub description: String,
    /// Where it goes.
    pub destination: String,
    /// The number of the vehicle that takes it there.
    pub vehicle_number: String,
}

/// A bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Its number as the biller typed it.
    pub number: String,
    /// What people wrote about it.
    pub texts: BillTexts,
    /// How many parents it is for.
    pub capacity: u32,
    /// Its status.
    pub status: BillStatus,
    /// How many parents are on it.
    pub parents: u32,
    /// How many children are in those parents.
    pub children: u32,
    /// When it was created, and by whom.
    pub created: Mark,
    /// When it was completed, and by whom.
    pub completed: Option<Mark>,
}

/// What a bill weighs, in kilograms (W2 to W4). An answer has all of it or nothing, so the document requires none of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillWeights {
    /// Its children.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub actual_kg: i64,
    /// Its parents, were each full.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub expected_kg: i64,
    /// As many full parents as its capacity.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub target_kg: i64,
    /// Actual minus expected: negative is under.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub variance_kg: i64,
}

impl BillWeights {
    /// Weighs a bill of so many parents, children and a capacity, `full` children being a full parent.
    pub fn of(parents: i64, children: i64, capacity: i64, full: u32) -> Self {
        let parent_kg = i64::from(full) * i64::from(CHILD_WEIGHT_KG);
        let actual_kg = children * i64::from(CHILD_WEIGHT_KG);
        let expected_kg = parents * parent_kg;
        Self { actual_kg, expected_kg, target_kg: capacity * parent_kg, variance_kg: actual_kg - expected_kg }
    }
}

/// The progress of a bill: the percentage, and the word for it (L12).
pub fn progress(parents: i64, capacity: i64) -> (i64, &'static str) {
    let percent = base_core::number::percent(parents, capacity);
    let word = match parents {
        0 => "empty",
        _ if parents >= capacity => "completed",
        _ => "in_progress",
    };
    (percent, word)
}

impl Bill {
    /// What it weighs.
    pub fn weights(&self, full: u32) -> BillWeights {
        BillWeights::of(self.parents.into(), self.children.into(), self.capacity.into(), full)
    }

    /// How many parents it lacks to be completed (L7).
    pub fn missing(&self) -> u32 {
        self.capacity.saturating_sub(self.parents)
    }
}

/// That a parent is on a bill. There is at most one for each parent (L5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnBill {
    /// The bill.
    pub bill: BillKey,
    /// Since when.
    pub linked_at: Moment,
    /// Who put it there.
    pub linked_by: Option<AccountId>,
    /// The scan that did it; `None` when it came with an import.
    pub scan_id: Option<Uuid>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_whatever_their_case() {
        let one = BillNumber::parse(" bill/25-001 ").map(|number| number.key());
        assert_eq!(one, BillNumber::parse("BILL/25-001").map(|number| number.key()));
        for wrong in ["", "  ab  ", "a\u{0}bc", "a\u{200b}bc", "New", "station", &"9".repeat(51)] {
            assert_eq!(BillNumber::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_bill_that_exists_may_have_a_number_that_no_new_one_gets() {
        for odd in ["B7", "7", "a\tb", &"9".repeat(KEPT_NUMBER_LENGTH_MAX)] {
            let kept = BillNumber::kept(&format!(" {odd} "));
            assert_eq!(kept.as_ref().map(BillNumber::as_str), Some(odd));
        }
        for nothing in ["", " \n", "a\u{0}bc", &"9".repeat(KEPT_NUMBER_LENGTH_MAX + 1)] {
            assert_eq!(BillNumber::kept(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn five_parents_with_128_children_are_22_kg_under() {
        let weights = BillWeights::of(5, 128, 6, 30);
        let expected = BillWeights { actual_kg: 128, expected_kg: 150, target_kg: 180, variance_kg: -22 };
        assert_eq!(weights, expected);
    }

    #[test]
    fn progress_is_a_whole_percent_and_a_word() {
        assert_eq!(progress(0, 5), (0, "empty"));
        assert_eq!(progress(2, 3), (67, "in_progress"));
        assert_eq!(progress(199, 200), (99, "in_progress"), "100 only when it is full");
        assert_eq!(progress(3, 3), (100, "completed"));
    }
}
