//! Codes inside longer texts, as on lists that were typed from labels: `Bag SB00001 (mustard)`.
//!
//! Invariant: a code is taken out only when it is the one code of its kind in the text, and never a part of a word.
//! Everything else stays as it is, for the rules to say what is wrong with it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::bag::BagKind;
use crate::code::{Code, Labels};
use crate::import::ImportKind;

impl Labels {
    /// The one code of this kind in a text that is not a code itself.
    pub fn code_in(&self, text: &str, kind: BagKind) -> Option<String> {
        let code = |text: &str| Code::parse(text).ok();
        let fits = |code: &Code| match kind {
            BagKind::Parent => self.is_parent(code),
            BagKind::Child => self.is_child(code),
        };
        if code(text).is_some_and(|code| fits(&code)) {
            return None;
        }
        // A label that says which of its numbers is its own; the lot on it is that of many bags.
        if let Some(number) = number_of_label(text).filter(|_| kind == BagKind::Child) {
            return code(number).filter(fits).map(|code| code.to_string());
        }
        let mut found: BTreeSet<Code> = match kind {
            BagKind::Parent => parts_of(text).filter_map(code).filter(fits).collect(),
            // Words have no digits; codes of children nearly always do.
            BagKind::Child => {
                let has_digit = |word: &&str| word.bytes().any(|byte| byte.is_ascii_digit());
                words_of(text).filter(has_digit).filter_map(code).filter(fits).collect()
            }
        };
        found.pop_first().filter(|_| found.is_empty()).map(|code| code.to_string())
    }
}

/// What stands behind `LABEL NO.` in the text of a label: `LABEL NO.0016586 LOT NO.:STAR44GG16616` has 0016586. Empty where
/// no number stands there; `None` in a text that says nothing of the kind.
fn number_of_label(text: &str) -> Option<&str> {
    let folded = text.to_ascii_uppercase();
    let mut after = &text[folded.find("LABEL")? + "LABEL".len()..];
    after = after.trim_start_matches(['.', ' ']);
    let words = ["NUMBER", "NO"].into_iter();
    let rest = words.filter_map(|word| {
        let begin = after.get(..word.len())?;
        begin.eq_ignore_ascii_case(word).then(|| &after[word.len()..])
    });
    let rest = rest.into_iter().find(|rest| !rest.starts_with(|one: char| one.is_ascii_alphabetic()))?;
    let rest = rest.trim_start_matches(['.', ':', '#', '-', ' ', '\u{a0}']);
    let length = rest.find(|one: char| !one.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let number = &rest[..length];
    Some(if number.bytes().any(|byte| byte.is_ascii_digit()) { number } else { "" })
}

/// The parts between blanks, brackets and the like. A hyphen, an underscore or a full stop is part of its word: half of
/// `BOX-00017` is not a code.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let is_in_word = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.');
    text.split(move |character| !is_in_word(character)).filter(|word| !word.is_empty())
}

/// Every run of parts that hyphens join: a label may contain a hyphen, and there may be one before or after it.
fn parts_of(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|character: char| !character.is_alphanumeric() && character != '-');
    words.flat_map(|word| {
        let edges =
            |at: char| word.char_indices().filter(move |(_, character)| *character == at).map(|(place, _)| place);
        let begins: Vec<usize> = std::iter::once(0).chain(edges('-').map(|place| place + 1)).collect();
        let ends: Vec<usize> = edges('-').chain([word.len()]).collect();
        begins.into_iter().flat_map(move |begin| {
            let ends: Vec<usize> = ends.iter().copied().filter(|end| *end > begin).collect();
            ends.into_iter().map(move |end| &word[begin..end])
        })
    })
}

/// The bag that each column of a kind of file names, where it names one. The type of a row of bags says what it is.
fn bag_in_column(kind: ImportKind, cells: &[&str], at: usize) -> Option<BagKind> {
    match (kind, at) {
        (ImportKind::Bags, 0) => BagKind::parse(&cells.get(1)?.trim().to_ascii_lowercase()),
        (ImportKind::Children, 0) => Some(BagKind::Child),
        (ImportKind::Bags, 2) | (ImportKind::Children, 1) | (ImportKind::Parents, 0) => Some(BagKind::Parent),
        _ => None,
    }
}

/// The cells of a row, with codes taken out of longer texts.
pub fn codes_of_row<'c>(kind: ImportKind, cells: &[&'c str], labels: &Labels) -> Vec<Cow<'c, str>> {
    let code = |(at, cell): (usize, &&'c str)| {
        let code = bag_in_column(kind, cells, at).and_then(|kind| labels.code_in(cell, kind));
        code.map_or(Cow::Borrowed(*cell), Cow::Owned)
    };
    cells.iter().enumerate().map(code).collect()
}

/// Of a row, the cells that name parents, read the same way.
pub fn parents_of_row<'c>(kind: ImportKind, cells: &[&'c str], labels: &Labels) -> impl Iterator<Item = Cow<'c, str>> {
    let codes = codes_of_row(kind, cells, labels);
    let is_parent: Vec<bool> =
        (0..cells.len()).map(|at| bag_in_column(kind, cells, at) == Some(BagKind::Parent)).collect();
    codes.into_iter().zip(is_parent).filter(|(_, is_parent)| *is_parent).map(|(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_code_in_a_text_is_taken_out() {
        let labels = Labels::of_source();
        let parent = |text| labels.code_in(text, BagKind::Parent);
        let child = |text| labels.code_in(text, BagKind::Child);
        for text in [
            "Bag SB00001 (mustard)",
            "label: sb00001",
            "SB00001-X",
            "https://old.example/bag/SB00001?x",
            "no.SB00001/2",
        ] {
            assert_eq!(parent(text).as_deref(), Some("SB00001"), "{text}");
        }
        assert_eq!(parent("moong M444-00001, 30 kg").as_deref(), Some("M444-00001"));
        assert_eq!(parent("SB00001 or again SB00001").as_deref(), Some("SB00001"));
        assert_eq!(parent("M444-00001-X").as_deref(), Some("M444-00001"));
        assert_eq!(child("Child KID17 - 1kg").as_deref(), Some("KID17"));
        assert_eq!(child("(KID17)").as_deref(), Some("KID17"));
    }

    #[test]
    fn of_a_label_with_a_lot_its_own_number_is_taken() {
        let labels = Labels::of_source();
        for text in [
            "LABEL NO.0016586 LOT NO.:STAR44GG16616",
            "LABEL NO.:0016586 LOT NO.:STAR44GG24611, D.O.T.:30/09/2025",
            "label no 0016586, lot no STAR44GG16616",
            "LOT NO.:STAR44GG16616 LABEL NO. 0016586",
            "Label Number: 0016586",
        ] {
            assert_eq!(labels.code_in(text, BagKind::Child).as_deref(), Some("0016586"), "{text}");
        }
        for text in ["LABEL NO. LOT NO.:STAR44GG16616", "LABEL NO.12 LOT NO.:STAR44GG16616"] {
            assert_eq!(labels.code_in(text, BagKind::Child), None, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_a_code_or_contains_none_or_two_stays() {
        let labels = Labels::of_source();
        for text in [
            "SB00001",
            " sb00001 ",
            "",
            "mustard",
            "SB00001 SB00002",
            "SB000012",
            "SB0000",
            "M444-00001-SB00001",
            "xSB00001",
        ] {
            assert_eq!(labels.code_in(text, BagKind::Parent), None, "{text}");
        }
        for text in [
            "KID17",
            "CHILD BAG",
            "KID17 KID18",
            "SB00001",
            "BOX-00017",
            "CHILD_00017",
            "M444-123",
            "2024-01-15",
            "a.KID17",
        ] {
            assert_eq!(labels.code_in(text, BagKind::Child), None, "{text}");
        }
    }

    #[test]
    fn a_row_says_what_its_columns_are() {
        let labels = Labels::of_source();
        let row = |kind, cells: &[&'static str]| codes_of_row(kind, cells, &labels).join("|");
        assert_eq!(row(ImportKind::Bags, &["bag SB00001", "Parent", ""]), "SB00001|Parent|");
        assert_eq!(row(ImportKind::Bags, &["kid KID17", "child", "in SB00001"]), "KID17|child|SB00001");
        assert_eq!(row(ImportKind::Children, &["kid KID17", "in SB00001"]), "KID17|SB00001");
        assert_eq!(row(ImportKind::Parents, &["the SB00001", "bill SB00002"]), "SB00001|bill SB00002");
        assert_eq!(row(ImportKind::Bills, &["bill SB00002", "", "1", ""]), "bill SB00002||1|");
    }
}
