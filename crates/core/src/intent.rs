//! What a scan means once its codes are read: what the rules decide on, and which rows they must see for it.

use crate::area::Area;
use crate::bag::Mark;
use crate::bill::{BillKey, BillNumber};
use crate::code::{Code, CodeFault, readable};
use crate::scan::{Action, Details, Scan};

/// A scan with its codes read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// [`Action::Parent`]
    ChooseParent(Code),
    /// [`Action::Child`]
    Link {
        /// The child.
        child: Code,
        /// The parent it shall be in.
        parent: Code,
    },
    /// [`Action::Unlink`]
    Unlink(Code),
    /// [`Action::Relink`]
    Relink {
        /// The child.
        child: Code,
        /// The parent it shall be in.
        to: Code,
    },
    /// [`Action::Undo`] without a code: the newest link of this parent.
    UndoNewest(Code),
    /// [`Action::Undo`] with a code: the link of this child.
    UndoOf(Code),
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
        /// The children it shall have, each once.
        children: Vec<Code>,
    },
    /// An action on a bill.
    Bill(BillIntent),
    /// What an import changed becomes again what it was.
    Restore(Restore),
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
        /// True when a new bill shall have that number.
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
        /// How many parents it shall hold, as it was asked for.
        capacity: i64,
        /// What it is for.
        description: String,
    },
    /// [`Action::BillEdit`]
    Edit {
        /// The bill.
        bill: BillNumber,
        /// The new capacity.
        capacity: Option<i64>,
        /// The new description.
        description: Option<String>,
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
        let parent_text = self.parent.as_deref().unwrap_or_default();
        match self.action {
            Action::Undo if self.code.trim().is_empty() => {
                return match Code::parse(parent_text) {
                    Ok(parent) => Intent::UndoNewest(parent),
                    Err(fault) => Intent::Unreadable { text: readable(parent_text), fault },
                };
            }
            Action::BillCreate | Action::BillEdit | Action::BillComplete | Action::BillReopen | Action::BillDelete => {
                return self.bill_intent();
            }
            _ => {}
        }
        let code = match Code::parse(&self.code) {
            Ok(code) => code,
            Err(fault) => {
                return Intent::Unreadable { text: readable(&self.code), fault };
            }
        };
        match self.action {
            Action::Unlink => Intent::Unlink(code),
            Action::Undo => Intent::UndoOf(code),
            Action::Close => Intent::Close(code),
            Action::Register => Intent::Register(code),
            Action::Delete => Intent::Delete { code, with_contents: false },
            Action::DeleteContents => Intent::Delete { code, with_contents: true },
            Action::SetChildren => self.children_intent(code),
            Action::BillLink | Action::BillEnter | Action::BillUnlink => self.bill_link_intent(code),
            Action::Child | Action::Relink => match Code::parse(parent_text) {
                Ok(parent) if self.action == Action::Child => Intent::Link { child: code, parent },
                Ok(to) => Intent::Relink { child: code, to },
                Err(_) => Intent::UnreadableParent { code, parent: readable(parent_text) },
            },
            _ => Intent::ChooseParent(code),
        }
    }

    fn children_intent(&self, parent: Code) -> Intent {
        let mut children: Vec<Code> = Vec::new();
        for text in self.details.iter().flat_map(|details| &details.children) {
            match Code::parse(text) {
                Ok(child) if children.contains(&child) => {}
                Ok(child) => children.push(child),
                Err(fault) => return Intent::Unreadable { text: readable(text), fault },
            }
        }
        Intent::SetChildren { parent, children }
    }

    fn bill_link_intent(&self, parent: Code) -> Intent {
        let number = self.bill.as_deref().unwrap_or_default();
        let Some(bill) = BillNumber::parse(number) else {
            return Intent::UnreadableBill { text: parent.to_string(), number: readable(number), is_new: false };
        };
        Intent::Bill(match self.action {
            Action::BillUnlink => BillIntent::Unlink { parent, bill },
            action => BillIntent::Link { parent, bill, by_hand: action == Action::BillEnter },
        })
    }

    fn bill_intent(&self) -> Intent {
        let text = self.bill.as_deref().unwrap_or_default();
        let Some(bill) = BillNumber::parse(text) else {
            let (text, number) = (readable(text), readable(text));
            return Intent::UnreadableBill { text, number, is_new: self.action == Action::BillCreate };
        };
        let Details { capacity, description, .. } = self.details.as_deref().cloned().unwrap_or_default();
        let description = description.map(|text| text.trim().to_owned());
        Intent::Bill(match self.action {
            Action::BillCreate => BillIntent::Create {
                bill,
                capacity: capacity.unwrap_or(1),
                description: description.unwrap_or_default(),
            },
            Action::BillEdit => BillIntent::Edit { bill, capacity, description },
            Action::BillReopen => BillIntent::Reopen(bill),
            Action::BillDelete => BillIntent::Delete(bill),
            _ => BillIntent::Complete(bill),
        })
    }
}

impl Intent {
    /// Every bag's code that is named, for the loader.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        let (one, two, list): (_, _, &[Code]) = match self {
            Self::ChooseParent(code)
            | Self::Unlink(code)
            | Self::UndoNewest(code)
            | Self::UndoOf(code)
            | Self::Close(code)
            | Self::Register(code)
            | Self::Delete { code, .. }
            | Self::Restore(Restore::Bag { code, .. })
            | Self::UnreadableParent { code, .. } => (Some(code), None, &[]),
            Self::Link { child, parent } | Self::Relink { child, to: parent } => (Some(child), Some(parent), &[]),
            Self::Bill(BillIntent::Link { parent, .. } | BillIntent::Unlink { parent, .. }) => {
                (Some(parent), None, &[])
            }
            Self::SetChildren { parent, children } => (Some(parent), None, children),
            Self::Bill(_) | Self::Restore(_) | Self::Unreadable { .. } | Self::UnreadableBill { .. } => {
                (None, None, &[])
            }
        };
        one.into_iter().chain(two).chain(list)
    }

    /// The bill that is named, for the loader.
    pub fn bill(&self) -> Option<BillKey> {
        let intent = match self {
            Self::Bill(intent) => intent,
            Self::Restore(Restore::Bill(key)) => return Some(key.clone()),
            _ => return None,
        };
        let number = match intent {
            BillIntent::Link { bill, .. }
            | BillIntent::Unlink { bill, .. }
            | BillIntent::Create { bill, .. }
            | BillIntent::Edit { bill, .. }
            | BillIntent::Complete(bill)
            | BillIntent::Reopen(bill)
            | BillIntent::Delete(bill) => bill,
        };
        Some(number.key())
    }

    /// A bill all of whose parents must be loaded.
    pub fn needs_parents_of(&self) -> Option<BillKey> {
        match self {
            Self::Bill(BillIntent::Delete(bill)) => Some(bill.key()),
            _ => None,
        }
    }

    /// A code whose present parent may change: that parent must be loaded too.
    pub fn moves_child(&self) -> Option<&Code> {
        match self {
            Self::Unlink(child) | Self::Relink { child, .. } | Self::UndoOf(child) => Some(child),
            Self::Delete { code, with_contents: true } => Some(code),
            _ => None,
        }
    }

    /// A parent all of whose links must be loaded.
    pub fn needs_children_of(&self) -> Option<&Code> {
        match self {
            Self::UndoNewest(parent) | Self::SetChildren { parent, .. } => Some(parent),
            Self::Delete { code, with_contents: true } => Some(code),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(action: Action, code: &str, parent: Option<&str>) -> Scan {
        Scan { action, code: code.into(), parent: parent.map(Into::into), ..Scan::default() }
    }

    #[test]
    fn blanks_and_case_do_not_matter() {
        let intent = scan(Action::Child, " kid17\r\n", Some("sb00001 ")).intent();
        assert_eq!(intent, Intent::Link { child: Code::stored("KID17"), parent: Code::stored("SB00001") });
    }

    #[test]
    fn undo_names_a_child_or_a_parent() {
        assert_eq!(scan(Action::Undo, "", Some("SB00001")).intent(), Intent::UndoNewest(Code::stored("SB00001")));
        assert_eq!(scan(Action::Undo, "KID17", None).intent(), Intent::UndoOf(Code::stored("KID17")));
    }

    #[test]
    fn what_cannot_be_read_is_kept_readable() {
        let Intent::Unreadable { text, fault } = scan(Action::Parent, "SB\u{0}00001", None).intent() else {
            panic!("must be unreadable")
        };
        assert_eq!((text.as_str(), fault), ("SB\u{fffd}00001", CodeFault::ForbiddenSign));
    }

    #[test]
    fn a_list_of_children_holds_each_once() {
        let details = Details { children: vec!["kid1".into(), "KID1 ".into(), "kid2".into()], ..Details::default() };
        let asked = Scan { details: Some(Box::new(details)), ..scan(Action::SetChildren, "SB00001", None) };
        let children = vec![Code::stored("KID1"), Code::stored("KID2")];
        assert_eq!(asked.intent(), Intent::SetChildren { parent: Code::stored("SB00001"), children });
    }

    #[test]
    fn a_bill_without_a_number_is_named_so() {
        let asked = Scan { bill: Some(" x ".into()), ..scan(Action::BillComplete, "", None) };
        assert_eq!(asked.intent(), Intent::UnreadableBill { text: "x".into(), number: "x".into(), is_new: false });
    }
}
