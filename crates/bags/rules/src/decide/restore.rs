//! Undoing what an import changed on things that existed before it.

use super::{Case, Decision};
use crate::bag::BagKind;
use crate::bill::BillStatus;
use crate::change::Change;
use crate::intent::Restore;
use crate::outcome::{Answer, Outcome};

impl Case<'_> {
    /// Only where nobody has changed it since: a free child gets its area back, a parent with as many children as before
    /// its early finish, a bill without parents is new again.
    pub(super) fn restore(&self, restore: &Restore) -> Decision {
        match restore {
            Restore::Bag { code, area, closed, children } => {
                let Some(bag) = self.loaded.bag(code).filter(|bag| self.sees(bag)) else {
                    return self.refuse(Outcome::UnknownBag, code);
                };
                let stands = match bag.kind {
                    BagKind::Child => self.loaded.link(code).is_none(),
                    BagKind::Parent => bag.children == *children && bag.closed.is_none() && bag.area == *area,
                };
                if !stands {
                    return self.refuse(Outcome::ChangedSince, code);
                }
                let change = Change::Restore { code: code.clone(), area: area.clone(), closed: *closed };
                self.done(Outcome::Restored, code, change)
            }
            Restore::Bill(key) => {
                let about = |outcome, change| Decision {
                    answer: Answer::new(self.id, outcome, key.as_str()),
                    change,
                    bill: Some(key.clone()),
                };
                match self.loaded.bill(key) {
                    None => about(Outcome::UnknownBill, None),
                    Some(bill) if bill.status == BillStatus::Processing && bill.parents == 0 => {
                        about(Outcome::Restored, Some(Change::TurnBill { bill: key.clone(), status: BillStatus::New }))
                    }
                    Some(_) => about(Outcome::ChangedSince, None),
                }
            }
        }
    }
}
