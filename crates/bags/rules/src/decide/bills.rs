//! Bills: L1 to L10. Every refusal about a bill that exists carries its figures.

use super::{Case, Decision};
use crate::bag::BagKind;
use crate::bill::{
    Bill, BillKey, BillNumber, BillStatus, BillTexts, CAPACITY_MAX, CAPACITY_MAX_OF_EARLIER, DESCRIPTION_LENGTH_MAX,
    DESTINATION_LENGTH_MAX, VEHICLE_LENGTH_MAX,
};
use crate::change::Change;
use crate::code::{Code, readable};
use crate::intent::{BillIntent, NewTexts};
use crate::outcome::{Answer, Outcome};

/// A capacity that a bill may have, when it lies between 1 and `most`.
fn capacity_within(asked: i64, most: i64) -> Option<u32> {
    u32::try_from(asked).ok().filter(|_| (1..=most).contains(&asked))
}

/// Which of the texts is longer than it may be.
fn too_long(texts: &BillTexts) -> Option<Outcome> {
    let longer = |text: &str, most| text.chars().count() > most;
    if longer(&texts.description, DESCRIPTION_LENGTH_MAX) {
        return Some(Outcome::BadDescription);
    }
    let is_bad =
        longer(&texts.destination, DESTINATION_LENGTH_MAX) || longer(&texts.vehicle_number, VEHICLE_LENGTH_MAX);
    is_bad.then_some(Outcome::BadTransport)
}

impl Case<'_> {
    pub(super) fn bill(&self, intent: &BillIntent) -> Decision {
        match intent {
            BillIntent::Link { parent, bill, by_hand } => self.put_on_bill(parent, bill, *by_hand),
            BillIntent::Unlink { parent, bill } => self.take_off_bill(parent, bill),
            BillIntent::Create { bill, capacity, texts } => self.create_bill(bill, *capacity, texts),
            BillIntent::Bring { bill, capacity, texts } => self.bring_bill(bill, *capacity, texts),
            BillIntent::Edit { bill, capacity, texts } => self.edit_bill(bill, *capacity, texts),
            BillIntent::Complete(bill) => self.complete_bill(bill),
            BillIntent::Reopen(bill) => self.reopen_bill(bill),
            BillIntent::Delete(bill) => self.delete_bill(bill),
        }
    }

    fn about(&self, outcome: Outcome, code: &str, key: &BillKey, change: Option<Change>) -> Decision {
        Decision { answer: Answer::new(self.id, outcome, code), change, bill: Some(key.clone()) }
    }

    fn put_on_bill(&self, parent: &Code, number: &BillNumber, by_hand: bool) -> Decision {
        let key = number.key();
        let refuse = |outcome| self.about(outcome, parent.as_str(), &key, None);
        let Some(bill) = self.loaded.bill(&key) else {
            return self.unknown_bill(parent.as_str(), number);
        };
        let Some(bag) = self.loaded.bag(parent) else {
            return match (by_hand, self.rules.labels.is_parent(parent)) {
                (true, false) => self.with_labels(refuse(Outcome::NotAParentCode)),
                (false, _) => refuse(Outcome::UnknownBag),
                (true, true) => self.put_open(parent, &key, bill),
            };
        };
        if !self.sees(bag) {
            return self.refuse(Outcome::OtherArea, parent);
        }
        if bag.kind == BagKind::Child {
            let mut decision = refuse(Outcome::IsChild);
            decision.answer.current_parent = self.loaded.link(parent).map(|link| link.parent.clone());
            return decision;
        }
        match &bag.on_bill {
            Some(on) if on.bill == key => refuse(Outcome::AlreadyOnThisBill),
            Some(on) if bill.status != BillStatus::Completed => {
                let mut decision = refuse(Outcome::AlreadyOnBill);
                let other = self.loaded.bill(&on.bill).map_or(on.bill.as_str(), |bill| bill.number.as_str());
                decision.answer.current_bill = Some(other.to_owned());
                decision
            }
            _ => self.put_open(parent, &key, bill),
        }
    }

    /// The last checks: the bill is open and has room (L6, L8).
    fn put_open(&self, parent: &Code, key: &BillKey, bill: &Bill) -> Decision {
        let refuse = |outcome| self.about(outcome, parent.as_str(), key, None);
        if bill.status == BillStatus::Completed {
            return refuse(Outcome::BillCompleted);
        }
        if bill.parents >= bill.capacity {
            return refuse(Outcome::BillFull);
        }
        let change = Change::PutOnBill { parent: parent.clone(), bill: key.clone() };
        self.about(Outcome::BillLinked, parent.as_str(), key, Some(change))
    }

    fn unknown_bill(&self, code: &str, number: &BillNumber) -> Decision {
        let mut decision = self.refuse_text(Outcome::UnknownBill, code);
        decision.answer.bill = Some(readable(number.as_str()));
        decision
    }

    fn take_off_bill(&self, parent: &Code, number: &BillNumber) -> Decision {
        let key = number.key();
        let Some(bill) = self.loaded.bill(&key) else {
            return self.unknown_bill(parent.as_str(), number);
        };
        let bag = self.loaded.bag(parent);
        if bag.is_some_and(|bag| !self.sees(bag)) {
            return self.refuse(Outcome::OtherArea, parent);
        }
        let stands = bag.and_then(|bag| bag.on_bill.as_ref()).is_some_and(|on| on.bill == key);
        if !stands {
            return self.about(Outcome::NotOnBill, parent.as_str(), &key, None);
        }
        if bill.status == BillStatus::Completed {
            return self.about(Outcome::BillCompleted, parent.as_str(), &key, None);
        }
        let change = Change::TakeOffBill { parent: parent.clone(), bill: key.clone() };
        self.about(Outcome::BillUnlinked, parent.as_str(), &key, Some(change))
    }

    fn create_bill(&self, number: &BillNumber, capacity: i64, texts: &BillTexts) -> Decision {
        let key = number.key();
        let about = |outcome, change| self.about(outcome, number.as_str(), &key, change);
        if self.loaded.bill(&key).is_some() {
            return about(Outcome::BillExists, None);
        }
        let Some(capacity) = capacity_within(capacity, CAPACITY_MAX) else {
            return about(Outcome::BadCapacity, None);
        };
        if let Some(refusal) = too_long(texts) {
            return about(refusal, None);
        }
        let change = Change::CreateBill { bill: number.clone(), capacity, texts: texts.clone() };
        about(Outcome::BillCreated, Some(change))
    }

    /// What a bill had in a site, it may have here: an edit may have given it more room than a new one gets.
    fn bring_bill(&self, number: &BillNumber, capacity: i64, texts: &BillTexts) -> Decision {
        let key = number.key();
        let about = |outcome, change| self.about(outcome, number.as_str(), &key, change);
        if self.loaded.bill(&key).is_some() {
            return about(Outcome::BillExists, None);
        }
        let Some(capacity) = capacity_within(capacity, CAPACITY_MAX_OF_EARLIER) else {
            return about(Outcome::BadCapacity, None);
        };
        let change = Change::CreateBill { bill: number.clone(), capacity, texts: texts.clone() };
        about(Outcome::BillCreated, Some(change))
    }

    fn edit_bill(&self, number: &BillNumber, capacity: Option<i64>, texts: &NewTexts) -> Decision {
        let key = number.key();
        let about = |outcome, change| self.about(outcome, number.as_str(), &key, change);
        let Some(bill) = self.loaded.bill(&key) else {
            return self.unknown_bill(number.as_str(), number);
        };
        if bill.status == BillStatus::Completed {
            return about(Outcome::BillCompleted, None);
        }
        let asked = capacity.unwrap_or(bill.capacity.into());
        let Some(capacity) = capacity_within(asked, CAPACITY_MAX.max(bill.capacity.into())) else {
            return about(Outcome::BadCapacity, None);
        };
        if capacity < bill.parents {
            return about(Outcome::CapacityBelowLinked, None);
        }
        let texts = texts.over(&bill.texts);
        // A text of an earlier system may be longer; it stays until somebody writes another.
        if let Some(refusal) = too_long(&texts).filter(|_| texts != bill.texts) {
            return about(refusal, None);
        }
        if capacity == bill.capacity && texts == bill.texts {
            return about(Outcome::BillUnchanged, None);
        }
        let change = Change::EditBill { bill: key.clone(), capacity, texts };
        about(Outcome::BillEdited, Some(change))
    }

    fn complete_bill(&self, number: &BillNumber) -> Decision {
        let key = number.key();
        let Some(bill) = self.loaded.bill(&key) else {
            return self.unknown_bill(number.as_str(), number);
        };
        let refusal = match bill.status {
            BillStatus::Completed => Some(Outcome::BillCompleted),
            _ if bill.missing() > 0 => Some(Outcome::BillShort),
            _ => None,
        };
        let turn = || Change::TurnBill { bill: key.clone(), status: BillStatus::Completed };
        match refusal {
            Some(outcome) => self.about(outcome, number.as_str(), &key, None),
            None => self.about(Outcome::BillFinished, number.as_str(), &key, Some(turn())),
        }
    }

    fn reopen_bill(&self, number: &BillNumber) -> Decision {
        let key = number.key();
        let Some(bill) = self.loaded.bill(&key) else {
            return self.unknown_bill(number.as_str(), number);
        };
        if bill.status != BillStatus::Completed {
            return self.about(Outcome::BillOpen, number.as_str(), &key, None);
        }
        let change = Change::TurnBill { bill: key.clone(), status: BillStatus::Processing };
        self.about(Outcome::BillReopened, number.as_str(), &key, Some(change))
    }

    fn delete_bill(&self, number: &BillNumber) -> Decision {
        let key = number.key();
        let Some(bill) = self.loaded.bill(&key) else {
            return self.unknown_bill(number.as_str(), number);
        };
        if bill.status == BillStatus::Completed {
            return self.about(Outcome::BillCompleted, number.as_str(), &key, None);
        }
        let change = Change::DeleteBill { bill: key.clone(), parents: self.loaded.parents_on(&key) };
        let mut decision = self.about(Outcome::BillDeleted, number.as_str(), &key, Some(change));
        decision.answer.bill = Some(bill.number.clone());
        decision
    }
}
