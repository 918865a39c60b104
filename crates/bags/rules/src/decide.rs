//! Every rule for bags and bills, once: from the loaded rows and one scan to a decision.
//!
//! Invariant: a refusal carries no change, so a refused scan writes nothing but its own record.

use base_core::account::{Actor, Asked};
use base_core::area::Scope;
use base_core::time::Moment;
use uuid::Uuid;

use crate::bag::{Bag, BagKind};
use crate::bill::{BillKey, BillStatus};
use crate::change::Change;
use crate::code::Code;
use crate::intent::Intent;
use crate::loaded::Loaded;
use crate::outcome::{Answer, Outcome};
use crate::rules::Rules;

mod bills;
mod bring_back;
mod children;
mod facts;
mod restore;

pub use facts::Facts;

/// What was decided on one scan.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The answer, with the facts as they are *after* the change. `message` is filled in by the caller, who knows the
    /// language.
    pub answer: Answer,
    /// What changes; `None` for a refusal and for choosing a known parent.
    pub change: Option<Change>,
    /// The bill that was named, whose figures belong to the answer.
    pub bill: Option<BillKey>,
}

/// Decides on one scan. Pure; the caller applies the change to the loaded rows and then calls [`Decision::with_facts`].
pub fn decide(loaded: &Loaded, intent: &Intent, asked: Asked<'_>, rules: &Rules) -> Decision {
    let Asked { actor, id, now } = asked;
    let case = Case { loaded, actor, id, now, rules };
    match intent {
        Intent::ChooseParent(code) => case.choose_parent(code),
        Intent::Link { child, parent } => case.link(child, parent, Label::Must),
        Intent::Unlink { child, shown, undone } => case.unlink(child, shown.as_ref(), *undone),
        Intent::UndoNewest(parent) => case.undo_newest(parent),
        Intent::Relink { child, to } => case.relink(child, to),
        Intent::Close(parent) => case.close(parent),
        Intent::Register(child) => case.register(child),
        Intent::Bring { code, kind, parent } => case.bring(code, *kind, parent.as_ref()),
        Intent::Delete { code, with_contents } => case.delete(code, *with_contents),
        Intent::SetChildren { parent, children, before } => case.set_children(parent, children, before.as_deref()),
        Intent::Bill(bill) => case.bill(bill),
        Intent::Restore(restore) => case.restore(restore),
        Intent::BringBack { name, removal, is_bill } => case.bring_back(name, *removal, *is_bill),
        Intent::UnreadableBill { text, number, is_new } => {
            let mut decision = case.refuse_text(if *is_new { Outcome::BadBill } else { Outcome::UnknownBill }, text);
            decision.answer.bill = Some(number.clone());
            decision
        }
        Intent::Kept { intent, odd } => match odd.iter().find(|(code, _)| loaded.bag(code).is_none()) {
            Some((_, text)) => case.refuse_text(Outcome::BadCode, text),
            None => decide(loaded, intent, asked, rules),
        },
        Intent::Unreadable { text, .. } => case.refuse_text(Outcome::BadCode, text),
        Intent::UnreadableParent { code, parent } => {
            let mut decision = case.refuse(Outcome::UnknownParent, code);
            decision.answer.parent = Some(Code::stored(parent));
            decision
        }
    }
}

/// Whether the rules for new things hold: a new bag carries a label of the site, and a parent holds so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Must,
    Any,
}

struct Case<'a> {
    loaded: &'a Loaded,
    actor: &'a Actor,
    id: Uuid,
    now: Moment,
    rules: &'a Rules,
}

impl Case<'_> {
    fn refuse_text(&self, outcome: Outcome, text: &str) -> Decision {
        Decision { answer: Answer::new(self.id, outcome, text), change: None, bill: None }
    }

    fn refuse(&self, outcome: Outcome, code: &Code) -> Decision {
        self.refuse_text(outcome, code.as_str())
    }

    fn refuse_in(&self, outcome: Outcome, code: &Code, parent: &Code) -> Decision {
        let mut decision = self.refuse(outcome, code);
        decision.answer.parent = Some(parent.clone());
        decision
    }

    fn done(&self, outcome: Outcome, code: &Code, change: Change) -> Decision {
        Decision { answer: Answer::new(self.id, outcome, code.as_str()), change: Some(change), bill: None }
    }

    fn sees(&self, bag: &Bag) -> bool {
        self.actor.scope.covers(bag.area.as_ref())
    }

    /// A parent without an area belongs to nobody yet; a dispatcher may take it (section 4).
    fn may_enter(&self, parent: &Bag) -> bool {
        self.sees(parent) || (parent.area.is_none() && self.actor.scope.own_area().is_some())
    }

    fn choose_parent(&self, code: &Code) -> Decision {
        let Some(bag) = self.loaded.bag(code) else {
            if !self.rules.labels.is_parent(code) {
                return self.with_labels(self.refuse(Outcome::NotAParentCode, code));
            }
            if self.actor.scope == Scope::Nothing {
                return self.refuse(Outcome::OtherArea, code);
            }
            return self.done(Outcome::ParentCreated, code, self.new_bag(code, BagKind::Parent));
        };
        if bag.kind == BagKind::Child {
            return self.is_child(code, bag);
        }
        if !self.may_enter(bag) {
            return self.refuse(Outcome::OtherArea, code);
        }
        let change = match (&bag.area, self.actor.scope.own_area()) {
            (None, Some(area)) => Some(Change::TakeIntoArea { parent: code.clone(), area: area.clone() }),
            _ => None,
        };
        Decision { answer: Answer::new(self.id, Outcome::ParentSelected, code.as_str()), change, bill: None }
    }

    /// Adds what parent labels look like, for a person who scanned something else.
    fn with_labels(&self, mut decision: Decision) -> Decision {
        decision.answer.labels = Some(self.rules.labels.patterns());
        decision
    }

    /// Names the parent that the child is in (B5), if the person may see it.
    fn is_child(&self, code: &Code, child: &Bag) -> Decision {
        let mut decision = self.refuse(Outcome::IsChild, code);
        decision.answer.current_parent =
            self.loaded.link(code).filter(|_| self.sees(child)).map(|link| link.parent.clone());
        decision
    }

    fn new_bag(&self, code: &Code, kind: BagKind) -> Change {
        Change::Register { code: code.clone(), kind, area: self.actor.scope.own_area().cloned() }
    }

    /// A bag that was in a site already. One that is not here becomes what it was there; one that is here is what it is.
    fn bring(&self, code: &Code, kind: BagKind, parent: Option<&Code>) -> Decision {
        let is_known = self.loaded.bag(code).is_some();
        match (kind, parent) {
            (BagKind::Child, Some(parent)) => self.link(code, parent, Label::Any),
            (BagKind::Parent, _) if is_known => self.choose_parent(code),
            (BagKind::Child, None) if is_known => self.register(code),
            _ if self.actor.scope == Scope::Nothing => self.refuse(Outcome::OtherArea, code),
            (BagKind::Parent, _) => self.done(Outcome::ParentCreated, code, self.new_bag(code, kind)),
            (BagKind::Child, None) => self.done(Outcome::Registered, code, self.new_bag(code, kind)),
        }
    }

    fn link(&self, child: &Code, parent: &Code, label: Label) -> Decision {
        let known = self.loaded.bag(child);
        let must = label == Label::Must;
        let is_parent =
            known.map_or_else(|| must && self.rules.labels.is_parent(child), |bag| bag.kind == BagKind::Parent);
        if is_parent {
            // No `parent` here: the count in the answer is that of the code which was scanned (B5).
            let hidden = known.is_some_and(|bag| !self.sees(bag));
            return self.refuse(if hidden { Outcome::OtherArea } else { Outcome::IsParent }, child);
        }
        if known.is_none() && must && !self.rules.labels.is_child(child) {
            return self.refuse(Outcome::BadCode, child);
        }
        let bag = match self.open_parent(child, parent) {
            Ok(bag) => bag,
            Err(refusal) => return *refusal,
        };
        if let Some(link) = self.loaded.link(child) {
            return if link.parent == *parent {
                self.refuse_in(Outcome::Duplicate, child, parent)
            } else {
                self.elsewhere(child, parent, &link.parent)
            };
        }
        // What was in a parent at a site has room in it here, too: earlier systems let more in.
        let no_room = if must || bag.closed.is_some() { self.no_room(bag) } else { None };
        if let Some(outcome) = no_room {
            return self.refuse_in(outcome, child, parent);
        }
        let change = Change::Link { child: child.clone(), parent: parent.clone() };
        self.done_in(Outcome::Linked, child, parent, change)
    }

    fn done_in(&self, outcome: Outcome, child: &Code, parent: &Code, change: Change) -> Decision {
        let mut decision = self.done(outcome, child, change);
        decision.answer.parent = Some(parent.clone());
        decision
    }

    /// Checks that the parent exists, is a parent, is in scope and on no completed bill.
    fn open_parent(&self, code: &Code, parent: &Code) -> Result<&Bag, Box<Decision>> {
        let Some(bag) = self.loaded.bag(parent) else {
            return Err(Box::new(self.refuse_in(Outcome::UnknownParent, code, parent)));
        };
        if bag.kind == BagKind::Child {
            let mut decision = self.is_child(parent, bag);
            if code != parent {
                // The facts are those of the code that was scanned, not of the parent that was named.
                code.as_str().clone_into(&mut decision.answer.code);
                decision.answer.current_parent = None;
            }
            decision.answer.parent = Some(parent.clone());
            return Err(Box::new(decision));
        }
        if !self.sees(bag) {
            return Err(Box::new(self.refuse_in(Outcome::OtherArea, code, parent)));
        }
        if let Some(bill) = self.loaded.bill_of(bag).filter(|bill| bill.status == BillStatus::Completed) {
            let mut decision = self.refuse_in(Outcome::ParentOnCompletedBill, code, parent);
            decision.answer.bill = Some(bill.number.clone());
            return Err(Box::new(decision));
        }
        Ok(bag)
    }

    fn no_room(&self, parent: &Bag) -> Option<Outcome> {
        match parent.status {
            crate::bag::BagStatus::Completed => Some(Outcome::ParentCompleted),
            _ if parent.children >= self.rules.capacity => Some(Outcome::ParentFull),
            _ => None,
        }
    }

    /// The child is in another parent. A person who may not see that parent only learns that the child is not theirs.
    fn elsewhere(&self, child: &Code, parent: &Code, current: &Code) -> Decision {
        let visible = self.loaded.bag(child).is_some_and(|bag| self.sees(bag));
        if !visible {
            return self.refuse_in(Outcome::OtherArea, child, parent);
        }
        let mut decision = self.refuse_in(Outcome::ChildElsewhere, child, parent);
        decision.answer.current_parent = Some(current.clone());
        decision
    }

    /// The parent that a known child is in, when both may be touched.
    fn linked_parent(&self, child: &Code) -> Result<Code, Box<Decision>> {
        let refuse = |outcome| Err(Box::new(self.refuse(outcome, child)));
        let Some(bag) = self.loaded.bag(child) else {
            return refuse(Outcome::NotLinked);
        };
        if bag.kind == BagKind::Parent {
            return refuse(if self.sees(bag) { Outcome::IsParent } else { Outcome::OtherArea });
        }
        let Some(link) = self.loaded.link(child) else {
            // That a child of another area is free is not secret, but its history is; the answer only says that it is
            // not linked.
            return refuse(Outcome::NotLinked);
        };
        self.open_parent(child, &link.parent).map(|bag| bag.code.clone()).map_err(|mut refusal| {
            if refusal.answer.outcome == Outcome::OtherArea {
                refusal.answer.parent = None;
            }
            refusal
        })
    }

    /// Somebody may have moved the child since the person saw it in `shown`: then nothing is unlinked.
    fn unlink(&self, child: &Code, shown: Option<&Code>, undone: bool) -> Decision {
        let parent = match self.linked_parent(child) {
            Ok(parent) => parent,
            Err(refusal) => return *refusal,
        };
        if let Some(shown) = shown.filter(|shown| **shown != parent) {
            let mut decision = self.refuse_in(Outcome::NotLinked, child, shown);
            decision.answer.current_parent = Some(parent);
            return decision;
        }
        let outcome = if undone { Outcome::Undone } else { Outcome::Unlinked };
        let change = Change::Unlink { child: child.clone(), parent: parent.clone(), undone };
        self.done_in(outcome, child, &parent, change)
    }

    fn undo_newest(&self, parent: &Code) -> Decision {
        if let Err(mut refusal) = self.open_parent(parent, parent) {
            refusal.answer.parent = None;
            return *refusal;
        }
        let Some((child, link)) = self.loaded.children_of(parent).into_iter().next() else {
            return self.refuse_in(Outcome::NothingToUndo, parent, parent);
        };
        if self.now.since_us(link.linked_at) > self.rules.undo_age_us_max {
            return self.refuse_in(Outcome::TooOldToUndo, child, parent);
        }
        let change = Change::Unlink { child: child.clone(), parent: parent.clone(), undone: true };
        self.done_in(Outcome::Undone, child, parent, change)
    }

    fn relink(&self, child: &Code, to: &Code) -> Decision {
        let from = match self.linked_parent(child) {
            Ok(from) => from,
            Err(refusal) => return *refusal,
        };
        let bag = match self.open_parent(child, to) {
            Ok(bag) => bag,
            Err(refusal) => return *refusal,
        };
        if from == *to {
            return self.refuse_in(Outcome::Duplicate, child, to);
        }
        if let Some(outcome) = self.no_room(bag) {
            return self.refuse_in(outcome, child, to);
        }
        let mut decision = self.done_in(
            Outcome::Relinked,
            child,
            to,
            Change::Move { child: child.clone(), from: from.clone(), to: to.clone() },
        );
        decision.answer.current_parent = Some(to.clone());
        decision
    }

    fn close(&self, parent: &Code) -> Decision {
        match self.open_parent(parent, parent) {
            Ok(_) => self.done(Outcome::Closed, parent, Change::Close { parent: parent.clone() }),
            Err(mut refusal) => {
                refusal.answer.parent = None;
                *refusal
            }
        }
    }

    fn register(&self, child: &Code) -> Decision {
        match self.loaded.bag(child) {
            Some(bag) if !self.sees(bag) => self.refuse(Outcome::OtherArea, child),
            Some(bag) if bag.kind == BagKind::Parent => self.refuse(Outcome::IsParent, child),
            Some(_) => self.refuse(Outcome::Duplicate, child),
            None if self.rules.labels.is_parent(child) => self.refuse(Outcome::IsParent, child),
            None if !self.rules.labels.is_child(child) => self.refuse(Outcome::BadCode, child),
            None if self.actor.scope == Scope::Nothing => self.refuse(Outcome::OtherArea, child),
            None => self.done(Outcome::Registered, child, self.new_bag(child, BagKind::Child)),
        }
    }

    /// D1 to D4. The permission is checked where requests arrive; the rules about the bag are here.
    fn delete(&self, code: &Code, with_contents: bool) -> Decision {
        let Some(bag) = self.loaded.bag(code).filter(|bag| self.sees(bag)) else {
            return self.refuse(Outcome::UnknownBag, code);
        };
        if let Some(on) = &bag.on_bill {
            let mut decision = self.refuse(Outcome::ParentOnBill, code);
            let number = self.loaded.bill(&on.bill).map_or(on.bill.as_str(), |bill| bill.number.as_str());
            decision.answer.bill = Some(number.to_owned());
            return decision;
        }
        if let Some(link) = self.loaded.link(code) {
            if !with_contents {
                let mut decision = self.refuse(Outcome::IsLinked, code);
                decision.answer.current_parent = Some(link.parent.clone());
                return decision;
            }
            if let Err(refusal) = self.open_parent(code, &link.parent) {
                return *refusal;
            }
        }
        if bag.children > 0 && !with_contents {
            return self.refuse(Outcome::HasChildren, code);
        }
        let contents = self.loaded.children_of(code).into_iter().map(|(child, _)| child.clone());
        let codes = std::iter::once(code.clone()).chain(contents).collect();
        let mut decision = self.done(Outcome::Deleted, code, Change::Delete { codes });
        decision.answer.children = (bag.kind == BagKind::Parent).then_some(bag.children);
        decision
    }
}
