//! What decisions change, and who made them.

use base_core::account::AccountId;
use base_core::area::Area;
use base_core::time::Moment;
use uuid::Uuid;

use crate::bag::BagKind;
use crate::bill::{BillKey, BillNumber, BillStatus, BillTexts};
use crate::code::Code;
use crate::mark::Mark;

/// What a decision changes. At most one for each scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A parent or a free child is registered (B6, P8).
    Register {
        /// Its code.
        code: Code,
        /// Its kind.
        kind: BagKind,
        /// Its area (B7).
        area: Option<Area>,
    },
    /// A parent without area goes into the area of the dispatcher who scanned it; its children with it.
    TakeIntoArea {
        /// The parent.
        parent: Code,
        /// The dispatcher's area.
        area: Area,
    },
    /// A child goes into a parent, registered first when it is new.
    Link {
        /// The child.
        child: Code,
        /// The parent.
        parent: Code,
    },
    /// A child leaves its parent.
    Unlink {
        /// The child.
        child: Code,
        /// The parent it was in.
        parent: Code,
        /// True for an undo, which marks the scan that made the link.
        undone: bool,
    },
    /// A child goes from one parent to another.
    Move {
        /// The child.
        child: Code,
        /// Where it was.
        from: Code,
        /// Where it is now.
        to: Code,
    },
    /// The operator finished a parent.
    Close {
        /// The parent.
        parent: Code,
    },
    /// A bag becomes again what it was before an import: a child's area, a parent's early finish.
    Restore {
        /// The bag.
        code: Code,
        /// Its area.
        area: Option<Area>,
        /// Who had finished it, and when.
        closed: Option<Mark>,
    },
    /// What a removal took away is there again, with its links.
    BringBack {
        /// The scan that removed it.
        removal: Uuid,
        /// The bag or the bill that was named.
        name: String,
    },
    /// Bags are removed, together with their links.
    Delete {
        /// The bag that was named, and its contents.
        codes: Vec<Code>,
    },
    /// Children go into a parent and others leave it, all at once.
    SetChildren {
        /// The parent.
        parent: Code,
        /// Those that come.
        add: Vec<Code>,
        /// Those that leave.
        remove: Vec<Code>,
    },
    /// A parent goes on a bill, registered first when it is new.
    PutOnBill {
        /// The parent.
        parent: Code,
        /// The bill.
        bill: BillKey,
    },
    /// A parent leaves its bill.
    TakeOffBill {
        /// The parent.
        parent: Code,
        /// The bill.
        bill: BillKey,
    },
    /// A bill is created.
    CreateBill {
        /// Its number.
        bill: BillNumber,
        /// How many parents it is for.
        capacity: u32,
        /// What is written about it.
        texts: BillTexts,
    },
    /// A bill gets another capacity or other texts.
    EditBill {
        /// The bill.
        bill: BillKey,
        /// Its capacity.
        capacity: u32,
        /// What is written about it.
        texts: BillTexts,
    },
    /// A bill is completed, or opened again.
    TurnBill {
        /// The bill.
        bill: BillKey,
        /// Its new status.
        status: BillStatus,
    },
    /// A bill is removed; its parents become free.
    DeleteBill {
        /// The bill.
        bill: BillKey,
        /// The parents on it.
        parents: Vec<Code>,
    },
}

/// Who makes a change, and when.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// The server's time of the decision.
    pub at: Moment,
    /// The person.
    pub by: Option<AccountId>,
    /// The scan; `None` for imports.
    pub scan_id: Option<Uuid>,
}

impl Stamp {
    /// The same without the scan.
    pub fn mark(self) -> Mark {
        Mark { at: self.at, by: self.by }
    }
}
