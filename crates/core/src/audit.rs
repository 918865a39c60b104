//! The audit trail's vocabulary: who did what to which thing, before and after (`bags.md` 6.8, `common.md`).

use serde_json::{Value, json};

use crate::account::AccountId;
use crate::bag::BagKind;
use crate::bill::BillKey;
use crate::change::Change;
use crate::code::Code;
use crate::floor::Floor;
use crate::outcome::Answer;

/// One entry, before it has its number and its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The stable name of the action, such as `link_created`.
    pub action: &'static str,
    /// What kind of thing was touched: `bag`, `account`, `session`, `token`, `import`.
    pub entity_type: &'static str,
    /// Which one.
    pub entity: String,
    /// What was, of the fields that changed. Never a secret.
    pub before: Option<String>,
    /// What is now, of the fields that changed. Never a secret.
    pub after: Option<String>,
}

/// Who is behind an entry, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The person; `None` is the system itself.
    pub actor: Option<AccountId>,
    /// The client's address.
    pub address: String,
    /// The client's user agent.
    pub agent: String,
    /// The request that brought it.
    pub request_id: String,
    /// The station, when one was named.
    pub station: Option<String>,
}

impl Entry {
    /// An entry about something that has no bag rules: sign-ins, accounts, tokens.
    pub fn new(action: &'static str, entity_type: &'static str, entity: impl Into<String>) -> Self {
        Self { action, entity_type, entity: entity.into(), before: None, after: None }
    }

    /// The same with what is now.
    #[must_use]
    pub fn with_after(mut self, after: &Value) -> Self {
        self.after = Some(after.to_string());
        self
    }

    /// The same with what was.
    #[must_use]
    pub fn with_before(mut self, before: &Value) -> Self {
        self.before = Some(before.to_string());
        self
    }

    /// The entry for a decided scan. `floor` is the floor *before* the change is applied.
    pub fn of_scan(answer: &Answer, change: Option<&Change>, floor: &Floor) -> Self {
        let Some(change) = change else {
            let action = if answer.outcome.is_refusal() { "scan_refused" } else { "parent_selected" };
            let mut entry = Self::new(action, "bag", answer.code.as_str());
            if answer.outcome.is_refusal() {
                let parent = answer.parent.as_ref().map(crate::code::Code::as_str);
                entry = entry.with_after(&json!({ "outcome": answer.outcome.code(), "parent": parent }));
            }
            return entry;
        };
        match change {
            Change::Register { code, kind, area } => Self::new("create_bag", "bag", code.as_str())
                .with_after(&json!({ "type": kind.name(), "area": area.as_ref().map(crate::area::Area::as_str) })),
            Change::TakeIntoArea { parent, area } => Self::new("update_bag", "bag", parent.as_str())
                .with_before(&json!({ "area": null }))
                .with_after(&json!({ "area": area.as_str() })),
            Change::Link { child, parent } => {
                let created = floor.bag(child).is_none();
                let mut entry = Self::new("link_created", "bag", child.as_str());
                entry.after = Some(linked_text(parent.as_str(), created));
                entry
            }
            Change::Unlink { child, parent, .. } => Self::new("link_deleted", "bag", child.as_str())
                .with_before(&json!({ "parent": parent.as_str() }))
                .with_after(&json!({ "outcome": answer.outcome.code() })),
            Change::Move { child, from, to } => Self::new("link_moved", "bag", child.as_str())
                .with_before(&json!({ "parent": from.as_str() }))
                .with_after(&json!({ "parent": to.as_str() })),
            Change::Close { parent } => Self::new("close_bag", "bag", parent.as_str())
                .with_after(&json!({ "children": floor.bag(parent).map(|bag| bag.children) })),
            Change::Restore { code, area, .. } => {
                Self::new("update_bag", "bag", code.as_str()).with_after(&json!({ "restored": true, "area": area }))
            }
            Change::Delete { codes } => Self::of_delete(codes, floor),
            Change::SetChildren { parent, add, remove } => {
                let texts = |codes: &[Code]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
                Self::new("update_bag", "bag", parent.as_str())
                    .with_before(&json!({ "children": texts(&children_texts(floor, parent)) }))
                    .with_after(&json!({ "added": texts(add), "removed": texts(remove) }))
            }
            bill => Self::of_bill(bill, floor),
        }
    }

    /// What a list of children changed for each child, beside the entry of the parent: so its own page tells it.
    pub fn of_listed_children(change: &Change) -> Vec<Self> {
        let Change::SetChildren { parent, add, remove } = change else { return Vec::new() };
        let into = json!({ "parent": parent.as_str() });
        let nowhere = json!({ "parent": null });
        let entry = |child: &Code, before, after| {
            Self::new("update_bag", "bag", child.as_str()).with_before(before).with_after(after)
        };
        let added = add.iter().map(|child| entry(child, &nowhere, &into));
        added.chain(remove.iter().map(|child| entry(child, &into, &nowhere))).collect()
    }

    fn of_bill(change: &Change, floor: &Floor) -> Self {
        let number = |key: &BillKey| floor.bill(key).map_or(key.as_str(), |bill| bill.number.as_str()).to_owned();
        match change {
            Change::PutOnBill { parent, bill } => {
                let created = floor.bag(parent).is_none();
                Self::new("link_created", "bill", number(bill))
                    .with_after(&json!({ "parent": parent.as_str(), "created": created }))
            }
            Change::TakeOffBill { parent, bill } => {
                Self::new("link_deleted", "bill", number(bill)).with_before(&json!({ "parent": parent.as_str() }))
            }
            Change::CreateBill { bill, capacity, description } => Self::new("create_bill", "bill", bill.as_str())
                .with_after(&json!({ "capacity": capacity, "description": description })),
            Change::EditBill { bill, capacity, description } => {
                let was = floor.bill(bill);
                Self::new("update_bill", "bill", number(bill))
                    .with_before(&json!({
                        "capacity": was.map(|was| was.capacity), "description": was.map(|was| &was.description),
                    }))
                    .with_after(&json!({ "capacity": capacity, "description": description }))
            }
            Change::TurnBill { bill, status } => {
                let was = floor.bill(bill).map(|was| was.status.name());
                Self::new("update_bill", "bill", number(bill))
                    .with_before(&json!({ "status": was }))
                    .with_after(&json!({ "status": status.name() }))
            }
            Change::DeleteBill { bill, parents } => {
                let was = floor.bill(bill);
                Self::new("delete_bill", "bill", number(bill)).with_before(&json!({
                    "capacity": was.map(|was| was.capacity), "description": was.map(|was| &was.description),
                    "status": was.map(|was| was.status.name()), "parents": parents,
                }))
            }
            _ => Self::new("update_bill", "bill", String::new()),
        }
    }

    /// A removal keeps a snapshot of all that goes (D4).
    fn of_delete(codes: &[crate::code::Code], floor: &Floor) -> Self {
        let snapshot: Vec<Value> = codes
            .iter()
            .filter_map(|code| floor.bag(code))
            .map(|bag| {
                json!({
                    "code": bag.code, "type": bag.kind.name(), "area": bag.area, "children": bag.children,
                    "parent": floor.link(&bag.code).map(|link| link.parent.as_str()),
                })
            })
            .collect();
        let named = codes.first().map_or("", |code| code.as_str());
        Self::new("delete_bag", "bag", named).with_before(&Value::Array(snapshot))
    }
}

fn children_texts(floor: &Floor, parent: &Code) -> Vec<Code> {
    floor.children_of(parent).into_iter().map(|(child, _)| child.clone()).collect()
}

/// `{"parent":"SB00001","created":true}`, written by hand because it is the one entry that busy minutes are full of.
/// A parent's code holds no sign that JSON would escape: quotes are forbidden in codes, a backslash is escaped here.
fn linked_text(parent: &str, created: bool) -> String {
    let parent = parent.replace('\\', "\\\\");
    if created {
        format!("{{\"parent\":\"{parent}\",\"created\":\"{}\"}}", BagKind::Child.name())
    } else {
        format!("{{\"parent\":\"{parent}\"}}")
    }
}
