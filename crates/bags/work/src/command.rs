//! A scan on its way to the desk: its head, and its intent once its codes are parsed.

use std::hash::{DefaultHasher, Hash, Hasher};

use bags_rules::intent::Intent;
use bags_rules::scan::{Action, Scan};
use base_core::account::AccountId;
use base_desk::{Fingerprint, Head};

/// A scan with its codes parsed.
#[derive(Debug)]
pub struct Read {
    /// As it was sent.
    pub scan: Scan,
    /// What it means.
    pub intent: Intent,
}

impl Read {
    pub(crate) fn of(scan: Scan) -> Self {
        Self { intent: scan.intent(), scan }
    }

    /// True if it may finish a parent that the person does not have in hand.
    pub(crate) fn may_finish(&self) -> bool {
        matches!(self.scan.action, Action::Close | Action::Relink)
    }

    /// Scans for one bill, or for one parent, go to the same lane.
    pub(crate) fn lane(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        match (self.intent.bill(), self.intent.codes().last()) {
            (Some(bill), _) => bill.hash(&mut hasher),
            (None, Some(code)) => code.hash(&mut hasher),
            (None, None) => return 0,
        }
        hasher.finish()
    }
}

pub(crate) fn head(scan: &Scan, by: Option<AccountId>) -> Head {
    Head { id: scan.id, client_at: scan.client_at, fingerprint: fingerprint(scan, by) }
}

/// What a scan asks for. Its id is no part of it.
fn fingerprint(scan: &Scan, by: Option<AccountId>) -> i64 {
    let Scan { id: _, client_at, action, code, parent, bill, details } = scan;
    let asked = Fingerprint::of(action.name())
        .maybe_number("by", by)
        .number("client_at", client_at.0)
        .text("code", code)
        .maybe_text("parent", parent.as_deref())
        .maybe_text("bill", bill.as_deref());
    let Some(details) = details else { return asked.finish() };
    let bags_rules::scan::Details {
        capacity,
        description,
        destination,
        vehicle_number,
        children,
        children_before,
        removal,
    } = &**details;
    asked
        .maybe_number("capacity", *capacity)
        .maybe_text("description", description.as_deref())
        .maybe_text("destination", destination.as_deref())
        .maybe_text("vehicle_number", vehicle_number.as_deref())
        .list("children", children)
        .maybe_list("children_before", children_before.as_deref())
        .maybe_text("removal", removal.map(|id| id.to_string()).as_deref())
        .finish()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bags_rules::scan::Details;
    use base_core::time::Moment;

    use super::*;

    fn child() -> Scan {
        let (code, parent) = ("kid17 ".into(), Some("SB00001".into()));
        let client_at = Moment(1_791_172_800_000_000);
        Scan { client_at, action: Action::Child, code, parent, ..Scan::default() }
    }

    fn list() -> Details {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        Details {
            capacity: Some(3),
            description: Some("rice".into()),
            children: texts(&["KID1", "KID2"]),
            children_before: Some(texts(&["KID3"])),
            ..Details::default()
        }
    }

    /// These are stored in databases: if one changed, every repeat of an earlier scan would be refused.
    #[test]
    fn fingerprints_of_known_scans_stay_what_they_are() {
        let bill = Scan { bill: Some("B-7".into()), parent: None, ..child() };
        let known = [
            (child(), Some(7)),
            (child(), None),
            (Scan { action: Action::BillLink, ..bill.clone() }, Some(7)),
            (
                Scan { action: Action::BillCreate, ..bill }.with(Details { capacity: Some(3), ..Details::default() }),
                None,
            ),
            (Scan { action: Action::SetChildren, ..child() }.with(list()), Some(7)),
        ];
        let found = known.map(|(scan, by)| fingerprint(&scan, by));
        assert_eq!(
            found,
            [
                -2_185_760_246_744_002_559,
                7_496_312_901_156_389_585,
                7_707_193_881_700_852_441,
                2_839_839_581_474_589_432,
                3_815_014_744_011_392_738
            ]
        );
    }

    #[test]
    fn any_field_that_changes_changes_the_fingerprint_and_the_id_does_not() {
        let scan = || Scan { bill: Some("B-7".into()), ..child() }.with(list());
        let with = |change: &dyn Fn(&mut Details)| {
            let mut details = list();
            change(&mut details);
            scan().with(details)
        };
        let mut all = vec![
            scan(),
            Scan { client_at: scan().client_at.plus_us(1), ..scan() },
            Scan { code: "kid17".into(), ..scan() },
            Scan { parent: Some("SB00002".into()), ..scan() },
            Scan { parent: Some(String::new()), ..scan() },
            Scan { parent: None, ..scan() },
            Scan { bill: Some("b-7".into()), ..scan() },
            Scan { bill: None, ..scan() },
            Scan { details: None, ..scan() },
            with(&|details| details.capacity = Some(4)),
            with(&|details| details.capacity = None),
            with(&|details| details.description = Some("Rice".into())),
            with(&|details| details.description = None),
            with(&|details| details.destination = Some("Indore".into())),
            with(&|details| details.vehicle_number = Some("Indore".into())),
            with(&|details| details.children.reverse()),
            with(&|details| details.children = vec!["KID1KID2".into()]),
            with(&|details| details.children.clear()),
            with(&|details| details.children_before = Some(Vec::new())),
            with(&|details| details.children_before = None),
            with(&|details| details.removal = Some(uuid::Uuid::nil())),
        ];
        let others = Action::ALL.into_iter().filter(|action| *action != Action::Child);
        all.extend(others.map(|action| Scan { action, ..scan() }));
        let mut different: BTreeSet<i64> = all.iter().map(|scan| fingerprint(scan, Some(7))).collect();
        different.extend([None, Some(8), Some(-1)].map(|by| fingerprint(&scan(), by)));
        assert_eq!(different.len(), all.len() + 3);
        let other_id = Scan { id: uuid::Uuid::from_u128(9), ..scan() };
        assert_eq!(fingerprint(&other_id, Some(7)), fingerprint(&scan(), Some(7)));
    }
}
