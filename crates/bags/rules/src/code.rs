//! Codes: what a scanner reads, normalised, and what kind of bag a label belongs to (B1, B2, B3, B4).
//!
//! Invariant: a [`Code`] is trimmed, upper case, printable ASCII and free of the forbidden characters, however it was
//! typed.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Longest code that is read, in characters (B3).
pub const CODE_LENGTH_MAX: usize = 100;
/// Shortest code that is read, in characters (B3).
pub const CODE_LENGTH_MIN: usize = 4;
/// Longest child code, in characters (B4).
pub const CHILD_LENGTH_MAX: usize = 20;
/// Longest code that an earlier system could store, in characters.
pub const KEPT_LENGTH_MAX: usize = 255;

const FORBIDDEN_CHARACTERS: &[char] = &['<', '>', '"', '\'', '&', '%', ';'];
const FORBIDDEN_PAIRS: &[&str] = &["--", "/*", "*/"];

/// A bag's code as it is stored: trimmed and upper case. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct Code(Arc<str>);

/// Why a text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFault {
    /// Nothing but blanks.
    Empty,
    /// Fewer than [`CODE_LENGTH_MIN`] characters.
    TooShort,
    /// More than [`CODE_LENGTH_MAX`] characters.
    TooLong,
    /// A control character, a character outside ASCII, or one of the forbidden characters.
    ForbiddenCharacter,
}

impl Code {
    /// Reads what was scanned or typed: blanks around it go, letters become upper case (B2, B3).
    pub fn parse(text: &str) -> Result<Self, CodeFault> {
        let trimmed = text.trim_matches(|character: char| character.is_whitespace());
        match trimmed.len() {
            0 => return Err(CodeFault::Empty),
            length if length > CODE_LENGTH_MAX => return Err(CodeFault::TooLong),
            length if length < CODE_LENGTH_MIN => return Err(CodeFault::TooShort),
            _ => {}
        }
        let printable = trimmed.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if !printable
            || trimmed.contains(FORBIDDEN_CHARACTERS)
            || FORBIDDEN_PAIRS.iter().any(|pair| trimmed.contains(pair))
        {
            return Err(CodeFault::ForbiddenCharacter);
        }
        Ok(Self(trimmed.to_ascii_uppercase().into()))
    }

    /// Reads a code that exists already. It may break today's rules, because an earlier system accepted it. Look-ups
    /// read codes this way, too. `None` when it is blank, or longer than any label.
    pub fn kept(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let fits = (1..=KEPT_LENGTH_MAX).contains(&trimmed.chars().count()) && !trimmed.contains('\0');
        fits.then(|| Self(base_core::text::composed(trimmed).to_uppercase().into()))
    }

    /// Takes a code as it is in the database. Legacy codes may break today's rules and must still be found.
    pub fn stored(text: &str) -> Self {
        Self(text.into())
    }

    /// The text of the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What can be shown and stored of a text that is not a code: control characters replaced, cut at the longest code.
pub fn readable(text: &str) -> String {
    base_core::text::readable(text, CODE_LENGTH_MAX)
}

/// One kind of parent label: a fixed beginning, then an exact number of digits, and nothing else (B1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelFormat {
    /// The fixed beginning, upper case, such as `SB` or `M444-`.
    pub prefix: String,
    /// How many digits follow.
    pub digits: usize,
}

impl LabelFormat {
    fn matches(&self, code: &str) -> bool {
        let Some(number) = code.strip_prefix(self.prefix.as_str()) else {
            return false;
        };
        number.len() == self.digits && number.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// True when some label fits both formats.
    fn overlaps(&self, other: &Self) -> bool {
        let length = self.prefix.len() + self.digits;
        if length != other.prefix.len() + other.digits {
            return false;
        }
        let byte = |format: &Self, at: usize| format.prefix.as_bytes().get(at).copied();
        (0..length).all(|at| match (byte(self, at), byte(other, at)) {
            (Some(one), Some(two)) => one == two,
            (Some(fixed), None) | (None, Some(fixed)) => fixed.is_ascii_digit(),
            (None, None) => true,
        })
    }
}

impl fmt::Display for LabelFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} + {} digits", self.prefix, self.digits)
    }
}

/// The parent labels of a site. Built by [`Labels::new`], which refuses formats that overlap.
#[derive(Clone, Debug)]
pub struct Labels(Vec<LabelFormat>);

/// Why a set of label formats cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LabelFault {
    /// A site without parent labels could not scan.
    #[error("at least one parent label format is needed")]
    None,
    /// The prefix cannot begin a code.
    #[error("label prefix {0:?} must be 1 to 20 characters of A-Z, 0-9 and hyphen, and begin with a letter")]
    Prefix(String),
    /// A label needs digits, and must fit on a code.
    #[error("label {0:?} must have 1 to 18 digits")]
    Digits(String),
    /// A label could match two formats.
    #[error("label formats overlap: {0} and {1}")]
    Overlap(String, String),
}

impl Labels {
    /// Checks the formats of a site's configuration.
    pub fn new(formats: Vec<LabelFormat>) -> Result<Self, LabelFault> {
        if formats.is_empty() {
            return Err(LabelFault::None);
        }
        for format in &formats {
            let prefix = format.prefix.as_bytes();
            let plain = prefix.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'-');
            let begins = prefix.first().is_some_and(u8::is_ascii_uppercase);
            if !plain || !begins || prefix.len() > 20 || format.prefix.contains("--") {
                return Err(LabelFault::Prefix(format.prefix.clone()));
            }
            if !(1..=18).contains(&format.digits) || prefix.len() + format.digits < CODE_LENGTH_MIN {
                return Err(LabelFault::Digits(format.prefix.clone()));
            }
        }
        for (at, one) in formats.iter().enumerate() {
            if let Some(two) = formats[at + 1..].iter().find(|two| one.overlaps(two)) {
                return Err(LabelFault::Overlap(one.to_string(), two.to_string()));
            }
        }
        Ok(Self(formats))
    }

    /// The two formats of the earlier system: `SB` and `M444-`, five digits each (B1).
    pub fn of_source() -> Self {
        let format = |prefix: &str| LabelFormat { prefix: prefix.into(), digits: 5 };
        Self(vec![format("SB"), format("M444-")])
    }

    /// True when the code is a parent's label (B1).
    pub fn is_parent(&self, code: &Code) -> bool {
        self.0.iter().any(|format| format.matches(code.as_str()))
    }

    /// True when a new child may carry this code: 4 to 20 of A-Z 0-9, not a parent label and not beginning like one
    /// (B4).
    pub fn is_child(&self, code: &Code) -> bool {
        let text = code.as_str();
        text.len() <= CHILD_LENGTH_MAX
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && !self.0.iter().any(|format| text.starts_with(format.prefix.as_str()))
    }

    /// What the labels look like, for people who scanned something else: `SB#####, M444-#####`.
    pub fn patterns(&self) -> String {
        let pattern = |format: &LabelFormat| format!("{}{}", format.prefix, "#".repeat(format.digits));
        self.0.iter().map(pattern).collect::<Vec<_>>().join(", ")
    }

    /// The formats, in the order of the configuration.
    pub fn formats(&self) -> &[LabelFormat] {
        &self.0
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let formats: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&formats.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> Code {
        Code::parse(text).expect("a code")
    }

    #[test]
    fn both_parent_formats_are_exact() {
        let labels = Labels::of_source();
        for parent in ["SB12345", " sb00001\t", "M444-00001", "m444-99999"] {
            assert!(labels.is_parent(&code(parent)), "{parent}");
        }
        for other in ["SB1234", "SB123456", "SB-12345", "M445-12345", "M44412345", "SB1234A", "SB12345!"] {
            assert!(!labels.is_parent(&code(other)), "{other}");
        }
    }

    #[test]
    fn a_child_never_carries_or_begins_like_a_parent_label() {
        let labels = Labels::of_source();
        for child in ["KID17", "0123", "M44412345", "ABCDEFGHIJ0123456789"] {
            assert!(labels.is_child(&code(child)), "{child}");
        }
        for other in ["SB54321", "SB1234", "SBX12", "M444-12345", "KID-17", "KID 17", "ABCDEFGHIJ01234567890"] {
            assert!(!labels.is_child(&code(other)), "{other}");
        }
    }

    #[test]
    fn formats_that_overlap_are_refused() {
        let format = |prefix: &str, digits| LabelFormat { prefix: prefix.into(), digits };
        assert!(Labels::new(vec![format("SB", 5), format("SB", 7)]).is_ok());
        for pair in [[format("SB", 5), format("SB", 5)], [format("SB", 5), format("SB0", 4)]] {
            assert!(matches!(Labels::new(pair.to_vec()), Err(LabelFault::Overlap(..))));
        }
        assert!(Labels::new(vec![format("SB", 5), format("SBX", 4)]).is_ok());
        assert_eq!(Labels::new(vec![]).err(), Some(LabelFault::None));
        assert!(matches!(Labels::new(vec![format("1B", 5)]), Err(LabelFault::Prefix(_))));
        assert!(matches!(Labels::new(vec![format("SB", 0)]), Err(LabelFault::Digits(_))));
    }

    #[test]
    fn each_fault_has_its_name() {
        assert_eq!(Code::parse("  \t\r\n"), Err(CodeFault::Empty));
        assert_eq!(Code::parse("abc"), Err(CodeFault::TooShort));
        assert_eq!(Code::parse(&"A".repeat(10_000)), Err(CodeFault::TooLong));
        for text in ["KID\u{0}17", "KID\u{7}17", "KID😀17", "KID<17", "A--BCD", "A/*BC", "KÍD17", "KID;17"] {
            assert_eq!(Code::parse(text), Err(CodeFault::ForbiddenCharacter), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_the_same_twice_or_refused(text in "\\PC{0,120}") {
            if let Ok(first) = Code::parse(&text) {
                prop_assert_eq!(Code::parse(first.as_str()), Ok(first.clone()));
                prop_assert_eq!(Code::kept(&text), Some(first.clone()));
                prop_assert!(first.as_str().len() <= CODE_LENGTH_MAX);
                let labels = Labels::of_source();
                prop_assert!(!(labels.is_parent(&first) && labels.is_child(&first)));
            }
        }

        #[test]
        fn two_formats_overlap_exactly_when_one_label_fits_both(
            one in "[AB][AB01]{0,2}", two in "[AB][AB01]{0,2}", digits_one in 1usize..4, digits_two in 1usize..4,
        ) {
            let one = LabelFormat { prefix: one, digits: digits_one };
            let two = LabelFormat { prefix: two, digits: digits_two };
            // The digits of either label that a longer prefix of the other could ask for are 0 and 1 only.
            let fits = (0..1u32 << digits_one).any(|bits| {
                let number: String = (0..digits_one).map(|at| if bits >> at & 1 == 1 { '1' } else { '0' }).collect();
                two.matches(&format!("{}{number}", one.prefix))
            });
            prop_assert_eq!(one.overlaps(&two), fits);
        }
    }
}
