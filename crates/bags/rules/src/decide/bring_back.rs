//! Undoing a removal: within an hour, and only as a whole. What was scanned again meanwhile stays as it is, and then nothing
//! is brought back.

use uuid::Uuid;

use super::{Case, Decision};
use crate::bag::BagKind;
use crate::change::Change;
use crate::code::Code;
use crate::outcome::{Answer, Outcome};
use crate::removed::{RemovedBag, RemovedBill, RemovedThings};

impl Case<'_> {
    /// `name` is what was removed, as it was shown; `is_bill` tells which of the two was asked for.
    pub(super) fn bring_back(&self, name: &str, removal: Uuid, is_bill: bool) -> Decision {
        let gone = || self.refuse_text(Outcome::NothingToBringBack, name);
        let young = |at| self.now.since_us(at) <= self.rules.undo_age_us_max;
        let Some(removed) = self.loaded.removed(removal).filter(|removed| young(removed.at)) else {
            return gone();
        };
        match &removed.what {
            RemovedThings::Bags(bags) if !is_bill => self.bring_back_bags(name, removal, bags),
            RemovedThings::Bill(bill) if is_bill => self.bring_back_bill(removal, bill),
            _ => gone(),
        }
    }

    fn bring_back_bags(&self, name: &str, removal: Uuid, bags: &[RemovedBag]) -> Decision {
        let Some(named) = bags.first().filter(|_| bags.iter().all(|removed| self.sees(&removed.bag))) else {
            return self.refuse_text(Outcome::NothingToBringBack, name);
        };
        if let Some(again) = bags.iter().find(|removed| self.loaded.had_bag(&removed.bag.code)) {
            return self.refuse(Outcome::ScannedAgain, &again.bag.code);
        }
        let code = &named.bag.code;
        // Only the bag that was named can have been in a parent that stayed.
        if let Some(link) = &named.link {
            match self.open_parent(code, &link.parent) {
                Ok(parent) => {
                    if let Some(outcome) = self.no_room(parent) {
                        return self.refuse_in(outcome, code, &link.parent);
                    }
                }
                Err(refusal) => return *refusal,
            }
        }
        let change = Change::BringBack { removal, name: code.to_string() };
        let mut decision = self.done(Outcome::BroughtBack, code, change);
        decision.answer.parent = named.link.as_ref().map(|link| link.parent.clone());
        decision
    }

    fn bring_back_bill(&self, removal: Uuid, removed: &RemovedBill) -> Decision {
        let number = &removed.bill.number;
        let about = |outcome, change| Decision {
            answer: Answer::new(self.id, outcome, number.as_str()),
            change,
            bill: Some(removed.key.clone()),
        };
        if self.loaded.had_bill(&removed.key) {
            return about(Outcome::BillExists, None);
        }
        if let Some(refusal) = removed.parents.iter().find_map(|(parent, _)| self.may_not_go_back(parent, number)) {
            return refusal;
        }
        about(Outcome::BillBroughtBack, Some(Change::BringBack { removal, name: number.clone() }))
    }

    /// Why a parent cannot go on its bill again.
    fn may_not_go_back(&self, parent: &Code, number: &str) -> Option<Decision> {
        let mut refusal = match self.loaded.bag(parent) {
            None => self.refuse(Outcome::UnknownBag, parent),
            Some(bag) if !self.sees(bag) => return Some(self.refuse(Outcome::OtherArea, parent)),
            Some(bag) if bag.kind == BagKind::Child => self.refuse(Outcome::IsChild, parent),
            Some(bag) => {
                let on = bag.on_bill.as_ref()?;
                let mut refusal = self.refuse(Outcome::AlreadyOnBill, parent);
                let other = self.loaded.bill(&on.bill).map_or(on.bill.as_str(), |bill| bill.number.as_str());
                refusal.answer.current_bill = Some(other.to_owned());
                refusal
            }
        };
        refusal.answer.bill = Some(number.to_owned());
        Some(refusal)
    }
}
