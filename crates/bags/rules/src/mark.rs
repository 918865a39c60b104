//! What bags and bills have in common.

use base_core::account::AccountId;
use base_core::time::Moment;

/// Weight of one child, in kilograms (W1). A parent weighs as many kilograms as it has children.
pub const CHILD_WEIGHT_KG: u32 = 1;

/// When something was done, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Moment,
    /// By whom; `None` for the system, or a deleted account.
    pub by: Option<AccountId>,
}
