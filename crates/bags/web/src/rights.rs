//! What the person who looks at a page may do with bags and bills, for templates.

use bags_rules::permission::{BAG_DELETE, BAG_EDIT, BAG_READ, BAG_SCAN, BILL_DELETE, BILL_EDIT, BILL_READ};
use base_web::view::Frame;

/// See the head of this module.
pub trait Rights {
    /// True when the person may remove bags.
    fn may_delete(&self) -> bool;
    /// True when the person may replace the children of a parent.
    fn may_edit_bags(&self) -> bool;
    /// True when the person may look at bills.
    fn may_read_bills(&self) -> bool;
    /// True when the person may create, fill, complete and reopen bills.
    fn may_edit_bills(&self) -> bool;
    /// True when the person may remove bills and have them counted again.
    fn may_delete_bills(&self) -> bool;
    /// True when the person may look bags up.
    fn may_read_bags(&self) -> bool;
    /// True when the person may scan.
    fn may_scan(&self) -> bool;
}

impl Rights for Frame {
    fn may_delete(&self) -> bool {
        self.may(BAG_DELETE)
    }

    fn may_edit_bags(&self) -> bool {
        self.may(BAG_EDIT)
    }

    fn may_read_bills(&self) -> bool {
        self.may(BILL_READ)
    }

    fn may_edit_bills(&self) -> bool {
        self.may(BILL_EDIT)
    }

    fn may_delete_bills(&self) -> bool {
        self.may(BILL_DELETE)
    }

    fn may_read_bags(&self) -> bool {
        self.may(BAG_READ)
    }

    fn may_scan(&self) -> bool {
        self.may(BAG_SCAN)
    }
}
