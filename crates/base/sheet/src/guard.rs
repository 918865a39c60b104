//! Texts that a spreadsheet makes something else of when it opens CSV: formulas, errors, truth values, numbers in powers of
//! ten. They are written with a mark in front, which is taken off when the file comes back; without the mark, whoever
//! reads them cannot know what was meant.

/// A cell of text that begins with one of these would be run as a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// The mark that keeps a text a text.
pub const GUARD: char = '\'';
/// What spreadsheets write where a formula failed.
const ERRORS: [&str; 14] = [
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
    "#BUSY!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
];

/// What a spreadsheet has written into a file without types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// An error.
    Error,
    /// True or false.
    Bool,
    /// A number in powers of ten.
    Power,
    /// A formula, whose value nobody knows.
    Formula,
}

/// True for what spreadsheets write where a formula failed.
pub fn is_error(text: &str) -> bool {
    ERRORS.contains(&text)
}

/// A number that a spreadsheet has written in powers of ten, as it does with long ones: `1.23457E+11`.
fn is_power_of_ten(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some((number, power)) = text.split_once("E+").or_else(|| text.split_once("E-")) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    whole.len() == 1 && digits(whole) && digits(part) && digits(power) && power.len() <= 3
}

/// What a text is that a spreadsheet has written; `None` for any other.
pub fn written(text: &str) -> Option<Written> {
    match text.as_bytes().first()? {
        b'#' if is_error(text) => Some(Written::Error),
        b'T' | b'F' if matches!(text, "TRUE" | "FALSE") => Some(Written::Bool),
        b'0'..=b'9' | b'-' if is_power_of_ten(text) => Some(Written::Power),
        b'=' if text.len() > 1 => Some(Written::Formula),
        _ => None,
    }
}

/// The text of a formula that is nothing but a text, `="00012"`: so programs write codes into CSV whose zeros are to stay.
pub fn text_formula(text: &str) -> Option<&str> {
    text.strip_prefix("=\"")?.strip_suffix('"').filter(|inside| !inside.contains('"'))
}

/// True for a text that is written with the mark: what would be something else without it, and what has such a mark of its
/// own, so that one is taken off and not two.
pub fn needs_guard(text: &str) -> bool {
    let plain = text.trim_start_matches(GUARD);
    plain.starts_with(FORMULA_STARTS) || written(plain.trim()).is_some()
}

/// True for a text that has a mark of its own, which is taken off when it is read: it needs another wherever it is written,
/// in files with types, too.
pub fn has_guard(text: &str) -> bool {
    text.starts_with(GUARD) && needs_guard(text)
}

/// The text without the mark; `None` for one that has none.
pub fn without_guard(text: &str) -> Option<&str> {
    text.strip_prefix(GUARD).filter(|rest| needs_guard(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_taken_off_once_and_only_where_it_was_put() {
        for (text, plain) in [
            ("'=1+1", Some("=1+1")),
            ("''=1", Some("'=1")),
            ("'-5", Some("-5")),
            ("'\tx", Some("\tx")),
            ("'#N/A", Some("#N/A")),
            ("'TRUE", Some("TRUE")),
            ("'1.2E+05", Some("1.2E+05")),
            ("'x", None),
            ("''", None),
            ("'", None),
            ("=1", None),
        ] {
            assert_eq!(without_guard(text), plain, "{text}");
        }
        for text in ["=1", "'=1", "''=1", "#N/A", "TRUE", "1E+05", "x", "'x", "", "'"] {
            let out = if needs_guard(text) { format!("'{text}") } else { text.to_owned() };
            assert_eq!(without_guard(&out).unwrap_or(&out), text);
        }
    }

    #[test]
    fn a_formula_that_is_a_text_is_that_text() {
        for (text, plain) in [
            ("=\"00012\"", Some("00012")),
            ("=\"\"", Some("")),
            ("=\"a\"&\"b\"", None),
            ("=5*4", None),
            ("=\"", None),
            ("00012", None),
        ] {
            assert_eq!(text_formula(text), plain, "{text}");
        }
    }

    #[test]
    fn what_a_spreadsheet_writes_into_csv_is_known_again() {
        for (text, what) in [
            ("#N/A", Some(Written::Error)),
            ("#DIV/0!", Some(Written::Error)),
            ("#12", None),
            ("TRUE", Some(Written::Bool)),
            ("True", None),
            ("1.23457E+11", Some(Written::Power)),
            ("1E+05", Some(Written::Power)),
            ("12E4", None),
            ("1E-5X", None),
            ("=5*4", Some(Written::Formula)),
            ("=", None),
            ("SB00001", None),
            ("", None),
        ] {
            assert_eq!(written(text), what, "{text}");
        }
    }
}
