//! Bags under simulation: what people scan, and a small model of a warehouse that the kept answers are held against.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bags_rules::rules::Rules;
use bags_rules::scan::{Action, Details, Scan};
use bags_work::Bags;
use base_core::time::Moment;
use base_db::Db;
use serde_json::Value;
use tallyhouse_support::assert_counts_are_true_of;
use uuid::Uuid;

use crate::dice::Dice;
use crate::round::{Made, Play};
use crate::rows::{Tables, number, text};
use crate::site::Site;

/// Small, so that parents are often full.
const CAPACITY: u32 = 4;

pub fn domain() -> Bags {
    let phrase =
        |answer: &bags_rules::outcome::Answer| answer.outcome.is_refusal().then(|| answer.outcome.code().into());
    let rules = Rules { capacity: CAPACITY, ..Rules::default() };
    Bags { rules: Arc::new(rules), phrase: Arc::new(phrase), mailing: None }
}

/// People who pack and bill. The codes have the number of the run, so that several may share a database.
pub struct Packing {
    pub run: u64,
}

impl Packing {
    fn parent(&self, dice: &mut Dice) -> String {
        format!("SB{:03}{:02}", self.run % 1000, dice.roll(6))
    }

    fn child(&self, dice: &mut Dice) -> String {
        format!("KID{:05}{:02}", self.run % 100_000, dice.roll(24))
    }

    fn bill(&self, dice: &mut Dice) -> String {
        format!("B-{:05}-{}", self.run % 100_000, dice.roll(3))
    }
}

impl Play for Packing {
    type Domain = Bags;

    fn scan(&mut self, dice: &mut Dice) -> Scan {
        let action = match dice.roll(40) {
            0..6 => Action::Parent,
            6..22 => Action::Child,
            22..24 => Action::Unlink,
            24..26 => Action::Relink,
            26..30 => Action::Undo,
            30 => Action::Close,
            31 => Action::Delete,
            32..34 => Action::BillCreate,
            34..37 => Action::BillLink,
            37 => Action::BillUnlink,
            38 => Action::BillComplete,
            _ => Action::BillReopen,
        };
        let scan = Scan { id: dice.id(), client_at: Moment(1_791_172_700_000_000), action, ..Scan::default() };
        match action {
            Action::Parent | Action::Close => Scan { code: self.parent(dice), ..scan },
            Action::Child | Action::Relink => Scan { code: self.child(dice), parent: Some(self.parent(dice)), ..scan },
            Action::Undo if dice.one_in(2) => Scan { parent: Some(self.parent(dice)), ..scan },
            Action::Delete if dice.one_in(2) => Scan { code: self.parent(dice), ..scan },
            Action::Unlink | Action::Undo | Action::Delete => Scan { code: self.child(dice), ..scan },
            Action::BillLink | Action::BillUnlink => {
                Scan { code: self.parent(dice), bill: Some(self.bill(dice)), ..scan }
            }
            Action::BillCreate => {
                let details = Details { capacity: Some(1 + i64::from(dice.one_in(2))), ..Details::default() };
                Scan { bill: Some(self.bill(dice)), ..scan }.with(details)
            }
            _ => Scan { bill: Some(self.bill(dice)), ..scan },
        }
    }

    fn id(command: &Scan) -> Uuid {
        command.id
    }

    fn twisted(command: &Scan) -> Scan {
        Scan { code: format!("{}X", command.code), ..command.clone() }
    }

    async fn beside(&mut self, _: &Site<Bags>, _: &mut Dice) {}
}

#[derive(Default)]
struct Bill {
    capacity: i64,
    is_done: bool,
}

/// Where everything is, by the answers alone.
#[derive(Default)]
struct Model {
    parents: BTreeSet<String>,
    /// The parent of each child.
    links: BTreeMap<String, String>,
    bills: BTreeMap<String, Bill>,
    /// The bill of each parent.
    on: BTreeMap<String, String>,
}

impl Model {
    fn children(&self, parent: &str) -> usize {
        self.links.values().filter(|of| *of == parent).count()
    }

    fn on_bill(&self, bill: &str) -> usize {
        self.on.values().filter(|of| *of == bill).count()
    }

    fn is_open(&self, parent: &str) -> bool {
        self.on.get(parent).is_none_or(|bill| !self.bills[bill].is_done)
    }

    /// Follows one answer, which must be possible where everything is now.
    fn follow(&mut self, answer: &Value) {
        let of = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let (code, parent, bill) = (of("code"), of("parent"), of("bill").to_uppercase());
        let is_possible = match answer["outcome"].as_str().expect("an outcome") {
            "parent_created" => self.parents.insert(code),
            "parent_selected" | "closed" => self.parents.contains(&code),
            "linked" => {
                let fits = self.children(&parent) < CAPACITY as usize && self.is_open(&parent);
                let is_free = self.parents.contains(&parent) && self.links.insert(code, parent.clone()).is_none();
                fits && is_free && answer["children"] == self.children(&parent)
            }
            "relinked" => {
                let fits = self.children(&parent) < CAPACITY as usize && self.is_open(&parent);
                let before = self.links.insert(code, parent.clone());
                fits && before.is_some_and(|before| before != parent && self.is_open(&before))
            }
            "unlinked" | "undone" => {
                self.is_open(&parent) && self.links.remove(&code).is_some_and(|before| before == parent)
            }
            "deleted" => {
                let is_alone = !self.links.contains_key(&code) && self.children(&code) == 0;
                self.parents.remove(&code);
                is_alone && !self.on.contains_key(&code)
            }
            "duplicate" => self.links.get(&code) == Some(&parent),
            "child_elsewhere" => self.links.get(&code).is_some_and(|at| *at == of("current_parent") && *at != parent),
            "parent_full" => self.children(&parent) >= CAPACITY as usize,
            "bill_created" => {
                let capacity = answer["bill_capacity"].as_i64().expect("a capacity");
                self.bills.insert(bill, Bill { capacity, is_done: false }).is_none()
            }
            "bill_linked" => self.link_to_bill(code, bill),
            "bill_unlinked" => !self.bills[&bill].is_done && self.on.remove(&code) == Some(bill),
            "bill_finished" => {
                let parents = self.on_bill(&bill);
                let found = self.bills.get_mut(&bill).expect("the bill");
                !std::mem::replace(&mut found.is_done, true) && usize::try_from(found.capacity) == Ok(parents)
            }
            "bill_reopened" => std::mem::replace(&mut self.bills.get_mut(&bill).expect("the bill").is_done, false),
            "bill_full" => {
                self.bills.get(&bill).is_some_and(|of| i64::try_from(self.on_bill(&bill)) == Ok(of.capacity))
            }
            _ => true,
        };
        assert!(is_possible, "this cannot be: {answer}");
    }

    fn link_to_bill(&mut self, parent: String, bill: String) -> bool {
        let fits = i64::try_from(self.on_bill(&bill)).is_ok_and(|parents| parents < self.bills[&bill].capacity);
        let is_known = self.parents.contains(&parent) && !self.bills[&bill].is_done;
        fits && is_known && self.on.insert(parent, bill).is_none()
    }
}

/// What must hold at the end.
pub async fn sweep(db: &Db, made: &[Made<Scan>]) {
    let tables = Tables::of(db).await;
    let scans = tables.in_order("scans", "at");
    let mut model = Model::default();
    let mut kept = BTreeMap::new();
    for scan in &scans {
        let answer: Value = serde_json::from_str(text(scan, "answer")).expect("JSON");
        model.follow(&answer);
        assert!(kept.insert(text(scan, "scan_id"), text(scan, "answer")).is_none(), "one row for each scan");
    }
    for scan in made {
        let answer = scan.answer.as_deref();
        assert_eq!(kept.get(scan.id.to_string().as_str()).copied(), answer, "what was answered is what is kept");
    }
    let links = tables.of_table("links").iter();
    let links: BTreeMap<_, _> =
        links.map(|row| (text(row, "child").to_owned(), text(row, "parent").to_owned())).collect();
    assert_eq!(links, model.links, "every child is where the answers say");
    for bag in tables.of_table("bags").iter().filter(|bag| text(bag, "kind") == "parent") {
        let children = i64::try_from(model.children(text(bag, "code"))).expect("few");
        assert_eq!(number(bag, "children"), children, "children of {}", text(bag, "code"));
    }
    for bill in tables.of_table("bills") {
        let key = text(bill, "key");
        assert_eq!(Ok(number(bill, "parents")), i64::try_from(model.on_bill(key)), "parents on {key}");
        assert_eq!(text(bill, "status") == "completed", model.bills[key].is_done, "the status of {key}");
    }
    let told = tables.of_table("audit").iter().filter(|row| ["bag", "bill"].contains(&text(row, "entity_type")));
    let told = told.filter(|row| !text(row, "after").contains("scan_id_reused")).count();
    assert_eq!(told, scans.len(), "the trail has one entry for each scan");
    assert_counts_are_true_of(db, CAPACITY).await;
}
