//! Scans of the earlier system, as history. What it did not record is derived where that is certain enough: the parent
//! of a child from the link of the same moment, a bill from the row of the same moment.

use bags_rules::code::Code;
use bags_rules::outcome::{Answer, Outcome};
use bags_rules::scan::Action;
use base_core::time::Moment;
use uuid::Uuid;

use super::site::Finding;

/// The name space of ids that are made from the content of a scan (UUID version 5).
const NAMES: Uuid = Uuid::from_u128(0x6b0c_5d3e_0f4e_5c58_9d57_2a1f_7e21_4c0a);

/// A row of `scan`, with what was found for it.
#[derive(Clone, Debug, Default)]
pub struct EarlierScan {
    /// Its number.
    pub id: i64,
    /// When it was made, or otherwise when its bag was created.
    pub at: Option<Moment>,
    /// Who scanned, by their number there.
    pub user_id: Option<i64>,
    /// The parent's code.
    pub parent: Option<String>,
    /// The child's code.
    pub child: Option<String>,
    /// The parent of a link of the same child and the same moment.
    pub linked_parent: Option<String>,
    /// The code of a parent that the same person created in the same moment, for scans that name no bag.
    pub new_parent: Option<String>,
    /// The number, here, of the bill on which the parent was put in the same moment.
    pub bill: Option<String>,
}

/// A scan as it is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptScan {
    /// Its number there.
    pub earlier_id: i64,
    /// Always the same for the same row.
    pub scan_id: Uuid,
    /// What it asked for, in 64 bits.
    pub fingerprint: i64,
    /// When it was made.
    pub at: Moment,
    /// Who scanned, by their number there.
    pub user_id: Option<i64>,
    /// What was asked for.
    pub action: Action,
    /// The code.
    pub code: Code,
    /// The parent concerned.
    pub parent: Option<Code>,
    /// The number of the bill concerned.
    pub bill: Option<String>,
    /// Its outcome.
    pub outcome: Outcome,
    /// The answer as this program would have written it, JSON.
    pub answer: String,
}

/// The id of a scan, made of its number, its time and its code.
pub fn scan_id(earlier_id: i64, at: Moment, code: &Code) -> Uuid {
    Uuid::new_v5(&NAMES, format!("traitortrack scan {earlier_id} {} {code}", at.0).as_bytes())
}

/// Decides what becomes of a scan.
pub fn scan(row: &EarlierScan) -> Result<(KeptScan, Option<Finding>), Finding> {
    let code = |text: &Option<String>| text.as_deref().and_then(Code::kept);
    let (parent, child) = (code(&row.parent), code(&row.child));
    let mut finding = None;
    let (action, outcome, code, parent) = match (parent, child) {
        (parent, Some(child)) => (Action::Child, Outcome::Linked, child, parent.or_else(|| code(&row.linked_parent))),
        (Some(parent), None) if row.bill.is_some() => (Action::BillLink, Outcome::BillLinked, parent, None),
        (Some(parent), None) => (Action::Parent, Outcome::ParentSelected, parent, None),
        (None, None) => {
            let Some(parent) = code(&row.new_parent) else {
                let done = "not kept: nothing tells which bag it was";
                return Err(Finding::new("scan", row.id, "", "no_bag", done));
            };
            let done = format!("kept as the first scan of {parent}, which was made in the same moment");
            finding = Some(Finding::new("scan", row.id, parent.as_str(), "no_bag", done));
            (Action::Parent, Outcome::ParentSelected, parent, None)
        }
    };
    let Some(at) = row.at else {
        return Err(Finding::new("scan", row.id, code.as_str(), "no_time", "not kept: nothing tells when it was"));
    };
    let scan_id = scan_id(row.id, at, &code);
    let bill = row.bill.clone().filter(|_| action == Action::BillLink);
    let mut answer = Answer::new(scan_id, outcome, code.as_str());
    answer.parent.clone_from(&parent);
    answer.bill.clone_from(&bill);
    let (high, _) = scan_id.as_u64_pair();
    let kept = KeptScan {
        earlier_id: row.id,
        scan_id,
        fingerprint: high.cast_signed(),
        at,
        user_id: row.user_id,
        action,
        code,
        parent,
        bill,
        outcome,
        answer: serde_json::to_string(&answer).expect("an answer is plain text and numbers"),
    };
    Ok((kept, finding))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> EarlierScan {
        EarlierScan { id: 7, at: Some(Moment(5)), user_id: Some(1), ..EarlierScan::default() }
    }

    fn text(code: &str) -> String {
        code.into()
    }

    #[test]
    fn a_child_scan_finds_its_parent_in_the_link_of_the_moment() {
        let (kept, finding) =
            scan(&EarlierScan { child: Some(text("kid1")), linked_parent: Some(text("sb00001")), ..row() })
                .expect("kept");
        assert_eq!((kept.action, kept.outcome, finding), (Action::Child, Outcome::Linked, None));
        assert_eq!((kept.code.as_str(), kept.parent.as_ref().map(Code::as_str)), ("KID1", Some("SB00001")));
        let answer = format!(r#"{{"id":"{}","outcome":"linked","code":"KID1","parent":"SB00001"}}"#, kept.scan_id);
        assert_eq!(kept.answer, answer);
        let (alone, _) = scan(&EarlierScan { child: Some(text("KID1")), ..row() }).expect("kept");
        assert_eq!((alone.outcome, alone.parent), (Outcome::Linked, None));
    }

    #[test]
    fn a_parent_scan_is_a_choice_or_goes_on_a_bill() {
        let (kept, _) = scan(&EarlierScan { parent: Some(text("sb00001")), ..row() }).expect("kept");
        assert_eq!((kept.action, kept.outcome, kept.bill), (Action::Parent, Outcome::ParentSelected, None));
        let (kept, _) =
            scan(&EarlierScan { parent: Some(text("SB00001")), bill: Some(text("b-1")), ..row() }).expect("kept");
        assert_eq!((kept.action, kept.bill.as_deref()), (Action::BillLink, Some("b-1")));
        assert!(kept.answer.contains(r#""bill":"b-1""#), "{}", kept.answer);
    }

    #[test]
    fn a_scan_without_a_bag_or_a_time_is_reported() {
        assert_eq!(scan(&row()).expect_err("left out").found, "no_bag");
        let (kept, finding) = scan(&EarlierScan { new_parent: Some(text("SB00009")), ..row() }).expect("kept");
        assert_eq!((kept.code.as_str(), finding.expect("told").found), ("SB00009", "no_bag"));
        let untimed = EarlierScan { at: None, parent: Some(text("SB00001")), ..row() };
        assert_eq!(scan(&untimed).expect_err("left out").found, "no_time");
    }

    #[test]
    fn the_same_row_has_the_same_id_and_another_row_another() {
        let code = Code::stored("KID1");
        assert_eq!(scan_id(7, Moment(5), &code), scan_id(7, Moment(5), &code));
        assert_ne!(scan_id(7, Moment(5), &code), scan_id(8, Moment(5), &code));
        assert_eq!(scan_id(7, Moment(5), &code).get_version_num(), 5);
    }
}
