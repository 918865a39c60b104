//! Bags and the links between them.

use base_core::account::AccountId;
use base_core::area::Area;
use base_core::time::Moment;
use serde::Serialize;

use crate::bill::OnBill;
use crate::code::Code;
use crate::mark::Mark;

/// What a code stands for, permanently (B5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BagKind {
    /// A large bag that contains children.
    Parent,
    /// A bag of one kilogram.
    Child,
}

impl BagKind {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Child => "child",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Parent, Self::Child].into_iter().find(|kind| kind.name() == name)
    }
}

/// The status of a parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum BagStatus {
    /// No children yet.
    Pending,
    /// Some children, room for more.
    InProgress,
    /// As many children as fit (P2).
    Completed,
}

impl BagStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::InProgress, Self::Completed];

    /// The status that a number of children gives, whatever the path to it.
    pub fn of(children: u32, capacity: u32) -> Self {
        match children {
            0 => Self::Pending,
            some if some < capacity => Self::InProgress,
            _ => Self::Completed,
        }
    }

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// A bag, parent or child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bag {
    /// Its code, unique over both kinds.
    pub code: Code,
    /// Parent or child.
    pub kind: BagKind,
    /// The dispatch area it belongs to; a linked child has its parent's.
    pub area: Option<Area>,
    /// Parents: how many children are linked. Children: 0.
    pub children: u32,
    /// Parents: follows `children`. Children: always pending.
    pub status: BagStatus,
    /// Parents that the operator finished early: when, and by whom.
    pub closed: Option<Mark>,
    /// When it was first scanned or imported, and by whom. Known for bags that this group created; it never changes.
    pub created: Option<Mark>,
    /// Parents: the bill it is on.
    pub on_bill: Option<OnBill>,
    /// A child that is in a parent, a parent that is on a bill: what lists are filtered by most.
    pub placed: bool,
}

impl Bag {
    /// A bag as it is on its first scan (B6).
    pub fn new(code: Code, kind: BagKind, area: Option<Area>, created: Mark) -> Self {
        Self {
            code,
            kind,
            area,
            children: 0,
            status: BagStatus::Pending,
            closed: None,
            created: Some(created),
            on_bill: None,
            placed: false,
        }
    }
}

/// A child in its parent. There is at most one for each child (P4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The parent.
    pub parent: Code,
    /// When it was linked; later links of one parent have later times.
    pub linked_at: Moment,
    /// Who linked it.
    pub linked_by: Option<AccountId>,
    /// The scan that made it; `None` when it came with an import.
    pub scan_id: Option<uuid::Uuid>,
}
