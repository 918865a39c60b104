//! How a list of bills can be filtered.

use bags_rules::bill::{BillKey, BillStatus};
use base_core::account::AccountId;
use base_core::area::Area;
use base_core::time::Moment;

/// Which statuses are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// New or processing.
    Open,
    /// Just this one.
    One(BillStatus),
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BillOrder {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// By number.
    Number,
}

/// Which bills are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillFilter {
    /// Only these statuses.
    pub status: Option<StatusFilter>,
    /// Only numbers that contain this text, or begin with it when it is shorter than three characters.
    pub text: Option<String>,
    /// Created at this moment or later.
    pub from: Option<Moment>,
    /// Created before this moment.
    pub until: Option<Moment>,
    /// Created by this person.
    pub created_by: Option<AccountId>,
    /// Only bills with a parent of this area.
    pub area: Option<Area>,
    /// In which order.
    pub order: BillOrder,
}

/// Where a page begins: after this bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillCursor {
    /// When it was created.
    pub created_at: Moment,
    /// Which it is.
    pub key: BillKey,
}
