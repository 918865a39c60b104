//! Which bags are asked for, and how many index-ordered reads that takes.

use bags_rules::bag::{BagKind, BagStatus};
use base_core::account::AccountId;
use base_core::area::{Area, Scope};
use base_core::time::Moment;

use crate::search::CHARACTERS_MIN;

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Newest first: by first scan; by scan where a person is asked for. Where a text is searched, the exact code
    /// comes first, then those that end with it.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// By code.
    Code,
}

/// The area that bags belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InArea {
    /// Bags of this area.
    Of(Area),
    /// Bags without an area.
    Nowhere,
}

/// Who scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScannedBy {
    /// This person, refused scans included.
    Person(AccountId),
    /// Nobody: no scan names the bag, as code or as parent.
    Nobody,
}

/// Which bags are asked for. Everything may be combined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BagFilter {
    /// Only parents, or only children.
    pub kind: Option<BagKind>,
    /// Only parents with this status.
    pub status: Option<BagStatus>,
    /// Parents with children and children in a parent; or those without.
    pub linked: Option<bool>,
    /// Only parents on a bill, or only parents on none.
    pub billed: Option<bool>,
    /// Only bags of this area, or without one.
    pub area: Option<InArea>,
    /// First scanned at this moment or later.
    pub from: Option<Moment>,
    /// First scanned before this moment.
    pub until: Option<Moment>,
    /// By who scanned them.
    pub scanned: Option<ScannedBy>,
    /// Part of the code. With one or two characters, its beginning, and the list is ordered by code.
    pub text: Option<String>,
    /// The order.
    pub sort: Sort,
}

/// The scope and the filter have no area in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NothingToSee;

/// Bags that are adjacent in an index, in the order of their first scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Branch {
    pub kind: BagKind,
    pub placed: bool,
    pub status: Option<BagStatus>,
}

impl BagFilter {
    /// Where to look within a scope; `None` is everywhere.
    pub(crate) fn area_within(&self, scope: &Scope) -> Result<Option<InArea>, NothingToSee> {
        match (scope, &self.area) {
            (Scope::All, area) => Ok(area.clone()),
            (Scope::Area(own), None) => Ok(Some(InArea::Of(own.clone()))),
            (Scope::Area(own), Some(InArea::Of(asked))) if own == asked => Ok(Some(InArea::Of(own.clone()))),
            _ => Err(NothingToSee),
        }
    }

    /// The text in the capitals that codes have.
    pub(super) fn capitals(&self) -> Option<String> {
        let text = self.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.map(str::to_ascii_uppercase)
    }

    /// True when the text is too short for the index of tails.
    pub fn is_beginning(&self) -> bool {
        self.capitals().is_some_and(|text| text.chars().count() < CHARACTERS_MIN)
    }

    /// True when the order is given by the search and not by `sort`.
    pub fn is_search(&self) -> bool {
        self.capitals().is_some() && !self.is_beginning() && !matches!(self.scanned, Some(ScannedBy::Person(_)))
    }

    /// Every combination of the leading columns that bags of this filter can have. Together they are exactly the bags of
    /// kind, status, linked and billed; each bag is in one.
    pub(super) fn branches(&self) -> Vec<Branch> {
        let mut found = Vec::new();
        for placed in [false, true] {
            if self.wants(BagKind::Parent) && self.billed.is_none_or(|billed| billed == placed) {
                found.extend(self.statuses().into_iter().map(|status| Branch {
                    kind: BagKind::Parent,
                    placed,
                    status,
                }));
            }
            let parents_only = self.billed.is_some() || self.status.is_some();
            if self.wants(BagKind::Child) && !parents_only && self.linked.is_none_or(|linked| linked == placed) {
                found.push(Branch { kind: BagKind::Child, placed, status: None });
            }
        }
        found
    }

    fn wants(&self, kind: BagKind) -> bool {
        self.kind.is_none_or(|asked| asked == kind)
    }

    /// A parent is pending as long as it is empty.
    fn statuses(&self) -> Vec<Option<BagStatus>> {
        use BagStatus::{Completed, InProgress, Pending};
        match (self.status, self.linked) {
            (Some(status), Some(linked)) if linked == (status == Pending) => Vec::new(),
            (Some(status), _) => vec![Some(status)],
            (None, None) => vec![None],
            (None, Some(true)) => vec![Some(InProgress), Some(Completed)],
            (None, Some(false)) => vec![Some(Pending)],
        }
    }
}
