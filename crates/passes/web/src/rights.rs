//! What the person who looks at a page may do with events and passes, for templates.

use base_web::view::Frame;
use passes_rules::permission::{
    EVENT_MANAGE, PASS_CREATE, PASS_EDIT, PASS_READ, PASS_REDEEM, PASS_SELL_AT_GATE, PASS_UNDO_ENTRY,
};

/// See the head of this module.
pub trait Rights {
    /// True when the person may create and change events.
    fn may_manage_events(&self) -> bool;
    /// True when the person may create passes.
    fn may_create(&self) -> bool;
    /// True when the person may list passes.
    fn may_read_passes(&self) -> bool;
    /// True when the person may change passes.
    fn may_edit_passes(&self) -> bool;
    /// True when the person may let people in.
    fn may_redeem(&self) -> bool;
    /// True when the person may sell and let in at once.
    fn may_sell_at_gate(&self) -> bool;
    /// True when the person may undo an entry.
    fn may_undo_entry(&self) -> bool;
}

impl Rights for Frame {
    fn may_manage_events(&self) -> bool {
        self.may(EVENT_MANAGE)
    }

    fn may_create(&self) -> bool {
        self.may(PASS_CREATE)
    }

    fn may_read_passes(&self) -> bool {
        self.may(PASS_READ)
    }

    fn may_edit_passes(&self) -> bool {
        self.may(PASS_EDIT)
    }

    fn may_redeem(&self) -> bool {
        self.may(PASS_REDEEM)
    }

    fn may_sell_at_gate(&self) -> bool {
        self.may(PASS_SELL_AT_GATE)
    }

    fn may_undo_entry(&self) -> bool {
        self.may(PASS_UNDO_ENTRY)
    }
}
