//! What the site answers to a scan: a closed set of outcomes with stable codes, and the facts that go with each.

use base_core::area::{Area, Scope};
use serde::Serialize;
use uuid::Uuid;

use crate::bag::BagStatus;
use crate::bill::{Bill, BillStatus, BillWeights};
use crate::code::Code;

macro_rules! outcomes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal $kind:ident,)+) => {
        /// What became of a scan. The code is stable; the texts for people are in the locale files.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Outcome { $($(#[doc = $doc])+ $name,)+ }

        impl Outcome {
            /// Every outcome.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The stable code, as the API and the database write it.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// True when a rule refused, so that nothing was changed.
            pub fn is_refusal(self) -> bool {
                match self { $(Self::$name => outcomes!(@refusal $kind),)+ }
            }
        }
    };
    (@refusal done) => { false };
    (@refusal refused) => { true };
}

outcomes! {
    /// The parent was registered and chosen.
    ParentCreated = "parent_created" done,
    /// The parent existed and is chosen.
    ParentSelected = "parent_selected" done,
    /// The child is in the parent now.
    Linked = "linked" done,
    /// The child is free now.
    Unlinked = "unlinked" done,
    /// The child moved to the named parent.
    Relinked = "relinked" done,
    /// The link was undone and its scan marked.
    Undone = "undone" done,
    /// The parent is finished, with as many children as it has.
    Closed = "closed" done,
    /// A child without a parent was registered (imports).
    Registered = "registered" done,
    /// The bag is gone; its scans stay.
    Deleted = "deleted" done,
    /// The parent is on the bill now.
    BillLinked = "bill_linked" done,
    /// The parent is off the bill.
    BillUnlinked = "bill_unlinked" done,
    /// The bill was created.
    BillCreated = "bill_created" done,
    /// The bill's description or capacity was changed.
    BillEdited = "bill_edited" done,
    /// An edit that changes nothing.
    BillUnchanged = "bill_unchanged" done,
    /// The bill is completed and read-only now.
    BillFinished = "bill_finished" done,
    /// The bill is open again (L9).
    BillReopened = "bill_reopened" done,
    /// The bill is gone; its parents are free (L10).
    BillDeleted = "bill_deleted" done,
    /// The parent's children are those of the list now.
    ChildrenSet = "children_set" done,
    /// What an import changed was undone.
    Restored = "restored" done,
    /// A bag that was removed is there again, with its links.
    BroughtBack = "brought_back" done,
    /// A bill that was removed is there again, with its parents.
    BillBroughtBack = "bill_brought_back" done,
    /// The text is no code, or no child's code.
    BadCode = "bad_code" refused,
    /// A parent was asked for, and the code fits no parent label.
    NotAParentCode = "not_a_parent_code" refused,
    /// A child was asked for, and the code is a parent's.
    IsParent = "is_parent" refused,
    /// A parent was asked for, and the code is a child's.
    IsChild = "is_child" refused,
    /// The named parent was never scanned.
    UnknownParent = "unknown_parent" refused,
    /// The bag was never scanned.
    UnknownBag = "unknown_bag" refused,
    /// The child is in this parent already (P5).
    Duplicate = "duplicate" refused,
    /// The child is in another parent (P4).
    ChildElsewhere = "child_elsewhere" refused,
    /// No room, though the parent is not completed: the capacity was lowered since.
    ParentFull = "parent_full" refused,
    /// The parent is completed (P3).
    ParentCompleted = "parent_completed" refused,
    /// The parent is on a completed bill (L8).
    ParentOnCompletedBill = "parent_on_completed_bill" refused,
    /// The parent is on a bill and cannot be removed (D1).
    ParentOnBill = "parent_on_bill" refused,
    /// The parent has children and cannot be removed alone (D2).
    HasChildren = "has_children" refused,
    /// The child is linked and cannot be removed alone (D2).
    IsLinked = "is_linked" refused,
    /// The child is in no parent.
    NotLinked = "not_linked" refused,
    /// The newest link is older than may be undone without naming it (X1).
    TooOldToUndo = "too_old_to_undo" refused,
    /// The parent has no link to undo.
    NothingToUndo = "nothing_to_undo" refused,
    /// The bag belongs to another area; nothing more is revealed.
    OtherArea = "other_area" refused,
    /// No bill has this number.
    UnknownBill = "unknown_bill" refused,
    /// A bill with this number is there already (L1).
    BillExists = "bill_exists" refused,
    /// The text can be no bill's number (L1).
    BadBill = "bad_bill" refused,
    /// The capacity is out of range (L2).
    BadCapacity = "bad_capacity" refused,
    /// The description is too long.
    BadDescription = "bad_description" refused,
    /// The destination or the number of the vehicle is too long.
    BadTransport = "bad_transport" refused,
    /// More parents are on the bill than the new capacity (L2).
    CapacityBelowLinked = "capacity_below_linked" refused,
    /// The parent is on this bill already (L5).
    AlreadyOnThisBill = "already_on_this_bill" refused,
    /// The parent is on another bill (L5).
    AlreadyOnBill = "already_on_bill" refused,
    /// The bill has as many parents as its capacity (L6).
    BillFull = "bill_full" refused,
    /// The bill is completed and read-only (L8).
    BillCompleted = "bill_completed" refused,
    /// The bill is open and cannot be reopened.
    BillOpen = "bill_open" refused,
    /// Parents are missing to complete the bill (L7).
    BillShort = "bill_short" refused,
    /// The parent is not on this bill.
    NotOnBill = "not_on_bill" refused,
    /// The list has more children than fit (P1).
    TooManyChildren = "too_many_children" refused,
    /// It was changed since the import, and stays.
    ChangedSince = "changed_since" refused,
    /// People scanned it since the import, and it stays.
    ScannedSince = "scanned_since" refused,
    /// There is no such removal, or it was more than an hour ago.
    NothingToBringBack = "nothing_to_bring_back" refused,
    /// A bag that was removed was scanned again since, so nothing is brought back.
    ScannedAgain = "scanned_again" refused,
    /// This scan id was used for something else before.
    ScanIdReused = "scan_id_reused" refused,
}

impl Outcome {
    /// Reads a stored code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|outcome| outcome.code() == code)
    }
}

impl Serialize for Outcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// The enumeration is made from [`Outcome::ALL`], so that the description of the API has no list of its own.
#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Outcome {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let codes = Self::ALL.iter().map(|outcome| outcome.code());
        let schema = utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String);
        let text = "What became of a scan: a change, or the code of a refusal.";
        schema.enum_values(Some(codes)).description(Some(text)).into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Outcome {}

/// The answer to one scan, as the API writes it. Facts that do not apply are left out.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ScanAnswer))]
pub struct Answer {
    /// The scan's id, as it was sent.
    pub id: Uuid,
    /// What became of it.
    pub outcome: Outcome,
    /// The code, as it was read.
    pub code: String,
    /// The parent concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub parent: Option<Code>,
    /// How many children that parent has now; of one that was removed, how many went with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub children: Option<u32>,
    /// How many fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub capacity: Option<u32>,
    /// The status of that parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub status: Option<BagStatus>,
    /// True on the link that filled the parent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub completed: bool,
    /// The parent that the child is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub current_parent: Option<Code>,
    /// What parent labels look like, where the code is none; `#` is a digit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub labels: Option<String>,
    /// The bill concerned, or the one that prevents the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub bill: Option<String>,
    /// The other bill that the parent is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub current_bill: Option<String>,
    /// The facts of that bill now.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = BillFacts))]
    pub bill_facts: Option<Box<BillFacts>>,
    /// By how many seconds the sender's clock is off, where that is too much to be true.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub clock_off_s: Option<i64>,
    /// Refusals: what is wrong and what to do, in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub message: Option<String>,
}

/// The facts of a bill after the decision. An answer has all of it or nothing, so the document requires none of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillFacts {
    /// How many parents are on it.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub bill_parents: u32,
    /// Its capacity, in parents.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub bill_capacity: u32,
    /// Its status.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub bill_status: BillStatus,
    /// What it weighs, in kilograms.
    #[serde(flatten)]
    pub weights: BillWeights,
    /// How many parents are missing, where that is what was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub missing: Option<u32>,
}

impl BillFacts {
    /// The facts of a bill; `full` children are a full parent.
    pub fn of(bill: &Bill, full: u32) -> Self {
        Self {
            bill_parents: bill.parents,
            bill_capacity: bill.capacity,
            bill_status: bill.status,
            weights: bill.weights(full),
            missing: None,
        }
    }
}

impl Answer {
    /// The fields that only say something about the bags in the scan itself. Other fields may name bags of another
    /// area: they are for the person who scanned, and for people who see everything.
    pub const PLAIN_FACTS: [&str; 7] = ["id", "outcome", "code", "parent", "children", "capacity", "status"];

    /// The area whose people see the scan: that of the person who scanned, or else that of the bag. A refusal to
    /// somebody who works in all areas may reveal facts about any of them, so it belongs to none.
    pub fn filed_under(&self, given_by: &Scope, of_bag: impl FnOnce() -> Option<Area>) -> Option<Area> {
        given_by.own_area().cloned().or_else(|| if self.outcome.is_refusal() { None } else { of_bag() })
    }

    /// An answer without facts.
    pub fn new(id: Uuid, outcome: Outcome, code: impl Into<String>) -> Self {
        Self {
            id,
            outcome,
            code: code.into(),
            parent: None,
            children: None,
            capacity: None,
            status: None,
            completed: false,
            current_parent: None,
            labels: None,
            bill: None,
            current_bill: None,
            bill_facts: None,
            clock_off_s: None,
            message: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcome_codes_are_read_back_and_differ() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.code()), Some(*outcome));
        }
    }
}
