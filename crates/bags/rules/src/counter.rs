//! The counters of the site: exact, because they are computed from the rows that are written in the same transaction.

use std::collections::BTreeMap;

use base_core::area::Area;
use base_core::time::Moment;

use crate::bag::{Bag, BagKind, BagStatus};
use crate::bill::BillStatus;
use crate::code::Code;
use crate::loaded::{Loaded, Tracked};
use crate::outcome::Outcome;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// Child bags that exist.
    Children,
    /// Children that are in a parent.
    Links,
    /// Parents that exist and are empty.
    ParentsPending,
    /// Parents with room for more.
    ParentsInProgress,
    /// Parents that are full.
    ParentsCompleted,
    /// Parents that are on a bill.
    ParentsBilled,
    /// Bills without a parent yet. Bills are of no area.
    BillsNew,
    /// Bills in progress.
    BillsProcessing,
    /// Bills that are done.
    BillsCompleted,
    /// Scans that chose or registered a parent.
    ScansParent,
    /// Scans that linked or moved a child.
    ScansChild,
    /// Scans that put a parent on a bill or took it off.
    ScansBill,
    /// Scans that corrected or finished something.
    ScansOther,
    /// Scans that a rule refused.
    ScansRefused,
}

impl Counter {
    /// Every counter.
    pub const ALL: [Self; 14] = [
        Self::Children,
        Self::Links,
        Self::ParentsPending,
        Self::ParentsInProgress,
        Self::ParentsCompleted,
        Self::ParentsBilled,
        Self::BillsNew,
        Self::BillsProcessing,
        Self::BillsCompleted,
        Self::ScansParent,
        Self::ScansChild,
        Self::ScansBill,
        Self::ScansOther,
        Self::ScansRefused,
    ];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Children => "children",
            Self::Links => "links",
            Self::ParentsPending => "parents_pending",
            Self::ParentsInProgress => "parents_in_progress",
            Self::ParentsCompleted => "parents_completed",
            Self::ParentsBilled => "parents_billed",
            Self::BillsNew => "bills_new",
            Self::BillsProcessing => "bills_processing",
            Self::BillsCompleted => "bills_completed",
            Self::ScansParent => "scans_parent",
            Self::ScansChild => "scans_child",
            Self::ScansBill => "scans_bill",
            Self::ScansOther => "scans_other",
            Self::ScansRefused => "scans_refused",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|counter| counter.name() == name)
    }

    /// The counter that a scan with this outcome belongs to; `None` for what is done in the office and not by scanning.
    pub fn of_scan(outcome: Outcome) -> Option<Self> {
        use Outcome as O;
        match outcome {
            O::ParentCreated | O::ParentSelected => Some(Self::ScansParent),
            O::Linked | O::Relinked => Some(Self::ScansChild),
            O::BillLinked | O::BillUnlinked => Some(Self::ScansBill),
            O::BillCreated
            | O::BillEdited
            | O::BillUnchanged
            | O::BillFinished
            | O::BillReopened
            | O::BillDeleted
            | O::BroughtBack
            | O::BillBroughtBack
            | O::ChildrenSet
            | O::Restored => None,
            refused if refused.is_refusal() => Some(Self::ScansRefused),
            _ => Some(Self::ScansOther),
        }
    }

    /// The counter of a bill.
    pub fn of_bill(status: BillStatus) -> Self {
        match status {
            BillStatus::New => Self::BillsNew,
            BillStatus::Processing => Self::BillsProcessing,
            BillStatus::Completed => Self::BillsCompleted,
        }
    }

    fn of_bag(bag: &Bag) -> Self {
        match (bag.kind, bag.status) {
            (BagKind::Child, _) => Self::Children,
            (BagKind::Parent, BagStatus::Pending) => Self::ParentsPending,
            (BagKind::Parent, BagStatus::InProgress) => Self::ParentsInProgress,
            (BagKind::Parent, BagStatus::Completed) => Self::ParentsCompleted,
        }
    }
}

/// A counter for one area and one quarter of an hour; the quarter is 0 for totals since the beginning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CounterKey {
    /// What.
    pub counter: Counter,
    /// Where; `None` is no area.
    pub area: Option<Area>,
    /// When.
    pub quarter: Moment,
}

#[derive(Clone, Copy)]
enum When {
    Loaded,
    Now,
}

/// A link is counted in its parent's area, as it was then. A parent that was not loaded does not change.
fn area_of(loaded: &Loaded, parent: &Code, when: When) -> Option<Area> {
    let tracked = loaded.tracked_bag(parent)?;
    let bag = match when {
        When::Loaded => tracked.was.as_ref(),
        When::Now => tracked.now.as_ref(),
    };
    bag.and_then(|bag| bag.area.clone())
}

/// What must be added to the stored counters.
#[derive(Debug, Default)]
pub struct Deltas(BTreeMap<CounterKey, i64>);

impl Deltas {
    /// The differences that the changes of these rows make.
    pub fn of_loaded(loaded: &Loaded) -> Self {
        let mut deltas = Self::default();
        for (_, tracked) in loaded.bags() {
            deltas.row(tracked, |bag| Some((Counter::of_bag(bag), bag.area.clone())));
            deltas.row(tracked, |bag| bag.on_bill.as_ref().map(|_| (Counter::ParentsBilled, bag.area.clone())));
        }
        for (_, tracked) in loaded.bills() {
            deltas.row(tracked, |bill| Some((Counter::of_bill(bill.status), None)));
        }
        for (_, tracked) in loaded.links() {
            for (link, by, at) in [(&tracked.was, -1, When::Loaded), (&tracked.now, 1, When::Now)] {
                if let Some(link) = link {
                    deltas.add(Counter::Links, area_of(loaded, &link.parent, at), Moment(0), by);
                }
            }
        }
        for (parent, area) in loaded.taken_areas() {
            deltas.follow_parent(loaded, parent, area);
        }
        deltas
    }

    /// A parent went from no area into `area`; its children that were not loaded go with it and are counted here.
    fn follow_parent(&mut self, loaded: &Loaded, parent: &Code, area: &Area) {
        let children = loaded.tracked_bag(parent).and_then(|tracked| tracked.was.as_ref());
        let Some(children) = children.map(|bag| i64::from(bag.children)) else {
            return;
        };
        let linked = loaded.links().filter(|(_, link)| link.was.as_ref().is_some_and(|was| was.parent == *parent));
        let (mut links_loaded, mut bags_loaded) = (0, 0);
        for (child, _) in linked {
            links_loaded += 1;
            bags_loaded += i64::from(loaded.has_loaded(child));
        }
        for (counter, rest) in [(Counter::Children, children - bags_loaded), (Counter::Links, children - links_loaded)]
        {
            self.add(counter, None, Moment(0), -rest);
            self.add(counter, Some(area.clone()), Moment(0), rest);
        }
    }

    /// Counts one scan: since the beginning, and in its quarter of an hour.
    pub fn scan(&mut self, outcome: Outcome, area: Option<Area>, at: Moment) {
        let Some(counter) = Counter::of_scan(outcome) else { return };
        self.add(counter, area.clone(), Moment(0), 1);
        self.add(counter, area, at.quarter(), 1);
    }

    /// Adds to one counter.
    pub fn add(&mut self, counter: Counter, area: Option<Area>, quarter: Moment, by: i64) {
        *self.0.entry(CounterKey { counter, area, quarter }).or_default() += by;
    }

    /// Adds another set of differences to this one.
    pub fn merge(&mut self, other: &Self) {
        for (key, by) in &other.0 {
            *self.0.entry(key.clone()).or_default() += by;
        }
    }

    /// What is left to add, without zeros, in a fixed order.
    pub fn rows(&self) -> impl Iterator<Item = (&CounterKey, i64)> {
        self.0.iter().filter(|(_, by)| **by != 0).map(|(key, by)| (key, *by))
    }

    fn row<T>(&mut self, tracked: &Tracked<T>, key: impl Fn(&T) -> Option<(Counter, Option<Area>)>) {
        for (row, by) in [(&tracked.was, -1), (&tracked.now, 1)] {
            if let Some((counter, area)) = row.as_ref().and_then(&key) {
                self.add(counter, area, Moment(0), by);
            }
        }
    }
}
