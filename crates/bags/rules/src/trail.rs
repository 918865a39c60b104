//! What the audit trail says about scans and about changes of bags and bills.

use base_core::area::Area;
use base_core::audit::Entry;
use serde_json::{Value, json};

use crate::bag::BagKind;
use crate::bill::{BillKey, BillTexts};
use crate::change::Change;
use crate::code::Code;
use crate::loaded::Loaded;
use crate::outcome::Answer;

/// The entry for a decided scan. `loaded` are the rows *before* the change is applied.
pub fn of_scan(answer: &Answer, change: Option<&Change>, loaded: &Loaded) -> Entry {
    let Some(change) = change else {
        let action = if answer.outcome.is_refusal() { "scan_refused" } else { "parent_selected" };
        let mut entry = Entry::new(action, "bag", answer.code.as_str());
        if answer.outcome.is_refusal() {
            let parent = answer.parent.as_ref().map(crate::code::Code::as_str);
            entry = entry.with_after(&json!({ "outcome": answer.outcome.code(), "parent": parent }));
        }
        return entry;
    };
    match change {
        Change::Register { code, kind, area } => Entry::new("create_bag", "bag", code.as_str())
            .with_after(&json!({ "type": kind.name(), "area": area.as_ref().map(Area::as_str) })),
        Change::TakeIntoArea { parent, area } => Entry::new("update_bag", "bag", parent.as_str())
            .with_before(&json!({ "area": null }))
            .with_after(&json!({ "area": area.as_str() })),
        Change::Link { child, parent } => {
            let created = loaded.bag(child).is_none();
            let mut entry = Entry::new("link_created", "bag", child.as_str());
            entry.after = Some(linked_text(parent.as_str(), created));
            entry
        }
        Change::Unlink { child, parent, .. } => Entry::new("link_deleted", "bag", child.as_str())
            .with_before(&json!({ "parent": parent.as_str() }))
            .with_after(&json!({ "outcome": answer.outcome.code() })),
        Change::Move { child, from, to } => Entry::new("link_moved", "bag", child.as_str())
            .with_before(&json!({ "parent": from.as_str() }))
            .with_after(&json!({ "parent": to.as_str() })),
        Change::Close { parent } => Entry::new("close_bag", "bag", parent.as_str())
            .with_after(&json!({ "children": loaded.bag(parent).map(|bag| bag.children) })),
        Change::Restore { code, area, .. } => {
            Entry::new("update_bag", "bag", code.as_str()).with_after(&json!({ "restored": true, "area": area }))
        }
        Change::BringBack { removal, name } => {
            let is_bill = loaded.removed(*removal).is_some_and(|removed| removed.bill().is_some());
            let (action, entity) = if is_bill { ("bring_back_bill", "bill") } else { ("bring_back_bag", "bag") };
            Entry::new(action, entity, name.as_str()).with_after(&json!({ "removal": removal }))
        }
        Change::Delete { codes } => of_delete(codes, loaded),
        Change::SetChildren { parent, add, remove } => {
            let texts = |codes: &[Code]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
            Entry::new("update_bag", "bag", parent.as_str())
                .with_before(&json!({ "children": texts(&children_texts(loaded, parent)) }))
                .with_after(&json!({ "added": texts(add), "removed": texts(remove) }))
        }
        bill => of_bill(bill, loaded),
    }
}

/// What a list of children changed for each child, in addition to the entry of the parent, so that the page of the
/// child shows it.
pub fn of_listed_children(change: &Change) -> Vec<Entry> {
    let Change::SetChildren { parent, add, remove } = change else { return Vec::new() };
    let into = json!({ "parent": parent.as_str() });
    let nowhere = json!({ "parent": null });
    let entry = |child: &Code, before, after| {
        Entry::new("update_bag", "bag", child.as_str()).with_before(before).with_after(after)
    };
    let added = add.iter().map(|child| entry(child, &nowhere, &into));
    added.chain(remove.iter().map(|child| entry(child, &into, &nowhere))).collect()
}

fn of_bill(change: &Change, loaded: &Loaded) -> Entry {
    let number = |key: &BillKey| loaded.bill(key).map_or(key.as_str(), |bill| bill.number.as_str()).to_owned();
    match change {
        Change::PutOnBill { parent, bill } => {
            let created = loaded.bag(parent).is_none();
            Entry::new("link_created", "bill", number(bill))
                .with_after(&json!({ "parent": parent.as_str(), "created": created }))
        }
        Change::TakeOffBill { parent, bill } => {
            Entry::new("link_deleted", "bill", number(bill)).with_before(&json!({ "parent": parent.as_str() }))
        }
        Change::CreateBill { bill, capacity, texts } => {
            Entry::new("create_bill", "bill", bill.as_str()).with_after(&written(*capacity, texts))
        }
        Change::EditBill { bill, capacity, texts } => {
            let was = loaded.bill(bill).map(|was| written(was.capacity, &was.texts));
            Entry::new("update_bill", "bill", number(bill))
                .with_before(&was.unwrap_or_default())
                .with_after(&written(*capacity, texts))
        }
        Change::TurnBill { bill, status } => {
            let was = loaded.bill(bill).map(|was| was.status.name());
            Entry::new("update_bill", "bill", number(bill))
                .with_before(&json!({ "status": was }))
                .with_after(&json!({ "status": status.name() }))
        }
        Change::DeleteBill { bill, parents } => {
            let was = loaded.bill(bill);
            let mut before = was.map(|was| written(was.capacity, &was.texts)).unwrap_or_default();
            before["status"] = json!(was.map(|was| was.status.name()));
            before["parents"] = json!(parents);
            Entry::new("delete_bill", "bill", number(bill)).with_before(&before)
        }
        _ => Entry::new("update_bill", "bill", String::new()),
    }
}

/// What people wrote of a bill. Where it goes and with what is left out where nobody wrote it.
fn written(capacity: u32, texts: &BillTexts) -> Value {
    let mut written = json!({ "capacity": capacity, "description": texts.description });
    for (name, text) in [("destination", &texts.destination), ("vehicle_number", &texts.vehicle_number)] {
        if !text.is_empty() {
            written[name] = json!(text);
        }
    }
    written
}

/// A removal keeps a snapshot of everything that is removed (D4).
fn of_delete(codes: &[crate::code::Code], loaded: &Loaded) -> Entry {
    let snapshot: Vec<Value> = codes
        .iter()
        .filter_map(|code| loaded.bag(code))
        .map(|bag| {
            json!({
                "code": bag.code, "type": bag.kind.name(), "area": bag.area, "children": bag.children,
                "parent": loaded.link(&bag.code).map(|link| link.parent.as_str()),
            })
        })
        .collect();
    let named = codes.first().map_or("", |code| code.as_str());
    Entry::new("delete_bag", "bag", named).with_before(&Value::Array(snapshot))
}

fn children_texts(loaded: &Loaded, parent: &Code) -> Vec<Code> {
    loaded.children_of(parent).into_iter().map(|(child, _)| child.clone()).collect()
}

/// `{"parent":"SB00001","created":true}`, written by hand because busy minutes consist mostly of this entry. A parent's
/// code has no character that JSON would escape: quotes are forbidden in codes, a backslash is escaped here.
fn linked_text(parent: &str, created: bool) -> String {
    let parent = parent.replace('\\', "\\\\");
    if created {
        format!("{{\"parent\":\"{parent}\",\"created\":\"{}\"}}", BagKind::Child.name())
    } else {
        format!("{{\"parent\":\"{parent}\"}}")
    }
}
