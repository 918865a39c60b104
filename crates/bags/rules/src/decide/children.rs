//! Replacing the children of a parent: the whole list at once, or none of it.

use super::{Case, Decision};
use crate::bag::BagKind;
use crate::change::Change;
use crate::code::Code;
use crate::outcome::{Answer, Outcome};

impl Case<'_> {
    /// Children that stay keep their link and its time; the first that cannot be added refuses the whole list. Where
    /// the request says which list it was made from (`before`), children scanned since then stay: nobody saw them, so
    /// nobody meant to remove them.
    pub(super) fn set_children(&self, parent: &Code, children: &[Code], before: Option<&[Code]>) -> Decision {
        if let Err(mut refusal) = self.open_parent(parent, parent) {
            refusal.answer.parent = None;
            return *refusal;
        }
        let current: Vec<Code> = self.loaded.children_of(parent).into_iter().map(|(child, _)| child.clone()).collect();
        let was_seen = |child: &Code| before.is_none_or(|before| before.contains(child));
        let is_new = |child: &Code| before.is_none_or(|before| !before.contains(child));
        let add: Vec<Code> =
            children.iter().filter(|child| !current.contains(child) && is_new(child)).cloned().collect();
        let remove: Vec<Code> =
            current.iter().filter(|child| !children.contains(child) && was_seen(child)).cloned().collect();
        if current.len() + add.len() - remove.len() > self.rules.capacity as usize {
            return self.refuse_in(Outcome::TooManyChildren, parent, parent);
        }
        if let Some(refusal) = add.iter().find_map(|child| self.may_not_come(child, parent)) {
            return refusal;
        }
        let change = Change::SetChildren { parent: parent.clone(), add, remove };
        Decision {
            answer: Answer::new(self.id, Outcome::ChildrenSet, parent.as_str()),
            change: Some(change),
            bill: None,
        }
    }

    fn may_not_come(&self, child: &Code, parent: &Code) -> Option<Decision> {
        let known = self.loaded.bag(child);
        let is_parent = known.map_or_else(|| self.rules.labels.is_parent(child), |bag| bag.kind == BagKind::Parent);
        if is_parent {
            return Some(self.refuse(Outcome::IsParent, child));
        }
        if known.is_none() && !self.rules.labels.is_child(child) {
            return Some(self.refuse(Outcome::BadCode, child));
        }
        self.loaded.link(child).map(|link| self.elsewhere(child, parent, &link.parent))
    }
}
