//! Scans: what is submitted to the desk, and what it asks for.

use base_core::permission::Permission;
use base_core::time::Moment;
use serde::Serialize;
use uuid::Uuid;

use crate::permission::{BAG_DELETE, BAG_EDIT, BAG_SCAN, BILL_DELETE, BILL_EDIT};

/// What a scan asks for. The text form is the API's `action`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Choose a parent, registering it on its first scan.
    #[default]
    Parent,
    /// Link a child into a parent, registering the child on its first scan.
    Child,
    /// Take a child out of its parent.
    Unlink,
    /// Move a child to another parent.
    Relink,
    /// Undo the newest link of a parent, or the link of one child.
    Undo,
    /// Finish a parent early.
    Close,
    /// Register a child without a parent (imports).
    Register,
    /// Remove a bag that has no links (D2).
    Delete,
    /// Remove a bag with everything in it (D3).
    DeleteContents,
    /// Undo the removal of a bag.
    BringBack,
    /// Make the children of a parent those of a list.
    SetChildren,
    /// Put a parent on a bill (L4 to L6).
    BillLink,
    /// The same by hand: a parent that was never scanned is registered first (L4).
    BillEnter,
    /// Take a parent off its bill.
    BillUnlink,
    /// Create a bill (L1, L2).
    BillCreate,
    /// Give a bill another description or capacity (L2).
    BillEdit,
    /// Complete a bill (L7).
    BillComplete,
    /// Open a completed bill again (L9).
    BillReopen,
    /// Remove a bill; its parents stay and are free (L10).
    BillDelete,
    /// Undo the removal of a bill.
    BillBringBack,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 20] = [
        Self::Parent,
        Self::Child,
        Self::Unlink,
        Self::Relink,
        Self::Undo,
        Self::Close,
        Self::Register,
        Self::Delete,
        Self::DeleteContents,
        Self::BringBack,
        Self::SetChildren,
        Self::BillLink,
        Self::BillEnter,
        Self::BillUnlink,
        Self::BillCreate,
        Self::BillEdit,
        Self::BillComplete,
        Self::BillReopen,
        Self::BillDelete,
        Self::BillBringBack,
    ];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Child => "child",
            Self::Unlink => "unlink",
            Self::Relink => "relink",
            Self::Undo => "undo",
            Self::Close => "close",
            Self::Register => "register",
            Self::Delete => "delete",
            Self::DeleteContents => "delete_contents",
            Self::BringBack => "bring_back",
            Self::SetChildren => "set_children",
            Self::BillLink => "bill_link",
            Self::BillEnter => "bill_enter",
            Self::BillUnlink => "bill_unlink",
            Self::BillCreate => "bill_create",
            Self::BillEdit => "bill_edit",
            Self::BillComplete => "bill_complete",
            Self::BillReopen => "bill_reopen",
            Self::BillDelete => "bill_delete",
            Self::BillBringBack => "bill_bring_back",
        }
    }

    /// True when it only undoes or removes something that exists, which may be older than today's rules for codes.
    pub fn is_correction(self) -> bool {
        matches!(
            self,
            Self::Unlink
                | Self::Relink
                | Self::Undo
                | Self::Close
                | Self::Delete
                | Self::DeleteContents
                | Self::SetChildren
                | Self::BillUnlink
        )
    }

    /// The permission that it needs.
    pub fn permission(self) -> Permission {
        match self {
            Self::Parent | Self::Child | Self::Unlink | Self::Relink | Self::Undo | Self::Close | Self::Register => {
                BAG_SCAN
            }
            Self::Delete | Self::DeleteContents | Self::BringBack => BAG_DELETE,
            Self::SetChildren => BAG_EDIT,
            Self::BillDelete | Self::BillBringBack => BILL_DELETE,
            Self::BillLink
            | Self::BillEnter
            | Self::BillUnlink
            | Self::BillCreate
            | Self::BillEdit
            | Self::BillComplete
            | Self::BillReopen => BILL_EDIT,
        }
    }
}

/// One scan as it was sent: what was read, not yet what it means.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The sender's own id for this scan; the same id always gets the same answer.
    pub id: Uuid,
    /// When the sender says it was scanned. Stored unchanged; no rule depends on it.
    pub client_at: Moment,
    /// What is asked for.
    pub action: Action,
    /// The code as it was read. Empty only for an undo that names a parent.
    pub code: String,
    /// The parent as it was shown to the person, for actions that need one.
    pub parent: Option<String>,
    /// The number of the bill as it was shown to the person, for actions that need one.
    pub bill: Option<String>,
    /// What only a few actions carry.
    pub details: Option<Box<Details>>,
}

impl Scan {
    /// The same with what only a few actions carry.
    #[must_use]
    pub fn with(mut self, details: Details) -> Self {
        self.details = Some(Box::new(details));
        self
    }
}

/// What an office form sends besides a code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// A bill's capacity, as it was asked for.
    pub capacity: Option<i64>,
    /// A bill's description.
    pub description: Option<String>,
    /// Where a bill goes.
    pub destination: Option<String>,
    /// The number of its vehicle.
    pub vehicle_number: Option<String>,
    /// The children that a parent shall have.
    pub children: Vec<String>,
    /// The children it had when the list was made. What came or went since then stays as it is now.
    pub children_before: Option<Vec<String>>,
    /// The removal that is undone: the id of its scan.
    pub removal: Option<Uuid>,
}
