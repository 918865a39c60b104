//! What a row of E-Pass becomes here, and what is told of it. Amounts and slots stay as they are.

use base_core::time::Moment;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use passes_rules::pass::{Details, PassKind, PaymentMode, phone_is_valid};
use passes_rules::payload::epass::id_is_plain;

use crate::source::EarlierPass;

/// Something that was not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which row.
    pub row: String,
    /// What was found.
    pub found: &'static str,
    /// What was done about it.
    pub done: &'static str,
}

/// A pass as it is kept here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPass {
    /// Its id, which its code names.
    pub id: String,
    /// Whom it is for.
    pub details: Details,
    /// What was paid.
    pub amount: i64,
    /// When it was made.
    pub created_at: Moment,
    /// When it was used.
    pub entered_at: Option<Moment>,
    /// By whom, as E-Pass knew them.
    pub entered_by: Option<String>,
}

/// The zeros of the digits that E-Pass took for digits, by script.
const ZEROS: [char; 13] = ['0', '٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '０'];

fn ascii_digit(character: char) -> char {
    let digit = |zero: &char| {
        let n = u32::from(character).checked_sub(u32::from(*zero)).filter(|n| *n < 10)?;
        char::from_digit(n, 10)
    };
    ZEROS.iter().find_map(digit).unwrap_or(character)
}

/// A text that both databases take.
fn plain(text: &str) -> String {
    text.replace('\0', "").trim().to_owned()
}

fn time(text: Option<&str>) -> Option<Moment> {
    let civil: DateTime = text?.trim().replace(' ', "T").parse().ok()?;
    Some(Moment(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond()))
}

/// What a pass becomes; `Err` for one that cannot be kept.
pub fn pass(row: &EarlierPass, now: Moment, findings: &mut Vec<Finding>) -> Result<KeptPass, Finding> {
    let about = |found, done| Finding { row: row.pass_id.clone(), found, done };
    if !id_is_plain(&row.pass_id) {
        return Err(about("its id is none that E-Pass makes", "left out"));
    }
    let (Some(kind), Some(mode)) = (PassKind::parse(&row.pass_type), PaymentMode::parse(&row.payment_mode)) else {
        return Err(about("its type or payment is unknown", "left out"));
    };
    let mut phone = |text: &str| {
        let kept: String = plain(text).chars().map(ascii_digit).collect();
        if kept != text {
            findings.push(about("a phone number in other digits", "kept in the digits 0 to 9"));
        } else if !phone_is_valid(&kept) {
            findings.push(about("a phone number without ten digits", "kept as it is"));
        }
        kept
    };
    let phone1 = phone(&row.phone1);
    let filled = |text: &Option<String>| text.as_deref().map(plain).filter(|text| !text.is_empty());
    let is_couple = kind == PassKind::Couple;
    let phone2 = filled(&row.phone2).filter(|_| is_couple).map(|text| phone(&text));
    let created_at = time(row.created_at.as_deref());
    if created_at.is_none() {
        findings.push(about("no time of creation that can be read", "kept as created now"));
    }
    let entered_at = time(row.scanned_at.as_deref());
    if entered_at.is_none() && row.scanned_at.as_deref().is_some_and(|text| !text.trim().is_empty()) {
        findings.push(about("a time of use that cannot be read", "kept as used when it was created"));
    }
    let created_at = created_at.unwrap_or(now);
    let is_used = row.scanned_at.as_deref().is_some_and(|text| !text.trim().is_empty());
    Ok(KeptPass {
        id: row.pass_id.clone(),
        details: Details {
            name1: plain(&row.name1),
            phone1,
            name2: filled(&row.name2).filter(|_| is_couple),
            phone2,
            kind,
            timing: plain(&row.timing),
            mode,
            txn_info: filled(&row.txn_info),
        },
        amount: row.amount,
        created_at,
        entered_at: is_used.then(|| entered_at.unwrap_or(created_at)),
        entered_by: filled(&row.scanned_by).filter(|_| is_used),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> EarlierPass {
        EarlierPass {
            pass_id: "38f36f2d-925c-48de-b8fe-95a6e18f05aa".into(),
            name1: "Asha".into(),
            phone1: "9000000000".into(),
            name2: Some(String::new()),
            phone2: Some(String::new()),
            pass_type: "SINGLE".into(),
            amount: 499,
            payment_mode: "CASH".into(),
            timing: "7:00 PM".into(),
            created_at: Some("2026-11-21 02:29:19".into()),
            ..EarlierPass::default()
        }
    }

    #[test]
    fn empty_partners_become_none_and_amounts_stay() {
        let mut findings = Vec::new();
        let kept = pass(&row(), Moment(0), &mut findings).expect("a right row");
        assert_eq!((kept.details.name2, kept.details.phone2, kept.amount), (None, None, 499));
        assert_eq!((kept.created_at.rfc3339().as_str(), kept.entered_at), ("2026-11-21T02:29:19Z", None));
        assert_eq!(findings, []);
    }

    #[test]
    fn digits_of_other_scripts_are_kept_in_plain_ones_and_told_of() {
        let mut findings = Vec::new();
        let kept = pass(&EarlierPass { phone1: "९०००००००१२".into(), ..row() }, Moment(0), &mut findings);
        assert_eq!(kept.expect("a right row").details.phone1, "9000000012");
        let kept = pass(&EarlierPass { phone1: "900000000²".into(), ..row() }, Moment(0), &mut findings);
        assert_eq!(kept.expect("a row").details.phone1, "900000000²");
        assert_eq!(findings.len(), 2);
        assert!(pass(&EarlierPass { pass_id: "a\"b".into(), ..row() }, Moment(0), &mut findings).is_err());
    }
}
