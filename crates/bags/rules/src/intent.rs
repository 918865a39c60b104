//! What a scan asks for once its codes are read: what the rules decide on, and which rows they need for that.

use base_core::area::Area;
use uuid::Uuid;

use crate::bag::BagKind;
use crate::bill::{BillKey, BillNumber, BillTexts};
use crate::code::{Code, CodeFault, readable};
use crate::mark::Mark;
use crate::scan::{Action, Details, Scan};

#[cfg(test)]
mod tests;

/// Codes that today's rules refuse, each with what can be shown of it as it was sent.
pub type OddCodes = Vec<(Code, String)>;

/// A scan with its codes read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// [`Action::Parent`]
    ChooseParent(Code),
    /// [`Action::Child`]
    Link {
        /// The child.
        child: Code,
        /// The parent to put it in.
        parent: Code,
    },
    /// [`Action::Unlink`], or [`Action::Undo`] with a code
    Unlink {
        /// The child.
        child: Code,
        /// The parent that was shown to the person, when one was named: from any other parent, nothing is unlinked.
        shown: Option<Code>,
        /// True for an undo: the scan that linked it is marked.
        undone: bool,
    },
    /// [`Action::Relink`]
    Relink {
        /// The child.
        child: Code,
        /// The parent it shall be in.
        to: Code,
    },
    /// [`Action::Undo`] without a code: the newest link of this parent.
    UndoNewest(Code),
    /// [`Action::Close`]
    Close(Code),
    /// [`Action::Register`]
    Register(Code),
    /// [`Action::Delete`] and [`Action::DeleteContents`]
    Delete {
        /// The bag.
        code: Code,
        /// Whether its contents go with it.
        with_contents: bool,
    },
    /// [`Action::SetChildren`]
    SetChildren {
        /// The parent.
        parent: Code,
        /// The children to have, each once.
        children: Vec<Code>,
        /// Those it had when the list was made, where that was said.
        before: Option<Vec<Code>>,
    },
    /// A bag that was in a site already and comes into this one: whatever codes new bags may have, it keeps its own.
    Bring {
        /// Its code.
        code: Code,
        /// What it is.
        kind: BagKind,
        /// The parent of a child that is in one.
        parent: Option<Code>,
    },
    /// An action on a bill.
    Bill(BillIntent),
    /// Undoes what an import changed.
    Restore(Restore),
    /// [`Action::BringBack`] and [`Action::BillBringBack`]
    BringBack {
        /// What was removed, as it was shown.
        name: String,
        /// The scan that removed it.
        removal: Uuid,
        /// Whether it was a bill.
        is_bill: bool,
    },
    /// A correction that names codes which today's rules refuse. An earlier system may have accepted them: if the site
    /// has every one of them, the correction is decided; one that it does not have is unreadable.
    Kept {
        /// What is asked for.
        intent: Box<Intent>,
        /// The odd ones among its codes, in the order in which they were sent.
        odd: OddCodes,
    },
    /// The code itself cannot be read.
    Unreadable {
        /// What can be shown of it.
        text: String,
        /// What is wrong.
        fault: CodeFault,
    },
    /// The code can be read, but what was sent as its parent cannot.
    UnreadableParent {
        /// The code.
        code: Code,
        /// What can be shown of the parent.
        parent: String,
    },
    /// What was sent as a bill's number cannot be one.
    UnreadableBill {
        /// The code that came with it, or the number itself.
        text: String,
        /// What can be shown of the number.
        number: String,
        /// True when a new bill is to have that number.
        is_new: bool,
    },
}

/// What a bag or a bill was before an import touched it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restore {
    /// A bag.
    Bag {
        /// Its code.
        code: Code,
        /// The area of a child that was free.
        area: Option<Area>,
        /// Who had finished a parent, and when.
        closed: Option<Mark>,
        /// How many children it had.
        children: u32,
    },
    /// A bill on which there had never been a parent.
    Bill(BillKey),
}

/// What an edit writes about a bill; `None` leaves a text as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTexts {
    /// What it is for.
    pub description: Option<String>,
    /// Where it goes.
    pub destination: Option<String>,
    /// The number of its vehicle.
    pub vehicle_number: Option<String>,
}

impl NewTexts {
    /// Those of what was sent.
    pub fn of(details: Details) -> Self {
        let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned());
        Self {
            description: trimmed(details.description),
            destination: trimmed(details.destination),
            vehicle_number: trimmed(details.vehicle_number),
        }
    }

    /// The texts of a bill that had others.
    #[must_use]
    pub fn over(&self, was: &BillTexts) -> BillTexts {
        let newer = |new: &Option<String>, was: &String| new.as_ref().unwrap_or(was).clone();
        BillTexts {
            description: newer(&self.description, &was.description),
            destination: newer(&self.destination, &was.destination),
            vehicle_number: newer(&self.vehicle_number, &was.vehicle_number),
        }
    }
}

/// What is asked of a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BillIntent {
    /// [`Action::BillLink`] and [`Action::BillEnter`]
    Link {
        /// The parent.
        parent: Code,
        /// The bill.
        bill: BillNumber,
        /// Whether a parent that was never scanned is registered.
        by_hand: bool,
    },
    /// [`Action::BillUnlink`]
    Unlink {
        /// The parent.
        parent: Code,
        /// The bill.
        bill: BillNumber,
    },
    /// [`Action::BillCreate`]
    Create {
        /// Its number.
        bill: BillNumber,
        /// How many parents it is for, as requested.
        capacity: i64,
        /// What is written about it.
        texts: BillTexts,
    },
    /// A bill that was in a site already: whatever numbers and texts new bills may have, it keeps its own.
    Bring {
        /// Its number.
        bill: BillNumber,
        /// How many parents it is for.
        capacity: i64,
        /// What is written about it.
        texts: BillTexts,
    },
    /// [`Action::BillEdit`]
    Edit {
        /// The bill.
        bill: BillNumber,
        /// The new capacity.
        capacity: Option<i64>,
        /// What is written anew about it.
        texts: NewTexts,
    },
    /// [`Action::BillComplete`]
    Complete(BillNumber),
    /// [`Action::BillReopen`]
    Reopen(BillNumber),
    /// [`Action::BillDelete`]
    Delete(BillNumber),
}

impl Scan {
    /// Reads the codes.
    pub fn intent(&self) -> Intent {
        let mut odd = OddCodes::new();
        match self.read(&mut odd) {
            Ok(intent) if odd.is_empty() => intent,
            Ok(intent) => Intent::Kept { intent: Box::new(intent), odd },
            Err(unreadable) => *unreadable,
        }
    }

    fn read(&self, odd: &mut OddCodes) -> Result<Intent, Box<Intent>> {
        let parent_text = self.parent.as_deref().unwrap_or_default();
        match self.action {
            Action::BringBack | Action::BillBringBack => {
                let is_bill = self.action == Action::BillBringBack;
                let name = if is_bill { self.bill.as_deref().unwrap_or_default() } else { self.code.as_str() };
                // Without the id of a removal there is none that could be found.
                let removal = self.details.as_ref().and_then(|details| details.removal).unwrap_or_default();
                return Ok(Intent::BringBack { name: readable(name), removal, is_bill });
            }
            Action::Undo if self.code.trim().is_empty() => {
                return Ok(Intent::UndoNewest(self.read_code(parent_text, odd)?));
            }
            Action::BillCreate | Action::BillEdit | Action::BillComplete | Action::BillReopen | Action::BillDelete => {
                return Ok(self.bill_intent());
            }
            _ => {}
        }
        let code = self.read_code(&self.code, odd)?;
        Ok(match self.action {
            Action::Unlink | Action::Undo => {
                let shown = (!parent_text.trim().is_empty()).then(|| Code::kept(parent_text));
                let undone = self.action == Action::Undo;
                match shown {
                    None => Intent::Unlink { child: code, shown: None, undone },
                    Some(Some(parent)) => Intent::Unlink { child: code, shown: Some(parent), undone },
                    // A text that is not a code cannot be the parent of a child, so nothing is unlinked.
                    Some(None) => Intent::UnreadableParent { code, parent: readable(parent_text) },
                }
            }
            Action::Close => Intent::Close(code),
            Action::Register => Intent::Register(code),
            Action::Delete => Intent::Delete { code, with_contents: false },
            Action::DeleteContents => Intent::Delete { code, with_contents: true },
            Action::SetChildren => self.children_intent(code, odd)?,
            Action::BillLink | Action::BillEnter | Action::BillUnlink => self.bill_link_intent(code),
            // The parent that a child is moved to must be a valid code, whatever it is moved from.
            Action::Child | Action::Relink => match Code::parse(parent_text) {
                Ok(parent) if self.action == Action::Child => Intent::Link { child: code, parent },
                Ok(to) => Intent::Relink { child: code, to },
                Err(_) => Intent::UnreadableParent { code, parent: readable(parent_text) },
            },
            _ => Intent::ChooseParent(code),
        })
    }

    /// Reads one code. A correction may name one that today's rules refuse, and that is noted.
    fn read_code(&self, text: &str, odd: &mut OddCodes) -> Result<Code, Box<Intent>> {
        Code::parse(text).or_else(|fault| {
            let kept = Code::kept(text).filter(|_| self.action.is_correction());
            let kept = kept.ok_or_else(|| Intent::Unreadable { text: readable(text), fault })?;
            odd.push((kept.clone(), readable(text)));
            Ok(kept)
        })
    }

    fn children_intent(&self, parent: Code, odd: &mut OddCodes) -> Result<Intent, Box<Intent>> {
        let mut children: Vec<Code> = Vec::new();
        for text in self.details.iter().flat_map(|details| &details.children) {
            let child = self.read_code(text, odd)?;
            if !children.contains(&child) {
                children.push(child);
            }
        }
        let before = self.details.as_ref().and_then(|details| details.children_before.as_ref());
        // Only compared with children, and a text that is not a code was never a child.
        let before = before.map(|texts| texts.iter().filter_map(|text| Code::kept(text)).collect());
        Ok(Intent::SetChildren { parent, children, before })
    }

    fn bill_link_intent(&self, parent: Code) -> Intent {
        let number = self.bill.as_deref().unwrap_or_default();
        let Some(bill) = BillNumber::kept(number) else {
            return Intent::UnreadableBill { text: parent.to_string(), number: readable(number), is_new: false };
        };
        Intent::Bill(match self.action {
            Action::BillUnlink => BillIntent::Unlink { parent, bill },
            action => BillIntent::Link { parent, bill, by_hand: action == Action::BillEnter },
        })
    }

    fn bill_intent(&self) -> Intent {
        let text = self.bill.as_deref().unwrap_or_default();
        let is_new = self.action == Action::BillCreate;
        let Some(bill) = (if is_new { BillNumber::parse(text) } else { BillNumber::kept(text) }) else {
            let (text, number) = (readable(text), readable(text));
            return Intent::UnreadableBill { text, number, is_new };
        };
        let details = self.details.as_deref().cloned().unwrap_or_default();
        let capacity = details.capacity;
        let texts = NewTexts::of(details);
        Intent::Bill(match self.action {
            Action::BillCreate => {
                BillIntent::Create { bill, capacity: capacity.unwrap_or(1), texts: texts.over(&BillTexts::default()) }
            }
            Action::BillEdit => BillIntent::Edit { bill, capacity, texts },
            Action::BillReopen => BillIntent::Reopen(bill),
            Action::BillDelete => BillIntent::Delete(bill),
            _ => BillIntent::Complete(bill),
        })
    }
}

impl Intent {
    /// What is asked for, whether its codes are odd or not.
    fn plain(&self) -> &Self {
        if let Self::Kept { intent, .. } = self { intent } else { self }
    }

    /// Every bag's code that is named, for the loader.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        let (one, two, list): (_, _, &[Code]) = match self.plain() {
            Self::ChooseParent(code)
            | Self::Unlink { child: code, .. }
            | Self::UndoNewest(code)
            | Self::Close(code)
            | Self::Register(code)
            | Self::Delete { code, .. }
            | Self::Restore(Restore::Bag { code, .. })
            | Self::UnreadableParent { code, .. } => (Some(code), None, &[]),
            Self::Link { child, parent } | Self::Relink { child, to: parent } => (Some(child), Some(parent), &[]),
            Self::Bring { code, parent, .. } => (Some(code), parent.as_ref(), &[]),
            Self::Bill(BillIntent::Link { parent, .. } | BillIntent::Unlink { parent, .. }) => {
                (Some(parent), None, &[])
            }
            Self::SetChildren { parent, children, .. } => (Some(parent), None, children),
            Self::Bill(_)
            | Self::Restore(_)
            | Self::BringBack { .. }
            | Self::Kept { .. }
            | Self::Unreadable { .. }
            | Self::UnreadableBill { .. } => (None, None, &[]),
        };
        one.into_iter().chain(two).chain(list)
    }

    /// The bill that is named, for the loader.
    pub fn bill(&self) -> Option<BillKey> {
        let intent = match self.plain() {
            Self::Bill(intent) => intent,
            Self::Restore(Restore::Bill(key)) => return Some(key.clone()),
            _ => return None,
        };
        let number = match intent {
            BillIntent::Link { bill, .. }
            | BillIntent::Unlink { bill, .. }
            | BillIntent::Create { bill, .. }
            | BillIntent::Bring { bill, .. }
            | BillIntent::Edit { bill, .. }
            | BillIntent::Complete(bill)
            | BillIntent::Reopen(bill)
            | BillIntent::Delete(bill) => bill,
        };
        Some(number.key())
    }

    /// A bill all of whose parents must be loaded.
    pub fn needs_parents_of(&self) -> Option<BillKey> {
        match self.plain() {
            Self::Bill(BillIntent::Delete(bill)) => Some(bill.key()),
            _ => None,
        }
    }

    /// The removal that is undone, for the loader.
    pub fn removal(&self) -> Option<Uuid> {
        if let Self::BringBack { removal, .. } = self { Some(*removal) } else { None }
    }

    /// A code whose present parent may change: that parent must be loaded too.
    pub fn moves_child(&self) -> Option<&Code> {
        match self.plain() {
            Self::Unlink { child, .. } | Self::Relink { child, .. } => Some(child),
            Self::Delete { code, with_contents: true } => Some(code),
            _ => None,
        }
    }

    /// A parent all of whose links must be loaded.
    pub fn needs_children_of(&self) -> Option<&Code> {
        match self.plain() {
            Self::UndoNewest(parent) | Self::SetChildren { parent, .. } => Some(parent),
            Self::Delete { code, with_contents: true } => Some(code),
            _ => None,
        }
    }
}
