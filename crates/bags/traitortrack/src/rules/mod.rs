//! What becomes of the rows of TraitorTrack, the earlier system.
//!
//! Invariant: nothing is lost silently. A row is kept, or reported in a [`Finding`]; figures that were counted there
//! are counted again here, from the links alone.

mod bag;
mod bill;
mod link;
mod person;
mod request;
mod scan;
mod site;
mod trail;

pub use bag::{EarlierBag, KeptBag, bag};
pub use bill::{
    EarlierBill, EarlierBillBag, KeptBill, KnownBill, KnownParent, LoadedBills, OnBillNow, bill, free_number,
};
pub use link::{EarlierLink, KnownBag, KnownLink, LoadedLinks};
pub use person::{EarlierUser, KeptAccount, free_name, person};
pub use request::{EarlierNotification, EarlierPromotion, KeptNotification, KeptPromotion, notification, promotion};
pub use scan::{EarlierScan, KeptScan, scan, scan_id};
pub use site::{Finding, SAME_ACT_US_MAX, Site, moment};
pub use trail::{EARLIER_ACTIONS, EarlierEntry, KeptEntry, action, entry, is_secret};
