//! Scans: what comes in at the door of the desk, and what it asks for.

use serde::Serialize;
use uuid::Uuid;

use crate::account::AccountId;
use crate::area::Scope;
use crate::code::{Code, CodeFault, readable};
use crate::time::Moment;

/// What a scan asks for. The text form is the API's `action`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Choose a parent, registering it on its first scan.
    Parent,
    /// Link a child into a parent, registering the child on its first scan.
    Child,
    /// Take a child out of its parent.
    Unlink,
    /// Move a child to another parent.
    Relink,
    /// Undo the newest link of a parent, or the link of one child.
    Undo,
    /// Finish a parent early.
    Close,
    /// Register a child without a parent (imports).
    Register,
    /// Remove a bag that nothing hangs on (D2).
    Delete,
    /// Remove a bag with all that is in it (D3).
    DeleteContents,
}

impl Action {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Child => "child",
            Self::Unlink => "unlink",
            Self::Relink => "relink",
            Self::Undo => "undo",
            Self::Close => "close",
            Self::Register => "register",
            Self::Delete => "delete",
            Self::DeleteContents => "delete_contents",
        }
    }
}

/// One scan as it was sent: what was read, not yet what it means.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The sender's own id for this scan; the same id is answered the same way for ever.
    pub id: Uuid,
    /// When the sender says it was scanned. Kept as said; no rule depends on it.
    pub client_at: Moment,
    /// What is asked for.
    pub action: Action,
    /// The code as it was read. Empty only for an undo that names a parent.
    pub code: String,
    /// The parent as it was shown to the person, for actions that need one.
    pub parent: Option<String>,
}

/// Who stands behind a scan, as far as the rules care.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account; `None` is the system itself.
    pub account: Option<AccountId>,
    /// What he may see and touch.
    pub scope: Scope,
}

/// Who asks, under which id, and when the house decides on it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// The scan's id, for its answer.
    pub id: Uuid,
    /// The time of the decision.
    pub now: Moment,
}

/// A scan with its codes read: what the rules decide on.
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
}

impl Scan {
    /// Reads the codes.
    pub fn intent(&self) -> Intent {
        let parent_text = self.parent.as_deref().unwrap_or_default();
        if self.action == Action::Undo && self.code.trim().is_empty() {
            return match Code::parse(parent_text) {
                Ok(parent) => Intent::UndoNewest(parent),
                Err(fault) => Intent::Unreadable { text: readable(parent_text), fault },
            };
        }
        let code = match Code::parse(&self.code) {
            Ok(code) => code,
            Err(fault) => {
                return Intent::Unreadable { text: readable(&self.code), fault };
            }
        };
        match self.action {
            Action::Parent => Intent::ChooseParent(code),
            Action::Unlink => Intent::Unlink(code),
            Action::Undo => Intent::UndoOf(code),
            Action::Close => Intent::Close(code),
            Action::Register => Intent::Register(code),
            Action::Delete => Intent::Delete { code, with_contents: false },
            Action::DeleteContents => Intent::Delete { code, with_contents: true },
            Action::Child | Action::Relink => match Code::parse(parent_text) {
                Ok(parent) if self.action == Action::Child => Intent::Link { child: code, parent },
                Ok(to) => Intent::Relink { child: code, to },
                Err(_) => Intent::UnreadableParent { code, parent: readable(parent_text) },
            },
        }
    }
}

impl Intent {
    /// Every code that is named, for the loader.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        let (one, two) = match self {
            Self::ChooseParent(code)
            | Self::Unlink(code)
            | Self::UndoNewest(code)
            | Self::UndoOf(code)
            | Self::Close(code)
            | Self::Register(code)
            | Self::Delete { code, .. }
            | Self::UnreadableParent { code, .. } => (Some(code), None),
            Self::Link { child, parent } | Self::Relink { child, to: parent } => (Some(child), Some(parent)),
            Self::Unreadable { .. } => (None, None),
        };
        one.into_iter().chain(two)
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
            Self::UndoNewest(parent) => Some(parent),
            Self::Delete { code, with_contents: true } => Some(code),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(action: Action, code: &str, parent: Option<&str>) -> Scan {
        Scan { id: Uuid::nil(), client_at: Moment(0), action, code: code.into(), parent: parent.map(Into::into) }
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
}
