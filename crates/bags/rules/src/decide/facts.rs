//! The gate through which facts leave: what an answer tells of bags and bills besides what its scan named.
//!
//! Invariant: each fact is told only where the scope of whoever asks covers the thing that it is about. A decision need not
//! think of it; whatever it puts into its answer comes by here.

use base_core::area::Scope;

use super::Decision;
use crate::bag::{Bag, BagKind};
use crate::code::Code;
use crate::loaded::Loaded;
use crate::outcome::{BillFacts, Outcome};
use crate::rules::Rules;

/// What facts are taken from, and for whom.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The rows, after the change.
    pub loaded: &'a Loaded,
    /// The rules that were decided by.
    pub rules: &'a Rules,
    /// What the person who asks may see.
    pub scope: &'a Scope,
}

impl Facts<'_> {
    fn may_tell_of(&self, bag: &Bag) -> bool {
        self.scope.covers(bag.area.as_ref())
    }

    /// A linked child has its parent's area, so it tells that of a parent that was not loaded.
    fn may_name_parent(&self, parent: &Code, of: &Code) -> bool {
        let known = self.loaded.bag(parent).or_else(|| self.loaded.bag(of));
        known.map_or(*self.scope == Scope::All, |bag| self.may_tell_of(bag))
    }
}

impl Decision {
    /// Fills in the facts of the parent and the bill as they are after the change, and takes out those that the person may
    /// not know.
    pub fn with_facts(&mut self, facts: Facts<'_>) {
        self.tell_parent(facts);
        let own = Code::stored(&self.answer.code);
        self.answer.current_parent.take_if(|parent| !facts.may_name_parent(parent, &own));
        self.tell_bill(facts);
    }

    fn tell_parent(&mut self, facts: Facts<'_>) {
        let answer = &mut self.answer;
        let own = Code::stored(&answer.code);
        let subject = answer.parent.as_ref().unwrap_or(&own);
        let Some(parent) = facts.loaded.bag(subject).filter(|bag| bag.kind == BagKind::Parent) else {
            return;
        };
        if answer.outcome == Outcome::OtherArea || !facts.may_tell_of(parent) {
            return;
        }
        let capacity = facts.rules.capacity;
        answer.children = Some(parent.children);
        answer.capacity = Some(capacity);
        answer.status = Some(parent.status);
        answer.completed = matches!(answer.outcome, Outcome::Linked | Outcome::Relinked) && parent.children == capacity;
    }

    /// The figures of a bill are those of all areas together.
    fn tell_bill(&mut self, facts: Facts<'_>) {
        let Some(bill) = self.bill.as_ref().and_then(|key| facts.loaded.bill(key)) else {
            return;
        };
        self.answer.bill = Some(bill.number.clone());
        if *facts.scope != Scope::All {
            return;
        }
        let mut told = BillFacts::of(bill, facts.rules.capacity);
        told.missing = (self.answer.outcome == Outcome::BillShort).then(|| bill.missing());
        self.answer.bill_facts = Some(Box::new(told));
    }
}
