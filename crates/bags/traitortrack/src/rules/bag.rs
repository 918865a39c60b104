//! Bags of the earlier system. Labels are printed on bags, so every bag keeps its code, whatever today's rules say.

use bags_rules::bag::BagKind;
use bags_rules::code::Code;
use base_core::area::Area;
use base_core::time::Moment;
use serde::Deserialize;

use super::site::{Finding, Site, area, moment};

/// The code fits no label of today.
const MARK_CODE: &str = "code";
/// A child with a parent's label, or with a code that begins like one.
const MARK_PARENT_LABEL: &str = "parent_label";
/// The kind was guessed from the label.
const MARK_KIND: &str = "kind";

/// A row of `bag`. What is counted there (children, weight, status, parent) is not read: the links are the truth.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EarlierBag {
    /// Its number.
    pub id: i64,
    /// The code.
    pub qr_id: Option<String>,
    /// `parent` or `child`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// A free label.
    pub name: Option<String>,
    /// Who scanned it first.
    pub user_id: Option<i64>,
    /// The area.
    pub dispatch_area: Option<String>,
    /// When it was first scanned.
    pub created_at: Option<String>,
    /// When it last changed.
    pub updated_at: Option<String>,
}

/// A bag as it is imported, before its links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBag {
    /// Its number there.
    pub earlier_id: i64,
    /// The code.
    pub code: Code,
    /// Parent or child.
    pub kind: BagKind,
    /// A free label.
    pub name: Option<String>,
    /// The area.
    pub area: Option<Area>,
    /// Why it is kept although today's rules would refuse it.
    pub legacy: Option<&'static str>,
    /// When it was first scanned.
    pub created_at: Moment,
    /// Who scanned it first, by their number there.
    pub created_by: Option<i64>,
    /// When it last changed.
    pub updated_at: Moment,
}

/// Decides what becomes of a bag; `None` when it has no code at all.
pub fn bag(row: &EarlierBag, site: &Site<'_>) -> (Option<KeptBag>, Vec<Finding>) {
    let mut findings = Vec::new();
    let text = row.qr_id.as_deref().unwrap_or_default();
    let mut tell = |found: &'static str, done: String| {
        findings.push(Finding::new("bag", row.id, text, found, done));
    };
    let Some(code) = Code::kept(text) else {
        tell("no_code", "not kept: there is nothing to find it by".into());
        return (None, findings);
    };
    let labels = &site.rules.labels;
    let named = row.kind.as_deref().unwrap_or_default().trim().to_lowercase();
    let kind = BagKind::parse(&named).unwrap_or_else(|| {
        let kind = if labels.is_parent(&code) { BagKind::Parent } else { BagKind::Child };
        tell("unknown_type", format!("type {named:?} became {}, as the label says", kind.name()));
        kind
    });
    let fits = Code::parse(text).is_ok()
        && match kind {
            BagKind::Parent => labels.is_parent(&code),
            BagKind::Child => labels.is_child(&code),
        };
    let like_parent = labels.formats().iter().any(|format| code.as_str().starts_with(format.prefix.as_str()));
    let legacy = match kind {
        _ if fits && BagKind::parse(&named).is_none() => Some(MARK_KIND),
        _ if fits => None,
        BagKind::Child if like_parent => {
            tell("parent_label_on_child", "kept as a child, marked as legacy".into());
            Some(MARK_PARENT_LABEL)
        }
        _ => {
            tell("odd_code", "kept, marked as legacy".into());
            Some(MARK_CODE)
        }
    };
    let area = area(row.dispatch_area.as_deref());
    if let Some(area) = area.as_ref().filter(|area| !site.areas.contains(area)) {
        tell("unknown_area", format!("kept in {area}, which bags.areas does not name"));
    }
    let kept = KeptBag {
        earlier_id: row.id,
        code,
        kind,
        name: row.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned),
        area,
        legacy,
        created_at: moment(row.created_at.as_deref()).unwrap_or(Moment::UNKNOWN),
        created_by: row.user_id,
        updated_at: moment(row.updated_at.as_deref()).unwrap_or(Moment::UNKNOWN),
    };
    (Some(kept), findings)
}

#[cfg(test)]
mod tests {
    use super::super::site::testing::{found, with_site};
    use super::*;

    fn row(code: &str, kind: &str) -> EarlierBag {
        EarlierBag {
            id: 1,
            qr_id: Some(code.into()),
            kind: Some(kind.into()),
            created_at: Some("2025-11-01T10:00:00".into()),
            ..EarlierBag::default()
        }
    }

    #[test]
    fn codes_are_trimmed_and_upper_case_and_odd_ones_are_marked() {
        with_site(|site| {
            let long = "x".repeat(255);
            for (text, kind, code, legacy, wanted) in [
                (" sb00001\n", "parent", "SB00001", None, vec![]),
                ("m444-00001", "Parent", "M444-00001", None, vec![]),
                ("kid17", "child", "KID17", None, vec![]),
                ("PARENT_001_X", "parent", "PARENT_001_X", Some("code"), vec!["odd_code"]),
                ("SAMPLE-P101", "child", "SAMPLE-P101", Some("code"), vec!["odd_code"]),
                ("c12", "child", "C12", Some("code"), vec!["odd_code"]),
                ("KID<17>é", "child", "KID<17>É", Some("code"), vec!["odd_code"]),
                (&long, "child", &"X".repeat(255), Some("code"), vec!["odd_code"]),
                ("SB54321", "child", "SB54321", Some("parent_label"), vec!["parent_label_on_child"]),
                ("M444-12345", "child", "M444-12345", Some("parent_label"), vec!["parent_label_on_child"]),
                ("SB99999", "sack", "SB99999", Some("kind"), vec!["unknown_type"]),
                ("KID99", "", "KID99", Some("kind"), vec!["unknown_type"]),
            ] {
                let (kept, findings) = bag(&row(text, kind), site);
                let kept = kept.expect("every code is kept");
                assert_eq!((kept.code.as_str(), kept.legacy), (code, legacy), "{text}");
                assert_eq!(found(&findings), wanted, "{text}");
            }
            let (kept, findings) = bag(&row(" \n", "child"), site);
            assert_eq!((kept, found(&findings)), (None, vec!["no_code"]));
        });
    }

    #[test]
    fn what_is_null_stays_unknown() {
        with_site(|site| {
            let bare =
                EarlierBag { created_at: None, dispatch_area: Some("Default".into()), ..row("SB00001", "parent") };
            let kept = bag(&bare, site).0.expect("kept");
            assert_eq!((kept.created_at, kept.updated_at, kept.area), (Moment::UNKNOWN, Moment::UNKNOWN, None));
            let (kept, findings) = bag(&EarlierBag { dispatch_area: Some("mars".into()), ..bare }, site);
            assert_eq!(kept.expect("kept").area, Some(Area::new("mars")));
            assert_eq!(found(&findings), ["unknown_area"]);
        });
    }
}
