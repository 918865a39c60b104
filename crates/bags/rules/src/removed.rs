//! What a removal took away, so that it can be brought back with its links for an hour.

use base_core::time::Moment;

use crate::bag::{Bag, Link};
use crate::bill::{Bill, BillKey, OnBill};
use crate::code::Code;

/// A removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// When.
    pub at: Moment,
    /// What went.
    pub what: RemovedThings,
}

/// What a removal took away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemovedThings {
    /// Bags: the one that was named, then its contents.
    Bags(Vec<RemovedBag>),
    /// A bill.
    Bill(Box<RemovedBill>),
}

/// A bag as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedBag {
    /// The bag.
    pub bag: Bag,
    /// A child's link.
    pub link: Option<Link>,
}

/// A bill as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedBill {
    /// Its number as a key.
    pub key: BillKey,
    /// The bill.
    pub bill: Bill,
    /// The parents on it.
    pub parents: Vec<(Code, OnBill)>,
}

impl Removed {
    /// Every code that must be loaded to bring it back.
    pub fn codes(&self) -> Vec<Code> {
        match &self.what {
            RemovedThings::Bags(bags) => {
                let parents = bags.iter().filter_map(|removed| removed.link.as_ref().map(|link| link.parent.clone()));
                bags.iter().map(|removed| removed.bag.code.clone()).chain(parents).collect()
            }
            RemovedThings::Bill(removed) => removed.parents.iter().map(|(parent, _)| parent.clone()).collect(),
        }
    }

    /// The bill that must be loaded.
    pub fn bill(&self) -> Option<BillKey> {
        if let RemovedThings::Bill(removed) = &self.what { Some(removed.key.clone()) } else { None }
    }
}
